package pdf

import (
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
)

// composed lays a document out and does not draw it.
func composed(doc Document) *layout {
	file := fpdf.New("P", "mm", paper(doc.Seller.Country), "")
	addFonts(file)
	l := newLayout(file, doc)
	l.compose()
	return l
}

// bill draws a document with amounts of all sizes.
func bill(t *rapid.T) Document {
	cents := func(name string, low, high int64) decimal.Decimal {
		return decimal.New(rapid.Int64Range(low, high).Draw(t, name), -2)
	}
	off := func() billing.Discount {
		if rapid.Bool().Draw(t, "discounted") {
			return billing.Discount{Type: billing.Percentage, Value: cents("off", 0, 10_000)}
		}
		return billing.Discount{}
	}
	doc := Document{Currency: rapid.SampledFrom([]string{"EUR", "JPY"}).Draw(t, "currency"), Discount: off()}
	places := billing.Places(doc.Currency)
	doc.Shipping = decimal.New(rapid.Int64Range(0, 9999).Draw(t, "shipping"), -places)
	doc.TaxRate = cents("tax", 0, 2500)
	for range rapid.IntRange(0, 60).Draw(t, "lines") {
		doc.Lines = append(doc.Lines, Line{Name: rapid.String().Draw(t, "name"), Line: billing.Line{
			Quantity: cents("quantity", 1, 100_000), UnitPrice: decimal.New(rapid.Int64Range(0, 1_000_000).Draw(t, "price"), -places),
			Discount: off(), TaxRate: rapid.SampledFrom([]decimal.Decimal{{}, d("7"), d("19"), d("2.55")}).Draw(t, "tax")}})
	}
	doc = complete(doc)
	if total := doc.Totals.Total.Shift(places).IntPart(); rapid.Bool().Draw(t, "some is paid") {
		doc.Paid = decimal.New(rapid.Int64Range(0, total).Draw(t, "paid"), -places)
	}
	return doc
}

// someText draws whatever people write: long words, line breaks, all of Unicode, novels.
func someText(t *rapid.T, name string) string {
	return rapid.OneOf(rapid.String(), rapid.StringMatching(`([A-Za-zäß]{1,12}[ \n]){0,80}`), rapid.StringMatching(`[WMi]{0,255}`),
		rapid.SampledFrom([]string{"", strings.Repeat("Once upon a time. ", 500), strings.Repeat("W\n", 300)})).Draw(t, name)
}

func TestEverythingStandsWithinTheMargins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := bill(t)
		for _, p := range []*string{&doc.Number, &doc.Status, &doc.Title, &doc.Reference, &doc.Period, &doc.Seller.Name, &doc.Seller.AddressLine, &doc.Seller.City,
			&doc.Seller.Email, &doc.Seller.TaxID, &doc.Customer.Name, &doc.Customer.AddressLine, &doc.Customer.State, &doc.Customer.Phone, &doc.Notes, &doc.Terms} {
			*p = someText(t, "text")
		}
		doc.Seller.Country = rapid.SampledFrom([]string{"", "US", "DE", "?", "AN"}).Draw(t, "country")
		within(t, composed(doc))
	})
}

// within refuses texts that stand outside of the margins, or that the library could not draw.
func within(t rapid.TB, l *layout) {
	t.Helper()
	for _, page := range l.pages {
		for _, m := range page {
			if m.text == "" {
				continue
			}
			if right := m.x + l.width(m.style, m.text); m.x < l.left-0.01 || right > l.right+0.01 || m.y < top-3 || m.y > l.floor+0.01 {
				t.Fatalf("%q is at %.1f–%.1f, %.1f", m.text, m.x, right, m.y)
			}
			if m.text != drawable(m.text) || strings.Contains(m.text, "\n") {
				t.Fatalf("%q cannot be drawn", m.text)
			}
		}
	}
}

// Where on a page something that is longer than it begins.
func TestNovelsStandWithinTheMargins(t *testing.T) {
	t.Parallel()
	novel := strings.Repeat("Once upon a time. ", 500)
	for n := range 40 {
		doc := sample()
		doc.Lines = append(lines(n), doc.Lines[1])
		doc.Lines[n].Description = strings.Repeat("W\n", 100)
		within(t, composed(complete(doc)))

		doc = sample()
		doc.Seller = Party{Name: "Seller", AddressLine: strings.Repeat("W", 20*(n%10)), City: strings.Repeat("W", 40*(n/2)), Email: novel, Phone: novel, TaxID: novel}
		doc.Customer = Party{Name: novel, AddressLine: strings.Repeat(novel+"\n", 5), City: novel, Email: novel, Phone: novel, Website: novel, TaxID: novel}
		doc.Period, doc.Reference, doc.Status, doc.Number = novel, novel, novel, novel
		within(t, composed(doc))
	}
}

func TestNumbersLineUp(t *testing.T) {
	t.Parallel()
	l := composed(sample())
	for i, c := range l.columns() {
		for j, cell := range c.cells {
			for _, digit := range cell {
				if digit >= '0' && digit <= '9' && l.width(body, string(digit)) != l.width(body, "0") {
					t.Errorf("%c is as wide as no other digit", digit)
				}
			}
			found := cell == ""
			for _, m := range l.pages[0] {
				found = found || m.text == cell && m.x+l.width(m.style, m.text) > c.right-0.01 && m.x+l.width(m.style, m.text) < c.right+0.01
			}
			if !found {
				t.Errorf("%q is not at the right of column %d, line %d", cell, i, j)
			}
		}
	}
}

// The largest numbers there are leave room for a description.
func TestTheTableHasRoomForTheLargestNumbers(t *testing.T) {
	t.Parallel()
	doc := Document{Currency: "USD", Lines: []Line{{Name: "Description", Line: billing.Line{Quantity: d("99999999.99"), UnitPrice: d("9999999999.99"), TaxRate: d("99.99"),
		Discount: billing.Discount{Type: billing.Percentage, Value: d("99.99")}},
		LineTotals: billing.LineTotals{Subtotal: d("9999999999.99"), DiscountAmount: d("9999999999.99")}}}}
	l := composed(doc)
	width := l.right - l.left
	for _, c := range l.columns() {
		width -= c.width + gutter
	}
	if width < 30 {
		t.Errorf("only %.1f mm", width)
	}
}

func TestALongFootIsCut(t *testing.T) {
	t.Parallel()
	doc := sample()
	doc.Seller.Name = strings.Repeat("Brandt and Sons ", 15)
	pages := rendered(t, doc)
	foot := pages[0][len(pages[0])-2]
	if !strings.HasPrefix(foot, "Brandt and Sons Brandt") || !strings.HasSuffix(foot, "…") {
		t.Errorf("%q", foot)
	}
}
