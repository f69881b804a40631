package model

import (
	"io"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Estimate is a quote: a bill that the client accepts or declines. Its status is changed by named operations, by the
// client's answer, and by the passing of its last day.
type Estimate struct {
	bun.BaseModel `bun:"table:estimate,alias:t"`
	Base
	Bill
	Client
	Title          string         `bun:"title" max:"100" required:"true"`
	EstimateNumber string         `bun:"estimate_number"` // drawn when it is created
	Status         EstimateStatus `bun:"status"`
	AccountID      *id.ID         `bun:"account_id"`
	ContactID      *id.ID         `bun:"contact_id"`
	OpportunityID  *id.ID         `bun:"opportunity_id"`

	IssueDate  scalar.Date  `bun:"issue_date" null:"absent"`
	ExpiryDate *scalar.Date `bun:"expiry_date"` // the last day on which it may be accepted
	SentAt     *time.Time   `bun:"sent_at"`
	ViewedAt   *time.Time   `bun:"viewed_at"`

	AcceptedAt        *time.Time `bun:"accepted_at"`
	AcceptedByName    *string    `bun:"accepted_by_name" max:"255"`
	AcceptedByEmail   *string    `bun:"accepted_by_email"`
	AcceptedIP        *string    `bun:"accepted_ip"` // null when a member noted the answer
	AcceptedUserAgent *string    `bun:"accepted_user_agent"`
	DeclinedAt        *time.Time `bun:"declined_at"`
	DeclineReason     *string    `bun:"decline_reason" max:"2000"`

	ConvertedToInvoiceID *id.ID `bun:"converted_to_invoice_id"`

	Notes *string `bun:"notes" max:"20000"`
	Terms *string `bun:"terms" max:"20000"`

	Customized
	Shared
}

// EstimateLineItem is a line of an estimate.
type EstimateLineItem struct {
	bun.BaseModel `bun:"table:estimate_line_item,alias:t"`
	Base
	EstimateID id.ID `bun:"estimate_id"`
	Line
}

// In says which bill the line is of.
func (l *EstimateLineItem) In(bill id.ID) { l.EstimateID = bill }

// The GraphQL types around an estimate.
type (
	EstimateConnection = Connection[Estimate]
	EstimateEdge       = Edge[Estimate]
)

// Label is what an activity calls the estimate.
func (e *Estimate) Label() string { return e.EstimateNumber }

// HasExpired reports whether its last day has passed while nobody had answered. The status says so only later.
func (e *Estimate) HasExpired(today scalar.Date) bool {
	return !e.Status.IsAnswered() && e.IsPast(today)
}

// IsPast reports whether its last day has passed.
func (e *Estimate) IsPast(today scalar.Date) bool {
	return e.ExpiryDate != nil && e.ExpiryDate.Before(today)
}

// EstimateStatus is where an estimate stands.
type EstimateStatus string

// The values, as stored.
const (
	EstimateDraft    EstimateStatus = "Draft"
	EstimateSent     EstimateStatus = "Sent"
	EstimateViewed   EstimateStatus = "Viewed"
	EstimateAccepted EstimateStatus = "Accepted"
	EstimateDeclined EstimateStatus = "Declined"
	EstimateExpired  EstimateStatus = "Expired"
)

var _ = enum(EstimateDraft, EstimateSent, EstimateViewed, EstimateAccepted, EstimateDeclined, EstimateExpired)

// IsOpen holds for estimates that nobody has answered and that have not been found expired.
func (v EstimateStatus) IsOpen() bool {
	return v == EstimateDraft || v == EstimateSent || v == EstimateViewed
}

// IsAnswered holds for estimates that do not change any more.
func (v EstimateStatus) IsAnswered() bool { return v == EstimateAccepted || v == EstimateDeclined }

// MarshalGQL writes the schema's name.
func (v EstimateStatus) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *EstimateStatus) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
