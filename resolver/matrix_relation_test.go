package resolver_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// To what records lead, for everybody in the matrix. What the callers see of the records of an organization is asked by
// their ids (which is tried by the rows of Node), and a relation must show the same of what it leads to: all of it to an
// admin, and to others what they see.

func TestMatrixOfRelations(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	c := newCast(t, env, "Linked")
	c.promote(t, "ADMIN")
	parents := c.fill(t)
	all := map[string]map[string][]string{} // by relation and record
	for def, f := range relations() {
		all[def.Name+"."+f.Name] = led(t, c.people["creator"], def, f, parents[def.Name])
		maps.Copy(all[def.Name+"."+f.Name], led(t, c.people["admin"], def, f, parents[def.Name])) // their own boards
	}
	c.promote(t, "USER")
	for def, f := range relations() {
		t.Run(def.Name+"."+f.Name, func(t *testing.T) {
			r, ok := relationRow(def.Name, f.Name)
			if !ok {
				t.Fatal("the matrix has no row for it")
			}
			to := all[def.Name+"."+f.Name]
			kept, hidden := 0, 0
			for _, caller := range callers[1:] {
				who := c.people[caller]
				seen := c.visible(t, who, to)
				for key, got := range led(t, who, def, f, parents[def.Name]) {
					want := slices.DeleteFunc(slices.Clone(to[key]), func(key string) bool { return r.class == narrowed && !seen[key] })
					kept, hidden = kept+len(want), hidden+len(to[key])-len(want)
					if slices.Sort(want); !slices.Equal(got, want) {
						t.Errorf("%s of %s for the %s: want %v, got %v", f.Name, key, caller, want, got)
					}
				}
			}
			if kept == 0 || (hidden == 0) != (r.class == open) {
				t.Errorf("%d records are shown to somebody and %d hidden from somebody, which proves nothing", kept, hidden)
			}
		})
	}
}

// promote makes the creator an admin and back.
func (c *cast) promote(t *testing.T, role string) {
	t.Helper()
	c.people["admin"].Do(t, `mutation($id: ID!, $role: Role!) { updateMember(input: {id: $id, role: $role}) { profile { id } } }`,
		map[string]any{"id": c.profile("creator"), "role": role})
}

// fill makes records of every kind: such as the creator has shared, such as only admins see, and again shared ones. Each lead
// to those before, and every second of them to those of the other sort.
func (c *cast) fill(t *testing.T) map[string][]string {
	t.Helper()
	world := func(name, by, sharedWith, team string) *apitest.World {
		w := c.env.World(t, &apitest.Org{ID: c.w.Org.ID, Name: name, Admin: c.people[by], Member: c.people["stranger"], Second: c.people["stranger"]})
		w.IDs = map[string][]string{"Organization": w.IDs["Organization"], "Profile": {c.profile(sharedWith)}, "Team": {team}}
		return w
	}
	adopt := func(w, from *apitest.World, kinds func(kind string) bool) {
		w.Front = true
		for kind, keys := range from.IDs {
			if kinds(kind) && w.IDs[kind] == nil {
				w.IDs[kind] = slices.Clone(keys)
			}
		}
	}
	isOnBoard := func(kind string) bool { return rowNamed("Node."+kind).class == onBoard }

	shared := world("Shared", "creator", "assignee", c.team)
	shared.Fill(t, 1)
	c.hideConverted(t, shared)
	shared.Admin.Update(t, "Opportunity", shared.IDs["Opportunity"][0], apitest.Input{"stage": "CLOSED_LOST", "closedOn": "2026-03-01"})
	hidden := world("Hidden1", "admin", "admin", c.people["admin"].Create(t, "Team", apitest.Input{"memberIds": []any{c.profile("admin")}}))
	adopt(hidden, shared, func(kind string) bool { return !isOnBoard(kind) })
	hidden.Add(t, 1)
	again := world("Again", "creator", "assignee", c.team)
	adopt(again, shared, isOnBoard)
	adopt(again, hidden, func(string) bool { return true })
	for kind, keys := range again.IDs { // those that only admins see come last
		slices.Reverse(keys)
		again.IDs[kind] = keys
	}
	again.Add(t, 1)

	out := map[string][]string{}
	for _, w := range []*apitest.World{shared, hidden, again} {
		for kind, keys := range w.IDs {
			for _, key := range keys {
				if !slices.Contains(out[kind], key) && len(out[kind]) < 100 {
					out[kind] = append(out[kind], key)
				}
			}
		}
	}
	return out
}

// hideConverted takes what a lead was converted to from whom the lead is shared with.
func (c *cast) hideConverted(t *testing.T, w *apitest.World) {
	t.Helper()
	key := w.IDs["Lead"][len(w.IDs["Lead"])-1]
	r := w.Admin.Do(t, `query($id: ID!) { lead(id: $id) { Account: convertedAccount { id } Contact: convertedContact { id } Opportunity: convertedOpportunity { id } } }`,
		map[string]any{"id": key})
	for _, kind := range []string{"Account", "Contact", "Opportunity"} {
		w.Admin.Update(t, kind, r.Text(t, "lead."+kind+".id"), apitest.Input{"assignedToIds": []any{}, "teamIds": []any{}})
	}
}

// led tells to which records a relation leads from each of those that the caller sees.
func led(t *testing.T, caller *apitest.Client, def *ast.Definition, f *ast.FieldDefinition, from []string) map[string][]string {
	t.Helper()
	of := server.Schema().Types[f.Type.Name()]
	selection, isList := "{ id }", of.Fields.ForName("edges") != nil
	if isList {
		selection = "{ totalCount nodes { id } }"
	}
	r := caller.Do(t, "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on "+def.Name+" { to: "+f.Name+" "+selection+" } } }", map[string]any{"ids": from})
	var data struct {
		Nodes []*struct {
			ID string
			To json.RawMessage
		}
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	type one struct{ ID string }
	out := map[string][]string{}
	for _, n := range data.Nodes {
		if n == nil {
			continue
		}
		to := []string{}
		var list struct {
			TotalCount int
			Nodes      []one
		}
		var each []one
		var single *one
		switch {
		case isList:
			if err := json.Unmarshal(n.To, &list); err != nil {
				t.Fatal(err)
			}
			if each = list.Nodes; list.TotalCount != len(each) {
				t.Errorf("%s of %s: %d are counted of %d that are shown", f.Name, n.ID, list.TotalCount, len(each))
			}
		case json.Unmarshal(n.To, &each) == nil:
		case json.Unmarshal(n.To, &single) == nil && single != nil:
			each = []one{*single}
		}
		for _, o := range each {
			to = append(to, o.ID)
		}
		slices.Sort(to)
		out[n.ID] = to
	}
	return out
}

// visible tells which of the records that a relation leads to the caller sees.
func (c *cast) visible(t *testing.T, caller *apitest.Client, to map[string][]string) map[string]bool {
	t.Helper()
	every := map[string]bool{}
	for _, keys := range to {
		for _, key := range keys {
			every[key] = true
		}
	}
	out := map[string]bool{}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(every)), 100) {
		r := caller.Do(t, "query($ids: [ID!]!) { nodes(ids: $ids) { id } }", map[string]any{"ids": some})
		var data struct{ Nodes []*struct{ ID string } }
		if err := json.Unmarshal(r.Data, &data); err != nil {
			t.Fatal(err)
		}
		for _, n := range data.Nodes {
			if n != nil {
				out[n.ID] = true
			}
		}
	}
	return out
}
