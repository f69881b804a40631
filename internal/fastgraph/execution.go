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
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Execution is what the values of one operation share. The zero Execution is ready; it is safe for concurrent use.
// Nothing of it outlives the operation, so that no text of one can show in another.
type Execution struct {
	mu   sync.Mutex
	sets map[set][]Field
	free []*Value
}

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
		v = &Value{execution: x}
	}
	v.text.WriteByte(open)
	return v
}

// release takes a value back, whose text is of no more use.
func (x *Execution) release(v *Value) {
	v.text.Reset()
	clear(v.later) // what the functions hold
	v.Fields, v.later, v.invalid = nil, v.later[:0], false
	x.mu.Lock()
	defer x.mu.Unlock()
	x.free = append(x.free, v)
}
