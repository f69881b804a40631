package billing_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

var currencies = []string{"USD", "EUR", "GBP", "INR", "CAD", "AUD", "JPY", "CNY", "CHF", "SGD", "AED", "BRL", "MXN"}

// hundredths draws a number with two digits after the point.
func hundredths(t *rapid.T, name string, low, high int64) decimal.Decimal {
	return decimal.New(rapid.Int64Range(low, high).Draw(t, name), -2)
}

// amount draws an amount of the currency, from nothing to high units of it.
func amount(t *rapid.T, name, currency string, high int64) decimal.Decimal {
	digits := billing.Places(currency)
	return decimal.New(rapid.Int64Range(0, high*decimal.New(1, digits).IntPart()).Draw(t, name), -digits)
}

// discountOf draws a discount that a subtotal bears.
func discountOf(t *rapid.T, subtotal decimal.Decimal, currency string) billing.Discount {
	switch rapid.IntRange(0, 2).Draw(t, "discount") {
	case 1:
		return billing.Discount{Type: billing.Percentage, Value: hundredths(t, "percent off", 0, 10_000)}
	case 2:
		units := subtotal.Shift(billing.Places(currency)).IntPart()
		return billing.Discount{Type: billing.Fixed, Value: decimal.New(rapid.Int64Range(0, units).Draw(t, "off"), -billing.Places(currency))}
	}
	return billing.Discount{}
}

// bill draws a bill that can be billed.
func bill(t *rapid.T) (billing.Bill, billing.Totals) {
	b := billing.Bill{Currency: rapid.SampledFrom(currencies).Draw(t, "currency")}
	for range rapid.IntRange(0, 8).Draw(t, "lines") {
		l := billing.Line{Quantity: hundredths(t, "quantity", 1, 1_000_000), UnitPrice: amount(t, "price", b.Currency, 20_000)}
		l.Discount = discountOf(t, must(l.Totals(b.Currency)).Subtotal, b.Currency)
		l.TaxRate = hundredths(t, "tax", 0, 10_000)
		b.Lines = append(b.Lines, l)
	}
	b.Discount = discountOf(t, must(b.Totals()).Subtotal, b.Currency)
	b.TaxRate = hundredths(t, "tax", 0, 10_000)
	b.Shipping = amount(t, "shipping", b.Currency, 1000)
	return b, must(b.Totals())
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestWhatIsPrintedAddsUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, got := bill(t)
		sum := decimal.Zero
		for i, l := range got.Lines {
			same(t, "line total", l.Total, l.Subtotal.Sub(l.DiscountAmount).Add(l.TaxAmount))
			sum = sum.Add(l.Net())
			shown(t, b.Currency, b.Lines[i].UnitPrice, l.Subtotal, l.DiscountAmount, l.TaxAmount, l.Total)
		}
		same(t, "subtotal", got.Subtotal, sum)
		same(t, "total", got.Total, got.Subtotal.Sub(got.DiscountAmount).Add(got.TaxAmount).Add(b.Shipping))
		shown(t, b.Currency, got.Subtotal, got.DiscountAmount, got.TaxAmount, got.Total)

		tax := decimal.Zero
		for _, p := range b.TaxParts(got) {
			tax = tax.Add(p.Tax)
			shown(t, b.Currency, p.Net, p.Tax)
		}
		same(t, "tax", got.TaxAmount, tax)
	})
}

func same(t *rapid.T, what string, got, want decimal.Decimal) {
	if !got.Equal(want) {
		t.Fatalf("%s: %s, not %s", what, got, want)
	}
}

// shown refuses amounts that are negative or that cannot be printed in full in the currency's units.
func shown(t *rapid.T, currency string, amounts ...decimal.Decimal) {
	for _, a := range amounts {
		if a.IsNegative() || !a.Equal(a.Truncate(billing.Places(currency))) || !a.Equal(billing.Round(a, currency)) {
			t.Fatalf("%s %s", a, currency)
		}
	}
}

