package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestCommentContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	lead := env.Acme.Admin.Create(t, "Lead", nil)
	on := func(input apitest.Input) apitest.Input {
		input["entityType"], input["entityId"] = "LEAD", lead
		return input
	}
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Comment", List: "comments", Args: fmt.Sprintf("entityType: LEAD, entityId: %q", lead),
		Fields:  `comment isInternal entityType author { user { name } } authorName`,
		Full:    on(apitest.Input{"comment": "Nice people.", "isInternal": true}),
		Want:    `{"comment":"Nice people.","isInternal":true,"entityType":"LEAD","author":{"user":{"name":"admin"}},"authorName":"admin"}`,
		Clear:   apitest.Input{"isInternal": false},
		Cleared: `{"comment":"Nice people.","isInternal":false,"entityType":"LEAD","author":{"user":{"name":"admin"}},"authorName":"admin"}`,
		Row:     func(n int) apitest.Input { return on(apitest.Input{"comment": fmt.Sprintf("row%02d", n)}) },
	})
}

var commentable = map[string]string{"Account": "ACCOUNT", "Contact": "CONTACT", "Lead": "LEAD", "Opportunity": "OPPORTUNITY", "Case": "CASE", "Task": "TASK"}

func TestCommentsGoWithTheirRecord(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, author, stranger := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	for kind, entity := range commentable {
		record := admin.Create(t, kind, apitest.Input{"assignedToIds": []any{author.ProfileID.String()}})
		comment := author.Create(t, "Comment", apitest.Input{"entityType": entity, "entityId": record, "comment": "Hm."})
		list := fmt.Sprintf("comments(entityType: %s, entityId: %q)", entity, record)
		for _, row := range []struct {
			caller *apitest.Client
			want   string
		}{{admin, "[Hm.]"}, {author, "[Hm.]"}, {stranger, "[]"}, {env.Globex.Admin, "[]"}} {
			if got := fmt.Sprint(row.caller.List(t, list, "comment")); got != row.want {
				t.Errorf("%s reads on %s: %s", row.caller.Email, kind, got)
			}
		}
		if got := author.Read(t, kind, record, "comments { totalCount nodes { id } }"); got != `{"comments":{"totalCount":1,"nodes":[{"id":"`+comment+`"}]}}` {
			t.Errorf("on %s: %s", kind, got)
		}
		author.Update(t, "Comment", comment, apitest.Input{"comment": "Well."})
		admin.Update(t, kind, record, apitest.Input{"assignedToIds": []any{}})
		if got := author.TryUpdate(t, "Comment", comment, apitest.Input{"comment": "x"}).Refusal(); got != "NOT_FOUND" {
			t.Errorf("whoever no longer sees %s does not see their comment: %q", kind, got)
		}
		if r := admin.TryDelete(t, kind, record); r.Refusal() != "" {
			t.Errorf("delete %s: %s", kind, r.Body)
		}
		if got := admin.Read(t, "Comment", comment, "id"); got != "null" {
			t.Errorf("the comment on a deleted %s is left: %s", kind, got)
		}
	}
}

func TestCommentText(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	lead := env.Acme.Admin.Create(t, "Lead", nil)
	for text, want := range map[string]string{
		" \n ":                     "INVALID comment",
		strings.Repeat("é", 20000): "",
		strings.Repeat("é", 20001): "INVALID comment",
	} {
		if got := env.Acme.Admin.Try(t, "create", "Comment", apitest.Input{"entityType": "LEAD", "entityId": lead, "comment": text}).Refusal(); got != want {
			t.Errorf("%d characters: %q", len(text), got)
		}
	}
}

func TestCommentKeepsItsAuthorsName(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	leaver := env.User(t, env.Acme, "leaver")
	lead := leaver.Create(t, "Lead", nil)
	comment := leaver.Create(t, "Comment", apitest.Input{"entityType": "LEAD", "entityId": lead})
	env.Remove(t, leaver)
	if got := env.Acme.Admin.Read(t, "Comment", comment, "author { id } authorName"); got != `{"author":null,"authorName":"leaver"}` {
		t.Errorf("got %s", got)
	}
	got := env.Acme.Admin.Read(t, "Lead", lead, "createdBy { name } activities { nodes { action actor { id } } }")
	if got != `{"createdBy":{"name":"leaver"},"activities":{"nodes":[{"action":"COMMENT","actor":null},{"action":"CREATE","actor":null}]}}` {
		t.Errorf("the record: %s", got)
	}
}
