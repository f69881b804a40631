package resolver_test

import (
	"fmt"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestLeadContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	tag := admin.Create(t, "Tag", apitest.Input{"name": "Key"})
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	contact := admin.Create(t, "Contact", apitest.Input{"firstName": "Ann"})
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Lead", List: "leads",
		Fields: `name title salutation firstName lastName email phone jobTitle companyName website linkedinUrl status source industry rating
			opportunityAmount { amount currency } probability closeDate addressLine city state postcode country lastContacted nextFollowUp
			description isActive assignedTo { user { name } } teams { name } tags { slug } contacts { firstName }`,
		Full: apitest.Input{
			"title": "Paper for a year", "salutation": "Mr", "firstName": "Michael", "lastName": "Scott", "email": "michael@dunder.example",
			"phone": "(570) 555.0102", "jobTitle": "Manager", "companyName": "Dunder Mifflin", "website": "https://dunder.example/",
			"linkedinUrl": "https://linkedin.example/michael", "status": "IN_PROCESS", "source": "PUBLIC_RELATIONS", "industry": "SERVICE",
			"rating": "HOT", "opportunityAmount": "100.5", "currency": "EUR", "probability": 0, "closeDate": "2030-01-31",
			"addressLine": "1725 Slough Ave", "city": "Scranton", "state": "PA", "postcode": "18503", "country": "US",
			"lastContacted": "2030-01-01", "nextFollowUp": "2030-01-02", "description": "World's best.",
			"assignedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team}, "tagIds": []any{tag}, "contactIds": []any{contact},
		},
		Want: `{"name":"Paper for a year","title":"Paper for a year","salutation":"Mr","firstName":"Michael","lastName":"Scott",` +
			`"email":"michael@dunder.example","phone":"(570) 555.0102","jobTitle":"Manager","companyName":"Dunder Mifflin",` +
			`"website":"https://dunder.example/","linkedinUrl":"https://linkedin.example/michael","status":"IN_PROCESS","source":"PUBLIC_RELATIONS",` +
			`"industry":"SERVICE","rating":"HOT","opportunityAmount":{"amount":"100.50","currency":"EUR"},"probability":0,"closeDate":"2030-01-31",` +
			`"addressLine":"1725 Slough Ave","city":"Scranton","state":"PA","postcode":"18503","country":"US","lastContacted":"2030-01-01",` +
			`"nextFollowUp":"2030-01-02","description":"World's best.","isActive":true,"assignedTo":[{"user":{"name":"member"}}],` +
			`"teams":[{"name":"North"}],"tags":[{"slug":"key"}],"contacts":[{"firstName":"Ann"}]}`,
		Clear: apitest.Input{
			"salutation": nil, "firstName": nil, "lastName": nil, "email": nil, "phone": nil, "jobTitle": nil, "companyName": nil, "website": nil,
			"linkedinUrl": nil, "source": nil, "industry": nil, "rating": nil, "opportunityAmount": nil, "currency": nil, "probability": nil,
			"closeDate": nil, "addressLine": nil, "city": nil, "state": nil, "postcode": nil, "country": nil, "lastContacted": nil,
			"nextFollowUp": nil, "description": nil, "assignedToIds": nil, "teamIds": []any{}, "tagIds": []any{}, "contactIds": []any{},
		},
		Cleared: `{"name":"Paper for a year","title":"Paper for a year","salutation":null,"firstName":null,"lastName":null,"email":null,"phone":null,` +
			`"jobTitle":null,"companyName":null,"website":null,"linkedinUrl":null,"status":"IN_PROCESS","source":null,"industry":null,"rating":null,` +
			`"opportunityAmount":null,"probability":null,"closeDate":null,"addressLine":null,"city":null,"state":null,"postcode":null,"country":null,` +
			`"lastContacted":null,"nextFollowUp":null,"description":null,"isActive":true,"assignedTo":[],"teams":[],"tags":[],"contacts":[]}`,
		Search: []string{"paper YEAR", "scott michael", "dunder mifflin", "michael@", "555.0102"},
		Row: func(n int) apitest.Input {
			row := apitest.Input{"email": fmt.Sprintf("row%d@rows.example", n)}
			if n%3 > 0 {
				row["title"], row["lastName"], row["companyName"] = fmt.Sprintf("title%02d", n%7), fmt.Sprintf("last%02d", n%7), fmt.Sprintf("company%02d", n%7)
				row["opportunityAmount"] = fmt.Sprintf("%d.5", n%11*10)
				row["lastContacted"], row["nextFollowUp"] = fmt.Sprintf("2030-01-%02d", n%7+1), fmt.Sprintf("2030-02-%02d", n%7+1)
			}
			return row
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"},
			"TITLE": {Value: "title", Nullable: true}, "LAST_NAME": {Value: "lastName", Nullable: true},
			"COMPANY_NAME": {Value: "companyName", Nullable: true}, "OPPORTUNITY_AMOUNT": {Value: "opportunityAmount { amount }", Nullable: true},
			"LAST_CONTACTED": {Value: "lastContacted", Nullable: true}, "NEXT_FOLLOW_UP": {Value: "nextFollowUp", Nullable: true}},
	})
}