func TestTheOrderOfLinesDoesNotMatter(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, want := bill(t)
		order := make([]int, len(b.Lines))
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(t, "order")
		turned := b
		turned.Lines = make([]billing.Line, len(order))
		for to, from := range order {
			turned.Lines[to] = b.Lines[from]
		}
		got := must(turned.Totals())
		for _, pair := range [][2]decimal.Decimal{{got.Subtotal, want.Subtotal}, {got.DiscountAmount, want.DiscountAmount},
			{got.TaxAmount, want.TaxAmount}, {got.Total, want.Total}} {
			same(t, "in another order", pair[0], pair[1])
		}
		for to, from := range order {
			same(t, "line", got.Lines[to].Total, want.Lines[from].Total)
		}
	})
}

// The same arithmetic once more, with integers and fractions instead of decimals.
func TestAmountsAreThoseOfExactFractions(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, got := bill(t)
		unit := new(big.Rat).SetInt64(decimal.New(1, billing.Places(b.Currency)).IntPart())
		// units is the nearest whole number of minor units, the one further from zero when two are as near.
		units := func(r *big.Rat) *big.Rat {
			scaled := new(big.Rat).Mul(r, unit)
			twice := new(big.Int).Add(new(big.Int).Mul(scaled.Num(), big.NewInt(2)), scaled.Denom())
			n := new(big.Int).Div(twice, new(big.Int).Mul(scaled.Denom(), big.NewInt(2)))
			return new(big.Rat).Quo(new(big.Rat).SetInt(n), unit)
		}
		share := func(r *big.Rat, percent decimal.Decimal) *big.Rat {
			return units(new(big.Rat).Mul(r, new(big.Rat).Quo(percent.Rat(), big.NewRat(100, 1))))
		}
		off := func(from *big.Rat, d billing.Discount) *big.Rat {
			if d.Type == billing.Percentage {
				return share(from, d.Value)
			}
			return d.Value.Rat()
		}
		subtotal, tax := new(big.Rat), new(big.Rat)
		for _, l := range b.Lines {
			line := units(new(big.Rat).Mul(l.Quantity.Rat(), l.UnitPrice.Rat()))
			line.Sub(line, off(line, l.Discount))
			subtotal.Add(subtotal, line)
			tax.Add(tax, share(line, l.TaxRate))
		}
		net := new(big.Rat).Sub(subtotal, off(subtotal, b.Discount))
		tax.Add(tax, share(net, b.TaxRate))
		total := new(big.Rat).Add(net, tax)
		total.Add(total, b.Shipping.Rat())
		if got.Subtotal.Rat().Cmp(subtotal) != 0 || got.TaxAmount.Rat().Cmp(tax) != 0 || got.Total.Rat().Cmp(total) != 0 {
			t.Fatalf("%v, not %s %s %s", got, subtotal.FloatString(4), tax.FloatString(4), total.FloatString(4))
		}
	})
}

func TestRoundingTwiceIsRoundingOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		currency := rapid.SampledFrom(currencies).Draw(t, "currency")
		n := decimal.New(rapid.Int64().Draw(t, "digits"), -rapid.Int32Range(0, 9).Draw(t, "places"))
		once := billing.Round(n, currency)
		same(t, "twice", billing.Round(once, currency), once)
		same(t, "of the opposite", billing.Round(n.Neg(), currency), once.Neg())
		if unit := decimal.New(1, -billing.Places(currency)); once.Sub(n).Abs().Mul(decimal.New(2, 0)).GreaterThan(unit) {
			t.Fatalf("%s is far from %s", once, n)
		}
	})
}

