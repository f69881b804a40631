package pdf

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

func d(s string) decimal.Decimal { return decimal.RequireFromString(s) }

func day(s string) scalar.Date {
	date, err := scalar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return date
}

// sample is an invoice as a server would have it.
func sample() Document {
	return complete(Document{
		Kind: Invoice, Number: "INV-20261123-0042", Status: "Partially paid", Title: "Website relaunch, second phase",
		IssueDate: day("2026-11-23"), DueDate: day("2026-12-23"), Reference: "PO-7731", Period: "October and November 2026",
		Seller: Party{Name: "Kontor Brandt & Söhne GmbH", AddressLine: "Große Elbstraße 47", City: "Hamburg", Postcode: "22767", Country: "DE",
			Email: "rechnung@brandt.example", Phone: "+49 40 5550 120", Website: "https://brandt.example", TaxID: "DE 123 456 789"},
		Customer: Party{Name: "Springfield Press Ltd", AddressLine: "Suite 9\n742 Evergreen Terrace", City: "Springfield", State: "OR", Postcode: "97477", Country: "US",
			Email: "accounts@springfield.example"},
		Currency: "EUR",
		Lines: []Line{
			{Name: "Design of the start page and of 14 further pages", Description: "As agreed on 3 October, including two rounds of corrections and the delivery of all sources. Icons by a third party are invoiced apart, see below.",
				Line: billing.Line{Quantity: d("1"), UnitPrice: d("4200"), TaxRate: d("19")}},
			{Name: "Programming, by the hour", Line: billing.Line{Quantity: d("37.5"), UnitPrice: d("96.50"), TaxRate: d("19"), Discount: billing.Discount{Type: billing.Percentage, Value: d("12.5")}}},
			{Name: "Icons", Description: "Licence for one year", Line: billing.Line{Quantity: d("240"), UnitPrice: d("1.99"), TaxRate: d("7"), Discount: billing.Discount{Type: billing.Fixed, Value: d("50")}}},
			{Name: "Training", Description: "Half a day in Hamburg, two people", Line: billing.Line{Quantity: d("2"), UnitPrice: d("310"), TaxRate: d("19")}},
		},
		Discount: billing.Discount{Type: billing.Percentage, Value: d("3")}, Shipping: d("6.90"), Paid: d("5000"),
		Notes:     "Thank you for your order.\n\nThe sources were handed over on 20 November.",
		Terms:     "Payable within 30 days without deduction. After the due date we charge interest at the statutory rate; for the first reminder we charge nothing. The delivered goods remain our property until they are paid in full.",
		WrittenAt: time.Date(2026, 11, 23, 15, 4, 5, 0, time.UTC),
	})
}

// complete fills in what the lines come to.
func complete(doc Document) Document {
	b := billing.Bill{Currency: doc.Currency, Discount: doc.Discount, TaxRate: doc.TaxRate, Shipping: doc.Shipping}
	for _, l := range doc.Lines {
		b.Lines = append(b.Lines, l.Line)
	}
	t, err := b.Totals()
	if err != nil {
		panic(err)
	}
	for i := range doc.Lines {
		doc.Lines[i].LineTotals = t.Lines[i]
	}
	doc.Totals = t
	return doc
}
