package model

import (
	"io"

	"github.com/shopspring/decimal"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Payment is what a client has paid of an invoice.
type Payment struct {
	bun.BaseModel `bun:"table:payment,alias:t"`
	Base
	InvoiceID       id.ID           `bun:"invoice_id"`
	Amount          decimal.Decimal `bun:"amount"`
	Currency        string          `bun:"currency"` // the invoice's
	PaymentDate     scalar.Date     `bun:"payment_date" null:"absent"`
	PaymentMethod   PaymentMethod   `bun:"payment_method"`
	ReferenceNumber *string         `bun:"reference_number" max:"100"`
	Notes           *string         `bun:"notes" max:"20000"`
}

// The GraphQL types around a payment.
type (
	PaymentConnection = Connection[Payment]
	PaymentEdge       = Edge[Payment]
)

// AmountMoney is the amount with its currency.
func (p *Payment) AmountMoney() *Money { return &Money{Amount: p.Amount, Currency: p.Currency} }

// PaymentMethod is how something was paid.
type PaymentMethod string

// The values, as stored.
const (
	PaidInCash       PaymentMethod = "CASH"
	PaidByCheck      PaymentMethod = "CHECK"
	PaidByCreditCard PaymentMethod = "CREDIT_CARD"
	PaidByTransfer   PaymentMethod = "BANK_TRANSFER"
	PaidByPayPal     PaymentMethod = "PAYPAL"
	PaidByStripe     PaymentMethod = "STRIPE"
	PaidOtherwise    PaymentMethod = "OTHER"
)

var _ = enum(PaidInCash, PaidByCheck, PaidByCreditCard, PaidByTransfer, PaidByPayPal, PaidByStripe, PaidOtherwise)

// MarshalGQL writes the schema's name.
func (v PaymentMethod) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *PaymentMethod) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
