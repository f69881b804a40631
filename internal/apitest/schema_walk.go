package apitest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// Tests that are generated over the schema cover a new field without anybody adding it. What they have in common is
// here: how a type is asked for everything, and where in the arguments of a field a value can stand.

// Selection asks for every field of a type, and for those of the records that it leads to, down to a depth.
func Selection(typ string, depth int) string {
	return selection(server.Schema().Types[typ], depth)
}

func selection(def *ast.Definition, depth int) string {
	fields := []string{"__typename"}
	for _, f := range Fields(def) {
		of := server.Schema().Types[f.Type.Name()]
		if of.IsLeafType() {
			fields = append(fields, f.Name)
			continue
		}
		left := depth
		if isStep(def, of) {
			left--
		}
		if left >= 0 {
			if isConnection(def) && f.Name == "nodes" {
				left = 0 // its edges lead further; twice the same is twice the time
			}
			fields = append(fields, f.Name+selection(of, left))
		}
	}
	return " { " + strings.Join(fields, " ") + " }"
}

// Fields are those of a type without the ones of introspection.
func Fields(def *ast.Definition) []*ast.FieldDefinition {
	return slices.DeleteFunc(slices.Clone([]*ast.FieldDefinition(def.Fields)), func(f *ast.FieldDefinition) bool { return strings.HasPrefix(f.Name, "__") })
}

// isStep reports whether a field leads to other records, or to what many of them come to. From a list to its items it is no
// step.
func isStep(from, to *ast.Definition) bool {
	isEdge := from.Fields.ForName("cursor") != nil
	return !isConnection(from) && !isEdge && (isConnection(to) || IsNode(to) || strings.HasSuffix(to.Name, "Report"))
}

func isConnection(def *ast.Definition) bool { return def.Fields.ForName("edges") != nil }

// IsNode reports whether objects of the type have an id of their own.
func IsNode(def *ast.Definition) bool {
	return def.Name == "Node" || slices.Contains(def.Interfaces, "Node")
}

// Item is the type of a field's records: of a list those in it.
func Item(f *ast.FieldDefinition) *ast.Definition {
	def := server.Schema().Types[f.Type.Name()]
	if isConnection(def) {
		return server.Schema().Types[def.Fields.ForName("nodes").Type.Name()]
	}
	return def
}

// Position is where a value can stand: an argument, or a field of an input inside it.
type Position struct {
	Path []string // from the argument inwards
	Type *ast.Type
	Home *ast.Definition // the input that the field is of; nil for an argument

	HasDefault bool
}

// In is the position of a field of a mutation's input.
func In(field string) Position { return Position{Path: []string{"input", field}} }

func (p Position) String() string { return strings.Join(p.Path, ".") }

// Name is the last step of the path, which errors name.
func (p Position) Name() string { return p.Path[len(p.Path)-1] }

// Positions lists where values can stand in the arguments of a field, the inputs that hold others included.
func Positions(f *ast.FieldDefinition) []Position {
	var out []Position
	var walk func(p Position)
	walk = func(p Position) {
		out = append(out, p)
		def := server.Schema().Types[p.Type.Name()]
		if def.Kind != ast.InputObject {
			return
		}
		for _, inner := range def.Fields {
			walk(Position{append(slices.Clone(p.Path), inner.Name), inner.Type, def, inner.DefaultValue != nil})
		}
	}
	for _, a := range f.Arguments {
		walk(Position{[]string{a.Name}, a.Type, nil, a.DefaultValue != nil})
	}
	return out
}

// Operation is a root field with its variables, one for each argument.
type Operation struct {
	Root      *ast.Definition // Query or Mutation
	Field     *ast.FieldDefinition
	Variables map[string]any
	Selection string
}

// Text is the operation's document.
func (o Operation) Text() string {
	var declared, given []string
	for _, a := range o.Field.Arguments {
		if _, ok := o.Variables[a.Name]; ok {
			declared = append(declared, fmt.Sprintf("$%s: %s", a.Name, a.Type))
			given = append(given, fmt.Sprintf("%s: $%s", a.Name, a.Name))
		}
	}
	head := strings.ToLower(o.Root.Name)
	call := o.Field.Name
	if len(declared) > 0 {
		head += "(" + strings.Join(declared, ", ") + ")"
		call += "(" + strings.Join(given, ", ") + ")"
	}
	return head + " { " + call + o.Selection + " }"
}

// With gives the variables with a value at a position, in a copy. The inputs on the way must be there.
func (o Operation) With(p Position, value any) Operation {
	o.Variables = put(o.Variables, p.Path, value)
	return o
}

func put(into map[string]any, path []string, value any) map[string]any {
	out := make(map[string]any, len(into)+1)
	maps.Copy(out, into)
	if len(path) > 1 {
		inner, _ := out[path[0]].(map[string]any)
		value = put(inner, path[1:], value)
	}
	out[path[0]] = value
	return out
}
