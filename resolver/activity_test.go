package resolver_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// told gives the entries of a record's timeline since the last time, the oldest first: "UPDATE field: from → to".
type told struct {
	c    *apitest.Client
	id   string
	seen int
}

func (x *told) since(t *testing.T) string {
	t.Helper()
	r := x.c.Do(t, `query($id: ID!) { activities(first: 100, filter: {entityId: $id}) { nodes { action entityName actor { user { name } } changes { field from to } } } }`,
		map[string]any{"id": x.id})
	var data struct {
		Activities struct {
			Nodes []struct {
				Action, EntityName string
				Actor              struct{ User struct{ Name string } }
				Changes            []struct {
					Field    string
					From, To json.RawMessage
				}
			}
		}
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	nodes := data.Activities.Nodes
	fresh := nodes[:len(nodes)-x.seen]
	slices.Reverse(fresh)
	var lines []string
	for _, n := range fresh {
		line := n.Actor.User.Name + " " + n.Action + " " + n.EntityName
		for _, c := range n.Changes {
			line += fmt.Sprintf(" %s: %s → %s", c.Field, c.From, c.To)
		}
		lines = append(lines, line)
	}
	x.seen = len(nodes)
	return strings.Join(lines, "\n")
}

func TestTimelineTellsOfEachWrite(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	me := member.ProfileID.String()
	tag, team := admin.Create(t, "Tag", nil), admin.Create(t, "Team", nil)
	for _, row := range []struct {
		kind  string
		fresh apitest.Input
		steps []step
	}{
		{"Lead", apitest.Input{"title": "x"}, []step{
			{apitest.Input{"title": "y"}, `UPDATE y title: "x" → "y"`},
			{apitest.Input{"title": "y"}, ``},
			{apitest.Input{"status": "IN_PROCESS"}, `STATUS_CHANGED y status: "ASSIGNED" → "IN_PROCESS"`},
			{apitest.Input{"opportunityAmount": "12.5"}, `UPDATE y opportunityAmount: null → "12.50" currency: null → "USD"`},
			{apitest.Input{"opportunityAmount": "12.50", "closeDate": "2030-01-31"}, `UPDATE y closeDate: null → "2030-01-31"`},
			{apitest.Input{"source": "PUBLIC_RELATIONS", "isActive": false}, `UPDATE y source: null → "PUBLIC_RELATIONS" isActive: true → false`},
			{apitest.Input{"assignedToIds": []any{me}, "teamIds": []any{team}},
				`ASSIGN y assignedToIds: [] → ["` + me + `"] teamIds: [] → ["` + team + `"]`},
			{apitest.Input{"assignedToIds": nil}, `ASSIGN y assignedToIds: ["` + me + `"] → []`},
			{apitest.Input{"tagIds": []any{tag}}, `UPDATE y tagIds: [] → ["` + tag + `"]`},
		}},
		{"Opportunity", apitest.Input{"name": "x", "amount": 1, "closedOn": "2030-01-31"}, []step{
			{apitest.Input{"stage": "PROPOSAL", "probability": 60}, `UPDATE x probability: 10 → 60` + "\n" + `STATUS_CHANGED x stage: "PROSPECTING" → "PROPOSAL" stageChangedAt: TIME → TIME`},
			{apitest.Input{"stage": "CLOSED_WON"}, `STATUS_CHANGED x stage: "PROPOSAL" → "CLOSED_WON" probability: 60 → 100 ` +
				`closedById: null → "` + admin.ProfileID.String() + `" stageChangedAt: TIME → TIME`},
		}},
		{"Task", apitest.Input{"title": "x"}, []step{
			{apitest.Input{"priority": "HIGH"}, `PRIORITY_CHANGED x priority: "MEDIUM" → "HIGH"`},
			{apitest.Input{"status": "COMPLETED"}, `STATUS_CHANGED x status: "NEW" → "COMPLETED" completedAt: null → TIME`},
		}},
		{"Case", apitest.Input{"name": "x"}, []step{
			{apitest.Input{"priority": "URGENT"}, `PRIORITY_CHANGED x priority: "NORMAL" → "URGENT"`},
			{apitest.Input{"status": "PENDING"}, `STATUS_CHANGED x status: "NEW" → "PENDING" pausedAt: null → TIME`},
			{apitest.Input{"status": "REJECTED", "closedOn": "2026-03-01"}, `UPDATE x closedOn: null → "2026-03-01"` + "\n" + `STATUS_CHANGED x status: "PENDING" → "REJECTED" pausedAt: TIME → null`},
			{apitest.Input{"status": "NEW"}, `REOPENED x status: "REJECTED" → "NEW" closedOn: "2026-03-01" → null`},
		}},
		{"Solution", apitest.Input{"title": "x"}, []step{
			{apitest.Input{"title": "y"}, `UPDATE y title: "x" → "y"`},
		}},
		{"Contact", apitest.Input{"firstName": "x", "lastName": "y"}, []step{
			{apitest.Input{"linkedinUrl": "https://x.example"}, `UPDATE x y linkedinUrl: null → "https://x.example"`},
		}},
		{"Account", apitest.Input{"name": "x"}, []step{{apitest.Input{"description": strings.Repeat("long", 3000)}, `UPDATE x`}}},
		{"Team", apitest.Input{"name": "x"}, []step{{apitest.Input{"memberIds": []any{me}}, `UPDATE x memberIds: [] → ["` + me + `"]`}}},
	} {
		x := &told{c: admin, id: admin.Create(t, row.kind, row.fresh)}
		if got := x.since(t); !strings.HasPrefix(got, "admin CREATE ") || strings.Contains(got, "\n") {
			t.Errorf("create %s: %s", row.kind, got)
		}
		for _, s := range row.steps {
			admin.Update(t, row.kind, x.id, s.change)
			want := strings.TrimSpace(strings.ReplaceAll("\n"+s.want, "\n", "\nadmin "))
			if s.want == "" {
				want = ""
			}
			if got := instants.ReplaceAllString(x.since(t), "TIME"); got != want {
				t.Errorf("%s %v:\ngot  %s\nwant %s", row.kind, s.change, got, want)
			}
		}
		if entity, ok := commentable[row.kind]; ok {
			admin.Create(t, "Comment", apitest.Input{"entityType": entity, "entityId": x.id})
			if got := x.since(t); !strings.HasPrefix(got, "admin COMMENT ") || strings.Contains(got, "\n") {
				t.Errorf("comment on %s: %s", row.kind, got)
			}
		}
		if r := admin.TryDelete(t, row.kind, x.id); r.Refusal() != "" {
			t.Errorf("delete %s: %s", row.kind, r.Body)
		}
		if got := x.since(t); !strings.HasPrefix(got, "admin DELETE ") || strings.Contains(got, "\n") {
			t.Errorf("delete %s: %s", row.kind, got)
		}
	}
}

type step struct {
	change apitest.Input
	want   string
}

// instants are written as the schema writes them.
var instants = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)

