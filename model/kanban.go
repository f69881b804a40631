package model

import (
	"context"
	"io"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Standing is where a record stands on boards: embedded in what has stages of pipelines.
type Standing struct {
	StageID     *id.ID          `bun:"stage_id"`
	KanbanOrder decimal.Decimal `bun:"kanban_order"` // among the cards of its column: the lesser, the higher
}

// Kanban is records as cards in columns. P is what its pipeline is, C its columns.
type Kanban[P, C any] struct {
	Pipeline *P // nil when the columns are the statuses
	Columns  []*C
}

// KanbanColumn is a column of a board of records of a kind: a status V, or a stage S that gives it. Its cards are read when
// somebody asks for them, for all columns of the board at once.
type KanbanColumn[T, S any, V, K ~string] struct {
	ColumnID  string
	Name      string
	Color     string
	Position  int
	StageType K
	Stage     *S
	Status    *V
	WipLimit  *int

	Lane Lane[T]
}

// Lane is the records in one column.
type Lane[T any] interface {
	// Count counts them.
	Count(ctx context.Context) (int, error)
	// Top gives the first of them.
	Top(ctx context.Context, most int) ([]*T, error)
}

// TotalCount is the number of all its cards.
func (c *KanbanColumn[T, S, V, K]) TotalCount(ctx context.Context) (int, error) {
	return c.Lane.Count(ctx)
}

// Cards are the first of its cards.
func (c *KanbanColumn[T, S, V, K]) Cards(ctx context.Context, first int) ([]*T, error) {
	return c.Lane.Top(ctx, first)
}

// The boards.
type (
	LeadKanban              = Kanban[LeadPipeline, LeadKanbanColumn]
	LeadKanbanColumn        = KanbanColumn[Lead, LeadStage, LeadStatus, SalesStageType]
	CaseKanban              = Kanban[CasePipeline, CaseKanbanColumn]
	CaseKanbanColumn        = KanbanColumn[Case, CaseStage, CaseStatus, CaseStageType]
	TaskKanban              = Kanban[TaskPipeline, TaskKanbanColumn]
	TaskKanbanColumn        = KanbanColumn[Task, TaskStage, TaskStatus, TaskStageType]
	OpportunityKanban       = Kanban[struct{}, OpportunityKanbanColumn] // their stages are fixed: no pipeline
	OpportunityKanbanColumn = KanbanColumn[Opportunity, OpportunityStage, OpportunityStage, SalesStageType]
)

// KanbanMode is what the columns of a board are.
type KanbanMode string

// The values; none is stored.
const (
	KanbanByStatus   KanbanMode = "STATUS"
	KanbanByPipeline KanbanMode = "PIPELINE"
)

var _ = enum(KanbanByStatus, KanbanByPipeline)

// MarshalGQL writes the schema's name.
func (v KanbanMode) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *KanbanMode) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
