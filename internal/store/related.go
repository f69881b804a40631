package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// Relation says how children hang on parents: by a column of their own, or through a join table.
type Relation struct {
	Column string // the child's column with the parent's id
	Table  string // or the join table,
	Parent string // its column with the parent's id
	Child  string // and that with the child's
	Fixed  Cond   // what else the child must meet
}

// joined writes the FROM and the condition that ties child t to the parent's id.
func (r Relation) joined(child, parent string) (from, on string) {
	if r.Table == "" {
		return child + " AS t", "t." + r.Column + " = " + parent
	}
	return r.Table + " AS j JOIN " + child + " AS t ON t.org_id = $1 AND t.id = j." + r.Child,
		"j.org_id = $1 AND j." + r.Parent + " = " + parent
}

// children is what follows FROM for the children of all parents, and the column that names the parent.
func (e *Entity[T]) children(s *statement, parents [][16]byte, rel Relation, conds ...Cond) (from, parent string) {
	table, on := rel.joined(e.name(), "p.id")
	where := s.where("t", append([]Cond{e.ofTenant, e.Read.Row, rel.Fixed}, conds...)...)
	return forEach(s.arg(parents), "SELECT t.* FROM "+table+" WHERE "+on+" AND "+where+" OFFSET 0"), "p.id"
}

// Page is one parent's page of children, with one row more than asked for.
type Page[T any] struct {
	Rows   []*T
	Window page.Window
	Cursor func(*T) string
}

// PagesOf finds a page of children for each of the parents with one statement.
func (e *Entity[T]) PagesOf(ctx context.Context, parents [][16]byte, rel Relation, args page.Args, wanted *page.Order, conds ...Cond) (map[[16]byte]*Page[T], error) {
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
	from, on := rel.joined(e.name(), "p.id")
	ids := s.arg(parents)
	where := s.where("t", append([]Cond{e.ofTenant, e.Read.Row, rel.Fixed}, conds...)...)
	rows, err := e.run(ctx, s, len(parents)*min(w.Size+1, 4), "SELECT p.id AS parent_key, t.* FROM "+
		forEach(ids, e.paged(s, []string{from + " WHERE " + on + " AND " + where}, order, w, stretches)))
	if err != nil {
		return nil, err
	}
	pages := make(map[[16]byte]*Page[T], len(parents))
	for _, id := range parents {
		pages[id] = &Page[T]{Window: w, Cursor: e.cursor(order)}
	}
	for _, r := range rows {
		p := pages[parentOf(r)]
		p.Rows = append(p.Rows, r)
	}
	return pages, nil
}

// CountsOf counts the children of each parent with one statement; parents without any are missing.
func (e *Entity[T]) CountsOf(ctx context.Context, parents [][16]byte, rel Relation, conds ...Cond) (map[[16]byte]int, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	from, parent := e.children(s, parents, rel, conds...)
	var counts []struct {
		ID id.ID `bun:"id"`
		N  int   `bun:"n"`
	}
	err = tenant.Select(ctx, &counts, "SELECT "+parent+" AS id, count(*) AS n FROM "+from+" GROUP BY "+parent, s.args...)
	if err != nil {
		return nil, fmt.Errorf("count %s: %w", e.Noun, err)
	}
	out := make(map[[16]byte]int, len(counts))
	for _, c := range counts {
		out[c.ID] = c.N
	}
	return out, nil
}

// AllOf finds all children of the parents through a join table, in the entity's own order, with one statement.
// It is for relations that stay small: tags, assignees, teams.
func (e *Entity[T]) AllOf(ctx context.Context, parents [][16]byte, rel Relation) (map[[16]byte][]*T, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	from, parent := e.children(s, parents, rel)
	rows, err := e.run(ctx, s, 2*len(parents), "SELECT "+parent+" AS parent_key, "+e.columns()+" FROM "+from+e.sorted(e.order(nil)))
	if err != nil {
		return nil, err
	}
	out := make(map[[16]byte][]*T, len(parents))
	for _, r := range rows {
		id := parentOf(r)
		out[id] = append(out[id], r)
	}
	return out, nil
}

func parentOf(r any) [16]byte { return r.(interface{ Parent() [16]byte }).Parent() }
