package resolver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// conversions are the paths to a converted lead. Each makes a lead and gives its id.
func conversions(c *apitest.Client) map[string]func(*testing.T, apitest.Input) string {
	return map[string]func(*testing.T, apitest.Input) string{
		"create": func(t *testing.T, input apitest.Input) string {
			input["status"] = "CONVERTED"
			return c.Create(t, "Lead", input)
		},
		"update": func(t *testing.T, input apitest.Input) string {
			id := c.Create(t, "Lead", input)
			c.Update(t, "Lead", id, apitest.Input{"status": "CONVERTED"})
			return id
		},
		"convert": func(t *testing.T, input apitest.Input) string {
			id := c.Create(t, "Lead", input)
			convert(t, c, id)
			return id
		},
	}
}

func convert(t *testing.T, c *apitest.Client, lead string) {
	t.Helper()
	if r := c.Try(t, "convert", "Lead", apitest.Input{"id": lead}); r.Refusal() != "" {
		t.Fatal(r.Body)
	}
}

func TestLeadConversion(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	lead := env.Acme.Admin.Do(t, `mutation { createLead(input: {title: "Paper", email: "m@dunder.example", firstName: "Michael",
		companyName: "Dunder", opportunityAmount: "100.5", source: EXISTING_CUSTOMER}) { lead { id } } }`, nil).Text(t, "createLead.lead.id")

	const convert = `mutation($id: ID!) { convertLead(input: {id: $id}) {
		lead { status } account { name contacts { totalCount nodes { fullName } } opportunities { nodes { name stage probability amount { amount currency } leadSource } } }
		contact { fullName account { name } } opportunity { name } } }`
	r := env.Acme.Admin.Do(t, convert, map[string]any{"id": lead})
	want := `{"convertLead":{"lead":{"status":"CONVERTED"},"account":{"name":"Dunder","contacts":{"totalCount":1,"nodes":[{"fullName":"Michael Dunder"}]},` +
		`"opportunities":{"nodes":[{"name":"Dunder - Michael","stage":"QUALIFICATION","probability":25,"amount":{"amount":"100.50","currency":"USD"},"leadSource":"EXISTING_CUSTOMER"}]}},` +
		`"contact":{"fullName":"Michael Dunder","account":{"name":"Dunder"}},"opportunity":{"name":"Dunder - Michael"}}}`
	if string(r.Data) != want {
		t.Errorf("got  %s\nwant %s", r.Data, want)
	}

	t.Run("a second conversion is refused", func(t *testing.T) {
		env.Acme.Admin.Refused(t, "CONFLICT", convert, map[string]any{"id": lead})
	})
}

