package resolver_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// operate sends an operation of an invoice's, such as "sendInvoice", and gives its refusal.
func operate(t *testing.T, c *apitest.Client, operation string, input apitest.Input) string {
	t.Helper()
	kind := strings.ToUpper(operation[:1]) + operation[1:]
	return c.Send(t, "mutation($input: "+kind+"Input!) { "+operation+"(input: $input) { invoice { id } } }", map[string]any{"input": input}).Refusal()
}

func pay(t *testing.T, c *apitest.Client, invoice, amount string) *apitest.Response {
	t.Helper()
	return c.Try(t, "create", "Payment", apitest.Input{"invoiceId": invoice, "amount": amount, "paymentMethod": "CASH"})
}

func TestInvoiceStatusMoves(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	place := farZones[0]
	admin := env.Organization(t, place.name, "USD", place.zone).Admin
	state := func(id string) string {
		return instants.ReplaceAllString(admin.Read(t, "Invoice", id, "status amountPaid { amount } amountDue { amount } sentAt viewedAt paidAt cancelledAt isEmailSent isOverdue"), "TIME")
	}
	const unsent, sent = `"sentAt":null,"viewedAt":null,"paidAt":null,"cancelledAt":null,"isEmailSent":false,"isOverdue":false}`,
		`"sentAt":TIME,"viewedAt":null,"paidAt":null,"cancelledAt":null,"isEmailSent":true,"isOverdue":false}`
	seen := strings.Replace(sent, `"viewedAt":null`, `"viewedAt":TIME`, 1)
	paid := strings.Replace(seen, `"paidAt":null`, `"paidAt":TIME`, 1)
	late := strings.Replace(seen, `"isOverdue":false`, `"isOverdue":true`, 1)
	open, half, full := `"amountPaid":{"amount":"0.00"},"amountDue":{"amount":"10.00"},`, `"amountPaid":{"amount":"4.00"},"amountDue":{"amount":"6.00"},`,
		`"amountPaid":{"amount":"10.00"},"amountDue":{"amount":"0.00"},`
	id := over(t, admin, "10", nil)
	var payments []string
	last := func() apitest.Input { return apitest.Input{"id": payments[len(payments)-1]} }
	for n, s := range []struct {
		do      string
		input   apitest.Input
		refusal string
		want    string
	}{
		{"markInvoiceViewed", nil, "CONFLICT", `{"status":"DRAFT",` + open + unsent},
		{"sendInvoice", apitest.Input{"version": 7}, "STALE_VERSION", `{"status":"DRAFT",` + open + unsent},
		{"sendInvoice", nil, "", `{"status":"SENT",` + open + sent},
		{"sendInvoice", nil, "", `{"status":"SENT",` + open + sent},
		{"markInvoiceViewed", nil, "", `{"status":"VIEWED",` + open + seen},
		{"markInvoiceViewed", nil, "", `{"status":"VIEWED",` + open + seen},
		{"pay", apitest.Input{"amount": "10.01"}, "INVALID amount", `{"status":"VIEWED",` + open + seen},
		{"pay", apitest.Input{"amount": "0"}, "INVALID amount", `{"status":"VIEWED",` + open + seen},
		{"pay", apitest.Input{"amount": "4", "paymentDate": place.day(-1)}, "INVALID paymentDate", `{"status":"VIEWED",` + open + seen},
		{"pay", apitest.Input{"amount": "4"}, "", `{"status":"PARTIALLY_PAID",` + half + seen},
		{"update", apitest.Input{"lineItems": []any{apitest.Input{"name": "x", "unitPrice": "3.99"}}}, "INVALID lineItems", `{"status":"PARTIALLY_PAID",` + half + seen},
		{"update", apitest.Input{"currency": "EUR"}, "INVALID currency", `{"status":"PARTIALLY_PAID",` + half + seen},
		{"pay", apitest.Input{"amount": "6"}, "", `{"status":"PAID",` + full + paid},
		{"pay", apitest.Input{"amount": "0.01"}, "INVALID amount", `{"status":"PAID",` + full + paid},
		{"update", apitest.Input{"taxRate": "5"}, "CONFLICT", `{"status":"PAID",` + full + paid},
		{"update", apitest.Input{"lineItems": []any{}}, "CONFLICT", `{"status":"PAID",` + full + paid},
		{"update", apitest.Input{"taxRate": "0", "notes": "Thanks."}, "", `{"status":"PAID",` + full + paid},
		{"sendInvoice", nil, "CONFLICT", `{"status":"PAID",` + full + paid},
		{"cancelInvoice", nil, "CONFLICT", `{"status":"PAID",` + full + paid},
		{"markInvoicePaid", nil, "CONFLICT", `{"status":"PAID",` + full + paid},
		{"unpay", nil, "", `{"status":"PARTIALLY_PAID",` + half + seen},
		{"unpay", nil, "", `{"status":"VIEWED",` + open + seen},
		{"update", apitest.Input{"issueDate": place.day(-9), "dueDate": place.day(-1)}, "", `{"status":"OVERDUE",` + open + late},
		{"pay", apitest.Input{"amount": "4"}, "", `{"status":"PARTIALLY_PAID",` + half + late},
		{"unpay", nil, "", `{"status":"OVERDUE",` + open + late},
		{"update", apitest.Input{"dueDate": place.day(0)}, "", `{"status":"VIEWED",` + open + seen}, // on the day itself it is not late
		{"markInvoicePaid", nil, "", `{"status":"PAID",` + full + paid},
	} {
		input := apitest.Input{"id": id}
		if s.do == "pay" {
			input = apitest.Input{"invoiceId": id, "paymentMethod": "CASH"}
		}
		maps.Copy(input, s.input)
		var got string
		switch s.do {
		case "update":
			got = admin.TryUpdate(t, "Invoice", id, s.input).Refusal()
		case "pay":
			r := admin.Try(t, "create", "Payment", input)
			if got = r.Refusal(); got == "" {
				payments = append(payments, r.Text(t, "createPayment.payment.id"))
			}
		case "unpay":
			got = admin.Try(t, "delete", "Payment", last()).Refusal()
			payments = payments[:len(payments)-1]
		default:
			got = operate(t, admin, s.do, input)
		}
		if got != s.refusal || state(id) != s.want {
			t.Errorf("%d: %s %v: %q and %s\nwant %q and %s", n, s.do, s.input, got, state(id), s.refusal, s.want)
		}
	}
	if got := admin.Read(t, "Invoice", id, "payments { totalCount nodes { amount { amount currency } paymentMethod paymentDate invoice { id } } }"); got !=
		`{"payments":{"totalCount":1,"nodes":[{"amount":{"amount":"10.00","currency":"USD"},"paymentMethod":"OTHER","paymentDate":"`+place.day(0)+`","invoice":{"id":"`+id+`"}}]}}` {
		t.Errorf("paid at once: %s", got)
	}
}

