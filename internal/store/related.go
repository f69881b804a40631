package store

import (
	"cmp"
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
)

// Relation says how children hang on parents: by a column of their own, or through a join table.
type Relation struct {
	Column string // the child's column with the parent's id
	Table  string // or the join table,
	Parent string // its column with the parent's id
	Child  string // and that with the child's,
	Key    string // which is this column of the child; its id unless given
	Fixed  Cond   // what else the child must meet
}

// Parts reads what is a part of another record from that record.
func (e *Entity[T]) Parts() Relation { return Relation{Column: e.Parent} }

// joined writes the FROM and the condition that ties child t to the parent's id.
func (r Relation) joined(child, parent string) (from, on string) {
	if r.Table == "" {
		return child + " AS t", "t." + r.Column + " = " + parent
	}
	key := cmp.Or(r.Key, "id")
	return r.Table + " AS j JOIN " + child + " AS t ON t.org_id = $1 AND t." + key + " = j." + r.Child,
		"j.org_id = $1 AND j." + r.Parent + " = " + parent
}

// children is what follows FROM for the children of all parents p.id. OFFSET 0 has each parent look for its own: the planner
// takes the ids of an organization's children for as rare as random ones, and would begin at the other end, where all links
// of the organization are.
func (e *Entity[T]) children(s *statement, parents [][16]byte, rel Relation, conds ...Cond) string {
	ids, from := e.child(s, parents, rel, conds...)
	return forEach(ids, "SELECT t.* FROM "+from+" OFFSET 0")
}

// child writes the ids of parents, and what follows FROM for the children of one of them, p.id.
func (e *Entity[T]) child(s *statement, parents [][16]byte, rel Relation, conds ...Cond) (ids, from string) {
	return s.ids(parents), e.under(s, rel, conds...)
}

// under is what follows FROM for the children of one parent, p.id.
func (e *Entity[T]) under(s *statement, rel Relation, conds ...Cond) string {
	from, on := rel.joined(e.source(), "p.id")
	return from + " WHERE " + on + " AND " + s.where("t", append([]Cond{e.ofTenant, e.Read.Row, rel.Fixed}, conds...)...)
}

// Page is one parent's page of children, with one row more than asked for.
type Page[T any] struct {
	Rows   []*T
	Window page.Window
	Cursor func(*T) string
}

// PagesOf finds a page of children for each of the parents with one statement.
func (e *Entity[T]) PagesOf(ctx context.Context, parents [][16]byte, columns Columns, rel Relation, args page.Args, wanted *page.Order, conds ...Cond) (map[[16]byte]*Page[T], error) {
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
	ids, from := e.child(s, parents, rel, conds...)
	s.plan("", conds)
	rows, err := e.read(ctx, s, len(parents)*min(w.Size+1, 4), "SELECT p.id AS parent_key, t.* FROM "+
		forEach(ids, e.paged(s, columns, []string{from}, order, w, stretches)))
	if err != nil {
		return nil, err
	}
	pages := make(map[[16]byte]*Page[T], len(parents))
	for _, id := range parents {
		pages[id] = &Page[T]{Window: w, Cursor: e.cursor(order)}
	}
	shown := make([]*T, 0, len(rows))
	for _, r := range rows {
		p := pages[parentOf(r)]
		if p.Rows = append(p.Rows, r); len(p.Rows) <= w.Size {
			shown = append(shown, r)
		}
	}
	sibling.Join(shown)
	return pages, nil
}

// CountsOf counts the children of each parent with one statement.
func (e *Entity[T]) CountsOf(ctx context.Context, parents [][16]byte, rel Relation, conds ...Cond) (map[[16]byte]int, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	ids, from := e.child(s, parents, rel, conds...)
	s.plan("", conds)
	var counts []figure
	err = s.query(ctx, &counts, "SELECT p.id, t.n FROM "+forEach(ids, "SELECT count(*) AS n FROM "+from))
	if err != nil {
		return nil, fmt.Errorf("count %s: %w", e.Noun, err)
	}
	return figuresOf(counts), nil
}

// AllOf finds all children of the parents, in the entity's own order, with one statement. It is for relations that stay
// small: tags, assignees, teams, lines.
func (e *Entity[T]) AllOf(ctx context.Context, parents [][16]byte, columns Columns, rel Relation) (map[[16]byte][]*T, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	rows, err := e.run(ctx, s, 2*len(parents), "SELECT p.id AS parent_key, "+e.listed(columns)+" FROM "+e.children(s, parents, rel)+e.sorted(e.order(nil)))
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

// Joined tells which of the parents a join table connects with a record.
func Joined(ctx context.Context, parents [][16]byte, rel Relation, with [16]byte) (map[[16]byte]bool, error) {
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	ids := s.ids(parents)
	text := "SELECT FROM " + rel.Table + " AS j WHERE j.org_id = $1 AND j." + rel.Parent + " = p.id AND j." + rel.Child + " = " + s.arg(with)
	var found []id.ID
	if err := s.query(ctx, &found, "SELECT p.id FROM "+forEach(ids, text+" OFFSET 0")); err != nil {
		return nil, fmt.Errorf("select %s: %w", rel.Table, err)
	}
	return setOf(found), nil
}

func parentOf(r any) [16]byte { return r.(interface{ Parent() [16]byte }).Parent() }
