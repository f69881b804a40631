package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// askInsights asks for what goes across all records and is no list, with values that many rows have, and with few.
func askInsights(t *testing.T, env *apitest.Env, giant *apitest.Org, clients ...*apitest.Client) {
	t.Helper()
	candidate := func(table string, columns ...string) map[string]any {
		out := map[string]any{}
		for _, column := range columns {
			field := strings.ReplaceAll(column, "_n", "N") // as the schema spells it
			out[field] = env.Above(t, fmt.Sprintf("SELECT %[1]s FROM %[2]s WHERE org_id = $1 AND %[1]s <> '' GROUP BY %[1]s ORDER BY count(*) DESC, 1 LIMIT 1", column, table), [16]byte(giant.ID))[0]
		}
		return out
	}
	for _, c := range clients {
		c.Do(t, `query($account: AccountCandidate, $contact: ContactCandidate, $lead: LeadCandidate) { possibleDuplicates(account: $account, contact: $contact, lead: $lead) { title } }`,
			map[string]any{"account": candidate("accounts", "name", "email", "phone", "website"), "contact": candidate("contacts", "first_name", "last_name", "email", "phone"),
				"lead": candidate("lead", "first_name", "last_name", "email", "phone", "company_name")})
		c.Do(t, dashboardOfAll, nil)
		c.Do(t, `{ today { count items { title } quietDeals { count } overdueInvoices { count } clearedYesterday upcoming { title } } }`, nil)
		for _, metric := range []string{"CREATED", "ANSWERED", "FIRST_RESPONSE_BREACHED", "RESOLVED", "RESOLUTION_BREACHED", "OPEN"} {
			c.Do(t, "{ reports { cases { agents { handled } cases(metric: "+metric+") { totalCount nodes { id } } } } }", nil)
		}
		c.Send(t, "{ reports { service { opened } } }", nil) // refused to members
		c.Send(t, `{ reports { invoices { currency } revenue(period: {from: "2020-01-01", to: "2029-12-31"}) { currency } receivables { ages { invoices { id } } } overdue { accounts { account { name } } } } }`, nil)
		c.Do(t, "{ tags(first: 100) { nodes { "+usesOfAll+" } } accounts(first: 100) { nodes { "+summaryOfAll+" } } }", nil)
		c.Do(t, "{ accounts(first: 25) { nodes { timeline(first: 10) { nodes { id } } summary { lastActivityAt } } } }", nil)
	}
}
