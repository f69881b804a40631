package pdf

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestParagraphs(t *testing.T) {
	t.Parallel()
	for given, want := range map[string][]string{
		"":                            nil,
		" \n\t\r\n ":                  nil,
		"one":                         {"one"},
		"one\r\ntwo\rthree\u2028four": {"one", "two", "three", "four"},
		"\n\none\n\n\n\ntwo\n\n":      {"one", "", "two"},
		"a  b\tc\u3000d\u2003e":       {"a b c d e"},
		"10\u00A0000\u202Fkm":         {"10\u00A0000\u202Fkm"},
	} {
		if got := paragraphs(given); !slices.Equal(got, want) {
			t.Errorf("%q: %q, not %q", given, got, want)
		}
	}
	if got := clean(" one\r\ntwo\n\n three "); got != "one two three" {
		t.Errorf("%q", got)
	}
}

// each character is as wide as one.
func chars(s string) float64 { return float64(utf8.RuneCountInString(s)) }

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want []string
	}{
		{"", []string{""}},
		{"as wide as", []string{"as wide as"}},
		{"a bit wider", []string{"a bit", "wider"}},
		{"donaudampfschiff ahoi", []string{"donaudampf", "schiff", "ahoi"}},
		{"o donaudampfschiff", []string{"o", "donaudampf", "schiff"}},
		{"10\u00A0000\u00A0km away", []string{"10\u00A0000\u00A0km", "away"}},
		{"ÄÖÜÄÖÜÄÖÜÄÖÜ", []string{"ÄÖÜÄÖÜÄÖÜÄ", "ÖÜ"}},
	} {
		if got := wrap(c.text, 10, chars); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, not %q", c.text, got, c.want)
		}
	}
	if got := wrap("ab c", 0.5, chars); !slices.Equal(got, []string{"a", "b", "c"}) {
		t.Errorf("narrower than a letter: %q", got)
	}
}

func TestWrappingLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := clean(rapid.StringMatching(`([a-zé]{1,30} ?){0,20}`).Draw(t, "text"))
		width := float64(rapid.IntRange(1, 40).Draw(t, "width"))
		lines := wrap(s, width, chars)
		for _, line := range lines {
			if chars(line) > width || strings.HasPrefix(line, " ") || strings.HasSuffix(line, " ") {
				t.Fatalf("%q", line)
			}
		}
		if strings.ReplaceAll(strings.Join(lines, ""), " ", "") != strings.ReplaceAll(s, " ", "") {
			t.Fatalf("%q", lines)
		}
	})
}

func TestCleaningTwiceIsCleaningOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		once := clean(rapid.String().Draw(t, "text"))
		if again := clean(once); again != once || !utf8.ValidString(once) {
			t.Fatalf("%q, then %q", once, again)
		}
	})
}

func TestShorten(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"as wide as": "as wide as", "a bit wider": "a bit wid…", "": ""} {
		if got := shorten(given, 10, chars); got != want {
			t.Errorf("%q: %q", given, got)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		party Party
		want  []string
	}{
		{Party{}, []string{}},
		{Party{AddressLine: "Große Elbstraße 47", City: "Hamburg", Postcode: "22767", Country: "DE"}, []string{"Große Elbstraße 47", "22767 Hamburg", "Germany"}},
		{Party{AddressLine: "Suite 9\n742 Evergreen Terrace", City: "Springfield", State: "OR", Postcode: "97477", Country: "US"},
			[]string{"Suite 9", "742 Evergreen Terrace", "Springfield, OR 97477", "United States"}},
		{Party{City: "São Paulo", State: "SP", Postcode: "01310-100", Country: "BR"}, []string{"01310-100 São Paulo, SP", "Brazil"}},
		{Party{City: "Springfield", State: "OR"}, []string{"Springfield, OR"}},
		{Party{Postcode: "97477"}, []string{"97477"}},
		{Party{Country: "AN"}, []string{"AN"}},
		{Party{Country: "??"}, []string{"??"}},
		{Party{AddressLine: "\n", Country: "XX"}, []string{"XX"}},
	} {
		if got := c.party.address(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %q, not %q", c.party, got, c.want)
		}
	}
	if got := (Party{Email: "a@b.example", TaxID: "1"}).contact(); !slices.Equal(got, []string{"a@b.example", "Tax ID 1"}) {
		t.Errorf("%q", got)
	}
}

func TestPaper(t *testing.T) {
	t.Parallel()
	for country, want := range map[string]string{"US": "Letter", "CA": "Letter", "MX": "Letter", "DE": "A4", "GB": "A4", "": "A4", "A C": "A4"} {
		if got := paper(country); got != want {
			t.Errorf("%s prints on %s", country, got)
		}
	}
}
