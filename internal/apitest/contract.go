package apitest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Entity is what the contract needs to know of a kind of record.
type Entity struct {
	Kind string // "Lead"
	List string // its field of Query, "leads"
	Args string // what that field needs besides, for comments

	Fields  string // what is read of a record
	Full    Input  // an input that sets all of it,
	Want    string // and how it is read
	Clear   Input  // the update that empties whatever can be: null, and the empty list
	Cleared string // and how it is read

	Search []string // texts that find the record of Full and no other
	Kept   bool     // there is no deletion

	// Row is the input of the n-th of many records. Among them there are values that are missing or equal.
	Row     func(n int) Input
	Orders  map[string]Order // by the names of the order fields
	Default string           // the order that is not asked for; "CREATED_AT DESC" unless given
}

// Order is what a list can be ordered by.
type Order struct {
	Value    string // the selection of the value, "opportunityAmount { amount }"
	Nullable bool   // some of the rows must lack it
	Unique   bool   // no two rows can have the same; else some must
}

// Contract proves what holds for every kind of record: it is created, read, changed and deleted; absent, null and
// the empty list are three things; a stale version is told; its list pages both ways in every order; another tenant
// has no way to it. The server must hold no record of the kind.
func Contract(t *testing.T, env *Env, e Entity) {
	t.Helper()
	x := &contract{Entity: e, env: env, c: env.Acme.Admin}
	if x.Default == "" {
		x.Default = "CREATED_AT DESC"
	}
	t.Run("what is written is read", x.write)
	t.Run("a stale version is refused", x.version)
	t.Run("another organization has no way to it", x.isolation)
	t.Run("search finds it", x.search)
	if !x.Kept {
		t.Run("it can be deleted", x.delete)
	}
	t.Run("its list pages both ways", x.paging)
}

type contract struct {
	Entity
	env *Env
	c   *Client
	id  string // the record of Full
}

func (x *contract) write(t *testing.T) {
	x.id = x.c.Create(t, x.Kind, x.Full)
	keep := Input{"id": x.id}
	for _, step := range []struct {
		fact    string
		change  Input
		want    string
		version int
	}{
		{"it is created", nil, x.Want, 1},
		{"what is absent stays", keep, x.Want, 1},
		{"null and the empty list clear", x.Clear, x.Cleared, 2},
		{"what is cleared can be set", x.again(), x.Want, 3},
	} {
		if step.change != nil {
			x.c.Update(t, x.Kind, x.id, step.change)
		}
		equal(t, step.fact, x.c.Read(t, x.Kind, x.id, x.Fields), step.want)
		equal(t, step.fact, x.c.Read(t, x.Kind, x.id, "version"), fmt.Sprintf(`{"version":%d}`, step.version))
		r := x.c.Do(t, `query($id: ID!) { node(id: $id) { __typename id ... on `+x.Kind+` { `+x.Fields+` } } }`, Input{"id": x.id})
		equal(t, "node: "+step.fact, string(r.Data), `{"node":{"__typename":"`+x.Kind+`","id":"`+x.id+`",`+step.want[1:]+`}`)
	}
}

// again is what Clear took away.
func (x *contract) again() Input {
	out := Input{}
	for field := range x.Clear {
		out[field] = x.Full[field]
	}
	return out
}

func (x *contract) version(t *testing.T) {
	stale := Input{"version": 2}
	maps.Copy(stale, x.again())
	if r := x.c.TryUpdate(t, x.Kind, x.id, stale); r.Code() != "STALE_VERSION" {
		t.Errorf("an old version: %s", r.Body)
	}
	x.c.Update(t, x.Kind, x.id, Input{"version": 3})
}

// nobody is the id of nothing.
const nobody = "0192f0c1-2b3c-7d4e-8f50-617283940506"

func (x *contract) isolation(t *testing.T) {
	other := x.env.Globex.Admin
	for name, ask := range map[string]func(id string) *Response{
		"get": func(id string) *Response {
			return other.Send(t, "query($id: ID!) { "+lower(x.Kind)+"(id: $id) { id } }", Input{"id": id})
		},
		"node": func(id string) *Response {
			return other.Send(t, "query($id: ID!) { node(id: $id) { id } }", Input{"id": id})
		},
		"update": func(id string) *Response { return other.TryUpdate(t, x.Kind, id, x.Clear) },
		"delete": func(id string) *Response { return other.TryDelete(t, x.Kind, id) },
	} {
		if name == "delete" && x.Kept {
			continue
		}
		there, nowhere := ask(x.id), ask(nobody)
		equal(t, name+" answers like for an id of nothing", there.Shown(), strings.ReplaceAll(nowhere.Shown(), nobody, x.id))
		if slices.Contains([]string{"update", "delete"}, name) && there.Code() != "NOT_FOUND" {
			t.Errorf("%s: %s", name, there.Body)
		}
	}
	if ids := other.List(t, x.list(""), "id"); len(ids) > 0 {
		t.Errorf("the other organization lists %v", ids)
	}
	equal(t, "nothing was changed", x.c.Read(t, x.Kind, x.id, x.Fields), x.Want)
}

