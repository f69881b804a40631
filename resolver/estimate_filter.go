package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

func estimateFilter(f *graph.EstimateFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Estimates.Text("estimate_number", f.EstimateNumber.Value()),
		store.Estimates.Text("title", f.Title.Value()),
		store.Estimates.Text("client_name", f.ClientName.Value()),
		store.Estimates.Text("client_email", f.ClientEmail.Value()),
		store.In("status", f.Statuses.Value()),
		store.Phase("status", f.IsOpen.Value(), model.EstimateStatus.IsOpen),
		store.When(f.IsExpired.Value(), store.HasExpired),
		store.In("account_id", f.AccountIds.Value()),
		store.In("contact_id", f.ContactIds.Value()),
		store.In("opportunity_id", f.OpportunityIds.Value()),
		store.In("created_by_id", f.CreatedByIds.Value()),
		store.Linked(store.Estimates.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Estimates.Link("TeamIDs"), f.TeamIds.Value()),
		store.Dates("issue_date", f.IssueDate.Value()),
		store.Dates("expiry_date", f.ExpiryDate.Value()),
		store.Amounts("total_amount", f.TotalAmount.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Estimates.Custom(f.CustomFields.Value()),
	}
}
