package resolver_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
)

// billed is the input of an invoice to somebody new; what the test says comes on top.
func billed(t *testing.T, c *apitest.Client, said apitest.Input) apitest.Input {
	t.Helper()
	return toClient(t, c, "invoiceTitle", said)
}

// quoted is that of another bill.
func quoted(t *testing.T, c *apitest.Client, said apitest.Input) apitest.Input {
	t.Helper()
	return toClient(t, c, "title", said)
}

func toClient(t *testing.T, c *apitest.Client, title string, said apitest.Input) apitest.Input {
	t.Helper()
	input := apitest.Input{title: "Paper", "clientEmail": "ann@client.example"}
	if said["accountId"] == nil {
		input["accountId"] = c.Create(t, "Account", nil)
	}
	if said["contactId"] == nil {
		input["contactId"] = c.Create(t, "Contact", nil)
	}
	maps.Copy(input, said)
	return input
}

func newInvoice(t *testing.T, c *apitest.Client, said apitest.Input) string {
	t.Helper()
	return c.Create(t, "Invoice", billed(t, c, said))
}

// over is an invoice over an amount.
func over(t *testing.T, c *apitest.Client, amount string, said apitest.Input) string {
	t.Helper()
	input := apitest.Input{"lineItems": []any{apitest.Input{"name": "Work", "unitPrice": amount}}}
	maps.Copy(input, said)
	return newInvoice(t, c, input)
}

func TestInvoiceContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	account, contact := admin.Create(t, "Account", apitest.Input{"name": "Dunder"}), admin.Create(t, "Contact", apitest.Input{"firstName": "Ann"})
	deal := admin.Create(t, "Opportunity", apitest.Input{"name": "Deal"})
	product := admin.Create(t, "Product", apitest.Input{"name": "Paper", "price": "4.50", "currency": "EUR"})
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Invoice", List: "invoices", Kept: true,
		Fields: `invoiceTitle status account { name } contact { firstName } opportunity { name } clientName clientEmail clientPhone clientAddressLine clientCity
			clientState clientPostcode clientCountry billingAddressLine billingCity billingState billingPostcode billingCountry currency
			lineItems { name description quantity unitPrice { amount } subtotal { amount } discountType discountValue discountAmount { amount } taxRate
				taxAmount { amount } total { amount currency } product { name } }
			subtotal { amount } discountType discountValue discountAmount { amount } taxRate taxAmount { amount } shippingAmount { amount }
			totalAmount { amount currency } amountPaid { amount } amountDue { amount } issueDate dueDate paymentTerms billingPeriod poNumber notes terms details
			assignedTo { user { name } } teams { name }`,
		Full: apitest.Input{
			"invoiceTitle": "Relaunch", "accountId": account, "contactId": contact, "opportunityId": deal,
			"clientName": "Dunder Ltd", "clientEmail": "pay@dunder.example", "clientPhone": "+1 570 555-0100", "clientAddressLine": "1725 Slough Ave",
			"clientCity": "Scranton", "clientState": "PA", "clientPostcode": "18503", "clientCountry": "US",
			"billingAddressLine": "1 Main St", "billingCity": "Utica", "billingState": "NY", "billingPostcode": "13501", "billingCountry": "US", "currency": "EUR",
			"lineItems":    []any{apitest.Input{"productId": product, "description": "A4", "quantity": "2.5", "discountType": "PERCENTAGE", "discountValue": "10", "taxRate": "7"}},
			"discountType": "FIXED", "discountValue": "1", "taxRate": "19", "shippingAmount": "2.2", "issueDate": "2026-03-01", "dueDate": "2026-03-08",
			"paymentTerms": "CUSTOM", "billingPeriod": "March", "poNumber": "PO-7", "notes": "Thanks.", "terms": "Net.", "details": "Hm.",
			"assignedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team},
		},
		// 2.5 × 4.50 = 11.25, less 10% (1.13) = 10.12, its tax 0.71; less 1 = 9.12, its tax 1.73; with both taxes and 2.20: 13.76
		Want: `{"invoiceTitle":"Relaunch","status":"DRAFT","account":{"name":"Dunder"},"contact":{"firstName":"Ann"},"opportunity":{"name":"Deal"},` +
			`"clientName":"Dunder Ltd","clientEmail":"pay@dunder.example","clientPhone":"+1 570 555-0100","clientAddressLine":"1725 Slough Ave","clientCity":"Scranton",` +
			`"clientState":"PA","clientPostcode":"18503","clientCountry":"US","billingAddressLine":"1 Main St","billingCity":"Utica","billingState":"NY",` +
			`"billingPostcode":"13501","billingCountry":"US","currency":"EUR","lineItems":[{"name":"Paper","description":"A4","quantity":"2.50","unitPrice":{"amount":"4.50"},` +
			`"subtotal":{"amount":"11.25"},"discountType":"PERCENTAGE","discountValue":"10.00","discountAmount":{"amount":"1.13"},"taxRate":"7.00","taxAmount":{"amount":"0.71"},` +
			`"total":{"amount":"10.83","currency":"EUR"},"product":{"name":"Paper"}}],"subtotal":{"amount":"10.12"},"discountType":"FIXED","discountValue":"1.00",` +
			`"discountAmount":{"amount":"1.00"},"taxRate":"19.00","taxAmount":{"amount":"2.44"},"shippingAmount":{"amount":"2.20"},"totalAmount":{"amount":"13.76","currency":"EUR"},` +
			`"amountPaid":{"amount":"0.00"},"amountDue":{"amount":"13.76"},"issueDate":"2026-03-01","dueDate":"2026-03-08","paymentTerms":"CUSTOM","billingPeriod":"March",` +
			`"poNumber":"PO-7","notes":"Thanks.","terms":"Net.","details":"Hm.","assignedTo":[{"user":{"name":"member"}}],"teams":[{"name":"North"}]}`,
		Clear: apitest.Input{"opportunityId": nil, "clientName": nil, "clientEmail": nil, "clientPhone": nil, "clientAddressLine": nil, "clientCity": "", "clientState": nil,
			"clientPostcode": nil, "clientCountry": nil, "billingAddressLine": nil, "billingCity": nil, "billingState": nil, "billingPostcode": nil, "billingCountry": nil,
			"lineItems": nil, "discountType": nil, "discountValue": nil, "shippingAmount": "0", "taxRate": "0", "dueDate": nil, "billingPeriod": nil, "poNumber": nil, "notes": nil,
			"terms": nil, "details": nil, "assignedToIds": nil, "teamIds": []any{}},
		Cleared: `{"invoiceTitle":"Relaunch","status":"DRAFT","account":{"name":"Dunder"},"contact":{"firstName":"Ann"},"opportunity":null,` +
			`"clientName":null,"clientEmail":null,"clientPhone":null,"clientAddressLine":null,"clientCity":null,"clientState":null,"clientPostcode":null,"clientCountry":null,` +
			`"billingAddressLine":null,"billingCity":null,"billingState":null,"billingPostcode":null,"billingCountry":null,"currency":"EUR","lineItems":[],` +
			`"subtotal":{"amount":"0.00"},"discountType":null,"discountValue":null,"discountAmount":{"amount":"0.00"},"taxRate":"0.00","taxAmount":{"amount":"0.00"},` +
			`"shippingAmount":{"amount":"0.00"},"totalAmount":{"amount":"0.00","currency":"EUR"},"amountPaid":{"amount":"0.00"},"amountDue":{"amount":"0.00"},` +
			`"issueDate":"2026-03-01","dueDate":"2026-03-31","paymentTerms":"CUSTOM","billingPeriod":null,"poNumber":null,"notes":null,"terms":null,"details":null,"assignedTo":[],"teams":[]}`,
		Search: []string{"relaunch", "dunder LT", "pay@dunder"},
		Row: func(n int) apitest.Input {
			return apitest.Input{"invoiceTitle": fmt.Sprintf("row%02d", n%9), "accountId": account, "contactId": contact, "issueDate": fmt.Sprintf("2026-01-%02d", n%7+1),
				"lineItems": []any{apitest.Input{"name": "x", "unitPrice": fmt.Sprint(n % 5)}}}
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"}, "ISSUE_DATE": {Value: "issueDate"}, "DUE_DATE": {Value: "dueDate"},
			"INVOICE_NUMBER": {Value: "invoiceNumber", Unique: true}, "TOTAL_AMOUNT": {Value: "totalAmount { amount }"}, "STATUS": {Value: "status"}},
	})
}

func TestInvoiceNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	const create = `mutation($a: CreateInvoiceInput!) { createInvoice(input: $a) { invoice { invoiceNumber } } }`
	for _, place := range farZones { // the day is the organization's
		org := env.Organization(t, place.name, "USD", place.zone)
		input := map[string]any{"a": billed(t, org.Admin, nil)}
		day := strings.ReplaceAll(place.day(0), "-", "")
		numbers := atOnce(20, func() string { return org.Admin.Send(t, create, input).Text(t, "createInvoice.invoice.invoiceNumber") })
		for i, number := range numbers {
			if want := fmt.Sprintf("INV-%s-%04d", day, i+1); number != want {
				t.Errorf("%s: %s, want %s", place.name, number, want)
			}
		}
		// Nothing of a creation that fails stays, its number neither.
		r := org.Admin.Send(t, `mutation($a: CreateInvoiceInput!) { createInvoice(input: $a) { invoice { invoiceNumber } } updateInvoice(input: {id: "`+nobody+`"}) { invoice { id } } }`,
			input)
		if r.Code() != "NOT_FOUND" {
			t.Errorf("%s", r.Body)
		}
		next := org.Admin.Do(t, create, input)
		if got := next.Text(t, "createInvoice.invoice.invoiceNumber"); !strings.HasSuffix(got, "-0021") {
			t.Errorf("%s: after a failure comes %s", place.name, got)
		}
	}
}

// printed are an invoice's amounts as a client is shown them.
type printed struct {
	Currency                                         string
	LineItems                                        []printedLine
	Subtotal, DiscountAmount, TaxAmount, TotalAmount amountOf
	ShippingAmount, AmountPaid, AmountDue            amountOf
	DiscountType                                     string
	DiscountValue, TaxRate                           decimal.Decimal
}

type printedLine struct {
	Quantity, DiscountValue, TaxRate                      decimal.Decimal
	DiscountType                                          string
	UnitPrice, Subtotal, DiscountAmount, TaxAmount, Total amountOf
}

type amountOf struct{ Amount decimal.Decimal }

const printedFields = `currency subtotal { amount } discountType discountValue discountAmount { amount } taxRate taxAmount { amount } shippingAmount { amount } totalAmount { amount }
	amountPaid { amount } amountDue { amount } lineItems { quantity unitPrice { amount } subtotal { amount } discountType discountValue discountAmount { amount }
	taxRate taxAmount { amount } total { amount } }`

