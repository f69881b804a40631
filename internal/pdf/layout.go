package pdf

import (
	"encoding/hex"
	"fmt"
	"strings"

	"codeberg.org/go-pdf/fpdf"
)

// Lengths are millimetres, sizes of type are points.
const (
	side   = 20.0 // margins
	top    = 18.0
	bottom = 22.0 // of it the foot takes the lower part
	foot   = 12.0 // its line of type, above the edge of the paper

	point   = 25.4 / 72
	leading = 1.4 // of a line of type
)

// style is how a text looks.
type style struct {
	weight string // "" or "B"
	size   float64
	ink    int // 0 black to 255 white
	tone   tone
}

// tone is which of the document's colours a text has in the place of its ink.
type tone int

const (
	inked tone = iota
	primary
	secondary
)

const (
	black = 30
	grey  = 110
	faint = 205 // of rules
)

var (
	headline = style{"", 22, black, primary}
	sellers  = style{"B", 12, black, inked}
	strong   = style{"B", 9.5, black, inked}
	body     = style{"", 9.5, black, inked}
	small    = style{"", 8.5, grey, inked}
	prose    = style{"", 8.5, 70, inked}
	label    = style{"B", 7.5, grey, secondary}
	total    = style{"B", 11, black, primary}
	footing  = style{"", 7.5, grey, inked}
)

func (s style) height() float64 { return s.size * point * leading }

// mark is something at a place of a page.
type mark struct {
	x, y  float64 // of a text: the left end of its base line
	text  string
	style style
	to    float64 // of a rule, which has no text: its right end
	line  float64 // its thickness
}

// layout decides where everything stands. The pages are put together first and drawn when their number is known, since
// each of them tells it.
type layout struct {
	file   *fpdf.Fpdf
	doc    Document
	left   float64
	right  float64
	floor  float64 // where the text of a page ends
	edge   float64 // where the paper does
	pages  [][]mark
	y      float64 // how far the present page is filled
	onPage func()  // what a page begins with
}

func newLayout(file *fpdf.Fpdf, doc Document) *layout {
	width, height := file.GetPageSize()
	l := &layout{file: file, doc: doc, left: side, right: width - side, floor: height - bottom, edge: height}
	l.newPage()
	return l
}

func (l *layout) newPage() {
	l.pages = append(l.pages, nil)
	l.y = top
	if l.onPage != nil {
		l.onPage()
	}
}

// room begins a new page when less than height is left on this one, unless that would gain nothing.
func (l *layout) room(height float64) {
	if l.y+height > l.floor && height <= l.floor-top {
		l.newPage()
	}
}

func (l *layout) put(m mark) {
	last := len(l.pages) - 1
	l.pages[last] = append(l.pages[last], m)
}

// at puts a text with its left end at x, on a line of type whose upper edge is y.
func (l *layout) at(x, y float64, s style, text string) {
	if text != "" {
		l.put(mark{x: x, y: y + s.size*point*1.05, text: text, style: s})
	}
}

// upTo puts a text with its right end at x.
func (l *layout) upTo(x, y float64, s style, text string) {
	l.at(x-l.width(s, text), y, s, text)
}

func (l *layout) rule(from, to, thickness float64, ink int) {
	l.put(mark{x: from, y: l.y, to: to, line: thickness, style: style{ink: ink}})
}

func (l *layout) width(s style, text string) float64 {
	l.file.SetFont(family, s.weight, s.size)
	return l.file.GetStringWidth(text)
}

func (l *layout) wrap(s style, width float64, text string) []string {
	return wrap(text, width, func(part string) float64 { return l.width(s, part) })
}

// few is wrap for what must not take a page for itself, as it would if somebody wrote a novel there.
func (l *layout) few(s style, width float64, text string) []string {
	const most = 8
	lines := l.wrap(s, width, text)
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = shorten(lines[most-1]+" …", width, func(part string) float64 { return l.width(s, part) })
	}
	return lines
}

// row is one line of type at the left margin, or in the first column of the table.
type row struct {
	text  string
	style style
	gap   float64 // below it
}

// block is a text as wide as the page.
func (l *layout) block(s style, text string) []row {
	var out []row
	for _, line := range l.wrap(s, l.right-l.left, text) {
		out = append(out, row{line, s, 0})
	}
	return out
}

func (l *layout) rows(rows []row) {
	for _, r := range rows {
		l.room(r.style.height())
		l.at(l.left, l.y, r.style, r.text)
		l.y += r.style.height() + r.gap
	}
}

func heightOf(rows []row) float64 {
	height := 0.0
	for _, r := range rows {
		height += r.style.height() + r.gap
	}
	return height
}

// draw draws the pages and their feet.
func (l *layout) draw() {
	l.file.SetAutoPageBreak(false, 0)
	name, _, _ := l.doc.Kind.words()
	own := clean(join("  ·  ", l.doc.Seller.Name, join(" ", name, l.doc.Number)))
	for i, page := range l.pages {
		l.file.AddPage()
		for _, m := range page {
			l.drawMark(m)
		}
		number := fmt.Sprintf("Page %d of %d", i+1, len(l.pages))
		room := l.width(footing, number)
		y := l.edge - foot
		own := shorten(own, l.right-l.left-room-10, func(part string) float64 { return l.width(footing, part) })
		l.drawMark(mark{x: l.left, y: y - 5, to: l.right, line: 0.2, style: style{ink: faint}})
		l.drawMark(mark{x: l.left, y: y, text: own, style: footing})
		l.drawMark(mark{x: l.right - room, y: y, text: number, style: footing})
	}
}

func (l *layout) drawMark(m mark) {
	if m.text == "" {
		l.file.SetDrawColor(m.style.ink, m.style.ink, m.style.ink)
		l.file.SetLineWidth(m.line)
		l.file.Line(m.x, m.y, m.to, m.y)
		return
	}
	l.file.SetTextColor(l.doc.color(m.style))
	l.file.SetFont(family, m.style.weight, m.style.size)
	l.file.Text(m.x, m.y, m.text)
}

// color is red, green and blue of a text. What is no colour is not drawn as one.
func (d Document) color(s style) (r, g, b int) {
	text := map[tone]string{primary: d.Primary, secondary: d.Secondary}[s.tone]
	if digits, isColor := strings.CutPrefix(text, "#"); isColor {
		if c, err := hex.DecodeString(digits); err == nil && len(c) == 3 {
			return int(c[0]), int(c[1]), int(c[2])
		}
	}
	return s.ink, s.ink, s.ink
}
