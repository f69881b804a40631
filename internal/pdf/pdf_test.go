package pdf

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
)

func TestAnInvoiceSaysWhatItIsGiven(t *testing.T) {
	t.Parallel()
	pages := rendered(t, sample())
	if len(pages) != 1 {
		t.Errorf("%d pages", len(pages))
	}
	got := said(pages...)
	for _, want := range []string{
		"Invoice", "INV-20261123-0042", "Kontor Brandt & Söhne GmbH", "Große Elbstraße 47", "22767 Hamburg", "Germany", "rechnung@brandt.example",
		"+49 40 5550 120", "https://brandt.example", "Tax ID DE 123 456 789",
		"BILL TO", "Springfield Press Ltd", "Suite 9", "742 Evergreen Terrace", "Springfield, OR 97477", "United States", "accounts@springfield.example",
		"Issued", "23 November 2026", "Due date", "23 December 2026", "Reference", "PO-7731", "Period", "October and November 2026", "Status", "Partially paid",
		"Website relaunch, second phase", "DESCRIPTION", "QUANTITY", "UNIT PRICE", "DISCOUNT", "TAX", "AMOUNT EUR",
		"Design of the start page and of 14 further pages", "1.0", "4,200.00", "19\u00A0%",
		"Programming, by the hour", "37.5", "96.50", "−452.34", "12.5\u00A0%", "3,166.41",
		"Icons", "Licence for one year", "240.0", "1.99", "−50.00", "7\u00A0%", "427.60",
		"Subtotal", "8,414.01", "Discount 3\u00A0%", "−252.42", "Tax 7\u00A0% on 427.60", "29.93", "Tax 19\u00A0% on 7,986.41", "1,517.42", "Shipping", "6.90",
		"Total EUR", "9,715.84", "Paid", "−5,000.00", "Amount due EUR", "4,715.84",
		"NOTES", "Thank you for your order.", "The sources were handed over on 20 November.", "TERMS",
		"Kontor Brandt & Söhne GmbH · Invoice INV-20261123-0042", "Page 1 of 1",
	} {
		if !strings.Contains(got, "\n"+want+"\n") {
			t.Errorf("it does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestAnEstimateInYenFromTheUnitedStates(t *testing.T) {
	t.Parallel()
	doc := complete(Document{Kind: Estimate, Number: "EST-1", IssueDate: day("2026-11-23"), DueDate: day("2026-12-01"), Currency: "JPY", TaxRate: d("10"),
		Seller: Party{Name: "Acme", Country: "US"}, Customer: Party{Name: "Example"},
		Lines: []Line{{Name: "One", Line: billing.Line{Quantity: d("1250"), UnitPrice: d("999")}}}})
	got := said(rendered(t, doc)...)
	for _, want := range []string{"Estimate", "PREPARED FOR", "Valid until", "1 December 2026", "1,250", "999", "1,248,750", "Tax 10\u00A0% on 1,248,750", "124,875", "Total JPY", "1,373,625"} {
		if !strings.Contains(got, "\n"+want+"\n") {
			t.Errorf("it does not say %q", want)
		}
	}
	file, err := Render(doc)
	if err != nil || !bytes.Contains(file, []byte("/MediaBox [0 0 612.00 792.00]")) {
		t.Errorf("it is not on Letter: %v", err)
	}
}

func TestWhatIsEmptyIsLeftOut(t *testing.T) {
	t.Parallel()
	got := said(rendered(t, Document{Lines: []Line{{Line: billing.Line{Quantity: d("1")}}}})...)
	want := "\nInvoice\nDESCRIPTION\nQUANTITY\nUNIT PRICE\nAMOUNT\n1\n0.00\n0.00\nSubtotal\n0.00\nTotal\n0.00\nInvoice\nPage 1 of 1\n"
	if got != want {
		t.Errorf("%s\nnot%s", got, want)
	}
}

func TestEqualDocumentsGiveEqualBytes(t *testing.T) {
	t.Parallel()
	files := make([][]byte, 8)
	var wait sync.WaitGroup
	for i := range files {
		wait.Go(func() {
			var err error
			if files[i], err = Render(sample()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for _, file := range files[1:] {
		if !bytes.Equal(file, files[0]) {
			t.Fatal("they differ")
		}
	}
	later := sample()
	later.WrittenAt = later.WrittenAt.Add(time.Second)
	elsewhere := sample()
	elsewhere.WrittenAt = elsewhere.WrittenAt.In(time.FixedZone("", 3600))
	for name, c := range map[string]struct {
		doc  Document
		same bool
	}{"written later": {later, false}, "the same time elsewhere": {elsewhere, true}} {
		file, err := Render(c.doc)
		if err != nil || bytes.Equal(file, files[0]) != c.same {
			t.Errorf("%s: %v", name, err)
		}
	}
	never := sample()
	never.WrittenAt = time.Time{}
	if file, err := Render(never); err != nil || !bytes.Contains(file, []byte("/CreationDate (D:19700101000000)")) {
		t.Errorf("never written: %v", err)
	}
}

func TestADescriptionAloneIsTheName(t *testing.T) {
	t.Parallel()
	got := composed(Document{Lines: []Line{{Description: "All of it\nas agreed"}}}).pages[0]
	for text, want := range map[string]style{"All of it": body, "as agreed": small} {
		if !slices.ContainsFunc(got, func(m mark) bool { return m.text == text && m.style == want }) {
			t.Errorf("%q is not there or looks otherwise", text)
		}
	}
}

// lines makes so many lines, told apart by their names.
func lines(n int) []Line {
	out := make([]Line, n)
	for i := range out {
		out[i] = Line{Name: fmt.Sprintf("Line %d.", i+1), Description: strings.Repeat("More is said of it here. ", i%9),
			Line: billing.Line{Quantity: d("1"), UnitPrice: d("10")}}
	}
	return out
}

func TestAnyNumberOfLines(t *testing.T) {
	t.Parallel()
	before := 0
	for _, n := range []int{0, 1, 2, 10, 11, 12, 13, 14, 15, 16, 100, 500} {
		doc := sample()
		doc.Lines, doc.Paid = lines(n), decimal.Zero
		pages := rendered(t, complete(doc))
		if len(pages) < before || n == 500 && len(pages) < 15 {
			t.Errorf("%d lines are on %d pages", n, len(pages))
		}
		before = len(pages)
		var names []string
		for i, page := range pages {
			all := said(page)
			for _, text := range page {
				if strings.HasPrefix(text, "Line ") {
					names = append(names, text)
				}
			}
			if strings.Contains(all, "\nLine ") != strings.Contains(all, "\nDESCRIPTION\n") && n > 0 {
				t.Errorf("%d lines: page %d has lines and no head, or the other way round", n, i+1)
			}
			if !strings.HasSuffix(all, fmt.Sprintf("\nPage %d of %d\n", i+1, len(pages))) {
				t.Errorf("%d lines: page %d ends with %q", n, i+1, page[len(page)-1])
			}
		}
		for i, name := range names {
			if want := fmt.Sprintf("Line %d.", i+1); name != want {
				t.Fatalf("%d lines: %s instead of %s", n, name, want)
			}
		}
		if len(names) != n || strings.Count(said(pages...), "\nTotal EUR\n") != 1 {
			t.Errorf("%d lines: %d are there", n, len(names))
		}
	}
}

func TestALineIsNotTornUnlessItIsLongerThanAPage(t *testing.T) {
	t.Parallel()
	doc := sample()
	doc.Lines = lines(200)
	for i := range doc.Lines {
		doc.Lines[i].Description = "first\nsecond\nthird"
	}
	doc.Lines[100].Description = strings.Repeat("a line of its own\n", 300)
	pages := rendered(t, complete(doc))
	torn := 0
	for _, page := range pages {
		all := said(page)
		if strings.Count(all, "\nfirst\n") != strings.Count(all, "\nthird\n") {
			t.Error(all)
		}
		if strings.Contains(all, "\na line of its own\n") {
			torn++
		}
	}
	if all := said(pages...); strings.Count(all, "\na line of its own") != 300 || torn < 4 {
		t.Errorf("%d of 300, on %d pages", strings.Count(all, "\na line of its own"), torn)
	}
}

func TestWhatBelongsTogetherStaysTogether(t *testing.T) {
	t.Parallel()
	for n := range 40 {
		doc := sample()
		doc.Lines = lines(n)
		doc.Paid, doc.Notes, doc.Terms = decimal.Zero, "This is noted.", ""
		for _, page := range composed(complete(doc)).pages {
			says := func(text string) bool { return slices.ContainsFunc(page, func(m mark) bool { return m.text == text }) }
			if says("Subtotal") != says("Total EUR") {
				t.Errorf("%d lines: the totals are torn", n)
			}
			if says("NOTES") != says("This is noted.") {
				t.Errorf("%d lines: the notes are not under their label", n)
			}
			if says("DESCRIPTION") && n > 0 && !slices.ContainsFunc(page, func(m mark) bool { return strings.HasPrefix(m.text, "Line ") }) {
				t.Errorf("%d lines: a head without lines", n)
			}
		}
	}
}

func TestTextsAreOnlyTexts(t *testing.T) {
	t.Parallel()
	for hostile, want := range map[string]string{
		"{nb} of {nbp}":                                "{nb} of {nbp}",
		") Tj ET Q endstream endobj (":                 ") Tj ET Q endstream endobj (",
		`\) \( \\ \101 \r`:                             `\) \( \\ \101 \r`,
		"<b>bold</b> <script>alert(1)</script>":        "<b>bold</b> <script>alert(1)</script>",
		"<img src=http://evil.example/x>":              "<img src=http://evil.example/x>",
		"[click](javascript:alert(1))":                 "[click](javascript:alert(1))",
		"{{.Seller}} ${jndi:ldap://x} %s %n %!d(x)":    "{{.Seller}} ${jndi:ldap://x} %s %n %!d(x)",
		"nul\x00 bell\a escape\x1b[31m delete\x7f":     "nul bell escape[31m delete",
		"\u202Eegasrever\u202C \u2066x\u2069 a\u200Db": "egasrever x ab",
		"\ufeffinvisible\u00ad \u200btext":             "invisible text",
		"not \xff\xfe UTF-8 \xc3":                      "not \uFFFD UTF-8 \uFFFD",
		"emoji 😀 and 漢字":                               "emoji \uFFFD and \uFFFD\uFFFD",
		"q\u0323\u0307\u0489 क्षि":                     "q\u0323\u0307\u0489 \uFFFD\uFFFD",
		"e\u0301 is é, A\u030A is Å":                   "é is é, Å is Å",
		"\u010D\u010A \u0428\u0429 \u045C":             "\u010D\u010A \u0428\u0429 \u045C", // line ends, brackets and a backslash in UTF-16
	} {
		doc := sample()
		doc.Title, doc.Status, doc.Seller.Name, doc.Customer.Name = hostile, hostile, hostile, hostile
		doc.Lines[0].Name, doc.Lines[0].Description = hostile, hostile
		doc.Notes, doc.Terms = hostile, hostile
		file, err := Render(doc)
		if err != nil {
			t.Fatal(err)
		}
		got := said(read(t, file)...)
		if strings.Count(got, "\n"+want+"\n") < 6 {
			t.Errorf("%q is drawn so: %s", hostile, got)
		}
		for _, part := range []string{"/URI", "/JS", "/Launch", "/Annots", "/AA", "/OpenAction", "/EmbeddedFile ", "/GoToR", "/SubmitForm"} {
			if bytes.Contains(file, []byte(part)) {
				t.Errorf("%q: the file has %s", hostile, part)
			}
		}
	}
}

func TestLettersOfEurope(t *testing.T) {
	t.Parallel()
	for _, alphabet := range []string{
		"The quick brown fox", "Falsches Üben von Xylophonmusik quält jeden größeren Zwerg", "Příliš žluťoučký kůň úpěl ďábelské ódy",
		"Zażółć gęślą jaźń", "Árvíztűrő tükörfúrógép", "Ætt blåbær, þú ert ágæt", "Pijamalı hasta yağız şoföre", "Tiếng Việt có dấu ngã",
		"Ξεσκεπάζω την ψυχοφθόρα βδελυγμία", "Съешь же ещё этих мягких французских булок", "Ґанок, їжак, є", "Љубазни фењерџија чађавог лица",
		"€ £ ¥ ₹ ₽ $ ¢ § © № „“ «» – — … × ± ½ °",
	} {
		if got := clean(alphabet); got != alphabet {
			t.Errorf("%q becomes %q", alphabet, got)
		}
	}
}

// What stands on the paper is added up by whoever gets it.
func TestThePrintedPartsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		doc := bill(t)
		l := composed(doc)
		var marks []mark
		for _, page := range l.pages {
			marks = append(marks, page...)
		}
		places := billing.Places(doc.Currency)
		// number reads the one that is printed beside a label.
		number := func(i int) decimal.Decimal {
			text := strings.NewReplacer(",", "", "−", "-").Replace(marks[i+1].text)
			n, err := decimal.NewFromString(text)
			if err != nil || -n.Exponent() != places {
				t.Fatalf("%s %s", marks[i].text, text)
			}
			return n
		}
		at := slices.IndexFunc(marks, func(m mark) bool { return m.text == "Subtotal" })
		sum := number(at)
		if !sum.Equal(printedAmounts(t, l, marks[:at])) {
			t.Fatalf("the lines do not add up to %s", sum)
		}
		for i := at + 2; i < len(marks)-1; i++ {
			switch label := marks[i].text; {
			case label == "": // a rule
				continue
			case strings.HasPrefix(label, "Total "), strings.HasPrefix(label, "Amount due "):
				if !number(i).Equal(sum) {
					t.Fatalf("%s %s, not %s", label, number(i), sum)
				}
			default:
				sum = sum.Add(number(i))
			}
			i++
		}
		if !sum.Equal(doc.Totals.Total.Sub(doc.Paid)) {
			t.Fatalf("it comes to %s", sum)
		}
	})
}

// printedAmounts adds up the last column of the table.
func printedAmounts(t *rapid.T, l *layout, marks []mark) decimal.Decimal {
	sum := decimal.Zero
	begun := false
	for _, m := range marks {
		if strings.HasPrefix(m.text, "AMOUNT ") {
			begun = true
			continue
		}
		if !begun || m.text == "" || m.style != body || m.x+l.width(m.style, m.text) < l.right-0.01 {
			continue
		}
		n, err := decimal.NewFromString(strings.ReplaceAll(m.text, ",", ""))
		if err != nil {
			t.Fatal(m.text)
		}
		sum = sum.Add(n)
	}
	return sum
}

func TestColorsAndTheClosing(t *testing.T) {
	t.Parallel()
	doc := sample()
	doc.Primary, doc.Secondary, doc.Footer = "#0F766E", "#1e40af", "Kontor Brandt & Söhne GmbH\nHRB 4711"
	for s, want := range map[style][3]int{headline: {15, 118, 110}, total: {15, 118, 110}, label: {30, 64, 175}, body: {black, black, black}, small: {grey, grey, grey}} {
		if r, g, b := doc.color(s); [3]int{r, g, b} != want {
			t.Errorf("%+v is drawn in %d %d %d, not %v", s, r, g, b, want)
		}
	}
	for _, hostile := range []string{"", "red", "#12", "#12345G", "#1234567", "0F766E", "#0F766E) Tj"} {
		doc.Primary = hostile
		if r, g, b := doc.color(headline); r != black || g != black || b != black {
			t.Errorf("%q is the colour %d %d %d", hostile, r, g, b)
		}
	}
	pages := composed(doc).pages
	last := pages[len(pages)-1]
	if n := len(last); last[n-2].text != "Kontor Brandt & Söhne GmbH" || last[n-1].text != "HRB 4711" {
		t.Errorf("the last page ends with %q, %q", last[n-2].text, last[n-1].text)
	}
	plain, err := Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	if colored, err := Render(doc); err != nil || bytes.Equal(plain, colored) {
		t.Errorf("it looks the same: %v", err)
	}
}
