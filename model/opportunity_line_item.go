package model

import (
	"github.com/shopspring/decimal"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// OpportunityLineItem is something that a deal is about. Unlike the lines of bills it has no tax, and is written by itself.
type OpportunityLineItem struct {
	bun.BaseModel `bun:"table:opportunity_line_item,alias:t"`
	Base
	OpportunityID  id.ID            `bun:"opportunity_id"`
	Position       int              `bun:"sort_order" min:"0" null:"absent"`
	ProductID      *id.ID           `bun:"product_id"`
	Name           string           `bun:"name" max:"255" null:"absent"` // copied from the product, so that the line outlives it
	Description    *string          `bun:"description" max:"500"`
	Currency       string           `bun:"currency"` // the deal's
	Quantity       decimal.Decimal  `bun:"quantity" null:"absent"`
	UnitPrice      decimal.Decimal  `bun:"unit_price" null:"absent"`
	Subtotal       decimal.Decimal  `bun:"subtotal"` // before the discount
	DiscountType   *DiscountType    `bun:"discount_type"`
	DiscountValue  *decimal.Decimal `bun:"discount_value"`
	DiscountAmount decimal.Decimal  `bun:"discount_amount"`
	Total          decimal.Decimal  `bun:"total"`
}

// The GraphQL types around a line of a deal.
type (
	OpportunityLineItemConnection = Connection[OpportunityLineItem]
	OpportunityLineItemEdge       = Edge[OpportunityLineItem]
)

// Computed is what the line is computed from.
func (l *OpportunityLineItem) Computed() billing.Line {
	return billing.Line{Quantity: l.Quantity, UnitPrice: l.UnitPrice, Discount: discount(l.DiscountType, l.DiscountValue)}
}

func (l *OpportunityLineItem) money(amount decimal.Decimal) *Money {
	return &Money{Amount: amount, Currency: l.Currency}
}

// UnitPriceMoney is the price with its currency.
func (l *OpportunityLineItem) UnitPriceMoney() *Money { return l.money(l.UnitPrice) }

// SubtotalMoney is the subtotal with its currency.
func (l *OpportunityLineItem) SubtotalMoney() *Money { return l.money(l.Subtotal) }

// DiscountMoney is the discount with its currency.
func (l *OpportunityLineItem) DiscountMoney() *Money { return l.money(l.DiscountAmount) }

// TotalMoney is the total with its currency.
func (l *OpportunityLineItem) TotalMoney() *Money { return l.money(l.Total) }
