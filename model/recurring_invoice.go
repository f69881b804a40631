package model

import (
	"io"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// RecurringInvoice is a schedule on whose days invoices are made, and what each of them has. Its amounts are those that an
// invoice made today would have.
type RecurringInvoice struct {
	bun.BaseModel `bun:"table:recurring_invoice,alias:t"`
	Base
	Bill
	Client
	Title         string `bun:"title" max:"100" required:"true"`
	IsActive      bool   `bun:"is_active"` // false: paused, or at its end
	AccountID     *id.ID `bun:"account_id"`
	ContactID     *id.ID `bun:"contact_id"`
	OpportunityID *id.ID `bun:"opportunity_id"`

	Frequency          RecurringFrequency `bun:"frequency" null:"absent"`
	CustomDays         *int               `bun:"custom_days"`
	StartDate          scalar.Date        `bun:"start_date" null:"absent"`
	EndDate            *scalar.Date       `bun:"end_date"`
	NextGenerationDate scalar.Date        `bun:"next_generation_date"`
	InvoicesGenerated  int                `bun:"invoices_generated"`
	PaymentTerms       PaymentTerms       `bun:"payment_terms" null:"absent"`
	AutoSend           bool               `bun:"auto_send" null:"absent"`

	Notes *string `bun:"notes" max:"20000"`
	Terms *string `bun:"terms" max:"20000"`

	Customized
	Shared
}

// RecurringInvoiceLineItem is a line of each of the invoices.
type RecurringInvoiceLineItem struct {
	bun.BaseModel `bun:"table:recurring_invoice_line_item,alias:t"`
	Base
	RecurringInvoiceID id.ID `bun:"recurring_invoice_id"`
	Line
}

// In says which bill the line is of.
func (l *RecurringInvoiceLineItem) In(bill id.ID) { l.RecurringInvoiceID = bill }

// The GraphQL types around a recurring invoice.
type (
	RecurringInvoiceConnection = Connection[RecurringInvoice]
	RecurringInvoiceEdge       = Edge[RecurringInvoice]
)

// Label is what an activity calls it.
func (r *RecurringInvoice) Label() string { return r.Title }

// Schedule says on which days invoices are made.
func (r *RecurringInvoice) Schedule() billing.Schedule {
	s := billing.Schedule{Frequency: billing.Frequency(r.Frequency), Start: r.StartDate}
	if r.CustomDays != nil {
		s.CustomDays = *r.CustomDays
	}
	if r.EndDate != nil {
		s.End = *r.EndDate
	}
	return s
}

// IsOver reports whether no invoice follows.
func (r *RecurringInvoice) IsOver() bool { return r.Schedule().IsOver(r.NextGenerationDate) }

// IsDue reports whether an invoice is to be made.
func (r *RecurringInvoice) IsDue(today scalar.Date) bool {
	return r.IsActive && !r.IsOver() && !today.Before(r.NextGenerationDate)
}

// RecurringFrequency is how often invoices are made.
type RecurringFrequency string

// The values, as stored.
const (
	FrequencyWeekly       = RecurringFrequency(billing.Weekly)
	FrequencyBiweekly     = RecurringFrequency(billing.Biweekly)
	FrequencyMonthly      = RecurringFrequency(billing.Monthly)
	FrequencyQuarterly    = RecurringFrequency(billing.Quarterly)
	FrequencySemiAnnually = RecurringFrequency(billing.SemiAnnually)
	FrequencyYearly       = RecurringFrequency(billing.Yearly)
	FrequencyCustom       = RecurringFrequency(billing.Custom)
)

var _ = enum(FrequencyWeekly, FrequencyBiweekly, FrequencyMonthly, FrequencyQuarterly, FrequencySemiAnnually, FrequencyYearly, FrequencyCustom)

// MarshalGQL writes the schema's name.
func (v RecurringFrequency) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *RecurringFrequency) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
