package resolver_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// sentEstimate is an estimate that its client may answer.
func sentEstimate(t *testing.T, c *apitest.Client, said apitest.Input) string {
	t.Helper()
	key := c.Create(t, "Estimate", quoted(t, c, said))
	if r := c.Try(t, "send", "Estimate", apitest.Input{"id": key}); r.Code() != "" {
		t.Fatal(r.Body)
	}
	return key
}

// inOperation runs fn as the organization's admin, as a job would, in an operation that is committed.
func inOperation(t *testing.T, env *apitest.Env, org *apitest.Org, fn func(context.Context) error) {
	t.Helper()
	user, err := id.Parse[id.User](org.Admin.Do(t, "{ viewer { user { id } } }", nil).Text(t, "viewer.user.id"))
	if err != nil {
		t.Fatal(err)
	}
	if err := env.Backend.DB.Operate(t.Context(), auth.Member(user, org.ID), fn); err != nil {
		t.Error(err)
	}
}

func TestEstimateContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	account, contact := admin.Create(t, "Account", apitest.Input{"name": "Dunder"}), admin.Create(t, "Contact", apitest.Input{"firstName": "Ann"})
	deal := admin.Create(t, "Opportunity", apitest.Input{"name": "Deal"})
	product := admin.Create(t, "Product", apitest.Input{"name": "Paper", "price": "4.50", "currency": "EUR"})
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Estimate", List: "estimates",
		Fields: `title status isExpired account { name } contact { firstName } opportunity { name } clientName clientEmail clientPhone clientCity currency
			lineItems { name quantity unitPrice { amount } total { amount currency } product { name } }
			subtotal { amount } discountType discountValue discountAmount { amount } taxRate taxAmount { amount } totalAmount { amount currency }
			issueDate expiryDate notes terms assignedTo { user { name } } teams { name }`,
		Full: apitest.Input{
			"title": "Relaunch", "accountId": account, "contactId": contact, "opportunityId": deal, "clientName": "Dunder Ltd", "clientEmail": "pay@dunder.example",
			"clientPhone": "+1 570 555-0100", "clientCity": "Scranton", "currency": "EUR",
			"lineItems":    []any{apitest.Input{"productId": product, "quantity": "2.5", "discountType": "PERCENTAGE", "discountValue": "10", "taxRate": "7"}},
			"discountType": "FIXED", "discountValue": "1", "taxRate": "19", "issueDate": "2026-03-01", "expiryDate": "2999-03-08", "notes": "Thanks.", "terms": "Net.",
			"assignedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team},
		},
		Want: `{"title":"Relaunch","status":"DRAFT","isExpired":false,"account":{"name":"Dunder"},"contact":{"firstName":"Ann"},"opportunity":{"name":"Deal"},` +
			`"clientName":"Dunder Ltd","clientEmail":"pay@dunder.example","clientPhone":"+1 570 555-0100","clientCity":"Scranton","currency":"EUR",` +
			`"lineItems":[{"name":"Paper","quantity":"2.50","unitPrice":{"amount":"4.50"},"total":{"amount":"10.83","currency":"EUR"},"product":{"name":"Paper"}}],` +
			`"subtotal":{"amount":"10.12"},"discountType":"FIXED","discountValue":"1.00","discountAmount":{"amount":"1.00"},"taxRate":"19.00","taxAmount":{"amount":"2.44"},` +
			`"totalAmount":{"amount":"11.56","currency":"EUR"},"issueDate":"2026-03-01","expiryDate":"2999-03-08","notes":"Thanks.","terms":"Net.",` +
			`"assignedTo":[{"user":{"name":"member"}}],"teams":[{"name":"North"}]}`,
		Clear: apitest.Input{"opportunityId": nil, "clientName": nil, "clientEmail": nil, "clientPhone": nil, "clientCity": "", "lineItems": nil, "discountType": nil,
			"discountValue": nil, "taxRate": "0", "expiryDate": nil, "notes": nil, "terms": nil, "assignedToIds": nil, "teamIds": []any{}},
		Cleared: `{"title":"Relaunch","status":"DRAFT","isExpired":false,"account":{"name":"Dunder"},"contact":{"firstName":"Ann"},"opportunity":null,` +
			`"clientName":null,"clientEmail":null,"clientPhone":null,"clientCity":null,"currency":"EUR","lineItems":[],` +
			`"subtotal":{"amount":"0.00"},"discountType":null,"discountValue":null,"discountAmount":{"amount":"0.00"},"taxRate":"0.00","taxAmount":{"amount":"0.00"},` +
			`"totalAmount":{"amount":"0.00","currency":"EUR"},"issueDate":"2026-03-01","expiryDate":null,"notes":null,"terms":null,"assignedTo":[],"teams":[]}`,
		Search: []string{"relaunch", "dunder LT", "pay@dunder"},
		Row: func(n int) apitest.Input {
			row := apitest.Input{"title": fmt.Sprintf("row%02d", n%9), "accountId": account, "contactId": contact, "issueDate": fmt.Sprintf("2026-01-%02d", n%7+1),
				"lineItems": []any{apitest.Input{"name": "x", "unitPrice": fmt.Sprint(n % 5)}}}
			if n%3 > 0 {
				row["expiryDate"] = fmt.Sprintf("2026-02-%02d", n%5+1)
			}
			return row
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"}, "ISSUE_DATE": {Value: "issueDate"},
			"EXPIRY_DATE": {Value: "expiryDate", Nullable: true}, "TOTAL_AMOUNT": {Value: "totalAmount { amount }"}},
	})
}

