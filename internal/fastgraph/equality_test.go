package fastgraph_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// TestAnswersAreThoseOfGqlgen asks servers over gqlgen's own code and over the rewritten the same.
func TestAnswersAreThoseOfGqlgen(t *testing.T) {
	t.Parallel()
	s := generate(t)
	t.Run("of resolvers that do everything wrong", func(t *testing.T) {
		own := command(t, root, "go", "run", "./internal/fastgraph/probe")
		gqlgens := command(t, root, s.build(t, "./internal/fastgraph/probe"))
		compare(t, "the probe", own, gqlgens)
		if n := strings.Count(own, "\n"); n < 400 {
			t.Errorf("the probe prints only %d lines", n)
		}
	})

	env := apitest.New(t)
	w := env.World(t, env.Acme)
	w.Fill(t, 3)
	b := both{env: env, stock: s.serve(t, env)}
	t.Run("to everything that can be read", func(t *testing.T) { b.queries(t, w) })
	t.Run("to documents of every form", func(t *testing.T) { b.documents(t, w) })
	t.Run("to everything that can be written", func(t *testing.T) { b.mutations(t, w) })
	if b.sent < 700 {
		t.Errorf("only %d operations were compared: the walk over the schema misses most of it", b.sent)
	}
}

// both are the two servers.
type both struct {
	env   *apitest.Env
	stock string
	sent  int
}

// send sends the same to both.
func (b *both) send(t *testing.T, as *apitest.Client, text string, variables map[string]any) {
	t.Helper()
	b.sent++
	own := as.Send(t, text, variables)
	gqlgens := b.toStock(as).Send(t, text, variables)
	if own.Status != gqlgens.Status {
		t.Errorf("%s\nstatus %d, gqlgen %d", text, own.Status, gqlgens.Status)
	}
	compare(t, text, fleeting.ReplaceAllString(own.Body, ""), fleeting.ReplaceAllString(gqlgens.Body, ""))
}

func (b *both) toStock(c *apitest.Client) *apitest.Client {
	stock := *c
	stock.URL = b.stock
	return &stock
}

// fleeting are parts of an answer that differ from second to second.
var fleeting = regexp.MustCompile(`"requestId":"[^"]*"|expires=\d+|signature=[\w-]+`)

// compare tells where two texts begin to differ.
func compare(t *testing.T, what, own, gqlgens string) {
	t.Helper()
	if own == gqlgens {
		return
	}
	at := 0
	for at < min(len(own), len(gqlgens)) && own[at] == gqlgens[at] {
		at++
	}
	show := func(s string) string { return s[max(0, at-200):min(len(s), at+200)] }
	t.Errorf("%s\ndiffers at byte %d:\n%s\ngqlgen:\n%s", what, at, show(own), show(gqlgens))
}

// queries asks for everything: as an admin, as one who may not, as a stranger, as nobody; and each once more in a
// document with aliases, fragments and the same field twice.
func (b *both) queries(t *testing.T, w *apitest.World) {
	all := w.Queries(t)
	for _, what := range slices.Sorted(maps.Keys(all)) {
		o := all[what]
		for _, c := range []*apitest.Client{w.Admin, w.Member, b.env.Globex.Admin, b.env.Anonymous()} {
			b.send(t, c, o.Text(), o.Variables)
		}
		text := strings.TrimSuffix(o.Text(), " }")
		head, field, _ := strings.Cut(text, " { ")
		b.send(t, w.Admin, head+" { "+field+" ...again b: __typename a: "+field+" } fragment again on Query { "+field+" __typename }", o.Variables)
	}
}

