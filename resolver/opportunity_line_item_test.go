package resolver_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// worth reads what a deal is worth, and who says so.
func worth(t *testing.T, c *apitest.Client, deal string) string {
	t.Helper()
	return c.Read(t, "Opportunity", deal, "amount { amount currency } amountSource")
}

func TestOpportunityAmountIsTheSumOfItsLines(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	deal := c.Create(t, "Opportunity", apitest.Input{"amount": "5"})
	readsAs(t, "without lines", worth(t, c, deal), `{"amount":{"amount":"5.00","currency":"USD"},"amountSource":"MANUAL"}`)

	a := c.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal, "quantity": "3", "unitPrice": "19.99", "discountType": "PERCENTAGE", "discountValue": "10"})
	b := c.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal, "unitPrice": "100", "discountType": "FIXED", "discountValue": "25"})
	readsAs(t, "a line", c.Read(t, "OpportunityLineItem", a, "quantity unitPrice { amount } subtotal { amount } discountAmount { amount } total { amount currency }"),
		`{"quantity":"3.00","unitPrice":{"amount":"19.99"},"subtotal":{"amount":"59.97"},"discountAmount":{"amount":"6.00"},"total":{"amount":"53.97","currency":"USD"}}`)
	readsAs(t, "with lines", worth(t, c, deal), `{"amount":{"amount":"128.97","currency":"USD"},"amountSource":"CALCULATED"}`)

	c.Update(t, "OpportunityLineItem", a, apitest.Input{"quantity": "1"})
	readsAs(t, "a changed line", worth(t, c, deal), `{"amount":{"amount":"92.99","currency":"USD"},"amountSource":"CALCULATED"}`)
	if got := c.TryUpdate(t, "Opportunity", deal, apitest.Input{"amount": "93"}).Refusal(); got != "INVALID amount" {
		t.Errorf("another amount: %q", got)
	}
	if got := c.TryUpdate(t, "Opportunity", deal, apitest.Input{"amount": nil}).Refusal(); got != "INVALID amount" {
		t.Errorf("no amount: %q", got)
	}
	c.Update(t, "Opportunity", deal, apitest.Input{"amount": "92.99", "description": "the same amount is taken"})
	if got := c.TryUpdate(t, "Opportunity", deal, apitest.Input{"currency": "JPY"}).Refusal(); got != "INVALID currency" {
		t.Errorf("a currency without cents: %q", got)
	}
	c.Update(t, "Opportunity", deal, apitest.Input{"currency": "EUR"})
	readsAs(t, "a line of a deal in another currency", c.Read(t, "OpportunityLineItem", a, "total { currency }"), `{"total":{"currency":"EUR"}}`)

	for _, line := range []string{b, a} {
		if r := c.TryDelete(t, "OpportunityLineItem", line); r.Code() != "" {
			t.Fatal(r.Body)
		}
	}
	readsAs(t, "without the last line", worth(t, c, deal), `{"amount":{"amount":"0.00","currency":"EUR"},"amountSource":"MANUAL"}`)
	c.Update(t, "Opportunity", deal, apitest.Input{"amount": "7"})

	told := c.Do(t, `query($id: ID!) { opportunity(id: $id) { activities { nodes { action changes { field from to } } } } }`, map[string]any{"id": deal})
	if !strings.Contains(told.Body, `{"field":"amount","from":"5.00","to":"53.97"}`) {
		t.Errorf("the timeline does not tell of the amount: %s", told.Body)
	}
}

func TestALineTakesWhatIsNotSaidFromItsProduct(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	deal := c.Create(t, "Opportunity", nil)
	paper, ink := c.Create(t, "Product", apitest.Input{"name": "Paper", "price": "4.50"}), c.Create(t, "Product", apitest.Input{"name": "Ink", "price": "20"})
	const fields = "name unitPrice { amount } product { name }"
	line := c.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal, "name": nil, "productId": paper})
	readsAs(t, "of a product", c.Read(t, "OpportunityLineItem", line, fields), `{"name":"Paper","unitPrice":{"amount":"4.50"},"product":{"name":"Paper"}}`)
	c.Update(t, "Product", paper, apitest.Input{"price": "5", "name": "Fine paper"})
	c.Update(t, "OpportunityLineItem", line, apitest.Input{"quantity": "2"})
	readsAs(t, "it is a copy", c.Read(t, "OpportunityLineItem", line, fields), `{"name":"Paper","unitPrice":{"amount":"4.50"},"product":{"name":"Fine paper"}}`)
	c.Update(t, "OpportunityLineItem", line, apitest.Input{"productId": ink, "unitPrice": "18"})
	readsAs(t, "another product, at another price", c.Read(t, "OpportunityLineItem", line, fields), `{"name":"Ink","unitPrice":{"amount":"18.00"},"product":{"name":"Ink"}}`)
	c.Update(t, "OpportunityLineItem", line, apitest.Input{"productId": nil})
	readsAs(t, "none any more", c.Read(t, "OpportunityLineItem", line, fields), `{"name":"Ink","unitPrice":{"amount":"18.00"},"product":null}`)
	kept := c.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal, "productId": ink})
	if got := c.TryDelete(t, "Product", ink).Refusal(); got != "CONFLICT" {
		t.Errorf("a product that a deal is about is deleted: %q", got)
	}
	c.Update(t, "Product", ink, apitest.Input{"isActive": false})
	c.Update(t, "OpportunityLineItem", kept, apitest.Input{"quantity": "3"})
}

