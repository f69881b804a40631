package resolver_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func TestRecurringInvoiceContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	account, contact := admin.Create(t, "Account", apitest.Input{"name": "Dunder"}), admin.Create(t, "Contact", apitest.Input{"firstName": "Ann"})
	start := func(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }
	apitest.Contract(t, env, apitest.Entity{
		Kind: "RecurringInvoice", List: "recurringInvoices",
		Fields: `title isActive account { name } contact { firstName } clientName clientEmail frequency customDays startDate endDate nextGenerationDate invoicesGenerated
			paymentTerms autoSend currency lineItems { name total { amount } } discountType discountValue taxRate totalAmount { amount } notes terms
			invoices { totalCount } assignedTo { user { name } } teams { name }`,
		Full: apitest.Input{"title": "Hosting", "accountId": account, "contactId": contact, "clientName": "Dunder Ltd", "clientEmail": "pay@dunder.example",
			"frequency": "CUSTOM", "customDays": 10, "startDate": start(3), "endDate": "2999-12-31", "paymentTerms": "NET_15", "autoSend": false, "currency": "EUR",
			"lineItems": []any{apitest.Input{"name": "Server", "unitPrice": "100"}}, "discountType": "PERCENTAGE", "discountValue": "10", "taxRate": "19",
			"notes": "Thanks.", "terms": "Net.", "assignedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team}},
		Want: `{"title":"Hosting","isActive":true,"account":{"name":"Dunder"},"contact":{"firstName":"Ann"},"clientName":"Dunder Ltd","clientEmail":"pay@dunder.example",` +
			`"frequency":"CUSTOM","customDays":10,"startDate":"` + start(3) + `","endDate":"2999-12-31","nextGenerationDate":"` + start(3) + `","invoicesGenerated":0,` +
			`"paymentTerms":"NET_15","autoSend":false,"currency":"EUR","lineItems":[{"name":"Server","total":{"amount":"100.00"}}],"discountType":"PERCENTAGE","discountValue":"10.00",` +
			`"taxRate":"19.00","totalAmount":{"amount":"107.10"},"notes":"Thanks.","terms":"Net.","invoices":{"totalCount":0},"assignedTo":[{"user":{"name":"member"}}],"teams":[{"name":"North"}]}`,
		Clear: apitest.Input{"clientName": nil, "clientEmail": nil, "endDate": nil, "lineItems": nil, "discountType": nil, "discountValue": nil, "notes": nil, "terms": nil,
			"assignedToIds": nil, "teamIds": []any{}},
		Cleared: `{"title":"Hosting","isActive":true,"account":{"name":"Dunder"},"contact":{"firstName":"Ann"},"clientName":null,"clientEmail":null,` +
			`"frequency":"CUSTOM","customDays":10,"startDate":"` + start(3) + `","endDate":null,"nextGenerationDate":"` + start(3) + `","invoicesGenerated":0,` +
			`"paymentTerms":"NET_15","autoSend":false,"currency":"EUR","lineItems":[],"discountType":null,"discountValue":null,` +
			`"taxRate":"19.00","totalAmount":{"amount":"0.00"},"notes":null,"terms":null,"invoices":{"totalCount":0},"assignedTo":[],"teams":[]}`,
		Search: []string{"hosting", "dunder LT"},
		Row: func(n int) apitest.Input {
			return apitest.Input{"title": fmt.Sprintf("row%02d", n%9), "accountId": account, "contactId": contact, "startDate": start(n % 7)}
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "NEXT_GENERATION_DATE": {Value: "nextGenerationDate"}},
	})
}

func TestRecurringInvoiceRefusals(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	for _, row := range []struct {
		said apitest.Input
		want string
	}{
		{apitest.Input{"frequency": "CUSTOM"}, "INVALID customDays"},
		{apitest.Input{"frequency": "CUSTOM", "customDays": 0}, "INVALID customDays"},
		{apitest.Input{"startDate": "2999-02-02", "endDate": "2999-02-01"}, "INVALID endDate"},
		{apitest.Input{"startDate": "2001-01-01"}, "INVALID startDate"},
		{apitest.Input{"autoSend": true, "clientEmail": nil}, "INVALID clientEmail"},
		{apitest.Input{"lineItems": []any{apitest.Input{"name": "x", "quantity": "0"}}}, "INVALID lineItems[0].quantity"},
		{apitest.Input{"accountId": nobody}, "INVALID accountId"},
		{apitest.Input{"title": " "}, "INVALID title"},
	} {
		if r := c.Try(t, "create", "RecurringInvoice", quoted(t, c, row.said)); r.Refusal() != row.want {
			t.Errorf("%v: %s", row.said, r.Body)
		}
	}
}

