package billing_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

func d(s string) decimal.Decimal { return decimal.RequireFromString(s) }

// line is quantity, unit price, and then a discount ("10%" or "10") and a tax rate, where there are any.
func line(quantity, price string, more ...string) billing.Line {
	l := billing.Line{Quantity: d(quantity), UnitPrice: d(price)}
	if len(more) > 0 {
		l.Discount = discount(more[0])
	}
	if len(more) > 1 {
		l.TaxRate = d(more[1])
	}
	return l
}

func discount(s string) billing.Discount {
	if s == "" {
		return billing.Discount{}
	}
	if s[len(s)-1] == '%' {
		return billing.Discount{Type: billing.Percentage, Value: d(s[:len(s)-1])}
	}
	return billing.Discount{Type: billing.Fixed, Value: d(s)}
}

// Computed by hand: subtotal, discount, tax, total.
var examples = []struct {
	name  string
	bill  billing.Bill
	lines []string
	want  string
}{
	{"nothing",
		billing.Bill{Currency: "USD"},
		nil, "0.00 0.00 0.00 0.00"},
	{"one line",
		billing.Bill{Currency: "USD", Lines: []billing.Line{line("2", "50")}},
		[]string{"100.00 0.00 0.00 100.00"}, "100.00 0.00 0.00 100.00"},
	{"discount, tax and shipping of the bill",
		billing.Bill{Currency: "EUR", Lines: []billing.Line{line("1", "100"), line("2", "25.25")},
			Discount: discount("10%"), TaxRate: d("19"), Shipping: d("5")},
		[]string{"100.00 0.00 0.00 100.00", "50.50 0.00 0.00 50.50"}, "150.50 15.05 25.74 166.19"},
	{"discounts and taxes of the lines",
		billing.Bill{Currency: "EUR", Lines: []billing.Line{line("3", "19.99", "10%", "7"), line("1", "100", "25", "19")}},
		[]string{"59.97 6.00 3.78 57.75", "100.00 25.00 14.25 89.25"}, "128.97 0.00 18.03 147.00"},
	{"those and a discount of the bill, which leaves the lines' taxes alone",
		billing.Bill{Currency: "EUR", Lines: []billing.Line{line("3", "19.99", "10%", "7"), line("1", "100", "25", "19")},
			Discount: discount("5%")},
		[]string{"59.97 6.00 3.78 57.75", "100.00 25.00 14.25 89.25"}, "128.97 6.45 18.03 140.55"},
	{"taxes of the lines and of the bill",
		billing.Bill{Currency: "CAD", Lines: []billing.Line{line("1", "200", "", "5")}, TaxRate: d("9.98")},
		[]string{"200.00 0.00 10.00 210.00"}, "200.00 0.00 29.96 229.96"},
	{"three lines at 33.33 %",
		billing.Bill{Currency: "EUR", Lines: []billing.Line{line("1", "100", "33.33%"), line("1", "100", "33.33%"), line("1", "100", "33.33%")}},
		[]string{"100.00 33.33 0.00 66.67", "100.00 33.33 0.00 66.67", "100.00 33.33 0.00 66.67"}, "200.01 0.00 0.00 200.01"},
	{"three lines at 33.33 % of a few cents",
		billing.Bill{Currency: "EUR", Lines: []billing.Line{line("1", "0.05", "33.33%"), line("1", "0.05", "33.33%"), line("1", "0.05", "33.33%")},
			TaxRate: d("33.33")},
		[]string{"0.05 0.02 0.00 0.03", "0.05 0.02 0.00 0.03", "0.05 0.02 0.00 0.03"}, "0.09 0.00 0.03 0.12"},
	{"a line for nothing, with tax on nothing",
		billing.Bill{Currency: "USD", Lines: []billing.Line{line("7", "12.34", "100%", "19")}},
		[]string{"86.38 86.38 0.00 0.00"}, "0.00 0.00 0.00 0.00"},
	{"all for nothing but the shipping",
		billing.Bill{Currency: "USD", Lines: []billing.Line{line("1", "80"), line("1", "20")}, Discount: discount("100%"), TaxRate: d("20"), Shipping: d("4.90")},
		[]string{"80.00 0.00 0.00 80.00", "20.00 0.00 0.00 20.00"}, "100.00 100.00 0.00 4.90"},
	{"a fixed discount of all there is",
		billing.Bill{Currency: "USD", Lines: []billing.Line{line("1", "80", "80")}, Discount: discount("0")},
		[]string{"80.00 80.00 0.00 0.00"}, "0.00 0.00 0.00 0.00"},
	{"halves go away from zero: quantity times price",
		billing.Bill{Currency: "USD", Lines: []billing.Line{line("0.5", "0.01"), line("0.25", "0.10"), line("0.45", "0.10")}},
		[]string{"0.01 0.00 0.00 0.01", "0.03 0.00 0.00 0.03", "0.05 0.00 0.00 0.05"}, "0.09 0.00 0.00 0.09"},
	{"halves go away from zero: discount and tax",
		billing.Bill{Currency: "GBP", Lines: []billing.Line{line("1", "0.10", "25%", "50")}, TaxRate: d("50")},
		[]string{"0.10 0.03 0.04 0.11"}, "0.07 0.00 0.08 0.15"},
	{"a tax as high as the price",
		billing.Bill{Currency: "USD", Lines: []billing.Line{line("1", "12.34", "", "100")}, TaxRate: d("100")},
		[]string{"12.34 0.00 12.34 24.68"}, "12.34 0.00 24.68 37.02"},
	{"yen have no smaller unit",
		billing.Bill{Currency: "JPY", Lines: []billing.Line{line("3", "333", "", "8")}},
		[]string{"999.00 0.00 80.00 1079.00"}, "999.00 0.00 80.00 1079.00"},
	{"halves of a yen",
		billing.Bill{Currency: "JPY", Lines: []billing.Line{line("1.5", "333"), line("1", "10", "5%")}, Discount: discount("0.10%"), TaxRate: d("10"), Shipping: d("800")},
		[]string{"500.00 0.00 0.00 500.00", "10.00 1.00 0.00 9.00"}, "509.00 1.00 51.00 1359.00"},
	{"a third of a day's work, 20 minutes of it",
		billing.Bill{Currency: "CHF", Lines: []billing.Line{line("0.33", "185.55")}, TaxRate: d("8.1")},
		[]string{"61.23 0.00 0.00 61.23"}, "61.23 0.00 4.96 66.19"},
	{"as many as a line holds",
		billing.Bill{Currency: "USD", Lines: []billing.Line{line("99999999.99", "100")}},
		[]string{"9999999999.00 0.00 0.00 9999999999.00"}, "9999999999.00 0.00 0.00 9999999999.00"},
	{"as much as an amount holds",
		billing.Bill{Currency: "INR", Lines: []billing.Line{line("1", "9999999999.98")}, Shipping: d("0.01")},
		[]string{"9999999999.98 0.00 0.00 9999999999.98"}, "9999999999.98 0.00 0.00 9999999999.99"},
}

