package resolver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// farZones are two places that are more than a day apart: at every instant they have different dates.
var farZones = []place{{"Kiritimati", "Pacific/Kiritimati"}, {"Pago", "Pacific/Pago_Pago"}}

type place struct{ name, zone string }

// day is the date there, so many days from today.
func (p place) day(days int) string {
	return p.dayOf(time.Now()).AddDate(0, 0, days).Format(time.DateOnly)
}

func (p place) dayOf(at time.Time) time.Time {
	zone, err := time.LoadLocation(p.zone)
	if err != nil {
		panic(err)
	}
	return at.In(zone)
}

// filters checks which records each filter leaves of a list, by a text of theirs.
func filters(t *testing.T, c *apitest.Client, list, field string, want map[string]string) {
	t.Helper()
	for filter, names := range want {
		got := c.List(t, list+"(filter: "+filter+")", field)
		slices.Sort(got)
		if strings.Join(got, " ") != names {
			t.Errorf("%s %s: got %v, want %s", list, filter, got, names)
		}
	}
}

// shares are two of each that a record can be connected with, so that a join that multiplies is seen.
type shares struct{ profiles, teams, tags []any }

// sharing makes them; the member is an assignee and in both teams.
func sharing(t *testing.T, env *apitest.Env) shares {
	t.Helper()
	admin, member := env.Acme.Admin, env.Acme.Member.ProfileID.String()
	s := shares{profiles: []any{member, env.Acme.Second.ProfileID.String()}}
	for range 2 {
		s.teams = append(s.teams, admin.Create(t, "Team", apitest.Input{"memberIds": []any{member}}))
		s.tags = append(s.tags, admin.Create(t, "Tag", nil))
	}
	return s
}

func (s shares) on(input apitest.Input) apitest.Input {
	input["assignedToIds"], input["teamIds"], input["tagIds"] = s.profiles, s.teams, s.tags
	return input
}

// filters checks those by assignee, team and tag; only one record has them.
func (s shares) filters(t *testing.T, c *apitest.Client, list, field, name string) {
	t.Helper()
	profiles, teams, tags := fmt.Sprintf("%q", s.profiles), fmt.Sprintf("%q", s.teams), fmt.Sprintf("%q", s.tags)
	stranger := fmt.Sprintf("[%q]", c.ProfileID.String())
	filters(t, c, list, field, map[string]string{
		`{assignedToIds: ` + profiles + `}`: name,
		`{teamIds: ` + teams + `}`:          name,
		`{tagIds: ` + tags + `}`:            name,
		`{assignedToIds: ` + profiles + `, teamIds: ` + teams + `, tagIds: ` + tags + `}`: name,
		fmt.Sprintf(`{assignedToIds: [%q], tagIds: [%q]}`, s.profiles[1], s.tags[0]):      name,
		`{assignedToIds: ` + stranger + `}`:                                               "",
		`{assignedToIds: ` + stranger + `, tagIds: ` + tags + `}`:                         "",
		`{assignedToIds: []}`: "",
		`{teamIds: []}`:       "",
		`{tagIds: []}`:        "",
	})
}

func TestRecordsHeldTwiceCountOnce(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	s := sharing(t, env)
	for kind, list := range map[string]string{"Account": "accounts", "Contact": "contacts", "Lead": "leads", "Opportunity": "opportunities", "Case": "cases", "Task": "tasks"} {
		id := env.Acme.Admin.Create(t, kind, s.on(apitest.Input{}))
		for _, c := range []*apitest.Client{env.Acme.Admin, env.Acme.Member} {
			if got := c.List(t, list, "id"); !slices.Equal(got, []string{id}) {
				t.Errorf("%s: %v", list, got)
			}
			for _, field := range []string{"assignedTo", "teams", "tags"} {
				if got := c.Read(t, kind, id, field+" { id }"); strings.Count(got, `"id"`) != 2 {
					t.Errorf("%s of %s: %s", field, kind, got)
				}
			}
		}
	}
	t.Run("in nested lists too", func(t *testing.T) {
		account := env.Acme.Admin.Create(t, "Account", s.on(apitest.Input{}))
		env.Acme.Admin.Create(t, "Opportunity", s.on(apitest.Input{"accountId": account}))
		got := env.Acme.Member.Read(t, "Account", account, fmt.Sprintf(`opportunities(filter: {assignedToIds: %q, tagIds: %q, teamIds: %q}) { totalCount nodes { tags { color } } }`,
			s.profiles, s.tags, s.teams))
		if want := `{"opportunities":{"totalCount":1,"nodes":[{"tags":[{"color":"BLUE"},{"color":"BLUE"}]}]}}`; got != want {
			t.Errorf("got %s", got)
		}
	})
}

