package store

import (
	"cmp"
	"context"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// InvoiceDocument is what is printed of an invoice that the viewer sees: what its client may know, in the amounts that are
// stored.
func InvoiceDocument(ctx context.Context, key [16]byte) (pdf.Document, error) {
	i, err := Invoices.Get(ctx, key)
	if err != nil {
		return pdf.Document{}, err
	}
	return PrintedInvoice(ctx, i)
}

// PrintedInvoice is what is printed of an invoice at hand.
func PrintedInvoice(ctx context.Context, i *model.Invoice) (pdf.Document, error) {
	d, err := documentOf(ctx, &i.Bill, &i.Client)
	if err != nil {
		return pdf.Document{}, err
	}
	lines, err := linesIn(ctx, InvoiceLines, i.ID)
	if err != nil {
		return pdf.Document{}, err
	}
	d.Lines = printedLines(lines)
	d.Kind, d.Number, d.Status, d.Title = pdf.Invoice, i.InvoiceNumber, strings.ReplaceAll(string(i.Status), "_", " "), i.InvoiceTitle
	d.IssueDate, d.DueDate, d.Reference, d.Period = i.IssueDate, *i.DueDate, textOf(i.PoNumber), textOf(i.BillingPeriod)
	d.Seller.AddressLine, d.Seller.City, d.Seller.State = textOf(i.BillingAddressLine), textOf(i.BillingCity), textOf(i.BillingState)
	d.Seller.Postcode, d.Seller.Country = textOf(i.BillingPostcode), textOf(i.BillingCountry)
	d.Shipping, d.Paid = i.ShippingAmount, i.AmountPaid
	d.Notes, d.Terms, d.WrittenAt = textOf(i.Notes), textOf(i.Terms), i.UpdatedAt
	return d, dress(ctx, &d, i)
}

// documentOf is what bills of all kinds have in common on paper: who the organization is, and what it comes to.
func documentOf(ctx context.Context, b *model.Bill, to *model.Client) (pdf.Document, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return pdf.Document{}, err
	}
	from, err := Organization(ctx, v.OrgID)
	if err != nil {
		return pdf.Document{}, err
	}
	return pdf.Document{
		Seller: pdf.Party{Name: cmp.Or(from.CompanyName, from.Name), AddressLine: textOf(from.AddressLine), City: textOf(from.City), State: textOf(from.State),
			Postcode: textOf(from.Postcode), Country: textOf(from.Country), Phone: textOf(from.Phone), Email: textOf(from.Email),
			Website: textOf(from.Website), TaxID: textOf(from.TaxID)},
		Customer: pdf.Party{Name: textOf(to.ClientName), AddressLine: textOf(to.ClientAddressLine), City: textOf(to.ClientCity), State: textOf(to.ClientState),
			Postcode: textOf(to.ClientPostcode), Country: textOf(to.ClientCountry), Email: textOf(to.ClientEmail), Phone: textOf(to.ClientPhone)},
		Currency: b.Currency, Discount: b.Discount(), TaxRate: b.TaxRate,
		Totals: billing.Totals{Subtotal: b.Subtotal, DiscountAmount: b.DiscountAmount, TaxAmount: b.TaxAmount, Total: b.TotalAmount},
	}, nil
}

// printedLines are lines as they are printed.
func printedLines[L any](lines []*L) []pdf.Line {
	out := make([]pdf.Line, len(lines))
	for n, l := range lines {
		line := chargeOf(l)
		out[n] = pdf.Line{Name: line.Name, Description: textOf(line.Description), Line: line.Computed(), LineTotals: line.Totals()}
	}
	return out
}
