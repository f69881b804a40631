// Package search turns texts into tokens and what people look for into words, so that a word finds every text in which
// one of the text's words begins with it. Both go through the same normalisation: case, accents and punctuation do not
// matter.
//
// A text is cut at blanks. Inside a piece that has punctuation ("smith-jones", "ada.lovelace@acme.example"), a token runs from
// each place where letters or digits begin to the piece's end, without the punctuation: "smithjones" and "jones". So a
// piece is found by any of its parts, by parts of it together, with or without their punctuation, and each token is one
// range of an index. A phone number is one piece, blanks and all.
//
// What is not here: where tokens are kept (package store). Nothing here fails.
package search

import (
	"strings"
	"unicode"

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
			tokens = append(tokens, cut(strings.Join(parts[i:], "")))
		}
	}
	return tokens
}

// Words gives the words that somebody looks for: each must be the beginning of a token of what is found. Words of one
// character find too much to be looked for, and are left out.
func Words(text string) []string {
	var words []string
	for _, parts := range pieces(text) {
		if word := cut(strings.Join(parts, "")); len(word) > 1 {
			words = append(words, word)
		}
	}
	return words
}

// Range gives the tokens that begin with a word: those from low on and below high, in the order of their bytes.
func Range(word string) (low, high string) {
	return word, word + string(unicode.MaxRune) // which no token contains: it is no letter
}

// pieces cuts a normalised text at blanks, and each piece at what is neither letter nor digit.
func pieces(text string) [][]string {
	text = fold(text)
	cutAt := strings.Fields(text)
	if IsPhone(text) {
		cutAt = []string{text}
	}
	var out [][]string
	for _, piece := range cutAt {
		if parts := strings.FieldsFunc(piece, isSeparator); len(parts) > 0 {
			out = append(out, parts)
		}
	}
	return out
}

// fold takes away what does not matter: case, accents, and the other forms that one letter has.
func fold(text string) string {
	for i := range len(text) {
		if text[i] >= 0x80 {
			text = strings.Map(plain, norm.NFKD.String(cases.Fold().String(text)))
			return strings.ReplaceAll(strings.ReplaceAll(text, "æ", "ae"), "œ", "oe")
		}
	}
	return strings.ToLower(text)
}

// strokes are letters that Unicode does not take apart, and what people without them on their keyboard type.
var strokes = map[rune]rune{'ø': 'o', 'đ': 'd', 'ð': 'd', 'ł': 'l', 'ħ': 'h', 'ŧ': 't', 'ı': 'i'}

// plain drops marks and takes strokes away.
func plain(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	if base, ok := strokes[r]; ok {
		return base
	}
	return r
}

func isSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
}

// IsPhone reports whether a text is a phone number: digits and the signs between them.
func IsPhone(text string) bool {
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

// cut shortens at a letter's end.
func cut(token string) string {
	if len(token) <= Longest {
		return token
	}
	return strings.ToValidUTF8(token[:Longest], "")
}
