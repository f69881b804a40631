package resolver_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestInvoiceTemplateContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	apitest.Contract(t, env, apitest.Entity{
		Kind: "InvoiceTemplate", List: "invoiceTemplates",
		Fields: `name isDefault primaryColor secondaryColor defaultNotes defaultTerms footerText`,
		Full: apitest.Input{"name": "House style", "isDefault": true, "primaryColor": "#0f766e", "secondaryColor": "#115E59", "defaultNotes": "Thanks.", "defaultTerms": "Net.",
			"footerText": "Acme Ltd"},
		Want:    `{"name":"House style","isDefault":true,"primaryColor":"#0f766e","secondaryColor":"#115E59","defaultNotes":"Thanks.","defaultTerms":"Net.","footerText":"Acme Ltd"}`,
		Clear:   apitest.Input{"defaultNotes": nil, "defaultTerms": "", "footerText": nil},
		Cleared: `{"name":"House style","isDefault":true,"primaryColor":"#0f766e","secondaryColor":"#115E59","defaultNotes":null,"defaultTerms":null,"footerText":null}`,
		Row:     func(n int) apitest.Input { return apitest.Input{"name": fmt.Sprintf("row%02d", n%9)} },
		Orders:  map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "NAME": {Value: "name"}},
	})
}

func TestInvoiceTemplatePermissions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	key := admin.Create(t, "InvoiceTemplate", apitest.Input{"name": "Plain", "defaultNotes": "x", "defaultTerms": "y", "footerText": "z"})
	readsAs(t, "a member", member.Read(t, "InvoiceTemplate", key, "name isDefault primaryColor secondaryColor defaultNotes defaultTerms footerText"),
		`{"name":"Plain","isDefault":false,"primaryColor":null,"secondaryColor":null,"defaultNotes":null,"defaultTerms":null,"footerText":null}`)
	for what, r := range map[string]*apitest.Response{
		"create": member.Try(t, "create", "InvoiceTemplate", apitest.Input{"name": "x"}),
		"update": member.TryUpdate(t, "InvoiceTemplate", key, apitest.Input{"name": "x"}),
		"delete": member.TryDelete(t, "InvoiceTemplate", key),
	} {
		if r.Refusal() != "FORBIDDEN" {
			t.Errorf("%s by a member: %s", what, r.Body)
		}
	}
	for field, wrong := range map[string][]string{
		"primaryColor":   {"red", "#12345", "#1234567", "#12345G", "#FFF;}"},
		"secondaryColor": {"123456"},
		"footerText":     {fmt.Sprintf("%01001d", 0)},
	} {
		for _, value := range wrong {
			if got := admin.TryUpdate(t, "InvoiceTemplate", key, apitest.Input{field: value}).Refusal(); got != "INVALID "+field {
				t.Errorf("%s %q: %q", field, value, got)
			}
		}
	}
}

func TestOneTemplateIsTheDefault(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	one := admin.Create(t, "InvoiceTemplate", apitest.Input{"name": "one", "isDefault": true})
	two := admin.Create(t, "InvoiceTemplate", apitest.Input{"name": "two", "isDefault": true})
	filters(t, admin, "invoiceTemplates", "name", map[string]string{"{isDefault: true}": "two", "{isDefault: false}": "one", "{}": "one two"})
	admin.Update(t, "InvoiceTemplate", two, apitest.Input{"isDefault": false})
	filters(t, admin, "invoiceTemplates", "name", map[string]string{"{isDefault: true}": ""})
	for round := range 5 {
		turn := make(chan string, 2)
		turn <- one
		turn <- two
		answers := atOnce(2, func() string {
			return admin.TryUpdate(t, "InvoiceTemplate", <-turn, apitest.Input{"isDefault": true}).Refusal()
		})
		defaults := admin.List(t, "invoiceTemplates(filter: {isDefault: true})", "name")
		if len(defaults) != 1 || slices.ContainsFunc(answers, func(a string) bool { return a != "" && a != "CONFLICT isDefault" }) {
			t.Errorf("round %d: %q, and %v", round, answers, defaults)
		}
		for _, key := range []string{one, two} {
			admin.Update(t, "InvoiceTemplate", key, apitest.Input{"isDefault": false})
		}
	}
}

func TestInvoicesTakeTheirTemplate(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	plain := over(t, admin, "10", nil)
	house := admin.Create(t, "InvoiceTemplate", apitest.Input{"name": "House", "isDefault": true, "defaultNotes": "Thanks.", "defaultTerms": "Net."})
	other := admin.Create(t, "InvoiceTemplate", apitest.Input{"name": "Other"})
	const fields = "template { name } notes terms"
	for _, row := range []struct {
		what, key, want string
	}{
		{"from before", plain, `{"template":null,"notes":null,"terms":null}`},
		{"the default", over(t, member, "10", nil), `{"template":{"name":"House"},"notes":"Thanks.","terms":"Net."}`},
		{"with notes of its own", over(t, admin, "10", apitest.Input{"notes": "Own.", "terms": nil}), `{"template":{"name":"House"},"notes":"Own.","terms":null}`},
		{"another", over(t, admin, "10", apitest.Input{"templateId": other}), `{"template":{"name":"Other"},"notes":null,"terms":null}`},
		{"none", over(t, admin, "10", apitest.Input{"templateId": nil}), `{"template":null,"notes":null,"terms":null}`},
	} {
		readsAs(t, row.what, admin.Read(t, "Invoice", row.key, fields), row.want)
	}
	theirs := env.Globex.Admin.Create(t, "InvoiceTemplate", apitest.Input{"name": "Theirs"})
	for _, wrong := range []string{theirs, nobody} {
		if got := admin.TryUpdate(t, "Invoice", plain, apitest.Input{"templateId": wrong}).Refusal(); got != "INVALID templateId" {
			t.Errorf("another organization's or nobody's: %q", got)
		}
	}
	admin.Update(t, "Invoice", plain, apitest.Input{"templateId": house})
	readsAs(t, "given later it says nothing", admin.Read(t, "Invoice", plain, fields), `{"template":{"name":"House"},"notes":null,"terms":null}`)
	admin.TryDelete(t, "InvoiceTemplate", house)
	readsAs(t, "deleted", admin.Read(t, "Invoice", plain, fields), `{"template":null,"notes":null,"terms":null}`)
}
