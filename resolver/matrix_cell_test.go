package resolver_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// How the cells of the matrix are tried. What they say stands in matrix_test.go.

// row is a line of the matrix. What a name has in brackets tells rows of one field apart.
type row struct {
	name  string
	class class
	with  preparation
}

// class is a word for each caller.
type class string

func (c class) of(caller string) string {
	return strings.Fields(string(c))[slices.Index(callers, caller)]
}

// field takes a row's name apart: "Mutation.createLead", "Node.Lead", "Lead.tags".
func (r row) field() (of, name string) {
	name, _, _ = strings.Cut(r.name, "(")
	of, name, _ = strings.Cut(name, ".")
	return of, name
}

func rowNamed(name string) row {
	if i := slices.IndexFunc(matrix, func(r row) bool { return r.name == name }); i >= 0 {
		return matrix[i]
	}
	return row{}
}

// relationRow is the row of a field of a record: one of its own, or the one for all kinds that have it.
func relationRow(of, name string) (row, bool) {
	for _, wanted := range []string{of + "." + name, "*." + name} {
		if r := rowNamed(wanted); r.name != "" {
			return r, true
		}
	}
	return row{}, false
}

// relations are the fields of records that lead to other records.
func relations() func(yield func(*ast.Definition, *ast.FieldDefinition) bool) {
	return func(yield func(*ast.Definition, *ast.FieldDefinition) bool) {
		for _, def := range server.Schema().GetPossibleTypes(server.Schema().Types["Node"]) {
			for _, f := range apitest.Fields(def) {
				if apitest.IsNode(apitest.Item(f)) && !yield(def, f) {
					return
				}
			}
		}
	}
}

// wantedRows are the rows that the schema asks for. A field that many kinds have, and that is the same of all, has one for all.
func wantedRows() []string {
	var out []string
	for root, f := range rootFields() {
		if f.Type.Name() != "Node" { // these have a row for each kind
			out = append(out, root.Name+"."+f.Name)
		}
	}
	for _, def := range server.Schema().GetPossibleTypes(server.Schema().Types["Node"]) {
		out = append(out, "Node."+def.Name)
	}
	for def, f := range relations() {
		if r, ok := relationRow(def.Name, f.Name); ok {
			out = append(out, r.name)
		} else {
			out = append(out, def.Name+"."+f.Name)
		}
	}
	return out
}

func TestMatrixIsComplete(t *testing.T) {
	t.Parallel()
	wanted, has := map[string]bool{}, map[string]bool{}
	for _, name := range wantedRows() {
		wanted[name] = true
	}
	for i, r := range matrix {
		of, name := r.field()
		has[of+"."+name] = true
		if !wanted[of+"."+name] {
			t.Errorf("the row %s is of no field", r.name)
		}
		if words := len(strings.Fields(string(r.class))); words != len(callers) && words != 1 {
			t.Errorf("the class of %s has %d words for %d callers", r.name, words, len(callers))
		}
		if i > 0 && matrix[i-1].name >= r.name {
			t.Errorf("the row %s is not where the order of the names has it", r.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(wanted)) {
		if !has[name] {
			t.Errorf("say in the matrix who may do what: there is no row %s", name)
		}
	}
}

// cast is an organization with somebody for each column of the matrix.
type cast struct {
	env    *apitest.Env
	w      *apitest.World
	people map[string]*apitest.Client
	team   string
	orgs   [2]string                    // it, and the one besides
	made   map[string]apitest.Operation // what made a record, by its id
	db     *pgx.Conn
	digest string

	changes int
}

func newCast(t *testing.T, env *apitest.Env, name string) *cast {
	t.Helper()
	org, other := env.Organization(t, name, "USD", "UTC"), env.Organization(t, name+"Elsewhere", "USD", "UTC")
	c := &cast{env: env, people: map[string]*apitest.Client{"anonymous": env.Anonymous()}, orgs: [2]string{org.ID.String(), other.ID.String()},
		made: map[string]apitest.Operation{}}
	for _, who := range []string{"stranger", "watcher", "assignee", "teammate", "creator"} {
		c.people[who] = env.SignedIn(t, org, env.User(t, org, who))
	}
	org.Member, org.Second = c.people["creator"], c.people["stranger"]
	c.w = env.World(t, org)
	c.people["admin"], c.people["foreign"] = c.w.Admin, env.SignedIn(t, other, other.Admin)
	c.team = c.w.Admin.Create(t, "Team", apitest.Input{"memberIds": []any{c.profile("teammate")}})
	var err error
	if c.db, err = pgx.Connect(t.Context(), env.Database.AdminURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.db.Close(t.Context()) })
	var parts []string
	for _, table := range env.TenantTables(t) {
		if table != "security_audit_log" { // it keeps what was refused
			parts = append(parts, digestOf(table, "org_id"))
		}
	}
	c.digest = strings.Join(append(parts, digestOf("organization", "id")), " UNION ALL ")
	return c
}

func digestOf(table, column string) string {
	return fmt.Sprintf("SELECT '%s' AS of, (%s = $1)::text AS here, sum(hashtextextended(t::text, 0))::text AS digest FROM %s AS t WHERE %[2]s IN ($1, $2) GROUP BY 2",
		table, column, table)
}

func (c *cast) profile(who string) string { return c.people[who].ProfileID.String() }

// state is a digest of each table's rows, in both organizations.
func (c *cast) state(t *testing.T) map[string]string {
	t.Helper()
	rows, err := c.db.Query(t.Context(), c.digest, c.orgs[0], c.orgs[1])
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (line [3]string, err error) {
		return line, r.Scan(&line[0], &line[1], &line[2])
	})
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string, len(lines))
	for _, l := range lines {
		out[strings.Trim(l[0], `"`)+map[string]string{"true": "", "false": " of the other organization"}[l[1]]] = l[2]
	}
	return out
}

