package model

import (
	"github.com/shopspring/decimal"
	"github.com/uptrace/bun"
)

// Product is something that is sold. What it was called and cost when it was sold stays on the lines of invoices.
type Product struct {
	bun.BaseModel `bun:"table:product,alias:t"`
	Base
	Name        string          `bun:"name" max:"255" required:"true"`
	Description *string         `bun:"description" max:"20000"`
	Sku         *string         `bun:"sku" max:"100"`
	Price       decimal.Decimal `bun:"price" min:"0" digits:"10"`
	Currency    string          `bun:"currency" null:"absent"` // the organization's unless given
	Category    *string         `bun:"category" max:"100"`
	IsActive    bool            `bun:"is_active"` // false = no longer offered
}

// The GraphQL types around a product.
type (
	ProductConnection = Connection[Product]
	ProductEdge       = Edge[Product]
)

// PriceMoney is the price with its currency.
func (p *Product) PriceMoney() *Money { return &Money{Amount: p.Price, Currency: p.Currency} }
