package resolver_test

import (
	"fmt"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestContactContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	tag := admin.Create(t, "Tag", apitest.Input{"name": "Key"})
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	account := admin.Create(t, "Account", apitest.Input{"name": "Dunder"})
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Contact", List: "contacts",
		Fields: `fullName email phone organization title department doNotCall linkedinUrl addressLine city state postcode country
			description isActive account { name } assignedTo { user { name } } teams { name } tags { slug }`,
		Full: apitest.Input{
			"firstName": "Pam", "lastName": "Beesly", "email": "Pam@dunder.example", "phone": "570-555-0101", "organization": "Dunder Mifflin",
			"title": "Receptionist", "department": "Office", "doNotCall": true, "linkedinUrl": "https://linkedin.example/pam",
			"addressLine": "1725 Slough Ave", "city": "Scranton", "state": "PA", "postcode": "18503", "country": "US", "description": "Draws.",
			"accountId": account, "assignedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team}, "tagIds": []any{tag},
		},
		Want: `{"fullName":"Pam Beesly","email":"Pam@dunder.example","phone":"570-555-0101","organization":"Dunder Mifflin",` +
			`"title":"Receptionist","department":"Office","doNotCall":true,"linkedinUrl":"https://linkedin.example/pam",` +
			`"addressLine":"1725 Slough Ave","city":"Scranton","state":"PA","postcode":"18503","country":"US","description":"Draws.","isActive":true,` +
			`"account":{"name":"Dunder"},"assignedTo":[{"user":{"name":"member"}}],"teams":[{"name":"North"}],"tags":[{"slug":"key"}]}`,
		Clear: apitest.Input{
			"email": nil, "phone": nil, "organization": nil, "title": nil, "department": nil, "linkedinUrl": nil, "addressLine": nil,
			"city": nil, "state": nil, "postcode": nil, "country": nil, "description": "", "accountId": nil,
			"assignedToIds": []any{}, "teamIds": []any{}, "tagIds": nil,
		},
		Cleared: `{"fullName":"Pam Beesly","email":null,"phone":null,"organization":null,"title":null,"department":null,"doNotCall":true,` +
			`"linkedinUrl":null,"addressLine":null,"city":null,"state":null,"postcode":null,"country":null,"description":null,"isActive":true,` +
			`"account":null,"assignedTo":[],"teams":[],"tags":[]}`,
		Search: []string{"beesly pam", "pam@DUNDER", "555-0101", "mifflin"},
		Row: func(n int) apitest.Input {
			return apitest.Input{"firstName": fmt.Sprintf("first%02d", n%5), "lastName": fmt.Sprintf("last%02d", n%9)}
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"},
			"FIRST_NAME": {Value: "firstName"}, "LAST_NAME": {Value: "lastName"}},
	})
}

func TestContactEmailIsUniqueInItsOrganization(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	env.Acme.Admin.Create(t, "Contact", apitest.Input{"email": "pam@dunder.example"})
	for _, row := range []struct {
		caller *apitest.Client
		want   string
	}{{env.Acme.Admin, "CONFLICT email"}, {env.Acme.Member, "CONFLICT email"}, {env.Globex.Admin, ""}} {
		if got := row.caller.TryUpdate(t, "Contact", row.caller.Create(t, "Contact", nil), apitest.Input{"email": "PAM@Dunder.Example"}).Refusal(); got != row.want {
			t.Errorf("%s: %q", row.caller.Email, got)
		}
	}
}

func TestContactJoinsThePeopleOfItsAccount(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	first, second := admin.Create(t, "Account", nil), admin.Create(t, "Account", nil)
	contact := admin.Create(t, "Contact", apitest.Input{"accountId": first})
	people := func(fact, account string, want int) {
		t.Helper()
		if got := admin.Read(t, "Account", account, "contacts { totalCount }"); got != fmt.Sprintf(`{"contacts":{"totalCount":%d}}`, want) {
			t.Errorf("%s: %s", fact, got)
		}
	}
	people("created with it", first, 1)
	admin.Update(t, "Contact", contact, apitest.Input{"accountId": second})
	people("changed to it", second, 1)
	people("changed from it", first, 1)
	admin.Update(t, "Contact", contact, apitest.Input{"accountId": nil})
	people("cleared", second, 1)
	admin.Update(t, "Account", second, apitest.Input{"contactIds": []any{}})
	people("taken from the people", second, 0)

	t.Run("only an account that the writer sees", func(t *testing.T) {
		for _, account := range []string{first, env.Globex.Admin.Create(t, "Account", nil)} {
			if got := env.Acme.Member.Try(t, "create", "Contact", apitest.Input{"firstName": "a", "lastName": "b", "accountId": account}).Refusal(); got != "INVALID accountId" {
				t.Errorf("got %q", got)
			}
		}
	})
}

func TestWhoWorksOnTheAccountWorksOnItsContacts(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, assignee, teammate := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	team := admin.Create(t, "Team", apitest.Input{"memberIds": []any{teammate.ProfileID.String()}})
	account := admin.Create(t, "Account", apitest.Input{"assignedToIds": []any{assignee.ProfileID.String()}, "teamIds": []any{team}})
	contact := admin.Create(t, "Contact", apitest.Input{"accountId": account})
	for _, c := range []*apitest.Client{assignee, teammate} {
		filters(t, c, "contacts", "id", map[string]string{`{accountIds: ["` + account + `"]}`: contact})
		c.Update(t, "Contact", contact, apitest.Input{"title": c.Email})
		c.Create(t, "Comment", apitest.Input{"entityType": "CONTACT", "entityId": contact})
		if got := c.TryDelete(t, "Contact", contact).Refusal(); got != "FORBIDDEN" {
			t.Errorf("%s deletes it: %q", c.Email, got)
		}
	}
	admin.Update(t, "Contact", contact, apitest.Input{"accountId": nil})
	for _, c := range []*apitest.Client{assignee, teammate} {
		if got := c.Read(t, "Contact", contact, "id"); got != "null" {
			t.Errorf("%s still sees %s", c.Email, got)
		}
	}
}

func TestContactFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	a := sharing(t, env)
	account := admin.Create(t, "Account", nil)
	admin.Create(t, "Contact", a.on(apitest.Input{"firstName": "One", "lastName": "Able", "email": "a@one.example", "phone": "555-0001", "city": "Oslo", "accountId": account}))
	two := admin.Create(t, "Contact", apitest.Input{"firstName": "Two", "lastName": "Baker"})
	admin.Update(t, "Contact", two, apitest.Input{"isActive": false})
	filters(t, admin, "contacts", "firstName", map[string]string{
		`{firstName: {equals: "ONE"}}`:      "One",
		`{lastName: {contains: "B"}}`:       "One Two",
		`{lastName: {startsWith: "b"}}`:     "Two",
		`{email: {contains: "one.EX"}}`:     "One",
		`{phone: {startsWith: "555"}}`:      "One",
		`{city: {contains: "slo"}}`:         "One",
		`{accountIds: ["` + account + `"]}`: "One",
		`{accountIds: []}`:                  "",
		`{isActive: false}`:                 "Two",
	})
	a.filters(t, admin, "contacts", "firstName", "One")
}