// schedule makes a recurring invoice that began some days ago.
func schedule(t *testing.T, c *apitest.Client, daysAgo int, said apitest.Input) string {
	t.Helper()
	input := quoted(t, c, said)
	if input["startDate"] == nil {
		input["startDate"] = time.Now().UTC().AddDate(0, 0, -daysAgo).Format(time.DateOnly)
	}
	if input["lineItems"] == nil {
		input["lineItems"] = []any{apitest.Input{"name": "Server", "unitPrice": "100"}}
	}
	return c.Create(t, "RecurringInvoice", input)
}

func TestRecurringInvoiceMakesOneInvoiceForADay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	key := schedule(t, c, 0, apitest.Input{"frequency": "WEEKLY", "notes": "Thanks.", "paymentTerms": "NET_15", "taxRate": "19", "assignedToIds": []any{env.Acme.Member.ProfileID.String()}})
	answers := atOnce(4, func() string {
		r := c.Send(t, `mutation($id: ID!) { generateInvoice(input: {recurringInvoiceId: $id}) { invoice { id } recurringInvoice { invoicesGenerated } } }`, map[string]any{"id": key})
		if r.Code() != "" {
			return r.Code()
		}
		return r.Text(t, "generateInvoice.invoice.id")
	})
	slices.SortFunc(answers, func(a, b string) int { return len(b) - len(a) })
	if len(answers[0]) != 36 || !slices.Equal(answers[1:], []string{"CONFLICT", "CONFLICT", "CONFLICT"}) {
		t.Fatal(answers)
	}
	day := func(n int) string { return time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly) }
	readsAs(t, "the schedule", c.Read(t, "RecurringInvoice", key, "nextGenerationDate invoicesGenerated isActive invoices { nodes { id } }"),
		`{"nextGenerationDate":"`+day(7)+`","invoicesGenerated":1,"isActive":true,"invoices":{"nodes":[{"id":"`+answers[0]+`"}]}}`)
	readsAs(t, "the invoice, to an assignee", env.Acme.Member.Read(t, "Invoice", answers[0], "invoiceTitle status issueDate dueDate totalAmount { amount } notes lineItems { name }"),
		`{"invoiceTitle":"Paper","status":"DRAFT","issueDate":"`+day(0)+`","dueDate":"`+day(15)+`","totalAmount":{"amount":"119.00"},"notes":"Thanks.","lineItems":[{"name":"Server"}]}`)
	if got := c.TryUpdate(t, "RecurringInvoice", key, apitest.Input{"startDate": day(1)}).Refusal(); got != "INVALID startDate" {
		t.Errorf("another first day, when invoices were made: %q", got)
	}
	c.TryDelete(t, "RecurringInvoice", key)
	readsAs(t, "the invoice outlives the schedule", c.Read(t, "Invoice", answers[0], "invoiceTitle"), `{"invoiceTitle":"Paper"}`)
}

