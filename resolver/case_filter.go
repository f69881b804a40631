package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// caseFilter leaves duplicates out unless the client asks for statuses (domain: B.5).
func caseFilter(f *graph.CaseFilter) []store.Cond {
	if f == nil {
		return []store.Cond{store.NotDuplicate}
	}
	conds := []store.Cond{
		store.Cases.Text("name", f.Name.Value()),
		store.In("status", f.Statuses.Value()),
		store.In("stage_id", f.StageIds.Value()),
		store.Phase("status", f.IsOpen.Value(), model.CaseStatus.IsOpen),
		store.In("priority", f.Priorities.Value()),
		store.In("case_type", f.CaseTypes.Value()),
		store.In("account_id", f.AccountIds.Value()),
		store.When(f.IsFirstResponseBreached.Value(), store.Breached("first_response")),
		store.When(f.IsResolutionBreached.Value(), store.Breached("resolution")),
		store.Is("is_problem", f.IsProblem.Value()),
		store.Is("is_active", f.IsActive.Value()),
		store.When(f.IsWatching.Value(), store.IsWatched),
		store.Dates("closed_on", f.ClosedOn.Value()),
		store.Cases.Custom(f.CustomFields.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Cases.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Cases.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Cases.Link("TagIDs"), f.TagIds.Value()),
		store.Linked(store.CaseContacts, f.ContactIds.Value()),
	}
	if f.Statuses.Value() == nil {
		conds = append(conds, store.NotDuplicate)
	}
	return conds
}
