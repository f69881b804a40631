package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

func leadFilter(f *graph.LeadFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.In("status", f.Statuses.Value()),
		store.In("stage_id", f.StageIds.Value()),
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
		store.Leads.Custom(f.CustomFields.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Leads.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Leads.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Leads.Link("TagIDs"), f.TagIds.Value()),
	}
}
