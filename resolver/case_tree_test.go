package resolver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestCasesStandUnderEachOther(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	make4 := func(names ...string) []string {
		ids := make([]string, len(names))
		for i, name := range names {
			ids[i] = admin.Create(t, "Case", apitest.Input{"name": name})
		}
		return ids
	}
	k := make4("root", "middle", "leaf", "extra")
	root, middle, leaf, extra := k[0], k[1], k[2], k[3]
	merged := admin.Create(t, "Case", nil)
	admin.Try(t, "merge", "Case", apitest.Input{"id": merged, "intoId": extra})
	hidden := env.User(t, env.Acme, "else").Create(t, "Case", nil)
	own := member.Create(t, "Case", apitest.Input{"name": "own"})
	for _, step := range []struct {
		who         *apitest.Client
		id          string
		parent      any
		want, under string
	}{
		{admin, root, root, "INVALID parentId", "null"},
		{admin, leaf, middle, "", `{"name":"middle"}`},
		{admin, middle, root, "", `{"name":"root"}`},
		{admin, middle, root, "", `{"name":"root"}`},
		{admin, root, leaf, "INVALID parentId", "null"},
		{admin, root, middle, "INVALID parentId", "null"},
		{admin, extra, leaf, "INVALID parentId", "null"},
		{admin, root, extra, "INVALID parentId", "null"},
		{admin, extra, merged, "INVALID parentId", "null"},
		{admin, merged, extra, "INVALID parentId", "null"},
		{admin, extra, nobody, "INVALID parentId", "null"},
		{admin, extra, env.Globex.Admin.Create(t, "Case", nil), "INVALID parentId", "null"},
		{member, own, hidden, "INVALID parentId", "null"},
		{admin, extra, middle, "", `{"name":"middle"}`},
		{admin, extra, nil, "", "null"},
	} {
		if got := step.who.TryUpdate(t, "Case", step.id, apitest.Input{"parentId": step.parent}).Refusal(); got != step.want {
			t.Errorf("%s under %v: %q, want %q", step.id, step.parent, got, step.want)
		}
		if got := admin.Read(t, "Case", step.id, "parent { name }"); got != `{"parent":`+step.under+`}` {
			t.Errorf("%s under %v: %s", step.id, step.parent, got)
		}
	}
	if got := admin.Try(t, "create", "Case", apitest.Input{"name": "x", "parentId": leaf}).Refusal(); got != "INVALID parentId" {
		t.Errorf("a new one too deep: %q", got)
	}
	admin.Create(t, "Case", apitest.Input{"name": "new", "parentId": root, "isProblem": true})
	const tree = `children { totalCount nodes { name children { totalCount nodes { name parent { name } } } } }`
	if got := admin.Read(t, "Case", root, tree); got != `{"children":{"totalCount":2,"nodes":[{"name":"new","children":{"totalCount":0,"nodes":[]}},`+
		`{"name":"middle","children":{"totalCount":1,"nodes":[{"name":"leaf","parent":{"name":"middle"}}]}}]}}` {
		t.Errorf("the tree: %s", got)
	}
	t.Run("of which one sees what one may", func(t *testing.T) {
		admin.Update(t, "Case", middle, apitest.Input{"assignedToIds": []any{member.ProfileID.String()}})
		if got := member.Read(t, "Case", middle, "parent { name } children { totalCount }"); got != `{"parent":null,"children":{"totalCount":0}}` {
			t.Errorf("got %s", got)
		}
	})
	t.Run("and the timeline tells of it", func(t *testing.T) {
		x := &told{c: admin, id: extra}
		want := "admin CREATE extra\nadmin MERGE_TARGET extra duplicates: [] → [\"" + merged + "\"]\nadmin LINKED_PARENT extra parentId: null → \"" + middle +
			"\"\nadmin UNLINKED_PARENT extra parentId: \"" + middle + "\" → null"
		if got := x.since(t); got != want {
			t.Errorf("got %s\nwant %s", got, want)
		}
	})
	t.Run("until the one above is deleted", func(t *testing.T) {
		admin.TryDelete(t, "Case", root)
		if got := admin.Read(t, "Case", middle, "name parent { name }"); got != `{"name":"middle","parent":null}` {
			t.Errorf("got %s", got)
		}
	})
}

func TestConcurrentMovesMakeNoCircle(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for range 5 {
		a, b := admin.Create(t, "Case", nil), admin.Create(t, "Case", nil)
		pair := [][2]string{{a, b}, {b, a}}
		if got := racing(4, func(i int) string {
			return admin.TryUpdate(t, "Case", pair[i%2][0], apitest.Input{"parentId": pair[i%2][1]}).Refusal()
		}); !slices.Equal(got, []string{"", "", "INVALID parentId", "INVALID parentId"}) { // to repeat it changes nothing
			t.Errorf("answers %q", got)
		}
	}
	t.Run("and no tree too deep", func(t *testing.T) {
		k := make([]string, 4)
		for i := range k {
			k[i] = admin.Create(t, "Case", nil)
		}
		if got := racing(3, func(i int) string {
			return admin.TryUpdate(t, "Case", k[i+1], apitest.Input{"parentId": k[i]}).Refusal()
		}); !slices.Equal(got, []string{"", "", "INVALID parentId"}) {
			t.Errorf("answers %q", got)
		}
	})
}

