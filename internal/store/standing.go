package store

import (
	"context"
	"fmt"
	"reflect"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// Where a record stands: its status, the stage of a pipeline, and its place among the cards of a board (domain: E.11). Each
// write goes through here before the entity's own rules, so that a status which follows from a stage meets them as one that
// somebody wrote.

// Kanban is how an entity's records stand on boards. The zero value: they do not.
type Kanban struct {
	Column string // whose values are the columns of a board: the status, or a deal's stage
	Staged bool   // they stand in stages too, those of the tables named after the entity's noun
	Shown  Cond   // which are on boards; nil = all
}

// stages and pipelines are the tables of what the records stand in.
func (e *Entity[T]) stages() string    { return e.Noun + "_stage" }
func (e *Entity[T]) pipelines() string { return e.Noun + "_pipeline" }

// at is a column's field of a row.
func (e *Entity[T]) at(r *T, column string) reflect.Value {
	return reflect.ValueOf(r).Elem().FieldByIndex(e.field(column).Index)
}

// spoken notes that a change sets a column.
func (e *Entity[T]) spoken(c *Change[T], column string) {
	if c.Set == nil {
		c.Set = patch.Set{}
	}
	c.Set[e.field(column).GoName] = true
}

func (e *Entity[T]) speaksOf(c *Change[T], column string) bool { return c.Set[e.field(column).GoName] }

// stand keeps a record's status and stage together, whichever of them a change speaks of. It refuses a stage that is full.
func (e *Entity[T]) stand(ctx context.Context, c *Change[T]) error {
	if e.Kanban.Column == "" {
		return nil
	}
	before := c.Before
	if c.Created() {
		if order, ok := reflect.TypeAssert[decimal.Decimal](e.at(c.Row, "kanban_order")); ok {
			e.at(c.Row, "kanban_order").Set(reflect.ValueOf(ordered(order)))
		}
		if before = new(T); e.Fresh != nil {
			e.Fresh(before)
		}
	}
	if !e.Kanban.Staged {
		return nil
	}
	stage, _ := reflect.TypeAssert[*id.ID](e.at(c.Row, "stage_id"))
	had, _ := reflect.TypeAssert[*id.ID](e.at(before, "stage_id"))
	was := e.at(before, e.Kanban.Column).String()
	switch {
	case stage == nil:
		return nil
	case had == nil || *had != *stage:
		return e.enter(ctx, c, *stage, was)
	case e.at(c.Row, e.Kanban.Column).String() != was:
		return e.follow(ctx, c, *stage)
	}
	return nil
}

// enter has a record come into a stage and take the status that it gives.
func (e *Entity[T]) enter(ctx context.Context, c *Change[T], stage id.ID, was string) error {
	into, err := e.holdStage(ctx, c, stage)
	if err != nil {
		return err
	}
	if into == nil {
		return fault.Field("stageId", "%s stage not found", e.Noun)
	}
	if status := e.at(c.Row, e.Kanban.Column); into.Status != nil && *into.Status != status.String() {
		if e.speaksOf(c, e.Kanban.Column) && status.String() != was {
			return fault.Field(spelling(e.field(e.Kanban.Column).GoName), "is not that of the stage %s", into.Name)
		}
		status.SetString(*into.Status)
		e.spoken(c, e.Kanban.Column)
	}
	return e.room(ctx, c, into, "stageId")
}

// follow has a record whose status was changed leave a stage that gives another one: for the first of the pipeline that gives
// this one, or for none.
func (e *Entity[T]) follow(ctx context.Context, c *Change[T], stage id.ID) error {
	status := e.at(c.Row, e.Kanban.Column).String()
	type step struct {
		Status *string `bun:"maps_to_status"`
		Next   *id.ID  `bun:"next"`
	}
	found, err := one[step](ctx, "SELECT s.maps_to_status, (SELECT n.id FROM "+e.stages()+" AS n WHERE n.org_id = $1 AND n.pipeline_id = s.pipeline_id"+
		" AND n.maps_to_status = $3 ORDER BY n.sort_order, n.id LIMIT 1) AS next FROM "+e.stages()+" AS s WHERE s.org_id = $1 AND s.id = $2",
		[16]byte(c.viewer.OrgID), [16]byte(stage), status)
	if err != nil {
		return fmt.Errorf("look for a stage of the status: %w", err)
	}
	if found == nil || found.Status == nil || *found.Status == status {
		return nil
	}
	e.at(c.Row, "stage_id").SetZero()
	if found.Next == nil {
		return nil
	}
	into, err := e.holdStage(ctx, c, *found.Next)
	if err != nil || into == nil || into.Status == nil || *into.Status != status {
		return err
	}
	e.at(c.Row, "stage_id").Set(reflect.ValueOf(found.Next))
	return e.room(ctx, c, into, spelling(e.field(e.Kanban.Column).GoName))
}

// entrance is a stage that a record comes into.
type entrance struct {
	ID     id.ID   `bun:"id"`
	Name   string  `bun:"name"`
	Status *string `bun:"maps_to_status"`
	Limit  *int    `bun:"wip_limit"`
}

// holdStage has a stage, and that its pipeline is active, wait for the end of the transaction. It is nil when there is none.
func (e *Entity[T]) holdStage(ctx context.Context, c *Change[T], key id.ID) (*entrance, error) {
	found, err := one[entrance](ctx, "SELECT s.id, s.name, s.maps_to_status, s.wip_limit FROM "+e.pipelines()+" AS p JOIN "+e.stages()+
		" AS s ON s.org_id = $1 AND s.pipeline_id = p.id WHERE p.org_id = $1 AND p.is_active AND s.id = $2 FOR SHARE OF p FOR UPDATE OF s",
		[16]byte(c.viewer.OrgID), [16]byte(key))
	if err != nil {
		return nil, fmt.Errorf("hold the stage: %w", err)
	}
	return found, nil
}

// room refuses a stage that has as many other records as it takes. It is held, so of two that come for the last place one
// sees the other.
func (e *Entity[T]) room(ctx context.Context, c *Change[T], into *entrance, field string) error {
	if into.Limit == nil {
		return nil
	}
	s := &statement{viewer: c.viewer, args: []any{[16]byte(c.viewer.OrgID)}}
	others := e.name() + " AS t WHERE " + s.where("t", e.ofTenant, e.Kanban.Shown) + " AND t.stage_id = " + s.arg(into.ID) + " AND t.id <> " + s.arg(e.key(c.Row))
	var n int
	if err := tenant.Select(ctx, &n, "SELECT count(*) FROM (SELECT FROM "+others+" LIMIT "+s.arg(*into.Limit)+") AS t", s.args...); err != nil {
		return fmt.Errorf("count the records in a stage: %w", err)
	}
	if n < *into.Limit {
		return nil
	}
	return conflictOn(field, "the stage %s takes at most %d %ss and is full", into.Name, *into.Limit, e.Noun)
}

// ordered is an order of cards with the digits that the column keeps.
func ordered(d decimal.Decimal) decimal.Decimal {
	return decimal.New(d.Shift(orderDigits).IntPart(), -orderDigits)
}

// orderDigits are those behind the point of an order of cards, whose place is the same as a whole number.
const orderDigits = 6
