package model

import (
	"io"

	"github.com/shopspring/decimal"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Line is one position of what is sold, with what it comes to in the currency of the record that it belongs to.
type Line struct {
	Position       int             `bun:"sort_order" min:"0"`
	Name           string          `bun:"name" max:"255" required:"true"`
	Description    string          `bun:"description" max:"500" null:"absent"`
	Quantity       decimal.Decimal `bun:"quantity"`
	UnitPrice      decimal.Decimal `bun:"unit_price"`
	DiscountType   *DiscountType   `bun:"discount_type"`
	DiscountValue  decimal.Decimal `bun:"discount_value"`
	DiscountAmount decimal.Decimal `bun:"discount_amount"`
	Subtotal       decimal.Decimal `bun:"subtotal"`
	Total          decimal.Decimal `bun:"total"`
}

// OpportunityLineItem is something that a deal is about. It has no tax.
type OpportunityLineItem struct {
	bun.BaseModel `bun:"table:opportunity_line_item,alias:t"`
	Base
	OpportunityID id.ID `bun:"opportunity_id"`
	Line
}

// The GraphQL types around a line of a deal.
type (
	OpportunityLineItemConnection = Connection[OpportunityLineItem]
	OpportunityLineItemEdge       = Edge[OpportunityLineItem]
)

// DiscountType says what the value of a discount means.
type DiscountType string

// The values, as stored.
const (
	DiscountPercentage DiscountType = "PERCENTAGE"
	DiscountFixed      DiscountType = "FIXED"
)

var _ = enum(DiscountPercentage, DiscountFixed)

// MarshalGQL writes the schema's name.
func (v DiscountType) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *DiscountType) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