func TestTheNightCatchesUp(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c, now := env.Acme.Admin, time.Now()
	late := schedule(t, c, 15, apitest.Input{"frequency": "WEEKLY"})
	ends := schedule(t, c, 15, apitest.Input{"frequency": "WEEKLY", "endDate": now.UTC().AddDate(0, 0, -3).Format(time.DateOnly)})
	future := schedule(t, c, -1, nil)
	paused := schedule(t, c, 15, apitest.Input{"frequency": "WEEKLY"})
	c.Try(t, "pause", "RecurringInvoice", apitest.Input{"id": paused})
	run := func() (n int) {
		inOperation(t, env, env.Acme, func(ctx context.Context) error {
			made, err := store.GenerateDue(ctx, now)
			n = len(made.Invoices)
			if len(made.Failed) > 0 {
				t.Error(made.Failed)
			}
			return err
		})
		return n
	}
	runs := atOnce(3, func() string { return fmt.Sprint(run()) })
	if !slices.Equal(runs, []string{"0", "0", "5"}) && run() != 0 {
		t.Errorf("%v", runs)
	}
	for key, want := range map[string]string{
		late:   `{"invoicesGenerated":3,"isActive":true}`,
		ends:   `{"invoicesGenerated":2,"isActive":false}`,
		future: `{"invoicesGenerated":0,"isActive":true}`,
		paused: `{"invoicesGenerated":0,"isActive":false}`,
	} {
		readsAs(t, key, c.Read(t, "RecurringInvoice", key, "invoicesGenerated isActive"), want)
	}
	if n := env.Above(t, "SELECT count(*) || ' ' || count(DISTINCT (recurring_invoice_id, recurrence_date)) FROM invoice")[0]; n != "5 5" {
		t.Errorf("%s invoices", n)
	}
	if r := c.Try(t, "resume", "RecurringInvoice", apitest.Input{"id": ends}); r.Refusal() != "CONFLICT" {
		t.Errorf("one at its end goes on: %s", r.Body)
	}
	c.Try(t, "resume", "RecurringInvoice", apitest.Input{"id": paused})
	readsAs(t, "there are none for the days of a pause", c.Read(t, "RecurringInvoice", paused, "nextGenerationDate isActive"),
		`{"nextGenerationDate":"`+now.UTC().AddDate(0, 0, 6).Format(time.DateOnly)+`","isActive":true}`)
	for verb, key := range map[string]string{"pause": ends, "resume": late} {
		if got := c.Try(t, verb, "RecurringInvoice", apitest.Input{"id": key}).Refusal(); got != "CONFLICT" {
			t.Errorf("%s twice: %q", verb, got)
		}
	}
}

func TestMonthsKeepToTheDayOfTheMonth(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	key := schedule(t, c, 0, nil)
	env.Above(t, "UPDATE recurring_invoice SET start_date = '2025-12-31', next_generation_date = '2025-12-31' WHERE id = $1::text::uuid", key)
	inOperation(t, env, env.Acme, func(ctx context.Context) error {
		_, err := store.GenerateDue(ctx, time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
		return err
	})
	got := env.Above(t, "SELECT recurrence_date::text FROM invoice ORDER BY 1")
	if want := []string{"2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"}; !slices.Equal(got, want) {
		t.Error(got)
	}
}

func TestTheDayOfARecurringInvoiceIsTheOrganizations(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, place := range farZones {
		org := env.Organization(t, place.name, "USD", place.zone)
		due := schedule(t, org.Admin, 0, apitest.Input{"startDate": place.day(0)})
		early := schedule(t, org.Admin, 0, apitest.Input{"startDate": place.day(1)})
		inOperation(t, env, org, func(ctx context.Context) error {
			_, err := store.GenerateDue(ctx, time.Now())
			return err
		})
		readsAs(t, place.name+": today", org.Admin.Read(t, "RecurringInvoice", due, "invoicesGenerated"), `{"invoicesGenerated":1}`)
		readsAs(t, place.name+": tomorrow", org.Admin.Read(t, "RecurringInvoice", early, "invoicesGenerated"), `{"invoicesGenerated":0}`)
	}
}

func TestRecurringInvoiceSendsAtOnce(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	key := schedule(t, c, 0, apitest.Input{"autoSend": true})
	r := c.Do(t, `mutation($id: ID!) { generateInvoice(input: {recurringInvoiceId: $id}) { invoice { status isEmailSent } } }`, map[string]any{"id": key})
	readsAs(t, "the invoice", string(r.Data), `{"generateInvoice":{"invoice":{"status":"SENT","isEmailSent":true}}}`)
	if sent := env.Mail.Sent(); len(sent) != 1 || sent[0].To != "ann@client.example" || !strings.Contains(sent[0].Subject, "INV-") {
		t.Errorf("%+v", sent)
	}
}
