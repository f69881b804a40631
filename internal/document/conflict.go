package document

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// conflicts is the rule "field selection merging" of the specification, in place of the validator's, which compares
// each field with each. Fields that are merged must have one shape, wherever they come from; those that one object can
// have must be the same field with the same arguments. Both are equivalences, so that each is compared with the first.
func (f *Front) conflicts(tree *ast.QueryDocument, fragments map[string]*ast.FragmentDefinition, repeated [][]*ast.Field) error {
	if len(repeated) == 0 {
		return nil
	}
	var errs gqlerror.List
	refuse := func(field *ast.Field, why string) {
		if len(errs) <= f.limits.Errors {
			errs = append(errs, gqlerror.ErrorPosf(field.Position, "The fields %q cannot be merged, because %s: give one of them an alias.", field.Alias, why))
		}
	}
	for _, same := range repeated {
		for _, other := range same[1:] {
			if !f.sameShape(same[0].Definition.Type, other.Definition.Type) {
				refuse(other, "their types differ")
			}
		}
	}
	m := &merger{fragments: fragments, limits: f.limits, parts: byParent, merged: func(same []*ast.Field) {
		for _, other := range same[1:] {
			switch {
			case other.Name != same[0].Name:
				refuse(other, "they are different fields")
			case !sameArguments(same[0].Arguments, other.Arguments):
				refuse(other, "their arguments differ")
			}
		}
	}}
	if err := m.operations(tree); err != nil {
		return err
	}
	if len(errs) > 0 {
		return f.present(errs[:min(len(errs), f.limits.Errors)], len(errs) > f.limits.Errors)
	}
	return nil
}

// byParent tells which fields one object can have together: those of one object type, and with each those of abstract
// types.
func byParent(same []*ast.Field) [][]*ast.Field {
	var abstract []*ast.Field
	var parents []*ast.Definition
	of := map[*ast.Definition][]*ast.Field{}
	for _, f := range same {
		parent := f.ObjectDefinition
		if parent.Kind != ast.Object {
			abstract = append(abstract, f)
			continue
		}
		if of[parent] == nil {
			parents = append(parents, parent)
		}
		of[parent] = append(of[parent], f)
	}
	if len(parents) == 0 || len(parents) == 1 && len(abstract) == 0 {
		return [][]*ast.Field{same}
	}
	out := make([][]*ast.Field, len(parents))
	for i, parent := range parents {
		out[i] = append(of[parent], abstract...)
	}
	return out
}

func (f *Front) sameShape(a, b *ast.Type) bool {
	if a.NonNull != b.NonNull || (a.Elem == nil) != (b.Elem == nil) {
		return false
	}
	if a.Elem != nil {
		return f.sameShape(a.Elem, b.Elem)
	}
	one, other := f.schema.Types[a.NamedType], f.schema.Types[b.NamedType]
	return one == other || one.IsCompositeType() && other.IsCompositeType()
}

func sameArguments(a, b ast.ArgumentList) bool {
	if len(a) != len(b) {
		return false
	}
	for _, argument := range a {
		other := b.ForName(argument.Name)
		if other == nil || !sameValue(argument.Value, other.Value) {
			return false
		}
	}
	return true
}

// sameValue compares as they are written, only the order of an object's fields does not matter.
func sameValue(a, b *ast.Value) bool {
	if a.Kind != b.Kind || a.Raw != b.Raw || len(a.Children) != len(b.Children) {
		return false
	}
	for i, child := range a.Children {
		other := b.Children[i].Value
		if a.Kind == ast.ObjectValue {
			other = b.Children.ForName(child.Name)
		}
		if other == nil || !sameValue(child.Value, other) {
			return false
		}
	}
	return true
}
