package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Totals are what a list is summed up by.
type Totals struct {
	Phase  string // the column that tells how far a record is
	Amount string // the one with its value; the currency stands beside it
	Due    string // the one with what is left to pay of it; without one there is a probability
}

// Tally sums up the rows that the viewer may see and that meet the conditions.
func (e *Entity[T]) Tally(ctx context.Context, conds ...Cond) ([]model.Tally, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	with, from := e.whole(s, conds...)
	s.plan(with, conds)
	var rows []model.Tally
	if err := s.query(ctx, &rows, with+e.tallies(from)); err != nil {
		return nil, fmt.Errorf("sum up %s: %w", e.Noun, err)
	}
	return rows, nil
}

// TalliesOf sums up the children of each parent with one statement; parents without any are missing.
func (e *Entity[T]) TalliesOf(ctx context.Context, parents [][16]byte, rel Relation, conds ...Cond) (map[[16]byte][]model.Tally, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	ids, from := e.child(s, parents, rel, conds...)
	var rows []struct {
		ID id.ID `bun:"id"`
		model.Tally
	}
	s.plan("", conds)
	if err := s.query(ctx, &rows, "SELECT p.id, t.* FROM "+forEach(ids, e.tallies(from))); err != nil {
		return nil, fmt.Errorf("sum up %s: %w", e.Noun, err)
	}
	out := make(map[[16]byte][]model.Tally, len(parents))
	for _, r := range rows {
		out[r.ID] = append(out[r.ID], r.Tally)
	}
	return out, nil
}

// tallies writes the select of the sums of what follows FROM.
func (e *Entity[T]) tallies(from string) string {
	return "SELECT " + e.sums() + " FROM " + from + " GROUP BY 1, 2"
}

// sums are the columns of a Tally, grouped by the first two.
//
// A weighted amount is rounded before it is added, as model.Opportunity.WeightedAmount is, so that the sum is that of what
// the records show.
func (e *Entity[T]) sums() string {
	phase, amount := "t."+e.Totals.Phase, "t."+e.Totals.Amount
	more := "sum(round(" + amount + " * t.probability / 100, CASE t.currency WHEN '" + model.WithoutMinorUnit + "' THEN 0 ELSE 2 END)) AS weighted, 0::numeric AS due"
	if e.Totals.Due != "" {
		more = "0::numeric AS weighted, sum(t." + e.Totals.Due + ") AS due"
	}
	return phase + " AS phase, t.currency, count(*) AS count, count(" + amount + ") AS valued, sum(" + amount + ") AS total, " + more
}
