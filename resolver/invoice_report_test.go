package resolver_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// sentInvoice is an invoice over an amount that was sent, with its number. Days are those of the place, from today.
func sentInvoice(t *testing.T, c *apitest.Client, p place, amount string, issued, due int, said apitest.Input) (id, number string) {
	t.Helper()
	input := apitest.Input{"issueDate": p.day(issued), "dueDate": p.day(due)}
	maps.Copy(input, said)
	id = over(t, c, amount, input)
	if got := operate(t, c, "sendInvoice", apitest.Input{"id": id}); got != "" {
		t.Fatal(got)
	}
	return id, c.Do(t, `query($id: ID!) { invoice(id: $id) { invoiceNumber } }`, map[string]any{"id": id}).Text(t, "invoice.invoiceNumber")
}

// ledger is an organization with a few invoices; what they come to is computed by hand below.
//
//	        amount   issued  due  paid
//	old         90     -100  -95
//	part        50      -40  -30    20  of the same account as
//	late        70      -40  -31
//	euro    EUR 10      -70  -61
//	next        30       -5    0
//	draft        5       -5    0        not sent
//	paid        40      -10    0    40
//	ended       60       -5   -1    15  cancelled
//
// Of estimates one each is a draft, sent, sent and expired since, accepted, and declined, and one in euros is sent.
type ledger struct {
	place
	admin, member *apitest.Client
	ids, accounts map[string]string
}

func newLedger(t *testing.T, env *apitest.Env, p place) ledger {
	t.Helper()
	org := env.Organization(t, p.name, "USD", p.zone)
	l := ledger{place: p, admin: org.Admin, member: env.User(t, org, "bob"), ids: map[string]string{}, accounts: map[string]string{}}
	for _, name := range []string{"old", "both", "euro"} {
		l.accounts[name] = l.admin.Create(t, "Account", apitest.Input{"name": name})
	}
	for _, i := range []struct {
		name, amount, account, currency string
		issued, due                     int
	}{
		{"old", "90", "old", "USD", -100, -95}, {"part", "50", "both", "USD", -40, -30}, {"late", "70", "both", "USD", -40, -31}, {"euro", "10", "euro", "EUR", -70, -61},
		{"next", "30", "old", "USD", -5, 0}, {"paid", "40", "old", "USD", -10, 0}, {"ended", "60", "old", "USD", -5, -1},
	} {
		l.ids[i.name], _ = sentInvoice(t, l.admin, p, i.amount, i.issued, i.due, apitest.Input{"accountId": l.accounts[i.account], "currency": i.currency, "invoiceTitle": i.name})
	}
	over(t, l.admin, "5", apitest.Input{"accountId": l.accounts["old"], "issueDate": p.day(-5), "dueDate": p.day(0)})
	for name, amount := range map[string]string{"part": "20", "paid": "40", "ended": "15"} {
		if got := pay(t, l.admin, l.ids[name], amount).Refusal(); got != "" {
			t.Fatal(got)
		}
	}
	if got := operate(t, l.admin, "cancelInvoice", apitest.Input{"id": l.ids["ended"]}); got != "" {
		t.Fatal(got)
	}
	lines := []any{apitest.Input{"name": "Work", "unitPrice": "7"}}
	l.admin.Create(t, "Estimate", quoted(t, l.admin, apitest.Input{"lineItems": lines}))
	sentEstimate(t, l.admin, apitest.Input{"lineItems": lines, "expiryDate": p.day(0)})
	sentEstimate(t, l.admin, apitest.Input{"lineItems": lines, "currency": "EUR"})
	gone := sentEstimate(t, l.admin, apitest.Input{"lineItems": lines})
	env.Above(t, "UPDATE estimate SET issue_date = $2::text::date, expiry_date = $2::text::date WHERE id = $1::text::uuid", gone, p.day(-1))
	for verb, said := range map[string]apitest.Input{"accept": {"name": "Ann", "email": "ann@client.example"}, "decline": {}} {
		said["id"] = sentEstimate(t, l.admin, apitest.Input{"lineItems": lines})
		if got := l.admin.Try(t, verb, "Estimate", said).Refusal(); got != "" {
			t.Fatal(got)
		}
	}
	return l
}

