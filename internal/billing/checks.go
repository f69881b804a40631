package billing

import (
	"maps"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// checks computes in one currency and collects what is wrong with the inputs.
type checks struct {
	currency string
	prefix   string // of the fields: which line
	faults   fault.List
}

func newChecks(currency string) *checks {
	c := &checks{currency: currency}
	if _, ok := places[currency]; !ok {
		c.add("currency", "must be one of %s", strings.Join(slices.Sorted(maps.Keys(places)), " "))
	}
	return c
}

func (c *checks) add(field, format string, args ...any) {
	c.faults.Add(c.prefix+field, format, args...)
}

func (c *checks) round(amount decimal.Decimal) decimal.Decimal { return Round(amount, c.currency) }

// percent is a share of an amount. The division by 100 only moves the point, so nothing is lost before the rounding.
func (c *checks) percent(amount, rate decimal.Decimal) decimal.Decimal {
	return c.round(amount.Mul(rate).Shift(-2))
}

// line computes a line, or says what is wrong with it and gives nothing.
func (c *checks) line(l Line) LineTotals {
	before := len(c.faults)
	if c.number("quantity", l.Quantity, mostPlaces, mostUnits) && l.Quantity.IsZero() {
		c.add("quantity", "must be more than 0")
	}
	c.amount("unitPrice", l.UnitPrice)
	c.discount(l.Discount)
	c.rate("taxRate", l.TaxRate)
	if len(c.faults) > before {
		return LineTotals{}
	}
	t := LineTotals{Subtotal: c.round(l.Quantity.Mul(l.UnitPrice))}
	c.within("quantity", t.Subtotal)
	t.DiscountAmount = c.take(l.Discount, t.Subtotal)
	t.TaxAmount = c.percent(t.Net(), l.TaxRate)
	t.Total = t.Net().Add(t.TaxAmount)
	if len(c.faults) == before {
		c.within("taxRate", t.Total)
	}
	if len(c.faults) > before {
		return LineTotals{}
	}
	return t
}

// discount checks a discount as far as that is possible without the amount that it is taken off.
func (c *checks) discount(d Discount) {
	switch d.Type {
	case NoDiscount:
		if !d.Value.IsZero() {
			c.add("discountType", "say whether the discount is a percentage or an amount")
		}
	case Percentage:
		c.rate("discountValue", d.Value)
	case Fixed:
		c.amount("discountValue", d.Value)
	default:
		c.add("discountType", "must be %s or %s", Percentage, Fixed)
	}
}

// take is what the discount takes off an amount.
func (c *checks) take(d Discount, from decimal.Decimal) decimal.Decimal {
	switch d.Type {
	case Percentage:
		return c.percent(from, d.Value)
	case Fixed:
		if d.Value.GreaterThan(from) {
			c.add("discountValue", "must be at most the subtotal, %s", Format(from, c.currency))
		}
		return c.round(d.Value)
	}
	return zero
}

func (c *checks) amount(field string, amount decimal.Decimal) bool {
	return c.number(field, amount, Places(c.currency), limit)
}

func (c *checks) rate(field string, rate decimal.Decimal) {
	if c.number(field, rate, mostPlaces, limit) && rate.GreaterThan(hundred) {
		c.add(field, "must be at most 100")
	}
}

// within refuses a result that is too large to be kept, on the input that made it so.
func (c *checks) within(field string, result decimal.Decimal) {
	if !result.LessThan(limit) {
		c.add(field, "makes an amount that is not less than %s", limit)
	}
}

// number reports whether n is not negative, less than most, and has no more digits after the point than digits.
func (c *checks) number(field string, n decimal.Decimal, digits int32, most decimal.Decimal) bool {
	// Numbers far from any amount are told by their exponent: to compare them would write out all their zeros.
	const far = 64
	switch {
	case n.IsNegative():
		c.add(field, "must not be negative")
	case n.Exponent() > far || n.Exponent() >= -far && !n.LessThan(most):
		c.add(field, "must be less than %s", most)
	case n.Exponent() < -far || !n.Equal(n.Truncate(digits)):
		if digits == 0 {
			c.add(field, "must be a whole number, as %s has no smaller unit", c.currency)
		} else {
			c.add(field, "must have at most %d digits after the point", digits)
		}
	default:
		return true
	}
	return false
}
