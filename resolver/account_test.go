package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestAccountContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	tag := admin.Create(t, "Tag", apitest.Input{"name": "Key"})
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	contact := admin.Create(t, "Contact", apitest.Input{"firstName": "Ann"})
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Account", List: "accounts",
		Fields: `name email phone website industry numberOfEmployees annualRevenue { amount currency } addressLine city state postcode
			country description isActive assignedTo { user { name } } teams { name } tags { slug } contacts { nodes { firstName } }`,
		Full: apitest.Input{
			"name": "Dunder Mifflin", "email": "office@dunder.example", "phone": "+1 570 555-0100", "website": "https://dunder.example/",
			"industry": "APPAREL_ACCESSORIES", "numberOfEmployees": 0, "annualRevenue": "1000.5", "currency": "EUR",
			"addressLine": "1725 Slough Ave", "city": "Scranton", "state": "PA", "postcode": "18503", "country": "US", "description": "Paper.",
			"assignedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team}, "tagIds": []any{tag}, "contactIds": []any{contact},
		},
		Want: `{"name":"Dunder Mifflin","email":"office@dunder.example","phone":"+1 570 555-0100","website":"https://dunder.example/",` +
			`"industry":"APPAREL_ACCESSORIES","numberOfEmployees":0,"annualRevenue":{"amount":"1000.50","currency":"EUR"},` +
			`"addressLine":"1725 Slough Ave","city":"Scranton","state":"PA","postcode":"18503","country":"US","description":"Paper.","isActive":true,` +
			`"assignedTo":[{"user":{"name":"member"}}],"teams":[{"name":"North"}],"tags":[{"slug":"key"}],"contacts":{"nodes":[{"firstName":"Ann"}]}}`,
		Clear: apitest.Input{
			"email": nil, "phone": nil, "website": nil, "industry": nil, "numberOfEmployees": nil, "annualRevenue": nil, "currency": nil,
			"addressLine": nil, "city": "", "state": nil, "postcode": nil, "country": nil, "description": " ",
			"assignedToIds": []any{}, "teamIds": nil, "tagIds": []any{}, "contactIds": nil,
		},
		Cleared: `{"name":"Dunder Mifflin","email":null,"phone":null,"website":null,"industry":null,"numberOfEmployees":null,"annualRevenue":null,` +
			`"addressLine":null,"city":null,"state":null,"postcode":null,"country":null,"description":null,"isActive":true,` +
			`"assignedTo":[],"teams":[],"tags":[],"contacts":{"nodes":[]}}`,
		Search: []string{"mifflin DUNDER", "office@", "555-0100", "//dunder"},
		Row:    func(n int) apitest.Input { return apitest.Input{"name": fmt.Sprintf("row%02d", n)} },
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"}, "NAME": {Value: "name", Unique: true}},
	})
}

func TestAccountNameIsUniqueInItsOrganization(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	env.Acme.Admin.Create(t, "Account", apitest.Input{"name": "Dunder Mifflin"})
	other := env.Acme.Member.Create(t, "Account", nil)
	for _, row := range []struct {
		caller *apitest.Client
		name   string
		want   string
	}{
		{env.Acme.Admin, " dunder MIFFLIN ", "CONFLICT name"},
		{env.Acme.Member, "Dunder Mifflin", "CONFLICT name"}, // although they do not see the other account
		{env.Acme.Admin, " ", "INVALID name"},
		{env.Globex.Admin, "Dunder Mifflin", ""},
	} {
		if got := row.caller.Try(t, "create", "Account", apitest.Input{"name": row.name}).Refusal(); got != row.want {
			t.Errorf("create %q: %q", row.name, got)
		}
	}
	if got := env.Acme.Member.TryUpdate(t, "Account", other, apitest.Input{"name": "DUNDER MIFFLIN"}).Refusal(); got != "CONFLICT name" {
		t.Errorf("update: %q", got)
	}
}

