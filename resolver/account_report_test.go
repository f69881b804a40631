package resolver_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

const summaryOfAll = `summary { openOpportunities { count amounts { currency count total { amount } weighted { amount } } }
	wonOpportunities { count amounts { currency total { amount } } } firstWonOn openCases contacts openTasks overdueTasks }`

func TestAccountSummary(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	s := sharing(t, env)
	account := admin.Create(t, "Account", s.on(apitest.Input{}))
	of := func(input apitest.Input) apitest.Input { input["accountId"] = account; return input }
	for _, deal := range []apitest.Input{
		s.on(apitest.Input{"amount": "100.10", "currency": "EUR"}), // 10 percent
		{"amount": "50", "currency": "USD", "stage": "PROPOSAL"},
		{"stage": "NEGOTIATION"},
		s.on(apitest.Input{"amount": "7", "currency": "USD", "stage": "CLOSED_WON", "closedOn": "2026-03-02"}),
		{"amount": "8", "currency": "USD", "stage": "CLOSED_WON", "closedOn": "2026-03-01"},
		{"amount": "9", "currency": "EUR", "stage": "CLOSED_WON", "closedOn": "2026-03-03"},
		{"amount": "1000", "stage": "CLOSED_LOST", "closedOn": "2026-03-01"},
	} {
		admin.Create(t, "Opportunity", of(deal))
	}
	archived := admin.Create(t, "Opportunity", of(apitest.Input{"amount": "5000"}))
	admin.Update(t, "Opportunity", archived, apitest.Input{"isActive": false})
	admin.Create(t, "Case", of(s.on(apitest.Input{})))
	admin.Create(t, "Case", of(apitest.Input{"status": "PENDING"}))
	for _, status := range []string{"CLOSED", "REJECTED", "DUPLICATE"} {
		admin.Create(t, "Case", of(apitest.Input{"status": status}))
	}
	employee, adviser := admin.Create(t, "Contact", of(s.on(apitest.Input{}))), admin.Create(t, "Contact", nil)
	admin.Update(t, "Account", account, apitest.Input{"contactIds": []any{employee, adviser}})
	now := place{zone: "UTC"}
	admin.Create(t, "Task", of(s.on(apitest.Input{"dueDate": now.day(-1)})))
	admin.Create(t, "Task", of(apitest.Input{"dueDate": now.day(0)}))
	admin.Create(t, "Task", of(apitest.Input{}))
	admin.Create(t, "Task", of(apitest.Input{"dueDate": now.day(-1), "status": "COMPLETED"}))

	for _, row := range []struct {
		caller *apitest.Client
		want   string
	}{
		{admin, `{"summary":{"openOpportunities":{"count":3,"amounts":[{"currency":"EUR","count":1,"total":{"amount":"100.10"},"weighted":{"amount":"10.01"}},` +
			`{"currency":"USD","count":1,"total":{"amount":"50.00"},"weighted":{"amount":"25.00"}}]},` +
			`"wonOpportunities":{"count":3,"amounts":[{"currency":"EUR","total":{"amount":"9.00"}},{"currency":"USD","total":{"amount":"15.00"}}]},` +
			`"firstWonOn":"2026-03-01","openCases":2,"contacts":2,"openTasks":3,"overdueTasks":1}}`},
		{member, `{"summary":{"openOpportunities":{"count":1,"amounts":[{"currency":"EUR","count":1,"total":{"amount":"100.10"},"weighted":{"amount":"10.01"}}]},` +
			`"wonOpportunities":{"count":1,"amounts":[{"currency":"USD","total":{"amount":"7.00"}}]},` +
			`"firstWonOn":"2026-03-02","openCases":1,"contacts":1,"openTasks":1,"overdueTasks":1}}`},
	} {
		if got := row.caller.Read(t, "Account", account, summaryOfAll); got != row.want {
			t.Errorf("%s:\ngot  %s\nwant %s", row.caller.Email, got, row.want)
		}
	}
	t.Run("of an account on which nothing stands it is nothing", func(t *testing.T) {
		want := `{"summary":{"openOpportunities":{"count":0,"amounts":[]},"wonOpportunities":{"count":0,"amounts":[]},"firstWonOn":null,"openCases":0,"contacts":0,"openTasks":0,"overdueTasks":0}}`
		if got := admin.Read(t, "Account", admin.Create(t, "Account", nil), summaryOfAll); got != want {
			t.Errorf("got %s", got)
		}
	})
	t.Run("a token needs the scopes of what is summed up", func(t *testing.T) {
		if r := env.Limited(t, env.Acme, admin, "accounts:read", "opportunities:read").Send(t, "{ accounts { nodes { "+summaryOfAll+" } } }", nil); r.Code() != "FORBIDDEN" {
			t.Errorf("got %s", r.Body)
		}
	})
}