func TestEstimateNumbersAreOfTheirOwn(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	input := map[string]any{"a": quoted(t, c, nil)}
	numbers := atOnce(8, func() string {
		return c.Send(t, `mutation($a: CreateEstimateInput!) { createEstimate(input: $a) { estimate { estimateNumber } } }`, input).Text(t, "createEstimate.estimate.estimateNumber")
	})
	day := time.Now().UTC().Format("20060102")
	for i, number := range numbers {
		if want := fmt.Sprintf("EST-%s-%04d", day, i+1); number != want {
			t.Errorf("%s, want %s", number, want)
		}
	}
}

// TestEstimateStates tries every operation in every state.
func TestEstimateStates(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	try := func(verb, key string) string {
		input := apitest.Input{"id": key}
		switch verb {
		case "accept":
			input["name"], input["email"] = "Ann", "ann@client.example"
		case "update":
			input["lineItems"] = []any{}
		case "convert":
			input = apitest.Input{"estimateId": key}
			r := c.Send(t, `mutation($input: ConvertEstimateToInvoiceInput!) { convertEstimateToInvoice(input: $input) { invoice { id } } }`, map[string]any{"input": input})
			return r.Refusal()
		}
		return c.Try(t, verb, "Estimate", input).Refusal()
	}
	inState := map[string]func() string{
		"DRAFT": func() string { return c.Create(t, "Estimate", quoted(t, c, nil)) },
		"SENT":  func() string { return sentEstimate(t, c, nil) },
		"VIEWED": func() string {
			key := sentEstimate(t, c, nil)
			env.Above(t, "UPDATE estimate SET status = 'Viewed', viewed_at = now() WHERE id = $1::text::uuid", key)
			return key
		},
		"ACCEPTED": func() string { key := sentEstimate(t, c, nil); try("accept", key); return key },
		"DECLINED": func() string { key := sentEstimate(t, c, nil); try("decline", key); return key },
		"EXPIRED": func() string {
			key := sentEstimate(t, c, nil)
			env.Above(t, "UPDATE estimate SET status = 'Expired', issue_date = '2026-01-01', expiry_date = '2026-01-02' WHERE id = $1::text::uuid", key)
			return key
		},
		"past its last day": func() string {
			key := sentEstimate(t, c, nil)
			env.Above(t, "UPDATE estimate SET issue_date = '2026-01-01', expiry_date = '2026-01-02' WHERE id = $1::text::uuid", key)
			return key
		},
	}
	const no = "CONFLICT"
	for state, allowed := range map[string]map[string]string{
		"DRAFT":             {"send": "", "accept": no, "decline": no, "convert": "", "update": "", "delete": ""},
		"SENT":              {"send": "", "accept": "", "decline": "", "convert": "", "update": "", "delete": ""},
		"VIEWED":            {"send": "", "accept": "", "decline": "", "convert": "", "update": "", "delete": ""},
		"ACCEPTED":          {"send": no, "accept": no, "decline": no, "convert": "", "update": no, "delete": no},
		"DECLINED":          {"send": no, "accept": no, "decline": no, "convert": no, "update": no, "delete": ""},
		"EXPIRED":           {"send": no, "accept": no, "decline": no, "convert": no, "update": "", "delete": ""},
		"past its last day": {"send": no, "accept": no, "decline": no, "convert": no, "update": "", "delete": ""},
	} {
		for verb, want := range allowed {
			if got := try(verb, inState[state]()); got != want {
				t.Errorf("%s of one that is %s: %q, want %q", verb, state, got, want)
			}
		}
	}
}

