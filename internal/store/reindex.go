package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// What the index of an organization lacks is added, and what it has too much is removed, while the organization is at
// work: in transactions of some rows each, which are held meanwhile. A writer holds its row from reading it on, so
// nobody changes tokens of a row that is held here.

// Reindexed is what a rebuilding of the index changed.
type Reindexed struct{ Added, Removed int }

// indexed is an entity whose records have tokens.
type indexed interface {
	addMissing(ctx context.Context, db *tenant.DB, org id.Org) (int, error)
	removeStale(ctx context.Context, db *tenant.DB, org id.Org) (int, error)
}

// RebuildSearch makes the index of an organization what its records say.
func RebuildSearch(ctx context.Context, db *tenant.DB, org id.Org) (Reindexed, error) {
	var all Reindexed
	for _, e := range []indexed{Accounts, Contacts, Leads, Opportunities, Tasks, Teams, Tags} {
		added, err := e.addMissing(ctx, db, org)
		all.Added += added
		if err != nil {
			return all, err
		}
		removed, err := e.removeStale(ctx, db, org)
		all.Removed += removed
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// How many rows and tokens a transaction holds.
const (
	rowsAtOnce   = 500
	tokensAtOnce = 5000
)

// entry is a row of the index.
type entry struct {
	EntityID id.ID  `bun:"entity_id"`
	Text     string `bun:"token"`
	Weight   int16  `bun:"weight"`
}

func (e *Entity[T]) addMissing(ctx context.Context, db *tenant.DB, org id.Org) (added int, err error) {
	var last id.ID
	for more := true; more && err == nil; {
		err = db.In(ctx, org, func(ctx context.Context, tx bun.Tx) error {
			rows, err := e.hold(ctx, tx, "t.org_id = ? AND t.id > ? ORDER BY t.id LIMIT ?", org, last, rowsAtOnce)
			if err != nil {
				return err
			}
			more = len(rows) == rowsAtOnce
			var missing []entry
			for _, r := range rows {
				last = e.key(r)
				for _, t := range e.Tokens(r) {
					missing = append(missing, entry{last, t.Text, t.Weight})
				}
			}
			n, err := e.reindex(ctx, tx, org, `INSERT INTO search_token (org_id, entity, entity_id, token, weight)
				SELECT $1, $2, n.id, n.token, n.weight FROM unnest($3::uuid[], $4::text[], $5::smallint[]) AS n (id, token, weight)
				ON CONFLICT DO NOTHING`, missing)
			added += n
			return err
		})
	}
	return added, err
}

func (e *Entity[T]) removeStale(ctx context.Context, db *tenant.DB, org id.Org) (removed int, err error) {
	last := entry{Weight: -1}
	for more := true; more && err == nil; {
		err = db.In(ctx, org, func(ctx context.Context, tx bun.Tx) error {
			var had []entry
			if err := tx.NewRaw(`SELECT entity_id, token, weight FROM search_token WHERE org_id = ? AND entity = ?
				AND (token, weight, entity_id) > (?, ?, ?) ORDER BY token, weight, entity_id LIMIT ?`,
				org, e.Noun, last.Text, last.Weight, last.EntityID, tokensAtOnce).Scan(ctx, &had); err != nil {
				return fmt.Errorf("read the tokens of %s: %w", e.Noun, err)
			}
			if more = len(had) == tokensAtOnce; len(had) > 0 {
				last = had[len(had)-1]
			}
			stale, err := e.stale(ctx, tx, org, had, e.look)
			if err != nil || len(stale) == 0 {
				return err
			}
			// Some may have become right since.
			if stale, err = e.stale(ctx, tx, org, stale, e.hold); err != nil {
				return err
			}
			n, err := e.reindex(ctx, tx, org, `DELETE FROM search_token AS k USING unnest($3::uuid[], $4::text[], $5::smallint[]) AS n (id, token, weight)
				WHERE k.org_id = $1 AND k.entity = $2 AND k.entity_id = n.id AND k.token = n.token AND k.weight = n.weight`, stale)
			removed += n
			return err
		})
	}
	return removed, err
}

// stale gives the entries that no row accounts for.
func (e *Entity[T]) stale(ctx context.Context, tx bun.Tx, org id.Org, entries []entry,
	read func(ctx context.Context, tx bun.Tx, where string, args ...any) ([]*T, error)) ([]entry, error) {
	ids := make([]id.ID, len(entries))
	for i, t := range entries {
		ids[i] = t.EntityID
	}
	slices.SortFunc(ids, func(a, b id.ID) int { return slices.Compare(a[:], b[:]) })
	rows, err := read(ctx, tx, "t.org_id = ? AND t.id IN (?)", org, bun.List(slices.Compact(ids)))
	if err != nil {
		return nil, err
	}
	right := map[entry]bool{}
	for _, r := range rows {
		for _, t := range e.Tokens(r) {
			right[entry{e.key(r), t.Text, t.Weight}] = true
		}
	}
	return slices.DeleteFunc(entries, func(t entry) bool { return right[t] }), nil
}

// look reads what tokens are made of.
func (e *Entity[T]) look(ctx context.Context, tx bun.Tx, where string, args ...any) ([]*T, error) {
	var rows []*T
	if err := tx.NewRaw("SELECT t.id, t."+strings.Join(e.Search, ", t.")+" FROM "+e.name()+" AS t WHERE "+where, args...).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("read %s: %w", e.Noun, err)
	}
	return rows, nil
}

// hold is look that keeps others from changing the rows until the transaction ends.
func (e *Entity[T]) hold(ctx context.Context, tx bun.Tx, where string, args ...any) ([]*T, error) {
	return e.look(ctx, tx, where+" FOR NO KEY UPDATE OF t", args...)
}

// reindex changes entries and tells how many it has changed.
func (e *Entity[T]) reindex(ctx context.Context, tx bun.Tx, org id.Org, text string, entries []entry) (int, error) {
	if len(entries) == 0 {
		return 0, nil
	}
	ids, texts, weights := make([][16]byte, len(entries)), make([]string, len(entries)), make([]int16, len(entries))
	for i, t := range entries {
		ids[i], texts[i], weights[i] = t.EntityID, t.Text, t.Weight
	}
	n, err := tenant.Run(ctx, tx, text, [16]byte(org), e.Noun, ids, texts, weights)
	if err != nil {
		return 0, fmt.Errorf("index %s: %w", e.Noun, err)
	}
	return n, nil
}
