package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// InvoiceTemplates are how invoices look on paper (domain: C.7): colours and texts, no markup. Every member may name them,
// admins write them.
var InvoiceTemplates = new(Entity[model.InvoiceTemplate])

func init() {
	*InvoiceTemplates = Entity[model.InvoiceTemplate]{
		Noun: "invoice template", Resource: "invoices",
		Order:    map[string]string{"CREATED_AT": "created_at", "NAME": "name"},
		MayWrite: adminsOnly,
		Check:    checkInvoiceTemplate,
	}
}

func checkInvoiceTemplate(ctx context.Context, c *Change[model.InvoiceTemplate]) error {
	t := c.Row
	var faults fault.List
	for _, of := range []struct{ field, color string }{{"primaryColor", t.PrimaryColor}, {"secondaryColor", t.SecondaryColor}} {
		if !hexColor.MatchString(of.color) {
			faults.Add(of.field, "must be # and six hexadecimal digits")
		}
	}
	if len(faults) > 0 || !t.IsDefault || !c.Created() && c.Before.IsDefault {
		return faults.Err()
	}
	return InvoiceTemplates.yieldDefault(ctx, c)
}

// useTemplate gives a new invoice the default template unless its writer names one, and what the template has for it.
func useTemplate(ctx context.Context, c *Change[model.Invoice]) error {
	i := c.Row
	if i.TemplateID == nil && c.Set["TemplateID"] { // it is to have none
		return nil
	}
	s, err := begin(ctx, "", "")
	if err != nil {
		return err
	}
	which := "t.is_default"
	if i.TemplateID != nil {
		which = "t.id = " + s.arg(i.TemplateID)
	}
	found, err := InvoiceTemplates.run(ctx, s, 1, "SELECT "+InvoiceTemplates.columns()+" FROM invoice_template AS t WHERE t.org_id = $1 AND "+which)
	if err != nil || len(found) == 0 {
		return err
	}
	i.TemplateID = &found[0].ID
	if i.Notes == nil && !c.Set["Notes"] {
		i.Notes = found[0].DefaultNotes
	}
	if i.Terms == nil && !c.Set["Terms"] {
		i.Terms = found[0].DefaultTerms
	}
	return nil
}

// dress has a document look as the invoice's template says.
func dress(ctx context.Context, d *pdf.Document, i *model.Invoice) error {
	t, err := named(ctx, InvoiceTemplates, i.TemplateID)
	if err == nil && t != nil {
		d.Primary, d.Secondary, d.Footer = t.PrimaryColor, t.SecondaryColor, textOf(t.FooterText)
	}
	return err
}
