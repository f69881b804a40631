package resolver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// notices are what a member was told, the newest first, such as "ASSIGNED LEAD x".
func notices(t *testing.T, c *apitest.Client) string {
	t.Helper()
	var out []string
	r := c.Do(t, "{ notifications { nodes { verb entityType entityName } } }", nil)
	for i := 0; r.Get(t, fmt.Sprintf("notifications.nodes.%d", i)) != nil; i++ {
		at := fmt.Sprintf("notifications.nodes.%d.", i)
		out = append(out, r.Text(t, at+"verb")+" "+r.Text(t, at+"entityType")+" "+r.Text(t, at+"entityName"))
	}
	return strings.Join(out, ", ")
}

func TestAssigneesAreTold(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, second := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	me, you := member.ProfileID.String(), second.ProfileID.String()
	for kind := range commentable {
		id := admin.Create(t, kind, apitest.Input{nameOf(kind): "x", "assignedToIds": []any{me}})
		admin.Update(t, kind, id, apitest.Input{"description": "y"})
		admin.Update(t, kind, id, apitest.Input{"assignedToIds": []any{me, you, admin.ProfileID.String()}})
		member.Update(t, kind, id, apitest.Input{"assignedToIds": []any{}})
	}
	board := admin.Create(t, "Board", nil)
	admin.Create(t, "BoardMember", apitest.Input{"boardId": board, "profileId": me})
	column := admin.Create(t, "BoardColumn", apitest.Input{"boardId": board})
	admin.Create(t, "BoardTask", apitest.Input{"title": "x", "columnId": column, "assignedToIds": []any{me}})

	for who, c := range map[string]*apitest.Client{"the assignee": member, "who was added": second} {
		got := strings.Split(notices(t, c), ", ")
		want := []string{"ASSIGNED ACCOUNT x", "ASSIGNED CASE x", "ASSIGNED CONTACT x Doe", "ASSIGNED LEAD x", "ASSIGNED OPPORTUNITY x", "ASSIGNED TASK x"}
		if c == member {
			want = slices.Insert(want, 1, "ASSIGNED BOARD_TASK x")
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s was told %q", who, got)
		}
	}
	if got := notices(t, admin); got != "" {
		t.Errorf("who assigned it to themselves was told %s", got)
	}
	r := second.Do(t, "{ notifications(first: 1) { nodes { actor { user { name } } excerpt readAt } } }", nil)
	if got := string(r.Data); got != `{"notifications":{"nodes":[{"actor":{"user":{"name":"admin"}},"excerpt":null,"readAt":null}]}}` {
		t.Errorf("got %s", got)
	}
	t.Run("every record that can be assigned has a name among what members are told of", func(t *testing.T) {
		subjects := memberNames(server.Schema().Types["NotificationSubject"])
		tried := 0
		for _, def := range ownTypes() {
			kind, isInput := strings.CutPrefix(strings.TrimSuffix(def.Name, "Input"), "Create")
			if !isInput || def.Fields.ForName("assignedToIds") == nil {
				continue
			}
			if subject := screaming(kind); !slices.Contains(subjects, subject) {
				t.Errorf("%s is missing", subject)
			}
			tried++
		}
		if tried < 7 {
			t.Errorf("only %d kinds can be assigned", tried)
		}
	})
}

// nameOf is the field that has the name of a record.
func nameOf(kind string) string {
	switch kind {
	case "Contact":
		return "firstName"
	case "Lead", "Task":
		return "title"
	}
	return "name"
}

