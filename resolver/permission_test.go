package resolver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// nobody is the id of nothing.
const nobody = "0192f0c1-2b3c-7d4e-8f50-617283940506"

// What a caller may do with a record, and what they are told of the rest. Not visible is the same as not there.
var (
	everything = outcome{read: true, list: "listed", update: "", comment: "", delete: ""}
	notDelete  = outcome{read: true, list: "listed", update: "", comment: "", delete: "FORBIDDEN"}
	nothing    = outcome{read: false, list: "missing", update: "NOT_FOUND", comment: "INVALID entityId", delete: "NOT_FOUND"}
	unknown    = outcome{read: false, list: "UNAUTHENTICATED", update: "UNAUTHENTICATED", comment: "UNAUTHENTICATED", delete: "UNAUTHENTICATED"}
)

type outcome struct {
	read                          bool
	list, update, comment, delete string
}

func TestRecordPermissions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, creator, assignee, stranger := env.Acme.Admin, env.User(t, env.Acme, "creator"), env.Acme.Member, env.Acme.Second
	teammate := env.User(t, env.Acme, "teammate")
	team := admin.Create(t, "Team", apitest.Input{"memberIds": []any{teammate.ProfileID.String()}})
	shared := apitest.Input{"assignedToIds": []any{assignee.ProfileID.String()}, "teamIds": []any{team}}
	for kind := range commentable {
		for _, row := range []struct {
			who    string
			caller *apitest.Client
			want   outcome
		}{
			{"anonymous", env.Anonymous(), unknown},
			{"the admin of another organization", env.Globex.Admin, nothing},
			{"an unrelated member", stranger, nothing},
			{"an assignee", assignee, notDelete},
			{"a member of the team", teammate, notDelete},
			{"the creator", creator, everything},
			{"an admin", admin, everything},
		} {
			id := creator.Create(t, kind, shared)
			if got := tries(t, row.caller, kind, id); got != row.want {
				t.Errorf("%s of %s: got %+v, want %+v", row.who, kind, got, row.want)
			}
			if left := admin.Read(t, kind, id, "description"); row.want.update != "" && left != `{"description":null}` {
				t.Errorf("%s of %s left %s", row.who, kind, left)
			}
		}
	}
}

// tries does everything with a record, the deletion last.
func tries(t *testing.T, c *apitest.Client, kind, id string) outcome {
	t.Helper()
	asks := map[string]func(string) *apitest.Response{
		"read": func(id string) *apitest.Response {
			return c.Send(t, "query($id: ID!) { node(id: $id) { id } found: "+strings.ToLower(kind)+"(id: $id) { id } }", map[string]any{"id": id})
		},
		"update": func(id string) *apitest.Response { return c.TryUpdate(t, kind, id, apitest.Input{"description": "x"}) },
		"comment": func(id string) *apitest.Response {
			return c.Try(t, "create", "Comment", apitest.Input{"entityType": commentable[kind], "entityId": id, "comment": "x"})
		},
		"delete": func(id string) *apitest.Response { return c.TryDelete(t, kind, id) },
	}
	out := outcome{list: "missing"}
	list := c.Send(t, "{ "+lists[kind]+"(first: 100) { nodes { id } } }", nil)
	if list.Code() != "" {
		out.list = list.Code()
	} else if strings.Contains(list.Body, id) {
		out.list = "listed"
	}
	answers := map[string]*apitest.Response{}
	for _, what := range []string{"read", "update", "comment", "delete"} {
		r, ofNothing := asks[what](id), asks[what](nobody)
		answers[what] = r
		visible := out.list == "listed"
		if same := r.Shown() == strings.ReplaceAll(ofNothing.Shown(), nobody, id); same == visible {
			t.Errorf("%s %s of %s: %s\nof nothing: %s", what, kind, c.Email, r.Body, ofNothing.Body)
		}
	}
	out.read = strings.Count(answers["read"].Body, id) == 2
	out.update, out.comment, out.delete = answers["update"].Refusal(), answers["comment"].Refusal(), answers["delete"].Refusal()
	return out
}

var lists = map[string]string{"Account": "accounts", "Contact": "contacts", "Lead": "leads", "Opportunity": "opportunities", "Case": "cases", "Task": "tasks"}

