// Package dataloader loads the relations of rows that came together, together: one statement for a whole set,
// inside the operation's transaction.
//
// There are no timers and no batches to wait for: the rows of one statement know each other (package sibling), and
// the first that is asked loads for all. What the viewer may not see is not there: a to-one relation is null, a list
// leaves it out. What is here is generic; which relation hangs on which column stands in package store.
package dataloader

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// row is what every model is.
type row interface{ Key() [16]byte }

// One loads the record that a column of the parent names; name tells apart what is loaded for one set.
func One[P, C any, K id.Any](ctx context.Context, parent *P, e *store.Entity[C], name string, of func(*P) *K) (*C, error) {
	k := of(parent)
	if k == nil {
		return nil, nil //nolint:nilnil // GraphQL null
	}
	columns := e.Needed(ctx, nil)
	found, err := sibling.Of(parent).Load(key{noun: name, columns: columns}, await(ctx), func(rows []*P) (any, error) {
		seen := make(map[[16]byte]bool, len(rows))
		ids := make([][16]byte, 0, len(rows))
		for _, r := range rows {
			if k := of(r); k != nil && !seen[*k] {
				seen[*k] = true
				ids = append(ids, *k)
			}
		}
		return e.ByIDs(ctx, ids, columns)
	})
	if err != nil {
		return nil, err
	}
	return found.(map[[16]byte]*C)[*k], nil
}

// Many loads all records that are related to the parent. It is for relations that stay small.
func Many[P, C any](ctx context.Context, parent *P, e *store.Entity[C], rel store.Relation) ([]*C, error) {
	columns := e.Needed(ctx, nil)
	k := key{noun: e.Noun, table: rel.Table, column: rel.Column + rel.Parent, columns: columns}
	list, err := load(ctx, parent, k, func(parents [][16]byte) (map[[16]byte][]*C, error) { return e.AllOf(ctx, parents, columns, rel) })
	if list == nil && err == nil {
		list = []*C{}
	}
	return list, err
}

// Joined tells whether a join table connects the parent with a record.
func Joined[P any](ctx context.Context, parent *P, rel store.Relation, with [16]byte) (bool, error) {
	k := key{table: rel.Table, column: rel.Parent, filter: id.ID(with).String()}
	return load(ctx, parent, k, func(parents [][16]byte) (map[[16]byte]bool, error) { return store.Joined(ctx, parents, rel, with) })
}

// Page loads a page of the parent's children. The filter is what the conditions were made of; it only tells apart
// what is loaded for one set.
func Page[P, C any](ctx context.Context, parent *P, e *store.Entity[C], rel store.Relation, args page.Args, order *page.Order, filter any, conds ...store.Cond) (*model.Connection[C], error) {
	k, err := keyOf(e.Noun, rel, args, order, filter)
	if err != nil {
		return nil, err
	}
	columns := e.Needed(ctx, order)
	k.columns = columns
	p, err := load(ctx, parent, k, func(parents [][16]byte) (map[[16]byte]*store.Page[C], error) {
		return e.PagesOf(ctx, parents, columns, rel, args, order, conds...)
	})
	if err != nil {
		return nil, err
	}
	return model.NewConnection(p.Rows, p.Window, p.Cursor, &whole[P, C]{parent, e, rel, conds, k}), nil
}

// Each loads a figure of each row of a set; name tells apart what is loaded for one set.
func Each[P, V any](ctx context.Context, parent *P, name string, figures func(context.Context, [][16]byte) (map[[16]byte]V, error)) (V, error) {
	return load(ctx, parent, key{noun: name, sum: "each"}, func(parents [][16]byte) (map[[16]byte]V, error) { return figures(ctx, parents) })
}

// load loads something for all rows of a set, and gives what is the parent's.
func load[P, V any](ctx context.Context, parent *P, k key, of func(parents [][16]byte) (map[[16]byte]V, error)) (V, error) {
	found, err := sibling.Of(parent).Load(k, await(ctx), func(rows []*P) (any, error) { return of(keys(rows)) })
	if err != nil {
		var none V
		return none, err
	}
	return found.(map[[16]byte]V)[any(parent).(row).Key()], nil
}

// whole is the list of a parent's children without its pages.
type whole[P, C any] struct {
	parent *P
	of     *store.Entity[C]
	rel    store.Relation
	conds  []store.Cond
	key    key // of the page
}

func (w *whole[P, C]) Count(ctx context.Context) (int, error) {
	return summed(ctx, w, "count", w.of.CountsOf)
}

func (w *whole[P, C]) Tally(ctx context.Context) ([]model.Tally, error) {
	return summed(ctx, w, "tally", w.of.TalliesOf)
}

// summed loads what the lists of all parents of a set come to.
func summed[P, C, V any](ctx context.Context, w *whole[P, C], what string, sums func(context.Context, [][16]byte, store.Relation, ...store.Cond) (map[[16]byte]V, error)) (V, error) {
	k := w.key
	k.sum, k.page, k.order, k.columns = what, page.Key{}, page.Order{}, "" // whichever page it is asked of
	return load(ctx, w.parent, k, func(parents [][16]byte) (map[[16]byte]V, error) { return sums(ctx, parents, w.rel, w.conds...) })
}

// await is how a field waits for what another field of the operation loads.
func await(ctx context.Context) func(<-chan struct{}) {
	return func(done <-chan struct{}) { tenant.Await(ctx, done) }
}

// key tells apart what is loaded for one set. Two fields with the same arguments share a load.
type key struct {
	noun, table, column string
	page                page.Key
	order               page.Order
	filter              string
	columns             store.Columns
	sum                 string // what of the whole list, or "each" of a row's figures; empty for a page
}

func keyOf(noun string, rel store.Relation, args page.Args, order *page.Order, filter any) (key, error) {
	k := key{noun: noun, table: rel.Table, column: rel.Column + rel.Parent, page: args.Key()}
	if order != nil {
		k.order = *order
	}
	if filter != nil {
		text, err := json.Marshal(filter)
		if err != nil {
			return k, fmt.Errorf("tell the filters apart: %w", err)
		}
		k.filter = string(text)
	}
	return k, nil
}

func keys[P any](rows []*P) [][16]byte {
	seen := make(map[[16]byte]bool, len(rows))
	out := make([][16]byte, 0, len(rows))
	for _, r := range rows {
		if k := any(r).(row).Key(); !seen[k] {
			seen[k] = true
			out = append(out, k)
		}
	}
	return out
}