func TestExamplesComputedByHand(t *testing.T) {
	t.Parallel()
	for _, e := range examples {
		got, err := e.bill.Totals()
		if err != nil {
			t.Errorf("%s: %v", e.name, err)
			continue
		}
		if text := text(got.Subtotal, got.DiscountAmount, got.TaxAmount, got.Total); text != e.want {
			t.Errorf("%s: %s, not %s", e.name, text, e.want)
		}
		for i, l := range got.Lines {
			if text := text(l.Subtotal, l.DiscountAmount, l.TaxAmount, l.Total); text != e.lines[i] {
				t.Errorf("%s: line %d: %s, not %s", e.name, i, text, e.lines[i])
			}
			alone, err := e.bill.Lines[i].Totals(e.bill.Currency)
			if err != nil || fmt.Sprint(alone) != fmt.Sprint(l) {
				t.Errorf("%s: line %d alone: %v %v", e.name, i, alone, err)
			}
		}
	}
}

// text writes amounts with the digits that they carry.
func text(amounts ...decimal.Decimal) string {
	var out []byte
	for _, a := range amounts {
		out = fmt.Appendf(out, "%s ", a.StringFixed(max(0, -a.Exponent())))
	}
	return string(out[:len(out)-1])
}

// A deal has lines and nothing else, and no tax on them: its amount is the total.
func ExampleBill_Totals_opportunity() {
	deal := billing.Bill{Currency: "EUR", Lines: []billing.Line{
		{Quantity: d("12"), UnitPrice: d("49.90"), Discount: billing.Discount{Type: billing.Percentage, Value: d("15")}},
		{Quantity: d("1"), UnitPrice: d("250")},
	}}
	t, err := deal.Totals()
	fmt.Println(t.Lines[0].Total, t.Lines[1].Total, t.Total, err)
	// Output: 508.98 250 758.98 <nil>
}

