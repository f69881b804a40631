package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func recurringInvoiceFilter(f *graph.RecurringInvoiceFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.RecurringInvoices.Text("title", f.Title.Value()),
		store.RecurringInvoices.Text("client_name", f.ClientName.Value()),
		store.In("frequency", f.Frequencies.Value()),
		store.Is("is_active", f.IsActive.Value()),
		store.In("account_id", f.AccountIds.Value()),
		store.In("contact_id", f.ContactIds.Value()),
		store.In("opportunity_id", f.OpportunityIds.Value()),
		store.Linked(store.RecurringInvoices.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.RecurringInvoices.Link("TeamIDs"), f.TeamIds.Value()),
		store.Dates("next_generation_date", f.NextGenerationDate.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.RecurringInvoices.Custom(f.CustomFields.Value()),
	}
}