// documents are what the walk over the schema does not find.
func (b *both) documents(t *testing.T, w *apitest.World) {
	variables := map[string]any{"lead": w.IDs["Lead"][0], "task": w.IDs["Task"][0], "none": "00000000-0000-0000-0000-000000000000", "yes": true, "n": 2}
	for _, text := range []string{
		`{ __schema { queryType { name } types { ...t } directives { name args { name type { name } defaultValue } locations isRepeatable } } }
			fragment t on __Type { kind name description specifiedByURL isOneOf fields(includeDeprecated: true) { name description isDeprecated args { name type { name ofType { name ofType { name } } } }
			type { kind name ofType { kind name ofType { kind name } } } } enumValues { name deprecationReason } interfaces { name } possibleTypes { name } inputFields { name defaultValue } }`,
		`{ __type(name: "Lead") { name fields { name } } none: __type(name: "Nothing") { name } }`,
		`{ __typename a: __typename viewer { __typename user { __typename } } }`,
		`query($lead: ID!, $none: ID!) { a: lead(id: $lead) { id tags { id } } b: lead(id: $none) { id } c: lead(id: $lead) { id } }`,
		`query($lead: ID!, $task: ID!, $none: ID!) { nodes(ids: [$lead, $none, $task]) { id __typename ... on Lead { name status } ... on Node { id } ...t } } fragment t on Task { title lead { id } }`,
		`query($yes: Boolean!) { leads(first: 2) { nodes @skip(if: $yes) { id } edges @include(if: $yes) { cursor node { id @skip(if: $yes) name } } totalCount } }`,
		`query($n: Int) { accounts(first: $n) { nodes { contacts(first: $n) { nodes { id } } other: contacts(last: 1) { edges { cursor } pageInfo { hasPreviousPage } } } } }`,
		`{ accounts { nodes { contacts(first: 0) { nodes { id } } } } }`,             // an error in each item of a list
		`{ leads(first: 1000) { nodes { id } } accounts { nodes { id } } }`,          // an error in a root beside another
		`{ a: leads(after: "x") { totalCount } b: leads(first: -1) { totalCount } }`, // two
		`{ leads { nodes { comments(after: "x") { nodes { id } } tags { id } } } }`,  // deep inside
		`{ leads { nodes { } } }`, `{ leads { nothing } }`, `{`, ``, `{ leads }`, `query Q { viewer { user { id } } } query R { __typename }`,
		`{ leads { ... @defer { totalCount } } }`,
		`{ lead(id: "no id") { id } }`, `query($id: ID!) { lead(id: $id) { id } }`, `query($n: Int!) { leads(first: $n) { totalCount } }`,
		`subscription { leads { totalCount } }`,
		`mutation { createLead(input: {title: ""}) { lead { id } } }`, `mutation { deleteLead(input: {id: "00000000-0000-0000-0000-000000000000"}) { deletedId } }`,
		`mutation { a: createTag(input: {name: "twice"}) { tag { id } } b: createTag(input: {name: "twice"}) { tag { id } } c: deleteTag(input: {id: "no id"}) { deletedId } __typename }`,
		`mutation { __typename }`,
		nested,
	} {
		for _, c := range []*apitest.Client{w.Admin, b.env.Acme.Admin, b.env.Anonymous()} { // by a session, by a token, by nobody
			b.send(t, c, text, variables)
		}
	}
	if r := w.Admin.Refused(t, "INVALID", `{ leads { ... @defer { totalCount } } }`, nil); len(r.Data) > 0 && string(r.Data) != "null" {
		t.Errorf("@defer is answered: %s", r.Body)
	}
}

// changing are parts of an answer that differ each time the same is done.
var changing = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|` + // ids
	`\d{4}-\d{2}-\d{2}T[0-9:.]+Z|` + // instants
	`"(version|position|markedCount)":\d+|"kanbanOrder":"[^"]*"|(INV|EST)-\d{8}-\d+|` + // counts of changes, and places among what was made before
	`bcrm_(pat|site)_[\w-]+|(?i:of[-_]Acme)[-_](told-)?\d+|"\+\d+ \d{6}"|` + // secrets and counts of samples
	`[A-Za-z0-9_-]{24,}(\.[A-Za-z0-9_-]+)*|` + // tokens and cursors
	`"requestId":"[^"]*"|expires=\d+`)

// mutations does everything once on each server, with records and texts of its own.
func (b *both) mutations(t *testing.T, w *apitest.World) {
	for _, f := range apitest.Fields(server.Schema().Mutation) {
		b.sent++
		had := maps.Clone(w.IDs)
		if f.Name == "sendDueReminders" {
			do(t, w, w.Admin, f) // whoever asks first reminds of all
		}
		own, _ := do(t, w, w.Admin, f)
		gqlgens, o := do(t, w, b.toStock(w.Admin), f)
		w.IDs = had // what was made for this alone may be deleted
		if f.Name == "createOrganization" {
			continue // the second is listed with the first
		}
		compare(t, o.Text(), changing.ReplaceAllString(own.Body, "…"), changing.ReplaceAllString(gqlgens.Body, "…"))
		// What is refused leaves nothing behind, so that both get the very same.
		for name := range o.Variables {
			if f.Name == "updateOrganization" {
				continue // it needs nothing, and counts its changes
			}
			b.send(t, w.Admin, o.Text(), map[string]any{name: map[string]any{}})
		}
		b.send(t, b.env.Anonymous(), o.Text(), o.Variables)
	}
}

// do does a mutation, to a new record when it is about one.
func do(t *testing.T, w *apitest.World, as *apitest.Client, f *ast.FieldDefinition) (*apitest.Response, apitest.Operation) {
	t.Helper()
	for _, p := range apitest.Positions(f) {
		if p.Name() == "id" {
			w.Make(t, apitest.KindOf(t, f, p))
		}
	}
	o := w.Required(t, server.Schema().Mutation, f)
	o.Selection = apitest.Selection(f.Type.Name(), 1)
	return as.Send(t, o.Text(), o.Variables), o
}
