package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Get finds one row that the viewer may see; NOT_FOUND when there is none.
func (e *Entity[T]) Get(ctx context.Context, id [16]byte) (*T, error) {
	found, err := e.ByIDs(ctx, [][16]byte{id}, "")
	if err == nil && found[id] == nil {
		err = e.notFound()
	}
	return found[id], err
}

// Find finds one row to be shown; it answers nil when there is none that the viewer may see.
func (e *Entity[T]) Find(ctx context.Context, id [16]byte) (*T, error) {
	found, err := e.ByIDs(ctx, [][16]byte{id}, e.Needed(ctx, nil))
	return found[id], err
}

func (e *Entity[T]) notFound() error { return fault.New(fault.NotFound, "%s not found", e.Noun) }

// ByIDs finds those rows among ids that the viewer may see.
func (e *Entity[T]) ByIDs(ctx context.Context, ids [][16]byte, columns Columns) (map[[16]byte]*T, error) {
	out := make(map[[16]byte]*T, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	rows, err := e.run(ctx, s, len(ids), "SELECT "+e.listed(columns)+" FROM "+e.named(s, s.ids(ids)))
	for _, r := range rows {
		out[e.key(r)] = r
	}
	return out, err
}

// named is what follows FROM for the visible rows with the ids that a placeholder stands for. Each id looks for its row:
// one condition for all of them is a choice for the planner, and a plan that is kept for all organizations is made for one
// of average size, whose rows it may as well read all.
func (e *Entity[T]) named(s *statement, ids string, conds ...Cond) string {
	return forEach(ids, "SELECT * FROM "+e.from(s, append(conds, func(_ *statement, t string) string { return t + ".id = p.id" })...)+" OFFSET 0")
}

// forEach joins the rows that a statement finds for each id p.id. The planner is not shown how many ids there are: it would
// take a plan for the few of today for better than one to keep, and plan each time.
func forEach(ids, text string) string {
	return "unnest(" + ids + ") AS p(id) CROSS JOIN LATERAL (" + text + ") AS t"
}

// from names the table and the conditions, the tenant's and the visibility's before the caller's.
func (e *Entity[T]) from(s *statement, conds ...Cond) string {
	return e.source() + " AS t WHERE " + s.where("t", append([]Cond{e.ofTenant, e.Read.Row}, conds...)...)
}

// ofTenant is the predicate that every statement carries.
func (e *Entity[T]) ofTenant(_ *statement, t string) string {
	if e.Platform {
		return "$1::uuid IS NOT NULL"
	}
	return t + ".org_id = $1"
}

// run executes a select; its rows become one set, whose relations are loaded together.
func (e *Entity[T]) run(ctx context.Context, s *statement, expected int, text string) ([]*T, error) {
	rows, err := e.read(ctx, s, expected, text)
	sibling.Join(rows)
	return rows, err
}

func (e *Entity[T]) read(ctx context.Context, s *statement, expected int, text string) ([]*T, error) {
	rows := make([]*T, 0, expected)
	if err := s.query(ctx, &rows, text); err != nil {
		return nil, fmt.Errorf("select %s: %w", e.Noun, err)
	}
	return rows, nil
}

// List is a page of the rows that the viewer may see and that meet the conditions.
func (e *Entity[T]) List(ctx context.Context, args page.Args, wanted *page.Order, conds ...Cond) (*model.Connection[T], error) {
	order := e.order(wanted)
	w, err := args.Window(order)
	if err != nil {
		return nil, err
	}
	stretches, err := e.stretches(order, w)
	if err != nil {
		return nil, err
	}
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	with, places := e.places(s, conds...)
	s.plan(with, conds)
	rows, err := e.read(ctx, s, w.Size+1, with+e.paged(s, e.Needed(ctx, wanted), places, order, w, stretches))
	if err != nil {
		return nil, err
	}
	sibling.Join(rows[:min(len(rows), w.Size)]) // what only tells that the list goes on is not shown
	return model.NewConnection(rows, w, e.cursor(order), &whole[T]{of: e, conds: conds}), nil
}

// whole is a list without its pages.
type whole[T any] struct {
	of    *Entity[T]
	conds []Cond
	known sibling.Set[T] // fields that ask for the same at the same time wait for the first
}

func (w *whole[T]) Count(ctx context.Context) (int, error) {
	return once(ctx, &w.known, "count", func() (int, error) { return w.of.Count(ctx, w.conds...) })
}

func (w *whole[T]) Tally(ctx context.Context) ([]model.Tally, error) {
	return once(ctx, &w.known, "tally", func() ([]model.Tally, error) { return w.of.Tally(ctx, w.conds...) })
}

// once loads what a key tells apart when it is asked for first.
func once[T, V any](ctx context.Context, known *sibling.Set[T], key any, load func() (V, error)) (V, error) {
	found, err := known.Load(key, func(done <-chan struct{}) { tenant.Await(ctx, done) }, func([]*T) (any, error) { return load() })
	if err != nil {
		var none V
		return none, err
	}
	return found.(V), nil
}

// Count counts the rows that the viewer may see and that meet the conditions.
func (e *Entity[T]) Count(ctx context.Context, conds ...Cond) (int, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return 0, err
	}
	with, from := e.whole(s, conds...)
	s.plan(with, conds)
	var n int
	if err := s.query(ctx, &n, with+"SELECT count(*) FROM "+from); err != nil {
		return 0, fmt.Errorf("count %s: %w", e.Noun, err)
	}
	return n, nil
}
