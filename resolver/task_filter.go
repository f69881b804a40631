package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func taskFilter(f *graph.TaskFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Tasks.Text("title", f.Title.Value()),
		store.In("status", f.Statuses.Value()),
		store.In("stage_id", f.StageIds.Value()),
		store.In("priority", f.Priorities.Value()),
		store.When(f.IsOverdue.Value(), store.IsOverdue),
		store.Dates("due_date", f.DueDate.Value()),
		store.In("account_id", f.AccountIds.Value()),
		store.In("opportunity_id", f.OpportunityIds.Value()),
		store.In("lead_id", f.LeadIds.Value()),
		store.In("case_id", f.CaseIds.Value()),
		store.Tasks.Custom(f.CustomFields.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Tasks.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Tasks.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Tasks.Link("TagIDs"), f.TagIds.Value()),
	}
}
