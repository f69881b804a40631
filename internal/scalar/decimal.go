package scalar

import (
	"encoding/json"
	"math"
	"regexp"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"
)

const (
	decimalForm = `a decimal number of at most 15 digits before and 6 after the point, such as "1234.50"`

	maxDecimalText = 64 // longer than any number of that size has a reason to be
	maxFraction    = 6
	exactDigits    = 15 // a float64 gives back every decimal number of so many digits, and not of more
)

var (
	// decimalText is the number of JSON (RFC 8259). The exponent is short, because a long one makes a number of
	// gigabytes out of a few characters.
	decimalText = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$`)

	decimalLimit = decimal.New(1, 15)
)

// MarshalDecimal writes a decimal number as text, with the digits after the point that it has: an amount that
// the database keeps with two digits reads "1234.50".
func MarshalDecimal(d decimal.Decimal) graphql.Marshaler {
	return appender(func(b []byte) []byte {
		return append(appendDecimal(append(b, '"'), d), '"')
	})
}

func appendDecimal(b []byte, d decimal.Decimal) []byte {
	places := max(0, -int(d.Exponent()))
	if d.Exponent() > 0 || d.NumDigits() > 18 || places > 18 {
		return append(b, d.StringFixed(int32(places))...)
	}
	n := d.CoefficientInt64()
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	unit := int64(1)
	for range places {
		unit *= 10
	}
	b = strconv.AppendInt(b, n/unit, 10)
	if places == 0 {
		return b
	}
	// The leading 1 keeps the zeros after the point; the point then takes its place.
	at := len(b)
	b = strconv.AppendInt(b, unit+n%unit, 10)
	b[at] = '.'
	return b
}

// UnmarshalDecimal reads a decimal number, in quotes or not. A literal in a query arrives as a float64: beyond
// the digits that this keeps exactly it is refused, and has to be sent as text.
func UnmarshalDecimal(v any) (decimal.Decimal, error) {
	switch v := v.(type) {
	case string:
		return parseDecimal(v)
	case json.Number:
		return parseDecimal(v.String())
	case int64:
		return parseDecimal(strconv.FormatInt(v, 10))
	case int:
		return parseDecimal(strconv.Itoa(v))
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return decimal.Decimal{}, refuse(decimalForm)
		}
		d, err := parseDecimal(strconv.FormatFloat(v, 'g', -1, 64))
		if err == nil && d.NumDigits() > exactDigits {
			return decimal.Decimal{}, refuse(decimalForm + ", in quotes when it has more than 15 digits")
		}
		return d, err
	}
	return decimal.Decimal{}, refuse(decimalForm)
}

func parseDecimal(s string) (decimal.Decimal, error) {
	if len(s) > maxDecimalText || !decimalText.MatchString(s) {
		return decimal.Decimal{}, refuse(decimalForm)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return decimal.Decimal{}, refuse(decimalForm)
	}
	short := d.Truncate(maxFraction)
	if d.Abs().Cmp(decimalLimit) >= 0 || !short.Equal(d) {
		return decimal.Decimal{}, refuse(decimalForm)
	}
	return short, nil
}