func TestEstimateOpensAgainWithALaterLastDay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	key := sentEstimate(t, c, nil)
	env.Above(t, "UPDATE estimate SET status = 'Expired', issue_date = '2026-01-01', expiry_date = '2026-01-02' WHERE id = $1::text::uuid", key)
	c.Update(t, "Estimate", key, apitest.Input{"expiryDate": "2026-01-03"})
	readsAs(t, "another day that has passed", c.Read(t, "Estimate", key, "status isExpired"), `{"status":"EXPIRED","isExpired":true}`)
	c.Update(t, "Estimate", key, apitest.Input{"expiryDate": "2999-01-03"})
	readsAs(t, "a later one", c.Read(t, "Estimate", key, "status isExpired"), `{"status":"SENT","isExpired":false}`)
	if got := c.TryUpdate(t, "Estimate", key, apitest.Input{"expiryDate": "2025-12-31"}).Refusal(); got != "INVALID expiryDate" {
		t.Errorf("before the day of issue: %q", got)
	}
}

func TestEstimateIsSent(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, "WEB_BASE_URL=https://crm.example")
	c := env.Acme.Admin
	key := c.Create(t, "Estimate", quoted(t, c, apitest.Input{"title": "Relaunch", "expiryDate": "2999-01-03"}))
	c.Update(t, "Estimate", key, apitest.Input{"clientEmail": nil})
	if got := c.Try(t, "send", "Estimate", apitest.Input{"id": key}).Refusal(); got != "INVALID clientEmail" {
		t.Errorf("without an address: %q", got)
	}
	if sent := env.Mail.Sent(); len(sent) > 0 {
		t.Errorf("sent all the same: %v", sent)
	}
	c.Update(t, "Estimate", key, apitest.Input{"clientEmail": "ann@client.example"})
	c.Try(t, "send", "Estimate", apitest.Input{"id": key})
	sent := env.Mail.Sent()
	if len(sent) != 1 || sent[0].To != "ann@client.example" || !strings.Contains(sent[0].Text, "https://crm.example/portal#token=bcrm_link_") ||
		!strings.Contains(sent[0].Text, "2999-01-03") || !strings.Contains(sent[0].Subject, "EST-") {
		t.Errorf("%+v", sent)
	}
	if got := c.Read(t, "Estimate", key, "status portalLinks { totalCount }"); got != `{"status":"SENT","portalLinks":{"totalCount":1}}` {
		t.Error(got)
	}
}

func TestEstimateBecomesAnInvoiceOnce(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	product := c.Create(t, "Product", apitest.Input{"name": "Paper", "price": "4.50", "currency": "EUR"})
	key := c.Create(t, "Estimate", quoted(t, c, apitest.Input{"title": "Relaunch", "currency": "EUR", "clientName": "Dunder", "taxRate": "19", "discountType": "FIXED", "discountValue": "1",
		"notes": "Thanks.", "terms": "Net.", "assignedToIds": []any{env.Acme.Member.ProfileID.String()},
		"lineItems": []any{apitest.Input{"productId": product, "quantity": "2"}, apitest.Input{"name": "Work", "unitPrice": "100"}}}))
	c.Update(t, "Product", product, apitest.Input{"isActive": false, "price": "99"})
	answers := atOnce(4, func() string {
		r := c.Send(t, `mutation($id: ID!) { convertEstimateToInvoice(input: {estimateId: $id}) { invoice { id } } }`, map[string]any{"id": key})
		if r.Code() != "" {
			return r.Code()
		}
		return r.Text(t, "convertEstimateToInvoice.invoice.id")
	})
	slices.SortFunc(answers, func(a, b string) int { return len(b) - len(a) })
	if len(answers[0]) != 36 || !slices.Equal(answers[1:], []string{"CONFLICT", "CONFLICT", "CONFLICT"}) {
		t.Fatal(answers)
	}
	readsAs(t, "the invoice", c.Read(t, "Invoice", answers[0], `invoiceTitle status clientName clientEmail currency taxRate discountAmount { amount } totalAmount { amount } notes terms
		lineItems { name quantity unitPrice { amount } product { name } } assignedTo { user { name } }`),
		`{"invoiceTitle":"Relaunch","status":"DRAFT","clientName":"Dunder","clientEmail":"ann@client.example","currency":"EUR","taxRate":"19.00","discountAmount":{"amount":"1.00"},`+
			`"totalAmount":{"amount":"128.52"},"notes":"Thanks.","terms":"Net.","lineItems":[{"name":"Paper","quantity":"2.00","unitPrice":{"amount":"4.50"},"product":null},`+
			`{"name":"Work","quantity":"1.00","unitPrice":{"amount":"100.00"},"product":null}],"assignedTo":[{"user":{"name":"member"}}]}`)
	readsAs(t, "the estimate", c.Read(t, "Estimate", key, "status acceptedByName convertedToInvoice { id }"),
		`{"status":"ACCEPTED","acceptedByName":null,"convertedToInvoice":{"id":"`+answers[0]+`"}}`)
	if n := env.Above(t, "SELECT count(*)::text FROM invoice"); n[0] != "1" {
		t.Errorf("%s invoices", n[0])
	}
}

