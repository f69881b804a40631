package resolver_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestDocumentContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Document", List: "documents",
		Fields: "title status fileName size sharedTo { user { name } } teams { name }",
		Full: apitest.Input{"title": "Price list", "status": "INACTIVE", "file": apitest.File{Name: "prices.csv", Body: "a,b\n"},
			"sharedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team}},
		Want:    `{"title":"Price list","status":"INACTIVE","fileName":"prices.csv","size":4,"sharedTo":[{"user":{"name":"member"}}],"teams":[{"name":"North"}]}`,
		Clear:   apitest.Input{"sharedToIds": nil, "teamIds": []any{}},
		Cleared: `{"title":"Price list","status":"INACTIVE","fileName":"prices.csv","size":4,"sharedTo":[],"teams":[]}`,
		Search:  []string{"pri LIST"},
		Row: func(n int) apitest.Input {
			return apitest.Input{"title": fmt.Sprintf("row%02d", n), "file": apitest.File{Name: "a", Body: "a"}}
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"}, "TITLE": {Value: "title", Unique: true}},
	})
}

func TestDocumentPermissions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, creator, shared, stranger := env.Acme.Admin, env.User(t, env.Acme, "creator"), env.Acme.Member, env.Acme.Second
	teammate := env.User(t, env.Acme, "teammate")
	team := admin.Create(t, "Team", apitest.Input{"memberIds": []any{teammate.ProfileID.String()}})
	for _, row := range []struct {
		who    string
		caller *apitest.Client
		read   bool
		write  string // the same for changing, sharing, replacing and deleting
	}{
		{"anonymous", env.Anonymous(), false, "UNAUTHENTICATED"},
		{"the admin of another organization", env.Globex.Admin, false, "NOT_FOUND"},
		{"an unrelated member", stranger, false, "NOT_FOUND"},
		{"whom it is shared with", shared, true, "FORBIDDEN"},
		{"a member of the team", teammate, true, "FORBIDDEN"},
		{"the creator", creator, true, ""},
		{"an admin", admin, true, ""},
	} {
		id := creator.Create(t, "Document", apitest.Input{"sharedToIds": []any{shared.ProfileID.String()}, "teamIds": []any{team}})
		r := row.caller.Send(t, "query($id: ID!) { node(id: $id) { id } document(id: $id) { id } documents { nodes { id } } }", map[string]any{"id": id})
		if read := r.Code() == "" && r.Text(t, "node.id") == id && r.Text(t, "document.id") == id && r.Text(t, "documents.nodes.0.id") == id; read != row.read {
			t.Errorf("%s: %s", row.who, r.Body)
		}
		for what, change := range map[string]apitest.Input{
			"change": {"status": "INACTIVE"}, "share": {"sharedToIds": []any{stranger.ProfileID.String()}}, "replace": {"file": apitest.File{Name: "b", Body: "b"}},
		} {
			if got := row.caller.TryUpdate(t, "Document", id, change).Refusal(); got != row.write {
				t.Errorf("%s may %s: %q", row.who, what, got)
			}
		}
		if got := row.caller.TryDelete(t, "Document", id).Refusal(); got != row.write {
			t.Errorf("%s deletes: %q", row.who, got)
		}
		admin.TryDelete(t, "Document", id)
	}
}

func TestDocumentTitles(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	file := apitest.File{Name: "a", Body: "a"}
	admin.Create(t, "Document", apitest.Input{"title": "Prices"})
	env.Globex.Admin.Create(t, "Document", apitest.Input{"title": "Prices"})
	for title, want := range map[string]string{"prices": "CONFLICT title", " PRICES ": "CONFLICT title", "": "INVALID title", " ": "INVALID title", "Prices 2": ""} {
		if got := admin.Try(t, "create", "Document", apitest.Input{"title": title, "file": file}).Refusal(); got != want {
			t.Errorf("%q: %q, want %q", title, got, want)
		}
	}
	answers := atOnce(4, func() string {
		return admin.Try(t, "create", "Document", apitest.Input{"title": "At once", "file": file}).Refusal()
	})
	if !slices.Equal(answers, []string{"", "CONFLICT title", "CONFLICT title", "CONFLICT title"}) {
		t.Errorf("of four at once: %q", answers)
	}
	holds(t, env, 4, "for four documents")
}

// TestConcurrentReplacements gives a document several files at once: the last one stays, and none besides.
func TestConcurrentReplacements(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	id := admin.Create(t, "Document", nil)
	var wait sync.WaitGroup
	for i := range 6 {
		wait.Go(func() {
			admin.Update(t, "Document", id, apitest.Input{"file": apitest.File{Name: "a", Body: fmt.Sprint("body ", i)}})
		})
	}
	wait.Wait()
	holds(t, env, 1, "after all")
	if answer, body := admin.Fetch(t, link(t, admin, "Document", id)); answer.StatusCode != http.StatusOK || !strings.HasPrefix(body, "body ") {
		t.Errorf("%s %q", answer.Status, body)
	}
	if got := admin.Read(t, "Document", id, "version"); got != `{"version":7}` {
		t.Error(got)
	}
}

func TestDocumentFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	team, member := admin.Create(t, "Team", nil), env.Acme.Member.ProfileID.String()
	admin.Create(t, "Document", apitest.Input{"title": "One", "sharedToIds": []any{member}})
	admin.Create(t, "Document", apitest.Input{"title": "Two", "status": "INACTIVE", "teamIds": []any{team}})
	admin.Create(t, "Document", apitest.Input{"title": "Three"})
	filters(t, admin, "documents", "title", map[string]string{
		`{}`:                                           "One Three Two",
		`{title: {startsWith: "t"}}`:                   "Three Two",
		`{statuses: [INACTIVE]}`:                       "Two",
		`{statuses: [ACTIVE, INACTIVE]}`:               "One Three Two",
		`{sharedToIds: ["` + member + `"]}`:            "One",
		`{teamIds: ["` + team + `"]}`:                  "Two",
		`{createdAt: {from: "2026-01-01"}}`:            "One Three Two",
		`{createdAt: {to: "2026-01-01"}}`:              "",
		`{statuses: [ACTIVE], teamIds: []}`:            "",
		`{title: {contains: "E"}, statuses: [ACTIVE]}`: "One Three",
	})
}
