package store

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// The index of an organization is compared with its records while the organization is at work, some records at a time and
// in the order of their ids, in which both are kept. Records that differ are held, compared once more and put right. A
// writer holds its record from reading it on, so nobody changes tokens of what is held here. Nothing here waits for a
// writer while it holds anything: what a writer holds is left until last, each by itself.

// Reindexed is how many tokens a rebuilding of the index has added, or given another weight, and how many it has removed.
type Reindexed struct{ Added, Removed int }

func (r *Reindexed) add(more Reindexed) {
	r.Added += more.Added
	r.Removed += more.Removed
}

// indexed is an entity whose records have tokens.
type indexed interface {
	rebuild(ctx context.Context, db *tenant.DB, org id.Org) (Reindexed, error)
}

// RebuildSearch makes the index of an organization what its records say.
func RebuildSearch(ctx context.Context, db *tenant.DB, org id.Org) (Reindexed, error) {
	var all Reindexed
	for _, e := range []indexed{Accounts, Contacts, Leads, Opportunities, Cases, Solutions, Tasks, Documents, Teams, Tags, Products, Invoices, Estimates, RecurringInvoices} {
		done, err := e.rebuild(ctx, db, org)
		all.add(done)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// recordsAtOnce is how many records a transaction compares, and holds at most.
const recordsAtOnce = 1000

func (e *Entity[T]) rebuild(ctx context.Context, db *tenant.DB, org id.Org) (all Reindexed, err error) {
	var last id.ID
	for more := true; more; {
		var busy []id.ID
		if err := db.In(ctx, org, func(ctx context.Context, tx bun.Tx) error {
			x := indexing[T]{e, tx, org}
			differing, next, err := x.compare(ctx, last)
			if err != nil {
				return err
			}
			last, more = next, next != greatest
			done, left, err := x.mend(ctx, differing, " SKIP LOCKED")
			all.add(done)
			busy = left
			return err
		}); err != nil {
			return all, err
		}
		for _, key := range busy {
			if err := db.In(ctx, org, func(ctx context.Context, tx bun.Tx) error {
				done, _, err := indexing[T]{e, tx, org}.mend(ctx, []id.ID{key}, "")
				all.add(done)
				return err
			}); err != nil {
				return all, err
			}
		}
	}
	return all, nil
}

// greatest is the id behind all others.
var greatest = id.ID(bytes.Repeat([]byte{0xff}, 16))

// indexing is one transaction of a rebuilding.
type indexing[T any] struct {
	e   *Entity[T]
	tx  bun.Tx
	org id.Org
}

// compare gives the records behind an id whose tokens are not what they should be, and how far it has come.
func (x indexing[T]) compare(ctx context.Context, last id.ID) (differing []id.ID, next id.ID, err error) {
	// A plan for any organization takes this one for small, and sorts all of it for each step.
	if _, err := tenant.Run(ctx, x.tx, "select set_config('plan_cache_mode', 'force_custom_plan', true)"); err != nil {
		return nil, next, fmt.Errorf("read %s: %w", x.e.Noun, err)
	}
	want, err := x.wanted(ctx, "t.id > $2 ORDER BY t.id LIMIT "+strconv.Itoa(recordsAtOnce), [16]byte(last))
	if err != nil {
		return nil, next, err
	}
	if next = greatest; len(want) == recordsAtOnce {
		next = slices.MaxFunc(slices.Collect(maps.Keys(want)), func(a, b id.ID) int { return bytes.Compare(a[:], b[:]) })
	}
	have, err := x.kept(ctx, "k.entity_id > $3 AND k.entity_id <= $4", [16]byte(last), [16]byte(next))
	if err != nil {
		return nil, next, err
	}
	for key, tokens := range want {
		if have[key] != written(tokens) {
			differing = append(differing, key)
		}
		delete(have, key)
	}
	return slices.AppendSeq(differing, maps.Keys(have)), next, nil
}

// mend puts the tokens of records right, and gives those that it could not hold.
func (x indexing[T]) mend(ctx context.Context, keys []id.ID, otherwise string) (done Reindexed, busy []id.ID, err error) {
	if len(keys) == 0 {
		return done, nil, nil
	}
	ids := bindable(keys)
	want, err := x.wanted(ctx, "t.id = ANY($2) FOR NO KEY UPDATE OF t"+otherwise, ids)
	if err != nil {
		return done, nil, err
	}
	have, err := x.kept(ctx, "k.entity_id = ANY($3)", ids)
	if err != nil {
		return done, nil, err
	}
	there, err := x.wanted(ctx, "t.id = ANY($2)", ids) // after the tokens: those of what is not there are nobody's
	if err != nil {
		return done, nil, err
	}
	var missing, stale entries
	for _, key := range keys {
		has, isHeld := want[key]
		if _, isThere := there[key]; isThere && !isHeld {
			busy = append(busy, key)
			continue
		}
		had := read(have[key])
		missing.add(key, beyondThose(has, had))
		stale.add(key, slices.DeleteFunc(had, func(t Token) bool {
			return slices.ContainsFunc(has, func(other Token) bool { return other.Text == t.Text })
		}))
	}
	if done.Added, err = x.run(ctx, `INSERT INTO search_token (org_id, entity, entity_id, token, weight)
		SELECT $1, $2, n.id, n.token, n.weight FROM unnest($3::uuid[], $4::text[], $5::smallint[]) AS n (id, token, weight)
		ON CONFLICT (org_id, entity, entity_id, token) DO UPDATE SET weight = excluded.weight`, missing); err != nil {
		return done, nil, err
	}
	done.Removed, err = x.run(ctx, `DELETE FROM search_token AS k USING unnest($3::uuid[], $4::text[], $5::smallint[]) AS n (id, token, weight)
		WHERE k.org_id = $1 AND k.entity = $2 AND k.entity_id = n.id AND k.token = n.token`, stale)
	return done, busy, err
}

// wanted gives the tokens that records should have.
func (x indexing[T]) wanted(ctx context.Context, which string, arg any) (map[id.ID][]Token, error) {
	rows, err := tenant.Rows(ctx, x.tx, "SELECT t.id, t."+strings.Join(x.e.Search, ", t.")+" FROM "+x.e.name()+" AS t WHERE t.org_id = $1 AND "+which,
		[16]byte(x.org), arg)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", x.e.Noun, err)
	}
	defer func() { _ = rows.Close() }()
	out := map[id.ID][]Token{}
	for rows.Next() {
		var key id.ID
		r := new(T)
		dest := []any{&key}
		for _, column := range x.e.Search {
			dest = append(dest, x.e.field(column).Value(reflect.ValueOf(r).Elem()).Addr().Interface())
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, fmt.Errorf("read %s: %w", x.e.Noun, err)
		}
		out[key] = x.e.Tokens(r)
	}
	return out, rows.Err()
}

// kept gives the tokens that the index has of records, each record's as a text.
func (x indexing[T]) kept(ctx context.Context, which string, args ...any) (map[id.ID]string, error) {
	rows, err := tenant.Rows(ctx, x.tx, "SELECT k.entity_id, string_agg(k.token || ' ' || k.weight, ' ' ORDER BY k.token) FROM search_token AS k"+
		" WHERE k.org_id = $1 AND k.entity = $2 AND "+which+" GROUP BY k.entity_id", append([]any{[16]byte(x.org), x.e.Noun}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("read the tokens of %s: %w", x.e.Noun, err)
	}
	defer func() { _ = rows.Close() }()
	out := map[id.ID]string{}
	for rows.Next() {
		var key id.ID
		var text string
		if err := rows.Scan(&key, &text); err != nil {
			return nil, fmt.Errorf("read the tokens of %s: %w", x.e.Noun, err)
		}
		out[key] = text
	}
	return out, rows.Err()
}

// written is the text that kept gives for tokens.
func written(tokens []Token) string {
	tokens = slices.SortedFunc(slices.Values(tokens), func(a, b Token) int { return strings.Compare(a.Text, b.Text) })
	var text []byte
	for i, t := range tokens {
		if i > 0 {
			text = append(text, ' ')
		}
		text = strconv.AppendInt(append(append(text, t.Text...), ' '), int64(t.Weight), 10)
	}
	return string(text)
}

// read is the reverse of written.
func read(text string) (tokens []Token) {
	words := strings.Fields(text)
	for i := 0; i+1 < len(words); i += 2 {
		weight, _ := strconv.ParseInt(words[i+1], 10, 16)
		tokens = append(tokens, Token{words[i], int16(weight)})
	}
	return tokens
}

// entries are rows of the index, by their columns.
type entries struct {
	ids     [][16]byte
	texts   []string
	weights []int16
}

func (n *entries) add(key id.ID, tokens []Token) {
	for _, t := range tokens {
		n.ids, n.texts, n.weights = append(n.ids, key), append(n.texts, t.Text), append(n.weights, t.Weight)
	}
}

// run changes entries and tells how many it has changed.
func (x indexing[T]) run(ctx context.Context, text string, n entries) (int, error) {
	if len(n.ids) == 0 {
		return 0, nil
	}
	touched, err := tenant.Run(ctx, x.tx, text, [16]byte(x.org), x.e.Noun, n.ids, n.texts, n.weights)
	if err != nil {
		return 0, fmt.Errorf("index %s: %w", x.e.Noun, err)
	}
	return touched, nil
}
