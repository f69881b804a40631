package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Get finds one row that the viewer may see; NOT_FOUND when there is none.
func (e *Entity[T]) Get(ctx context.Context, id [16]byte) (*T, error) {
	row, err := e.Find(ctx, id)
	if err == nil && row == nil {
		err = e.notFound()
	}
	return row, err
}

// Find is Get that answers nil when there is no such row.
func (e *Entity[T]) Find(ctx context.Context, id [16]byte) (*T, error) {
	found, err := e.ByIDs(ctx, [][16]byte{id})
	return found[id], err
}

func (e *Entity[T]) notFound() error { return fault.New(fault.NotFound, "%s not found", e.Noun) }

// ByIDs finds those rows among ids that the viewer may see.
func (e *Entity[T]) ByIDs(ctx context.Context, ids [][16]byte) (map[[16]byte]*T, error) {
	out := make(map[[16]byte]*T, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	rows, err := e.run(ctx, s, len(ids), "SELECT "+e.columns()+" FROM "+e.named(s, s.arg(ids)))
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
	return "unnest((SELECT " + ids + "::uuid[])) AS p(id) CROSS JOIN LATERAL (" + text + ") AS t"
}

// from names the table and the conditions, the tenant's and the visibility's before the caller's.
func (e *Entity[T]) from(s *statement, conds ...Cond) string {
	return e.name() + " AS t WHERE " + s.where("t", append([]Cond{e.ofTenant, e.Read.Row}, conds...)...)
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
	rows := make([]*T, 0, expected)
	if err := tenant.Select(ctx, &rows, text, s.args...); err != nil {
		return nil, fmt.Errorf("select %s: %w", e.Noun, err)
	}
	sibling.Join(rows)
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
	if err := planned(ctx, with, conds); err != nil {
		return nil, err
	}
	rows, err := e.run(ctx, s, w.Size+1, with+e.paged(s, places, order, w, stretches))
	if err != nil {
		return nil, err
	}
	return model.NewConnection(rows, w, e.cursor(order), func(ctx context.Context) (int, error) { return e.Count(ctx, conds...) }), nil
}

// planned has the plan of a list made for its arguments when they decide how much of it there is.
func planned(ctx context.Context, with string, conds []Cond) error {
	if with == "" && !slices.ContainsFunc(conds, func(c Cond) bool { return c != nil }) {
		return nil
	}
	return tenant.PlanAnew(ctx)
}

// Count counts the rows that the viewer may see and that meet the conditions.
func (e *Entity[T]) Count(ctx context.Context, conds ...Cond) (int, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return 0, err
	}
	with, from := e.whole(s, conds...)
	if err := planned(ctx, with, conds); err != nil {
		return 0, err
	}
	var n int
	if err := tenant.Select(ctx, &n, with+"SELECT count(*) FROM "+from, s.args...); err != nil {
		return 0, fmt.Errorf("count %s: %w", e.Noun, err)
	}
	return n, nil
}