func TestOpportunityLinesStandInOrder(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	deal := c.Create(t, "Opportunity", nil)
	lines := map[string]string{}
	for _, name := range []string{"a", "b", "c"} {
		lines[name] = c.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal, "name": name})
	}
	order := func(want string) {
		t.Helper()
		r := c.Do(t, `query($id: ID!) { opportunity(id: $id) { lineItems { nodes { name position } } } }`, map[string]any{"id": deal})
		got := ""
		for i := range 5 {
			at := fmt.Sprintf("opportunity.lineItems.nodes.%d.", i)
			if name := r.Text(t, at+"name"); name != "" {
				got += name
				if place, _ := r.Get(t, at+"position").(float64); int(place) != i {
					t.Errorf("%s stands at %v, and comes as number %d", name, place, i)
				}
			}
		}
		if got != want {
			t.Errorf("they stand as %s, not %s", got, want)
		}
	}
	order("abc")
	c.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal, "name": "d", "position": 0})
	order("dabc")
	c.Update(t, "OpportunityLineItem", lines["a"], apitest.Input{"position": 99})
	order("dbca")
	c.Update(t, "OpportunityLineItem", lines["c"], apitest.Input{"position": 1})
	order("dcba")
	c.TryDelete(t, "OpportunityLineItem", lines["b"])
	order("dca")
}

func TestOpportunityLineRefusals(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	deal, yen := c.Create(t, "Opportunity", nil), c.Create(t, "Opportunity", apitest.Input{"currency": "JPY"})
	gone := c.Create(t, "Product", nil)
	c.Update(t, "Product", gone, apitest.Input{"isActive": false})
	for _, row := range []struct {
		said apitest.Input
		want string
	}{
		{apitest.Input{"quantity": "0"}, "INVALID quantity"},
		{apitest.Input{"quantity": "0.001", "unitPrice": "-1"}, "INVALID quantity unitPrice"},
		{apitest.Input{"unitPrice": "1", "discountType": "PERCENTAGE", "discountValue": "100.01"}, "INVALID discountValue"},
		{apitest.Input{"unitPrice": "1", "discountType": "FIXED", "discountValue": "1.01"}, "INVALID discountValue"},
		{apitest.Input{"unitPrice": "1", "discountValue": "1"}, "INVALID discountType"},
		{apitest.Input{"opportunityId": yen, "unitPrice": "0.5"}, "INVALID unitPrice"},
		{apitest.Input{"opportunityId": nobody, "quantity": "2"}, "INVALID opportunityId"},
		{apitest.Input{"name": " "}, "INVALID name"},
		{apitest.Input{"productId": nobody}, "INVALID productId"},
		{apitest.Input{"productId": env.Globex.Admin.Create(t, "Product", nil)}, "INVALID productId"},
		{apitest.Input{"productId": c.Create(t, "Product", apitest.Input{"currency": "CHF"})}, "INVALID unitPrice"},
		{apitest.Input{"productId": gone}, "INVALID productId"},
		{apitest.Input{"position": -1}, "INVALID position"},
		{apitest.Input{"description": strings.Repeat("x", 501)}, "INVALID description"},
	} {
		input := apitest.Input{"name": "x", "opportunityId": deal}
		maps.Copy(input, row.said)
		if r := c.Try(t, "create", "OpportunityLineItem", input); r.Refusal() != row.want {
			t.Errorf("%v: %s", row.said, r.Body)
		}
	}
	readsAs(t, "nothing was stored", worth(t, c, deal), `{"amount":null,"amountSource":"MANUAL"}`)
	t.Run("the sum is one that can be kept", func(t *testing.T) {
		c.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal, "unitPrice": "9999999999.99"})
		if r := c.Try(t, "create", "OpportunityLineItem", apitest.Input{"name": "x", "opportunityId": deal, "unitPrice": "0.01"}); r.Refusal() != "INVALID amount" {
			t.Error(r.Body)
		}
	})
}

