package store

import (
	"context"
	"slices"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// InvoiceHistories are what invoices were after each of their changes (domain: B.24), written in the change's transaction
// whoever makes it. Who sees an invoice sees what it was.
var InvoiceHistories = new(Entity[model.InvoiceHistory])

func init() {
	*InvoiceHistories = Entity[model.InvoiceHistory]{
		Noun: "state of an invoice", Resource: "invoices", Parent: "invoice_id",
		Order: map[string]string{"CREATED_AT": "created_at"},
		Read:  within(Invoices, "invoice_id"),
	}
}

// noteHistory keeps what the invoice is after a change.
func noteHistory(ctx context.Context, c *Change[model.Invoice]) error {
	i := c.Row
	h := &model.InvoiceHistory{InvoiceID: i.ID, ChangedByID: c.viewer.Actor(), Details: new(whatChanged(c)), InvoiceTitle: i.InvoiceTitle,
		InvoiceNumber: i.InvoiceNumber, Status: i.Status, ClientName: i.ClientName, ClientEmail: i.ClientEmail, TotalAmount: i.TotalAmount,
		AmountDue: i.AmountDue, Currency: &i.Currency, DueDate: i.DueDate}
	h.Begin(i.OrgID, tenant.Now(ctx))
	text, args := InvoiceHistories.insertion(h)
	return tenant.Later(ctx, text, args...)
}

// whatChanged is a sentence that names the changed fields.
func whatChanged(c *Change[model.Invoice]) string {
	if c.Created() {
		return "Created."
	}
	var fields []string
	for _, f := range Invoices.changed(c) {
		if !slices.Contains([]string{"UpdatedAt", "UpdatedByID", "Version"}, f.GoName) && f.StructField.Tag.Get("told") != "never" {
			fields = append(fields, spelling(f.GoName))
		}
	}
	for _, note := range c.notes {
		fields = append(fields, note.Field)
	}
	for _, l := range c.links {
		fields = append(fields, spelling(l.Field))
	}
	return "Changed " + strings.Join(fields, ", ") + "."
}
