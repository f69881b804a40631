package store

import (
	"context"
	"reflect"
	"strings"
	"sync"

	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/schema"

	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Entity declares what is particular to one kind of record. Entities refer to each other in circles, so each is
// filled in an init function of its file.
type Entity[T any] struct {
	Noun     string           // "lead", for messages
	Kind     model.EntityType // what the timeline and comments call it; empty = it has none
	Resource string           // what scopes of access tokens call it: "leads" in "leads:read"
	Platform bool             // the table belongs to no organization (users)
	Parent   string           // of what is a part of another record: the column that names it

	With   string   // what rows are read from instead of the table: a sub-query that the planner takes apart
	Beside []string // its columns that the table does not have, and those that only the database writes

	Order   map[string]string // the schema's order fields and their columns
	Default page.Order        // the newest first unless given
	Search  []string          // the columns that free text is sought in, the most telling first
	Totals  Totals            // empty where lists are not summed up
	Kanban  Kanban            // empty where records do not stand on boards

	Subtitle func(*T) *string // what tells a hit of a search from others of the same name

	Read       Sight
	Pickable   Cond // which of what the viewer sees an input may name; nil = all
	Kept       bool // what an input names stays as it is until the end of the transaction
	Changeable Cond // which of it the viewer may change and comment on; nil = all
	Links      []Link
	Refs       []Ref
	Statuses   []string                                            // the fields whose change is told as STATUS_CHANGED,
	Moved      func(c *Change[T]) model.ActivityVerb               // unless this, of a change of one of them, says otherwise
	Told       func(c *Change[T], field string) model.ActivityVerb // the verb of another field's change; empty = UPDATE
	MayWrite   func(v *tenant.Viewer) error
	MayChange  func(v *tenant.Viewer, row *T) error // of a row that the viewer sees; nil = yes
	MayDelete  func(v *tenant.Viewer, row *T) error

	Fresh func(*T) // what a new record has before the input is applied

	// Check holds the rules of a write: it may complete the row and refuses what must not be stored.
	Check func(ctx context.Context, c *Change[T]) error
	// After does what belongs to a write and needs the row to be there.
	After func(ctx context.Context, c *Change[T]) error
	// BeforeDelete refuses a deletion or takes away what goes with the row.
	BeforeDelete func(ctx context.Context, row *T) error

	listing sync.Once
	all     string
}

// Ref is a field that holds the id of another record, which the writer must be able to see.
type Ref struct {
	Field string
	To    target
}

// row is what every model is.
type row interface{ Key() [16]byte }

// audited is a model with the columns of model.Base.
type audited interface {
	row
	Audit() *model.Base
}

// labelled is a model that the timeline can name.
type labelled interface{ Label() string }

var dialect = pgdialect.New()

// table is bun's reading of the model.
func (e *Entity[T]) table() *schema.Table { return dialect.Tables().Get(reflect.TypeFor[T]()) }

// name is the quoted name of the table.
func (e *Entity[T]) name() string { return string(e.table().SQLName) }

// source is what rows are read from.
func (e *Entity[T]) source() string {
	if e.With != "" {
		return e.With
	}
	return e.name()
}

// columns lists the table's columns, under the alias t.
func (e *Entity[T]) columns() string {
	e.listing.Do(func() {
		fields := e.table().Fields
		names := make([]string, len(fields))
		for i, f := range fields {
			names[i] = "t." + string(f.SQLName)
		}
		e.all = strings.Join(names, ", ")
	})
	return e.all
}

// listed is the columns, or all for the zero value.
func (e *Entity[T]) listed(columns Columns) string {
	if columns != "" {
		return string(columns)
	}
	return strings.Join(append([]string{e.columns()}, e.Beside...), ", t.")
}

func (e *Entity[T]) field(column string) *schema.Field { return e.table().FieldMap[column] }

func (e *Entity[T]) key(r *T) [16]byte { return any(r).(row).Key() }

// order is the wanted order, or the entity's own.
func (e *Entity[T]) order(wanted *page.Order) page.Order {
	o := page.Order{Field: "CREATED_AT", Direction: "DESC"}
	switch {
	case wanted != nil:
		o = *wanted
	case e.Default != page.Order{}:
		o = e.Default
	}
	o.List = e.Noun
	return o
}

func (e *Entity[T]) orderColumn(o page.Order) string {
	if column, ok := e.Order[o.Field]; ok {
		return column
	}
	return "created_at"
}

// spelling is a Go field's name in the schema.
func spelling(field string) string {
	for _, suffix := range []string{"IDs", "ID", "URL"} {
		if rest, ok := strings.CutSuffix(field, suffix); ok {
			field = rest + suffix[:1] + strings.ToLower(suffix[1:])
			break
		}
	}
	return strings.ToLower(field[:1]) + field[1:]
}
