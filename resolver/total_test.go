package resolver_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// What a list comes to: by currency, never mixed, over all that the viewer may see and the filter takes, whatever the
// page.

const amounts = `amounts { currency count total { amount currency } weighted { amount currency } average { amount currency } }`

// sums are a list's totals as they are answered.
type sums struct {
	TotalCount       int
	Amounts          []amount
	Stages, Statuses []struct {
		Stage, Status string
		Count         int
		Amounts       []amount
	}
}

type amount struct {
	Currency                 string
	Count                    int
	Total, Weighted, Average money
}

type money struct{ Amount, Currency string }

// String is "EUR 2 30.00 12.00 15.00": how many, the total, the weighted total and the average.
func (a amount) String() string {
	for _, m := range []money{a.Total, a.Weighted, a.Average} {
		if m.Currency != a.Currency {
			return "money of " + m.Currency + " among " + a.Currency
		}
	}
	return fmt.Sprintf("%s %d %s %s %s", a.Currency, a.Count, a.Total.Amount, a.Weighted.Amount, a.Average.Amount)
}

// String is the amounts, then the phases that something is in; all others must be there as well.
func (s sums) String() string {
	parts := []string{fmt.Sprintf("%d %v", s.TotalCount, s.Amounts)}
	for _, p := range append(s.Stages, s.Statuses...) {
		if p.Count > 0 || len(p.Amounts) > 0 {
			parts = append(parts, fmt.Sprintf("%s%s %d %v", p.Stage, p.Status, p.Count, p.Amounts))
		}
	}
	return strings.Join(parts, "; ")
}

// summed asks for all that a list, such as `leads(filter: {…})`, comes to.
func summed(t *testing.T, c *apitest.Client, list, phases string) sums {
	t.Helper()
	var data struct{ Found sums }
	r := c.Do(t, `{ found: `+list+` { totalCount `+amounts+` `+phases+` } }`, nil)
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	return data.Found
}

const (
	byStage  = `stages { stage count ` + amounts + ` }`
	byStatus = `statuses { status count ` + amounts + ` }`
)

func TestOpportunityTotals(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	s := sharing(t, env) // every link that could make a record count twice
	for _, input := range []apitest.Input{
		{"name": "one", "stage": "PROPOSAL", "amount": "0.05", "currency": "USD"}, // half of it is rounded up
		{"name": "two", "stage": "PROPOSAL", "amount": "0.05", "currency": "USD"}, // and each on its own
		{"name": "three", "stage": "PROPOSAL", "amount": "10.00", "currency": "EUR", "probability": 0},
		{"name": "four", "amount": "15", "currency": "JPY"}, // 1.5 is rounded to a whole yen
		{"name": "five"},
		{"name": "six", "currency": "CHF"}, // a currency alone is no amount
		{"name": "seven", "stage": "CLOSED_WON", "amount": "0", "currency": "USD", "closedOn": "2030-01-31"},
	} {
		admin.Create(t, "Opportunity", s.on(input))
	}
	admin.Create(t, "Opportunity", apitest.Input{"name": "hidden", "stage": "NEGOTIATION", "amount": "1000.01", "currency": "EUR"})
	member.Create(t, "Opportunity", apitest.Input{"name": "own", "amount": "7.77", "currency": "EUR"})

	shared := "PROPOSAL 3 [EUR 1 10.00 0.00 10.00 USD 2 0.10 0.06 0.05]"
	for _, row := range []struct {
		who    string
		caller *apitest.Client
		list   string
		want   string
	}{
		{"an admin", admin, "opportunities", "9 [EUR 3 1017.78 750.79 339.26 JPY 1 15.00 2.00 15.00 USD 3 0.10 0.06 0.03]; " +
			"PROSPECTING 4 [EUR 1 7.77 0.78 7.77 JPY 1 15.00 2.00 15.00]; " + shared + "; NEGOTIATION 1 [EUR 1 1000.01 750.01 1000.01]; CLOSED_WON 1 [USD 1 0.00 0.00 0.00]"},
		{"whatever the page", admin, "opportunities(first: 1, orderBy: {field: AMOUNT, direction: ASC})", "9 [EUR 3 1017.78 750.79 339.26 JPY 1 15.00 2.00 15.00 USD 3 0.10 0.06 0.03]; " +
			"PROSPECTING 4 [EUR 1 7.77 0.78 7.77 JPY 1 15.00 2.00 15.00]; " + shared + "; NEGOTIATION 1 [EUR 1 1000.01 750.01 1000.01]; CLOSED_WON 1 [USD 1 0.00 0.00 0.00]"},
		{"who sees less", member, "opportunities", "8 [EUR 2 17.77 0.78 8.89 JPY 1 15.00 2.00 15.00 USD 3 0.10 0.06 0.03]; " +
			"PROSPECTING 4 [EUR 1 7.77 0.78 7.77 JPY 1 15.00 2.00 15.00]; " + shared + "; CLOSED_WON 1 [USD 1 0.00 0.00 0.00]"},
		{"another organization", env.Globex.Admin, "opportunities", "0 []"},
		{"a filter", admin, "opportunities(filter: {stages: [PROPOSAL, CLOSED_LOST]})", "3 [EUR 1 10.00 0.00 10.00 USD 2 0.10 0.06 0.05]; " + shared},
		{"a search", admin, `opportunities(search: "thr")`, "1 [EUR 1 10.00 0.00 10.00]; PROPOSAL 1 [EUR 1 10.00 0.00 10.00]"},
		{"a filter by links", admin, fmt.Sprintf("opportunities(filter: {assignedToIds: %q, tagIds: %q, amount: {min: 0}})", s.profiles, s.tags),
			"5 [EUR 1 10.00 0.00 10.00 JPY 1 15.00 2.00 15.00 USD 3 0.10 0.06 0.03]; PROSPECTING 1 [JPY 1 15.00 2.00 15.00]; " + shared + "; CLOSED_WON 1 [USD 1 0.00 0.00 0.00]"},
		{"nothing", admin, "opportunities(filter: {stages: []})", "0 []"},
	} {
		got := summed(t, row.caller, row.list, byStage)
		if got.String() != row.want {
			t.Errorf("%s:\ngot  %s\nwant %s", row.who, got, row.want)
		}
		var stages []string
		for _, s := range got.Stages {
			stages = append(stages, s.Stage)
		}
		if want := memberNames(server.Schema().Types["OpportunityStage"]); !slices.Equal(stages, want) {
			t.Errorf("%s: the stages are %q, not %q", row.who, stages, want)
		}
	}
	t.Run("weighted is the sum of what the records show", func(t *testing.T) { addsUp(t, admin) })
}