func TestCancelledInvoiceStaysCancelled(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	id := over(t, admin, "10", nil)
	payment := pay(t, admin, id, "4").Text(t, "createPayment.payment.id")
	if got := operate(t, admin, "cancelInvoice", apitest.Input{"id": id}); got != "" {
		t.Fatal(got)
	}
	for what, refusal := range map[string]string{
		"pay":    pay(t, admin, id, "6").Refusal(),
		"paid":   operate(t, admin, "markInvoicePaid", apitest.Input{"id": id}),
		"send":   operate(t, admin, "sendInvoice", apitest.Input{"id": id}),
		"cancel": operate(t, admin, "cancelInvoice", apitest.Input{"id": id}),
		"money":  admin.TryUpdate(t, "Invoice", id, apitest.Input{"shippingAmount": "1"}).Refusal(),
	} {
		if refusal != "CONFLICT" {
			t.Errorf("%s: %q", what, refusal)
		}
	}
	for what, refusal := range map[string]string{
		"a payment that is deleted": admin.TryDelete(t, "Payment", payment).Refusal(),
		"another due date":          admin.TryUpdate(t, "Invoice", id, apitest.Input{"issueDate": "2026-01-01", "dueDate": "2026-01-01"}).Refusal(),
		"the client's visit":        map[string]string{"CONFLICT": ""}[operate(t, admin, "markInvoiceViewed", apitest.Input{"id": id})],
	} {
		if got := admin.Read(t, "Invoice", id, "status isOverdue"); refusal != "" || got != `{"status":"CANCELLED","isOverdue":false}` {
			t.Errorf("after %s: %q, %s", what, refusal, got)
		}
	}
}

