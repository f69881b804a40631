package search_test

import (
	"slices"
	"strings"
	"testing"
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
	} {
		tokens := search.Tokens(c.text)
		found := true
		for _, word := range search.Words(c.search) {
			low, high := search.Range(word)
			found = found && slices.ContainsFunc(tokens, func(token string) bool { return low <= token && token < high })
		}
		if found != c.found {
			t.Errorf("%q finds %q: %t", c.search, c.text, found)
		}
	}
}

func TestShortWordsAreLeftOut(t *testing.T) {
	t.Parallel()
	if got := search.Words("a of b - 9 é"); !slices.Equal(got, []string{"of"}) {
		t.Errorf("got %q", got)
	}
}

// FuzzTokens holds what the index relies on: tokens are valid, short and in their own range, and a text's beginning finds
// the text.
func FuzzTokens(f *testing.F) {
	for _, text := range []string{"Smith-Jones", "Straße 5", "+1 212 555 0165", "e\u0301\u0301", "\u1e9b\u0323", strings.Repeat("ä", 200), "a\x00b", "\xff"} {
		f.Add(text, 3)
	}
	f.Fuzz(func(t *testing.T, text string, n int) {
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
		fields := strings.Fields(text)
		if len(fields) == 0 || !utf8.ValidString(text) {
			return
		}
		beginning := fields[0]
		for _, word := range search.Words(beginning) {
			low, high := search.Range(word)
			if !slices.ContainsFunc(tokens, func(token string) bool { return low <= token && token < high }) {
				t.Errorf("%q is not found by %q among %q", text, word, tokens)
			}
		}
	})
}
