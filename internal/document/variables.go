package document

import (
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// Variables reads an operation's variables as the specification has it, and refuses what the executor would let pass or
// find only later: numbers in quotes, enum values in another case, more than one key of a @oneOf input. All values that
// are wrong are reported, each an INVALID fault on its field with the path of the value.
//
// The values are those of encoding/json, with numbers as json.Number; lists are made where one item was given, in
// place. What was not given has its default or is absent.
func (f *Front) Variables(op *Operation, given map[string]any) (map[string]any, error) {
	if len(op.Definition.VariableDefinitions) == 0 {
		return map[string]any{}, nil
	}
	c := coercion{front: f, path: ast.Path{ast.PathName("variable"), nil}}
	out := make(map[string]any, len(op.Definition.VariableDefinitions))
	for _, v := range op.Definition.VariableDefinitions {
		c.path[1] = ast.PathName(v.Variable)
		value, ok := given[v.Variable]
		switch {
		case ok:
			out[v.Variable] = c.read(v.Type, value)
		case v.DefaultValue != nil:
			fallback, err := v.DefaultValue.Value(nil)
			if err != nil { // a number that no float64 holds
				c.refuse("has a default value that is no %s", v.Type.Name())
			}
			out[v.Variable] = fallback
		case v.Type.NonNull:
			c.refuse("is required")
		}
	}
	if len(c.errs) > 0 {
		return nil, f.present(c.errs[:min(len(c.errs), f.limits.Errors)], len(c.errs) > f.limits.Errors)
	}
	return out, nil
}

type coercion struct {
	front *Front
	path  ast.Path
	errs  gqlerror.List
}

func (c *coercion) refuse(format string, args ...any) {
	c.fail(fault.Field("", format, args...))
}

// fail adds an error at the present path; its field is the last name in it.
func (c *coercion) fail(err error) {
	if len(c.errs) <= c.front.limits.Errors { // one more than is shown tells that there are more
		c.errs = append(c.errs, gqlerror.WrapPath(slices.Clone(c.path), err))
	}
}

// at runs read one step further down.
func (c *coercion) at(step ast.PathElement, read func()) {
	c.path = append(c.path, step)
	read()
	c.path = c.path[:len(c.path)-1]
}

func (c *coercion) read(typ *ast.Type, value any) any {
	if value == nil {
		if typ.NonNull {
			c.refuse("must not be null")
		}
		return nil
	}
	if depth := len(c.path) - 2; depth > c.front.limits.Depth {
		c.fail(c.front.limits.Exceed(Depth))
		return nil
	}
	if typ.Elem != nil {
		return c.list(typ.Elem, value)
	}
	switch def := c.front.schema.Types[typ.NamedType]; def.Kind {
	case ast.InputObject:
		c.object(def, value)
	case ast.Enum:
		if name, ok := value.(string); !ok || def.EnumValues.ForName(name) == nil {
			c.refuse("must be one of the values of %s", def.Name)
		}
	default:
		if check := c.front.scalars[def.Name]; check != nil {
			if err := check(value); err != nil {
				c.fail(err)
			}
		}
	}
	return value
}

// list reads a list, or one item as a list of it.
func (c *coercion) list(elem *ast.Type, value any) any {
	items, ok := value.([]any)
	if !ok {
		return []any{c.read(elem, value)}
	}
	for i := range items {
		c.at(ast.PathIndex(i), func() { items[i] = c.read(elem, items[i]) })
	}
	return items
}

func (c *coercion) object(def *ast.Definition, value any) {
	object, ok := value.(map[string]any)
	if !ok {
		c.refuse("must be an object of type %s", def.Name)
		return
	}
	known := 0
	for _, field := range def.Fields {
		inner, given := object[field.Name]
		if given {
			known++
		}
		switch {
		case given:
			c.at(ast.PathName(field.Name), func() { object[field.Name] = c.read(field.Type, inner) })
		case field.Type.NonNull && field.DefaultValue == nil:
			c.at(ast.PathName(field.Name), func() { c.refuse("is required") })
		}
	}
	if known < len(object) {
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if def.Fields.ForName(name) == nil {
				c.at(ast.PathName(name), func() { c.refuse("is no field of %s", def.Name) })
			}
		}
	}
	if def.Directives.ForName("oneOf") != nil {
		c.oneOf(def, object)
	}
}

func (c *coercion) oneOf(def *ast.Definition, object map[string]any) {
	if len(object) == 1 {
		for _, value := range object {
			if value != nil {
				return
			}
		}
	}
	c.refuse("must have exactly one of the fields of %s, and not null", def.Name)
}
