package pdf

import (
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// compose puts the document together, from top to bottom.
func (l *layout) compose() {
	l.head()
	l.parties()
	if title := clean(l.doc.Title); title != "" {
		l.rows(l.block(strong, title))
		l.y += 3
	}
	l.table()
	l.totals()
	l.section("Notes", l.doc.Notes)
	l.section("Terms", l.doc.Terms)
	l.closing(l.doc.Footer)
}

// head is the seller on the left and on the right what this is.
func (l *layout) head() {
	name, _, _ := l.doc.Kind.words()
	const width = 70.0
	start := l.y

	l.upTo(l.right, l.y-2.5, headline, name)
	l.y += headline.height() - 1
	for _, line := range l.few(body, width, clean(l.doc.Number)) {
		l.upTo(l.right, l.y, body, line)
		l.y += body.height()
	}
	end := l.y

	l.y = start
	l.rows(l.party(l.doc.Seller, sellers, l.right-l.left-width-8))
	l.y = max(l.y, end) + 8
}

// parties is the customer on the left, and on the right what is to be known about the document.
func (l *layout) parties() {
	_, to, due := l.doc.Kind.words()
	const width, labels = 75.0, 25.0
	customer := l.party(l.doc.Customer, strong, l.right-l.left-width-8)
	if len(customer) > 0 {
		customer = append([]row{{strings.ToUpper(to), label, 0.8}}, customer...)
	}

	type fact struct {
		label string
		lines []string
	}
	var facts []fact
	right := 0.0
	for _, f := range [][2]string{{"Issued", written(l.doc.IssueDate)}, {due, written(l.doc.DueDate)}, {"Reference", clean(l.doc.Reference)},
		{"Period", clean(l.doc.Period)}, {"Status", clean(l.doc.Status)}} {
		if f[1] != "" {
			lines := l.few(body, width-labels, f[1])
			facts = append(facts, fact{f[0], lines})
			right += float64(len(lines))*body.height() + 0.6
		}
	}

	l.room(max(right, heightOf(customer)))
	l.room(right)
	start := l.y
	for _, f := range facts {
		l.at(l.right-width, l.y+0.2, small, f.label)
		for _, line := range f.lines {
			l.upTo(l.right, l.y, body, line)
			l.y += body.height()
		}
		l.y += 0.6
	}
	end := l.y
	l.y = start
	l.rows(customer)
	l.y = max(l.y, end) + 8
}

// party is a side with its name in a style of its own.
func (l *layout) party(p Party, name style, width float64) []row {
	var out []row
	if text := clean(p.Name); text != "" {
		for _, line := range l.few(name, width, text) {
			out = append(out, row{line, name, 0})
		}
		out[len(out)-1].gap = 0.5
	}
	for _, line := range append(p.address(), p.contact()...) {
		for _, line := range l.few(small, width, line) {
			out = append(out, row{line, small, 0})
		}
	}
	return out
}

// written is a day as people write it, whatever they are used to.
func written(d scalar.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Start(time.UTC).Format("2 January 2006")
}

// totals is what the lines come to, kept together on a page.
func (l *layout) totals() {
	t, currency := l.doc.Totals, l.doc.Currency
	type sum struct {
		label, amount string
		style         style
		ruled         bool
	}
	amount := func(d decimal.Decimal) string { return money(d, currency) }

	sums := []sum{{"Subtotal", amount(t.Subtotal), body, false}}
	if !t.DiscountAmount.IsZero() {
		text := "Discount"
		if l.doc.Discount.Type == billing.Percentage {
			text += " " + percent(l.doc.Discount.Value)
		}
		sums = append(sums, sum{text, amount(t.DiscountAmount.Neg()), body, false})
	}
	for _, p := range l.taxes() {
		sums = append(sums, sum{"Tax " + percent(p.Rate) + " on " + amount(p.Net), amount(p.Tax), body, false})
	}
	if !l.doc.Shipping.IsZero() {
		sums = append(sums, sum{"Shipping", amount(l.doc.Shipping), body, false})
	}
	sums = append(sums, sum{"Total " + currency, amount(t.Total), total, true})
	if !l.doc.Paid.IsZero() {
		sums = append(sums, sum{"Paid", amount(l.doc.Paid.Neg()), body, false},
			sum{"Amount due " + currency, amount(t.Total.Sub(l.doc.Paid)), total, true})
	}

	air := func(s sum) float64 { // above it and below
		if s.ruled {
			return 1.6
		}
		return 0.6
	}
	height := 4.0
	for _, s := range sums {
		height += s.style.height() + 2*air(s)
	}
	l.room(height)
	l.y += 4
	from := l.right - 85
	for _, s := range sums {
		l.room(s.style.height() + 2*air(s))
		if s.ruled {
			l.y += 0.8
			l.rule(from, l.right, 0.3, black)
		}
		l.y += air(s)
		l.at(from, l.y, s.style, clean(s.label))
		l.upTo(l.right, l.y, s.style, s.amount)
		l.y += s.style.height() + air(s)
	}
}

// taxes are the taxes by rate.
func (l *layout) taxes() []billing.TaxPart {
	b := billing.Bill{TaxRate: l.doc.TaxRate}
	t := l.doc.Totals
	t.Lines = nil
	for _, line := range l.doc.Lines {
		b.Lines, t.Lines = append(b.Lines, line.Line), append(t.Lines, line.LineTotals)
	}
	return b.TaxParts(t)
}

// money writes an amount, with the minus sign that belongs to the digits instead of a hyphen.
func money(d decimal.Decimal, currency string) string {
	return strings.Replace(billing.Format(d, currency), "-", "−", 1)
}

// percent writes a rate with no more digits than it has: "19 %", "7.5 %".
func percent(rate decimal.Decimal) string { return rate.String() + "\u00A0%" }

// closing is a text below everything else.
func (l *layout) closing(text string) {
	parts := paragraphs(text)
	if len(parts) > 0 && l.y > top {
		l.y += 7
	}
	for _, part := range parts {
		l.rows(l.block(prose, part))
	}
}

// section is a text under a label.
func (l *layout) section(name, text string) {
	parts := paragraphs(text)
	if len(parts) == 0 {
		return
	}
	l.room(7 + label.height() + 2*prose.height()) // not the label alone at the foot of a page
	if l.y > top {
		l.y += 7
	}
	l.rows([]row{{strings.ToUpper(name), label, 0.8}})
	for _, part := range parts {
		if part == "" {
			l.y += prose.height() / 2
			continue
		}
		l.rows(l.block(prose, part))
	}
}
