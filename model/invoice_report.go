package model

import (
	"io"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/filter"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
)

// InvoiceTotal is what invoices come to in the organization's currency. Those in others are only counted.
type InvoiceTotal struct {
	Count              int
	Total, Paid, Due   *Money
	OtherCurrencyCount int // of Count
}

// Invoiced adds tallies of invoices up.
func Invoiced(tallies []Tally, currency string) *InvoiceTotal {
	out := new(InvoiceTotal)
	var total, due decimal.Decimal
	for _, t := range tallies {
		out.Count += t.Count
		if t.Currency != currency {
			out.OtherCurrencyCount += t.Count
			continue
		}
		total, due = total.Add(t.Total), due.Add(t.Due)
	}
	out.Total, out.Due, out.Paid = sumIn(currency, total), sumIn(currency, due), sumIn(currency, total.Sub(due))
	return out
}

func sumIn(currency string, amount decimal.Decimal) *Money {
	return &Money{Amount: billing.Round(amount, currency), Currency: currency}
}

// InvoiceReport is an admin's overview of what was invoiced and offered.
type InvoiceReport struct {
	Currency           string // the organization's
	Issued, Overdue    *InvoiceTotal
	Statuses           []*InvoiceStatusSum
	LastMonth          *RevenuePeriod
	DaysToPayment      *int
	Pending            *EstimateTotal
	Accepted, Declined *EstimateTotal
}

// Invoices tells the report what all invoices come to.
func (r *InvoiceReport) Invoices(tallies []Tally) {
	r.Issued = Invoiced(only(tallies, InvoiceStatus.IsIssued), r.Currency)
	for _, status := range InvoiceStatusValues {
		sum := Invoiced(only(tallies, func(s InvoiceStatus) bool { return s == status }), r.Currency)
		r.Statuses = append(r.Statuses, &InvoiceStatusSum{Status: status, InvoiceTotal: *sum})
	}
}

// Estimates tells the report what all estimates come to.
func (r *InvoiceReport) Estimates(tallies []Tally) {
	of := func(statuses ...EstimateStatus) *EstimateTotal {
		return Estimated(only(tallies, func(s EstimateStatus) bool { return slices.Contains(statuses, s) }), r.Currency)
	}
	r.Pending, r.Accepted, r.Declined = of(EstimateSent, EstimateViewed), of(EstimateAccepted), of(EstimateDeclined)
}

// InvoiceStatusSum is what the invoices with one status come to.
type InvoiceStatusSum struct {
	Status InvoiceStatus
	InvoiceTotal
}

// EstimateTotal is what estimates come to in the organization's currency. Those in others are only counted.
type EstimateTotal struct {
	Count              int
	Total              *Money
	OtherCurrencyCount int // of Count
}

// Estimated adds tallies of estimates up.
func Estimated(tallies []Tally, currency string) *EstimateTotal {
	sum := Invoiced(tallies, currency)
	return &EstimateTotal{Count: sum.Count, Total: sum.Total, OtherCurrencyCount: sum.OtherCurrencyCount}
}

// RevenueReport is what was invoiced and collected over time.
type RevenueReport struct {
	Currency string // the organization's
	From, To scalar.Date
	Periods  []*RevenuePeriod
}

// RevenuePeriod is what was invoiced and collected in a span of days, in the organization's currency. What is in others is
// only counted.
type RevenuePeriod struct {
	From, To            scalar.Date
	Invoices, Payments  int
	Invoiced, Collected *Money
	OtherCurrencyCount  int // of both
}

// NewRevenuePeriod is a period in which nothing has happened yet.
func NewRevenuePeriod(from, to scalar.Date, currency string) *RevenuePeriod {
	return &RevenuePeriod{From: from, To: to, Invoiced: sumIn(currency, decimal.Zero), Collected: sumIn(currency, decimal.Zero)}
}

// AddInvoices adds invoices that were issued in the period.
func (p *RevenuePeriod) AddInvoices(t Tally) {
	p.Invoices += t.Count
	p.add(t, p.Invoiced)
}

// AddPayments adds payments that came in the period.
func (p *RevenuePeriod) AddPayments(t Tally) {
	p.Payments += t.Count
	p.add(t, p.Collected)
}

func (p *RevenuePeriod) add(t Tally, to *Money) {
	if t.Currency == to.Currency {
		to.Amount = billing.Round(to.Amount.Add(t.Total), to.Currency)
	} else {
		p.OtherCurrencyCount += t.Count
	}
}

// RevenueInterval is how long the periods of a report are.
type RevenueInterval string

// The values.
const (
	ByDay   RevenueInterval = "DAY"
	ByWeek  RevenueInterval = "WEEK"
	ByMonth RevenueInterval = "MONTH"
	ByYear  RevenueInterval = "YEAR"
)

var _ = enum(ByDay, ByWeek, ByMonth, ByYear)

// MarshalGQL writes the schema's name.
func (v RevenueInterval) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *RevenueInterval) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// ReceivablesReport is what is owed, by how long it has been due.
type ReceivablesReport struct {
	Date scalar.Date
	InvoiceTotal
	Ages []*ReceivablesOfAge
}

// ReceivablesOfAge is what has been due for about the same time.
type ReceivablesOfAge struct {
	Age ReceivablesAge
	On  filter.Dates // when it was to be paid
	InvoiceTotal
}

// ReceivablesAge is for how long something has been due.
type ReceivablesAge string

// The values, the youngest first. Each but the first and the last is of 30 days.
const (
	ReceivablesCurrent ReceivablesAge = "CURRENT"
	Receivables1To30   ReceivablesAge = "DAYS_1_TO_30"
	Receivables31To60  ReceivablesAge = "DAYS_31_TO_60"
	Receivables61To90  ReceivablesAge = "DAYS_61_TO_90"
	ReceivablesOver90  ReceivablesAge = "OVER_90_DAYS"
)

// ReceivablesAgeValues are all of them.
var ReceivablesAgeValues = enum(ReceivablesCurrent, Receivables1To30, Receivables31To60, Receivables61To90, ReceivablesOver90)

// MarshalGQL writes the schema's name.
func (v ReceivablesAge) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *ReceivablesAge) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// OverdueReport is who owes what for how long.
type OverdueReport struct {
	InvoiceDue
	Accounts []*OverdueAccount
}

// InvoiceDue is what is left to pay of invoices that should have been paid, in the organization's currency.
type InvoiceDue struct {
	Count              int             `bun:"count"`
	OtherCurrencyCount int             `bun:"others"` // of Count
	Amount             decimal.Decimal `bun:"due"`
	OldestDays         int             `bun:"oldest"`
	Currency           string          `bun:"-"` // the organization's
}

// Due is the amount with its currency.
func (d *InvoiceDue) Due() *Money { return sumIn(d.Currency, d.Amount) }

// OverdueAccount is what an account owes.
type OverdueAccount struct {
	sibling.Member
	AccountID *id.ID `bun:"account_id"`
	InvoiceDue
}