func TestEstimatesExpireByTheOrganizationsDay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, place := range farZones {
		org := env.Organization(t, place.name, "USD", place.zone)
		c := org.Admin
		last, past := place.day(0), place.day(-1)
		open := sentEstimate(t, c, apitest.Input{"issueDate": "2020-01-01", "expiryDate": last})
		gone := sentEstimate(t, c, apitest.Input{"issueDate": "2020-01-01", "expiryDate": last})
		env.Above(t, "UPDATE estimate SET expiry_date = $2::text::date WHERE id = $1::text::uuid", gone, past)
		readsAs(t, place.name+": found before the job", strings.Join(c.List(t, "estimates(filter: {isExpired: true})", "id"), " "), gone)
		var n int
		expire := func(ctx context.Context) (err error) { n, err = store.ExpireEstimates(ctx, time.Now()); return err }
		inOperation(t, env, org, expire)
		if n != 1 {
			t.Errorf("%s: %d expired", place.name, n)
		}
		readsAs(t, place.name+": on the last day", c.Read(t, "Estimate", open, "status isExpired"), `{"status":"SENT","isExpired":false}`)
		readsAs(t, place.name+": after it", c.Read(t, "Estimate", gone, "status isExpired"), `{"status":"EXPIRED","isExpired":true}`)
		inOperation(t, env, org, expire)
		if n != 0 {
			t.Errorf("%s: %d expired again", place.name, n)
		}
		if r := c.Try(t, "accept", "Estimate", apitest.Input{"id": open, "name": "Ann", "email": "ann@client.example"}); r.Code() != "" {
			t.Errorf("%s: on the last day it is accepted: %s", place.name, r.Body)
		}
	}
}

func TestOneAnswerToAnEstimateCounts(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	key := sentEstimate(t, c, nil)
	verbs := make(chan string, 6)
	for range 3 {
		verbs <- "accept"
		verbs <- "decline"
	}
	answers := atOnce(6, func() string {
		input, verb := apitest.Input{"id": key}, <-verbs
		if verb == "accept" {
			input["name"], input["email"] = "Ann", "ann@client.example"
		}
		return c.Try(t, verb, "Estimate", input).Refusal()
	})
	slices.Sort(answers)
	if !slices.Equal(answers, []string{"", "CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT", "CONFLICT"}) {
		t.Error(answers)
	}
}

func TestAnAccountWithEstimatesStays(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	for kind, noun := range map[string]string{"Estimate": "1 estimates", "RecurringInvoice": "1 recurring invoices"} {
		account := c.Create(t, "Account", nil)
		c.Create(t, kind, quoted(t, c, apitest.Input{"accountId": account}))
		if r := c.TryDelete(t, "Account", account); r.Code() != "CONFLICT" || !strings.Contains(r.Body, noun) {
			t.Errorf("%s: %s", kind, r.Body)
		}
	}
}

