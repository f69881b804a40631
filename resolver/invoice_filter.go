package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

func invoiceFilter(f *graph.InvoiceFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Invoices.Text("invoice_number", f.InvoiceNumber.Value()),
		store.Invoices.Text("invoice_title", f.InvoiceTitle.Value()),
		store.Invoices.Text("client_name", f.ClientName.Value()),
		store.Invoices.Text("client_email", f.ClientEmail.Value()),
		store.In("status", f.Statuses.Value()),
		store.Phase("status", f.IsUnpaid.Value(), model.InvoiceStatus.IsUnpaid),
		store.When(f.IsOverdue.Value(), store.IsPastDue),
		store.In("account_id", f.AccountIds.Value()),
		store.In("contact_id", f.ContactIds.Value()),
		store.In("opportunity_id", f.OpportunityIds.Value()),
		store.In("created_by_id", f.CreatedByIds.Value()),
		store.Linked(store.Invoices.Link("AssignedToIDs"), f.AssignedToIds.Value()),
		store.Linked(store.Invoices.Link("TeamIDs"), f.TeamIds.Value()),
		store.Dates("issue_date", f.IssueDate.Value()),
		store.Dates("due_date", f.DueDate.Value()),
		store.Days("paid_at", f.PaidAt.Value()),
		store.Amounts("total_amount", f.TotalAmount.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
		store.Invoices.Custom(f.CustomFields.Value()),
	}
}