func TestPrintedPartsAddUpToTheWhole(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	account, contact := admin.Create(t, "Account", nil), admin.Create(t, "Contact", nil)
	rng := rand.New(rand.NewPCG(7, 42)) //nolint:gosec // the same invoices each time
	cents := func(most int64) decimal.Decimal { return decimal.New(rng.Int64N(most+1), -2) }
	for round := range 60 {
		currency := []string{"USD", "EUR", "JPY"}[round%3]
		money := func(most int64) decimal.Decimal { return billing.Round(cents(most), currency) }
		lines := make([]any, rng.IntN(6))
		for i := range lines {
			line := apitest.Input{"name": "x", "quantity": decimal.New(1+rng.Int64N(999), -2).String(), "unitPrice": money(99999).String(), "taxRate": cents(3000).String()}
			if rng.IntN(2) == 0 {
				line["discountType"], line["discountValue"] = "PERCENTAGE", cents(10000).String()
			}
			lines[i] = line
		}
		input := apitest.Input{"accountId": account, "contactId": contact, "currency": currency, "lineItems": lines, "taxRate": cents(3000).String(), "shippingAmount": money(5000).String(),
			"discountType": "PERCENTAGE", "discountValue": cents(10000).String()}
		id := newInvoice(t, admin, input)
		check := func(how string) printed {
			var p printed
			if err := json.Unmarshal([]byte(admin.Read(t, "Invoice", id, printedFields)), &p); err != nil {
				t.Fatal(err)
			}
			for _, wrong := range p.wrong() {
				t.Errorf("%s, %s: %s\n%+v", currency, how, wrong, input)
			}
			return p
		}
		p := check("as created")
		if len(p.LineItems) != len(lines) {
			t.Errorf("%d lines of %d", len(p.LineItems), len(lines))
		}
		if p.Subtotal.Amount.IsPositive() {
			admin.Update(t, "Invoice", id, apitest.Input{"discountType": "FIXED", "discountValue": p.Subtotal.Amount.String()})
			if all := check("all of it taken off"); !all.DiscountAmount.Amount.Equal(p.Subtotal.Amount) {
				t.Errorf("%s of %s", all.DiscountAmount, p.Subtotal)
			}
		}
		if currency == "EUR" {
			admin.Update(t, "Invoice", id, apitest.Input{"currency": "USD", "discountType": nil, "discountValue": nil, "taxRate": "8.25"})
			check("in another currency")
		}
	}
}

// wrong says which sums do not come out.
func (p printed) wrong() (out []string) {
	equal := func(what string, got, want decimal.Decimal) {
		if !got.Equal(want) {
			out = append(out, fmt.Sprintf("%s is %s, not %s", what, got, want))
		}
		if !got.Equal(billing.Round(got, p.Currency)) {
			out = append(out, fmt.Sprintf("%s has more digits than the currency: %s", what, got))
		}
	}
	share := func(of, percent decimal.Decimal) decimal.Decimal {
		return billing.Round(of.Mul(percent).Shift(-2), p.Currency)
	}
	off := func(kind string, value, from decimal.Decimal) decimal.Decimal {
		switch kind {
		case "PERCENTAGE":
			return share(from, value)
		case "FIXED":
			return value
		}
		return decimal.Zero
	}
	var nets, taxes decimal.Decimal
	for _, l := range p.LineItems {
		net := l.Subtotal.Amount.Sub(l.DiscountAmount.Amount)
		equal("a line's subtotal", l.Subtotal.Amount, billing.Round(l.Quantity.Mul(l.UnitPrice.Amount), p.Currency))
		equal("a line's discount", l.DiscountAmount.Amount, off(l.DiscountType, l.DiscountValue, l.Subtotal.Amount))
		equal("a line's tax", l.TaxAmount.Amount, share(net, l.TaxRate))
		equal("a line's total", l.Total.Amount, net.Add(l.TaxAmount.Amount))
		nets, taxes = nets.Add(net), taxes.Add(l.TaxAmount.Amount)
	}
	net := p.Subtotal.Amount.Sub(p.DiscountAmount.Amount)
	equal("the subtotal", p.Subtotal.Amount, nets)
	equal("the discount", p.DiscountAmount.Amount, off(p.DiscountType, p.DiscountValue, nets))
	equal("the tax", p.TaxAmount.Amount, taxes.Add(share(net, p.TaxRate)))
	equal("the total", p.TotalAmount.Amount, net.Add(p.TaxAmount.Amount).Add(p.ShippingAmount.Amount))
	equal("the amount due", p.AmountDue.Amount, p.TotalAmount.Amount.Sub(p.AmountPaid.Amount))
	return out
}