// addsUp compares with the records themselves.
func addsUp(t *testing.T, c *apitest.Client) {
	t.Helper()
	var data struct {
		Opportunities struct {
			Nodes   []struct{ Amount, WeightedAmount *money }
			Amounts []amount
		}
	}
	r := c.Do(t, `{ opportunities(first: 100) { nodes { amount { amount currency } weightedAmount { amount currency } } `+amounts+` } }`, nil)
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	for _, a := range data.Opportunities.Amounts {
		var n int64
		var total, weighted decimal.Decimal
		for _, node := range data.Opportunities.Nodes {
			if node.Amount != nil && node.Amount.Currency == a.Currency {
				n++
				total = total.Add(decimal.RequireFromString(node.Amount.Amount))
				weighted = weighted.Add(decimal.RequireFromString(node.WeightedAmount.Amount))
			}
		}
		if int64(a.Count) != n || a.Total.Amount != total.StringFixed(2) || a.Weighted.Amount != weighted.StringFixed(2) {
			t.Errorf("%v, the records have %d, %s and %s", a, n, total, weighted)
		}
	}
}

func TestTotalsAreExact(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for range 3 {
		env.Acme.Admin.Create(t, "Opportunity", apitest.Input{"amount": "9999999999.99", "probability": 99})
	}
	if got, want := summed(t, env.Acme.Admin, "opportunities", "").String(), "3 [USD 3 29999999999.97 29699999999.97 9999999999.99]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	// Now more digits than 64 bits take on the way from the database, and nearly as many as a float has.
	env.Above(t, `INSERT INTO opportunity (id, org_id, name, amount, currency, probability)
		SELECT gen_random_uuid(), $1, 'large ' || n, 9999999999.99, 'USD', 100 FROM generate_series(1, 400) AS n RETURNING name`, [16]byte(env.Acme.ID))
	if got, want := summed(t, env.Acme.Admin, "opportunities", "").String(), "403 [USD 403 4029999999995.97 4029699999995.97 9999999999.99]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLeadTotals(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	s := sharing(t, env)
	for _, input := range []apitest.Input{
		{"opportunityAmount": "100", "currency": "EUR", "probability": 50},
		{"opportunityAmount": "0.01", "currency": "EUR", "probability": 50, "status": "IN_PROCESS"},
		{"opportunityAmount": "50", "currency": "EUR"}, // nobody knows how probable
		{"opportunityAmount": "3"}, // of the organization's currency
		{"status": "CLOSED"},
	} {
		admin.Create(t, "Lead", s.on(input))
	}
	admin.Create(t, "Lead", apitest.Input{"opportunityAmount": "1000", "currency": "EUR", "probability": 100, "status": "RECYCLED"})
	for _, row := range []struct {
		who    string
		caller *apitest.Client
		list   string
		want   string
	}{
		{"an admin", admin, "leads", "6 [EUR 4 1150.01 1050.01 287.50 USD 1 3.00 0.00 3.00]; ASSIGNED 3 [EUR 2 150.00 50.00 75.00 USD 1 3.00 0.00 3.00]; " +
			"IN_PROCESS 1 [EUR 1 0.01 0.01 0.01]; RECYCLED 1 [EUR 1 1000.00 1000.00 1000.00]; CLOSED 1 []"},
		{"who sees less", member, "leads", "5 [EUR 3 150.01 50.01 50.00 USD 1 3.00 0.00 3.00]; ASSIGNED 3 [EUR 2 150.00 50.00 75.00 USD 1 3.00 0.00 3.00]; " +
			"IN_PROCESS 1 [EUR 1 0.01 0.01 0.01]; CLOSED 1 []"},
		{"another organization", env.Globex.Admin, "leads", "0 []"},
		{"a filter", member, "leads(filter: {isOpen: true, amount: {max: 50}})", "3 [EUR 2 50.01 0.01 25.01 USD 1 3.00 0.00 3.00]; " +
			"ASSIGNED 2 [EUR 1 50.00 0.00 50.00 USD 1 3.00 0.00 3.00]; IN_PROCESS 1 [EUR 1 0.01 0.01 0.01]"},
	} {
		got := summed(t, row.caller, row.list, byStatus)
		if got.String() != row.want {
			t.Errorf("%s:\ngot  %s\nwant %s", row.who, got, row.want)
		}
		if want := memberNames(server.Schema().Types["LeadStatus"]); len(got.Statuses) != len(want) {
			t.Errorf("%s: %d statuses, not %d", row.who, len(got.Statuses), len(want))
		}
	}
}

