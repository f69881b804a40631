// Package billing is the arithmetic of money: what lines, discounts and taxes come to, what payments leave due and
// which status follows, when an invoice is due and when the next one of a series is.
//
// Everything here is a function of its arguments. Nothing is stored, no clock is read (today is an argument, the
// organization's), and who may do a thing is not asked. The stored amounts of a record are what these functions once
// gave; they are not computed anew to be shown.
//
// # How amounts are made
//
// Each figure that is printed is rounded when it arises, half away from zero, to the currency's minor unit, so that the
// printed parts add up to the printed whole. A line's discount and tax flow into the bill:
//
//	line:  subtotal = quantity × unit price
//	       discount = its percentage of the subtotal, or the fixed amount
//	       tax      = (subtotal − discount) × its rate
//	       total    = subtotal − discount + tax
//	bill:  subtotal = Σ (line subtotal − line discount)
//	       discount = its percentage of the subtotal, or the fixed amount
//	       tax      = (subtotal − discount) × its rate + Σ line tax
//	       total    = subtotal − discount + tax + shipping
//
// The bill's discount does not reach the lines: a line's tax is that of the line as it stands. Amounts carry two digits
// after the point whatever the currency, as they are kept, so that one reads the same before and after it was stored.
//
// # How it fails
//
// What cannot be billed is an INVALID fault on the input field, spelled as the API does ("discountValue",
// "lineItems[2].quantity"), all of them at once: numbers out of range, amounts finer than the currency's minor unit, a
// discount of more than there is, and results that are too large to be kept. What the state of an invoice forbids is a
// CONFLICT.
package billing

import (
	"fmt"
	"slices"

	"github.com/shopspring/decimal"
)

// MaxLines is how many lines a bill has at most.
const MaxLines = 500

// DiscountType says what the value of a discount means.
type DiscountType string

// The values, as stored. A discount without a type is none.
const (
	NoDiscount DiscountType = ""
	Percentage DiscountType = "PERCENTAGE"
	Fixed      DiscountType = "FIXED"
)

// Discount is taken off a line or off a bill.
type Discount struct {
	Type  DiscountType
	Value decimal.Decimal // percent, or an amount in the currency
}

// Line is one position of an invoice, an estimate, a recurring invoice or an opportunity; the lines of the last have no
// tax.
type Line struct {
	Quantity  decimal.Decimal
	UnitPrice decimal.Decimal
	Discount  Discount
	TaxRate   decimal.Decimal // percent
}

// LineTotals is what a line comes to.
type LineTotals struct {
	Subtotal       decimal.Decimal // before discount and tax
	DiscountAmount decimal.Decimal
	TaxAmount      decimal.Decimal
	Total          decimal.Decimal // with tax
}

// Net is the line without its tax: what it adds to the subtotal of the bill.
func (t LineTotals) Net() decimal.Decimal { return t.Subtotal.Sub(t.DiscountAmount) }

// Totals computes the line alone, as for an input of one line. Its faults name the line's own fields.
func (l Line) Totals(currency string) (LineTotals, error) {
	c := newChecks(currency)
	t := c.line(l)
	return t, c.faults.Err()
}

// Bill is what amounts are computed from. An opportunity's is lines alone, and its amount the total.
type Bill struct {
	Currency string
	Lines    []Line
	Discount Discount
	TaxRate  decimal.Decimal // percent, on all lines together
	Shipping decimal.Decimal
}

// Totals is what a bill comes to.
type Totals struct {
	Lines          []LineTotals    // of the bill's lines, in their order
	Subtotal       decimal.Decimal // of the lines, after their discounts and before their taxes
	DiscountAmount decimal.Decimal
	TaxAmount      decimal.Decimal // the lines' and the bill's
	Total          decimal.Decimal
}

// Totals computes a bill.
func (b Bill) Totals() (Totals, error) {
	c := newChecks(b.Currency)
	if len(b.Lines) > MaxLines {
		c.add("lineItems", "must be at most %d", MaxLines)
		return Totals{}, c.faults.Err()
	}
	c.rate("taxRate", b.TaxRate)
	c.discount(b.Discount)
	c.amount("shippingAmount", b.Shipping)

	t := Totals{Lines: make([]LineTotals, len(b.Lines)), Subtotal: zero, TaxAmount: zero}
	for i, l := range b.Lines {
		c.prefix = fmt.Sprintf("lineItems[%d].", i)
		t.Lines[i] = c.line(l)
		t.Subtotal = t.Subtotal.Add(t.Lines[i].Net())
		t.TaxAmount = t.TaxAmount.Add(t.Lines[i].TaxAmount)
	}
	c.prefix = ""
	c.within("lineItems", t.Subtotal.Add(t.TaxAmount))
	if len(c.faults) > 0 {
		return Totals{}, c.faults.Err()
	}

	t.DiscountAmount = c.take(b.Discount, t.Subtotal)
	net := t.Subtotal.Sub(t.DiscountAmount)
	t.TaxAmount = t.TaxAmount.Add(c.percent(net, b.TaxRate))
	t.Total = net.Add(t.TaxAmount)
	c.within("taxRate", t.Total)
	if len(c.faults) == 0 { // else the next sum would only say the same of another field
		t.Total = t.Total.Add(c.round(b.Shipping))
		c.within("shippingAmount", t.Total)
	}
	if len(c.faults) > 0 {
		return Totals{}, c.faults.Err()
	}
	return t, nil
}

// TaxPart is what one rate of tax comes to.
type TaxPart struct {
	Rate decimal.Decimal // percent
	Net  decimal.Decimal // what the rate was applied to
	Tax  decimal.Decimal
}

// TaxParts tells the tax of a bill by rate: those of the lines, lowest first, then the bill's own. The parts add up to
// the TaxAmount of t, which are the bill's totals as they were computed once.
func (b Bill) TaxParts(t Totals) []TaxPart {
	var parts []TaxPart
	own := t.TaxAmount
	for i, line := range t.Lines {
		own = own.Sub(line.TaxAmount)
		if rate := b.Lines[i].TaxRate; !rate.IsZero() {
			parts = addPart(parts, TaxPart{Rate: rate, Net: line.Net(), Tax: line.TaxAmount})
		}
	}
	if !b.TaxRate.IsZero() || !own.IsZero() {
		parts = append(parts, TaxPart{Rate: b.TaxRate, Net: t.Subtotal.Sub(t.DiscountAmount), Tax: own})
	}
	return parts
}

// addPart keeps parts ordered by rate, one of each.
func addPart(parts []TaxPart, p TaxPart) []TaxPart {
	at, found := slices.BinarySearchFunc(parts, p.Rate, func(have TaxPart, rate decimal.Decimal) int { return have.Rate.Cmp(rate) })
	if !found {
		return slices.Insert(parts, at, p)
	}
	parts[at].Net, parts[at].Tax = parts[at].Net.Add(p.Net), parts[at].Tax.Add(p.Tax)
	return parts
}
