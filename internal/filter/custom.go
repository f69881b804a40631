package filter

import "github.com/shopspring/decimal"

// Custom asks for records by one of their custom fields.
type Custom struct {
	Key       string
	Text      *string
	Number    *decimal.Decimal
	IsChecked *bool
}
