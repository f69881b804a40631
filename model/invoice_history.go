package model

import (
	"github.com/shopspring/decimal"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// InvoiceHistory is what an invoice was after one of its changes. It is written with the change and never changed.
type InvoiceHistory struct {
	bun.BaseModel `bun:"table:invoice_history,alias:t"`
	Row
	InvoiceID     id.ID           `bun:"invoice_id"`
	ChangedByID   *id.Profile     `bun:"changed_by_id"` // null for a job
	Details       *string         `bun:"details"`       // a sentence that names the changed fields
	InvoiceTitle  string          `bun:"invoice_title"`
	InvoiceNumber string          `bun:"invoice_number"`
	Status        InvoiceStatus   `bun:"status"`
	ClientName    *string         `bun:"client_name"`
	ClientEmail   *string         `bun:"client_email"`
	TotalAmount   decimal.Decimal `bun:"total_amount"`
	AmountDue     decimal.Decimal `bun:"amount_due"`
	Currency      *string         `bun:"currency"`
	DueDate       *scalar.Date    `bun:"due_date"`
}

// The GraphQL types around a state of an invoice.
type (
	InvoiceHistoryConnection = Connection[InvoiceHistory]
	InvoiceHistoryEdge       = Edge[InvoiceHistory]
)

// TotalMoney is the total with its currency.
func (h *InvoiceHistory) TotalMoney() *Money { return money(&h.TotalAmount, h.Currency) }

// DueMoney is what was left to pay, with its currency.
func (h *InvoiceHistory) DueMoney() *Money { return money(&h.AmountDue, h.Currency) }