func TestClosingAParent(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	mine := []any{member.ProfileID.String()}
	for _, row := range []struct {
		what      string
		byDefault bool
		who       *apitest.Client
		verb      string
		change    apitest.Input
		want      string // status of the child, its child, one that was rejected, one that only admins see
	}{
		{"says nothing", false, admin, "close", apitest.Input{}, "NEW NEW REJECTED PENDING"},
		{"wants it", false, admin, "close", apitest.Input{"closeChildren": true}, "CLOSED CLOSED REJECTED CLOSED"},
		{"wants it in an update", false, admin, "update", apitest.Input{"status": "CLOSED", "closeChildren": true}, "CLOSED CLOSED REJECTED CLOSED"},
		{"wants it of a rejection", true, admin, "update", apitest.Input{"status": "REJECTED", "closeChildren": true}, "NEW NEW REJECTED PENDING"},
		{"says nothing where it is the default", true, admin, "close", apitest.Input{}, "CLOSED CLOSED REJECTED CLOSED"},
		{"says nothing in an update there", true, admin, "update", apitest.Input{"status": "CLOSED"}, "CLOSED CLOSED REJECTED CLOSED"},
		{"changes something else there", true, admin, "update", apitest.Input{"name": "x"}, "NEW NEW REJECTED PENDING"},
		{"does not want it there", true, admin, "close", apitest.Input{"closeChildren": false}, "NEW NEW REJECTED PENDING"},
		{"does not see all", false, member, "close", apitest.Input{"closeChildren": true}, "CLOSED CLOSED REJECTED PENDING"},
	} {
		env.Acme.Admin.Do(t, fmt.Sprintf(`mutation { updateOrganization(input: {closesChildCases: %v}) { organization { closesChildCases } } }`, row.byDefault), nil)
		root := admin.Create(t, "Case", apitest.Input{"assignedToIds": mine})
		child := admin.Create(t, "Case", apitest.Input{"parentId": root, "assignedToIds": mine})
		under := []string{child, admin.Create(t, "Case", apitest.Input{"parentId": child, "assignedToIds": mine}),
			admin.Create(t, "Case", apitest.Input{"parentId": root, "status": "REJECTED", "assignedToIds": mine}),
			admin.Create(t, "Case", apitest.Input{"parentId": root, "status": "PENDING"})}
		row.change["id"] = root
		if row.verb == "close" {
			row.change["closedOn"] = "2026-03-01"
		}
		if got := row.who.Try(t, row.verb, "Case", row.change).Refusal(); got != "" {
			t.Errorf("who %s: %s", row.what, got)
		}
		var states []string
		for _, id := range under {
			r := admin.Do(t, `query($id: ID!) { case(id: $id) { status closedOn } activities(filter: {entityId: $id, actions: [PARENT_CLOSED_CASCADE]}) { totalCount } }`, map[string]any{"id": id})
			status := r.Text(t, "case.status")
			states = append(states, status)
			if told := r.Get(t, "activities.totalCount") == 1.0; told != (status == "CLOSED") {
				t.Errorf("who %s: the timeline of a case that is %s: %s", row.what, status, r.Body)
			}
			if status == "CLOSED" && row.verb == "close" && r.Text(t, "case.closedOn") != "2026-03-01" {
				t.Errorf("who %s: %s", row.what, r.Body)
			}
		}
		if got := strings.Join(states, " "); got != row.want {
			t.Errorf("who %s: %s, want %s", row.what, got, row.want)
		}
	}
}

func TestConcurrentClosingsOfATree(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for range 5 {
		root := admin.Create(t, "Case", nil)
		child := admin.Create(t, "Case", apitest.Input{"parentId": root})
		answers := racing(4, func(i int) string {
			return admin.Try(t, "close", "Case", apitest.Input{"id": []string{root, child}[i%2], "closeChildren": true}).Refusal()
		})
		// The child is closed by itself or along with its parent, but once.
		if answers[0] != "" || answers[2] != "CONFLICT" || answers[3] != "CONFLICT" {
			t.Errorf("answers %q", answers)
		}
		for _, id := range []string{root, child} {
			if got := admin.Read(t, "Case", id, "status version"); got != `{"status":"CLOSED","version":2}` {
				t.Errorf("got %s", got)
			}
		}
	}
}

// Whoever closes a case by a stage or on a board locks what is under it, as a merge locks both cases.
func TestClosingByAStageWaitsForOthers(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	admin.Do(t, `mutation { updateOrganization(input: {closesChildCases: true}) { organization { id } } }`, nil)
	var closing string
	for _, s := range newPipeline(t, admin, "Case", nil).Stages {
		if *s.MapsToStatus == "CLOSED" {
			closing = s.ID
		}
	}
	for verb, change := range map[string]apitest.Input{"update": {"stageId": closing}, "move": {"stageId": closing}} {
		for range 5 {
			root := admin.Create(t, "Case", nil)
			child := admin.Create(t, "Case", apitest.Input{"parentId": root})
			change["id"] = root
			if got := racing(2, func(i int) string {
				if i == 0 {
					return admin.Try(t, verb, "Case", change).Refusal()
				}
				return admin.Try(t, "merge", "Case", apitest.Input{"id": child, "intoId": root}).Refusal()
			}); !slices.Equal(got, []string{"", ""}) {
				t.Errorf("%s: answers %q", verb, got)
			}
			if got := admin.Read(t, "Case", root, "status"); got != `{"status":"CLOSED"}` {
				t.Errorf("%s: %s", verb, got)
			}
		}
	}
}