const moneyOf = "count total { amount currency } paid { amount } due { amount } otherCurrencyCount"

// sum is what moneyOf answers.
func sum(count int, total, paid, due string, others int) string {
	return fmt.Sprintf(`"count":%d,"total":{"amount":"%s","currency":"USD"},"paid":{"amount":"%s"},"due":{"amount":"%s"},"otherCurrencyCount":%d`, count, total, paid, due, others)
}

func TestInvoiceReport(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		l := newLedger(t, env, p)
		r := l.admin.Do(t, `{ reports { invoices { currency issued { `+moneyOf+` } overdue { `+moneyOf+` } statuses { status `+moneyOf+` }
			last30Days { from to invoices invoiced { amount } payments collected { amount } otherCurrencyCount } averageDaysToPayment
			pendingEstimates { count total { amount } otherCurrencyCount } acceptedEstimates { count total { amount } otherCurrencyCount } declinedEstimates { count } } } }`, nil)
		want := `{"reports":{"invoices":{"currency":"USD","issued":{` + sum(6, "280.00", "60.00", "220.00", 1) + `},"overdue":{` + sum(4, "210.00", "20.00", "190.00", 1) + `},"statuses":[` +
			`{"status":"DRAFT",` + sum(1, "5.00", "0.00", "5.00", 0) + `},{"status":"SENT",` + sum(4, "190.00", "0.00", "190.00", 1) + `},{"status":"VIEWED",` + sum(0, "0.00", "0.00", "0.00", 0) +
			`},{"status":"PARTIALLY_PAID",` + sum(1, "50.00", "20.00", "30.00", 0) + `},{"status":"OVERDUE",` + sum(0, "0.00", "0.00", "0.00", 0) + `},{"status":"PAID",` +
			sum(1, "40.00", "40.00", "0.00", 0) + `},{"status":"PENDING",` + sum(0, "0.00", "0.00", "0.00", 0) + `},{"status":"CANCELLED",` + sum(1, "60.00", "15.00", "45.00", 0) +
			`}],"last30Days":{"from":"` + p.day(-29) + `","to":"` + p.day(0) + `","invoices":2,"invoiced":{"amount":"70.00"},"payments":3,"collected":{"amount":"75.00"},"otherCurrencyCount":0},` +
			`"averageDaysToPayment":10,"pendingEstimates":{"count":2,"total":{"amount":"7.00"},"otherCurrencyCount":1},"acceptedEstimates":{"count":1,"total":{"amount":"7.00"},` +
			`"otherCurrencyCount":0},"declinedEstimates":{"count":1}}}}`
		if string(r.Data) != want {
			t.Errorf("%s:\ngot  %s\nwant %s", p.name, r.Data, want)
		}
		for _, report := range []string{"invoices { currency }", "revenue { currency }", "receivables { count }", "overdue { count }"} {
			if got := l.member.Send(t, "{ reports { "+report+" } }", nil).Refusal(); got != "FORBIDDEN" {
				t.Errorf("a member asks for %s: %q", report, got)
			}
		}
	}
	t.Run("of nothing it is nothing", func(t *testing.T) {
		r := env.Globex.Admin.Do(t, `{ reports { invoices { issued { count due { amount } } averageDaysToPayment pendingEstimates { count } last30Days { collected { amount currency } } }
			receivables { count ages { age count } } overdue { count due { amount } oldestDays accounts { count } } } }`, nil)
		want := `{"reports":{"invoices":{"issued":{"count":0,"due":{"amount":"0.00"}},"averageDaysToPayment":null,"pendingEstimates":{"count":0},"last30Days":{"collected":{"amount":"0.00","currency":"USD"}}},` +
			`"receivables":{"count":0,"ages":[{"age":"CURRENT","count":0},{"age":"DAYS_1_TO_30","count":0},{"age":"DAYS_31_TO_60","count":0},{"age":"DAYS_61_TO_90","count":0},` +
			`{"age":"OVER_90_DAYS","count":0}]},"overdue":{"count":0,"due":{"amount":"0.00"},"oldestDays":0,"accounts":[]}}}`
		if string(r.Data) != want {
			t.Errorf("got %s", r.Data)
		}
	})
}

