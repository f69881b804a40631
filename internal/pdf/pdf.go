// Package pdf draws invoices and estimates.
//
// A Document says what stands on the paper; it has amounts, computed by internal/billing once and stored, and no
// formulas. Whatever people wrote is drawn as the text that it is: there is no markup, no template, no link and no
// reference to anything outside, and nothing is read from a disk or a network. Characters that are no text (controls,
// directions, joiners) are left out; what the font lacks is drawn as the replacement character, so that a reader sees
// that something is missing. The font has Latin, Greek and Cyrillic letters.
//
// Equal documents give equal bytes: the only clock is Document.WrittenAt. Rendering keeps nothing and may be done by many
// goroutines at once.
//
// # How it fails
//
// A document of any content can be drawn, so an error is a mistake in this program, for the log.
package pdf

import (
	"bytes"
	"fmt"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Kind is what a document is.
type Kind int

// The kinds.
const (
	Invoice Kind = iota
	Estimate
)

// words are what the kinds call things.
func (k Kind) words() (name, to, due string) {
	if k == Estimate {
		return "Estimate", "Prepared for", "Valid until"
	}
	return "Invoice", "Bill to", "Due date"
}

// Document is what is drawn. What is empty is left out, with its label.
type Document struct {
	Kind      Kind
	Number    string
	Status    string // a word for people, such as "Partially paid"
	Title     string // what the document is about
	IssueDate scalar.Date
	DueDate   scalar.Date // of an estimate: the last day on which it may be accepted
	Reference string      // the customer's own, such as the number of a purchase order
	Period    string      // that is billed

	Seller   Party
	Customer Party

	Currency string
	Lines    []Line
	Discount billing.Discount // of the whole, as Totals has it
	TaxRate  decimal.Decimal  // of the whole, besides the lines' own
	Shipping decimal.Decimal
	Totals   billing.Totals  // its Lines are those of the lines above and need not be given again
	Paid     decimal.Decimal // the payments so far

	Notes string
	Terms string

	Primary   string // the colour of the headline and of what it comes to, such as "#3B82F6"; empty: black
	Secondary string // the colour of labels; empty: grey
	Footer    string // below everything else

	WrittenAt time.Time // when the record was last changed; the file says so too
}

// Party is one of the two sides.
type Party struct {
	Name        string
	AddressLine string
	City        string
	State       string
	Postcode    string
	Country     string // its ISO 3166 code
	Email       string
	Phone       string
	Website     string
	TaxID       string
}

// Line is one position, with what it comes to.
type Line struct {
	Name        string
	Description string
	billing.Line
	billing.LineTotals
}

// Render draws a document.
func Render(d Document) ([]byte, error) {
	file := fpdf.New("P", "mm", paper(d.Seller.Country), "")
	addFonts(file)
	l := newLayout(file, d)
	l.compose()
	l.draw()

	name, _, _ := d.Kind.words()
	written := d.WrittenAt.UTC()
	if d.WrittenAt.IsZero() {
		written = time.Unix(0, 0).UTC() // instead of the present, which would make equal documents differ
	}
	file.SetTitle(clean(name+" "+d.Number), true)
	file.SetAuthor(clean(d.Seller.Name), true)
	file.SetSubject(clean(d.Title), true)
	file.SetProducer("BottleCRM", true)
	file.SetLang("en")
	file.SetCreationDate(written)
	file.SetModificationDate(written)
	file.SetCatalogSort(true) // else the fonts would come in a random order

	var out bytes.Buffer
	if err := file.Output(&out); err != nil {
		return nil, fmt.Errorf("draw %s %q: %w", name, d.Number, err)
	}
	return out.Bytes(), nil
}
