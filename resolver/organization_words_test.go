package resolver_test

import (
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestOrganizationsHaveWordsOfTheirOwn(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	try := func(c *apitest.Client, in map[string]any) string {
		return c.Send(t, "mutation($in: UpdateOrganizationInput!) { updateOrganization(input: $in) { organization { id } } }", map[string]any{"in": in}).Refusal()
	}
	for _, step := range []struct {
		in            map[string]any
		refusal, want string
	}{
		{nil, "", `{"vertical":null,"terminology":{}}`},
		{map[string]any{"vertical": " Real estate ", "terminology": map[string]any{"lead.singular": " Inquiry ", "lead.plural": "Inquiries"}}, "",
			`{"vertical":"Real estate","terminology":{"lead.plural":"Inquiries","lead.singular":"Inquiry"}}`},
		{map[string]any{"terminology": map[string]any{"lead.plural": nil, "recurringInvoice.plural": "Abos"}}, "",
			`{"vertical":"Real estate","terminology":{"lead.singular":"Inquiry","recurringInvoice.plural":"Abos"}}`},
		{map[string]any{"terminology": map[string]any{"lead": "x"}}, "INVALID terminology.lead", ""},
		{map[string]any{"terminology": map[string]any{"lead.dual": "x"}}, "INVALID terminology.lead.dual", ""},
		{map[string]any{"terminology": map[string]any{"user.plural": "x"}}, "INVALID terminology.user.plural", ""},
		{map[string]any{"terminology": map[string]any{"lead.singular": " "}}, "INVALID terminology.lead.singular", ""},
		{map[string]any{"terminology": map[string]any{"lead.singular": "a\nb"}}, "INVALID terminology.lead.singular", ""},
		{map[string]any{"terminology": map[string]any{"lead.singular": strings.Repeat("ü", 65)}}, "INVALID terminology.lead.singular", ""},
		{map[string]any{"terminology": map[string]any{"lead.singular": 5}}, "INVALID terminology", ""},
		{map[string]any{"terminology": "x"}, "INVALID terminology", ""},
		{map[string]any{"vertical": strings.Repeat("x", 65)}, "INVALID vertical", ""},
		{map[string]any{"vertical": nil, "terminology": map[string]any{"lead.singular": strings.Repeat("ü", 64), "recurringInvoice.plural": nil}}, "",
			`{"vertical":null,"terminology":{"lead.singular":"` + strings.Repeat("ü", 64) + `"}}`},
		{map[string]any{"companyName": "Acme, Inc."}, "", `{"vertical":null,"terminology":{"lead.singular":"` + strings.Repeat("ü", 64) + `"}}`},
		{map[string]any{"terminology": nil}, "", `{"vertical":null,"terminology":{}}`},
	} {
		if step.in != nil {
			if got := try(admin, step.in); got != step.refusal {
				t.Errorf("%v: %q, want %q", step.in, got, step.refusal)
			}
		}
		if step.want == "" {
			continue
		}
		if got := string(env.Acme.Member.Do(t, "{ viewer { organization { vertical terminology } } }", nil).Data); got != `{"viewer":{"organization":`+step.want+`}}` {
			t.Errorf("after %v a member reads %s", step.in, got)
		}
	}
	if got := try(env.Acme.Member, map[string]any{"terminology": map[string]any{"lead.plural": "x"}}); got != "FORBIDDEN" {
		t.Errorf("a member changes it: %q", got)
	}
}

func TestEstimatesAreFoundAcrossKinds(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	id := admin.Create(t, "Estimate", quoted(t, admin, apitest.Input{"title": "Relaunch of the site", "accountId": admin.Create(t, "Account", apitest.Input{"name": "Dunder Mifflin"}),
		"assignedToIds": []any{member.ProfileID.String()}}))
	number := admin.Do(t, "query($id: ID!) { estimate(id: $id) { estimateNumber } }", map[string]any{"id": id}).Text(t, "estimate.estimateNumber")
	want := `{"search":[{"type":"ESTIMATE","title":"` + number + `","subtitle":"Relaunch of the site","node":{"id":"` + id + `"}}]}`
	find := func(c *apitest.Client, text string) string {
		return string(c.Do(t, "query($q: String!) { search(query: $q, types: [ESTIMATE]) { type title subtitle node { id } } }", map[string]any{"q": text}).Data)
	}
	for _, text := range []string{"relaunch", "dund miff", strings.ToLower(number), "ann@client"} {
		if got := find(member, text); got != want {
			t.Errorf("%s finds %s", text, got)
		}
	}
	for who, c := range map[string]*apitest.Client{"who does not see it": env.Acme.Second, "another organization": env.Globex.Admin,
		"a token without the scope": env.Limited(t, env.Acme, admin, "invoices:read")} {
		if got := find(c, "relaunch"); got != `{"search":[]}` {
			t.Errorf("%s finds %s", who, got)
		}
	}
}