// Whatever a client sends is computed or refused with the fields to blame, and what is computed can be kept.
func TestAnyInputIsComputedOrRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		number := func(name string) decimal.Decimal {
			return decimal.New(rapid.Int64().Draw(t, name), rapid.Int32Range(-18, 0).Draw(t, name+" places"))
		}
		off := func() billing.Discount {
			return billing.Discount{Type: rapid.SampledFrom([]billing.DiscountType{"", billing.Percentage, billing.Fixed, "X"}).Draw(t, "type"), Value: number("off")}
		}
		b := billing.Bill{Currency: rapid.SampledFrom(append([]string{"", "XXX"}, currencies...)).Draw(t, "currency"),
			Discount: off(), TaxRate: number("tax"), Shipping: number("shipping")}
		for range rapid.IntRange(0, 3).Draw(t, "lines") {
			b.Lines = append(b.Lines, billing.Line{Quantity: number("quantity"), UnitPrice: number("price"), Discount: off(), TaxRate: number("tax")})
		}
		got, err := b.Totals()
		if err != nil {
			if len(fields(err)) == 0 {
				t.Fatal(err)
			}
			return
		}
		shown(t, b.Currency, got.Subtotal, got.DiscountAmount, got.TaxAmount, got.Total)
		if !got.Total.LessThan(decimal.New(1, 10)) || !got.Subtotal.LessThan(decimal.New(1, 10)) {
			t.Fatal(got)
		}
	})
}

// Any story of payments, deletions and changes of the total.
func TestDueAndPaidAreTheTotal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b := billing.Balance{Currency: rapid.SampledFrom(currencies).Draw(t, "currency"), Status: billing.Draft, IssueDate: day("2026-01-01")}
		b.Total = amount(t, "total", b.Currency, 1000)
		if b.IsSent = rapid.Bool().Draw(t, "sent"); b.IsSent {
			b.Status = billing.Sent
			b.DueDate = day("2026-02-01")
		}
		var payments []decimal.Decimal
		t.Repeat(map[string]func(*rapid.T){
			"pay": func(t *rapid.T) {
				p := amount(t, "amount", b.Currency, 1000)
				after, err := b.Pay(p, day("2026-01-15"))
				if fits := p.IsPositive() && !p.GreaterThan(b.Due()); fits != (err == nil) {
					t.Fatalf("%s of %s due: %v", p, b.Due(), err)
				}
				if err == nil {
					payments = append(payments, p)
				}
				b = after
			},
			"pay the rest": func(t *rapid.T) {
				after, p, err := b.PayRest(day("2026-01-15"))
				if (b.Status == billing.Paid) != (err != nil) {
					t.Fatal(b.Status, err)
				}
				if p.IsPositive() {
					payments = append(payments, p)
				}
				b = after
			},
			"take back": func(t *rapid.T) {
				if len(payments) == 0 {
					return
				}
				i := rapid.IntRange(0, len(payments)-1).Draw(t, "which")
				b = b.TakeBack(payments[i], today(t))
				payments = slices.Delete(payments, i, i+1)
				if b.Status == billing.Paid {
					t.Fatal("still paid")
				}
			},
			"change the total": func(t *rapid.T) {
				total := amount(t, "total", b.Currency, 1000)
				after, err := b.Retotal(total, today(t))
				if may := b.Status != billing.Paid && !total.LessThan(b.Paid); may != (err == nil) {
					t.Fatal(b, total, err)
				}
				b = after
			},
			"": func(t *rapid.T) {
				sum := decimal.Zero
				for _, p := range payments {
					sum = sum.Add(p)
				}
				same(t, "paid", b.Paid, sum)
				same(t, "due and paid", b.Due().Add(b.Paid), b.Total)
				shown(t, b.Currency, b.Total, b.Paid, b.Due())
				if b.Status == billing.Paid && !b.Due().IsZero() || b.Status == billing.PartiallyPaid && (b.Paid.IsZero() || b.Due().IsZero()) ||
					b.Due().IsZero() && b.Paid.IsPositive() && b.Status != billing.Paid || !b.IsSent && b.Paid.IsZero() && b.Status != billing.Draft && b.Status != billing.Paid {
					t.Fatalf("%s with %s of %s paid", b.Status, b.Paid, b.Total)
				}
			},
		})
	})
}

func today(t *rapid.T) scalar.Date {
	return rapid.SampledFrom([]scalar.Date{day("2026-01-31"), day("2026-02-01"), day("2026-02-02")}).Draw(t, "today")
}