func TestLeadEmailIsUniqueInItsOrganization(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	env.Acme.Admin.Create(t, "Lead", apitest.Input{"email": "m@dunder.example"})
	for _, row := range []struct {
		caller *apitest.Client
		email  string
		want   string
	}{
		{env.Acme.Member, "M@Dunder.Example", "CONFLICT email"}, // although they do not see the other lead
		{env.Acme.Admin, "m@dunder.example", "CONFLICT email"},
		{env.Globex.Admin, "m@dunder.example", ""},
	} {
		if got := row.caller.Try(t, "create", "Lead", apitest.Input{"email": row.email}).Refusal(); got != row.want {
			t.Errorf("create %s: %q", row.email, got)
		}
		id := row.caller.Create(t, "Lead", nil)
		got := row.caller.TryUpdate(t, "Lead", id, apitest.Input{"email": row.email}).Refusal()
		if want := "CONFLICT email"; got != want {
			t.Errorf("update %s: %q", row.email, got)
		}
	}
}

func TestLeadNeedsSomethingToShow(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, row := range []struct {
		input apitest.Input
		want  string
	}{
		{apitest.Input{}, "INVALID title"},
		{apitest.Input{"title": "  ", "city": "Scranton"}, "INVALID title"},
		{apitest.Input{"title": "Paper"}, ""},
		{apitest.Input{"firstName": "Michael"}, ""},
		{apitest.Input{"lastName": "Scott"}, ""},
		{apitest.Input{"companyName": "Dunder"}, ""},
		{apitest.Input{"email": "m@dunder.example"}, ""},
	} {
		if got := env.Acme.Admin.Try(t, "create", "Lead", row.input).Refusal(); got != row.want {
			t.Errorf("%v: %q", row.input, got)
		}
	}
	id := env.Acme.Admin.Create(t, "Lead", apitest.Input{"title": "Paper"})
	if got := env.Acme.Admin.TryUpdate(t, "Lead", id, apitest.Input{"title": nil}).Refusal(); got != "INVALID title" {
		t.Errorf("the last thing taken away: %q", got)
	}
}

func TestLeadStatus(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	open := []string{"ASSIGNED", "IN_PROCESS", "RECYCLED", "CLOSED"}

	t.Run("open and closed ones may be exchanged freely", func(t *testing.T) {
		for _, from := range open {
			for _, to := range open {
				id := admin.Create(t, "Lead", apitest.Input{"status": from})
				admin.Update(t, "Lead", id, apitest.Input{"status": to})
			}
		}
	})
	t.Run("CONVERTED needs an e-mail address, whichever path leads there", func(t *testing.T) {
		id := admin.Create(t, "Lead", nil)
		for path, r := range map[string]*apitest.Response{
			"create":  admin.Try(t, "create", "Lead", apitest.Input{"title": "x", "status": "CONVERTED"}),
			"update":  admin.TryUpdate(t, "Lead", id, apitest.Input{"status": "CONVERTED"}),
			"convert": admin.Try(t, "convert", "Lead", apitest.Input{"id": id}),
		} {
			if r.Refusal() != "INVALID email" {
				t.Errorf("%s: %s", path, r.Body)
			}
		}
	})
	t.Run("CONVERTED is final, whichever path led there", func(t *testing.T) {
		for path, convert := range conversions(admin) {
			id := convert(t, apitest.Input{"email": path + "@dunder.example"})
			for _, status := range append(open, "CONVERTED") {
				if got := admin.TryUpdate(t, "Lead", id, apitest.Input{"status": status}).Refusal(); got != "CONFLICT status" {
					t.Errorf("%s, then %s: %q", path, status, got)
				}
			}
			if got := admin.Try(t, "convert", "Lead", apitest.Input{"id": id}).Refusal(); got != "CONFLICT status" {
				t.Errorf("%s, then convert: %q", path, got)
			}
			admin.Update(t, "Lead", id, apitest.Input{"description": "Else it may change."})
		}
	})
}