func TestInvoiceRefusals(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	account := admin.Create(t, "Account", nil)
	theirs := admin.Create(t, "Contact", apitest.Input{"accountId": admin.Create(t, "Account", nil)})
	product := admin.Create(t, "Product", apitest.Input{"price": "10", "currency": "EUR"})
	line := func(l apitest.Input) apitest.Input {
		return apitest.Input{"lineItems": []any{apitest.Input{"name": "good"}, l}}
	}
	many := make([]any, 501)
	for i := range many {
		many[i] = apitest.Input{"name": "x"}
	}
	for _, row := range []struct {
		what string
		said apitest.Input
		want string
	}{
		{"a contact of another account", apitest.Input{"accountId": account, "contactId": theirs}, "INVALID contactId"},
		{"a blank title", apitest.Input{"invoiceTitle": " "}, "INVALID invoiceTitle"},
		{"a line without a name", line(apitest.Input{"quantity": 1}), "INVALID lineItems[1].name"},
		{"a line of nothing", line(apitest.Input{"name": "x", "quantity": 0}), "INVALID lineItems[1].quantity"},
		{"a line with too fine a price", line(apitest.Input{"name": "x", "unitPrice": "0.001"}), "INVALID lineItems[1].unitPrice"},
		{"a line with a negative price", line(apitest.Input{"name": "x", "unitPrice": "-1"}), "INVALID lineItems[1].unitPrice"},
		{"a line with a long name", line(apitest.Input{"name": strings.Repeat("x", 256)}), "INVALID lineItems[1].name"},
		{"a line with a long description", line(apitest.Input{"name": "x", "description": strings.Repeat("x", 501)}), "INVALID lineItems[1].description"},
		{"a line's discount over its subtotal", line(apitest.Input{"name": "x", "unitPrice": "1", "discountType": "FIXED", "discountValue": "1.01"}), "INVALID lineItems[1].discountValue"},
		{"a discount without a kind", line(apitest.Input{"name": "x", "unitPrice": "1", "discountValue": "1"}), "INVALID lineItems[1].discountType"},
		{"a product of another currency without a price", line(apitest.Input{"productId": product}), "INVALID lineItems[1].unitPrice"},
		{"a product that is none", line(apitest.Input{"productId": nobody, "taxRate": "101"}), "INVALID lineItems[1].productId lineItems[1].taxRate"},
		{"more than 500 lines", apitest.Input{"lineItems": many}, "INVALID lineItems"},
		{"a fixed discount over the subtotal", apitest.Input{"discountType": "FIXED", "discountValue": "0.01"}, "INVALID discountValue"},
		{"more than 100 percent", apitest.Input{"discountType": "PERCENTAGE", "discountValue": "100.01"}, "INVALID discountValue"},
		{"a tax of more than 100 percent", apitest.Input{"taxRate": "100.01"}, "INVALID taxRate"},
		{"a yen's cents", apitest.Input{"currency": "JPY", "shippingAmount": "0.5"}, "INVALID shippingAmount"},
		{"due before it is issued", apitest.Input{"issueDate": "2026-03-02", "dueDate": "2026-03-01"}, "INVALID dueDate"},
	} {
		if r := admin.Try(t, "create", "Invoice", billed(t, admin, row.said)); r.Refusal() != row.want {
			t.Errorf("%s: %q\n%s", row.what, r.Refusal(), r.Body)
		}
	}
	id := newInvoice(t, admin, nil)
	for field := range map[string]bool{"accountId": true, "contactId": true} {
		if got := admin.TryUpdate(t, "Invoice", id, apitest.Input{field: nil}).Refusal(); got != "INVALID "+field {
			t.Errorf("without %s: %q", field, got)
		}
	}
}

