// Package search turns texts into tokens and what people look for into words, so that a word finds every text in which
// one of the text's words begins with it. Both go through the same normalisation: case, accents and punctuation do not
// matter.
//
// A text is cut at blanks. Inside a piece that has punctuation ("smith-jones", "ada.lovelace@acme.example"), a token runs from
// each place where letters or digits begin to the piece's end, without the punctuation: "smithjones" and "jones". So a
// piece is found by any of its parts, by parts of it together, with or without their punctuation, and each token is one
// range of an index. A phone number is one piece, blanks and all. In scripts that put no blanks between words, a word may
// begin with any character.
//
// What is not here: where tokens are kept (package store). Nothing here fails.
package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Longest bounds a token and a word, in bytes of UTF-8: it must fit into an index, and nobody types more.
const Longest = 100

// fewestDigits make a text of digits and signs a phone number.
const fewestDigits = 7

// Tokens gives the tokens of a text; some may be there twice.
func Tokens(text string) []string {
	var tokens []string
	for _, parts := range pieces(text) {
		for i := range parts {
			tokens = append(tokens, join(parts[i:]))
		}
	}
	return tokens
}

// Words gives the words that somebody looks for, the longest first: each must be the beginning of a token of what is found.
// What is the beginning of another word is left out.
func Words(text string) []string {
	var words []string
	for _, parts := range pieces(text) {
		words = append(words, join(parts))
	}
	slices.SortStableFunc(words, func(a, b string) int { return len(b) - len(a) })
	var out []string
	for _, word := range words {
		if !slices.ContainsFunc(out, func(longer string) bool { return strings.HasPrefix(longer, word) }) {
			out = append(out, word)
		}
	}
	return out
}

// Range gives the tokens that begin with a word: those from low on and below high, in the order of their bytes.
func Range(word string) (low, high string) {
	return word, word + string(unicode.MaxRune) // which no token contains: it is no letter
}

// pieces cuts a normalised text at blanks, and each piece at what is neither letter nor digit.
func pieces(text string) [][]string {
	text = fold(text)
	cutAt := strings.Fields(text)
	if isPhone(text) {
		cutAt = []string{text}
	}
	var out [][]string
	for _, piece := range cutAt {
		if parts := split(piece); len(parts) > 0 {
			out = append(out, parts)
		}
	}
	return out
}

// split cuts a piece where a word may begin.
func split(piece string) (parts []string) {
	for _, part := range strings.FieldsFunc(piece, isSeparator) {
		start := 0
		for i, r := range part {
			if i > start && unicode.In(r, unbroken...) {
				parts, start = append(parts, part[start:i]), i
			}
		}
		parts = append(parts, part[start:])
	}
	return parts
}

// unbroken are scripts that put no blanks between words.
var unbroken = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

// fold takes away what does not matter: case, accents, and the other forms that one letter has. These go first: they may be
// capitals.
func fold(text string) string {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			text = strings.Map(plain, cases.Fold().String(norm.NFKD.String(text)))
			return strings.ReplaceAll(strings.ReplaceAll(text, "æ", "ae"), "œ", "oe")
		}
	}
	return strings.ToLower(text)
}

// strokes are letters that Unicode does not take apart, and what people without them on their keyboard type.
var strokes = map[rune]rune{'ø': 'o', 'đ': 'd', 'ð': 'd', 'ł': 'l', 'ħ': 'h', 'ŧ': 't', 'ı': 'i'}

// plain drops marks and takes strokes away. Folding has left the capitals of Cherokee.
func plain(r rune) rune {
	r = unicode.ToLower(r)
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	if base, ok := strokes[r]; ok {
		return base
	}
	return r
}

func isSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) || unicode.Is(modifiers, r)
}

// modifiers are apostrophes and the like that Unicode counts among the letters.
var modifiers = &unicode.RangeTable{R16: []unicode.Range16{{Lo: 0x2b9, Hi: 0x2ff, Stride: 1}}}

// IsPhone reports whether a text is a phone number: digits and the signs between them.
func IsPhone(text string) bool { return isPhone(fold(text)) }

func isPhone(text string) bool {
	digits := 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune(" ()+.-", r):
			return false
		}
	}
	return digits >= fewestDigits
}

// join puts parts together and cuts them at a letter's end.
func join(parts []string) string {
	if len(parts) == 1 && len(parts[0]) <= Longest {
		return parts[0]
	}
	var out strings.Builder
	for _, part := range parts {
		if out.WriteString(part); out.Len() > Longest {
			return strings.ToValidUTF8(out.String()[:Longest], "")
		}
	}
	return out.String()
}