func TestConversionCarriesEverythingOver(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	leaver := env.User(t, env.Acme, "leaver")
	kept, archived := admin.Create(t, "Tag", apitest.Input{"name": "kept"}), admin.Create(t, "Tag", apitest.Input{"name": "archived"})
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	related := admin.Create(t, "Contact", apitest.Input{"firstName": "Pam"})
	for path, convert := range conversions(admin) {
		t.Run("by "+path, func(t *testing.T) {
			lead := convert(t, apitest.Input{
				"firstName": "Michael", "lastName": "Scott", "companyName": "Dunder " + path, "email": path + "@dunder.example", "phone": "570-555-0102",
				"jobTitle": "Manager", "website": "https://dunder.example/", "linkedinUrl": "https://linkedin.example/m", "industry": "SERVICE",
				"city": "Scranton", "country": "US", "description": "Paper.", "opportunityAmount": "12.30", "currency": "EUR", "probability": 40,
				"closeDate": "2030-01-31", "source": "PUBLIC_RELATIONS", "contactIds": []any{related},
				"assignedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team}, "tagIds": []any{kept},
			})
			const shared = `assignedTo { user { name } } teams { name } tags { name }`
			const sharedWant = `"assignedTo":[{"user":{"name":"member"}}],"teams":[{"name":"North"}],"tags":[{"name":"kept"}]`
			got := admin.Read(t, "Lead", lead, `status
				convertedAccount { name email phone website industry city country description contacts(orderBy: {field: FIRST_NAME, direction: ASC}) { nodes { firstName } } `+shared+` }
				convertedContact { fullName email phone title organization linkedinUrl city country account { name } `+shared+` }
				convertedOpportunity { name stage amount { amount currency } probability closedOn leadSource account { name } contacts { firstName } `+shared+` }`)
			want := `{"status":"CONVERTED","convertedAccount":{"name":"Dunder NAME","email":"NAME@dunder.example","phone":"570-555-0102","website":"https://dunder.example/",` +
				`"industry":"SERVICE","city":"Scranton","country":"US","description":"Paper.","contacts":{"nodes":[{"firstName":"Michael"},{"firstName":"Pam"}]},` + sharedWant + `},` +
				`"convertedContact":{"fullName":"Michael Scott","email":"NAME@dunder.example","phone":"570-555-0102","title":"Manager","organization":"Dunder NAME",` +
				`"linkedinUrl":"https://linkedin.example/m","city":"Scranton","country":"US","account":{"name":"Dunder NAME"},` + sharedWant + `},` +
				`"convertedOpportunity":{"name":"Dunder NAME - Michael Scott","stage":"QUALIFICATION","amount":{"amount":"12.30","currency":"EUR"},"probability":40,` +
				`"closedOn":"2030-01-31","leadSource":"PUBLIC_RELATIONS","account":{"name":"Dunder NAME"},"contacts":[{"firstName":"Michael"},{"firstName":"Pam"}],` + sharedWant + `}}`
			if want = strings.ReplaceAll(want, "NAME", path); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			if at := admin.Read(t, "Lead", lead, "convertedAt"); at == `{"convertedAt":null}` {
				t.Error("when it was converted is not known")
			}
		})
	}
	t.Run("suspended members and archived tags stay behind", func(t *testing.T) {
		lead := admin.Create(t, "Lead", apitest.Input{"companyName": "Vance", "email": "bob@vance.example",
			"assignedToIds": []any{leaver.ProfileID.String()}, "tagIds": []any{archived}})
		env.Suspend(t, leaver)
		admin.Update(t, "Tag", archived, apitest.Input{"isActive": false})
		convert(t, admin, lead)
		const shared = `{ assignedTo { user { name } } tags { name } }`
		got := admin.Read(t, "Lead", lead, `assignedTo { user { name } } tags { name } convertedAccount `+shared+` convertedContact `+shared+` convertedOpportunity `+shared)
		none := `{"assignedTo":[],"tags":[]}`
		want := `{"assignedTo":[{"user":{"name":"leaver"}}],"tags":[{"name":"archived"}],"convertedAccount":` + none + `,"convertedContact":` + none + `,"convertedOpportunity":` + none + `}`
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
	t.Run("comments move to the account", func(t *testing.T) {
		lead := admin.Create(t, "Lead", apitest.Input{"companyName": "Schrute", "email": "dwight@schrute.example"})
		admin.Create(t, "Comment", apitest.Input{"entityType": "LEAD", "entityId": lead, "comment": "Beets."})
		convert(t, admin, lead)
		got := admin.Read(t, "Lead", lead, `comments { totalCount } convertedAccount { comments { nodes { comment entityType } } }`)
		if want := `{"comments":{"totalCount":0},"convertedAccount":{"comments":{"nodes":[{"comment":"Beets.","entityType":"ACCOUNT"}]}}}`; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestConversionReusesWhatExists(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	t.Run("the account of the same name, ignoring case, even one that the viewer may not see", func(t *testing.T) {
		account := admin.Create(t, "Account", apitest.Input{"name": "Dunder Mifflin"})
		lead := member.Create(t, "Lead", apitest.Input{"companyName": "DUNDER mifflin", "email": "m@dunder.example"})
		r := member.Do(t, `mutation($id: ID!) { convertLead(input: {id: $id}) { account { id } contact { email } opportunity { name account { id } } } }`,
			map[string]any{"id": lead})
		want := `{"convertLead":{"account":null,"contact":{"email":"m@dunder.example"},"opportunity":{"name":"DUNDER mifflin","account":null}}}`
		if string(r.Data) != want {
			t.Errorf("the member is shown %s", r.Data)
		}
		got := admin.Read(t, "Account", account, `name contacts { nodes { email } } opportunities { nodes { name } }`)
		if want := `{"name":"Dunder Mifflin","contacts":{"nodes":[{"email":"m@dunder.example"}]},"opportunities":{"nodes":[{"name":"DUNDER mifflin"}]}}`; got != want {
			t.Errorf("the account has become %s", got)
		}
	})
	t.Run("an existing account gets the lead's assignees, teams and tags besides its own", func(t *testing.T) {
		own, leads := admin.Create(t, "Tag", apitest.Input{"name": "a"}), admin.Create(t, "Tag", apitest.Input{"name": "b"})
		account := admin.Create(t, "Account", apitest.Input{"name": "Vance", "tagIds": []any{own}})
		lead := admin.Create(t, "Lead", apitest.Input{"companyName": "vance", "email": "bob@vance.example", "tagIds": []any{own, leads},
			"assignedToIds": []any{member.ProfileID.String()}})
		convert(t, admin, lead)
		got := member.Read(t, "Account", account, `tags { name } assignedTo { user { name } }`)
		if want := `{"tags":[{"name":"a"},{"name":"b"}],"assignedTo":[{"user":{"name":"member"}}]}`; got != want {
			t.Errorf("got %s", got)
		}
	})
	t.Run("the contact of the same address, ignoring case; it keeps the account it has", func(t *testing.T) {
		other := admin.Create(t, "Account", apitest.Input{"name": "Other"})
		for i, row := range []struct {
			account any
			want    string
		}{{nil, "New 0"}, {other, "Other"}} {
			email := fmt.Sprintf("jan%d@dunder.example", i)
			contact := admin.Create(t, "Contact", apitest.Input{"firstName": "Jan", "email": email, "accountId": row.account})
			lead := admin.Create(t, "Lead", apitest.Input{"companyName": fmt.Sprintf("New %d", i), "email": strings.ToUpper(email)})
			convert(t, admin, lead)
			got := admin.Read(t, "Lead", lead, `convertedContact { id account { name } } convertedAccount { contacts { nodes { id } } }`)
			want := fmt.Sprintf(`{"convertedContact":{"id":"%s","account":{"name":"%s"}},"convertedAccount":{"contacts":{"nodes":[{"id":"%[1]s"}]}}}`, contact, row.want)
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		}
	})
}

func TestConversionMakesWhatTheLeadSaysEnoughFor(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	long := strings.Repeat("x", 200)
	for i, row := range []struct {
		fact  string
		input apitest.Input
		want  string // account, contact, deal
	}{
		{"company and person", apitest.Input{"companyName": "A", "firstName": "Al", "lastName": "Ba"}, "A / Al Ba / A - Al Ba"},
		{"a company", apitest.Input{"companyName": "B"}, "B / mail0 B / B"},
		{"a person", apitest.Input{"firstName": "Cy", "lastName": "Do"}, "Cy Do / Cy Do / Cy Do"},
		{"a last name makes no deal", apitest.Input{"lastName": "Dee"}, "Dee / Dee Dee / -"},
		{"an amount makes a deal of its own", apitest.Input{"title": "Paper", "opportunityAmount": 1}, "- / mail0 dunder.example / Paper"},
		{"a title makes no account and no deal", apitest.Input{"title": "Paper"}, "- / mail0 dunder.example / -"},
		{"a deal's name that is taken gets a number", apitest.Input{"title": "Paper", "opportunityAmount": 1}, "- / mail0 dunder.example / Paper (2)"},
		{"an account's name is not longer than its column", apitest.Input{"firstName": long, "lastName": long}, "255 / 401 / 240"},
		{"a web site that an account cannot hold stays behind", apitest.Input{"companyName": "E", "website": "https://e.example/" + long}, "E / mail0 E / E"},
	} {
		row.input["email"] = fmt.Sprintf("mail%d@dunder.example", i)
		lead := admin.Create(t, "Lead", row.input)
		if r := admin.Try(t, "convert", "Lead", apitest.Input{"id": lead}); r.Refusal() != "" {
			t.Errorf("%s: %s", row.fact, r.Body)
			continue
		}
		r := admin.Do(t, `query($id: ID!) { lead(id: $id) { convertedAccount { name } convertedContact { name: fullName } convertedOpportunity { name } } }`,
			map[string]any{"id": lead})
		var parts []string
		for _, part := range []string{"Account", "Contact", "Opportunity"} {
			name := r.Text(t, "lead.converted"+part+".name")
			switch {
			case name == "":
				name = "-"
			case len(name) > 100:
				name = fmt.Sprint(len(name))
			}
			parts = append(parts, name)
		}
		if got, want := strings.Join(parts, " / "), strings.ReplaceAll(row.want, "mail0", fmt.Sprintf("mail%d", i)); got != want {
			t.Errorf("%s: got %q, want %q", row.fact, got, want)
		}
	}
	t.Run("the number is one that is free", func(t *testing.T) {
		admin.Create(t, "Opportunity", apitest.Input{"name": "Gap"})
		admin.Create(t, "Opportunity", apitest.Input{"name": "gap (3)"})
		for _, want := range []string{"GAP (2)", "GAP (4)"} {
			lead := admin.Create(t, "Lead", apitest.Input{"companyName": "GAP", "email": want[5:6] + "@gap.example"})
			convert(t, admin, lead)
			if got := admin.Read(t, "Lead", lead, "convertedOpportunity { name }"); got != `{"convertedOpportunity":{"name":"`+want+`"}}` {
				t.Errorf("want %s, got %s", want, got)
			}
		}
	})
}

func TestConversionMapsSourceAndProbability(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	n := 0
	for _, source := range []any{nil, "CALL", "EMAIL", "EXISTING_CUSTOMER", "PARTNER", "PUBLIC_RELATIONS", "CAMPAIGN", "OTHER"} {
		for given, probability := range map[any]int{nil: 25, 0: 25, 1: 1, 100: 100} {
			n++
			lead := admin.Create(t, "Lead", apitest.Input{"companyName": "Dunder", "email": fmt.Sprintf("mail%d@dunder.example", n),
				"source": source, "probability": given})
			convert(t, admin, lead)
			want := fmt.Sprintf(`{"convertedOpportunity":{"leadSource":%q,"probability":%d}}`, source, probability)
			if source == nil {
				want = fmt.Sprintf(`{"convertedOpportunity":{"leadSource":null,"probability":%d}}`, probability)
			}
			if got := admin.Read(t, "Lead", lead, `convertedOpportunity { leadSource probability }`); got != want {
				t.Errorf("%v: got %s, want %s", source, got, want)
			}
		}
	}
}

func TestConcurrentConversions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	at := func(t *testing.T, leads ...string) []string {
		return racing(len(leads), func(i int) string { return admin.Try(t, "convert", "Lead", apitest.Input{"id": leads[i]}).Refusal() })
	}
	for round := range 5 {
		company := fmt.Sprintf("Dunder %d", round)
		filter := fmt.Sprintf("(filter: {name: {startsWith: %q}})", company)
		lead := func(person string) string {
			return admin.Create(t, "Lead", apitest.Input{"companyName": company, "firstName": person, "email": fmt.Sprintf("%s%d@dunder.example", person, round)})
		}
		t.Run("of one lead, exactly one wins", func(t *testing.T) {
			one := lead("Al")
			if got := at(t, one, one); !slices.Equal(got, []string{"", "CONFLICT status"}) {
				t.Errorf("answers %q", got)
			}
			if deals := admin.List(t, "opportunities"+filter, "name"); len(deals) != 1 {
				t.Errorf("deals %v", deals)
			}
		})
		company = fmt.Sprintf("Vance %d", round)
		filter = fmt.Sprintf("(filter: {name: {startsWith: %q}})", company)
		t.Run("of two leads of a new company, both win and share an account", func(t *testing.T) {
			if got := at(t, lead("Bo"), lead("Cy")); !slices.Equal(got, []string{"", ""}) {
				t.Errorf("answers %q", got)
			}
			if accounts := admin.List(t, "accounts"+filter, "name"); len(accounts) != 1 {
				t.Errorf("accounts %v", accounts)
			}
			if deals := admin.List(t, "opportunities"+filter, "name"); len(deals) != 2 {
				t.Errorf("deals %v", deals)
			}
		})
	}
}

func TestFailedConversionLeavesNothing(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	// The deal is the last thing that is made. A token that may not make deals fails there.
	limited := env.Limited(t, env.Acme, admin, "leads:read", "leads:write", "accounts:read", "accounts:write", "contacts:read", "contacts:write")
	input := apitest.Input{"companyName": "Dunder", "email": "m@dunder.example"}
	lead := admin.Create(t, "Lead", input)
	admin.Create(t, "Comment", apitest.Input{"entityType": "LEAD", "entityId": lead})
	before := admin.List(t, "activities(first: 100)", "id")
	for path, r := range map[string]*apitest.Response{
		"convert": limited.Try(t, "convert", "Lead", apitest.Input{"id": lead}),
		"update":  limited.TryUpdate(t, "Lead", lead, apitest.Input{"status": "CONVERTED"}),
		"create":  limited.Try(t, "create", "Lead", apitest.Input{"companyName": "Vance", "email": "b@vance.example", "status": "CONVERTED"}),
	} {
		if r.Refusal() != "FORBIDDEN" {
			t.Fatalf("%s: %s", path, r.Body)
		}
	}
	for list, want := range map[string]int{"accounts": 0, "contacts": 0, "opportunities": 0, "leads": 1} {
		if ids := admin.List(t, list, "id"); len(ids) != want {
			t.Errorf("%s: %v", list, ids)
		}
	}
	if got := admin.Read(t, "Lead", lead, "status version comments { totalCount }"); got != `{"status":"ASSIGNED","version":1,"comments":{"totalCount":1}}` {
		t.Errorf("the lead has become %s", got)
	}
	if after := admin.List(t, "activities(first: 100)", "id"); !slices.Equal(after, before) {
		t.Errorf("the timeline tells of what did not happen: %v, was %v", after, before)
	}
}