func TestInvoiceTakesOverWhoItIsTo(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	env.Above(t, "UPDATE organization SET address_line = 'Main 1', city = 'Utica' WHERE id = $1 RETURNING name", [16]byte(env.Acme.ID))
	account := admin.Create(t, "Account", apitest.Input{"name": "Dunder", "email": "office@dunder.example", "phone": "555-0001", "city": "Scranton"})
	contact := admin.Create(t, "Contact", apitest.Input{"firstName": "Ann", "lastName": "Lee", "accountId": account, "email": "ann@dunder.example", "city": "Elsewhere"})
	const fields = "clientName clientEmail clientPhone clientCity billingAddressLine billingCity billingState dueDate"
	id := admin.Create(t, "Invoice", apitest.Input{"invoiceTitle": "x", "accountId": account, "contactId": contact, "issueDate": "2026-03-01", "paymentTerms": "NET_15"})
	if got := admin.Read(t, "Invoice", id, fields); got != `{"clientName":"Dunder","clientEmail":"ann@dunder.example","clientPhone":"555-0001","clientCity":"Scranton",`+
		`"billingAddressLine":"Main 1","billingCity":"Utica","billingState":null,"dueDate":"2026-03-16"}` {
		t.Errorf("got %s", got)
	}
	people := admin.Create(t, "Contact", apitest.Input{"accountId": admin.Create(t, "Account", nil)})
	admin.Update(t, "Account", account, apitest.Input{"contactIds": []any{contact, people}})
	admin.Update(t, "Invoice", id, apitest.Input{"contactId": people, "issueDate": "2026-03-02"})
	if got := admin.Read(t, "Invoice", id, fields); got != `{"clientName":"Dunder","clientEmail":"ann@dunder.example","clientPhone":"555-0001","clientCity":"Scranton",`+
		`"billingAddressLine":"Main 1","billingCity":"Utica","billingState":null,"dueDate":"2026-03-17"}` {
		t.Errorf("what it says already stays, and the due date follows the day of issue: %s", got)
	}
	admin.Update(t, "Invoice", id, apitest.Input{"dueDate": "2026-04-01"})
	admin.Update(t, "Invoice", id, apitest.Input{"issueDate": "2026-03-03"})
	if got := admin.Read(t, "Invoice", id, "dueDate"); got != `{"dueDate":"2026-04-01"}` {
		t.Errorf("a due date of its own stays: %s", got)
	}
}

func TestInvoicePermissions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, creator, assignee, stranger := env.Acme.Admin, env.User(t, env.Acme, "creator"), env.Acme.Member, env.Acme.Second
	teammate := env.User(t, env.Acme, "teammate")
	team := admin.Create(t, "Team", apitest.Input{"memberIds": []any{teammate.ProfileID.String()}})
	id := over(t, creator, "10", apitest.Input{"assignedToIds": []any{assignee.ProfileID.String()}, "teamIds": []any{team}})
	line := creator.Do(t, `query($id: ID!) { invoice(id: $id) { lineItems { id } } }`, map[string]any{"id": id}).Text(t, "invoice.lineItems.0.id")
	for _, row := range []struct {
		who    string
		caller *apitest.Client
		sees   bool
	}{
		{"the admin of another organization", env.Globex.Admin, false}, {"an unrelated member", stranger, false}, {"an assignee", assignee, true},
		{"a member of the team", teammate, true}, {"the creator", creator, true}, {"an admin", admin, true},
	} {
		r := row.caller.Send(t, "query($id: ID!) { node(id: $id) { id } invoice(id: $id) { id lineItems { id } } invoices { totalCount amounts { count due { amount } } nodes { id } } }", map[string]any{"id": id})
		if got := strings.Count(r.Body, id); got != map[bool]int{true: 3}[row.sees] || strings.Contains(r.Body, line) != row.sees || strings.Contains(r.Body, `"10.00"`) != row.sees {
			t.Errorf("%s reads %s", row.who, r.Body)
		}
		want := map[bool]string{false: "NOT_FOUND"}[row.sees]
		if got := row.caller.TryUpdate(t, "Invoice", id, apitest.Input{"notes": row.who}).Refusal(); got != want {
			t.Errorf("%s changes it: %q", row.who, got)
		}
		want = map[bool]string{false: "INVALID entityId"}[row.sees]
		if got := row.caller.Try(t, "create", "Comment", apitest.Input{"entityType": "INVOICE", "entityId": id, "comment": "x"}).Refusal(); got != want {
			t.Errorf("%s comments on it: %q", row.who, got)
		}
	}
	if got := admin.Read(t, "Invoice", id, "comments { totalCount } activities { totalCount }"); got != `{"comments":{"totalCount":4},"activities":{"totalCount":10}}` {
		t.Errorf("then it has %s", got) // created, assigned, 4 times changed and 4 times commented on
	}
}

func TestInvoiceFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	team := admin.Create(t, "Team", nil)
	account, contact, deal := admin.Create(t, "Account", apitest.Input{"name": "Dunder"}), admin.Create(t, "Contact", nil), admin.Create(t, "Opportunity", nil)
	one := over(t, admin, "10", apitest.Input{"invoiceTitle": "One", "accountId": account, "contactId": contact, "opportunityId": deal, "clientEmail": "pay@dunder.example",
		"issueDate": "2026-03-01", "paymentTerms": "DUE_ON_RECEIPT", "teamIds": []any{team}, "assignedToIds": []any{member.ProfileID.String(), admin.ProfileID.String()}})
	over(t, member, "20.5", apitest.Input{"invoiceTitle": "Two", "issueDate": "2026-03-02"})
	env.Above(t, "UPDATE invoice SET status = 'Sent', sent_at = now() WHERE id = $1::text::uuid RETURNING 'x'", one)
	user := member.Do(t, "{ viewer { user { id } } }", nil).Text(t, "viewer.user.id")
	number := admin.Do(t, `query($id: ID!) { invoice(id: $id) { invoiceNumber } }`, map[string]any{"id": one}).Text(t, "invoice.invoiceNumber")
	filters(t, admin, "invoices", "invoiceTitle", map[string]string{
		`{}`: "One Two",
		`{invoiceNumber: {equals: "` + number + `"}}`: "One",
		`{invoiceNumber: {startsWith: "inv-"}}`:       "One Two",
		`{invoiceTitle: {startsWith: "t"}}`:           "Two",
		`{clientName: {equals: "dunder"}}`:            "One",
		`{clientEmail: {contains: "dunder"}}`:         "One",
		`{statuses: [SENT, PAID]}`:                    "One",
		`{isUnpaid: true}`:                            "One",
		`{isUnpaid: false}`:                           "Two",
		`{isOverdue: true}`:                           "One",
		`{isOverdue: false}`:                          "Two",
		`{accountIds: ["` + account + `"]}`:           "One",
		`{contactIds: ["` + contact + `"]}`:           "One",
		`{opportunityIds: ["` + deal + `"]}`:          "One",
		`{teamIds: ["` + team + `"]}`:                 "One",
		`{assignedToIds: ["` + member.ProfileID.String() + `", "` + admin.ProfileID.String() + `"]}`: "One",
		`{createdByIds: ["` + user + `"]}`:                  "Two",
		`{issueDate: {from: "2026-03-02"}}`:                 "Two",
		`{dueDate: {from: "2026-03-01", to: "2026-03-01"}}`: "One",
		`{paidAt: {from: "2026-03-01"}}`:                    "",
		`{totalAmount: {min: "20.5", max: "20.5"}}`:         "Two",
		`{createdAt: {to: "2026-03-01"}}`:                   "",
	})
	for kind, id := range map[string]string{"Account": account, "Contact": contact, "Opportunity": deal} {
		if got := admin.Read(t, kind, id, `invoices(filter: {isUnpaid: true}) { totalCount nodes { invoiceTitle } amounts { currency due { amount } } }`); got !=
			`{"invoices":{"totalCount":1,"nodes":[{"invoiceTitle":"One"}],"amounts":[{"currency":"USD","due":{"amount":"10.00"}}]}}` {
			t.Errorf("of the %s: %s", kind, got)
		}
	}
	if got := admin.Do(t, `{ search(query: "`+number+`", types: [INVOICE]) { type title subtitle isExact node { id } } }`, nil); got.Text(t, "search.0.node.id") != one ||
		got.Text(t, "search.0.title") != number || got.Text(t, "search.0.subtitle") != "One" {
		t.Errorf("by its number: %s", got.Body)
	}
}

