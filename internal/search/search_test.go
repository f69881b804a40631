package search_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/bottlecrm/bottlecrm-graphql/internal/search"
)

func TestTokens(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                          nil,
		" - ":                       nil,
		"Order portal":              {"order", "portal"},
		"Smith-Jones":               {"smithjones", "jones"},
		"O'Brien & Sons":            {"obrien", "brien", "sons"},
		"Ada.Lovelace@acme.example": {"adalovelaceacmeexample", "lovelaceacmeexample", "acmeexample", "example"},
		"Müller Straße":             {"muller", "strasse"},
		"Łódź Ærø":                  {"lodz", "aero"},
		"+1 (212) 555-0165":         {"12125550165", "2125550165", "5550165", "0165"},
		"Room 101":                  {"room", "101"},
		"Иван Петров":               {"иван", "петров"},
		"ﬁn":                        {"fin"},
		"Acme™ № 5":                 {"acmetm", "no", "5"},
		"Oʼahu":                     {"oahu", "ahu"},
		"石油Oil":                     {"石油oil", "油oil"},
		"ストア":                       {"ストア", "トア", "ア"},
		"2026-11-26":                {"20261126", "1126", "26"},
		"１２３４５６７ ８９":                {"123456789", "89"},
	} {
		if got := search.Tokens(text); !slices.Equal(got, want) {
			t.Errorf("%q has the tokens %q, want %q", text, got, want)
		}
	}
}

// TestFinds: each search must find the text or must not.
func TestFinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text, search string
		found        bool
	}{
		{"Ada Lovelace", "ada", true},
		{"Ada Lovelace", "love", true},
		{"Ada Lovelace", "lovelace ad", true},
		{"Ada Lovelace", "ve", false},
		{"Ada Lovelace", "ada smith", false},
		{"Smith-Jones", "jones", true},
		{"Smith-Jones", "smith-jo", true},
		{"Smith-Jones", "smithjones", true},
		{"O'Brien", "obrien", true},
		{"O'Brien", "o'br", true},
		{"ada.lovelace@acme.example", "lovelace@acme", true},
		{"ada.lovelace@acme.example", "acme.example", true},
		{"ada.lovelace@acme.example", "ADA.LOVELACE@ACME.EXAMPLE", true},
		{"https://www.acme.example", "acme.ex", true},
		{"+1 212 555 0165", "2125550165", true},
		{"+1 212 555 0165", "(212) 555-0165", true},
		{"+1 212 555 0165", "212 555", true},
		{"+1 212 555 0165", "+12125550165", true},
		{"+1 212 555 0165", "125 550", false},
		{"Zoë Müller", "zoe muller", true},
		{"Zoe Muller", "Zoë Müller", true},
		{"ZOË MÜLLER", "zoe\u0308 mu\u0308ller", true},
		{"Acme™", "ACMETM", true},
		{"John Smith", "j. smith", true},
		{"Anna Smith", "j. smith", false},
		{"Иван Петров", "ПЕТ", true},
		{"王小明", "小明", true},
		{"王小明", "小", true},
		{"王小明", "王明", false},
	} {
		if found := unfound(search.Tokens(c.text), c.search) == ""; found != c.found {
			t.Errorf("%q finds %q: %t", c.search, c.text, found)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                        nil,
		"? - ...":                 nil,
		"a of b":                  {"of", "a", "b"},
		"an Anna ann ÁN b":        {"anna", "b"},
		"Lovelace, Ada":           {"lovelace", "ada"},
		"212 555":                 {"212", "555"},
		"212 5550165":             {"2125550165"},
		strings.Repeat("x", 1000): {strings.Repeat("x", search.Longest)},
	} {
		if got := search.Words(text); !slices.Equal(got, want) {
			t.Errorf("%q has the words %q, want %q", text, got, want)
		}
	}
}

// TestLettersHaveOneForm: what is compared in small letters, as filters do, has the tokens of what was written.
func TestLettersHaveOneForm(t *testing.T) {
	t.Parallel()
	for r := rune(0); r <= unicode.MaxRune; r++ {
		if !unicode.IsLetter(r) && !unicode.IsSymbol(r) && !unicode.IsNumber(r) {
			continue
		}
		written := "x" + string(r)
		if a, b := search.Tokens(written), search.Tokens(strings.ToLower(written)); !slices.Equal(a, b) {
			t.Errorf("%U: %q in small letters has the tokens %q instead of %q", r, written, b, a)
		}
	}
}

// texts are what the fuzz targets begin with.
var texts = []string{"Smith-Jones", "Straße 5", "+1 212 555 0165", "12 34567 abc", "e\u0301\u0301", "\u1e9b\u0323", strings.Repeat("ä", 200), "a\x00b",
	"\xff", "x\u00b4y½z", "王小明 Ltd", "１２３４５６７ 8x", "a%b_c\\d", "각\u1100\u1161"}

// FuzzTokens holds what the index relies on: tokens are valid, short and in their own range, and each word of a text
// finds it.
func FuzzTokens(f *testing.F) {
	for _, text := range texts {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tokens := search.Tokens(text)
		for _, token := range tokens {
			low, high := search.Range(token)
			if token == "" || len(token) > search.Longest || low > token || token >= high {
				t.Errorf("%q has the token %q", text, token)
			}
			if utf8.ValidString(text) && !utf8.ValidString(token) {
				t.Errorf("%q has the invalid token %q", text, token)
			}
		}
		if word := unfound(tokens, text); word != "" {
			t.Errorf("%q is not found by %q among %q", text, word, tokens)
		}
	})
}

// FuzzBeginnings holds what filters rely on: a text is found by whatever it begins with, in small letters, unless that alone
// looks like a phone number.
func FuzzBeginnings(f *testing.F) {
	for _, text := range texts {
		for n := range min(30, 1+utf8.RuneCountInString(text)) {
			f.Add(text, n)
		}
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
		if !utf8.ValidString(text) {
			return
		}
		small := []rune(strings.ToLower(text))
		beginning := string(small[:max(0, min(n, len(small)))])
		if search.IsPhone(beginning) && !search.IsPhone(text) {
			return
		}
		if word := unfound(search.Tokens(text), beginning); word != "" {
			t.Errorf("%q, which begins with %q, is not found by %q", text, beginning, word)
		}
	})
}

// unfound gives a word of what is looked for that begins none of the tokens.
func unfound(tokens []string, lookedFor string) string {
	for _, word := range search.Words(lookedFor) {
		low, high := search.Range(word)
		if !slices.ContainsFunc(tokens, func(token string) bool { return low <= token && token < high }) {
			return word
		}
	}
	return ""
}
