// Package fastgraph is what the code in package graph runs on, instead of much of gqlgen's own runtime.
//
// gqlgen makes a goroutine for each item of a list, a map for each object, and a field context, a context and five
// closures for each field, down to the scalars. For a page of records that costs several times what the database does.
// Package rewrite changes the code that gqlgen has written so that it calls the functions here: what a record holds
// already is appended to the answer's text, and all else is resolved in order, in one goroutine. Answers are the same
// to the byte; docs/adr/0010-rewritten-executor.md has the figures.
//
// What is not served: @defer, field middleware (AroundFields), FieldContext.Child, and the FieldContext of scalars that
// a record holds. A panic in a method of a record that gives a scalar is an error of the object around it.
package fastgraph

import (
	"bytes"
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Execution is what the values of one operation share. The zero Execution is ready; it is safe for concurrent use.
type Execution struct {
	mu   sync.Mutex
	sets map[set][]Field
	args map[place]map[string]any
	free []*Value
}

// place is a field of the document where it is asked of one type.
type place struct {
	field  *ast.Field
	object string
}

// pool keeps the memory of values between operations. Their text is cut to nothing when they come back (see release), and
// a value that did not come back, because of an error, is left to the garbage collector.
var pool = sync.Pool{New: func() any { return new(Value) }}

// maxKept is up to which size the memory of a value is kept: beyond it are answers that hardly anybody asks for.
const maxKept = 256 << 10

// Field is a selected field.
type Field struct {
	graphql.CollectedField

	key string // ,"alias":
}

// set names what a selection asks of one type. The slices are compared by where they are: a type has one list of
// implementors, and the selections are those of the document.
type set struct {
	selections   *ast.Selection
	length       int
	implementors *string
}

// Object begins an object with the fields that are selected of its type.
func (x *Execution) Object(oc *graphql.OperationContext, selections ast.SelectionSet, implementors []string) *Value {
	key := set{length: len(selections), implementors: &implementors[0]}
	if len(selections) > 0 {
		key.selections = &selections[0]
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	fields, ok := x.sets[key]
	if !ok {
		if x.sets == nil {
			x.sets = make(map[set][]Field)
		}
		fields = collect(oc, selections, implementors)
		x.sets[key] = fields
	}
	v := x.take('{')
	v.Fields = fields
	return v
}

func collect(oc *graphql.OperationContext, selections ast.SelectionSet, implementors []string) []Field {
	var out []Field
	seen := map[string]bool{}
	for _, f := range graphql.CollectFields(oc, selections, implementors) {
		if !seen[f.Alias] { // the same field through two interfaces
			seen[f.Alias] = true
			out = append(out, Field{CollectedField: f, key: `,"` + f.Alias + `":`})
		}
	}
	return out
}

// Args gives the arguments of a field of which there may be many, one for each record of a list: as the document and the
// variables say, they are the same for all, and are read once. Nobody may change them. A refusal is not kept, because
// each record has its own.
func (x *Execution) Args(
	ctx context.Context, fc *graphql.FieldContext, variables map[string]any,
	read func(context.Context, map[string]any) (map[string]any, error),
) (map[string]any, error) {
	at := place{fc.Field.Field, fc.Object}
	x.mu.Lock()
	known, ok := x.args[at]
	x.mu.Unlock()
	if ok {
		return known, nil
	}
	args, err := read(ctx, fc.Field.ArgumentMap(variables))
	if err != nil {
		return nil, err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.args == nil {
		x.args = make(map[place]map[string]any)
	}
	x.args[at] = args
	return args, nil
}

// list begins a list.
func (x *Execution) list() *Value {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.take('[')
}

// take gives an empty value. The lock must be held.
func (x *Execution) take(open byte) *Value {
	var v *Value
	if last := len(x.free) - 1; last >= 0 {
		v, x.free = x.free[last], x.free[:last]
	} else {
		v = pool.Get().(*Value)
	}
	v.execution = x
	v.text.WriteByte(open)
	return v
}

// release takes a value back, whose text is of no more use. Whoever still had it would read what is written into it next,
// so that a second time is one too many.
func (x *Execution) release(v *Value) {
	if v.execution != x {
		panic("fastgraph: a value is used twice, or in another operation")
	}
	v.text.Reset()
	clear(v.later) // what the functions hold
	v.execution, v.Fields, v.later, v.invalid = nil, nil, v.later[:0], false
	x.mu.Lock()
	defer x.mu.Unlock()
	x.free = append(x.free, v)
}

// Bytes is the text of the operation's data, and ends the operation: none of its values can be used any more.
func (x *Execution) Bytes(data graphql.Marshaler) []byte {
	v, ok := data.(*Value)
	if !ok {
		var text bytes.Buffer
		data.MarshalGQL(&text)
		return text.Bytes()
	}
	text := bytes.Clone(v.text.Bytes())
	x.release(v)
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, v := range x.free {
		if v.text.Cap() <= maxKept {
			pool.Put(v)
		}
	}
	x.free = nil
	return text
}
