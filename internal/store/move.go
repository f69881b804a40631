package store

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// A card is moved by giving it a status or a stage, as every change does, and an order between those of its neighbours
// (domain: E.11). Moves of one kind of records in an organization wait for each other, before they lock anything else: so
// neighbours stay neighbours, two that come between the same ones get different orders, and none waits for another that
// waits for it.

// Target is where a card goes.
type Target struct {
	Status       *string // as stored; or a deal's stage
	Stage        *id.ID
	Above, Below *id.ID
	Order        *decimal.Decimal
}

// Orders as whole numbers: those of the column, in its last digit.
const (
	placeStep = 1000_000000        // between the cards of a column that was just put in order
	mostPlace = 999_999_999_999999 // as many digits as the column has
)

// Move puts a record at a place on the board.
func (e *Entity[T]) Move(ctx context.Context, key [16]byte, version *int, to Target) (*T, error) {
	s, err := begin(ctx, e.Resource, "write")
	if err != nil {
		return nil, err
	}
	if err := takeTurns(ctx, s.viewer.OrgID, "board of "+e.Noun); err != nil {
		return nil, err
	}
	return e.Modify(ctx, key, version, func(r *T) (patch.Set, error) { return e.moveTo(ctx, r, to) })
}

func (e *Entity[T]) moveTo(ctx context.Context, r *T, to Target) (patch.Set, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	m := &mover[T]{of: e, viewer: v, card: e.key(r)}
	set := patch.Set{}
	put := func(column string, value any) {
		m.column, m.value = column, value
		field := e.at(r, column)
		if wanted := reflect.ValueOf(value).Convert(field.Type()); !same(field, wanted) {
			field.Set(wanted)
			set[e.field(column).GoName] = true
		}
	}
	if to.Status != nil {
		put(e.Kanban.Column, *to.Status)
	}
	if to.Stage != nil {
		put("stage_id", to.Stage)
	}
	if m.column == "" {
		return nil, fault.Field("status", "give a status or a stage")
	}
	place, err := m.place(ctx, to)
	if err != nil {
		return set, err
	}
	e.at(r, "kanban_order").Set(reflect.ValueOf(decimal.New(place, -orderDigits)))
	if len(set) == 0 { // else it goes with where the card has come
		set[e.field("kanban_order").GoName] = true
	}
	return set, nil
}

// mover finds a card its place in a column.
type mover[T any] struct {
	of     *Entity[T]
	viewer *tenant.Viewer
	card   [16]byte
	column string // of the table, with
	value  any    // which the cards of the board's column have
}

// neighbour is another card of the column.
type neighbour struct {
	ID        id.ID     `bun:"id"`
	Place     int64     `bun:"place"`
	CreatedAt time.Time `bun:"created_at"`
}

// before reports whether the card stands above another one.
func (n *neighbour) before(o *neighbour) bool {
	switch {
	case n.Place != o.Place:
		return n.Place < o.Place
	case !n.CreatedAt.Equal(o.CreatedAt):
		return n.CreatedAt.After(o.CreatedAt)
	}
	return n.ID.String() > o.ID.String()
}

func (m *mover[T]) place(ctx context.Context, to Target) (int64, error) {
	if to.Order != nil {
		whole := to.Order.Shift(orderDigits)
		if !whole.IsInteger() || whole.Abs().GreaterThan(decimal.NewFromInt(mostPlace)) {
			return 0, fault.Field("order", "must have at most 9 digits before the point and %d after it", orderDigits)
		}
		return whole.IntPart(), nil
	}
	for range 3 {
		above, below, err := m.neighbours(ctx, to)
		if err != nil {
			return 0, err
		}
		if place, ok := between(above, below, to); ok {
			return place, nil
		}
		if err := m.makeRoom(ctx, above, below); err != nil {
			return 0, err
		}
	}
	return 0, errors.New("there is no room between two cards that were moved apart")
}

// between is a place between two cards, of which each may be missing; ok is false when there is none. Beside the only card
// that was named it is a step away, unless another one stands closer.
func between(above, below *neighbour, to Target) (place int64, ok bool) {
	switch {
	case above == nil && below == nil:
		return placeStep, true
	case below == nil:
		place = above.Place + placeStep
		return place, place <= mostPlace
	case above == nil:
		place = below.Place - placeStep
		return place, place >= -mostPlace
	}
	switch gap := below.Place - above.Place; {
	case gap < 2:
		return 0, false
	case gap > placeStep && to.Below == nil:
		return above.Place + placeStep, true
	case gap > placeStep && to.Above == nil:
		return below.Place - placeStep, true
	default:
		return above.Place + gap/2, true
	}
}

// neighbours are the cards that the moved one comes between. Those that were named must be in the column, and in sight; one
// that has come between them since is the next to the one above.
func (m *mover[T]) neighbours(ctx context.Context, to Target) (above, below *neighbour, err error) {
	if above, err = m.named(ctx, to.Above, "aboveId"); err != nil {
		return nil, nil, err
	}
	if below, err = m.named(ctx, to.Below, "belowId"); err != nil {
		return nil, nil, err
	}
	switch {
	case above != nil && below != nil && !above.before(below):
		return nil, nil, fault.Field("belowId", "does not stand below the other card")
	case above != nil:
		below, err = m.next(ctx, above, false)
	case below != nil:
		above, err = m.next(ctx, below, true)
	default:
		above, err = m.last(ctx)
	}
	return above, below, err
}