func TestDaysOfFiltersAreTheOrganizations(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, place := range farZones {
		org := env.Organization(t, place.name, "USD", place.zone)
		account := org.Admin.Create(t, "Account", nil)
		for kind, list := range map[string]string{"Account": "accounts", "Contact": "contacts", "Lead": "leads", "Opportunity": "opportunities", "Case": "cases", "Task": "tasks", "": "activities"} {
			args := ""
			switch kind {
			case "Account":
			case "":
				args = fmt.Sprintf("entityId: %q, ", account)
			default:
				org.Admin.Create(t, kind, nil)
			}
			created, err := time.Parse(time.RFC3339, org.Admin.List(t, fmt.Sprintf("%s(filter: {%s})", list, args), "createdAt")[0])
			if err != nil {
				t.Fatal(err)
			}
			day := func(n int) string { return place.dayOf(created).AddDate(0, 0, n).Format(time.DateOnly) }
			for span, want := range map[string]int{
				fmt.Sprintf("from: %q, to: %q", day(0), day(0)): 1,
				fmt.Sprintf("from: %q", day(0)):                 1,
				fmt.Sprintf("to: %q", day(0)):                   1,
				fmt.Sprintf("from: %q", day(1)):                 0,
				fmt.Sprintf("to: %q", day(-1)):                  0,
			} {
				if got := org.Admin.List(t, fmt.Sprintf("%s(filter: {%screatedAt: {%s}})", list, args, span), "id"); len(got) != want {
					t.Errorf("%s in %s created at %s, %s: %v", list, place.name, created, span, got)
				}
			}
		}
	}
}

func TestNestedListsPage(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	var accounts []string
	for _, name := range []string{"a", "b"} {
		account := admin.Create(t, "Account", apitest.Input{"name": name})
		accounts = append(accounts, account)
		for n := range 4 {
			admin.Create(t, "Opportunity", apitest.Input{"name": fmt.Sprint(name, n), "accountId": account})
		}
	}
	const query = `query($first: Int, $after: String, $last: Int, $before: String) { accounts(orderBy: {field: NAME, direction: ASC}) { nodes {
		opportunities(first: $first, after: $after, last: $last, before: $before, orderBy: {field: NAME, direction: ASC}) {
			totalCount nodes { name } pageInfo { endCursor hasNextPage hasPreviousPage } } } } }`
	pages := func(variables apitest.Input) (string, string) {
		r := admin.Do(t, query, variables)
		var names []string
		for account := range accounts {
			at := fmt.Sprintf("accounts.nodes.%d.opportunities.", account)
			for n := 0; r.Text(t, fmt.Sprintf("%snodes.%d.name", at, n)) != ""; n++ {
				names = append(names, r.Text(t, fmt.Sprintf("%snodes.%d.name", at, n)))
			}
			names = append(names, fmt.Sprint(r.Get(t, at+"pageInfo.hasPreviousPage"), r.Get(t, at+"totalCount"), r.Get(t, at+"pageInfo.hasNextPage")))
		}
		return strings.Join(names, " "), r.Text(t, "accounts.nodes.0.opportunities.pageInfo.endCursor")
	}
	got, cursor := pages(apitest.Input{"first": 2})
	if got != "a0 a1 false 4 true b0 b1 false 4 true" {
		t.Errorf("the first pages: %s", got)
	}
	if got, _ := pages(apitest.Input{"first": 2, "after": cursor}); got != "a2 a3 true 4 false b0 b1 true 4 true" {
		t.Errorf("after a1: %s", got)
	}
	if got, _ := pages(apitest.Input{"last": 3}); got != "a1 a2 a3 true 4 false b1 b2 b3 true 4 false" {
		t.Errorf("the last pages: %s", got)
	}
}
