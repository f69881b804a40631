package store

import (
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// The kinds of records that have pipelines (domain: C.9), and what boards show of them.

// The pipelines of leads, cases and tasks, and their stages.
var (
	LeadPipelines = new(Entity[model.LeadPipeline])
	LeadStages    = new(Entity[model.LeadStage])
	CasePipelines = new(Entity[model.CasePipeline])
	CaseStages    = new(Entity[model.CaseStage])
	TaskPipelines = new(Entity[model.TaskPipeline])
	TaskStages    = new(Entity[model.TaskStage])
)

// PipelinedLeads are leads with theirs. A lead is won by being converted.
var PipelinedLeads = Pipelined[model.Lead, model.LeadPipeline, model.LeadStage, model.LeadStatus, model.SalesStageType]{
	records: Leads, pipelines: LeadPipelines, stages: LeadStages,
	typed: func(s *model.LeadStage) (model.SalesStageType, *model.LeadStatus) { return s.StageType, s.MapsToStatus },
	first: []model.LeadStage{
		leadStage("New", gray, model.SalesOpen, model.LeadAssigned, 0),
		leadStage("Contacted", blue, model.SalesOpen, model.LeadInProcess, 0),
		leadStage("Qualified", violet, model.SalesOpen, model.LeadInProcess, 25),
		leadStage("Proposal", amber, model.SalesOpen, model.LeadInProcess, 50),
		leadStage("Won", green, model.SalesWon, model.LeadConverted, 100),
		leadStage("Lost", red, model.SalesLost, model.LeadClosed, 0),
	},
	phases: []phase[model.LeadStatus, model.SalesStageType]{
		{model.LeadAssigned, "Assigned", gray, model.SalesOpen},
		{model.LeadInProcess, "In Process", blue, model.SalesOpen},
		{model.LeadConverted, "Converted", green, model.SalesWon},
		{model.LeadRecycled, "Recycled", amber, model.SalesOpen},
		{model.LeadClosed, "Closed", red, model.SalesLost},
	},
}

// PipelinedCases are cases with theirs. Nothing leads to DUPLICATE there: boards show no duplicates unless asked to. A case
// that somebody works on is assigned and not pending, which would stop the clock of what is promised.
var PipelinedCases = Pipelined[model.Case, model.CasePipeline, model.CaseStage, model.CaseStatus, model.CaseStageType]{
	records: Cases, pipelines: CasePipelines, stages: CaseStages,
	typed: func(s *model.CaseStage) (model.CaseStageType, *model.CaseStatus) { return s.StageType, s.MapsToStatus },
	first: []model.CaseStage{
		caseStage("New", gray, model.CaseStageOpen, model.CaseNew),
		caseStage("Assigned", blue, model.CaseStageOpen, model.CaseAssigned),
		caseStage("In Progress", amber, model.CaseStageOpen, model.CaseAssigned),
		caseStage("Resolved", green, model.CaseStageClosed, model.CaseClosed),
		caseStage("Rejected", red, model.CaseStageRejected, model.CaseRejected),
	},
	phases: []phase[model.CaseStatus, model.CaseStageType]{
		{model.CaseNew, "New", gray, model.CaseStageOpen},
		{model.CaseAssigned, "Assigned", blue, model.CaseStageOpen},
		{model.CasePending, "Pending", amber, model.CaseStageOpen},
		{model.CaseClosed, "Closed", green, model.CaseStageClosed},
		{model.CaseRejected, "Rejected", red, model.CaseStageRejected},
	},
}

// CasesWithDuplicates are the same, with a column for duplicates.
func CasesWithDuplicates() Pipelined[model.Case, model.CasePipeline, model.CaseStage, model.CaseStatus, model.CaseStageType] {
	k := PipelinedCases
	k.phases = append(slices.Clip(k.phases),
		phase[model.CaseStatus, model.CaseStageType]{model.CaseDuplicate, "Duplicate", gray, model.CaseStageRejected})
	return k
}

// PipelinedTasks are tasks with theirs.
var PipelinedTasks = Pipelined[model.Task, model.TaskPipeline, model.TaskStage, model.TaskStatus, model.TaskStageType]{
	records: Tasks, pipelines: TaskPipelines, stages: TaskStages,
	typed: func(s *model.TaskStage) (model.TaskStageType, *model.TaskStatus) { return s.StageType, s.MapsToStatus },
	first: []model.TaskStage{
		taskStage("To Do", blue, model.TaskStageOpen, model.TaskNew),
		taskStage("In Progress", amber, model.TaskStageInProgress, model.TaskInProgress),
		taskStage("Review", violet, model.TaskStageInProgress, model.TaskInProgress),
		taskStage("Done", green, model.TaskStageCompleted, model.TaskCompleted),
	},
	phases: []phase[model.TaskStatus, model.TaskStageType]{
		{model.TaskNew, "New", blue, model.TaskStageOpen},
		{model.TaskInProgress, "In Progress", amber, model.TaskStageInProgress},
		{model.TaskCompleted, "Completed", green, model.TaskStageCompleted},
	},
}

// dealPhases are the stages of opportunities, which are fixed.
var dealPhases = []phase[model.OpportunityStage, model.SalesStageType]{
	{model.StageProspecting, "Prospecting", gray, model.SalesOpen},
	{model.StageQualification, "Qualification", blue, model.SalesOpen},
	{model.StageProposal, "Proposal", violet, model.SalesOpen},
	{model.StageNegotiation, "Negotiation", amber, model.SalesOpen},
	{model.StageClosedWon, "Closed Won", green, model.SalesWon},
	{model.StageClosedLost, "Closed Lost", red, model.SalesLost},
}

// OpportunityBoard is the opportunities as cards, in a column for each stage.
func OpportunityBoard(conds []Cond) *model.OpportunityKanban {
	columns := byPhase[model.Opportunity, model.OpportunityStage](Opportunities, dealPhases, conds)
	for _, c := range columns {
		c.Stage = c.Status
	}
	return &model.OpportunityKanban{Columns: columns}
}

// The colours of columns that nobody has chosen others for.
const (
	gray   = "#6B7280"
	blue   = "#3B82F6"
	violet = "#8B5CF6"
	amber  = "#F59E0B"
	green  = "#22C55E"
	red    = "#EF4444"
)

func leadStage(name, color string, kind model.SalesStageType, status model.LeadStatus, chance int) model.LeadStage {
	return model.LeadStage{Stage: model.Stage{Name: name, Color: color}, StageType: kind, MapsToStatus: &status, WinProbability: chance}
}

func caseStage(name, color string, kind model.CaseStageType, status model.CaseStatus) model.CaseStage {
	return model.CaseStage{Stage: model.Stage{Name: name, Color: color}, StageType: kind, MapsToStatus: &status}
}

func taskStage(name, color string, kind model.TaskStageType, status model.TaskStatus) model.TaskStage {
	return model.TaskStage{Stage: model.Stage{Name: name, Color: color}, StageType: kind, MapsToStatus: &status}
}

func init() {
	PipelinedLeads.define()
	PipelinedCases.define()
	PipelinedTasks.define()
}
