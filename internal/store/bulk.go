package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// New records by the thousand. Each goes through what a single one goes through; only their statements travel together,
// and what they name has been looked up for all of them before.

// rowsAtOnce is how many records leave in one message.
const rowsAtOnce = 500

// examine is the first half of insert: it tells what is wrong with each record, and stores nothing.
func (e *Entity[T]) examine(ctx context.Context, s *statement, rows []*T, sets []patch.Set) ([]*Change[T], [][]*fault.Error, error) {
	if err := e.mayWrite(s.viewer); err != nil {
		return nil, nil, err
	}
	changes, faults := make([]*Change[T], len(rows)), make([][]*fault.Error, len(rows))
	for i, r := range rows {
		c := &Change[T]{Row: r, Set: sets[i], viewer: s.viewer}
		stamp(ctx, s.viewer, any(r).(audited).Audit())
		err := e.check(ctx, c, nil)
		if faults[i] = fault.All(err); faults[i] == nil && err != nil {
			return nil, nil, err
		}
		changes[i] = c
	}
	return changes, faults, nil
}

// insertAll is the second half.
func (e *Entity[T]) insertAll(ctx context.Context, changes []*Change[T]) error {
	for some := range slices.Chunk(changes, rowsAtOnce) {
		var text string
		rows, lists := make([]*T, len(some)), make([][]any, len(some))
		for i, c := range some {
			rows[i] = c.Row
			text, lists[i] = e.insertion(c.Row)
		}
		if err := tenant.ExecAll(ctx, text, lists); err != nil {
			return e.refused(err)
		}
		if err := e.linkAll(ctx, some); err != nil {
			return err
		}
		if err := e.indexAll(ctx, some[0].viewer, rows); err != nil {
			return err
		}
		for _, c := range some {
			if err := e.conclude(ctx, c, record[T]{verb: model.VerbCreate}); err != nil {
				return err
			}
		}
	}
	return nil
}

// linkAll stores the links of new records, each kind of link with one statement.
func (e *Entity[T]) linkAll(ctx context.Context, changes []*Change[T]) error {
	for _, l := range e.Links {
		var left, right [][16]byte
		for _, c := range changes {
			for _, change := range c.links {
				if change.Table != l.Table {
					continue
				}
				for _, added := range change.added {
					left, right = append(left, e.key(c.Row)), append(right, added)
				}
			}
		}
		if len(left) == 0 {
			continue
		}
		if _, err := tenant.Exec(ctx, "INSERT INTO "+l.Table+" (org_id, "+l.Left+", "+l.Right+
			") SELECT $1, n.l, n.r FROM unnest($2::uuid[], $3::uuid[]) AS n (l, r)", [16]byte(changes[0].viewer.OrgID), left, right); err != nil {
			return fmt.Errorf("insert into %s: %w", l.Table, err)
		}
	}
	return nil
}

// picked is what was looked up for many records: which ids of an entity the writer may name.
type picked map[target]map[[16]byte]bool

type pickedKey struct{}

// of answers as pick does, and looks up what is not known.
func (p picked) of(ctx context.Context, e target, ids [][16]byte) (map[[16]byte]bool, error) {
	for _, key := range ids {
		if !p[e][key] {
			return e.pick(context.WithValue(ctx, pickedKey{}, nil), ids)
		}
	}
	return p[e], nil
}

// keyed finds the ids of records by a column, of those that an input may name, and remembers that it may.
func (e *Entity[T]) keyed(ctx context.Context, column string, keys []string) (map[string][16]byte, error) {
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	var found []struct {
		Key string   `bun:"key"`
		ID  [16]byte `bun:"id"`
	}
	if err := tenant.SelectAnew(ctx, &found, "SELECT t."+column+" AS key, t.id FROM "+e.from(s, e.Pickable, In(column, keys)), s.args...); err != nil {
		return nil, fmt.Errorf("look up %s: %w", e.Noun, err)
	}
	known, _ := ctx.Value(pickedKey{}).(picked)
	out := make(map[string][16]byte, len(found))
	for _, f := range found {
		out[f.Key] = f.ID
		if known == nil {
			continue
		}
		if known[e] == nil {
			known[e] = map[[16]byte]bool{}
		}
		known[e][f.ID] = true
	}
	return out, nil
}
