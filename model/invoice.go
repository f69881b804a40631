package model

import (
	"io"
	"time"

	"github.com/shopspring/decimal"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Invoice is a bill that is sent to a client and paid. Its status is changed by named operations only.
type Invoice struct {
	bun.BaseModel `bun:"table:invoice,alias:t"`
	Base
	Bill
	Client
	InvoiceTitle  string        `bun:"invoice_title" max:"100" required:"true"`
	InvoiceNumber string        `bun:"invoice_number"` // drawn when it is created
	Status        InvoiceStatus `bun:"status"`
	AccountID     *id.ID        `bun:"account_id"`
	ContactID     *id.ID        `bun:"contact_id"`
	OpportunityID *id.ID        `bun:"opportunity_id"`

	BillingAddressLine *string `bun:"billing_address_line" max:"255"` // the sender's
	BillingCity        *string `bun:"billing_city" max:"255"`
	BillingState       *string `bun:"billing_state" max:"255"`
	BillingPostcode    *string `bun:"billing_postcode" max:"64"`
	BillingCountry     *string `bun:"billing_country"`

	ShippingAmount decimal.Decimal `bun:"shipping_amount" null:"absent"`
	AmountPaid     decimal.Decimal `bun:"amount_paid"`
	AmountDue      decimal.Decimal `bun:"amount_due"`

	IssueDate     scalar.Date  `bun:"issue_date" null:"absent"`
	DueDate       *scalar.Date `bun:"due_date"` // always there once it is stored
	PaymentTerms  PaymentTerms `bun:"payment_terms" null:"absent"`
	BillingPeriod *string      `bun:"billing_period" max:"100"`
	PoNumber      *string      `bun:"po_number" max:"100"`
	SentAt        *time.Time   `bun:"sent_at"`
	ViewedAt      *time.Time   `bun:"viewed_at"`
	PaidAt        *time.Time   `bun:"paid_at"` // set while the invoice is paid
	CancelledAt   *time.Time   `bun:"cancelled_at"`
	IsEmailSent   bool         `bun:"is_email_sent"`

	ReminderEnabled    bool              `bun:"reminder_enabled" null:"absent"`
	ReminderDaysBefore int               `bun:"reminder_days_before" null:"absent"`
	ReminderDaysAfter  int               `bun:"reminder_days_after" null:"absent"`
	ReminderFrequency  ReminderFrequency `bun:"reminder_frequency" null:"absent"`
	ReminderCustomDays *int              `bun:"reminder_custom_days"`
	RemindedBeforeOn   *scalar.Date      `bun:"reminded_before_on" told:"never"` // the last time before the due date, and after it
	RemindedAfterOn    *scalar.Date      `bun:"reminded_after_on" told:"never"`
	LastReminderSent   *time.Time        `bun:"last_reminder_sent"`
	ReminderCount      int               `bun:"reminder_count"`
	NextReminderOn     *scalar.Date      `bun:"next_reminder_on" told:"never"` // what the job goes by

	TemplateID *id.ID `bun:"template_id"` // how it looks on paper

	RecurringInvoiceID *id.ID       `bun:"recurring_invoice_id"` // the schedule that made it, and for which of its days
	RecurrenceDate     *scalar.Date `bun:"recurrence_date"`

	Notes   *string `bun:"notes" max:"20000"`
	Terms   *string `bun:"terms" max:"20000"`
	Details *string `bun:"details" max:"20000"`

	Customized
	Shared
}

// InvoiceLineItem is a line of an invoice.
type InvoiceLineItem struct {
	bun.BaseModel `bun:"table:invoice_line_item,alias:t"`
	Base
	InvoiceID id.ID `bun:"invoice_id"`
	Line
}

// In says which bill the line is of.
func (l *InvoiceLineItem) In(bill id.ID) { l.InvoiceID = bill }

// The GraphQL types around an invoice.
type (
	InvoiceConnection  = Connection[Invoice]
	InvoiceEdge        = Edge[Invoice]
	InvoiceStatusTotal = PhaseTotal[InvoiceStatus]
	InvoiceAmountTotal = AmountTotal
)

// Label is what an activity calls the invoice.
func (i *Invoice) Label() string { return i.InvoiceNumber }

// ShippingMoney is what the shipping costs, with its currency.
func (i *Invoice) ShippingMoney() *Money { return i.Money(i.ShippingAmount) }

// PaidMoney is the sum of the payments, with its currency.
func (i *Invoice) PaidMoney() *Money { return i.Money(i.AmountPaid) }

// DueMoney is what is left to pay, with its currency.
func (i *Invoice) DueMoney() *Money { return i.Money(i.AmountDue) }

// Balance is what is owed on the invoice.
func (i *Invoice) Balance() billing.Balance {
	return billing.Balance{Currency: i.Currency, Status: billing.Status(i.Status), Total: i.TotalAmount, Paid: i.AmountPaid,
		IsSent: i.SentAt != nil, IsViewed: i.ViewedAt != nil, IssueDate: i.IssueDate, DueDate: *i.DueDate}
}

// Settle takes over what an operation has left of the balance.
func (i *Invoice) Settle(b billing.Balance, now time.Time) {
	i.Status, i.TotalAmount, i.AmountPaid, i.AmountDue = InvoiceStatus(b.Status), b.Total, b.Paid, b.Due()
	switch {
	case i.Status != InvoicePaid:
		i.PaidAt = nil
	case i.PaidAt == nil:
		i.PaidAt = &now
	}
}

// RemindAsUsual has the client reminded shortly before the invoice is due and when it should have been paid.
func (i *Invoice) RemindAsUsual() {
	i.ReminderEnabled, i.ReminderDaysBefore, i.ReminderDaysAfter, i.ReminderFrequency = true, 3, 7, RemindOnce
}

// Reminders are the days on which the client is reminded.
func (i *Invoice) Reminders(zone *time.Location) billing.Reminders {
	r := billing.Reminders{DaysBefore: i.ReminderDaysBefore, DaysAfter: i.ReminderDaysAfter, Frequency: billing.ReminderFrequency(i.ReminderFrequency),
		DueDate: *i.DueDate, Before: i.RemindedBeforeOn, After: i.RemindedAfterOn}
	if i.ReminderCustomDays != nil {
		r.CustomDays = *i.ReminderCustomDays
	}
	for _, at := range []*time.Time{i.SentAt, i.LastReminderSent} {
		if at == nil {
			continue
		}
		if day := scalar.DateOf(*at, zone); r.Contact == nil || r.Contact.Before(day) {
			r.Contact = &day
		}
	}
	return r
}

// NextReminder is the day of the next reminder, as seen from today; nil when there is none, because nothing is owed, or
// nobody wants it, or there is no address.
func (i *Invoice) NextReminder(today scalar.Date, zone *time.Location) *scalar.Date {
	if !i.ReminderEnabled || i.ClientEmail == nil || !i.Status.IsUnpaid() || !i.AmountDue.IsPositive() {
		return nil
	}
	return i.Reminders(zone).Next(today)
}

// ReminderFrequency says how often a client is reminded.
type ReminderFrequency string

// The values, as stored.
const (
	RemindOnce   = ReminderFrequency(billing.RemindOnce)
	RemindWeekly = ReminderFrequency(billing.RemindWeekly)
	RemindCustom = ReminderFrequency(billing.RemindCustom)
)

var _ = enum(RemindOnce, RemindWeekly, RemindCustom)

// MarshalGQL writes the schema's name.
func (v ReminderFrequency) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *ReminderFrequency) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// InvoiceStatus is where an invoice stands.
type InvoiceStatus string

