package model

import (
	"io"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// BoardColumn is a column of a board.
type BoardColumn struct {
	bun.BaseModel `bun:"table:board_column,alias:t"`
	Base
	BoardID  id.ID  `bun:"board_id"`
	Name     string `bun:"name" max:"100" required:"true"`
	Position int    `bun:"sort_order" min:"0"` // on the board, from 0 without gaps
	Color    string `bun:"color"`
	WipLimit *int   `bun:"wip_limit" min:"0"` // how many cards it takes
}

// BoardTask is a card on a board.
type BoardTask struct {
	bun.BaseModel `bun:"table:board_task,alias:t"`
	Base
	BoardID       id.ID             `bun:"board_id"` // that of the column
	ColumnID      id.ID             `bun:"column_id"`
	Position      int               `bun:"sort_order" min:"0" null:"absent"` // in the column, from 0 without gaps
	Title         string            `bun:"title" max:"255" required:"true"`
	Description   *string           `bun:"description" max:"20000"`
	Priority      BoardTaskPriority `bun:"priority"`
	DueDate       *time.Time        `bun:"due_date"`
	CompletedAt   *time.Time        `bun:"completed_at"`
	AccountID     *id.ID            `bun:"account_id"`
	ContactID     *id.ID            `bun:"contact_id"`
	OpportunityID *id.ID            `bun:"opportunity_id"`

	AssignedToIDs []id.Profile `bun:"-"`
}

// Label is what a notification calls the card.
func (t *BoardTask) Label() string { return t.Title }

// The GraphQL types around a column and a card.
type (
	BoardColumnConnection = Connection[BoardColumn]
	BoardColumnEdge       = Edge[BoardColumn]
	BoardTaskConnection   = Connection[BoardTask]
	BoardTaskEdge         = Edge[BoardTask]
)

// IsCompleted reports whether the card stands where cards are completed.
func (t *BoardTask) IsCompleted() bool { return t.CompletedAt != nil }

// BoardTaskPriority is how pressing a card is.
type BoardTaskPriority string

// The values, as stored.
const (
	BoardTaskLow    BoardTaskPriority = "low"
	BoardTaskMedium BoardTaskPriority = "medium"
	BoardTaskHigh   BoardTaskPriority = "high"
	BoardTaskUrgent BoardTaskPriority = "urgent"
)

var _ = enum(BoardTaskLow, BoardTaskMedium, BoardTaskHigh, BoardTaskUrgent)

// MarshalGQL writes the schema's name.
func (v BoardTaskPriority) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *BoardTaskPriority) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