func TestReceivables(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		l := newLedger(t, env, p)
		r := l.admin.Do(t, `{ reports { receivables { date `+moneyOf+` ages { age `+moneyOf+` invoices { invoiceTitle } } }
			overdue { count due { amount } otherCurrencyCount oldestDays accounts { account { name } count due { amount currency } otherCurrencyCount oldestDays } } } }`, nil)
		of := func(age, title, sum string) string {
			return `{"age":"` + age + `",` + sum + `,"invoices":[{"invoiceTitle":"` + title + `"}]}`
		}
		want := `{"reports":{"receivables":{"date":"` + p.day(0) + `",` + sum(5, "240.00", "20.00", "220.00", 1) + `,"ages":[` +
			of("CURRENT", "next", sum(1, "30.00", "0.00", "30.00", 0)) + `,` + of("DAYS_1_TO_30", "part", sum(1, "50.00", "20.00", "30.00", 0)) + `,` +
			of("DAYS_31_TO_60", "late", sum(1, "70.00", "0.00", "70.00", 0)) + `,` + of("DAYS_61_TO_90", "euro", sum(1, "0.00", "0.00", "0.00", 1)) + `,` +
			of("OVER_90_DAYS", "old", sum(1, "90.00", "0.00", "90.00", 0)) + `]},"overdue":{"count":4,"due":{"amount":"190.00"},"otherCurrencyCount":1,"oldestDays":95,"accounts":[` +
			`{"account":{"name":"both"},"count":2,"due":{"amount":"100.00","currency":"USD"},"otherCurrencyCount":0,"oldestDays":31},` +
			`{"account":{"name":"old"},"count":1,"due":{"amount":"90.00","currency":"USD"},"otherCurrencyCount":0,"oldestDays":95},` +
			`{"account":{"name":"euro"},"count":1,"due":{"amount":"0.00","currency":"USD"},"otherCurrencyCount":1,"oldestDays":61}]}}}`
		if string(r.Data) != want {
			t.Errorf("%s:\ngot  %s\nwant %s", p.name, r.Data, want)
		}
		if r := l.admin.Do(t, "{ reports { overdue(first: 1) { count accounts { oldestDays } } } }", nil); string(r.Data) != `{"reports":{"overdue":{"count":4,"accounts":[{"oldestDays":31}]}}}` {
			t.Errorf("%s: the first is %s", p.name, r.Data)
		}
		sentInvoice(t, l.admin, p, "1", -40, -29, apitest.Input{"invoiceTitle": "second"})
		r = l.admin.Do(t, "{ reports { receivables { ages { two: invoices { invoiceTitle } one: invoices(first: 1) { invoiceTitle } } } } }", nil)
		if got := string(r.Data); !strings.Contains(got, `{"two":[{"invoiceTitle":"part"},{"invoiceTitle":"second"}],"one":[{"invoiceTitle":"part"}]}`) {
			t.Errorf("%s: those that were due first come first: %s", p.name, got)
		}
	}
	for args, want := range map[string]string{"overdue(first: 0) { count }": "INVALID first", "overdue(first: 101) { count }": "INVALID first", "overdue(first: 100) { count }": "",
		"receivables { ages { invoices(first: 26) { id } } }": "INVALID first"} {
		if got := env.Acme.Admin.Send(t, "{ reports { "+args+" } }", nil).Refusal(); got != want {
			t.Errorf("%s: %q", args, got)
		}
	}
}

