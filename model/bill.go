package model

import (
	"io"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Bill is what invoices and estimates have in common: what they are computed from, besides their lines, and what they come
// to. Package store computes it, by package billing.
type Bill struct {
	Currency       string           `bun:"currency" null:"absent"` // the organization's unless given
	Subtotal       decimal.Decimal  `bun:"subtotal"`               // of the lines, after their discounts and before their taxes
	DiscountType   *DiscountType    `bun:"discount_type"`
	DiscountValue  *decimal.Decimal `bun:"discount_value"`
	DiscountAmount decimal.Decimal  `bun:"discount_amount"`
	TaxRate        decimal.Decimal  `bun:"tax_rate" null:"absent"`
	TaxAmount      decimal.Decimal  `bun:"tax_amount"` // the lines' and the bill's
	TotalAmount    decimal.Decimal  `bun:"total_amount"`

	LineItems []LineItemInput `bun:"-"` // the wanted ones
}

// Discount is what is taken off the whole.
func (b *Bill) Discount() billing.Discount { return discount(b.DiscountType, b.DiscountValue) }

// Money is an amount of the bill.
func (b *Bill) Money(amount decimal.Decimal) *Money {
	return &Money{Amount: amount, Currency: b.Currency}
}

// SubtotalMoney is the subtotal with its currency.
func (b *Bill) SubtotalMoney() *Money { return b.Money(b.Subtotal) }

// DiscountMoney is the discount with its currency.
func (b *Bill) DiscountMoney() *Money { return b.Money(b.DiscountAmount) }

// TaxMoney is the tax with its currency.
func (b *Bill) TaxMoney() *Money { return b.Money(b.TaxAmount) }

// TotalMoney is the total with its currency.
func (b *Bill) TotalMoney() *Money { return b.Money(b.TotalAmount) }

// Line is what the lines of invoices and estimates have in common.
type Line struct {
	Position       int              `bun:"sort_order"`
	ProductID      *id.ID           `bun:"product_id"`
	Name           string           `bun:"name" max:"255"` // copied from the product, so that the line outlives it
	Description    *string          `bun:"description" max:"500"`
	Currency       string           `bun:"currency"` // the bill's
	Quantity       decimal.Decimal  `bun:"quantity"`
	UnitPrice      decimal.Decimal  `bun:"unit_price"`
	Subtotal       decimal.Decimal  `bun:"subtotal"` // before discount and tax
	DiscountType   *DiscountType    `bun:"discount_type"`
	DiscountValue  *decimal.Decimal `bun:"discount_value"`
	DiscountAmount decimal.Decimal  `bun:"discount_amount"`
	TaxRate        decimal.Decimal  `bun:"tax_rate"`
	TaxAmount      decimal.Decimal  `bun:"tax_amount"`
	Total          decimal.Decimal  `bun:"total"` // with tax
}

// Charge gives the embedded Line.
func (l *Line) Charge() *Line { return l }

// Computed is what the line is computed from.
func (l *Line) Computed() billing.Line {
	return billing.Line{Quantity: l.Quantity, UnitPrice: l.UnitPrice, Discount: discount(l.DiscountType, l.DiscountValue), TaxRate: l.TaxRate}
}

// Comes sets what the line comes to.
func (l *Line) Comes(t billing.LineTotals) {
	l.Subtotal, l.DiscountAmount, l.TaxAmount, l.Total = t.Subtotal, t.DiscountAmount, t.TaxAmount, t.Total
}

// Totals is what the line comes to.
func (l *Line) Totals() billing.LineTotals {
	return billing.LineTotals{Subtotal: l.Subtotal, DiscountAmount: l.DiscountAmount, TaxAmount: l.TaxAmount, Total: l.Total}
}

func (l *Line) money(amount decimal.Decimal) *Money {
	return &Money{Amount: amount, Currency: l.Currency}
}

// UnitPriceMoney is the price with its currency.
func (l *Line) UnitPriceMoney() *Money { return l.money(l.UnitPrice) }

// SubtotalMoney is the subtotal with its currency.
func (l *Line) SubtotalMoney() *Money { return l.money(l.Subtotal) }

// DiscountMoney is the discount with its currency.
func (l *Line) DiscountMoney() *Money { return l.money(l.DiscountAmount) }

// TaxMoney is the tax with its currency.
func (l *Line) TaxMoney() *Money { return l.money(l.TaxAmount) }

// TotalMoney is the total with its currency.
func (l *Line) TotalMoney() *Money { return l.money(l.Total) }

// LineItemInput is a line as a client gives it.
type LineItemInput struct {
	ProductID     *id.ID
	Name          *string
	Description   *string
	Quantity      decimal.Decimal
	UnitPrice     *decimal.Decimal
	DiscountType  *DiscountType
	DiscountValue *decimal.Decimal
	TaxRate       decimal.Decimal
}

// Client is the receiver of an invoice or an estimate, copied when it was written.
type Client struct {
	ClientName        *string `bun:"client_name" max:"255"`
	ClientEmail       *string `bun:"client_email"`
	ClientPhone       *string `bun:"client_phone"`
	ClientAddressLine *string `bun:"client_address_line" max:"255"`
	ClientCity        *string `bun:"client_city" max:"255"`
	ClientState       *string `bun:"client_state" max:"255"`
	ClientPostcode    *string `bun:"client_postcode" max:"64"`
	ClientCountry     *string `bun:"client_country"`
}

func discount(of *DiscountType, value *decimal.Decimal) billing.Discount {
	var d billing.Discount
	if of != nil {
		d.Type = billing.DiscountType(*of)
	}
	if value != nil {
		d.Value = *value
	}
	return d
}

// DiscountType says what the value of a discount means. A discount without a type is none.
type DiscountType string

// The values, as stored.
const (
	DiscountPercentage = DiscountType(billing.Percentage)
	DiscountFixed      = DiscountType(billing.Fixed)
)

var _ = enum(DiscountPercentage, DiscountFixed)

// MarshalGQL writes the schema's name.
func (v DiscountType) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *DiscountType) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
