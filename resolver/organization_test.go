package resolver_test

import (
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

const createOrganization = "mutation($in: CreateOrganizationInput!) { createOrganization(input: $in) { organization { name defaultCurrency timezone } session " + sessionFields + " } }"

func TestCreateOrganization(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	in := func(name string) map[string]any { return map[string]any{"in": map[string]any{"name": name}} }

	t.Run("its creator is its admin, with a session in it", func(t *testing.T) {
		t.Parallel()
		for from, org := range map[string]*apitest.Org{"nowhere": nil, "Acme": p.Acme} {
			client, _ := p.session(t, p.Acme.Member.Email, org)
			r := client.Do(t, createOrganization, in("Dunder from "+from))
			founder := &apitest.Client{URL: p.URL, Token: r.Text(t, "createOrganization.session.accessToken")}
			got := founder.Do(t, "{ viewer { organization { name } profile { role isActive } } leads { totalCount } profiles { totalCount } }", nil)
			if string(got.Data) != `{"viewer":{"organization":{"name":"Dunder from `+from+`"},"profile":{"role":"ADMIN","isActive":true}},"leads":{"totalCount":0},"profiles":{"totalCount":1}}` {
				t.Error(got.Body)
			}
			founder.Do(t, `mutation { createLead(input: {title: "x"}) { lead { id } } }`, nil)
		}
	})
	t.Run("what stands beside it in the operation stays in the viewer's organization", func(t *testing.T) {
		t.Parallel()
		client, _ := p.session(t, p.Acme.Admin.Email, p.Acme)
		client.Do(t, `mutation { createOrganization(input: {name: "Beside"}) { organization { id } } createLead(input: {title: "Stays here"}) { lead { id } } }`, nil)
		if org := p.above(t, "SELECT o.name FROM lead l JOIN organization o ON o.id = l.org_id WHERE l.title = 'Stays here'"); org != "Acme" {
			t.Errorf("it is %s's", org)
		}
	})
	t.Run("a name is taken once", func(t *testing.T) {
		t.Parallel()
		client, _ := p.session(t, p.Acme.Member.Email, nil)
		if r := client.Refused(t, "CONFLICT", createOrganization, in("Globex")); r.Fields()[0] != "name" {
			t.Error(r.Body)
		}
	})
	for name, value := range map[string]string{"blank": " ", "endless": strings.Repeat("x", 101), "of special characters": "<script>"} {
		t.Run("a name that is "+name+" is refused", func(t *testing.T) {
			t.Parallel()
			client, _ := p.session(t, p.Acme.Member.Email, nil)
			if r := client.Refused(t, "INVALID", createOrganization, in(value)); r.Fields()[0] != "name" {
				t.Error(r.Body)
			}
		})
	}
	t.Run("nobody without a session makes one", func(t *testing.T) {
		t.Parallel()
		p.Anonymous().Refused(t, "UNAUTHENTICATED", createOrganization, in("Anonymous"))
	})
}

func TestUpdateOrganization(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	const update = "mutation($in: UpdateOrganizationInput!) { updateOrganization(input: $in) { organization { name defaultCurrency timezone companyName } } }"
	for _, tt := range []struct {
		name   string
		caller *apitest.Client
		input  string
		code   string
		field  string
	}{
		{"a member may not", p.Acme.Member, `companyName: "Mine"`, "FORBIDDEN", ""},
		{"nobody may not", p.Anonymous(), `companyName: "Mine"`, "UNAUTHENTICATED", ""},
		{"another's name is taken", p.Acme.Admin, `name: "Globex"`, "CONFLICT", "name"},
		{"a name cannot be cleared", p.Acme.Admin, `name: null`, "INVALID", "name"},
		{"a zone must be one", p.Acme.Admin, `timezone: "Mars/Base"`, "INVALID", "timezone"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := tt.caller.Refused(t, tt.code, "mutation { updateOrganization(input: {"+tt.input+"}) { organization { name } } }", nil)
			if r.Fields()[0] != tt.field {
				t.Error(r.Body)
			}
		})
	}
	t.Run("an admin changes their own, and what is left out stays", func(t *testing.T) {
		t.Parallel()
		p.Globex.Admin.Do(t, update, map[string]any{"in": map[string]any{"defaultCurrency": "EUR", "timezone": "Europe/Berlin"}})
		r := p.Globex.Admin.Do(t, update, map[string]any{"in": map[string]any{"companyName": "Globex GmbH"}})
		if got := string(r.Data); got != `{"updateOrganization":{"organization":{"name":"Globex","defaultCurrency":"EUR","timezone":"Europe/Berlin","companyName":"Globex GmbH"}}}` {
			t.Error(got)
		}
		if name := p.above(t, "SELECT default_currency FROM organization WHERE name = 'Acme'"); name != "USD" {
			t.Errorf("Acme's currency is %s", name)
		}
	})
}

func TestOrganizationSettings(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	const fields = "addressLine city state postcode country phone email website taxId version"
	try := func(in map[string]any) *apitest.Response {
		return admin.Send(t, "mutation($in: UpdateOrganizationInput!) { updateOrganization(input: $in) { organization { "+fields+" } } }", map[string]any{"in": in})
	}
	read := func() string {
		return string(env.Acme.Member.Do(t, "{ viewer { organization { "+fields+" } } }", nil).Data)
	}
	const blank = `{"viewer":{"organization":{"addressLine":null,"city":null,"state":null,"postcode":null,"country":null,"phone":null,"email":null,"website":null,"taxId":null,"version":`
	if got := read(); got != blank+`1}}}` {
		t.Errorf("at first: %s", got)
	}
	full := map[string]any{"addressLine": "1 Main Street", "city": "Springfield", "state": "IL", "postcode": "62701", "country": "US", "phone": "+1 217 555 0100",
		"email": "office@acme.example", "website": "https://acme.example/", "taxId": "12-3456789", "version": 1}
	if r := try(full); r.Code() != "" {
		t.Fatal(r.Body)
	}
	if got := read(); got != `{"viewer":{"organization":{"addressLine":"1 Main Street","city":"Springfield","state":"IL","postcode":"62701","country":"US","phone":"+1 217 555 0100",`+
		`"email":"office@acme.example","website":"https://acme.example/","taxId":"12-3456789","version":2}}}` {
		t.Errorf("set: %s", got)
	}
	for field, bad := range map[string]any{"country": "us", "phone": "1", "email": "x", "website": "acme", "postcode": strings.Repeat("1", 21), "city": strings.Repeat("x", 101), "taxId": strings.Repeat("x", 51)} {
		if got := try(map[string]any{field: bad}).Refusal(); got != "INVALID "+field {
			t.Errorf("%s takes %v: %q", field, bad, got)
		}
	}
	if got := try(full).Refusal(); got != "STALE_VERSION" {
		t.Errorf("of an old version: %q", got)
	}
	for field := range full {
		full[field] = nil
	}
	if r := try(full); r.Code() != "" || read() != blank+`3}}}` {
		t.Errorf("cleared: %s", r.Body)
	}
}
