package pdf

import (
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
)

// column is a column of numbers, set at its right end. Where none of its cells says anything it is left out.
type column struct {
	head  string
	cells []string
	under []string // a second, smaller line of some cells
	width float64
	right float64
}

const (
	gutter  = 6.0 // before each column of numbers
	padding = 1.8 // above and below a row
)

// table is the lines. Its head is repeated on each page, and a row stays on one page unless it is longer than that.
func (l *layout) table() {
	columns := l.columns()
	width := l.right - l.left
	for _, c := range columns {
		width -= c.width + gutter
	}
	l.room(30) // the head and a row or two
	head := func() {
		l.at(l.left, l.y, label, strings.ToUpper("Description"))
		for _, c := range columns {
			l.upTo(c.right, l.y, label, strings.ToUpper(c.head))
		}
		l.y += label.height() + 1.2
		l.rule(l.left, l.right, 0.3, black)
	}
	head()
	l.onPage = head
	defer func() { l.onPage = nil }()

	for i, line := range l.doc.Lines {
		l.line(i, l.cell(line, width), columns)
	}
	l.rule(l.left, l.right, 0.3, black)
}

// line puts one line of the document.
func (l *layout) line(i int, text []row, columns []column) {
	numbers := body.height()
	for _, c := range columns {
		if c.under[i] != "" {
			numbers = body.height() + small.height()
		}
	}
	page := len(l.pages)
	l.room(max(heightOf(text), numbers) + 2*padding)
	l.room(numbers + 2*padding) // of a row that is longer than a page at least these
	if i > 0 && page == len(l.pages) {
		l.rule(l.left, l.right, 0.2, faint) // at the top of a page stands the rule of the head
	}

	l.y += padding
	page = len(l.pages)
	end := l.y + numbers
	for j, t := range text {
		l.room(t.style.height())
		l.at(l.left, l.y, t.style, t.text)
		if j == 0 { // here and not before, so that who reads the file aloud begins with the description
			l.numbers(i, columns)
		}
		l.y += t.style.height()
	}
	if page == len(l.pages) {
		l.y = max(l.y, end)
	}
	l.y += padding
}

func (l *layout) numbers(i int, columns []column) {
	for _, c := range columns {
		l.upTo(c.right, l.y, body, c.cells[i])
		l.upTo(c.right, l.y+body.height(), small, c.under[i])
	}
}

// cell is what the first column says of a line: its name and under it the description.
func (l *layout) cell(line Line, width float64) []row {
	name, description := clean(line.Name), paragraphs(line.Description)
	if name == "" && len(description) > 0 {
		name, description = description[0], description[1:]
	}
	var out []row
	for _, text := range l.wrap(body, width, name) {
		out = append(out, row{text, body, 0})
	}
	for _, part := range description {
		for _, text := range l.wrap(small, width, part) {
			out = append(out, row{text, small, 0})
		}
	}
	return out
}

// columns are the columns of numbers with their places, from left to right.
func (l *layout) columns() []column {
	quantity, price := column{head: "Quantity"}, column{head: "Unit price"}
	off, tax, amount := column{head: "Discount"}, column{head: "Tax"}, column{head: "Amount " + l.doc.Currency}
	places := l.quantityPlaces()
	for _, line := range l.doc.Lines {
		quantity.add(billing.FormatNumber(line.Quantity, places), "")
		price.add(money(line.UnitPrice, l.doc.Currency), "")
		off.add(discount(line, l.doc.Currency))
		rate := ""
		if !line.TaxRate.IsZero() {
			rate = percent(line.TaxRate)
		}
		tax.add(rate, "")
		amount.add(money(line.Net(), l.doc.Currency), "")
	}

	var out []column
	for _, c := range []column{quantity, price, off, tax, amount} {
		c.head = clean(c.head)
		if said := strings.Join(c.cells, ""); said == "" && len(l.doc.Lines) > 0 {
			continue
		}
		c.width = l.width(label, strings.ToUpper(c.head))
		for i := range c.cells {
			c.width = max(c.width, l.width(body, c.cells[i]), l.width(small, c.under[i]))
		}
		out = append(out, c)
	}
	right := l.right
	for i := len(out) - 1; i >= 0; i-- {
		out[i].right = right
		right -= out[i].width + gutter
	}
	return out
}

func (c *column) add(cell, under string) {
	c.cells, c.under = append(c.cells, cell), append(c.under, under)
}

// discount is what a line's discount takes off, and under it the percentage that it is.
func discount(line Line, currency string) (amount, rate string) {
	if line.DiscountAmount.IsZero() {
		return "", ""
	}
	if line.Discount.Type == billing.Percentage {
		rate = percent(line.Discount.Value)
	}
	return money(line.DiscountAmount.Neg(), currency), rate
}

// quantityPlaces is how many digits after the point the quantities need, so that their points line up.
func (l *layout) quantityPlaces() int32 {
	var places int32
	for _, line := range l.doc.Lines {
		for places < 2 && !line.Quantity.Equal(line.Quantity.Truncate(places)) {
			places++
		}
	}
	return places
}