func TestRefusedWriteLeavesNoTrace(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	lead := admin.Create(t, "Lead", apitest.Input{"title": "x"})
	before := admin.List(t, "activities", "id")
	r := admin.Send(t, `mutation($id: ID!) { first: updateLead(input: {id: $id, title: "y"}) { lead { id } }
		create: createLead(input: {title: "z"}) { lead { id } } bad: updateLead(input: {id: $id, probability: 101}) { lead { id } } }`, map[string]any{"id": lead})
	if r.Refusal() != "INVALID probability" || string(r.Data) != "null" {
		t.Fatal(r.Body)
	}
	if after := admin.List(t, "activities", "id"); !slices.Equal(after, before) {
		t.Errorf("the timeline tells of %v, before %v", after, before)
	}
	filters(t, admin, "leads", "title", map[string]string{`{}`: "x"})
}

func TestFeedIsLimitedToVisibleRecords(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	for kind, entity := range commentable {
		hidden := admin.Create(t, kind, nil)
		shared := admin.Create(t, kind, apitest.Input{"assignedToIds": []any{member.ProfileID.String()}})
		own := member.Create(t, kind, nil)
		feed := "activities(filter: {entityTypes: [" + entity + "]})"
		for _, row := range []struct {
			caller *apitest.Client
			want   []string
		}{
			{admin, []string{own, shared, shared, hidden}}, // created and assigned
			{member, []string{own, shared, shared}},
			{env.Acme.Second, nil},
			{env.Globex.Admin, nil},
		} {
			if got := row.caller.List(t, feed, "entityId"); !slices.Equal(got, row.want) && len(got)+len(row.want) > 0 {
				t.Errorf("%s sees of %s %v, want %v", row.caller.Email, kind, got, row.want)
			}
		}
		if got := member.Read(t, kind, own, "activities { totalCount nodes { action } }"); got != `{"activities":{"totalCount":1,"nodes":[{"action":"CREATE"}]}}` {
			t.Errorf("the timeline of %s: %s", kind, got)
		}
		entry := admin.List(t, fmt.Sprintf("activities(filter: {entityId: %q})", hidden), "id")[0]
		for _, c := range []*apitest.Client{member, env.Globex.Admin} {
			if r := c.Do(t, `query($id: ID!) { node(id: $id) { id } }`, map[string]any{"id": entry}); string(r.Data) != `{"node":null}` {
				t.Errorf("%s finds %s", c.Email, r.Body)
			}
		}
	}
}

func TestFeedTellsEverybodyOfArticles(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	article, gone := admin.Create(t, "Solution", nil), admin.Create(t, "Solution", nil)
	admin.Try(t, "review", "Solution", apitest.Input{"id": article})
	admin.TryDelete(t, "Solution", gone)
	own := member.Create(t, "Lead", nil)
	for _, row := range []struct {
		caller *apitest.Client
		list   string
		want   []string
	}{
		{admin, "activities", []string{own, gone, article, gone, article}},
		{member, "activities", []string{own, article, article}},
		{env.Acme.Second, "activities", []string{article, article}},
		{member, "activities(filter: {entityTypes: [SOLUTION], actions: [STATUS_CHANGED]})", []string{article}},
		{env.Globex.Admin, "activities", []string{}},
	} {
		if got := row.caller.List(t, row.list, "entityId"); !slices.Equal(got, row.want) {
			t.Errorf("%s sees in %s %v, want %v", row.caller.Email, row.list, got, row.want)
		}
	}
}

func TestActivityFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	lead := member.Create(t, "Lead", apitest.Input{"title": "one"})
	admin.Update(t, "Lead", lead, apitest.Input{"status": "CLOSED"})
	admin.Create(t, "Task", apitest.Input{"title": "two"})
	filters(t, admin, "activities", "description", map[string]string{
		`{}`:                             "Created lead one Created task two Moved lead one",
		`{entityTypes: [LEAD, ACCOUNT]}`: "Created lead one Moved lead one",
		`{entityTypes: []}`:              "",
		`{entityId: "` + lead + `", actions: [STATUS_CHANGED]}`: "Moved lead one",
		`{actions: [CREATE, DELETE]}`:                           "Created lead one Created task two",
		`{actorIds: ["` + member.ProfileID.String() + `"]}`:     "Created lead one",
		`{actorIds: []}`: "",
	})
}
