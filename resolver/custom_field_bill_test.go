package resolver_test

import (
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// kindsOfBills are the kinds of bills, with the names of their lists and of the target of their custom fields.
var kindsOfBills = []struct{ kind, list, target string }{
	{"Invoice", "invoices", "INVOICE"}, {"Estimate", "estimates", "ESTIMATE"}, {"RecurringInvoice", "recurringInvoices", "RECURRING_INVOICE"},
}

// billTo is the input of a bill of a kind with custom fields.
func billTo(t *testing.T, c *apitest.Client, kind string, fields map[string]any) apitest.Input {
	t.Helper()
	input := quoted(t, c, apitest.Input{"customFields": fields, "lineItems": []any{apitest.Input{"name": "Paper", "unitPrice": "10"}}})
	if kind == "Invoice" {
		delete(input, "title")
		input["invoiceTitle"] = "Paper"
	}
	return input
}

func TestCustomFieldsOfBills(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, b := range kindsOfBills {
		field(t, admin, "cost_center", "TEXT", apitest.Input{"target": b.target, "isFilterable": true})
		required := field(t, admin, "boxes", "NUMBER", apitest.Input{"target": b.target, "isFilterable": true, "isRequired": true})
		for what, row := range map[string]struct {
			fields map[string]any
			want   string
		}{
			"nothing":             {nil, "INVALID customFields.boxes"},
			"another type":        {map[string]any{"boxes": "many"}, "INVALID customFields.boxes"},
			"a key of nothing":    {map[string]any{"boxes": 1, "color": "red"}, "INVALID customFields.color"},
			"what there is to be": {map[string]any{"boxes": 1}, ""},
		} {
			if got := admin.Try(t, "create", b.kind, billTo(t, admin, b.kind, row.fields)).Refusal(); got != row.want {
				t.Errorf("%s with %s: %q, want %q", b.kind, what, got, row.want)
			}
		}
		id := admin.Create(t, b.kind, billTo(t, admin, b.kind, map[string]any{"boxes": 4, "cost_center": "North 7"}))
		is := func(what, want string) {
			t.Helper()
			if got := admin.Read(t, b.kind, id, "customFields"); got != `{"customFields":`+want+`}` {
				t.Errorf("%s, %s: %s", b.kind, what, got)
			}
		}
		found := func(filter, want string) {
			t.Helper()
			if got := strings.Join(admin.List(t, b.list+`(filter: {customFields: [`+filter+`]})`, "id"), " "); got != want {
				t.Errorf("%s by %s: %s", b.list, filter, got)
			}
		}
		is("created", `{"boxes":4,"cost_center":"North 7"}`)
		found(`{key: "cost_center", text: "north 7"}, {key: "boxes", number: 4}`, id)
		admin.Update(t, b.kind, id, apitest.Input{"customFields": map[string]any{"cost_center": nil, "boxes": "2.5"}})
		is("changed", `{"boxes":2.5}`)
		found(`{key: "boxes", number: 4}`, "")
		found(`{key: "boxes", number: 2.5}`, id)
		admin.Update(t, "CustomFieldDefinition", required, apitest.Input{"isActive": false})
		found(`{key: "boxes", number: 2.5}`, "")
		is("deactivated", `{"boxes":2.5}`)
	}
}

func TestBillsTakeOverTheCustomFieldsThatFit(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, target := range []string{"ESTIMATE", "RECURRING_INVOICE", "OPPORTUNITY"} {
		field(t, admin, "shared", "TEXT", apitest.Input{"target": target})
		field(t, admin, "other", "TEXT", apitest.Input{"target": target})
		field(t, admin, "own", "TEXT", apitest.Input{"target": target})
	}
	field(t, admin, "shared", "TEXT", apitest.Input{"target": "INVOICE", "isFilterable": true})
	field(t, admin, "other", "NUMBER", apitest.Input{"target": "INVOICE"})
	fields := map[string]any{"shared": "a", "other": "b", "own": "c"}
	estimate := admin.Create(t, "Estimate", billTo(t, admin, "Estimate", fields))
	schedule := admin.Create(t, "RecurringInvoice", billTo(t, admin, "RecurringInvoice", fields))
	contact := admin.Create(t, "Contact", nil)
	deal := admin.Create(t, "Opportunity", apitest.Input{"accountId": admin.Create(t, "Account", nil), "contactIds": []any{contact}, "customFields": fields})
	admin.Create(t, "OpportunityLineItem", apitest.Input{"opportunityId": deal, "name": "Paper", "unitPrice": "10"})
	admin.Update(t, "Opportunity", deal, apitest.Input{"stage": "CLOSED_WON", "closedOn": "2026-03-01"})
	var made string
	for _, row := range []struct{ what, text, id string }{
		{"an estimate", `mutation($id: ID!) { done: convertEstimateToInvoice(input: {estimateId: $id}) { invoice { id customFields } } }`, estimate},
		{"a schedule", `mutation($id: ID!) { done: generateInvoice(input: {recurringInvoiceId: $id}) { invoice { id customFields } } }`, schedule},
		{"a deal", `mutation($id: ID!) { done: convertOpportunityToInvoice(input: {opportunityId: $id}) { invoice { id customFields } } }`, deal},
	} {
		r := admin.Do(t, row.text, map[string]any{"id": row.id})
		made = r.Text(t, "done.invoice.id")
		if got := marshalled(t, r.Get(t, "done.invoice.customFields")); got != `{"shared":"a"}` {
			t.Errorf("from %s: %s", row.what, got)
		}
	}
	r := admin.Do(t, `mutation($id: ID!) { duplicateInvoice(input: {id: $id}) { invoice { id customFields } } }`, map[string]any{"id": made})
	if got := marshalled(t, r.Get(t, "duplicateInvoice.invoice.customFields")); got != `{"shared":"a"}` {
		t.Errorf("duplicated: %s", got)
	}
	if got := admin.List(t, `invoices(filter: {customFields: [{key: "shared", text: "A"}]})`, "id"); len(got) != 4 {
		t.Errorf("%d of 4 are found", len(got))
	}
	t.Run("not without what an invoice must have", func(t *testing.T) {
		field(t, admin, "needed", "TEXT", apitest.Input{"target": "INVOICE", "isRequired": true})
		another := admin.Create(t, "Estimate", billTo(t, admin, "Estimate", fields))
		if got := admin.Send(t, `mutation($id: ID!) { convertEstimateToInvoice(input: {estimateId: $id}) { invoice { id } } }`, map[string]any{"id": another}).Refusal(); got != "INVALID customFields.needed" {
			t.Errorf("converted: %q", got)
		}
		field(t, admin, "needed", "TEXT", apitest.Input{"target": "ESTIMATE"})
		admin.Update(t, "Estimate", another, apitest.Input{"customFields": map[string]any{"needed": "d"}})
		r := admin.Do(t, `mutation($id: ID!) { convertEstimateToInvoice(input: {estimateId: $id}) { invoice { customFields } } }`, map[string]any{"id": another})
		if got := marshalled(t, r.Get(t, "convertEstimateToInvoice.invoice.customFields")); got != `{"needed":"d","shared":"a"}` {
			t.Errorf("with it: %s", got)
		}
	})
}