func TestInvoiceTotals(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	assigned := apitest.Input{"assignedToIds": []any{member.ProfileID.String(), env.Acme.Second.ProfileID.String()}} // twice, and counted once
	over(t, admin, "10", assigned)
	over(t, admin, "20", apitest.Input{"lineItems": []any{apitest.Input{"name": "x", "unitPrice": "15"}, apitest.Input{"name": "y", "unitPrice": "5"}}})
	yen := over(t, admin, "300", apitest.Input{"currency": "JPY"})
	env.Above(t, "UPDATE invoice SET status = 'Partially_Paid', amount_paid = 100, amount_due = 200 WHERE id = $1::text::uuid RETURNING 'x'", yen)
	const ask = `totalCount amounts { currency count total { amount } paid { amount } due { amount currency } } statuses { status count amounts { currency due { amount } } }`
	r := admin.Do(t, `{ invoices(first: 1) { `+ask+` } }`, nil)
	if got := string(r.Data); !strings.Contains(got, `"totalCount":3,"amounts":[{"currency":"JPY","count":1,"total":{"amount":"300.00"},"paid":{"amount":"100.00"},"due":{"amount":"200.00","currency":"JPY"}},`+
		`{"currency":"USD","count":2,"total":{"amount":"30.00"},"paid":{"amount":"0.00"},"due":{"amount":"30.00","currency":"USD"}}]`) ||
		!strings.Contains(got, `{"status":"PARTIALLY_PAID","count":1,"amounts":[{"currency":"JPY","due":{"amount":"200.00"}}]}`) || !strings.Contains(got, `{"status":"PAID","count":0,"amounts":[]}`) {
		t.Errorf("the admin's: %s", got)
	}
	if got := string(member.Do(t, `{ invoices { totalCount amounts { currency count total { amount } } } }`, nil).Data); got !=
		`{"invoices":{"totalCount":1,"amounts":[{"currency":"USD","count":1,"total":{"amount":"10.00"}}]}}` {
		t.Errorf("the member's: %s", got)
	}
}

func TestInvoiceTellsItsTimeline(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	id := over(t, admin, "10", nil)
	lines := []any{apitest.Input{"name": "Work", "unitPrice": "10.00", "quantity": "1.00"}}
	admin.Update(t, "Invoice", id, apitest.Input{"lineItems": lines, "taxRate": "0.00"})
	if got := admin.Read(t, "Invoice", id, "version"); got != `{"version":1}` {
		t.Errorf("the same lines again are a change: %s", got)
	}
	before := admin.Read(t, "Invoice", id, "lineItems { id }")
	admin.Update(t, "Invoice", id, apitest.Input{"lineItems": append(lines, apitest.Input{"name": "More", "description": "x"})})
	if after := admin.Read(t, "Invoice", id, "lineItems { id }"); strings.Contains(after, before[len(`{"lineItems":[`):len(before)-2]) {
		t.Errorf("a line has stayed: %s, then %s", before, after)
	}
	r := admin.Do(t, `query($id: ID!) { invoice(id: $id) { version activities { nodes { action changes { field from to } } } } }`, map[string]any{"id": id})
	if got := string(r.Data); !strings.Contains(got, `"version":2`) ||
		!strings.Contains(got, `"nodes":[{"action":"UPDATE","changes":[{"field":"lineItems","from":["1 × Work: 10.00"],"to":["1 × Work: 10.00","1 × More: 0.00"]}]}`) {
		t.Errorf("got %s", got)
	}
}