func TestTotalsOfEachAccount(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	everybody := []any{member.ProfileID.String(), env.Acme.Second.ProfileID.String()}
	for _, a := range []struct {
		name  string
		deals []apitest.Input
	}{
		{"a", []apitest.Input{{"amount": "1", "assignedToIds": everybody}, {"amount": "2", "currency": "EUR"}, {"assignedToIds": everybody}}},
		{"b", nil},
		{"c", []apitest.Input{{"amount": "4", "stage": "PROPOSAL", "assignedToIds": everybody}, {"amount": "8", "stage": "PROPOSAL", "assignedToIds": everybody}}},
	} {
		account := admin.Create(t, "Account", apitest.Input{"name": a.name, "assignedToIds": everybody})
		for _, input := range a.deals {
			input["accountId"] = account
			admin.Create(t, "Opportunity", input)
		}
	}
	for _, row := range []struct {
		who    string
		caller *apitest.Client
		filter string
		want   []string
	}{
		{"an admin", admin, "first: 1", []string{"3 [EUR 1 2.00 0.20 2.00 USD 1 1.00 0.10 1.00]; PROSPECTING 3 [EUR 1 2.00 0.20 2.00 USD 1 1.00 0.10 1.00]", "0 []",
			"2 [USD 2 12.00 6.00 6.00]; PROPOSAL 2 [USD 2 12.00 6.00 6.00]"}},
		{"who sees less", member, "first: 1", []string{"2 [USD 1 1.00 0.10 1.00]; PROSPECTING 2 [USD 1 1.00 0.10 1.00]", "0 []",
			"2 [USD 2 12.00 6.00 6.00]; PROPOSAL 2 [USD 2 12.00 6.00 6.00]"}},
		{"a filter", admin, "filter: {amount: {min: 2, max: 7}}", []string{"1 [EUR 1 2.00 0.20 2.00]; PROSPECTING 1 [EUR 1 2.00 0.20 2.00]", "0 []",
			"1 [USD 1 4.00 2.00 4.00]; PROPOSAL 1 [USD 1 4.00 2.00 4.00]"}},
	} {
		var data struct {
			Accounts struct {
				Nodes []struct{ Opportunities sums }
			}
		}
		r := row.caller.Do(t, `{ accounts(orderBy: {field: NAME, direction: ASC}) { nodes { opportunities(`+row.filter+`) { totalCount `+amounts+` `+byStage+` } } } }`, nil)
		if err := json.Unmarshal(r.Data, &data); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range data.Accounts.Nodes {
			if want := memberNames(server.Schema().Types["OpportunityStage"]); len(n.Opportunities.Stages) != len(want) {
				t.Errorf("%s: %d stages, not %d", row.who, len(n.Opportunities.Stages), len(want))
			}
			got = append(got, n.Opportunities.String())
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s:\ngot  %q\nwant %q", row.who, got, row.want)
		}
	}
}
