package billing

import (
	"strings"

	"github.com/shopspring/decimal"
)

// places is how many digits the smallest unit of each currency has after the point (ISO 4217).
var places = map[string]int32{
	"USD": 2, "EUR": 2, "GBP": 2, "INR": 2, "CAD": 2, "AUD": 2, "JPY": 0, "CNY": 2, "CHF": 2, "SGD": 2, "AED": 2, "BRL": 2, "MXN": 2,
}

// mostPlaces is the digits after the point that every amount carries, the most that a currency has.
const mostPlaces = 2

var (
	zero      = decimal.New(0, -mostPlaces)
	limit     = decimal.New(1, 10) // amounts are less
	mostUnits = decimal.New(1, 8)  // quantities are less
	hundred   = decimal.New(100, 0)
)

// Places is how many digits after the point amounts of a currency have: none for JPY, two for the others and for what
// is no currency.
func Places(currency string) int32 {
	if n, ok := places[currency]; ok {
		return n
	}
	return mostPlaces
}

// Round rounds to the currency's minor unit, half away from zero.
func Round(amount decimal.Decimal, currency string) decimal.Decimal {
	return amount.Round(Places(currency)).Round(mostPlaces) // the second only adds the digits that amounts carry
}

// Format writes an amount for people, with as many digits after the point as its currency has: "1,234.50".
func Format(amount decimal.Decimal, currency string) string {
	return FormatNumber(amount, Places(currency))
}

// FormatNumber writes a number for people: rounded, with so many digits after the point.
func FormatNumber(n decimal.Decimal, places int32) string {
	text := n.Abs().StringFixed(places)
	whole, fraction, _ := strings.Cut(text, ".")
	var b strings.Builder
	if n.IsNegative() && strings.Trim(text, "0.") != "" {
		b.WriteByte('-')
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	if fraction != "" {
		b.WriteString("." + fraction)
	}
	return b.String()
}
