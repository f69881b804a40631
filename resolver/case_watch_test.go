package resolver_test

import (
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestAssigneesWatchACase(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, second := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	me, you := member.ProfileID.String(), second.ProfileID.String()
	const m, s = "member@acme.example", "second@acme.example"
	id := admin.Create(t, "Case", apitest.Input{"name": "x", "assignedToIds": []any{me}})
	is := func(what, want string) {
		t.Helper()
		if got := membersIn(t, admin, "Case", id, "watchers"); got != want {
			t.Errorf("%s: %q watch, want %q", what, got, want)
		}
	}
	assign := func(who ...any) { admin.Update(t, "Case", id, apitest.Input{"assignedToIds": append([]any{}, who...)}) }
	wish := func(c *apitest.Client, verb string) {
		t.Helper()
		c.Do(t, "mutation($id: ID!) { "+verb+"Case(input: {id: $id}) { case { id } } }", map[string]any{"id": id})
	}
	is("created", m)
	assign(me, you)
	is("another one", m+" "+s)
	wish(second, "unwatch")
	is("who does not wish to", m)
	assign(me)
	assign(you)
	is("assigned to somebody else", s)
	if got := member.Read(t, "Case", id, "id"); got != "null" {
		t.Errorf("who is not assigned any more reads %s", got)
	}
	assign(me, you)
	wish(member, "watch")
	admin.Create(t, "Comment", apitest.Input{"entityType": "CASE", "entityId": id, "comment": "@second look"})
	assign()
	is("by wish and by mention, after the assignment", m+" "+s)
	if got := member.Read(t, "Case", id, "isWatching"); got != `{"isWatching":true}` {
		t.Errorf("who wished to watch reads %s", got)
	}
	t.Run("imported", func(t *testing.T) {
		done := importSheet(t, admin, "Cases", "name,status,priority,assigned_emails\ny,New,Low,member@acme.example\n", false)
		if got := membersIn(t, admin, "Case", *done.Rows[0].ID, "watchers"); got != m {
			t.Errorf("%q watch", got)
		}
	})
	t.Run("they are told of comments", func(t *testing.T) {
		other := admin.Create(t, "Case", apitest.Input{"name": "z", "assignedToIds": []any{me}})
		for _, internal := range []bool{false, true} {
			admin.Create(t, "Comment", apitest.Input{"entityType": "CASE", "entityId": other, "comment": "Hm.", "isInternal": internal})
		}
		want := "COMMENTED CASE z, ASSIGNED CASE z, "
		if got := notices(t, member); len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("told %s", got)
		}
		admin.Create(t, "Comment", apitest.Input{"entityType": "CASE", "entityId": other, "comment": "@member, but not aloud", "isInternal": true})
		want = "MENTIONED CASE z, " + want
		if got := notices(t, member); len(got) < len(want) || got[:len(want)] != want {
			t.Errorf("mentioned in an internal one, told %s", got)
		}
	})
}
