// Package filter holds the operator inputs that list filters are made of. A nil pointer or an absent condition
// filters nothing.
package filter

import (
	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Text matches a text without regard to case; the conditions given must all hold.
type Text struct {
	Equals     *string
	Contains   *string
	StartsWith *string
}

// Dates is a span of calendar days of the organization, both ends included.
type Dates struct {
	From *scalar.Date
	To   *scalar.Date
}

// Decimals is a span of amounts, both ends included.
type Decimals struct {
	Min *decimal.Decimal
	Max *decimal.Decimal
}
