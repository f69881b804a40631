package resolver_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
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
	env := apitest.New(t, apitest.Everything, "LIMIT_TOKENS=10000")
	c := newCast(t, env, "Linked")
	c.promote(t, "ADMIN")
	parents := c.fill(t)
	kinds := map[string][]*ast.FieldDefinition{}
	for def, f := range relations() {
		kinds[def.Name] = append(kinds[def.Name], f)
	}
	all := map[string]leads{} // by kind
	for kind, fields := range kinds {
		all[kind] = led(t, c.people["creator"], kind, fields, parents[kind])
		for name, to := range led(t, c.people["admin"], kind, fields, parents[kind]) {
			maps.Copy(all[kind][name], to) // their own boards
		}
	}
	c.promote(t, "USER")
	type tally struct{ shown, hidden int }
	tallies := map[string]tally{}
	for _, caller := range callers[1:] {
		seen := visible(t, c.people[caller], all)
		for kind, fields := range kinds {
			for name, from := range led(t, c.people[caller], kind, fields, parents[kind]) {
				r, ok := relationRow(kind, name)
				if !ok {
					t.Fatalf("the matrix has no row for %s.%s", kind, name)
				}
				for key, got := range from {
					to := all[kind][name][key]
					want := slices.DeleteFunc(slices.Clone(to), func(key string) bool { return r.class == narrowed && !seen[key] })
					n := tallies[kind+"."+name]
					tallies[kind+"."+name] = tally{n.shown + len(want), n.hidden + len(to) - len(want)}
					if !slices.Equal(got, want) {
						t.Errorf("%s.%s of %s for the %s: want %v, got %v", kind, name, key, caller, want, got)
					}
				}
			}
		}
	}
	for def, f := range relations() {
		name := def.Name + "." + f.Name
		r, _ := relationRow(def.Name, f.Name)
		if n := tallies[name]; n.shown == 0 || (n.hidden == 0) != (r.class == open) {
			t.Errorf("%s: %d records are shown to somebody and %d hidden from somebody, which proves nothing", name, n.shown, n.hidden)
		}
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
	c.hideBills(t, shared)
	shared.Admin.Update(t, "Opportunity", shared.IDs["Opportunity"][0], apitest.Input{"stage": "CLOSED_LOST", "closedOn": "2026-03-01"})
	hidden := world("Hidden1", "admin", "admin", c.people["admin"].Create(t, "Team", apitest.Input{"memberIds": []any{c.profile("admin")}}))
	adopt(hidden, shared, func(kind string) bool { return !isOnBoard(kind) })
	hidden.Add(t, 1)
	showing := c.showConverted(t)
	again := world("Again", "creator", "assignee", c.team)
	adopt(again, shared, isOnBoard)
	adopt(again, hidden, func(string) bool { return true })
	for kind, keys := range again.IDs { // those that only admins see come last
		slices.Reverse(keys)
		again.IDs[kind] = keys
	}
	again.Add(t, 1)
	c.hideTrees(t, again, hidden)

	out := map[string][]string{"Account": showing}
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

// hideTrees hangs cases that are shared under those that only admins see and the other way, and merges some of each sort.
func (c *cast) hideTrees(t *testing.T, shared, hidden *apitest.World) {
	t.Helper()
	admin := c.people["admin"]
	admin.Update(t, "Case", shared.Make(t, "Case"), apitest.Input{"parentId": hidden.Make(t, "Case")})
	admin.Update(t, "Case", hidden.Make(t, "Case"), apitest.Input{"parentId": shared.Make(t, "Case")})
	for _, merged := range [][2]string{{shared.Make(t, "Case"), hidden.Make(t, "Case")}, {hidden.Make(t, "Case"), shared.Make(t, "Case")}} {
		if r := admin.Try(t, "merge", "Case", apitest.Input{"id": merged[0], "intoId": merged[1]}); r.Code() != "" {
			t.Fatal(r.Body)
		}
	}
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

// showConverted makes an account of a lead that only admins see, and shows the account to the assignee.
func (c *cast) showConverted(t *testing.T) []string {
	t.Helper()
	admin := c.people["admin"]
	lead := admin.Create(t, "Lead", apitest.Input{"email": "converted@mail.example", "companyName": "Converted"})
	if r := admin.Try(t, "convert", "Lead", apitest.Input{"id": lead}); r.Code() != "" {
		t.Fatal(r.Body)
	}
	account := admin.Do(t, "query($id: ID!) { lead(id: $id) { convertedAccount { id } } }", map[string]any{"id": lead}).Text(t, "lead.convertedAccount.id")
	admin.Update(t, "Account", account, apitest.Input{"assignedToIds": []any{c.profile("assignee")}})
	return []string{account}
}

// hideBills takes what bills have led to from whom the bills are shared with: the invoice of an estimate, that of a schedule,
// and the schedule of an invoice.
func (c *cast) hideBills(t *testing.T, w *apitest.World) {
	t.Helper()
	nobodys := apitest.Input{"assignedToIds": []any{}, "teamIds": []any{}}
	invoices, schedules := w.IDs["Invoice"], w.IDs["RecurringInvoice"]
	for _, key := range invoices[:2] { // of the estimate and of the schedule
		w.Admin.Update(t, "Invoice", key, nobodys)
	}
	again := w.Admin.Create(t, "RecurringInvoice", apitest.Input{"accountId": w.IDs["Account"][0], "contactId": w.IDs["Unattached"][0],
		"assignedToIds": []any{c.profile("assignee")}, "teamIds": []any{c.team}})
	r := w.Admin.Do(t, "mutation($id: ID!) { generateInvoice(input: {recurringInvoiceId: $id}) { invoice { id } } }", map[string]any{"id": again})
	w.Admin.Update(t, "RecurringInvoice", again, nobodys)
	w.IDs["Invoice"] = append([]string{r.Text(t, "generateInvoice.invoice.id")}, invoices...)
	w.IDs["RecurringInvoice"] = append([]string{again}, schedules...)
}

// leads tells to which records the relations of a kind lead, by their names and the record they lead from.
type leads map[string]map[string][]string

// led asks for all relations of a kind's records, of which the caller sees some.
func led(t *testing.T, caller *apitest.Client, kind string, fields []*ast.FieldDefinition, from []string) leads {
	t.Helper()
	out, text := leads{}, ""
	for _, f := range fields {
		selection := "{ id }"
		if server.Schema().Types[f.Type.Name()].Fields.ForName("edges") != nil {
			selection = "(first: 100) { totalCount nodes { id } }"
		}
		out[f.Name], text = map[string][]string{}, text+f.Name+" "+selection+" "
	}
	r := caller.Do(t, "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on "+kind+" { "+text+"} } }", map[string]any{"ids": from})
	var data struct{ Nodes []map[string]json.RawMessage }
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	for _, n := range data.Nodes {
		for name := range out {
			if n != nil {
				key := strings.Trim(string(n["id"]), `"`)
				out[name][key] = idsIn(t, n[name])
			}
		}
	}
	return out
}

// idsIn are the ids of a record, a list, or a page that holds all there is.
func idsIn(t *testing.T, value json.RawMessage) []string {
	t.Helper()
	type one struct{ ID string }
	var list struct {
		one
		TotalCount *int
		Nodes      []one
	}
	if value[0] == '[' {
		value = []byte(`{"nodes": ` + string(value) + `}`)
	}
	if err := json.Unmarshal(value, &list); err != nil {
		t.Fatal(err)
	}
	if list.TotalCount != nil && *list.TotalCount != len(list.Nodes) {
		t.Errorf("%d are counted of %s", *list.TotalCount, value)
	}
	if list.ID != "" {
		list.Nodes = []one{list.one}
	}
	ids := []string{}
	for _, o := range list.Nodes {
		ids = append(ids, o.ID)
	}
	slices.Sort(ids)
	return ids
}

// visible tells which of the records that relations lead to the caller sees.
func visible(t *testing.T, caller *apitest.Client, all map[string]leads) map[string]bool {
	t.Helper()
	every := map[string]bool{}
	for _, relations := range all {
		for _, from := range relations {
			for _, to := range from {
				for _, key := range to {
					every[key] = true
				}
			}
		}
	}
	out := map[string]bool{}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(every)), mostShown) {
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