// changed names the tables that two states tell apart.
func changed(before, after map[string]string) []string {
	var out []string
	for table := range maps.All(after) {
		if before[table] != after[table] {
			out = append(out, table)
		}
	}
	for table := range maps.All(before) {
		if _, ok := after[table]; !ok {
			out = append(out, table)
		}
	}
	slices.Sort(out)
	return out
}

func isElsewhere(table string) bool { return strings.HasSuffix(table, "of the other organization") }

// make makes a record as the matrix has them, and what it needs.
func (c *cast) make(t *testing.T, kind string) string {
	t.Helper()
	if key := found(t, c, kind); key != "" {
		return key
	}
	f := apitest.Maker(kind)
	if f == nil {
		t.Fatalf("nothing makes a %s; say in found where there is one", kind)
	}
	by := c.people["creator"]
	if rowNamed("Mutation."+f.Name).class.of("creator") != "done" {
		by = c.w.Admin
	}
	o, _ := c.needs(t, server.Schema().Mutation, f)
	o.Selection = apitest.Selection(f.Type.Name(), 1)
	for _, p := range apitest.Positions(f) {
		switch p.String() {
		case "input.assignedToIds", "input.sharedToIds":
			o = o.With(p, []any{c.profile("assignee")})
		case "input.teamIds":
			o = o.With(p, []any{c.team})
		}
	}
	r := by.Do(t, o.Text(), o.Variables)
	for _, made := range apitest.Fields(server.Schema().Types[f.Type.Name()]) {
		if made.Type.Name() == kind {
			key := r.Text(t, f.Name+"."+made.Name+".id")
			c.made[key] = o
			joined(t, c, kind, key)
			return key
		}
	}
	t.Fatalf("%s does not answer with the %s", f.Name, kind)
	return ""
}

// needs is an operation with what it needs: a record of its own for each id. It tells where the first of those stands.
func (c *cast) needs(t *testing.T, root *ast.Definition, f *ast.FieldDefinition) (o apitest.Operation, at apitest.Position) {
	t.Helper()
	o = c.w.Required(t, root, f)
	for _, p := range apitest.Positions(f) {
		if p.Type.Name() == "ID" && p.Type.NonNull && !p.HasDefault {
			o = o.With(p, c.make(t, apitest.KindOf(t, f, p)))
			if at.Path == nil {
				at = p
			}
		}
	}
	return o, at
}