func TestRefusalsNameTheField(t *testing.T) {
	t.Parallel()
	bill := func(change func(*billing.Bill), lines ...billing.Line) billing.Bill {
		b := billing.Bill{Currency: "EUR", Lines: lines}
		if change != nil {
			change(&b)
		}
		return b
	}
	for _, c := range []struct {
		name string
		bill billing.Bill
		want []string
	}{
		{"unknown currency", billing.Bill{Currency: "XTS"}, []string{"currency"}},
		{"no currency", billing.Bill{}, []string{"currency"}},
		{"no quantity", bill(nil, line("0", "1")), []string{"lineItems[0].quantity"}},
		{"negative quantity", bill(nil, line("1", "1"), line("-1", "1")), []string{"lineItems[1].quantity"}},
		{"quantity too fine", bill(nil, line("0.001", "1")), []string{"lineItems[0].quantity"}},
		{"quantity too large", bill(nil, line("100000000", "0")), []string{"lineItems[0].quantity"}},
		{"negative price", bill(nil, line("1", "-0.01")), []string{"lineItems[0].unitPrice"}},
		{"price too fine", bill(nil, line("1", "0.005")), []string{"lineItems[0].unitPrice"}},
		{"price too large", bill(nil, line("0.01", "10000000000")), []string{"lineItems[0].unitPrice"}},
		{"price of half a yen", bill(func(b *billing.Bill) { b.Currency = "JPY" }, line("2", "0.5")), []string{"lineItems[0].unitPrice"}},
		{"discount of half a yen", bill(func(b *billing.Bill) { b.Currency = "JPY"; b.Discount = discount("0.5") }, line("2", "5")), []string{"discountValue"}},
		{"line over 100 % off", bill(nil, line("1", "1", "100.01%")), []string{"lineItems[0].discountValue"}},
		{"line with more off than it costs", bill(nil, line("1", "1", "1.01")), []string{"lineItems[0].discountValue"}},
		{"negative discount", bill(nil, line("1", "1", "-1")), []string{"lineItems[0].discountValue"}},
		{"negative percentage", bill(func(b *billing.Bill) { b.Discount = discount("-1%") }), []string{"discountValue"}},
		{"a surcharge as a discount's type", bill(func(b *billing.Bill) { b.Discount.Type = "SURCHARGE" }), []string{"discountType"}},
		{"a value of no type", bill(func(b *billing.Bill) { b.Discount.Value = d("5") }), []string{"discountType"}},
		{"more off than there is", bill(func(b *billing.Bill) { b.Discount = discount("10.01") }, line("1", "10")), []string{"discountValue"}},
		{"more off than is left after the lines' discounts", bill(func(b *billing.Bill) { b.Discount = discount("6") }, line("1", "10", "50%")), []string{"discountValue"}},
		{"a fixed discount of nothing", bill(func(b *billing.Bill) { b.Discount = discount("1") }), []string{"discountValue"}},
		{"tax over 100 %", bill(func(b *billing.Bill) { b.TaxRate = d("100.01") }), []string{"taxRate"}},
		{"tax too fine", bill(nil, line("1", "1", "", "7.125")), []string{"lineItems[0].taxRate"}},
		{"negative shipping", bill(func(b *billing.Bill) { b.Shipping = d("-1") }), []string{"shippingAmount"}},
		{"all at once", bill(func(b *billing.Bill) { b.TaxRate = d("-1"); b.Shipping = d("0.001") }, line("0", "-1", "101%"), line("1", "1", "", "200")),
			[]string{"taxRate", "shippingAmount", "lineItems[0].quantity", "lineItems[0].unitPrice", "lineItems[0].discountValue", "lineItems[1].taxRate"}},
		{"a line too large to be kept", bill(nil, line("99999999.99", "100.01")), []string{"lineItems[0].quantity"}},
		{"a line too large with its tax", bill(nil, line("1", "9999999999", "", "1")), []string{"lineItems[0].taxRate"}},
		{"lines too large together", bill(nil, line("1", "5000000000"), line("1", "5000000000")), []string{"lineItems"}},
		{"lines too large together, with a discount that would help", bill(func(b *billing.Bill) { b.Discount = discount("50%") }, line("1", "9999999999.99"), line("1", "0.01")), []string{"lineItems"}},
		{"too large with the tax", bill(func(b *billing.Bill) { b.TaxRate = d("100") }, line("1", "5000000000")), []string{"taxRate"}},
		{"too large with the shipping", bill(func(b *billing.Bill) { b.Shipping = d("0.01") }, line("1", "9999999999.99")), []string{"shippingAmount"}},
		{"too many lines", bill(nil, slices.Repeat([]billing.Line{line("1", "1")}, billing.MaxLines+1)...), []string{"lineItems"}},
	} {
		got, err := c.bill.Totals()
		if fields := fields(err); !slices.Equal(fields, c.want) {
			t.Errorf("%s: %v is about %q, not %q", c.name, err, fields, c.want)
		}
		if got.Lines != nil || !got.Total.IsZero() {
			t.Errorf("%s: refused, and computed %v", c.name, got)
		}
	}
}