func TestRevenue(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	paid := func(id, amount, day string) {
		t.Helper()
		if got := admin.Try(t, "create", "Payment", apitest.Input{"invoiceId": id, "amount": amount, "paymentMethod": "CASH", "paymentDate": day}).Refusal(); got != "" {
			t.Fatal(got)
		}
	}
	// 1 February 2026 is a Sunday.
	dollars := over(t, admin, "100", apitest.Input{"issueDate": "2026-01-31"})
	paid(dollars, "60", "2026-02-01")
	paid(dollars, "40", "2026-02-02")
	euros := over(t, admin, "7", apitest.Input{"issueDate": "2026-02-02", "currency": "EUR"})
	paid(euros, "7", "2026-02-08")
	over(t, admin, "1", apitest.Input{"issueDate": "2026-02-02"}) // a draft
	for _, day := range []string{"2026-01-29", "2026-02-09"} {
		paid(over(t, admin, "1000", apitest.Input{"issueDate": day}), "1000", day)
	}
	for interval, want := range map[string]string{
		"WEEK":  "2026-01-30 2026-02-01 1 100.00 1 60.00 0; 2026-02-02 2026-02-08 1 0.00 2 40.00 2",
		"MONTH": "2026-01-30 2026-01-31 1 100.00 0 0.00 0; 2026-02-01 2026-02-08 1 0.00 3 100.00 2",
		"YEAR":  "2026-01-30 2026-02-08 2 100.00 3 100.00 2",
		"DAY": "2026-01-30 2026-01-30 0 0.00 0 0.00 0; 2026-01-31 2026-01-31 1 100.00 0 0.00 0; 2026-02-01 2026-02-01 0 0.00 1 60.00 0; 2026-02-02 2026-02-02 1 0.00 1 40.00 1; " +
			"2026-02-03 2026-02-03 0 0.00 0 0.00 0; 2026-02-04 2026-02-04 0 0.00 0 0.00 0; 2026-02-05 2026-02-05 0 0.00 0 0.00 0; 2026-02-06 2026-02-06 0 0.00 0 0.00 0; " +
			"2026-02-07 2026-02-07 0 0.00 0 0.00 0; 2026-02-08 2026-02-08 0 0.00 1 0.00 1",
	} {
		r := admin.Do(t, `{ reports { revenue(period: {from: "2026-01-30", to: "2026-02-08"}, interval: `+interval+`) { currency from to periods { from to invoices invoiced { amount } payments
			collected { amount } otherCurrencyCount } } } }`, nil)
		var periods []string
		for i := 0; r.Get(t, fmt.Sprintf("reports.revenue.periods.%d", i)) != nil; i++ {
			at := func(field string) any { return r.Get(t, fmt.Sprintf("reports.revenue.periods.%d.%s", i, field)) }
			periods = append(periods, fmt.Sprint(at("from"), " ", at("to"), " ", at("invoices"), " ", at("invoiced.amount"), " ", at("payments"), " ", at("collected.amount"), " ", at("otherCurrencyCount")))
		}
		if got := strings.Join(periods, "; "); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", interval, got, want)
		}
	}
	for _, p := range farZones {
		r := env.Organization(t, p.name, "EUR", p.zone).Admin.Do(t, "{ reports { revenue { currency from to periods { from to } } } }", nil)
		today := p.dayOf(time.Now())
		first := time.Date(today.Year(), today.Month(), today.Day()-364, 0, 0, 0, 0, time.UTC)
		if r.Text(t, "reports.revenue.from") != first.Format(time.DateOnly) || r.Text(t, "reports.revenue.to") != p.day(0) || r.Text(t, "reports.revenue.currency") != "EUR" ||
			r.Text(t, "reports.revenue.periods.1.from") != time.Date(first.Year(), first.Month()+1, 1, 0, 0, 0, 0, time.UTC).Format(time.DateOnly) {
			t.Errorf("%s: %s", p.name, r.Data)
		}
	}
	for args, want := range map[string]string{
		`period: {from: "2026-03-02", to: "2026-03-01"}`:                "INVALID period",
		`period: {from: "2010-01-01", to: "2026-03-01"}`:                "INVALID period",
		`period: {from: "2025-01-01", to: "2026-03-01"}, interval: DAY`: "INVALID period",
		`period: {from: "2025-03-01", to: "2026-03-01"}, interval: DAY`: "",
		`period: {from: "2017-03-01", to: "2026-03-01"}`:                "",
	} {
		if got := admin.Send(t, "{ reports { revenue("+args+") { from } } }", nil).Refusal(); got != want {
			t.Errorf("%s: %q", args, got)
		}
	}
}