func TestWhoChangesADealChangesItsLines(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	deal := env.Acme.Admin.Create(t, "Opportunity", apitest.Input{"assignedToIds": []any{env.Acme.Member.ProfileID.String()}})
	line := env.Acme.Member.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal})
	for who, caller := range map[string]*apitest.Client{"a member without the deal": env.Acme.Second, "another organization": env.Globex.Admin} {
		readsAs(t, who+" reads", caller.Read(t, "OpportunityLineItem", line, "id"), "null")
		if got := caller.Try(t, "create", "OpportunityLineItem", apitest.Input{"name": "x", "opportunityId": deal}).Refusal(); got != "INVALID opportunityId" {
			t.Errorf("%s adds: %q", who, got)
		}
		if got := caller.TryUpdate(t, "OpportunityLineItem", line, apitest.Input{"unitPrice": "1"}).Refusal(); got != "NOT_FOUND" {
			t.Errorf("%s changes: %q", who, got)
		}
		if got := caller.TryDelete(t, "OpportunityLineItem", line).Refusal(); got != "NOT_FOUND" {
			t.Errorf("%s deletes: %q", who, got)
		}
	}
	env.Acme.Member.Update(t, "OpportunityLineItem", line, apitest.Input{"unitPrice": "3"})
	if r := env.Acme.Member.TryDelete(t, "OpportunityLineItem", line); r.Code() != "" {
		t.Error(r.Body)
	}
}

func TestLinesAddedAtOnceAreAllInTheAmount(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	deal := c.Create(t, "Opportunity", nil)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() { c.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal, "unitPrice": "10"}) })
	}
	wg.Wait()
	readsAs(t, "the amount", worth(t, c, deal), `{"amount":{"amount":"60.00","currency":"USD"},"amountSource":"CALCULATED"}`)
	r := c.Do(t, `query($id: ID!) { opportunity(id: $id) { lineItems { totalCount nodes { position } } } }`, map[string]any{"id": deal})
	var places []int
	for i := range 6 {
		place, _ := r.Get(t, fmt.Sprintf("opportunity.lineItems.nodes.%d.position", i)).(float64)
		places = append(places, int(place))
	}
	if !slices.Equal(places, []int{0, 1, 2, 3, 4, 5}) {
		t.Error(places)
	}
}

// readsAs compares what is read with what it should be.
func readsAs(t *testing.T, fact, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, not %s", fact, got, want)
	}
}

func TestAWonDealBecomesAnInvoice(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	account, contact := c.Create(t, "Account", apitest.Input{"name": "Dunder"}), c.Create(t, "Contact", apitest.Input{"email": "ann@client.example"})
	deal := c.Create(t, "Opportunity", apitest.Input{"name": "Relaunch", "currency": "EUR", "assignedToIds": []any{env.Acme.Member.ProfileID.String()}})
	try := func(more apitest.Input) *apitest.Response {
		input := apitest.Input{"opportunityId": deal}
		maps.Copy(input, more)
		return c.Send(t, `mutation($input: ConvertOpportunityToInvoiceInput!) { convertOpportunityToInvoice(input: $input) { invoice { invoiceTitle status clientName clientEmail
			currency taxRate totalAmount { amount } account { name } opportunity { name } lineItems { name quantity discountType } assignedTo { user { name } } } } }`,
			map[string]any{"input": input})
	}
	for _, change := range []apitest.Input{
		{"accountId": account}, {"contactIds": []any{contact}}, {"stage": "CLOSED_WON", "closedOn": "2026-03-01", "amount": "5"},
	} {
		if r := try(nil); r.Refusal() != "CONFLICT" {
			t.Errorf("before %v: %s", change, r.Body)
		}
		c.Update(t, "Opportunity", deal, change)
	}
	if r := try(nil); r.Refusal() != "CONFLICT" {
		t.Errorf("without lines: %s", r.Body)
	}
	c.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal, "name": "Work", "quantity": "2", "unitPrice": "50", "discountType": "PERCENTAGE", "discountValue": "10"})
	for _, other := range []string{nobody, c.Create(t, "Contact", nil)} {
		if r := try(apitest.Input{"contactId": other}); r.Refusal() != "INVALID contactId" {
			t.Errorf("to somebody else: %s", r.Body)
		}
	}
	readsAs(t, "the invoice", string(try(nil).Data), `{"convertOpportunityToInvoice":{"invoice":{"invoiceTitle":"Relaunch","status":"DRAFT","clientName":"Dunder","clientEmail":"ann@client.example",`+
		`"currency":"EUR","taxRate":"0.00","totalAmount":{"amount":"90.00"},"account":{"name":"Dunder"},"opportunity":{"name":"Relaunch"},`+
		`"lineItems":[{"name":"Work","quantity":"2.00","discountType":"PERCENTAGE"}],"assignedTo":[{"user":{"name":"member"}}]}}}`)
	if r := env.Acme.Second.Send(t, `mutation($id: ID!) { convertOpportunityToInvoice(input: {opportunityId: $id}) { invoice { id } } }`, map[string]any{"id": deal}); r.Code() != "NOT_FOUND" {
		t.Errorf("of a deal that the viewer does not see: %s", r.Body)
	}
}