func TestLeadDaysFollowTheOrganizationsCalendar(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, zone := range farZones {
		admin := env.Organization(t, zone.name, "USD", zone.zone).Admin
		for _, row := range []struct {
			contacted, followUp int // days from today
			status, want        string
		}{
			{-30, 0, "ASSIGNED", `{"daysSinceLastContact":30,"isStale":false,"daysUntilFollowUp":0,"isFollowUpOverdue":false}`},
			{-31, -1, "ASSIGNED", `{"daysSinceLastContact":31,"isStale":true,"daysUntilFollowUp":-1,"isFollowUpOverdue":true}`},
			{-31, -1, "CLOSED", `{"daysSinceLastContact":31,"isStale":false,"daysUntilFollowUp":-1,"isFollowUpOverdue":false}`},
			{0, 40, "RECYCLED", `{"daysSinceLastContact":0,"isStale":false,"daysUntilFollowUp":40,"isFollowUpOverdue":false}`},
		} {
			id := admin.Create(t, "Lead", apitest.Input{"status": row.status, "lastContacted": zone.day(row.contacted), "nextFollowUp": zone.day(row.followUp)})
			if got := admin.Read(t, "Lead", id, "daysSinceLastContact isStale daysUntilFollowUp isFollowUpOverdue"); got != row.want {
				t.Errorf("%s:\ngot  %s\nwant %s", zone.name, got, row.want)
			}
		}
	}
}

func TestLeadFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	a := sharing(t, env)
	admin.Create(t, "Lead", a.on(apitest.Input{
		"title": "one", "status": "IN_PROCESS", "source": "CALL", "rating": "HOT", "industry": "BANKING", "firstName": "Öda", "lastName": "Able",
		"email": "oda@one.example", "phone": "555-0001", "companyName": "Firm & Son", "city": "Oslo", "opportunityAmount": "10",
	}))
	admin.Create(t, "Lead", apitest.Input{"title": "two", "status": "CLOSED", "source": "OTHER", "rating": "COLD", "industry": "LEGAL",
		"email": "tom@two.example", "opportunityAmount": "20.5"})
	three := admin.Create(t, "Lead", apitest.Input{"title": "three", "status": "RECYCLED"})
	admin.Update(t, "Lead", three, apitest.Input{"isActive": false})
	filters(t, admin, "leads", "title", map[string]string{
		`{}`:                                          "one three two",
		`{statuses: [CLOSED, RECYCLED]}`:              "three two",
		`{statuses: []}`:                              "",
		`{statuses: null}`:                            "one three two",
		`{isOpen: true}`:                              "one three",
		`{isOpen: false}`:                             "two",
		`{sources: [CALL, EMAIL]}`:                    "one",
		`{ratings: [HOT, COLD]}`:                      "one two",
		`{industries: [LEGAL]}`:                       "two",
		`{firstName: {equals: "ÖDA"}}`:                "one",
		`{lastName: {startsWith: "ab"}}`:              "one",
		`{lastName: {startsWith: "ble"}}`:             "",
		`{email: {contains: "@TWO"}}`:                 "two",
		`{email: {startsWith: "t", contains: "one"}}`: "",
		`{phone: {contains: "0001"}}`:                 "one",
		`{companyName: {contains: "& s"}}`:            "one",
		`{companyName: {contains: "%"}}`:              "",
		`{city: {equals: "oslo"}}`:                    "one",
		`{amount: {min: "10.01"}}`:                    "two",
		`{amount: {min: 10, max: "20.5"}}`:            "one two",
		`{amount: {max: 10}}`:                         "one",
		`{isActive: false}`:                           "three",
		`{isActive: true, sources: [OTHER]}`:          "two",
	})
	a.filters(t, admin, "leads", "title", "one")
}