func TestOverdueInvoicesWait(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		org := env.Organization(t, p.name, "USD", p.zone)
		admin, member := org.Admin, env.User(t, org, "bob")
		_, theirs := sentInvoice(t, admin, p, "10", -9, -5, apitest.Input{"currency": "EUR", "assignedToIds": []any{member.ProfileID.String()}})
		_, late := sentInvoice(t, admin, p, "20", -9, -1, nil)
		sentInvoice(t, admin, p, "30", -9, 0, nil)
		over(t, admin, "40", apitest.Input{"issueDate": p.day(-9), "dueDate": p.day(-1)}) // a draft
		paid, _ := sentInvoice(t, admin, p, "50", -9, -1, nil)
		operate(t, admin, "markInvoicePaid", apitest.Input{"id": paid})
		admin.Create(t, "Task", apitest.Input{"title": "task", "dueDate": p.day(-1)})
		breached := admin.Create(t, "Case", apitest.Input{"name": "breached"})
		env.Above(t, `UPDATE "case" SET created_at = now() - interval '9 days' WHERE id = $1::text::uuid`, breached)
		lines := strings.Split(queue(t, admin, "items"), "\n")
		want := []string{"INVOICE_OVERDUE " + theirs + " " + p.day(-5), "INVOICE_OVERDUE " + late + " " + p.day(-1), "TASK_OVERDUE task " + p.day(-1)}
		if !strings.HasPrefix(lines[0], "CASE_BREACHED") || strings.Join(lines[1:], "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: %q", p.name, lines)
		}
		if got := queue(t, member, "items"); got != want[0] {
			t.Errorf("%s: a member's is %s", p.name, got)
		}
		for caller, want := range map[*apitest.Client]string{
			admin:  `{"today":{"count":4,"overdueInvoices":{` + sum(2, "20.00", "0.00", "20.00", 1) + `}}}`,
			member: `{"today":{"count":1,"overdueInvoices":{` + sum(1, "0.00", "0.00", "0.00", 1) + `}}}`,
		} {
			if r := caller.Do(t, "{ today { count overdueInvoices { "+moneyOf+" } } }", nil); string(r.Data) != want {
				t.Errorf("%s: %s: got %s, want %s", p.name, caller.Email, r.Data, want)
			}
		}
	}
}

func TestAccountSummaryOfInvoices(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		l := newLedger(t, env, p)
		account := l.accounts["old"]
		l.admin.Update(t, "Account", account, apitest.Input{"assignedToIds": []any{l.member.ProfileID.String()}})
		euro, _ := sentInvoice(t, l.admin, p, "3", -9, -1, apitest.Input{"accountId": account, "currency": "EUR", "assignedToIds": []any{l.member.ProfileID.String()}})
		const ask = "summary { openInvoices { " + moneyOf + " } overdueInvoices { " + moneyOf + " } paidInvoices { " + moneyOf + " } }"
		none := sum(0, "0.00", "0.00", "0.00", 0)
		for caller, want := range map[*apitest.Client]string{
			l.admin: `{"summary":{"openInvoices":{` + sum(3, "120.00", "0.00", "120.00", 1) + `},"overdueInvoices":{` + sum(2, "90.00", "0.00", "90.00", 1) + `},"paidInvoices":{` +
				sum(1, "40.00", "40.00", "0.00", 0) + `}}}`,
			l.member: `{"summary":{"openInvoices":{` + sum(1, "0.00", "0.00", "0.00", 1) + `},"overdueInvoices":{` + sum(1, "0.00", "0.00", "0.00", 1) + `},"paidInvoices":{` + none + `}}}`,
		} {
			if got := caller.Read(t, "Account", account, ask); got != want {
				t.Errorf("%s: %s:\ngot  %s\nwant %s", p.name, caller.Email, got, want)
			}
		}
		estimate := l.admin.Create(t, "Estimate", quoted(t, l.admin, apitest.Input{"accountId": account}))
		for caller, want := range map[*apitest.Client]bool{l.admin: true, l.member: false} {
			got := caller.Read(t, "Account", account, "timeline { nodes { entityId } }")
			if !strings.Contains(got, euro) || strings.Contains(got, estimate) != want || strings.Contains(got, l.ids["paid"]) != want {
				t.Errorf("%s: the timeline of %s: %s", p.name, caller.Email, got)
			}
		}
	}
}