func TestAccountInUseIsArchivedInstead(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	account := admin.Create(t, "Account", nil)
	task := admin.Create(t, "Task", apitest.Input{"accountId": account})
	contact := admin.Create(t, "Contact", apitest.Input{"accountId": account})
	deal := admin.Create(t, "Opportunity", apitest.Input{"accountId": account})

	r := admin.TryDelete(t, "Account", account)
	if r.Code() != "CONFLICT" || !strings.Contains(r.Errors[0].Message, "1 opportunities") {
		t.Errorf("with a deal: %s", r.Body)
	}
	admin.Update(t, "Account", account, apitest.Input{"isActive": false})
	filters(t, admin, "accounts", "id", map[string]string{`{isActive: true}`: "", `{isActive: false}`: account, `{}`: account})

	admin.TryDelete(t, "Opportunity", deal)
	if r := admin.TryDelete(t, "Account", account); r.Refusal() != "" {
		t.Errorf("without: %s", r.Body)
	}
	if got := admin.Read(t, "Task", task, "account { id }") + admin.Read(t, "Contact", contact, "account { id }"); got != `{"account":null}{"account":null}` {
		t.Errorf("tasks and people stay, without the account: %s", got)
	}
}

func TestAccountListsShowWhatTheViewerMaySee(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	account := admin.Create(t, "Account", apitest.Input{"assignedToIds": []any{member.ProfileID.String()}})
	for _, kind := range []string{"Opportunity", "Case", "Task"} {
		admin.Create(t, kind, apitest.Input{"accountId": account})
		member.Create(t, kind, apitest.Input{"accountId": account})
	}
	private := admin.Create(t, "Contact", nil)
	mine := member.Create(t, "Contact", nil)
	admin.Update(t, "Account", account, apitest.Input{"contactIds": []any{private, mine}})
	shared := admin.Create(t, "Contact", apitest.Input{"accountId": account}) // who works on the account works on its people
	for _, kind := range []string{"Opportunity", "Case"} {
		admin.Create(t, kind, apitest.Input{"contactIds": []any{shared}})
	}
	for _, row := range []struct {
		kind, id, list string
		admin, member  int
	}{
		{"Account", account, "contacts", 3, 2},
		{"Account", account, "opportunities", 2, 1},
		{"Account", account, "cases", 2, 1},
		{"Account", account, "tasks", 2, 1},
		{"Contact", shared, "opportunities", 1, 0},
		{"Contact", shared, "cases", 1, 0},
	} {
		for c, want := range map[*apitest.Client]int{admin: row.admin, member: row.member} {
			got := c.Read(t, row.kind, row.id, row.list+" { totalCount nodes { id } }")
			if !strings.Contains(got, fmt.Sprintf(`"totalCount":%d,`, want)) || strings.Count(got, `"id"`) != want {
				t.Errorf("%s of %s for %s: want %d, got %s", row.list, row.kind, c.Email, want, got)
			}
		}
	}
	t.Run("a record that is seen does not show what it refers to", func(t *testing.T) {
		hidden := admin.Create(t, "Account", nil)
		deal := admin.Create(t, "Opportunity", apitest.Input{"accountId": hidden, "contactIds": []any{private, mine}, "assignedToIds": []any{member.ProfileID.String()}})
		if got, want := member.Read(t, "Opportunity", deal, "account { id } contacts { id }"), `{"account":null,"contacts":[{"id":"`+mine+`"}]}`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("a writer who sees some of the people leaves the others", func(t *testing.T) {
		member.Update(t, "Account", account, apitest.Input{"contactIds": []any{mine}})
		if got := admin.Read(t, "Account", account, "contacts(orderBy: {field: CREATED_AT, direction: ASC}) { nodes { id } }"); got !=
			fmt.Sprintf(`{"contacts":{"nodes":[{"id":"%s"},{"id":"%s"}]}}`, private, mine) {
			t.Errorf("got %s", got)
		}
	})
}

func TestAccountFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	a := sharing(t, env)
	admin.Create(t, "Account", a.on(apitest.Input{"name": "One", "email": "office@one.example", "phone": "555-0001", "city": "Oslo", "industry": "BANKING"}))
	two := admin.Create(t, "Account", apitest.Input{"name": "Two", "city": "New York", "industry": "LEGAL"})
	admin.Update(t, "Account", two, apitest.Input{"isActive": false})
	long := strings.Repeat("long ", 30)
	admin.Create(t, "Account", apitest.Input{"name": long + "three"})
	filters(t, admin, "accounts", "name", map[string]string{
		`{name: {equals: "one"}}`:                        "One",
		`{name: {equals: " ONE "}}`:                      "One",
		`{name: {equals: "on"}}`:                         "",
		`{name: {equals: "` + long + `three"}}`:          long + "three",
		`{name: {contains: "w", startsWith: "T"}}`:       "Two",
		`{email: {startsWith: "OFFICE@"}}`:               "One",
		`{phone: {contains: "555"}}`:                     "One",
		`{city: {contains: "O"}, name: {contains: "w"}}`: "Two",
		`{industries: [BANKING, LEGAL]}`:                 "One Two",
		`{industries: []}`:                               "",
		`{isActive: false}`:                              "Two",
	})
	a.filters(t, admin, "accounts", "name", "One")
}

func TestMoney(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	swiss := env.Organization(t, "Swiss", "CHF", "Europe/Zurich").Admin
	for kind, field := range map[string]string{"Account": "annualRevenue", "Lead": "opportunityAmount", "Opportunity": "amount"} {
		for _, row := range []struct {
			amount, currency any
			want             string
		}{
			{"12.5", nil, `{"amount":"12.50","currency":"CHF"}`},
			{12, "JPY", `{"amount":"12.00","currency":"JPY"}`},
			{"0.10", nil, `{"amount":"0.10","currency":"CHF"}`},
			{0, nil, `{"amount":"0.00","currency":"CHF"}`},
			{nil, "EUR", `null`},
			{"0.001", nil, "INVALID " + field},
			{"-0.01", nil, "INVALID " + field},
			{"99999999999999", nil, "INVALID " + field},
			{"NaN", nil, "INVALID " + field},
			{1, "XXX", "INVALID currency"},
		} {
			input := apitest.Input{field: row.amount, "currency": row.currency}
			id := swiss.Create(t, kind, nil)
			if r := swiss.TryUpdate(t, kind, id, input); r.Refusal() != "" {
				if r.Refusal() != row.want {
					t.Errorf("%s %v: %s", kind, input, r.Body)
				}
				continue
			}
			if got, want := swiss.Read(t, kind, id, field+" { amount currency }"), `{"`+field+`":`+row.want+`}`; got != want {
				t.Errorf("%s %v: got %s, want %s", kind, input, got, want)
			}
		}
	}
}

func TestAllBadFieldsAreToldAtOnce(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	foreign := env.Globex.Admin.Create(t, "Account", nil)
	long := strings.Repeat("x", 300)
	for _, row := range []struct {
		kind  string
		input apitest.Input
		want  string
	}{
		{"Lead", apitest.Input{"title": long, "opportunityAmount": -1, "probability": 101, "status": "CONVERTED", "contactIds": []any{foreign}},
			"INVALID contactIds email opportunityAmount probability title"},
		{"Account", apitest.Input{"name": " ", "city": long, "numberOfEmployees": -1, "annualRevenue": "0.001", "tagIds": []any{foreign}},
			"INVALID annualRevenue city name numberOfEmployees tagIds"},
		{"Contact", apitest.Input{"firstName": "", "lastName": long, "department": long, "accountId": foreign}, "INVALID accountId department firstName lastName"},
		{"Opportunity", apitest.Input{"name": "", "stage": "CLOSED_WON", "probability": -1, "accountId": foreign, "assignedToIds": []any{env.Globex.Member.ProfileID.String()}},
			"INVALID accountId amount assignedToIds closedOn name probability"},
		{"Task", apitest.Input{"title": long, "leadId": foreign, "accountId": foreign, "teamIds": []any{foreign}}, "INVALID accountId leadId teamIds title"},
		{"Team", apitest.Input{"name": long, "memberIds": []any{env.Globex.Member.ProfileID.String()}}, "INVALID memberIds name"},
		{"Tag", apitest.Input{"name": long}, "INVALID name"},
	} {
		for verb, r := range map[string]*apitest.Response{
			"create": admin.Try(t, "create", row.kind, row.input),
			"update": admin.TryUpdate(t, row.kind, admin.Create(t, row.kind, nil), row.input),
		} {
			if got := r.Refusal(); got != row.want {
				t.Errorf("%s %s: got %q, want %q", verb, row.kind, got, row.want)
			}
		}
	}
	t.Run("null among them", func(t *testing.T) {
		r := admin.TryUpdate(t, "Lead", admin.Create(t, "Lead", nil), apitest.Input{"isActive": nil, "probability": 101})
		if got := r.Refusal(); got != "INVALID isActive probability" {
			t.Errorf("got %q", got)
		}
	})
}