func TestCommentPermissions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, author, reader, stranger := env.Acme.Admin, env.User(t, env.Acme, "author"), env.Acme.Member, env.Acme.Second
	for kind, entity := range commentable {
		record := admin.Create(t, kind, apitest.Input{"assignedToIds": []any{author.ProfileID.String(), reader.ProfileID.String()}})
		for _, row := range []struct {
			who    string
			caller *apitest.Client
			read   bool
			write  string // the same for changing and deleting
		}{
			{"anonymous", env.Anonymous(), false, "UNAUTHENTICATED"},
			{"the admin of another organization", env.Globex.Admin, false, "NOT_FOUND"},
			{"an unrelated member", stranger, false, "NOT_FOUND"},
			{"who reads the record", reader, true, "FORBIDDEN"},
			{"the author", author, true, ""},
			{"an admin", admin, true, ""},
		} {
			id := author.Create(t, "Comment", apitest.Input{"entityType": entity, "entityId": record})
			r := row.caller.Send(t, "query($id: ID!) { node(id: $id) { id } comment(id: $id) { id } }", map[string]any{"id": id})
			if got := strings.Count(r.Body, id) == 2; got != row.read {
				t.Errorf("%s reads one on %s: %s", row.who, kind, r.Body)
			}
			if got := row.caller.TryUpdate(t, "Comment", id, apitest.Input{"comment": "x"}).Refusal(); got != row.write {
				t.Errorf("%s changes one on %s: %q", row.who, kind, got)
			}
			if got := row.caller.TryDelete(t, "Comment", id).Refusal(); got != row.write {
				t.Errorf("%s deletes one on %s: %q", row.who, kind, got)
			}
		}
	}
}

func TestIdsInAnInputMustBeVisible(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, foreign := env.Acme.Admin, env.Acme.Member, env.Globex.Admin
	for _, row := range []struct{ kind, field, to string }{
		{"Account", "contactIds", "Contact"}, {"Account", "tagIds", "Tag"}, {"Account", "teamIds", "Team"},
		{"Contact", "accountId", "Account"}, {"Contact", "tagIds", "Tag"}, {"Contact", "teamIds", "Team"},
		{"Lead", "contactIds", "Contact"}, {"Lead", "tagIds", "Tag"}, {"Lead", "teamIds", "Team"},
		{"Opportunity", "accountId", "Account"}, {"Opportunity", "contactIds", "Contact"}, {"Opportunity", "tagIds", "Tag"}, {"Opportunity", "teamIds", "Team"},
		{"Case", "parentId", "Case"}, {"Case", "contactIds", "Contact"}, {"Case", "tagIds", "Tag"}, {"Case", "teamIds", "Team"},
		{"Task", "accountId", "Account"}, {"Task", "opportunityId", "Opportunity"}, {"Task", "leadId", "Lead"}, {"Task", "caseId", "Case"},
		{"Task", "contactIds", "Contact"}, {"Task", "tagIds", "Tag"}, {"Task", "teamIds", "Team"},
	} {
		public := slices.Contains([]string{"Tag", "Team"}, row.to)
		for whose, id := range map[string]string{"nobody's": nobody, "another organization's": foreign.Create(t, row.to, nil), "an admin's": admin.Create(t, row.to, nil)} {
			var value any = id
			if strings.HasSuffix(row.field, "Ids") {
				value = []any{id}
			}
			r := member.TryUpdate(t, row.kind, member.Create(t, row.kind, nil), apitest.Input{row.field: value})
			want := "INVALID " + row.field
			if public && whose == "an admin's" {
				want = ""
			}
			if r.Refusal() != want {
				t.Errorf("%s.%s of %s: %s", row.kind, row.field, whose, r.Body)
			}
		}
	}
	for kind := range commentable {
		for _, profile := range []string{nobody, env.Globex.Member.ProfileID.String(), admin.Create(t, "Team", nil)} {
			r := member.TryUpdate(t, kind, member.Create(t, kind, nil), apitest.Input{"assignedToIds": []any{profile}})
			if r.Refusal() != "INVALID assignedToIds" {
				t.Errorf("%s: %s", kind, r.Body)
			}
		}
	}
	t.Run("at most 200 of them", func(t *testing.T) {
		many := make([]any, 201)
		for i := range many {
			many[i] = fmt.Sprintf("0192f0c1-2b3c-7d4e-8f50-%012d", i)
		}
		if got := admin.TryUpdate(t, "Lead", admin.Create(t, "Lead", nil), apitest.Input{"tagIds": many}).Refusal(); got != "INVALID tagIds" {
			t.Errorf("got %q", got)
		}
	})
}
