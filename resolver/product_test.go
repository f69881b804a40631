package resolver_test

import (
	"fmt"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestProductContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Product", List: "products",
		Fields:  `name description sku price { amount currency } category isActive`,
		Full:    apitest.Input{"name": "Blue paper", "description": "A ream.", "sku": "PB-100", "price": "4.5", "currency": "EUR", "category": "Office"},
		Want:    `{"name":"Blue paper","description":"A ream.","sku":"PB-100","price":{"amount":"4.50","currency":"EUR"},"category":"Office","isActive":true}`,
		Clear:   apitest.Input{"description": nil, "sku": "", "category": " "},
		Cleared: `{"name":"Blue paper","description":null,"sku":null,"price":{"amount":"4.50","currency":"EUR"},"category":null,"isActive":true}`,
		Search:  []string{"paper BLU", "pb-100", "office"},
		Row: func(n int) apitest.Input {
			return apitest.Input{"name": fmt.Sprintf("row%02d", n%9), "price": fmt.Sprint(n % 7)}
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"}, "NAME": {Value: "name"},
			"PRICE": {Value: "price { amount }"}},
	})
}

func TestProductsAreReadByMembersAndWrittenByAdmins(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	id := admin.Create(t, "Product", apitest.Input{"name": "Paper"})
	if got := member.Read(t, "Product", id, "name price { amount currency }"); got != `{"name":"Paper","price":{"amount":"0.00","currency":"USD"}}` {
		t.Errorf("a member reads %s", got)
	}
	for what, r := range map[string]*apitest.Response{
		"create": member.Try(t, "create", "Product", apitest.Input{"name": "x"}),
		"update": member.TryUpdate(t, "Product", id, apitest.Input{"name": "x"}),
		"delete": member.TryDelete(t, "Product", id),
	} {
		if r.Refusal() != "FORBIDDEN" {
			t.Errorf("%s by a member: %s", what, r.Body)
		}
	}
	if got := env.Globex.Admin.Read(t, "Product", id, "name"); got != "null" {
		t.Errorf("another organization reads %s", got)
	}
}

func TestProductNumbersAreUnique(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	admin.Create(t, "Product", apitest.Input{"sku": "AB-1"})
	other := admin.Create(t, "Product", apitest.Input{"sku": "AB-2"})
	for _, row := range []struct {
		what string
		r    *apitest.Response
		want string
	}{
		{"in another case", admin.Try(t, "create", "Product", apitest.Input{"name": "x", "sku": " ab-1 "}), "CONFLICT sku"},
		{"by a change", admin.TryUpdate(t, "Product", other, apitest.Input{"sku": "AB-1"}), "CONFLICT sku"},
		{"none, twice", admin.Try(t, "create", "Product", apitest.Input{"name": "x", "sku": ""}), ""},
		{"none, twice", admin.Try(t, "create", "Product", apitest.Input{"name": "x", "sku": nil}), ""},
		{"in another organization", env.Globex.Admin.Try(t, "create", "Product", apitest.Input{"name": "x", "sku": "AB-1"}), ""},
		{"a price below 0", admin.TryUpdate(t, "Product", other, apitest.Input{"price": "-0.01"}), "INVALID price"},
		{"a price of three digits", admin.TryUpdate(t, "Product", other, apitest.Input{"price": "0.001"}), "INVALID price"},
		{"no currency any more", admin.TryUpdate(t, "Product", other, apitest.Input{"currency": nil}), ""},
	} {
		if got := row.r.Refusal(); got != row.want {
			t.Errorf("%s: %s", row.what, row.r.Body)
		}
	}
}

func TestProductFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	admin.Create(t, "Product", apitest.Input{"name": "One", "sku": "A1", "category": "Office", "price": "10"})
	two := admin.Create(t, "Product", apitest.Input{"name": "Two", "sku": "B2", "category": "Garden", "price": "10.01"})
	admin.Create(t, "Product", apitest.Input{"name": "Three"})
	admin.Update(t, "Product", two, apitest.Input{"isActive": false})
	filters(t, admin, "products", "name", map[string]string{
		`{}`:                               "One Three Two",
		`{name: {startsWith: "t"}}`:        "Three Two",
		`{sku: {equals: "a1"}}`:            "One",
		`{categories: ["Office", "Home"]}`: "One",
		`{categories: []}`:                 "",
		`{isActive: true}`:                 "One Three",
		`{isActive: false}`:                "Two",
		`{price: {min: "10", max: "10"}}`:  "One",
		`{price: {max: "9.99"}}`:           "Three",
	})
}

func TestSoldProductIsKept(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	product := admin.Create(t, "Product", apitest.Input{"name": "Paper", "price": "4.50"})
	invoice := newInvoice(t, admin, apitest.Input{"lineItems": []any{apitest.Input{"productId": product, "quantity": 3}}})
	if r := admin.TryDelete(t, "Product", product); r.Code() != "CONFLICT" {
		t.Errorf("a product that was sold: %s", r.Body)
	}
	admin.Update(t, "Product", product, apitest.Input{"name": "Card", "price": "9", "isActive": false})
	if got := admin.Read(t, "Invoice", invoice, "lineItems { name unitPrice { amount } product { name } }"); got !=
		`{"lineItems":[{"name":"Paper","unitPrice":{"amount":"4.50"},"product":{"name":"Card"}}]}` {
		t.Errorf("the line is now %s", got)
	}
	again := []any{apitest.Input{"productId": product, "quantity": 1}}
	if r := admin.TryUpdate(t, "Invoice", invoice, apitest.Input{"lineItems": again}); r.Refusal() != "" {
		t.Errorf("an invoice that has it keeps it: %s", r.Body)
	}
	other := newInvoice(t, admin, nil)
	if got := admin.TryUpdate(t, "Invoice", other, apitest.Input{"lineItems": again}).Refusal(); got != "INVALID lineItems[0].productId" {
		t.Errorf("another does not get it: %q", got)
	}
	admin.Update(t, "Invoice", invoice, apitest.Input{"lineItems": []any{}})
	if r := admin.TryDelete(t, "Product", product); r.Refusal() != "" {
		t.Errorf("a product that is on no line: %s", r.Body)
	}
}