func at(o apitest.Operation, p apitest.Position) string {
	var value any = o.Variables
	for _, step := range p.Path {
		within, _ := value.(map[string]any)
		value = within[step]
	}
	key, _ := value.(string)
	return key
}

// mutate tries a mutation and tells what came of it.
func (c *cast) mutate(t *testing.T, r row, f *ast.FieldDefinition, caller string) {
	t.Helper()
	o, p := c.needs(t, server.Schema().Mutation, f)
	target := at(o, p)
	said := c.someChange(f)
	if r.with != nil {
		said = r.with(t, c, target)
	}
	for name, value := range said {
		o = o.With(apitest.In(name), value)
	}
	before := c.state(t)
	answer := c.people[caller].Send(t, o.Text(), o.Variables)
	wrote := changed(before, c.state(t))
	got := answer.Code()
	switch {
	case got != "":
	case len(wrote) == 0:
		got = "answered"
	case isElsewhere(wrote[0]):
		got = "elsewhere"
	default:
		got = "done"
	}
	want := r.class.of(caller)
	if got != want {
		t.Errorf("%s by the %s: want %s, got %s (written: %s)\n%s", r.name, caller, want, got, strings.Join(wrote, ", "), shown(o, answer))
	}
	c.wroteWhereItMay(t, r, caller, got, wrote, shown(o, answer))
	if got == "NOT_FOUND" || got == "INVALID" {
		c.likeNothing(t, r, caller, o, p, answer)
	}
}

// wroteWhereItMay judges an answer by what is in the database.
func (c *cast) wroteWhereItMay(t *testing.T, r row, caller, got string, wrote []string, answer string) {
	t.Helper()
	for _, table := range wrote {
		switch {
		case got != "done" && got != "elsewhere":
			t.Errorf("%s by the %s is %s, and it has written %s\n%s", r.name, caller, got, table, answer)
		case isElsewhere(table) != (caller == "foreign"):
			t.Errorf("%s by the %s has written %s, which is not the caller's\n%s", r.name, caller, table, answer)
		}
	}
	if got == "done" && !slices.ContainsFunc(wrote, func(table string) bool { return table != "activity" && table != "search_token" }) {
		t.Errorf("%s by the %s has no effect: written is only %v\n%s", r.name, caller, wrote, answer)
	}
}

// likeNothing compares an answer with that to an id of nothing.
func (c *cast) likeNothing(t *testing.T, r row, caller string, o apitest.Operation, p apitest.Position, answer *apitest.Response) {
	t.Helper()
	target := at(o, p)
	if target == "" {
		return
	}
	o = o.With(p, nobody)
	nothing := c.people[caller].Send(t, o.Text(), o.Variables)
	if answer.Shown() != strings.ReplaceAll(nothing.Shown(), nobody, target) {
		t.Errorf("%s by the %s tells that there is a record:\n%s\nof nothing:\n%s", r.name, caller, answer.Body, nothing.Body)
	}
}

// someChange is one that an update can make: of its first text. No two are alike, for names exist once.
func (c *cast) someChange(f *ast.FieldDefinition) apitest.Input {
	c.changes++
	for _, p := range apitest.Positions(f) {
		if strings.HasPrefix(f.Name, "update") && len(p.Path) == 2 && p.Type.Name() == "String" && p.Type.Elem == nil {
			return apitest.Input{p.Name(): fmt.Sprint(c.w.Org.Name, " changed ", c.changes)}
		}
	}
	return nil
}

