package store

import (
	"context"
	"slices"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
)

// Of a record that is only shown, no more columns are read than the answer is made of: the rest would be packed, sent and
// unpacked for nothing. What a rule looks at is read whole.

// Needs tells which columns of a type's records an answer is made of; ok is false when it may be any. The type is named
// like its model.
type Needs func(ctx context.Context, typ string) (columns []string, ok bool)

type needsKey struct{}

// WithNeeds carries it to the entities' reading functions. Without it they read all columns.
func WithNeeds(ctx context.Context, needs Needs) context.Context {
	return context.WithValue(ctx, needsKey{}, needs)
}

// Columns are those that a statement reads of an entity, under the alias t. The zero value means all.
type Columns string

// Needed are the columns that the field being resolved shows of its records, with those that put them in order.
func (e *Entity[T]) Needed(ctx context.Context, wanted *page.Order) Columns {
	needs, ok := ctx.Value(needsKey{}).(Needs)
	if !ok {
		return ""
	}
	table := e.table()
	names, ok := needs(ctx, table.TypeName)
	if !ok {
		return ""
	}
	order := e.orderColumn(e.order(wanted))
	var text strings.Builder
	add := func(column string) {
		if text.Len() > 0 {
			text.WriteString(", ")
		}
		text.WriteString("t.")
		text.WriteString(column)
	}
	for _, f := range table.Fields {
		if f.Name == "id" || f.Name == order || slices.Contains(names, f.Name) {
			add(string(f.SQLName))
		}
	}
	for _, column := range e.Beside {
		if column == order || slices.Contains(names, column) {
			add(column)
		}
	}
	return Columns(text.String())
}