func TestAnInvoiceOverNothingIsPaidWithoutAPayment(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	id := newInvoice(t, admin, nil)
	if got := operate(t, admin, "markInvoicePaid", apitest.Input{"id": id}); got != "" {
		t.Fatal(got)
	}
	if got := admin.Read(t, "Invoice", id, "status payments { totalCount }"); got != `{"status":"PAID","payments":{"totalCount":0}}` {
		t.Errorf("got %s", got)
	}
}

func TestOfTwoLastPaymentsOneIsTaken(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for round := range 6 {
		id := over(t, admin, "10", nil)
		answers := atOnce(4, func() string {
			if round%2 == 0 {
				return operate(t, admin, "markInvoicePaid", apitest.Input{"id": id})
			}
			return pay(t, admin, id, "10").Refusal()
		})
		lost := map[bool]string{true: "CONFLICT", false: "INVALID amount"}[round%2 == 0]
		if !slices.Equal(answers, []string{"", lost, lost, lost}) {
			t.Errorf("round %d: %q", round, answers)
		}
		if got := admin.Read(t, "Invoice", id, "status amountPaid { amount } payments { totalCount }"); got != `{"status":"PAID","amountPaid":{"amount":"10.00"},"payments":{"totalCount":1}}` {
			t.Errorf("then it is %s", got)
		}
	}
	t.Run("of several deletions of one, too", func(t *testing.T) {
		id := over(t, admin, "10", nil)
		pay(t, admin, id, "3")
		payment := pay(t, admin, id, "7").Text(t, "createPayment.payment.id")
		answers := atOnce(4, func() string { return admin.TryDelete(t, "Payment", payment).Refusal() })
		if !slices.Equal(answers, []string{"", "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"}) {
			t.Errorf("%q", answers)
		}
		if got := admin.Read(t, "Invoice", id, "status amountPaid { amount } paidAt"); got != `{"status":"PARTIALLY_PAID","amountPaid":{"amount":"3.00"},"paidAt":null}` {
			t.Errorf("then it is %s", got)
		}
	})
	t.Run("and a cancellation or a payment", func(t *testing.T) {
		for range 5 {
			id := over(t, admin, "10", nil)
			answers := racing(2, func(i int) string {
				return operate(t, admin, []string{"cancelInvoice", "markInvoicePaid"}[i], apitest.Input{"id": id})
			})
			if !slices.Equal(answers, []string{"", "CONFLICT"}) {
				t.Errorf("%q, %s", answers, admin.Read(t, "Invoice", id, "status"))
			}
		}
	})
}

func TestPaymentPermissions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	creator, assignee, stranger := env.User(t, env.Acme, "creator"), env.Acme.Member, env.Acme.Second
	id := over(t, creator, "100", apitest.Input{"assignedToIds": []any{assignee.ProfileID.String()}})
	payment := pay(t, creator, id, "1").Text(t, "createPayment.payment.id")
	for _, row := range []struct {
		who      string
		caller   *apitest.Client
		pay, del string
		sees     bool
	}{
		{"the admin of another organization", env.Globex.Admin, "INVALID invoiceId", "NOT_FOUND", false},
		{"an unrelated member", stranger, "INVALID invoiceId", "NOT_FOUND", false},
		{"an assignee", assignee, "", "", true},
		{"an admin", env.Acme.Admin, "", "", true},
	} {
		r := row.caller.Send(t, "query($id: ID!, $p: ID!) { payment(id: $p) { id } node(id: $p) { id } invoice(id: $id) { payments { nodes { id } } history { nodes { details } } } }",
			map[string]any{"id": id, "p": payment})
		if strings.Count(r.Body, payment) != map[bool]int{true: 3}[row.sees] || strings.Contains(r.Body, "Created.") != row.sees {
			t.Errorf("%s reads %s", row.who, r.Body)
		}
		r = pay(t, row.caller, id, "2")
		if r.Refusal() != row.pay {
			t.Errorf("%s pays: %s", row.who, r.Body)
		}
		mine := payment
		if row.pay == "" {
			mine = r.Text(t, "createPayment.payment.id")
		}
		if got := row.caller.TryDelete(t, "Payment", mine).Refusal(); got != row.del {
			t.Errorf("%s deletes: %q", row.who, got)
		}
	}
}

