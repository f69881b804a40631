package model

import (
	"io"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Task is something to do. It is about at most one account, opportunity, lead or case.
type Task struct {
	bun.BaseModel `bun:"table:task,alias:t"`
	Base
	Title         string       `bun:"title" max:"200" required:"true"`
	Status        TaskStatus   `bun:"status"`
	Priority      TaskPriority `bun:"priority"`
	DueDate       *scalar.Date `bun:"due_date"`
	CompletedAt   *time.Time   `bun:"completed_at"`
	Description   *string      `bun:"description" max:"20000"`
	AccountID     *id.ID       `bun:"account_id"`
	OpportunityID *id.ID       `bun:"opportunity_id"`
	LeadID        *id.ID       `bun:"lead_id"`
	CaseID        *id.ID       `bun:"case_id"`

	Customized
	Standing
	Shared
	ContactIDs []id.ID `bun:"-"`
}

// The GraphQL types around a task.
type (
	TaskConnection = Connection[Task]
	TaskEdge       = Edge[Task]
)

// Label is what an activity calls the task.
func (t *Task) Label() string { return t.Title }

// TaskStatus is where a task stands.
type TaskStatus string

// The values, as stored.
const (
	TaskNew        TaskStatus = "New"
	TaskInProgress TaskStatus = "In Progress"
	TaskCompleted  TaskStatus = "Completed"
)

var _ = enum(TaskNew, TaskInProgress, TaskCompleted)

// MarshalGQL writes the schema's name.
func (v TaskStatus) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *TaskStatus) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// TaskPriority is how pressing a task is.
type TaskPriority string

// The values, as stored.
const (
	PriorityLow    TaskPriority = "Low"
	PriorityMedium TaskPriority = "Medium"
	PriorityHigh   TaskPriority = "High"
)

var _ = enum(PriorityLow, PriorityMedium, PriorityHigh)

// MarshalGQL writes the schema's name.
func (v TaskPriority) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *TaskPriority) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
