package model

import (
	"io"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Pipeline is what the pipelines of all kinds of records are.
type Pipeline struct {
	Base
	Name        string  `bun:"name" max:"255" required:"true"`
	Description *string `bun:"description" max:"20000"`
	IsDefault   bool    `bun:"is_default"` // one of each kind at most
	IsActive    bool    `bun:"is_active"`

	WithDefaultStages bool `bun:"-"` // of a new one
}

// Common is what they share.
func (p *Pipeline) Common() *Pipeline { return p }

// Stage is what the stages of all kinds of records have. Besides, each says which type it is and what status it gives, in
// terms of its records.
type Stage struct {
	Base
	PipelineID id.ID  `bun:"pipeline_id"`
	Name       string `bun:"name" max:"100" required:"true"`
	Position   int    `bun:"sort_order"` // in the pipeline, from 0 without gaps
	Color      string `bun:"color"`
	WipLimit   *int   `bun:"wip_limit" min:"0"` // how many records it takes
}

// Common is what they share.
func (s *Stage) Common() *Stage { return s }

// LeadPipeline is the stages that leads go through.
type LeadPipeline struct {
	bun.BaseModel `bun:"table:lead_pipeline,alias:t"`
	Pipeline
}

// LeadStage is a stage of leads.
type LeadStage struct {
	bun.BaseModel `bun:"table:lead_stage,alias:t"`
	Stage
	StageType      SalesStageType `bun:"stage_type"`
	MapsToStatus   *LeadStatus    `bun:"maps_to_status"`
	WinProbability int            `bun:"win_probability" min:"0" max:"100"`
}

// CasePipeline is the stages that cases go through.
type CasePipeline struct {
	bun.BaseModel `bun:"table:case_pipeline,alias:t"`
	Pipeline
}

// CaseStage is a stage of cases.
type CaseStage struct {
	bun.BaseModel `bun:"table:case_stage,alias:t"`
	Stage
	StageType    CaseStageType `bun:"stage_type"`
	MapsToStatus *CaseStatus   `bun:"maps_to_status"`
}

// TaskPipeline is the stages that tasks go through.
type TaskPipeline struct {
	bun.BaseModel `bun:"table:task_pipeline,alias:t"`
	Pipeline
}

// TaskStage is a stage of tasks.
type TaskStage struct {
	bun.BaseModel `bun:"table:task_stage,alias:t"`
	Stage
	StageType    TaskStageType `bun:"stage_type"`
	MapsToStatus *TaskStatus   `bun:"maps_to_status"`
}

// The GraphQL types around pipelines.
type (
	LeadPipelineConnection = Connection[LeadPipeline]
	LeadPipelineEdge       = Edge[LeadPipeline]
	CasePipelineConnection = Connection[CasePipeline]
	CasePipelineEdge       = Edge[CasePipeline]
	TaskPipelineConnection = Connection[TaskPipeline]
	TaskPipelineEdge       = Edge[TaskPipeline]
)

// SalesStageType is what it means to stand in a stage of a sale, of leads and of deals.
type SalesStageType string

// The values, as stored.
const (
	SalesOpen SalesStageType = "open"
	SalesWon  SalesStageType = "won"
	SalesLost SalesStageType = "lost"
)

var _ = enum(SalesOpen, SalesWon, SalesLost)

// MarshalGQL writes the schema's name.
func (v SalesStageType) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *SalesStageType) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// CaseStageType is what it means for a case to stand in a stage.
type CaseStageType string

// The values, as stored.
const (
	CaseStageOpen     CaseStageType = "open"
	CaseStageClosed   CaseStageType = "closed"
	CaseStageRejected CaseStageType = "rejected"
)

var _ = enum(CaseStageOpen, CaseStageClosed, CaseStageRejected)

// MarshalGQL writes the schema's name.
func (v CaseStageType) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *CaseStageType) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// TaskStageType is what it means for a task to stand in a stage.
type TaskStageType string

// The values, as stored.
const (
	TaskStageOpen       TaskStageType = "open"
	TaskStageInProgress TaskStageType = "in_progress"
	TaskStageCompleted  TaskStageType = "completed"
)

var _ = enum(TaskStageOpen, TaskStageInProgress, TaskStageCompleted)

// MarshalGQL writes the schema's name.
func (v TaskStageType) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *TaskStageType) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
