package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What lists can be filtered by: a line each. A filter that was not given filters nothing.

func accountFilter(f *graph.AccountFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Accounts.Text("name", f.Name.Value()),
		store.Accounts.Text("email", f.Email.Value()),
		store.Accounts.Text("phone", f.Phone.Value()),
		store.Accounts.Text("city", f.City.Value()),
		store.In("industry", f.Industries.Value()),
		store.Is("is_active", f.IsActive.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Accounts.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Accounts.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Accounts.Link("TagIDs"), f.TagIds.Value()),
	}
}

func contactFilter(f *graph.ContactFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Contacts.Text("first_name", f.FirstName.Value()),
		store.Contacts.Text("last_name", f.LastName.Value()),
		store.Contacts.Text("email", f.Email.Value()),
		store.Contacts.Text("phone", f.Phone.Value()),
		store.Contacts.Text("city", f.City.Value()),
		store.In("account_id", f.AccountIds.Value()),
		store.Is("is_active", f.IsActive.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Contacts.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Contacts.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Contacts.Link("TagIDs"), f.TagIds.Value()),
	}
}

func leadFilter(f *graph.LeadFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.In("status", f.Statuses.Value()),
		store.Phase("status", f.IsOpen.Value(), model.LeadStatus.IsOpen),
		store.In("source", f.Sources.Value()),
		store.In("rating", f.Ratings.Value()),
		store.In("industry", f.Industries.Value()),
		store.Leads.Text("first_name", f.FirstName.Value()),
		store.Leads.Text("last_name", f.LastName.Value()),
		store.Leads.Text("email", f.Email.Value()),
		store.Leads.Text("phone", f.Phone.Value()),
		store.Leads.Text("company_name", f.CompanyName.Value()),
		store.Leads.Text("city", f.City.Value()),
		store.Amounts("opportunity_amount", f.Amount.Value()),
		store.Is("is_active", f.IsActive.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Leads.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Leads.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Leads.Link("TagIDs"), f.TagIds.Value()),
	}
}

func opportunityFilter(f *graph.OpportunityFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Opportunities.Text("name", f.Name.Value()),
		store.In("stage", f.Stages.Value()),
		store.Phase("stage", f.IsOpen.Value(), model.OpportunityStage.IsOpen),
		store.In("opportunity_type", f.Types.Value()),
		store.In("lead_source", f.LeadSources.Value()),
		store.In("account_id", f.AccountIds.Value()),
		store.Amounts("amount", f.Amount.Value()),
		store.Dates("closed_on", f.ClosedOn.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Opportunities.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Opportunities.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Opportunities.Link("TagIDs"), f.TagIds.Value()),
	}
}

// caseFilter leaves duplicates out unless the client asks for statuses (domain: B.5).
func caseFilter(f *graph.CaseFilter) []store.Cond {
	if f == nil {
		return []store.Cond{store.NotDuplicate}
	}
	conds := []store.Cond{
		store.Cases.Text("name", f.Name.Value()),
		store.In("status", f.Statuses.Value()),
		store.Phase("status", f.IsOpen.Value(), model.CaseStatus.IsOpen),
		store.In("priority", f.Priorities.Value()),
		store.In("case_type", f.CaseTypes.Value()),
		store.In("account_id", f.AccountIds.Value()),
		store.Is("is_active", f.IsActive.Value()),
		store.Dates("closed_on", f.ClosedOn.Value()),
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

func taskFilter(f *graph.TaskFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Tasks.Text("title", f.Title.Value()),
		store.In("status", f.Statuses.Value()),
		store.In("priority", f.Priorities.Value()),
		store.When(f.IsOverdue.Value(), store.IsOverdue),
		store.Dates("due_date", f.DueDate.Value()),
		store.In("account_id", f.AccountIds.Value()),
		store.In("opportunity_id", f.OpportunityIds.Value()),
		store.In("lead_id", f.LeadIds.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Tasks.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Tasks.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Tasks.Link("TagIDs"), f.TagIds.Value()),
	}
}

func teamFilter(f *graph.TeamFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Teams.Text("name", f.Name.Value()),
		store.Linked(store.TeamMembers, f.MemberIds.Value()),
	}
}

func tagFilter(f *graph.TagFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Tags.Text("name", f.Name.Value()),
		store.Is("is_active", f.IsActive.Value()),
	}
}

func activityFilter(f *graph.ActivityFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.In("entity_type", f.EntityTypes.Value()),
		store.Is("entity_id", f.EntityID.Value()),
		store.In("action", f.Actions.Value()),
		store.In("profile_id", f.ActorIds.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
	}
}

func profileFilter(f *graph.ProfileFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Is("is_active", f.IsActive.Value()),
		store.In("role", f.Roles.Value()),
	}
}

func securityAuditLogFilter(f *graph.SecurityAuditLogFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.In("event_type", f.EventTypes.Value()),
		store.Is("success", f.Success.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
	}
}

func boardFilter(f *graph.BoardFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Boards.Text("name", f.Name.Value()),
		store.Is("is_archived", f.IsArchived.Value()),
		store.In("owner_id", f.OwnerIds.Value()),
	}
}

func boardTaskFilter(f *graph.BoardTaskFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.In("board_id", f.BoardIds.Value()),
		store.In("column_id", f.ColumnIds.Value()),
		store.In("priority", f.Priorities.Value()),
		store.When(f.IsCompleted.Value(), store.IsCompleted),
		store.Days("due_date", f.DueDate.Value()),
		store.Linked(store.BoardTasks.Link("AssignedToIDs"), f.AssignedToIds.Value()),
	}
}
