package server

import (
	"io"
	"maps"
	"slices"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"
	"github.com/vektah/gqlparser/v2/validator"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
)

// unserved directives are not part of the schema that clients see. Three steer the code generator; defer, which every
// schema has by default, the executor does not know (docs/adr/0010-rewritten-executor.md).
var unserved = []string{"goField", "goModel", "inlineArguments", "defer"}

// Schema is the schema as it is served.
var Schema = sync.OnceValue(func() *ast.Schema { return clean(graph.NewExecutableSchema(graph.Config{}).Schema()) })

// executable is the generated schema over resolvers. The generated package parses the schema once for all, so
// cleaning it here cleans what introspection answers.
func executable(config graph.Config) graphql.ExecutableSchema {
	Schema()
	return graph.NewExecutableSchema(config)
}

// WriteSDL prints the schema.
func WriteSDL(w io.Writer) error {
	formatter.NewFormatter(w, formatter.WithIndent("  ")).FormatSchema(Schema())
	return nil
}

func clean(schema *ast.Schema) *ast.Schema {
	maps.DeleteFunc(schema.Directives, func(name string, _ *ast.DirectiveDefinition) bool { return slices.Contains(unserved, name) })
	for _, definition := range schema.Types {
		if source := definition.Position.Src; source != validator.Prelude {
			// The generator rewrites the files to inline arguments, and calls the result built in; then nothing of it
			// would be printed.
			definition.BuiltIn, source.BuiltIn = false, false
		}
		definition.Directives = without(definition.Directives)
		for _, field := range definition.Fields {
			field.Directives = without(field.Directives)
			for _, argument := range field.Arguments {
				argument.Directives = without(argument.Directives)
			}
		}
	}
	return schema
}

func without(list ast.DirectiveList) ast.DirectiveList {
	var out ast.DirectiveList
	for _, d := range list {
		if !slices.Contains(unserved, d.Name) {
			out = append(out, d)
		}
	}
	return out
}