func (x *contract) search(t *testing.T) {
	for _, words := range x.Search {
		if ids := x.c.List(t, x.list("search: "+strconv.Quote(words)), "id"); !slices.Equal(ids, []string{x.id}) {
			t.Errorf("%q finds %v", words, ids)
		}
		if ids := x.c.List(t, x.list("search: "+strconv.Quote(words+" nonsense")), "id"); len(ids) > 0 {
			t.Errorf("%q with another word finds %v", words, ids)
		}
	}
}

func (x *contract) delete(t *testing.T) {
	r := x.c.TryDelete(t, x.Kind, x.id)
	equal(t, "deletedId", string(r.Data), `{"delete`+x.Kind+`":{"deletedId":"`+x.id+`"}}`)
	equal(t, "it is gone", x.c.Read(t, x.Kind, x.id, "id"), "null")
	if r := x.c.TryDelete(t, x.Kind, x.id); r.Code() != "NOT_FOUND" {
		t.Errorf("deleted twice: %s", r.Body)
	}
}

const (
	manyRows = 32
	pageSize = 7 // does not divide manyRows
)

func (x *contract) paging(t *testing.T) {
	x.fill(t)
	x.refusals(t)
	orders := []string{x.Default}
	for field := range x.Orders {
		orders = append(orders, field+" ASC", field+" DESC")
	}
	for i, order := range orders {
		field, direction, _ := strings.Cut(order, " ")
		asked := fmt.Sprintf("orderBy: {field: %s, direction: %s}", field, direction)
		if i == 0 {
			asked = ""
		}
		all := x.page(t, asked, "first: 100")
		if len(all.ids) != manyRows {
			t.Fatalf("%s: %d rows", order, len(all.ids))
		}
		if by, ok := x.Orders[field]; ok {
			x.ordered(t, order, asked, by)
		}
		x.walk(t, asked, all.ids)
		for _, foreign := range orders[1:] {
			if foreign == order {
				continue
			}
			other, to, _ := strings.Cut(foreign, " ")
			x.refused(t, "CURSOR_INVALID", "after", fmt.Sprintf("orderBy: {field: %s, direction: %s}, after: %q", other, to, all.end))
		}
	}
}

// fill makes the rows, eight with each operation: they have one instant of creation. A record that is kept is the first.
func (x *contract) fill(t *testing.T) {
	for n := 0; n < manyRows; n += 8 {
		declared, fields, variables := "", "", Input{}
		for i := n; i < n+8; i++ {
			if i == 0 && x.Kept {
				continue
			}
			name := fmt.Sprintf("r%d", i)
			declared += fmt.Sprintf("$%s: Create%sInput! ", name, x.Kind)
			fields += fmt.Sprintf("%s: create%s(input: $%s) { %s { id } } ", name, x.Kind, name, lower(x.Kind))
			variables[name] = x.Row(i)
		}
		x.c.Do(t, "mutation("+declared+") { "+fields+"}", variables)
	}
}

func (x *contract) refusals(t *testing.T) {
	for _, size := range []string{"0", "101", "-1"} {
		x.refused(t, "INVALID", "first", "first: "+size)
		x.refused(t, "INVALID", "last", "last: "+size)
	}
	x.refused(t, "INVALID", "last", "first: 1, last: 1")
	for _, cursor := range []string{"", "nonsense", strings.Repeat("A", 6000)} {
		x.refused(t, "CURSOR_INVALID", "after", fmt.Sprintf("after: %q", cursor))
		x.refused(t, "CURSOR_INVALID", "before", fmt.Sprintf("last: 1, before: %q", cursor))
	}
}

func (x *contract) refused(t *testing.T, code, field, args string) {
	t.Helper()
	r := x.c.Send(t, "{ "+x.list(args)+" { nodes { id } } }", nil)
	if r.Code() != code || !slices.Equal(r.Fields(), []string{field}) {
		t.Errorf("%s(%s): want %s of %s, got %s", x.List, args, code, field, r.Body)
	}
}

