package apitest

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// spans are the values of inputs that narrow a filter down by several fields together: some records meet the first of
// each, and few or none the second.
var spans = map[string][]any{
	"TextFilter":        {map[string]any{"startsWith": "a", "contains": "b"}, map[string]any{"equals": "nobody's"}},
	"DateRange":         {map[string]any{"from": "2026-03-01", "to": "2026-03-02"}, map[string]any{"to": "1999-12-31"}},
	"CustomFieldFilter": {[]any{map[string]any{"key": "region", "text": "north"}}, []any{map[string]any{"key": "score", "number": 5}, map[string]any{"key": "region"}}},
	"DecimalRange":      {map[string]any{"min": "1000", "max": "1001.50"}, map[string]any{"max": "0.01"}},
}

// Lists ask each root field that is a list, with its count: as it is, filtered by each field, by so many values of it, and
// in each order in both directions. So they do each board, by its statuses and by a pipeline.
func (w *World) Lists(t testing.TB, values int) []Operation {
	t.Helper()
	var out []Operation
	for _, f := range Fields(server.Schema().Query) {
		isBoard := strings.HasSuffix(f.Name, "Kanban")
		if !isBoard && !isConnection(server.Schema().Types[f.Type.Name()]) {
			continue
		}
		from := len(out)
		o := w.sampler.Required(t, server.Schema().Query, f)
		if f.Arguments.ForName("all") != nil {
			o.Variables["all"] = true
		}
		o.Selection = " { totalCount nodes { id } pageInfo { startCursor } }"
		if isBoard {
			o.Selection = " { columns { totalCount cards { id } } }"
		}
		out = append(out, o)
		for _, p := range Positions(f) {
			switch {
			case p.Path[0] == "filter" && len(p.Path) == 2:
				choices := w.choices(t, f, p)
				for _, value := range choices[:min(len(choices), values)] {
					out = append(out, o.With(Position{Path: p.Path[:1]}, map[string]any{}).With(p, value))
				}
			case p.Path[0] == "orderBy" && p.Name() == "field":
				for _, v := range server.Schema().Types[p.Type.Name()].EnumValues {
					for _, direction := range []string{"ASC", "DESC"} {
						out = append(out, o.With(Position{Path: p.Path[:1]}, map[string]any{"field": v.Name, "direction": direction}))
					}
				}
			}
		}
		if f.Arguments.ForName("mode") != nil {
			for _, o := range out[from:] {
				out = append(out, o.With(Position{Path: []string{"mode"}}, "PIPELINE"))
			}
		}
	}
	return out
}

// choices are the values that a filter's field is tried with.
func (w *World) choices(t testing.TB, f *ast.FieldDefinition, p Position) []any {
	t.Helper()
	def := server.Schema().Types[p.Type.Name()]
	if both, ok := spans[def.Name]; ok {
		return both
	}
	var out []any
	switch {
	case def.Kind == ast.Enum:
		for _, v := range def.EnumValues {
			out = append(out, v.Name)
		}
	case def.Name == "Boolean":
		out = []any{true, false}
	case def.Name == "String": // a category of products
		out = []any{"c1", "none"}
	case def.Name == "DateTime":
		out = []any{"2026-03-01T00:00:00Z", "2099-01-01T00:00:00Z"}
	case def.Name == "ID":
		for _, key := range w.IDs[KindOf(t, f, p)] {
			out = append(out, key)
		}
	}
	if len(out) == 0 {
		t.Fatalf("there is no value for %s of %s; add one", p, f.Name)
	}
	if p.Type.Elem == nil {
		return out
	}
	for i := range out {
		out[i] = []any{out[i]}
	}
	return out
}
