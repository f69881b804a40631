package resolver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// nobody is the id of nothing.
const nobody = "0192f0c1-2b3c-7d4e-8f50-617283940506"

var lists = map[string]string{"Account": "accounts", "Contact": "contacts", "Lead": "leads", "Opportunity": "opportunities", "Case": "cases", "Task": "tasks"}

func TestIdsInAnInputMustBeVisible(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, foreign := env.Acme.Admin, env.Acme.Member, env.Globex.Admin
	for _, row := range []struct{ kind, field, to string }{
		{"Account", "contactIds", "Contact"}, {"Account", "tagIds", "Tag"}, {"Account", "teamIds", "Team"},
		{"Contact", "accountId", "Account"}, {"Contact", "tagIds", "Tag"}, {"Contact", "teamIds", "Team"},
		{"Lead", "contactIds", "Contact"}, {"Lead", "tagIds", "Tag"}, {"Lead", "teamIds", "Team"},
		{"Opportunity", "accountId", "Account"}, {"Opportunity", "contactIds", "Contact"}, {"Opportunity", "tagIds", "Tag"}, {"Opportunity", "teamIds", "Team"},
		{"Case", "parentId", "Case"}, {"Case", "contactIds", "Contact"}, {"Case", "tagIds", "Tag"}, {"Case", "teamIds", "Team"},
		{"Task", "accountId", "Account"}, {"Task", "opportunityId", "Opportunity"}, {"Task", "leadId", "Lead"}, {"Task", "caseId", "Case"},
		{"Task", "contactIds", "Contact"}, {"Task", "tagIds", "Tag"}, {"Task", "teamIds", "Team"},
	} {
		public := slices.Contains([]string{"Tag", "Team"}, row.to)
		for whose, id := range map[string]string{"nobody's": nobody, "another organization's": foreign.Create(t, row.to, nil), "an admin's": admin.Create(t, row.to, nil)} {
			var value any = id
			if strings.HasSuffix(row.field, "Ids") {
				value = []any{id}
			}
			r := member.TryUpdate(t, row.kind, member.Create(t, row.kind, nil), apitest.Input{row.field: value})
			want := "INVALID " + row.field
			if public && whose == "an admin's" {
				want = ""
			}
			if r.Refusal() != want {
				t.Errorf("%s.%s of %s: %s", row.kind, row.field, whose, r.Body)
			}
		}
	}
	for kind := range commentable {
		for _, profile := range []string{nobody, env.Globex.Member.ProfileID.String(), admin.Create(t, "Team", nil)} {
			r := member.TryUpdate(t, kind, member.Create(t, kind, nil), apitest.Input{"assignedToIds": []any{profile}})
			if r.Refusal() != "INVALID assignedToIds" {
				t.Errorf("%s: %s", kind, r.Body)
			}
		}
	}
	t.Run("at most 200 of them", func(t *testing.T) {
		many := make([]any, 201)
		for i := range many {
			many[i] = fmt.Sprintf("0192f0c1-2b3c-7d4e-8f50-%012d", i)
		}
		if got := admin.TryUpdate(t, "Lead", admin.Create(t, "Lead", nil), apitest.Input{"tagIds": many}).Refusal(); got != "INVALID tagIds" {
			t.Errorf("got %q", got)
		}
	})
}
