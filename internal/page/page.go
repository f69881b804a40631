// Package page is Relay paging: arguments, order and cursors. The connection that every list answers with is
// model.Connection, because gqlgen does not see the methods of a type that is an alias into an internal package.
//
// Paging is by keyset: a cursor holds the place of an item in its order (the ordered value and the id), so pages
// stay right while rows come and go, and the hundredth page costs what the first costs. What is not here: SQL.
//
// Failure: arguments out of range are INVALID faults on their argument; a cursor of another list or order is
// CURSOR_INVALID.
package page

import (
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// Page sizes.
const (
	DefaultSize = 25
	MaxSize     = 100
)

// Args are the paging arguments of a list field.
type Args struct {
	First  *int
	After  *string
	Last   *int
	Before *string
}

// Window is what Args ask for, checked: Size items after or before a place.
type Window struct {
	Size     int
	Backward bool // take the last items instead of the first
	After    *Cursor
	Before   *Cursor
}

// Window checks the arguments for a list in this order.
func (a Args) Window(order Order) (Window, error) {
	w := Window{Size: DefaultSize}
	if order.Direction != "ASC" && order.Direction != "DESC" {
		// The executor takes a variable's enum values in any case.
		return w, fault.Field("direction", "must be ASC or DESC")
	}
	if a.First != nil && a.Last != nil {
		return w, fault.Field("last", "cannot be combined with first")
	}
	for _, size := range []struct {
		name string
		n    *int
	}{{"first", a.First}, {"last", a.Last}} {
		if size.n == nil {
			continue
		}
		if *size.n < 1 || *size.n > MaxSize {
			return w, fault.Field(size.name, "must be between 1 and %d", MaxSize)
		}
		w.Size = *size.n
	}
	w.Backward = a.Last != nil
	var err error
	if w.After, err = decode(a.After, order, "after"); err != nil {
		return w, err
	}
	w.Before, err = decode(a.Before, order, "before")
	return w, err
}

// Key is Args as a value that can be compared: equal keys ask for the same page.
func (a Args) Key() Key {
	return Key{of(a.First), of(a.Last), of(a.After), of(a.Before)}
}

// Key tells pages apart.
type Key struct {
	first, last   optional[int]
	after, before optional[string]
}

type optional[T any] struct {
	given bool
	value T
}

func of[T any](v *T) optional[T] {
	if v == nil {
		return optional[T]{}
	}
	return optional[T]{true, *v}
}

// Order is by what a list is sorted, the id being the tie-breaker.
type Order struct {
	List      string `json:"-"` // what is listed; the list's own to say, so that its cursors are of no use in another
	Field     string
	Direction string
}

// Desc reports whether the largest value comes first.
func (o Order) Desc() bool { return o.Direction == "DESC" }

// Info tells what lies around a page.
type Info struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *string
	EndCursor       *string
}
