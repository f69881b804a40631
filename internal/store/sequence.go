package store

import (
	"context"
	"fmt"
	"math"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// holdWhole has the record that a row is a part of wait for the end of the transaction, for a write of the row. Whatever
// changes in which order parts stand, or what they come to, holds the whole first, before it locks a row or counts.
func holdWhole[W, P any](ctx context.Context, whole *Entity[W], parts *Entity[P], key [16]byte) error {
	s, err := begin(ctx, parts.Resource, "write")
	if err != nil {
		return err
	}
	if _, err := tenant.Exec(ctx, "SELECT w.id FROM "+whole.name()+" AS w JOIN "+parts.name()+" AS t ON t.org_id = $1 AND t."+parts.Parent+
		" = w.id WHERE w.org_id = $1 AND t.id = $2 FOR UPDATE OF w", s.args[0], key); err != nil {
		return fmt.Errorf("hold the %s: %w", whole.Noun, err)
	}
	return nil
}

// sequence is rows in an order without gaps below a parent. The parent, or its board, is held by whoever changes it.
type sequence struct{ table, parent string }

// ByPosition is the order of what stands in one.
var ByPosition = page.Order{Field: "POSITION", Direction: "ASC"}

// others counts the rows besides one.
func (q sequence) others(ctx context.Context, org id.Org, parent, row [16]byte) (n int, err error) {
	err = tenant.Select(ctx, &n, "SELECT count(*) FROM "+q.table+" WHERE org_id = $1 AND "+q.parent+" = $2 AND id <> $3",
		[16]byte(org), parent, row)
	if err != nil {
		return 0, fmt.Errorf("count %s: %w", q.table, err)
	}
	return n, nil
}

// place is where a row goes among others: where it was wanted, and not behind the end.
func place(wanted int, given bool, others int) int {
	if !given {
		return others
	}
	return min(wanted, others)
}

// open numbers the rows besides one anew, so that its place is free. That another moved is no change of theirs.
func (q sequence) open(ctx context.Context, org id.Org, parent, row [16]byte, place int) error {
	_, err := tenant.Exec(ctx, "UPDATE "+q.table+" AS t SET sort_order = o.place FROM ("+
		"SELECT id, CASE WHEN n < $4 THEN n ELSE n + 1 END AS place FROM ("+
		"SELECT s.id, row_number() OVER (ORDER BY s.sort_order, s.id) - 1 AS n FROM "+q.table+" AS s WHERE s.org_id = $1 AND s."+q.parent+" = $2 AND s.id <> $3"+
		") AS numbered) AS o WHERE t.org_id = $1 AND t.id = o.id AND t.sort_order <> o.place",
		[16]byte(org), parent, row, place)
	if err != nil {
		return fmt.Errorf("number %s: %w", q.table, err)
	}
	return nil
}

// closeGap numbers the rows besides one that leaves.
func (q sequence) closeGap(ctx context.Context, org id.Org, parent, row [16]byte) error {
	return q.open(ctx, org, parent, row, math.MaxInt32)
}
