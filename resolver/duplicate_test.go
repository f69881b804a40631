package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// alike asks for duplicates and writes them as "title MATCH MATCH", one a line.
func alike(t *testing.T, c *apitest.Client, candidate string) string {
	t.Helper()
	r := c.Do(t, "{ possibleDuplicates("+candidate+") { title matches node { id } } }", nil)
	var lines []string
	for i := 0; r.Get(t, fmt.Sprintf("possibleDuplicates.%d", i)) != nil; i++ {
		at := fmt.Sprintf("possibleDuplicates.%d.", i)
		lines = append(lines, r.Text(t, at+"title")+" "+strings.Trim(fmt.Sprint(r.Get(t, at+"matches")), "[]"))
	}
	return strings.Join(lines, "\n")
}

func TestPossibleDuplicatesOfAContact(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	ada := admin.Create(t, "Contact", apitest.Input{"firstName": "Ada", "lastName": "Lovelace", "email": "ada@love.example", "phone": "+49 (0)30 123-4567"})
	admin.Create(t, "Contact", apitest.Input{"firstName": "Ada", "lastName": "Byron", "phone": "030 1234567"})
	admin.Create(t, "Contact", apitest.Input{"firstName": "Old", "lastName": "Lovelace", "phone": "0301234567"})
	admin.Update(t, "Contact", strings.Trim(admin.List(t, `contacts(search: "old")`, "id")[0], `"`), apitest.Input{"isActive": false})
	env.Globex.Admin.Create(t, "Contact", apitest.Input{"firstName": "Ada", "lastName": "Lovelace"})
	for candidate, want := range map[string]string{
		`contact: {}`: "",
		`contact: {firstName: "ADA", lastName: " lovelace "}`: "Ada Lovelace NAME",
		`contact: {firstName: "Ada"}`:                         "",
		`contact: {email: "ADA@love.example"}`:                "Ada Lovelace EMAIL",
		`contact: {phone: "0049 30 1234567"}`:                 "", // another number by its last ten digits
		`contact: {phone: "49-030-1234567"}`:                  "Ada Byron PHONE\nAda Lovelace PHONE",
		`contact: {firstName: "Ada", lastName: "Byron", phone: "+44 0301234567", email: "ada@love.example"}`: "Ada Lovelace EMAIL PHONE\nAda Byron PHONE NAME",
		`contact: {email: "ada@love.example", contactId: "` + ada + `"}`:                                     "",
		`contact: {email: "nobody@love.example"}`:                                                            "",
	} {
		if got := alike(t, admin, candidate); got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", candidate, got, want)
		}
	}
}

func TestPossibleDuplicatesOfALead(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	admin.Create(t, "Lead", apitest.Input{"title": "one", "firstName": "Ada", "lastName": "Lovelace", "email": "ada@love.example", "companyName": "The Analytical Engines Company"})
	admin.Create(t, "Lead", apitest.Input{"title": "two", "lastName": "Lovelace", "phone": "030 1234567", "companyName": "Engines"})
	for candidate, want := range map[string]string{
		`lead: {firstName: "ada", lastName: "LOVELACE"}`:                                       "one NAME",
		`lead: {lastName: "Lovelace"}`:                                                         "",
		`lead: {companyName: "analytical engines"}`:                                            "one COMPANY_NAME",
		`lead: {companyName: "ENGINE"}`:                                                        "two COMPANY_NAME\none COMPANY_NAME",
		`lead: {companyName: "engines analytical"}`:                                            "",
		`lead: {companyName: "en"}`:                                                            "",
		`lead: {companyName: "!!!"}`:                                                           "",
		`lead: {phone: "(030) 123 45 67", companyName: "engines"}`:                             "two PHONE COMPANY_NAME\none COMPANY_NAME",
		`lead: {companyName: "engine"}, first: 1`:                                              "two COMPANY_NAME",
		`lead: {email: "ada@love.example"}, contact: {email: "ada@love.example"}, account: {}`: "one EMAIL",
	} {
		if got := alike(t, admin, candidate); got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", candidate, got, want)
		}
	}
}

func TestPossibleDuplicatesOfAnAccount(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	admin.Create(t, "Account", apitest.Input{"name": "Initech GmbH", "website": "https://www.initech.example:8080/about?x", "email": "office@initech.example", "phone": "030 7654321"})
	admin.Create(t, "Account", apitest.Input{"name": "initech Holding", "website": "http://shop.initech.example"})
	admin.Create(t, "Account", apitest.Input{"name": "New Initech", "website": "https://initechs.example"})
	admin.Create(t, "Account", apitest.Input{"name": "Al Initech"})
	for candidate, want := range map[string]string{
		`account: {name: "INITECH gmbh"}`:                         "Initech GmbH NAME FIRST_WORD\ninitech Holding FIRST_WORD",
		`account: {name: "Initech"}`:                              "initech Holding FIRST_WORD\nInitech GmbH FIRST_WORD",
		`account: {name: "Inite"}`:                                "",
		`account: {name: "Al Dente"}`:                             "", // two letters say nothing
		`account: {website: "http://INITECH.example"}`:            "Initech GmbH WEBSITE",
		`account: {website: "https://www.shop.initech.example/"}`: "initech Holding WEBSITE",
		`account: {email: "OFFICE@initech.example"}`:              "Initech GmbH EMAIL",
		`account: {phone: "+49 30 7654321"}`:                      "",
		`account: {phone: "0307654321"}`:                          "Initech GmbH PHONE",
	} {
		if got := alike(t, admin, candidate); got != want {
			t.Errorf("%s:\ngot  %q\nwant %q", candidate, got, want)
		}
	}
	for candidate, refusal := range map[string]string{`first: 0`: "INVALID first", `first: 26`: "INVALID first", `account: {phone: "1"}`: "INVALID phone"} {
		if got := admin.Send(t, "{ possibleDuplicates("+candidate+") { title } }", nil).Refusal(); got != refusal {
			t.Errorf("%s: %q", candidate, got)
		}
	}
}

func TestDuplicatesAreAmongWhatIsVisible(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	for kind, candidate := range map[string]string{
		"Account": `account: {phone: "030 1234567"}`, "Contact": `contact: {phone: "030 1234567"}`, "Lead": `lead: {phone: "030 1234567"}`,
	} {
		name := map[string]string{"Account": "name", "Contact": "firstName", "Lead": "title"}[kind]
		hidden := admin.Create(t, kind, apitest.Input{name: "hidden", "phone": "030 1234567"})
		admin.Create(t, kind, apitest.Input{name: "shared", "phone": "030 1234567", "assignedToIds": []any{member.ProfileID.String()}})
		for _, row := range []struct {
			caller *apitest.Client
			want   int
		}{{admin, 2}, {member, 1}, {env.Acme.Second, 0}, {env.Globex.Admin, 0}} {
			if got := strings.Count(alike(t, row.caller, candidate), "PHONE"); got != row.want {
				t.Errorf("%s finds %d of %s", row.caller.Email, got, kind)
			}
		}
		if got := alike(t, member, candidate); strings.Contains(got, "hidden") {
			t.Errorf("a member is told of %s %s", kind, hidden)
		}
	}
	limited := env.Limited(t, env.Acme, admin, "leads:read")
	if r := limited.Send(t, `{ possibleDuplicates(contact: {phone: "030 1234567"}) { title } }`, nil); r.Code() != "FORBIDDEN" {
		t.Errorf("a token without the scope: %s", r.Body)
	}
	if got := alike(t, limited, `lead: {phone: "030 1234567"}`); strings.Count(got, "PHONE") != 2 {
		t.Errorf("a token with it: %s", got)
	}
}
