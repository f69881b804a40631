package portal

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// document is what a client is shown, as JSON. Amounts are texts, in the document's currency; dates are days. What there is
// not is left out.
type document struct {
	Kind      string `json:"kind"` // INVOICE or ESTIMATE
	Number    string `json:"number"`
	Status    string `json:"status"` // as the schema spells it
	Title     string `json:"title"`
	IssueDate string `json:"issueDate"`
	DueDate   string `json:"dueDate,omitempty"` // of an estimate: the last day on which it may be accepted
	Reference string `json:"reference,omitempty"`
	Period    string `json:"period,omitempty"`

	IsAnswerable bool `json:"isAnswerable"` // it may be accepted and declined

	Seller   party `json:"seller"`
	Customer party `json:"customer"`

	Currency string `json:"currency"`
	Lines    []line `json:"lines"`
	Subtotal string `json:"subtotal"`
	Discount string `json:"discount"`
	Tax      string `json:"tax"`
	Shipping string `json:"shipping,omitempty"`
	Total    string `json:"total"`
	Paid     string `json:"paid,omitempty"`
	Due      string `json:"due,omitempty"`

	Payments []payment `json:"payments,omitempty"`

	Notes string `json:"notes,omitempty"`
	Terms string `json:"terms,omitempty"`
}

type party struct {
	Name        string `json:"name,omitempty"`
	AddressLine string `json:"addressLine,omitempty"`
	City        string `json:"city,omitempty"`
	State       string `json:"state,omitempty"`
	Postcode    string `json:"postcode,omitempty"`
	Country     string `json:"country,omitempty"`
	Email       string `json:"email,omitempty"`
	Phone       string `json:"phone,omitempty"`
	Website     string `json:"website,omitempty"`
	TaxID       string `json:"taxId,omitempty"`
}

type line struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Quantity    string `json:"quantity"`
	UnitPrice   string `json:"unitPrice"`
	Subtotal    string `json:"subtotal"`
	Discount    string `json:"discount"`
	TaxRate     string `json:"taxRate"`
	Tax         string `json:"tax"`
	Total       string `json:"total"`
}

type payment struct {
	Date   string `json:"date"`
	Amount string `json:"amount"`
	Method string `json:"method"` // as the schema spells it
}

// asJSON writes a document out.
func asJSON(s store.Shown) (answer, error) {
	p := s.Paper
	d := document{Kind: "ESTIMATE", Number: p.Number, Status: s.Status, Title: p.Title, IssueDate: p.IssueDate.String(), DueDate: day(p.DueDate), Reference: p.Reference,
		Period: p.Period, IsAnswerable: s.IsAnswerable, Seller: party(p.Seller), Customer: party(p.Customer), Currency: p.Currency, Lines: []line{},
		Subtotal: amount(p.Totals.Subtotal), Discount: amount(p.Totals.DiscountAmount), Tax: amount(p.Totals.TaxAmount), Total: amount(p.Totals.Total), Notes: p.Notes, Terms: p.Terms}
	if p.Kind == pdf.Invoice {
		d.Kind, d.Shipping, d.Paid, d.Due = "INVOICE", amount(p.Shipping), amount(p.Paid), amount(p.Totals.Total.Sub(p.Paid))
	}
	for _, l := range p.Lines {
		d.Lines = append(d.Lines, line{Name: l.Name, Description: l.Description, Quantity: amount(l.Quantity), UnitPrice: amount(l.UnitPrice), Subtotal: amount(l.Subtotal),
			Discount: amount(l.DiscountAmount), TaxRate: amount(l.TaxRate), Tax: amount(l.TaxAmount), Total: amount(l.Total)})
	}
	for _, p := range s.Payments {
		d.Payments = append(d.Payments, payment{p.Date.String(), amount(p.Amount), model.GraphQLName(string(p.Method))})
	}
	body, err := json.Marshal(d)
	return answer{media: "application/json", body: body}, err
}

func amount(d decimal.Decimal) string { return d.StringFixed(2) }

func day(d scalar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// asPDF draws it.
func asPDF(s store.Shown) (answer, error) {
	file, err := pdf.Render(s.Paper)
	return answer{"application/pdf", s.Paper.Number + ".pdf", file}, err
}