// ordered checks that the whole list is sorted by the value and then by id, and what is missing comes last.
func (x *contract) ordered(t *testing.T, order, asked string, by Order) {
	r := x.c.Do(t, "{ found: "+x.list("first: 100", asked)+" { nodes { id value: "+by.Value+" } } }", nil)
	var data struct {
		Found struct{ Nodes []struct{ ID, Value any } }
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	desc := strings.HasSuffix(order, "DESC")
	ties, missing := 0, 0
	for i, n := range data.Found.Nodes {
		if n.Value == nil {
			missing++
		}
		if i == 0 {
			continue
		}
		before := data.Found.Nodes[i-1]
		if before.Value == nil && n.Value != nil {
			t.Errorf("%s: %v comes after what is missing", order, n.Value)
			continue
		}
		c := compare(before.Value, n.Value)
		if c == 0 {
			ties++
			c = strings.Compare(before.ID.(string), n.ID.(string))
		}
		if n.Value != nil || before.Value == nil {
			if (c > 0) != desc {
				t.Errorf("%s: %v comes before %v", order, before, n)
			}
		}
	}
	if (ties == 0) != by.Unique || (missing >= 2) != by.Nullable {
		t.Errorf("%s: the rows have %d equal and %d missing values, which proves nothing", order, ties, missing)
	}
}

// compare puts texts, instants and amounts in order.
func compare(a, b any) int {
	if m, ok := a.(map[string]any); ok {
		a = m["amount"]
	}
	if m, ok := b.(map[string]any); ok {
		b = m["amount"]
	}
	s, u := fmt.Sprint(a), fmt.Sprint(b)
	if x, err := time.Parse(time.RFC3339, s); err == nil {
		if y, err := time.Parse(time.RFC3339, u); err == nil {
			return x.Compare(y)
		}
	}
	if x, err := strconv.ParseFloat(s, 64); err == nil {
		if y, err := strconv.ParseFloat(u, 64); err == nil {
			return cmp.Compare(x, y)
		}
	}
	return strings.Compare(s, u)
}

// walk pages through the list from both ends.
func (x *contract) walk(t *testing.T, asked string, all []string) {
	var forward, backward []string
	for cursor := ""; ; {
		p := x.page(t, asked, fmt.Sprintf("first: %d", pageSize), cursor)
		forward = append(forward, p.ids...)
		if p.previous != (cursor != "") || p.next != (len(forward) < len(all)) {
			t.Errorf("%s forward after %d: previous %v, next %v", asked, len(forward), p.previous, p.next)
		}
		if !p.next || len(forward) > len(all) {
			break
		}
		cursor = fmt.Sprintf("after: %q", p.end)
	}
	for cursor := ""; ; {
		p := x.page(t, asked, fmt.Sprintf("last: %d", pageSize), cursor)
		backward = append(slices.Clone(p.ids), backward...)
		if p.next != (cursor != "") || p.previous != (len(backward) < len(all)) {
			t.Errorf("%s backward after %d: previous %v, next %v", asked, len(backward), p.previous, p.next)
		}
		if !p.previous || len(backward) > len(all) {
			break
		}
		cursor = fmt.Sprintf("before: %q", p.start)
	}
	if !slices.Equal(forward, all) {
		t.Errorf("%s: forward\n%v\nwant\n%v", asked, forward, all)
	}
	if !slices.Equal(backward, all) {
		t.Errorf("%s: backward\n%v\nwant\n%v", asked, backward, all)
	}
}

type onePage struct {
	ids            []string
	start, end     string
	previous, next bool
}

func (x *contract) page(t *testing.T, args ...string) onePage {
	t.Helper()
	r := x.c.Do(t, "{ found: "+x.list(args...)+` { totalCount nodes { id } edges { cursor node { id } }
		pageInfo { startCursor endCursor hasPreviousPage hasNextPage } } }`, nil)
	var data struct {
		Found struct {
			TotalCount int
			Nodes      []struct{ ID string }
			Edges      []struct {
				Cursor string
				Node   struct{ ID string }
			}
			PageInfo struct {
				StartCursor, EndCursor       string
				HasPreviousPage, HasNextPage bool
			}
		}
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	f := data.Found
	if f.TotalCount != manyRows {
		t.Errorf("%v: totalCount %d", args, f.TotalCount)
	}
	p := onePage{start: f.PageInfo.StartCursor, end: f.PageInfo.EndCursor, previous: f.PageInfo.HasPreviousPage, next: f.PageInfo.HasNextPage}
	for i, n := range f.Nodes {
		p.ids = append(p.ids, n.ID)
		if f.Edges[i].Node.ID != n.ID {
			t.Errorf("%v: edges and nodes differ", args)
		}
	}
	if n := len(f.Edges); n == 0 || f.Edges[0].Cursor != p.start || f.Edges[n-1].Cursor != p.end {
		t.Errorf("%v: the page's ends are not its edges'", args)
	}
	return p
}

// list is the field with its arguments.
func (x *contract) list(args ...string) string {
	args = slices.DeleteFunc(append([]string{x.Args}, args...), func(a string) bool { return a == "" })
	if len(args) == 0 {
		return x.List
	}
	return x.List + "(" + strings.Join(args, ", ") + ")"
}

// Shown is all that a client can tell an answer by.
func (r *Response) Shown() string {
	var shown strings.Builder
	fmt.Fprint(&shown, r.Status, " ", string(r.Data))
	for _, e := range r.Errors {
		fmt.Fprint(&shown, " ", e.Message, e.Path, e.Extensions.Code, e.Extensions.Field)
	}
	return shown.String()
}

func equal(t *testing.T, fact, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\ngot  %s\nwant %s", fact, got, want)
	}
}