// fields are those of an INVALID fault.
func fields(err error) []string {
	var out []string
	for _, f := range fault.All(err) {
		if f.Code == fault.Invalid {
			out = append(out, f.Field)
		}
	}
	return out
}

func TestALineAloneNamesItsOwnFields(t *testing.T) {
	t.Parallel()
	_, err := line("0", "0.001", "1%", "-1").Totals("EUR")
	if got := fields(err); !slices.Equal(got, []string{"quantity", "unitPrice", "taxRate"}) {
		t.Errorf("%v", err)
	}
	if _, err := line("1", "1", "2").Totals("EUR"); fmt.Sprint(err) != "discountValue: must be at most the subtotal, 1.00" {
		t.Error(err)
	}
}

// Such numbers pass no scalar; here they must not cost more than others all the same.
func TestNumbersFarFromAnyAmountAreRefusedUnread(t *testing.T) {
	t.Parallel()
	for _, n := range []decimal.Decimal{decimal.New(1, 2_000_000_000), decimal.New(1, -2_000_000_000)} {
		l := billing.Line{Quantity: n, UnitPrice: n, Discount: billing.Discount{Type: billing.Fixed, Value: n}, TaxRate: n}
		_, err := l.Totals("EUR")
		if got := fields(err); !slices.Equal(got, []string{"quantity", "unitPrice", "discountValue", "taxRate"}) {
			t.Errorf("%v", err)
		}
	}
}

func TestTaxIsToldByRate(t *testing.T) {
	t.Parallel()
	b := billing.Bill{Currency: "EUR", TaxRate: d("2"), Discount: discount("10"), Lines: []billing.Line{
		line("1", "100", "", "19"), line("1", "50", "10", "7"), line("1", "20"), line("2", "30", "", "19.00"), line("1", "5", "100%", "0")}}
	totals, err := b.Totals()
	if err != nil {
		t.Fatal(err)
	}
	var got string
	for _, p := range b.TaxParts(totals) {
		got += fmt.Sprintf("%s%% of %s: %s\n", p.Rate, p.Net, p.Tax)
	}
	want := "7% of 40: 2.8\n19% of 160: 30.4\n2% of 210: 4.2\n"
	if got != want || text(totals.TaxAmount) != "37.40" {
		t.Errorf("%s\nof %s, not\n%s", got, totals.TaxAmount, want)
	}
	if parts := (billing.Bill{}).TaxParts(billing.Totals{}); parts != nil {
		t.Error(parts)
	}
}

func TestAmountsAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ amount, currency, want string }{
		{"0", "EUR", "0.00"}, {"999.9", "EUR", "999.90"}, {"1000", "USD", "1,000.00"}, {"1234567.891", "USD", "1,234,567.89"},
		{"9999999999.99", "CHF", "9,999,999,999.99"}, {"-1234.5", "GBP", "-1,234.50"}, {"-0.001", "GBP", "0.00"},
		{"1234.00", "JPY", "1,234"}, {"-100000", "JPY", "-100,000"}, {"-0.4", "JPY", "0"}, {"-0.5", "JPY", "-1"}, {"12.5", "", "12.50"},
	} {
		if got := billing.Format(d(c.amount), c.currency); got != c.want {
			t.Errorf("%s %s reads %q, not %q", c.amount, c.currency, got, c.want)
		}
	}
}