func TestInvoiceHistoryTellsEveryChange(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	id := over(t, admin, "10", apitest.Input{"clientName": "Dunder"})
	admin.Update(t, "Invoice", id, apitest.Input{"invoiceTitle": "Other", "teamIds": []any{admin.Create(t, "Team", nil)}})
	admin.Update(t, "Invoice", id, apitest.Input{"lineItems": []any{apitest.Input{"name": "x", "unitPrice": "20"}}})
	admin.Update(t, "Invoice", id, apitest.Input{"invoiceTitle": "Other"}) // no change
	if refusal := admin.TryUpdate(t, "Invoice", id, apitest.Input{"invoiceTitle": ""}).Refusal(); refusal == "" {
		t.Error("a blank title is taken")
	}
	operate(t, admin, "sendInvoice", apitest.Input{"id": id})
	payment := pay(t, admin, id, "5").Text(t, "createPayment.payment.id")
	admin.TryDelete(t, "Payment", payment)
	operate(t, admin, "cancelInvoice", apitest.Input{"id": id})
	r := admin.Do(t, `query($id: ID!) { invoice(id: $id) { history { totalCount nodes { details status invoiceTitle clientName totalAmount { amount currency } amountDue { amount } changedBy { id } } } } }`, map[string]any{"id": id})
	var got []string
	for n := 0; r.Text(t, fmt.Sprintf("invoice.history.nodes.%d.status", n)) != ""; n++ {
		at := fmt.Sprintf("invoice.history.nodes.%d.", n)
		got = append(got, strings.Join([]string{r.Text(t, at+"status"), r.Text(t, at+"invoiceTitle"), r.Text(t, at+"totalAmount.amount"), r.Text(t, at+"amountDue.amount"), r.Text(t, at+"details")}, " "))
		if r.Text(t, at+"changedBy.id") != admin.ProfileID.String() || r.Text(t, at+"clientName") != "Dunder" {
			t.Errorf("%d: %s", n, r.Data)
		}
	}
	want := []string{
		"CANCELLED Other 20.00 20.00 Changed status, cancelledAt.",
		"SENT Other 20.00 20.00 Changed status, amountPaid, amountDue.",
		"PARTIALLY_PAID Other 20.00 15.00 Changed status, amountPaid, amountDue.",
		"SENT Other 20.00 20.00 Changed status, sentAt, isEmailSent.",
		"DRAFT Other 20.00 20.00 Changed subtotal, totalAmount, amountDue, lineItems.",
		"DRAFT Other 10.00 10.00 Changed invoiceTitle, teamIds.",
		"DRAFT Paper 10.00 10.00 Created.",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestInvoiceIsMailedAfterTheCommit(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	admin := p.Acme.Admin
	id := over(t, admin, "1234.5", apitest.Input{"clientEmail": "ann@dunder.example", "notes": "Thank you.", "details": "Secret", "issueDate": "2026-03-01"})
	if got := operate(t, admin, "sendInvoice", apitest.Input{"id": id}); got != "" {
		t.Fatal(got)
	}
	mails := p.mails("ann@dunder.example")
	if len(mails) != 1 || !strings.Contains(mails[0], "USD 1,234.50") || !strings.Contains(mails[0], "INV-") || !strings.Contains(mails[0], "2026-03-31") ||
		!strings.Contains(mails[0], "Thank you.") || strings.Contains(mails[0], "Secret") {
		t.Errorf("%q", mails)
	}
	r := admin.Send(t, `mutation { sendInvoice(input: {id: "`+id+`"}) { invoice { id } } updateInvoice(input: {id: "`+nobody+`"}) { invoice { id } } }`, nil)
	if r.Code() != "NOT_FOUND" || len(p.mails("ann@dunder.example")) != 1 {
		t.Errorf("what is rolled back is mailed: %s", r.Body)
	}
	admin.Update(t, "Invoice", id, apitest.Input{"clientEmail": nil})
	if got := operate(t, admin, "sendInvoice", apitest.Input{"id": id}); got != "CONFLICT clientEmail" {
		t.Errorf("to nobody: %q", got)
	}
}

func TestDuplicateInvoice(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	offered, gone := admin.Create(t, "Product", apitest.Input{"name": "Paper", "price": "3"}), admin.Create(t, "Product", apitest.Input{"name": "Card", "price": "4"})
	from := newInvoice(t, admin, apitest.Input{"invoiceTitle": strings.Repeat("t", 98), "issueDate": "2026-03-01", "paymentTerms": "NET_15", "notes": "Hi.", "taxRate": "10",
		"assignedToIds": []any{member.ProfileID.String()}, "lineItems": []any{apitest.Input{"productId": offered, "quantity": "2"}, apitest.Input{"productId": gone}}})
	pay(t, admin, from, "1")
	admin.Update(t, "Product", gone, apitest.Input{"isActive": false})
	if r := member.Send(t, `mutation { duplicateInvoice(input: {id: "`+from+`"}) { invoice { assignedTo { id } createdBy { email } account { id } } } }`, nil); string(r.Data) !=
		`{"duplicateInvoice":{"invoice":{"assignedTo":[],"createdBy":{"email":"`+member.Email+`"},"account":null}}}` {
		t.Errorf("by an assignee: %s", r.Body)
	}
	r := admin.Do(t, `mutation { duplicateInvoice(input: {id: "`+from+`"}) { invoice { id invoiceNumber } } }`, nil)
	id := r.Text(t, "duplicateInvoice.invoice.id")
	if number := r.Text(t, "duplicateInvoice.invoice.invoiceNumber"); !strings.HasSuffix(number, "-0003") {
		t.Errorf("it has the number %s", number)
	}
	today := time.Now().UTC()
	if got, want := admin.Read(t, "Invoice", id, "invoiceTitle status issueDate dueDate notes totalAmount { amount } amountDue { amount } payments { totalCount } lineItems { name quantity unitPrice { amount } product { id } }"),
		`{"invoiceTitle":"Copy of `+strings.Repeat("t", 92)+`","status":"DRAFT","issueDate":"`+today.Format(time.DateOnly)+`","dueDate":"`+today.AddDate(0, 0, 15).Format(time.DateOnly)+`","notes":"Hi.",`+
			`"totalAmount":{"amount":"11.00"},"amountDue":{"amount":"11.00"},"payments":{"totalCount":0},"lineItems":[{"name":"Paper","quantity":"2.00","unitPrice":{"amount":"3.00"},"product":{"id":"`+offered+`"}},`+
			`{"name":"Card","quantity":"1.00","unitPrice":{"amount":"4.00"},"product":null}]}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestOverdueIsMarkedByTheOrganizationsDay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, place := range farZones {
		org := env.Organization(t, place.name, "USD", place.zone)
		admin := org.Admin
		due := func(days int, sent bool) string {
			id := over(t, admin, "10", apitest.Input{"issueDate": "2026-01-01", "dueDate": place.day(days)})
			if sent {
				operate(t, admin, "sendInvoice", apitest.Input{"id": id})
			}
			return id
		}
		late, today, draft, paid := due(-1, true), due(0, true), due(-1, false), due(-1, true)
		operate(t, admin, "markInvoicePaid", apitest.Input{"id": paid})
		mark := func(at time.Time) (n int) {
			inOperation(t, env, org, func(ctx context.Context) (err error) {
				n, err = store.MarkOverdue(ctx, at)
				return err
			})
			return n
		}
		if n := mark(time.Now()); n != 1 {
			t.Errorf("%s: %d marked", place.name, n)
		}
		if n := mark(time.Now()); n != 0 {
			t.Errorf("%s: %d marked again", place.name, n)
		}
		for id, want := range map[string]string{late: "OVERDUE", today: "SENT", draft: "DRAFT", paid: "PAID"} {
			if got := admin.Read(t, "Invoice", id, "status"); got != `{"status":"`+want+`"}` {
				t.Errorf("%s: %s, want %s", place.name, got, want)
			}
		}
		if n := mark(time.Now().AddDate(0, 0, 1)); n != 1 {
			t.Errorf("%s: %d marked tomorrow", place.name, n)
		}
		if got := admin.Read(t, "Invoice", today, "status history(first: 1) { nodes { details status } } activities(first: 1) { nodes { action } }"); got !=
			`{"status":"OVERDUE","history":{"nodes":[{"details":"Changed status.","status":"OVERDUE"}]},"activities":{"nodes":[{"action":"STATUS_CHANGED"}]}}` {
			t.Errorf("got %s", got)
		}
	}
}
