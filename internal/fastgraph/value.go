package fastgraph

import (
	"bytes"
	"context"
	"io"

	"github.com/99designs/gqlgen/graphql"
)

// Value is an object or a list while it is written, and then a graphql.Marshaler of its text. A finished value belongs
// to the one who got it: put into another, its memory is used again.
type Value struct {
	Fields []Field // of an object: for each, in this order, one of Key, Put and Later

	execution *Execution
	text      bytes.Buffer
	later     []Pending
	invalid   bool // a null stands where none may
}

// Key writes the name of a field. The caller appends the value.
func (v *Value) Key(f *Field) *bytes.Buffer {
	key := f.key
	if v.text.Len() == 1 {
		key = key[1:] // no comma
	}
	v.text.WriteString(key)
	return &v.text
}

// Put writes a field.
func (v *Value) Put(f *Field, nonNull bool, value graphql.Marshaler) {
	v.Key(f)
	v.append(nonNull, value)
}

// Later writes the name of a field and leaves the value to End.
func (v *Value) Later(f *Field, nonNull bool, resolve func(context.Context) graphql.Marshaler) {
	v.later = append(v.later, Pending{Resolve: resolve, at: v.Key(f).Len(), nonNull: nonNull})
}

// End resolves the fields of an object that were left for later, and finishes it: graphql.Null when a null stands where
// none may. obj is what the object is made of, nil for a root.
func (v *Value) End(ctx context.Context, obj any) graphql.Marshaler {
	if len(v.later) > 0 {
		resolve(ctx, obj, v.later)
		v.insert()
	}
	return v.finish('}')
}

// insert puts the values that came later where they belong.
func (v *Value) insert() {
	x := v.execution
	x.mu.Lock()
	whole := x.take('{')
	x.mu.Unlock()
	written, from := v.text.Bytes(), 1
	for _, p := range v.later {
		whole.text.Write(written[from:p.at])
		whole.append(p.nonNull, p.Value)
		from = p.at
	}
	whole.text.Write(written[from:])
	v.invalid = v.invalid || whole.invalid
	v.text, whole.text = whole.text, v.text
	x.release(whole)
}

// append writes a value and notes whether it makes this one null: a null of a field that is never null, or one that a
// resolver has marked so.
func (v *Value) append(nonNull bool, value graphql.Marshaler) {
	if value == graphql.RequiredNull || nonNull && value == graphql.Null {
		v.invalid = true
	}
	if inner, ok := value.(*Value); ok {
		v.text.Write(inner.text.Bytes())
		v.execution.release(inner)
		return
	}
	value.MarshalGQL(&v.text)
}

func (v *Value) finish(end byte) graphql.Marshaler {
	if v.invalid {
		v.execution.release(v)
		return graphql.Null
	}
	v.text.WriteByte(end)
	return v
}

// MarshalGQL implements graphql.Marshaler.
func (v *Value) MarshalGQL(w io.Writer) { _, _ = w.Write(v.text.Bytes()) }
