package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestTagContract(t *testing.T) {
	t.Parallel()
	apitest.Contract(t, apitest.New(t), apitest.Entity{
		Kind: "Tag", List: "tags",
		Fields:  `name slug color description isActive`,
		Full:    apitest.Input{"name": "Très Big!", "color": "ROSE", "description": "Large."},
		Want:    `{"name":"Très Big!","slug":"très-big","color":"ROSE","description":"Large.","isActive":true}`,
		Clear:   apitest.Input{"description": ""},
		Cleared: `{"name":"Très Big!","slug":"très-big","color":"ROSE","description":"","isActive":true}`,
		Search:  []string{"big", "TRÈS"},
		Row:     func(n int) apitest.Input { return apitest.Input{"name": fmt.Sprintf("row%02d", n)} },
		Orders:  map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "NAME": {Value: "name", Unique: true}},
		Default: "NAME ASC",
	})
}

func TestTagsAreWrittenByAdmins(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	tag, archived := admin.Create(t, "Tag", apitest.Input{"name": "key"}), admin.Create(t, "Tag", apitest.Input{"name": "old"})
	admin.Update(t, "Tag", archived, apitest.Input{"isActive": false})
	for fact, r := range map[string]*apitest.Response{
		"create":  member.Try(t, "create", "Tag", apitest.Input{"name": "x"}),
		"restore": member.Try(t, "create", "Tag", apitest.Input{"name": "old"}),
		"update":  member.TryUpdate(t, "Tag", tag, apitest.Input{"name": "x"}),
		"delete":  member.TryDelete(t, "Tag", tag),
	} {
		if r.Refusal() != "FORBIDDEN" {
			t.Errorf("%s: %s", fact, r.Body)
		}
	}
	lead := member.Create(t, "Lead", apitest.Input{"tagIds": []any{tag}})
	if got := member.Read(t, "Lead", lead, "tags { name }"); got != `{"tags":[{"name":"key"}]}` {
		t.Errorf("every member attaches: %s", got)
	}
	admin.TryDelete(t, "Tag", tag)
	if got := member.Read(t, "Lead", lead, "tags { name }"); got != `{"tags":[]}` {
		t.Errorf("a deleted tag leaves its records: %s", got)
	}
}

func TestTagSlug(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, row := range []struct{ name, slug, refusal string }{
		{"Very Important", "very-important", ""},
		{" very -- IMPORTANT! ", "", "CONFLICT name"}, // two names of one slug are one tag
		{"Größe 2", "größe-2", ""},
		{"C++", "c", ""},
		{"c", "", "CONFLICT name"},
		{"!!!", "", "INVALID name"},
		{" ", "", "INVALID name"},
		{strings.Repeat("é", 50), strings.Repeat("é", 50), ""},
		{strings.Repeat("x", 51), "", "INVALID name"},
	} {
		r := admin.Try(t, "create", "Tag", apitest.Input{"name": row.name})
		if r.Refusal() != row.refusal {
			t.Errorf("%q: %s", row.name, r.Body)
		}
		if row.refusal != "" {
			continue
		}
		id := r.Text(t, "createTag.tag.id")
		if got := admin.Read(t, "Tag", id, "slug"); got != `{"slug":"`+row.slug+`"}` {
			t.Errorf("%q: %s", row.name, got)
		}
	}
	t.Run("it follows the name", func(t *testing.T) {
		id := admin.Create(t, "Tag", nil)
		admin.Update(t, "Tag", id, apitest.Input{"name": "New Name"})
		if got := admin.Read(t, "Tag", id, "slug"); got != `{"slug":"new-name"}` {
			t.Errorf("got %s", got)
		}
		if got := admin.TryUpdate(t, "Tag", id, apitest.Input{"name": "very important"}).Refusal(); got != "CONFLICT name" {
			t.Errorf("to one that exists: %q", got)
		}
	})
	if got := env.Globex.Admin.Try(t, "create", "Tag", apitest.Input{"name": "c"}).Refusal(); got != "" {
		t.Errorf("elsewhere: %q", got)
	}
}

func TestArchivedTags(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	tag, other := admin.Create(t, "Tag", apitest.Input{"name": "Key", "color": "RED"}), admin.Create(t, "Tag", apitest.Input{"name": "Other"})
	tagged := admin.Create(t, "Lead", apitest.Input{"tagIds": []any{tag}})
	admin.Update(t, "Tag", tag, apitest.Input{"isActive": false})
	filters(t, admin, "tags", "name", map[string]string{`{isActive: true}`: "Other", `{isActive: false}`: "Key", `{name: {equals: "key"}}`: "Key"})

	t.Run("are not attached anew", func(t *testing.T) {
		if got := admin.Try(t, "create", "Lead", apitest.Input{"title": "x", "tagIds": []any{tag}}).Refusal(); got != "INVALID tagIds" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("stay on records", func(t *testing.T) {
		admin.Update(t, "Lead", tagged, apitest.Input{"tagIds": []any{tag, other}})
		if got := admin.Read(t, "Lead", tagged, "tags { name }"); got != `{"tags":[{"name":"Key"},{"name":"Other"}]}` {
			t.Errorf("got %s", got)
		}
		admin.Update(t, "Lead", tagged, apitest.Input{"tagIds": []any{other}})
		if got := admin.Read(t, "Lead", tagged, "tags { name }"); got != `{"tags":[{"name":"Other"}]}` {
			t.Errorf("taken off: %s", got)
		}
	})
	t.Run("are restored by creating them again", func(t *testing.T) {
		if got := admin.Create(t, "Tag", apitest.Input{"name": "KEY", "color": "LIME"}); got != tag {
			t.Errorf("another one: %s", got)
		}
		if got := admin.Read(t, "Tag", tag, "name slug color isActive"); got != `{"name":"KEY","slug":"key","color":"LIME","isActive":true}` {
			t.Errorf("got %s", got)
		}
	})
}