// screaming is BOARD_TASK for BoardTask.
func screaming(kind string) string {
	var b strings.Builder
	for i, r := range kind {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}

func TestOnlyWhoIsActiveIsTold(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, second := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	id := admin.Create(t, "Case", apitest.Input{"name": "x", "assignedToIds": []any{member.ProfileID.String(), second.ProfileID.String()}})
	env.Suspend(t, member)
	admin.Update(t, "Case", id, apitest.Input{"status": "CLOSED"})
	admin.Update(t, "Case", id, apitest.Input{"status": "NEW"})
	if got := notices(t, second); got != "REOPENED CASE x, ASSIGNED CASE x" {
		t.Errorf("the active one was told %s", got)
	}
	if got := env.Above(t, "SELECT count(*) FROM notification WHERE recipient_id = $1", [16]byte(member.ProfileID))[0]; got != "1" {
		t.Errorf("the suspended one was told %s things", got)
	}
}

func TestReopenedCasesAreTold(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, second := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	id := admin.Create(t, "Case", apitest.Input{"name": "x", "assignedToIds": []any{member.ProfileID.String(), second.ProfileID.String()}})
	step := func(c *apitest.Client, verb string) {
		if got := c.Try(t, verb, "Case", apitest.Input{"id": id}).Refusal(); got != "" {
			t.Fatal(got)
		}
	}
	step(admin, "close")
	step(member, "reopen")
	admin.Update(t, "Case", id, apitest.Input{"status": "PENDING"})
	if a, b := notices(t, member), notices(t, second); a != "ASSIGNED CASE x" || b != "REOPENED CASE x, ASSIGNED CASE x" {
		t.Errorf("who reopened it: %s; the other: %s", a, b)
	}
	t.Run("not when it is undone", func(t *testing.T) {
		step(admin, "close")
		admin.Refused(t, "NOT_FOUND", `mutation($id: ID!, $none: ID!) { reopenCase(input: {id: $id}) { case { id } } deleteCase(input: {id: $none}) { deletedId } }`,
			map[string]any{"id": id, "none": nobody})
		if got := notices(t, member); got != "ASSIGNED CASE x" {
			t.Errorf("told %s", got)
		}
	})
}

func TestCommentsOnCasesAreTold(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, second := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	id := admin.Create(t, "Case", apitest.Input{"name": "x", "assignedToIds": []any{member.ProfileID.String()}})
	second.Refused(t, "NOT_FOUND", `mutation($id: ID!) { watchCase(input: {id: $id}) { case { id } } }`, map[string]any{"id": id})
	member.Do(t, `mutation($id: ID!) { watchCase(input: {id: $id}) { case { id } } }`, map[string]any{"id": id})
	say := func(c *apitest.Client, text string) {
		c.Create(t, "Comment", apitest.Input{"entityType": "CASE", "entityId": id, "comment": text})
	}
	is := func(what, members, seconds string) {
		t.Helper()
		if a, b := notices(t, member), notices(t, second); a != members || b != seconds {
			t.Errorf("%s: the assignee who watches was told %s, the other %s", what, a, b)
		}
	}
	say(admin, "Hm.")
	is("a comment", "COMMENTED CASE x, ASSIGNED CASE x", "")
	say(member, "@second look")
	is("a mention", "COMMENTED CASE x, ASSIGNED CASE x", "MENTIONED CASE x")
	say(admin, "@second and @member")
	is("a second mention within a minute", "MENTIONED CASE x, COMMENTED CASE x, ASSIGNED CASE x", "COMMENTED CASE x, MENTIONED CASE x")
	env.Above(t, "UPDATE notification SET created_at = created_at - interval '61 seconds' RETURNING id::text")
	say(admin, "@second "+strings.Repeat("ü", 300))
	is("a minute later", "COMMENTED CASE x, MENTIONED CASE x, COMMENTED CASE x, ASSIGNED CASE x", "MENTIONED CASE x, COMMENTED CASE x, MENTIONED CASE x")
	if got := second.Do(t, "{ notifications(first: 1) { nodes { excerpt } } }", nil).Text(t, "notifications.nodes.0.excerpt"); got != "@second "+strings.Repeat("ü", 192) {
		t.Errorf("the excerpt is %q", got)
	}
	admin.Create(t, "Comment", apitest.Input{"entityType": "LEAD", "entityId": admin.Create(t, "Lead", nil), "comment": "@second?"})
	is("a comment on a lead", "COMMENTED CASE x, MENTIONED CASE x, COMMENTED CASE x, ASSIGNED CASE x", "MENTIONED CASE x, COMMENTED CASE x, MENTIONED CASE x")
}

func TestReadingNotifications(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	for i := range 4 {
		admin.Create(t, "Lead", apitest.Input{"title": fmt.Sprint(i), "assignedToIds": []any{member.ProfileID.String()}})
	}
	field := func(i int, name string) string {
		return member.Do(t, "{ notifications { nodes { id createdAt readAt } } }", nil).Text(t, fmt.Sprintf("notifications.nodes.%d.%s", i, name))
	}
	state := func() string {
		return string(member.Do(t, "{ notifications(first: 1) { unreadCount totalCount } read: notifications(filter: {isRead: true}) { unreadCount nodes { entityName } } }", nil).Data)
	}
	is := func(what, want string) {
		t.Helper()
		if got := state(); got != want {
			t.Errorf("%s: %s", what, got)
		}
	}
	is("at first", `{"notifications":{"unreadCount":4,"totalCount":4},"read":{"unreadCount":4,"nodes":[]}}`)

	id := field(1, "id")
	mark := `mutation($id: ID!) { markNotificationRead(input: {id: $id}) { notification { readAt } } }`
	first := member.Do(t, mark, map[string]any{"id": id}).Text(t, "markNotificationRead.notification.readAt")
	if again := member.Do(t, mark, map[string]any{"id": id}).Text(t, "markNotificationRead.notification.readAt"); first == "" || again != first {
		t.Errorf("read at %s and then at %s", first, again)
	}
	is("one read", `{"notifications":{"unreadCount":3,"totalCount":4},"read":{"unreadCount":3,"nodes":[{"entityName":"2"}]}}`)
	if got := strings.Join(member.List(t, `notifications(filter: {since: "`+field(1, "createdAt")+`"})`, "entityName"), " "); got != "3" {
		t.Errorf("since the second: %s", got)
	}
	all := func(until string) string {
		r := member.Do(t, `mutation { markAllNotificationsRead(input: {`+until+`}) { markedCount } }`, nil)
		return fmt.Sprint(r.Get(t, "markAllNotificationsRead.markedCount"))
	}
	if got := all(`until: "` + field(2, "createdAt") + `"`); got != "2" {
		t.Errorf("until the third from above: %s", got)
	}
	if a, b := all(""), all(""); a != "1" || b != "0" {
		t.Errorf("the rest, twice: %s and %s", a, b)
	}
	if got := field(1, "readAt"); got != first {
		t.Errorf("what was read at %s is now read at %s", first, got)
	}
	member.Do(t, `mutation($id: ID!) { deleteNotification(input: {id: $id}) { deletedId } }`, map[string]any{"id": id})
	is("in the end", `{"notifications":{"unreadCount":0,"totalCount":3},"read":{"unreadCount":0,"nodes":[{"entityName":"3"},{"entityName":"1"},{"entityName":"0"}]}}`)

	t.Run("they are nobody else's", func(t *testing.T) {
		own := field(0, "id")
		for who, c := range map[string]*apitest.Client{"an admin": admin, "a colleague": env.Acme.Second, "another organization": env.Globex.Admin} {
			for _, text := range []string{mark, `mutation($id: ID!) { deleteNotification(input: {id: $id}) { deletedId } }`} {
				c.Refused(t, "NOT_FOUND", text, map[string]any{"id": own})
			}
			if got := string(c.Do(t, "query($id: ID!) { notification(id: $id) { id } node(id: $id) { id } notifications { totalCount unreadCount } }", map[string]any{"id": own}).Data); got !=
				`{"notification":null,"node":null,"notifications":{"totalCount":0,"unreadCount":0}}` {
				t.Errorf("%s sees %s", who, got)
			}
			c.Do(t, `mutation { markAllNotificationsRead(input: {}) { markedCount } }`, nil)
		}
	})
}

func TestPurgingNotifications(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	orgs := []*apitest.Org{env.Acme, env.Globex}
	for _, org := range orgs {
		for range 3 {
			org.Admin.Create(t, "Lead", apitest.Input{"assignedToIds": []any{org.Member.ProfileID.String()}})
		}
	}
	env.Above(t, "UPDATE notification SET created_at = '2026-01-01', read_at = '2026-01-02' WHERE id IN (SELECT DISTINCT ON (org_id) id FROM notification ORDER BY org_id, id)")
	env.Above(t, "UPDATE notification SET created_at = '2026-01-01' WHERE id IN (SELECT DISTINCT ON (org_id) id FROM notification WHERE read_at IS NULL ORDER BY org_id, id)")
	purge := func(now string) (out []int) {
		at, err := time.Parse(time.DateOnly, now)
		if err != nil {
			t.Fatal(err)
		}
		for _, org := range orgs {
			n, err := store.PurgeNotifications(t.Context(), env.Backend.DB, org.ID, at)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, n)
		}
		return out
	}
	for _, row := range []struct {
		now  string
		want int
	}{{"2026-04-01", 0}, {"2026-04-04", 1}, {"2026-04-04", 0}} {
		if got := purge(row.now); !slices.Equal(got, []int{row.want, row.want}) {
			t.Errorf("on %s: %v purged, want %d in each", row.now, got, row.want)
		}
	}
	if got := env.Above(t, "SELECT count(*) FROM notification WHERE created_at = '2026-01-01'")[0]; got != "2" {
		t.Errorf("%s old ones that nobody has read are left of 2", got)
	}
}
