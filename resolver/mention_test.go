package resolver_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// membersIn are the names in a list of members.
func membersIn(t *testing.T, c *apitest.Client, kind, id, field string) string {
	t.Helper()
	var data struct {
		List []struct{ User struct{ Email string } }
	}
	if err := json.Unmarshal([]byte(c.Read(t, kind, id, "list: "+field+" { user { email } }")), &data); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range data.List {
		names = append(names, p.User.Email)
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func TestMentions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	env.User(t, env.Acme, "ann-marie.o_neil")
	env.User(t, env.Acme, "twin")
	twin := env.Join(t, "Acme", "twin@other.example", model.RoleUser)
	env.Suspend(t, env.User(t, env.Acme, "gone"))
	env.User(t, env.Globex, "foreign")
	env.Join(t, "Acme", "admin@other.example", model.RoleUser)
	const m, second = "member@acme.example", "second@acme.example"
	for _, row := range []struct {
		text    string
		ids     []any
		want    string
		refusal string
	}{
		{"Hello.", nil, "", ""},
		{"@member", nil, m, ""},
		{"Ask @MEMBER, (@second) and @member.", nil, m + " " + second, ""},
		{"@ann-marie.o_neil: look", nil, "ann-marie.o_neil@acme.example", ""},
		{"Write to member@acme.example or to @member@acme.example", nil, "", ""},
		{"xx@member, a.@member, @@member and @member_", nil, "", ""},
		{"@nobody, @gone and @foreign", nil, "", ""},
		{"I am @admin", nil, "admin@other.example", ""}, // never the author
		{"@twin", nil, "", "INVALID comment"},
		{"@twin", []any{twin.ProfileID.String()}, "twin@other.example", ""},
		{"By id.", []any{member.ProfileID.String(), member.ProfileID.String()}, m, ""},
		{"By id, and @second.", []any{member.ProfileID.String()}, m + " " + second, ""},
		{"Myself.", []any{admin.ProfileID.String()}, "", ""},
		{"Nobody.", []any{nobody}, "", "INVALID mentionIds"},
		{"Somebody else's.", []any{env.Globex.Member.ProfileID.String()}, "", "INVALID mentionIds"},
		{"Both @twin and", []any{nobody}, "", "INVALID comment mentionIds"},
	} {
		id := admin.Create(t, "Case", nil)
		r := admin.Try(t, "create", "Comment", apitest.Input{"entityType": "CASE", "entityId": id, "comment": row.text, "mentionIds": row.ids})
		if r.Refusal() != row.refusal {
			t.Errorf("%q %v: %s", row.text, row.ids, r.Body)
		}
		if row.refusal == "" {
			if got := membersIn(t, admin, "Comment", r.Text(t, "createComment.comment.id"), "mentions"); got != row.want {
				t.Errorf("%q %v mentions %q, want %q", row.text, row.ids, got, row.want)
			}
		}
		if got := membersIn(t, admin, "Case", id, "watchers"); got != row.want {
			t.Errorf("%q %v: %q watch, want %q", row.text, row.ids, got, row.want)
		}
		want := []string{"CREATE"}
		if row.refusal == "" {
			want = []string{"COMMENT", "CREATE"}
		}
		if row.want != "" {
			want = []string{"COMMENT", "MENTIONED", "CREATE"}
		}
		if got := admin.List(t, fmt.Sprintf("activities(filter: {entityId: %q})", id), "action"); !slices.Equal(got, want) {
			t.Errorf("%q: the timeline has %v", row.text, got)
		}
	}
	t.Run("only on cases", func(t *testing.T) {
		for kind, entity := range commentable {
			if kind == "Case" {
				continue
			}
			on := apitest.Input{"entityType": entity, "entityId": admin.Create(t, kind, nil), "comment": "@member @twin"}
			if got := membersIn(t, admin, "Comment", admin.Create(t, "Comment", on), "mentions"); got != "" {
				t.Errorf("%s: %q", kind, got)
			}
			on["mentionIds"] = []any{member.ProfileID.String()}
			if got := admin.Try(t, "create", "Comment", on).Refusal(); got != "INVALID mentionIds" {
				t.Errorf("%s by id: %q", kind, got)
			}
		}
	})
}

func TestMentionsOfAChangedComment(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, author := env.Acme.Admin, env.Acme.Member
	id := admin.Create(t, "Case", apitest.Input{"assignedToIds": []any{author.ProfileID.String()}})
	comment := author.Create(t, "Comment", apitest.Input{"entityType": "CASE", "entityId": id, "comment": "Hm."})
	told := func() int {
		return len(admin.List(t, fmt.Sprintf("activities(filter: {entityId: %q, actions: [MENTIONED]})", id), "id"))
	}
	author.Update(t, "Comment", comment, apitest.Input{"comment": "Hm, @second."})
	author.Update(t, "Comment", comment, apitest.Input{"comment": "Well, @second, @member?"})
	admin.Update(t, "Comment", comment, apitest.Input{"comment": "@member is the author."})
	if got := membersIn(t, admin, "Comment", comment, "mentions"); got != "second@acme.example" || told() != 1 {
		t.Errorf("mentions %q, told %d times", got, told())
	}
	// To mention is to show the case to somebody: who only reads it may not.
	author.Do(t, "mutation($id: ID!) { watchCase(input: {id: $id}) { case { id } } }", map[string]any{"id": id})
	admin.Update(t, "Case", id, apitest.Input{"assignedToIds": nil})
	if got := author.TryUpdate(t, "Comment", comment, apitest.Input{"comment": "@admin"}).Refusal(); got != "FORBIDDEN" {
		t.Errorf("a watcher mentions: %q", got)
	}
	author.Update(t, "Comment", comment, apitest.Input{"comment": "Bye, @second."})
	if told() != 1 {
		t.Errorf("told %d times", told())
	}
}

func TestWatchersReadACase(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, watcher, stranger := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	id := admin.Create(t, "Case", apitest.Input{"name": "Printer jams"})
	admin.Create(t, "Case", nil)
	attachment := attach(t, admin, "Case", id)
	watch := func(c *apitest.Client, verb string) *apitest.Response {
		return c.Send(t, "mutation($id: ID!) { done: "+verb+"Case(input: {id: $id}) { case { id isWatching watchers { user { email } } } } }", map[string]any{"id": id})
	}
	for _, verb := range []string{"watch", "unwatch"} {
		if r := watch(watcher, verb); r.Code() != "NOT_FOUND" {
			t.Errorf("who does not see it may %s: %s", verb, r.Body)
		}
	}
	comment := admin.Create(t, "Comment", apitest.Input{"entityType": "CASE", "entityId": id, "comment": "What do you think, @member?"})
	for what, ask := range map[string]string{
		"the case":        `{ case(id: "` + id + `") { id name watchers { id } isWatching comments { totalCount } attachments { totalCount } } }`,
		"a node":          `{ node(id: "` + id + `") { id } }`,
		"lists":           `{ cases { totalCount nodes { id } } }`,
		"those they read": `{ cases(filter: {isWatching: true}) { totalCount nodes { id } } }`,
		"a search":        `{ search(query: "printer") { node { id } } }`,
		"the comment":     `{ comment(id: "` + comment + `") { entityId } }`,
		"the attachment":  `{ attachment(id: "` + attachment + `") { entityId url } }`,
		"the timeline":    `{ activities { nodes { entityId } } }`,
	} {
		if r := watcher.Do(t, ask, nil); !strings.Contains(r.Body, id) {
			t.Errorf("the watcher does not see %s: %s", what, r.Body)
		}
		if r := stranger.Do(t, ask, nil); strings.Contains(r.Body, id) {
			t.Errorf("a stranger sees %s: %s", what, r.Body)
		}
	}
	if got := strings.Join(admin.List(t, "cases(filter: {isWatching: false})", "name"), " "); !strings.HasSuffix(got, "Printer jams") {
		t.Errorf("the admin, who watches nothing, does not watch %q", got)
	}
	if n := len(watcher.List(t, "cases(filter: {isWatching: false})", "id")); n != 0 {
		t.Errorf("the watcher sees %d cases besides", n)
	}
	for what, got := range map[string]string{
		"changes":  watcher.TryUpdate(t, "Case", id, apitest.Input{"name": "x"}).Refusal(),
		"closes":   watcher.Try(t, "close", "Case", apitest.Input{"id": id}).Refusal(),
		"deletes":  watcher.TryDelete(t, "Case", id).Refusal(),
		"comments": watcher.Try(t, "create", "Comment", apitest.Input{"entityType": "CASE", "entityId": id, "comment": "x"}).Refusal(),
		"attaches": watcher.Try(t, "create", "Attachment", apitest.Input{"entityType": "CASE", "entityId": id, "file": apitest.File{Name: "a", Body: "a"}}).Refusal(),
	} {
		if got != "FORBIDDEN" {
			t.Errorf("a watcher %s: %q", what, got)
		}
	}
	for _, step := range []struct {
		verb, want string
		caller     *apitest.Client
	}{
		{"watch", `{"done":{"case":{"id":"` + id + `","isWatching":true,"watchers":[{"user":{"email":"member@acme.example"}}]}}}`, watcher},
		{"unwatch", `{"done":{"case":{"id":"` + id + `","isWatching":false,"watchers":[{"user":{"email":"member@acme.example"}}]}}}`, admin},
		{"unwatch", `{"done":{"case":null}}`, watcher},
		{"watch", `{"done":{"case":{"id":"` + id + `","isWatching":true,"watchers":[{"user":{"email":"admin@acme.example"}}]}}}`, admin},
	} {
		if r := watch(step.caller, step.verb); string(r.Data) != step.want {
			t.Errorf("%s %ses: %s", step.caller.Email, step.verb, r.Body)
		}
	}
	if got := watcher.Read(t, "Case", id, "id"); got != "null" {
		t.Errorf("who ceased to watch reads %s", got)
	}
	if got := admin.List(t, fmt.Sprintf("activities(filter: {entityId: %q})", id), "action"); !slices.Equal(got, []string{"WATCHED", "UNWATCHED", "COMMENT", "MENTIONED", "UPDATE", "CREATE"}) {
		t.Errorf("the timeline has %v", got)
	}
}

func TestConcurrentWatching(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	id := admin.Create(t, "Case", nil)
	for _, verb := range []string{"watch", "unwatch"} {
		if got := atOnce(4, func() string { return admin.Try(t, verb, "Case", apitest.Input{"id": id}).Refusal() }); strings.Join(got, "") != "" {
			t.Errorf("%s: %q", verb, got)
		}
	}
	if got := admin.List(t, fmt.Sprintf("activities(filter: {entityId: %q})", id), "action"); !slices.Equal(got, []string{"UNWATCHED", "WATCHED", "CREATE"}) {
		t.Errorf("the timeline has %v", got)
	}
}
