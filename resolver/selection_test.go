package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// TestFieldsAloneAreAsAmongAll asks for each field of each type alone, and compares with what the record shows when
// everything is asked for: a field whose columns were not all read would differ.
func TestFieldsAloneAreAsAmongAll(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	w := env.World(t, env.Acme)
	w.Fill(t, 2)
	types := server.Schema().Types
	compared := 0
	for typ := range graph.Columns {
		def := types[typ]
		if !apitest.IsNode(def) || len(w.IDs[typ]) == 0 {
			continue
		}
		for _, key := range w.IDs[typ] {
			ask := func(selection string) *apitest.Response {
				return w.Admin.Do(t, "query($id: ID!) { node(id: $id) { ... on "+typ+" { "+selection+" } } }", map[string]any{"id": key})
			}
			var all []string
			for _, f := range apitest.Fields(def) {
				all = append(all, asked(types, f))
			}
			whole := ask(strings.Join(all, " ")).Get(t, "node").(map[string]any)
			for i, f := range apitest.Fields(def) {
				alone := ask(all[i]).Get(t, "node").(map[string]any)
				if lasting(fmt.Sprint(alone[f.Name])) != lasting(fmt.Sprint(whole[f.Name])) {
					t.Errorf("%s.%s is %v alone and %v among all", typ, f.Name, alone[f.Name], whole[f.Name])
				}
				compared++
			}
		}
	}
	if compared < 300 {
		t.Errorf("only %d fields were compared", compared)
	}
}

// asked is a field with something below it.
func asked(types map[string]*ast.Definition, f *ast.FieldDefinition) string {
	of := types[f.Type.Name()]
	if of.IsLeafType() {
		return f.Name
	}
	return f.Name + apitest.Selection(of.Name, 0)
}