// from names the other cards of the column.
func (m *mover[T]) from(s *statement, conds ...Cond) string {
	return m.of.name() + " AS t WHERE " + s.where("t", append([]Cond{m.of.ofTenant, m.of.Kanban.Shown}, conds...)...) +
		" AND t." + m.column + " = " + s.arg(m.value) + " AND t.id <> " + s.arg(m.card)
}

const neighbourColumns = "SELECT t.id, t.kanban_place AS place, t.created_at FROM "

func (m *mover[T]) named(ctx context.Context, key *id.ID, field string) (*neighbour, error) {
	if key == nil {
		return nil, nil //nolint:nilnil // it was not
	}
	s := m.statement()
	found, err := m.find(ctx, s, neighbourColumns+m.from(s, m.of.Read.Row)+" AND t.id = "+s.arg(*key))
	if err == nil && found == nil {
		err = fault.Field(field, "there is no such other card in the column")
	}
	return found, err
}

// next is the card next to another one, above or below it. Those of the same order are one stretch of the index, those beyond
// another.
func (m *mover[T]) next(ctx context.Context, n *neighbour, up bool) (*neighbour, error) {
	s := m.statement()
	place, at := s.arg(n.Place), "("+s.arg(n.CreatedAt)+"::timestamptz, "+s.arg(n.ID)+"::uuid)"
	older, beyond, order := " < ", " > ", cardOrder
	if up {
		older, beyond, order = " > ", " < ", cardOrderUp
	}
	of := neighbourColumns + m.from(s)
	tail := " ORDER BY " + order + " LIMIT 1"
	return m.find(ctx, s, "SELECT t.id, t.place, t.created_at FROM (("+
		of+" AND t.kanban_place = "+place+" AND (t.created_at, t.id)"+older+at+tail+") UNION ALL ("+
		of+" AND t.kanban_place"+beyond+place+tail+")) AS t ORDER BY abs(t.place - "+place+") LIMIT 1")
}

// cardOrderUp is the order of a column's cards from the bottom to the top.
const cardOrderUp = "t.kanban_place DESC, t.created_at, t.id"

func (m *mover[T]) last(ctx context.Context) (*neighbour, error) {
	s := m.statement()
	return m.find(ctx, s, neighbourColumns+m.from(s)+" ORDER BY "+cardOrderUp+" LIMIT 1")
}

func (m *mover[T]) statement() *statement {
	return &statement{viewer: m.viewer, args: []any{[16]byte(m.viewer.OrgID)}}
}

func (m *mover[T]) find(ctx context.Context, s *statement, text string) (*neighbour, error) {
	found, err := one[neighbour](ctx, text, s.args...)
	if err != nil {
		return nil, fmt.Errorf("look for a card of %ss: %w", m.of.Noun, err)
	}
	return found, nil
}

// makeRoom moves a card and all above it up, so far that there is room before the one below. Who drops a card sees the top of
// a column, so these are few, however long it is. When there is no room that way, the whole column is put in order. That other
// cards were moved is no change of theirs.
func (m *mover[T]) makeRoom(ctx context.Context, above, below *neighbour) error {
	var cards [][16]byte
	var err error
	if above != nil && below != nil {
		if cards, err = m.upTo(ctx, above); err != nil {
			return err
		}
		if end := below.Place - 2*placeStep; end-int64(len(cards))*placeStep > -mostPlace {
			return m.putInOrder(ctx, cards, end)
		}
	}
	last, err := m.last(ctx)
	if err != nil {
		return err
	}
	if cards, err = m.upTo(ctx, last); err != nil {
		return err
	}
	return m.putInOrder(ctx, cards, int64(len(cards))*placeStep)
}

// upTo are a card and all above it, from top to bottom.
func (m *mover[T]) upTo(ctx context.Context, n *neighbour) ([][16]byte, error) {
	s := m.statement()
	place, at := s.arg(n.Place), "("+s.arg(n.CreatedAt)+"::timestamptz, "+s.arg(n.ID)+"::uuid)"
	of := "SELECT t.id, t.kanban_place, t.created_at FROM " + m.from(s)
	var found []id.ID
	err := tenant.Select(ctx, &found, "SELECT t.id FROM (("+of+" AND t.kanban_place = "+place+" AND (t.created_at, t.id) >= "+at+") UNION ALL ("+
		of+" AND t.kanban_place < "+place+")) AS t ORDER BY "+cardOrder, s.args...)
	if err != nil {
		return nil, fmt.Errorf("look for the cards of %ss: %w", m.of.Noun, err)
	}
	cards, _ := bindable(found).([][16]byte)
	return cards, nil
}

// putInOrder gives cards orders one step apart, so that the last one's is end.
func (m *mover[T]) putInOrder(ctx context.Context, cards [][16]byte, end int64) error {
	places := make([]int64, len(cards))
	for i := range cards {
		places[i] = end - int64(len(cards)-1-i)*placeStep
	}
	_, err := tenant.Exec(ctx, "UPDATE "+m.of.name()+" AS t SET kanban_order = o.place * 0.000001 FROM unnest($2::uuid[], $3::bigint[]) AS o(id, place)"+
		" WHERE t.org_id = $1 AND t.id = o.id", [16]byte(m.viewer.OrgID), cards, places)
	if err != nil {
		return fmt.Errorf("put the cards of %ss in order: %w", m.of.Noun, err)
	}
	return nil
}
