package resolver_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestSolutionContract(t *testing.T) {
	t.Parallel()
	apitest.Contract(t, apitest.New(t), apitest.Entity{
		Kind: "Solution", List: "solutions",
		Fields:  `title description snippet status isPublished cases { nodes { id } }`,
		Full:    apitest.Input{"title": "Paper jam", "description": "Open\nthe tray."},
		Want:    `{"title":"Paper jam","description":"Open\nthe tray.","snippet":"Open the tray.","status":"DRAFT","isPublished":false,"cases":{"nodes":[]}}`,
		Clear:   apitest.Input{"title": "Jam"},
		Cleared: `{"title":"Jam","description":"Open\nthe tray.","snippet":"Open the tray.","status":"DRAFT","isPublished":false,"cases":{"nodes":[]}}`,
		Search:  []string{"jam TRAY"},
		Row: func(n int) apitest.Input {
			return apitest.Input{"title": fmt.Sprintf("row%02d", n%9), "description": "x"}
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"}, "TITLE": {Value: "title"}},
	})
}

// published makes an article and takes it as far as it goes.
func published(t *testing.T, admin *apitest.Client, said apitest.Input) string {
	t.Helper()
	id := admin.Create(t, "Solution", said)
	for _, verb := range []string{"review", "approve", "publish"} {
		if got := admin.Try(t, verb, "Solution", apitest.Input{"id": id}).Refusal(); got != "" {
			t.Fatalf("%s: %s", verb, got)
		}
	}
	return id
}

func TestSolutionsGoStepByStep(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, author, other := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	id := author.Create(t, "Solution", nil)
	for _, step := range []struct {
		who    *apitest.Client
		verb   string
		change apitest.Input
		want   string
		state  string
	}{
		{env.Globex.Admin, "review", nil, "NOT_FOUND", "DRAFT false"},
		{other, "review", nil, "FORBIDDEN", "DRAFT false"},
		{other, "update", apitest.Input{"title": "x"}, "FORBIDDEN", "DRAFT false"},
		{other, "delete", nil, "FORBIDDEN", "DRAFT false"},
		{author, "revise", nil, "CONFLICT", "DRAFT false"},
		{admin, "approve", nil, "CONFLICT", "DRAFT false"},
		{admin, "publish", nil, "CONFLICT", "DRAFT false"},
		{author, "review", apitest.Input{"version": 2}, "STALE_VERSION", "DRAFT false"},
		{author, "review", apitest.Input{"version": 1}, "", "REVIEWED false"},
		{author, "review", nil, "CONFLICT", "REVIEWED false"},
		{author, "approve", nil, "FORBIDDEN", "REVIEWED false"},
		{author, "revise", nil, "", "DRAFT false"},
		{author, "review", nil, "", "REVIEWED false"},
		{admin, "publish", nil, "CONFLICT", "REVIEWED false"},
		{admin, "approve", nil, "", "APPROVED false"},
		{admin, "approve", nil, "CONFLICT", "APPROVED false"},
		{author, "publish", nil, "FORBIDDEN", "APPROVED false"},
		{admin, "unpublish", nil, "CONFLICT", "APPROVED false"},
		{admin, "publish", nil, "", "APPROVED true"},
		{admin, "publish", nil, "CONFLICT", "APPROVED true"},
		{author, "update", apitest.Input{"title": "y"}, "", "APPROVED true"},
		{author, "unpublish", nil, "FORBIDDEN", "APPROVED true"},
		{author, "revise", nil, "FORBIDDEN", "APPROVED true"},
		{admin, "unpublish", nil, "", "APPROVED false"},
		{author, "revise", nil, "", "DRAFT false"},
		{author, "review", nil, "", "REVIEWED false"},
		{admin, "approve", nil, "", "APPROVED false"},
		{admin, "publish", nil, "", "APPROVED true"},
		{admin, "revise", nil, "", "DRAFT false"},
	} {
		input := apitest.Input{"id": id}
		maps.Copy(input, step.change)
		got := step.who.Try(t, step.verb, "Solution", input).Refusal()
		status, isPublished, _ := strings.Cut(step.state, " ")
		state := other.Read(t, "Solution", id, "status isPublished")
		if want := fmt.Sprintf(`{"status":%q,"isPublished":%s}`, status, isPublished); got != step.want || state != want {
			t.Errorf("%s of %s %v: %q and %s, want %q and %s", step.verb, step.who.Email, step.change, got, state, step.want, want)
		}
	}
	x := &told{c: other, id: id}
	if got := strings.Split(x.since(t), "\n"); len(got) != 13 || got[2] != `member STATUS_CHANGED `+strings.Fields(got[2])[2]+` status: "REVIEWED" → "DRAFT"` ||
		!strings.HasSuffix(got[12], `STATUS_CHANGED y status: "APPROVED" → "DRAFT" isPublished: true → false`) {
		t.Errorf("the timeline tells of\n%s", strings.Join(got, "\n"))
	}
}

func TestConcurrentPublications(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for range 5 {
		id := published(t, admin, nil)
		admin.Try(t, "unpublish", "Solution", apitest.Input{"id": id})
		if got := atOnce(4, func() string { return admin.Try(t, "publish", "Solution", apitest.Input{"id": id}).Refusal() }); !slices.Equal(got, []string{"", "CONFLICT", "CONFLICT", "CONFLICT"}) {
			t.Errorf("answers %q", got)
		}
		if got := admin.Read(t, "Solution", id, "version isPublished activities { totalCount }"); got != `{"version":6,"isPublished":true,"activities":{"totalCount":6}}` {
			t.Errorf("got %s", got)
		}
	}
}

func TestSolutionsAreLinkedToCases(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, assignee, stranger := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	solution := admin.Create(t, "Solution", apitest.Input{"title": "Paper jam"})
	ticket := admin.Create(t, "Case", apitest.Input{"assignedToIds": []any{assignee.ProfileID.String()}})
	link := func(c *apitest.Client, verb, ticket, solution string) string {
		return c.Send(t, `mutation($case: ID!, $solution: ID!) { `+verb+`Solution(input: {caseId: $case, solutionId: $solution}) { case { id } solution { id } } }`,
			map[string]any{"case": ticket, "solution": solution}).Refusal()
	}
	for _, row := range []struct {
		who                    *apitest.Client
		verb, ticket, solution string
		want                   string
		linked                 bool
	}{
		{stranger, "link", ticket, solution, "NOT_FOUND", false},
		{env.Limited(t, env.Acme, admin, "cases:read", "solutions:write", "solutions:read"), "link", ticket, solution, "FORBIDDEN", false},
		{assignee, "link", ticket, nobody, "INVALID solutionId", false},
		{assignee, "link", ticket, env.Globex.Admin.Create(t, "Solution", nil), "INVALID solutionId", false},
		{assignee, "link", ticket, solution, "", true},
		{assignee, "link", ticket, solution, "", true},
		{stranger, "unlink", ticket, solution, "NOT_FOUND", true},
		{admin, "unlink", ticket, solution, "", false},
		{admin, "unlink", ticket, solution, "", false},
	} {
		if got := link(row.who, row.verb, row.ticket, row.solution); got != row.want {
			t.Errorf("%s of %s: %q, want %q", row.verb, row.who.Email, got, row.want)
		}
		titles, n := "[]", 0
		if row.linked {
			titles, n = `[{"title":"Paper jam"}]`, 1
		}
		if got := assignee.Read(t, "Case", ticket, "version solutions { title }"); got != `{"version":1,"solutions":`+titles+`}` {
			t.Errorf("after %s: %s", row.verb, got)
		}
		for c, want := range map[*apitest.Client]int{assignee: n, stranger: 0} {
			if got := c.Read(t, "Solution", solution, "cases { totalCount }"); got != fmt.Sprintf(`{"cases":{"totalCount":%d}}`, want) {
				t.Errorf("after %s %s sees %s", row.verb, c.Email, got)
			}
		}
	}
	got := admin.Read(t, "Case", ticket, "activities { nodes { action changes { field from to } } }")
	want := `{"activities":{"nodes":[{"action":"UNLINKED_SOLUTION","changes":[{"field":"solutionIds","from":["` + solution + `"],"to":[]}]},` +
		`{"action":"LINKED_SOLUTION","changes":[{"field":"solutionIds","from":[],"to":["` + solution + `"]}]},{"action":"ASSIGN",`
	if !strings.HasPrefix(got, want) {
		t.Errorf("got %s\nwant %s…", got, want)
	}
}

func TestSolutionSuggestions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	ticket := admin.Create(t, "Case", apitest.Input{"name": "The printer jams on two-sided paper"})
	for _, title := range []string{"Printers: the tray", "Paper for printers", "VPN", "Passwords"} {
		published(t, admin, apitest.Input{"title": title, "description": "See the " + title + " manual."})
	}
	admin.Create(t, "Solution", apitest.Input{"title": "Printer draft"})
	other := admin.Create(t, "Case", apitest.Input{"name": "What is the id?"})
	for _, row := range []struct{ ticket, args, want string }{
		{ticket, "", "Paper for printers, Printers: the tray"},
		{ticket, ", first: 1", "Paper for printers"},
		{ticket, `, search: "manual vpn"`, "VPN"},
		{ticket, `, search: "nothing like it", first: 2`, "Passwords, VPN"},
		{other, "", "Passwords, VPN, Paper for printers, Printers: the tray"},
	} {
		r := admin.Do(t, fmt.Sprintf(`{ solutionSuggestions(caseId: %q%s) { title snippet description } }`, row.ticket, row.args), nil)
		var titles []string
		for i := 0; r.Get(t, fmt.Sprintf("solutionSuggestions.%d", i)) != nil; i++ {
			titles = append(titles, r.Text(t, fmt.Sprintf("solutionSuggestions.%d.title", i)))
		}
		if got := strings.Join(titles, ", "); got != row.want {
			t.Errorf("%s: got %s, want %s", row.args, got, row.want)
		}
	}
	for _, first := range []int{0, 21} {
		admin.Refused(t, "INVALID", fmt.Sprintf(`{ solutionSuggestions(caseId: %q, first: %d) { id } }`, ticket, first), nil)
	}
	env.Acme.Member.Refused(t, "NOT_FOUND", fmt.Sprintf(`{ solutionSuggestions(caseId: %q) { id } }`, ticket), nil)
}

func TestSolutionFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	published(t, admin, apitest.Input{"title": "One"})
	two := admin.Create(t, "Solution", apitest.Input{"title": "Two"})
	admin.Try(t, "review", "Solution", apitest.Input{"id": two})
	filters(t, admin, "solutions", "title", map[string]string{
		`{title: {startsWith: "o"}}`:    "One",
		`{statuses: [REVIEWED, DRAFT]}`: "Two",
		`{statuses: []}`:                "",
		`{isPublished: true}`:           "One",
		`{isPublished: false}`:          "Two",
	})
}
