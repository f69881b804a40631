package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What stands on a bill that is printed. It is all that a client is shown of one, on paper and elsewhere.

// paperOf is what the bills have in common.
func paperOf[L any](ctx context.Context, b *model.Bill, to *model.Client, lines *Entity[L], key id.ID) (d pdf.Document, err error) {
	d = pdf.Document{Currency: b.Currency, Discount: b.Discount(), TaxRate: b.TaxRate, Customer: pdf.Party{
		Name: plainText(to.ClientName), AddressLine: plainText(to.ClientAddressLine), City: plainText(to.ClientCity), State: plainText(to.ClientState),
		Postcode: plainText(to.ClientPostcode), Country: plainText(to.ClientCountry), Email: plainText(to.ClientEmail), Phone: plainText(to.ClientPhone)}}
	d.Totals.Subtotal, d.Totals.DiscountAmount, d.Totals.TaxAmount, d.Totals.Total = b.Subtotal, b.DiscountAmount, b.TaxAmount, b.TotalAmount
	has, err := linesIn(ctx, lines, key)
	if err != nil {
		return d, err
	}
	for _, l := range has {
		line := chargeOf(l)
		d.Lines = append(d.Lines, pdf.Line{Name: line.Name, Description: plainText(line.Description), Line: line.Computed(), LineTotals: line.Totals()})
	}
	d.Seller, err = sellerOf(ctx)
	return d, err
}

func plainText(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// sellerOf is the organization as it presents itself.
func sellerOf(ctx context.Context) (p pdf.Party, err error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return p, err
	}
	var found struct {
		Name        string `bun:"name"`
		AddressLine string `bun:"address_line"`
		City        string `bun:"city"`
		State       string `bun:"state"`
		Postcode    string `bun:"postcode"`
		Country     string `bun:"country"`
		Email       string `bun:"email"`
		Phone       string `bun:"phone"`
		Website     string `bun:"website"`
		TaxID       string `bun:"tax_id"`
	}
	err = tenant.Select(ctx, &found, `SELECT coalesce(NULLIF(company_name, ''), name) AS name, address_line, city, state, postcode, country, email, phone, website, tax_id
		FROM organization WHERE id = $1`, [16]byte(v.OrgID))
	if err != nil {
		return p, fmt.Errorf("look for the organization's profile: %w", err)
	}
	return pdf.Party(found), nil
}

// EstimatePaper is what an estimate has on it.
func EstimatePaper(ctx context.Context, e *model.Estimate) (pdf.Document, error) {
	d, err := paperOf(ctx, &e.Bill, &e.Client, EstimateLines, e.ID)
	d.Kind, d.Number, d.Status, d.Title, d.IssueDate = pdf.Estimate, e.EstimateNumber, string(e.Status), e.Title, e.IssueDate
	if e.ExpiryDate != nil {
		d.DueDate = *e.ExpiryDate
	}
	d.Notes, d.Terms, d.WrittenAt = plainText(e.Notes), plainText(e.Terms), e.UpdatedAt
	return d, err
}

// InvoicePaper is what an invoice has on it.
func InvoicePaper(ctx context.Context, i *model.Invoice) (pdf.Document, error) {
	d, err := paperOf(ctx, &i.Bill, &i.Client, InvoiceLines, i.ID)
	d.Kind, d.Number, d.Status, d.Title, d.IssueDate, d.DueDate = pdf.Invoice, i.InvoiceNumber, string(i.Status), i.InvoiceTitle, i.IssueDate, *i.DueDate
	d.Reference, d.Period, d.Shipping, d.Paid = plainText(i.PoNumber), plainText(i.BillingPeriod), i.ShippingAmount, i.AmountPaid
	d.Seller.AddressLine, d.Seller.City, d.Seller.State = plainText(i.BillingAddressLine), plainText(i.BillingCity), plainText(i.BillingState)
	d.Seller.Postcode, d.Seller.Country = plainText(i.BillingPostcode), plainText(i.BillingCountry)
	d.Notes, d.Terms, d.WrittenAt = plainText(i.Notes), plainText(i.Terms), i.UpdatedAt
	return d, err
}