// The values, as stored.
const (
	InvoiceDraft         = InvoiceStatus(billing.Draft)
	InvoiceSent          = InvoiceStatus(billing.Sent)
	InvoiceViewed        = InvoiceStatus(billing.Viewed)
	InvoicePaid          = InvoiceStatus(billing.Paid)
	InvoicePartiallyPaid = InvoiceStatus(billing.PartiallyPaid)
	InvoiceOverdue       = InvoiceStatus(billing.Overdue)
	InvoicePending       = InvoiceStatus(billing.Pending)
	InvoiceCancelled     = InvoiceStatus(billing.Cancelled)
)

// InvoiceStatusValues are all of them.
var InvoiceStatusValues = enum(InvoiceDraft, InvoiceSent, InvoiceViewed, InvoicePartiallyPaid, InvoiceOverdue, InvoicePaid, InvoicePending, InvoiceCancelled)

// IsUnpaid holds for invoices that somebody owes.
func (v InvoiceStatus) IsUnpaid() bool { return billing.Status(v).IsUnpaid() }

// IsIssued holds for invoices that went out and stand.
func (v InvoiceStatus) IsIssued() bool { return v.IsUnpaid() || v == InvoicePaid }

// IsFinal holds for invoices whose lines and amounts do not change any more.
func (v InvoiceStatus) IsFinal() bool { return billing.Status(v).IsFinal() }

// MarshalGQL writes the schema's name.
func (v InvoiceStatus) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *InvoiceStatus) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// PaymentTerms say how long a client has to pay.
type PaymentTerms string

// The values, as stored.
const (
	TermsOnReceipt = PaymentTerms(billing.DueOnReceipt)
	TermsNet15     = PaymentTerms(billing.Net15)
	TermsNet30     = PaymentTerms(billing.Net30)
	TermsNet45     = PaymentTerms(billing.Net45)
	TermsNet60     = PaymentTerms(billing.Net60)
	TermsCustom    = PaymentTerms(billing.CustomTerms)
)

var _ = enum(TermsOnReceipt, TermsNet15, TermsNet30, TermsNet45, TermsNet60, TermsCustom)

// MarshalGQL writes the schema's name.
func (v PaymentTerms) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *PaymentTerms) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