func TestOverdueIsByTheOrganizationsDay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		admin := env.Organization(t, p.name, "USD", p.zone).Admin
		account := admin.Create(t, "Account", nil)
		for _, days := range []int{-1, 0, 1} {
			admin.Create(t, "Task", apitest.Input{"accountId": account, "dueDate": p.day(days)})
		}
		if got := admin.Read(t, "Account", account, "summary { openTasks overdueTasks }"); got != `{"summary":{"openTasks":3,"overdueTasks":1}}` {
			t.Errorf("%s: %s", p.name, got)
		}
	}
}

func TestAccountTimeline(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	mine := apitest.Input{"assignedToIds": []any{member.ProfileID.String()}}
	account := admin.Create(t, "Account", mine)
	var want []string
	for _, kind := range []string{"Opportunity", "Case", "Task"} {
		hidden := admin.Create(t, kind, apitest.Input{"accountId": account})
		want = append([]string{hidden}, want...)
	}
	admin.Create(t, "Task", nil)
	shown := func(c *apitest.Client) string {
		r := c.Do(t, `query($id: ID!) { account(id: $id) { timeline(first: 2) { totalCount pageInfo { endCursor } nodes { entityId } }
			summary { lastActivityAt } activities { nodes { createdAt } } } }`, map[string]any{"id": account})
		rest := c.Do(t, `query($id: ID!, $after: String) { account(id: $id) { timeline(after: $after) { nodes { entityId createdAt } } } }`,
			map[string]any{"id": account, "after": r.Text(t, "account.timeline.pageInfo.endCursor")})
		var ids []string
		for i := range 2 {
			ids = append(ids, r.Text(t, fmt.Sprintf("account.timeline.nodes.%d.entityId", i)))
		}
		for i := 0; rest.Get(t, fmt.Sprintf("account.timeline.nodes.%d", i)) != nil; i++ {
			ids = append(ids, rest.Text(t, fmt.Sprintf("account.timeline.nodes.%d.entityId", i)))
		}
		if _, err := time.Parse(time.RFC3339, r.Text(t, "account.summary.lastActivityAt")); err != nil {
			t.Error(err)
		}
		return fmt.Sprint(r.Get(t, "account.timeline.totalCount"), ids)
	}
	if got, all := shown(admin), append(want, account, account); got != fmt.Sprint(5, all) { // created and assigned
		t.Errorf("an admin: %s, want %v", got, all)
	}
	if got := shown(member); got != fmt.Sprint(2, []string{account, account}) {
		t.Errorf("a member: %s", got)
	}
	before := member.Read(t, "Account", account, "summary { lastActivityAt }")
	admin.Update(t, "Task", want[0], apitest.Input{"title": "x"})
	if after := member.Read(t, "Account", account, "summary { lastActivityAt }"); after != before {
		t.Errorf("a member is told of what they do not see: %s", after)
	}
	if after := admin.Read(t, "Account", account, "summary { lastActivityAt }"); after == before || strings.Contains(after, "null") {
		t.Errorf("an admin is not told: %s", after)
	}
}

func TestAccountLeadsAreThoseConvertedIntoIt(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	lead := admin.Create(t, "Lead", apitest.Input{"email": "a@b.example", "companyName": "Initech", "lastName": "Doe"})
	admin.Create(t, "Lead", nil)
	r := admin.Try(t, "convert", "Lead", apitest.Input{"id": lead})
	if r.Refusal() != "" {
		t.Fatal(r.Body)
	}
	account := admin.List(t, "accounts", "id")[0]
	if got := admin.Read(t, "Account", account, "leads { totalCount nodes { id } }"); got != `{"leads":{"totalCount":1,"nodes":[{"id":"`+lead+`"}]}}` {
		t.Errorf("got %s", got)
	}
}