func TestEstimatePermissions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, creator, assignee, teammate := env.Acme.Admin, env.User(t, env.Acme, "creator"), env.Acme.Member, env.User(t, env.Acme, "teammate")
	team := admin.Create(t, "Team", apitest.Input{"memberIds": []any{teammate.ProfileID.String()}})
	for _, kind := range []string{"Estimate", "RecurringInvoice"} {
		for who, row := range map[string]struct {
			caller               *apitest.Client
			read                 bool
			update, send, delete string
		}{
			"the admin of another organization": {env.Globex.Admin, false, "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"},
			"an unrelated member":               {env.Acme.Second, false, "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"},
			"an assignee":                       {assignee, true, "", "", "FORBIDDEN"},
			"a member of the team":              {teammate, true, "", "", "FORBIDDEN"},
			"the creator":                       {creator, true, "", "", ""},
			"an admin":                          {admin, true, "", "", ""},
		} {
			key := creator.Create(t, kind, quoted(t, creator, apitest.Input{"assignedToIds": []any{assignee.ProfileID.String()}, "teamIds": []any{team}}))
			if got := row.caller.Read(t, kind, key, "id") != "null"; got != row.read {
				t.Errorf("%s reads the %s: %t", who, kind, got)
			}
			if got := len(row.caller.List(t, map[string]string{"Estimate": "estimates", "RecurringInvoice": "recurringInvoices"}[kind]+"(first: 100, search: \"paper\")", "id")) > 0; got != row.read {
				t.Errorf("%s lists the %s: %t", who, kind, got)
			}
			if got := row.caller.TryUpdate(t, kind, key, apitest.Input{"notes": "x"}).Refusal(); got != row.update {
				t.Errorf("%s changes the %s: %q", who, kind, got)
			}
			verb := map[string]string{"Estimate": "send", "RecurringInvoice": "pause"}[kind]
			if got := row.caller.Try(t, verb, kind, apitest.Input{"id": key}).Refusal(); got != row.send {
				t.Errorf("%s would %s the %s: %q", who, verb, kind, got)
			}
			if got := row.caller.TryDelete(t, kind, key).Refusal(); got != row.delete {
				t.Errorf("%s deletes the %s: %q", who, kind, got)
			}
			admin.TryDelete(t, kind, key)
		}
	}
}

// readyForOperation brings a record into a state in which an operation takes it.
func readyForOperation(t *testing.T, env *apitest.Env, w *apitest.World, operation, kind, key string) {
	t.Helper()
	last := func(kind string) string { return w.IDs[kind][len(w.IDs[kind])-1] }
	switch operation {
	case "acceptEstimate", "declineEstimate":
		w.Admin.Try(t, "send", "Estimate", apitest.Input{"id": key})
	case "resumeRecurringInvoice":
		w.Admin.Try(t, "pause", "RecurringInvoice", apitest.Input{"id": key})
	case "generateInvoice":
		env.Above(t, "UPDATE recurring_invoice SET next_generation_date = '2026-01-01' WHERE id = $1::text::uuid", key)
	case "convertOpportunityToInvoice":
		deal, contact := key, key
		if kind == "Opportunity" {
			contact = w.Make(t, "Contact")
		} else {
			deal = last("Opportunity")
		}
		w.Admin.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal})
		w.Admin.Update(t, "Opportunity", deal, apitest.Input{"stage": "CLOSED_WON", "closedOn": "2026-03-01", "accountId": last("Account"), "contactIds": []any{contact}})
	}
}

func TestEstimateAsPDF(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	key := admin.Create(t, "Estimate", quoted(t, admin, apitest.Input{"assignedToIds": []any{member.ProfileID.String()}, "expiryDate": "2999-01-01",
		"lineItems": []any{apitest.Input{"name": "Work", "unitPrice": "100"}}}))
	path := member.Do(t, `query($id: ID!) { estimate(id: $id) { pdfUrl } }`, map[string]any{"id": key}).Text(t, "estimate.pdfUrl")
	if answer, body := admin.Fetch(t, path); answer.StatusCode != http.StatusOK || !strings.HasPrefix(body, "%PDF-") || !strings.Contains(answer.Header.Get("Content-Disposition"), "EST-") {
		t.Errorf("%s %v %.40q", answer.Status, answer.Header, body)
	}
	admin.Update(t, "Estimate", key, apitest.Input{"assignedToIds": []any{}})
	if answer, body := admin.Fetch(t, path); answer.StatusCode != http.StatusNotFound {
		t.Errorf("to who no longer sees it: %s %s", answer.Status, body)
	}
}
