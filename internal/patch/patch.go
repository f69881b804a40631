// Package patch copies what a client set onto a row.
//
// Input and row are matched by field name, case aside. In an input absent, null and a value are three things
// (graphql.Omittable): an absent field leaves the row alone, null clears, a value sets. Texts are trimmed and a
// blank text counts as null where the row knows null. This is the only place that does so by reflection.
//
// Failure: null for a field that cannot be empty is an INVALID fault on it. An input field without a home in the
// row panics: that is a mistake in the program, and a test walks every pair of input and row.
package patch

import (
	"fmt"
	"reflect"
	"strings"
	"sync"
	"unicode"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// Set names the row's fields that an input set, by their Go names.
type Set map[string]bool

// Patcher is a row's field that takes a value in its own way, such as by merging it into what it has. Its error is what is
// wrong with the value.
type Patcher interface{ Patch(value any) error }

// Apply copies the fields that input sets onto row, a pointer to a struct, and names them.
func Apply(row, input any) (Set, error) {
	dst, src := reflect.ValueOf(row).Elem(), reflect.ValueOf(input)
	set := make(Set)
	var faults fault.List
	for _, p := range pairs(dst.Type(), src.Type()) {
		value, given := given(src.Field(p.src))
		if !given {
			continue
		}
		target := dst.FieldByIndex(p.dst)
		if p.absent && value.Kind() == reflect.Pointer && value.IsNil() {
			continue
		}
		if own, ok := reflect.TypeAssert[Patcher](target.Addr()); ok {
			if err := own.Patch(value.Interface()); err != nil {
				faults.Add(p.name, "%s", err)
				continue
			}
			set[p.field] = true
			continue
		}
		if err := assign(target, value); err != nil {
			faults.Add(p.name, "%s", err)
			continue
		}
		set[p.field] = true
	}
	return set, faults.Err()
}

// Put sets one field of row, a pointer to a struct, as Apply does. The row must have the field.
func Put(row any, field string, value any) error {
	return assign(reflect.ValueOf(row).Elem().FieldByName(field), reflect.ValueOf(value))
}

type pair struct {
	src   int
	dst   []int
	field string // the row's field
	name  string // the input's field, as the schema spells it

	absent bool // null counts as absent: the row has a default of its own (tag null:"absent")
}

type pairKey struct{ dst, src reflect.Type }

var known sync.Map // pairKey → []pair

// pairs matches the fields of an input with those of a row.
func pairs(dst, src reflect.Type) []pair {
	key := pairKey{dst, src}
	if found, ok := known.Load(key); ok {
		return found.([]pair)
	}
	var out []pair
	for i := range src.NumField() {
		name := src.Field(i).Name
		if name == "ID" || name == "Version" { // they find the row and guard it; they are never copied
			continue
		}
		field, ok := dst.FieldByNameFunc(func(n string) bool { return strings.EqualFold(n, name) })
		if !ok {
			panic(fmt.Sprintf("patch: %s.%s has no home in %s", src, name, dst))
		}
		out = append(out, pair{i, field.Index, field.Name, Spelling(src.Field(i)), field.Tag.Get("null") == "absent"})
	}
	known.Store(key, out)
	return out
}

// Spelling is a field's name in the schema: its json tag, or its Go name with a small first letter.
func Spelling(f reflect.StructField) string {
	if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" && tag != "-" {
		return tag
	}
	r := []rune(f.Name)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

// given unwraps an Omittable; plain fields are always given.
func given(v reflect.Value) (reflect.Value, bool) {
	o, ok := reflect.TypeAssert[interface{ IsSet() bool }](v)
	if !ok {
		return v, true
	}
	if !o.IsSet() {
		return v, false
	}
	return v.MethodByName("Value").Call(nil)[0], true
}

// assign sets a field from a value that may be a pointer, converting between types of the same shape.
func assign(dst, src reflect.Value) error {
	for src.Kind() == reflect.Pointer {
		if src.IsNil() {
			return empty(dst)
		}
		src = src.Elem()
	}
	if src.Kind() == reflect.Slice {
		return assignList(dst, src)
	}
	if src.Type().Kind() == reflect.String && src.Type() == reflect.TypeFor[string]() {
		src = reflect.ValueOf(strings.TrimSpace(src.String()))
		if src.Len() == 0 && dst.Kind() == reflect.Pointer {
			return empty(dst)
		}
	}
	if dst.Kind() == reflect.Pointer {
		fresh := reflect.New(dst.Type().Elem())
		fresh.Elem().Set(src.Convert(dst.Type().Elem()))
		dst.Set(fresh)
		return nil
	}
	dst.Set(src.Convert(dst.Type()))
	return nil
}

// empty clears a nullable field or a list.
func empty(dst reflect.Value) error {
	if dst.Kind() != reflect.Pointer && dst.Kind() != reflect.Slice {
		return fmt.Errorf("must not be null")
	}
	dst.SetZero()
	return nil
}

// assignList copies a list; an id or a text that stands in it twice counts once.
func assignList(dst, src reflect.Value) error {
	out := reflect.MakeSlice(dst.Type(), 0, src.Len())
	seen := make(map[any]bool, src.Len())
	for i := range src.Len() {
		item := src.Index(i)
		for item.Kind() == reflect.Pointer {
			item = item.Elem()
		}
		item = item.Convert(dst.Type().Elem())
		if item.Comparable() && item.Kind() != reflect.Struct {
			if seen[item.Interface()] {
				continue
			}
			seen[item.Interface()] = true
		}
		out = reflect.Append(out, item)
	}
	dst.Set(out)
	return nil
}
