package seed

import (
	"context"
	"encoding/binary"
	"iter"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// loading is the load of one organization.
type loading struct {
	*fiction
	org    id.Org
	insert inserter
	report *Report
	shown  *progress
}

func (o LoadOptions) load(ctx context.Context, tx bun.Tx, made organization, l *loading) error {
	now := time.Now().UTC()
	crew, err := made.found(ctx, tx, l.org, now.Add(-loadSpan))
	if err != nil {
		return err
	}
	l.fiction = newFiction(made.name, made.locale, now, loadSpan, crew)
	teams, err := records(ctx, l, store.Teams, len(teamNames), l.team)
	if err != nil {
		return err
	}
	tags, err := records(ctx, l, store.Tags, len(tagNames), l.tag)
	if err != nil {
		return err
	}
	l.teams, l.tags = ids(teams), ids(tags)
	accounts, err := records(ctx, l, store.Accounts, o.Accounts, func(i int) *model.Account { return l.account(i, o.Accounts) })
	if err != nil {
		return err
	}
	if err := l.people(ctx, accounts, o.Contacts); err != nil {
		return err
	}
	opportunities, err := records(ctx, l, store.Opportunities, o.Opportunities, func(i int) *model.Opportunity {
		return l.opportunity(i, o.Opportunities, accounts)
	})
	if err != nil {
		return err
	}
	leads, err := records(ctx, l, store.Leads, o.Leads, func(i int) *model.Lead { return l.lead(i, o.Leads) })
	if err != nil {
		return err
	}
	_, err = records(ctx, l, store.Tasks, o.Tasks, func(i int) *model.Task { return l.task(i, o.Tasks, accounts, opportunities, leads) })
	return err
}

// people loads contacts, and makes each one of the people of its account, as the store does.
func (l *loading) people(ctx context.Context, accounts []*parent, n int) error {
	contacts, err := records(ctx, l, store.Contacts, n, func(i int) *model.Contact { return l.contact(i, n, accounts) })
	if err != nil || len(accounts) == 0 {
		return err
	}
	joined := make([][2][16]byte, n)
	for i, c := range contacts {
		a := under(accounts, i, n)
		a.people = append(a.people, c.id)
		joined[i] = [2][16]byte{a.id, c.id}
	}
	return l.join(ctx, store.AccountContacts, joined)
}

// loadBatch is how many records are written before their links are: it bounds what is kept of them.
const loadBatch = 20_000

// records writes n records of an entity with their links, and gives what later records need to know of them.
func records[T any](ctx context.Context, l *loading, e *store.Entity[T], n int, made func(i int) *T) ([]*parent, error) {
	t, out := tableOf[T](), make([]*parent, 0, n)
	fields := make([][]int, len(e.Links)) // looked up once: by name it takes longer than all the rest
	for k, link := range e.Links {
		field, _ := reflect.TypeFor[T]().FieldByName(link.Field)
		fields[k] = field.Index
	}
	for first := 0; first < n; first += loadBatch {
		size := min(loadBatch, n-first)
		joined := make([][][2][16]byte, len(e.Links))
		var found []word
		if err := l.write(ctx, t, size, func(yield func([]any) bool) {
			for i := first; i < first+size; i++ {
				r := made(i)
				p := l.begin(r)
				out = append(out, p)
				for _, token := range e.Tokens(r) {
					found = append(found, word{p.id, token})
				}
				for k, index := range fields {
					joined[k] = linked(joined[k], p.id, reflect.ValueOf(r).Elem().FieldByIndex(index))
				}
				if !yield(t.values(r)) {
					return
				}
			}
		}); err != nil {
			return nil, err
		}
		if err := l.index(ctx, e.Noun, found); err != nil {
			return nil, err
		}
		for k, link := range e.Links {
			if err := l.join(ctx, link, joined[k]); err != nil {
				return nil, err
			}
		}
		l.shown.add(size)
	}
	return out, nil
}

// word is what a record is found by.
type word struct {
	record id.ID
	store.Token
}

var tokens = table{name: "search_token", columns: []column{{name: "org_id", kind: "uuid"}, {name: "entity", kind: "text"},
	{name: "token", kind: "text"}, {name: "weight", kind: "smallint"}, {name: "entity_id", kind: "uuid"}}}

// index writes the words of records in the index's order, which takes a third of the time.
func (l *loading) index(ctx context.Context, entity string, found []word) error {
	slices.SortFunc(found, func(a, b word) int { return strings.Compare(a.Text, b.Text) })
	return l.write(ctx, tokens, len(found), func(yield func([]any) bool) {
		for _, w := range found {
			if !yield([]any{[16]byte(l.org), entity, w.Text, w.Weight, [16]byte(w.record)}) {
				return
			}
		}
	})
}

// begin gives a record its identity. Ids begin with the time, so they sort as the records were made.
func (l *loading) begin(r any) *parent {
	base := r.(interface{ Audit() *model.Base }).Audit()
	base.OrgID = l.org
	binary.BigEndian.PutUint64(base.ID[:8], uint64(base.CreatedAt.UnixMilli())<<16|0x7000|l.rng.Uint64()&0x0fff)
	binary.BigEndian.PutUint64(base.ID[8:], 1<<63|l.rng.Uint64()>>2)
	return l.parent(r)
}

func linked(to [][2][16]byte, left id.ID, list reflect.Value) [][2][16]byte {
	for i := range list.Len() {
		to = append(to, [2][16]byte{left, list.Index(i).Convert(bytes16).Interface().([16]byte)})
	}
	return to
}

func (l *loading) join(ctx context.Context, link store.Link, joined [][2][16]byte) error {
	return l.write(ctx, pairs(link), len(joined), func(yield func([]any) bool) {
		for _, pair := range joined {
			if !yield([]any{[16]byte(l.org), pair[0], pair[1]}) {
				return
			}
		}
	})
}

// write inserts rows and counts them.
func (l *loading) write(ctx context.Context, t table, n int, rows iter.Seq[[]any]) error {
	if n == 0 {
		return nil
	}
	start := time.Now()
	err := l.insert(ctx, t, rows)
	l.report.count(t.name, n, time.Since(start))
	return err
}
