package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

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
		store.Opportunities.Custom(f.CustomFields.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Linked(store.Opportunities.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Opportunities.Link("TeamIDs"), f.TeamIds.Value()),
		store.Linked(store.Opportunities.Link("TagIDs"), f.TagIds.Value()),
	}
}