// ask tries a query for all callers: there is nothing that it could spoil.
func (c *cast) ask(t *testing.T, r row, f *ast.FieldDefinition) {
	t.Helper()
	item := apitest.Item(f)
	kind := item.Name
	if !apitest.IsNode(item) {
		kind = questions[r.name]
	}
	target := ""
	if kind != "" {
		target = c.make(t, kind)
	}
	o := c.w.Required(t, server.Schema().Query, f)
	o.Selection = " { id }"
	if list := server.Schema().Types[f.Type.Name()].Fields; list.ForName("edges") != nil {
		o.Selection = " { totalCount nodes { id } }"
		o.Variables["first"] = mostShown
	} else if !apitest.IsNode(item) {
		o.Selection = apitest.Selection(f.Type.Name(), 1)
	}
	var at apitest.Position
	for _, p := range apitest.Positions(f) {
		if p.String() == "id" {
			o, at = o.With(p, target), p
		}
	}
	if r.with != nil {
		maps.Copy(o.Variables, r.with(t, c, target))
	}
	before := c.state(t)
	for _, caller := range callers {
		answer := c.people[caller].Send(t, o.Text(), o.Variables)
		got := whatIsShown(answer, target)
		if want := r.class.of(caller); got != want {
			t.Errorf("%s by the %s: want %s, got %s\n%s", r.name, caller, want, got, shown(o, answer))
		}
		counted(t, r.name+" by the "+caller, answer)
		if got == "absent" {
			c.likeNothing(t, r, caller, o, at, answer)
		}
	}
	if wrote := changed(before, c.state(t)); len(wrote) > 0 {
		t.Errorf("%s is a query, and it has written %v", r.name, wrote)
	}
}

func whatIsShown(answer *apitest.Response, target string) string {
	switch {
	case answer.Code() != "":
		return answer.Code()
	case target == "":
		return "answered"
	case strings.Contains(string(answer.Data), `"`+target+`"`):
		return "shown"
	}
	return "absent"
}

// counted holds a list's count against its records: what is not shown is not counted.
func counted(t *testing.T, what string, answer *apitest.Response) {
	t.Helper()
	var data map[string]struct {
		TotalCount *int
		Nodes      []any
	}
	if json.Unmarshal(answer.Data, &data) != nil {
		return
	}
	for _, list := range data {
		if list.TotalCount != nil && *list.TotalCount != len(list.Nodes) && len(list.Nodes) < mostShown {
			t.Errorf("%s: %d are counted of %d that are shown", what, *list.TotalCount, len(list.Nodes))
		}
	}
}

// find tries whether node and nodes find a record by its id.
func (c *cast) find(t *testing.T, r row, kind string) {
	t.Helper()
	target := c.make(t, kind)
	for _, caller := range callers {
		for _, text := range []string{"query($id: ID!) { found: node(id: $id) { id } }", "query($id: ID!) { found: nodes(ids: [$id]) { id } }"} {
			answer := c.people[caller].Send(t, text, map[string]any{"id": target})
			if got, want := whatIsShown(answer, target), r.class.of(caller); got != want {
				t.Errorf("%s by the %s: want %s, got %s\n%s\n%s", r.name, caller, want, got, text, answer.Body)
			}
			nothing := c.people[caller].Send(t, text, map[string]any{"id": nobody})
			if same := answer.Shown() == nothing.Shown(); same != (r.class.of(caller) != "shown") {
				t.Errorf("%s by the %s: %s\nof nothing: %s", r.name, caller, answer.Body, nothing.Body)
			}
		}
	}
}

func shown(o apitest.Operation, answer *apitest.Response) string {
	variables, _ := json.Marshal(o.Variables)
	return fmt.Sprintf("%s\n%s\n%s", o.Text(), variables, answer.Body)
}

// casts is how many organizations the rows are shared out among: they are tried side by side.
const casts = 4

func TestMatrix(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything, "DATABASE_POOL_SIZE=10")
	for n := range casts {
		t.Run(fmt.Sprint("part ", n+1, " of ", casts), func(t *testing.T) {
			t.Parallel()
			c := newCast(t, env, fmt.Sprint("Part", n))
			for i, r := range matrix {
				if i%casts != n {
					continue
				}
				t.Run(r.name, func(t *testing.T) { c.try(t, r) })
			}
		})
	}
}

func (c *cast) try(t *testing.T, r row) {
	t.Helper()
	switch of, name := r.field(); of {
	case "Query":
		c.ask(t, r, server.Schema().Query.Fields.ForName(name))
	case "Mutation":
		for _, caller := range callers {
			c.mutate(t, r, server.Schema().Mutation.Fields.ForName(name), caller)
		}
	case "Node":
		c.find(t, r, name)
	}
}

// mostShown is how many records a page has at most.
const mostShown = 100
