package pdf

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// clean makes one line of text that can be drawn out of whatever somebody wrote.
func clean(s string) string { return strings.Join(words(drawable(s)), " ") }

// paragraphs is clean for texts of several lines: one entry for each, and at most one empty entry between two.
func paragraphs(s string) []string {
	var out []string
	for part := range strings.SplitSeq(drawable(s), "\n") {
		part = strings.Join(words(part), " ")
		if part == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, part)
	}
	if len(out) > 0 && out[len(out)-1] == "" {
		out = out[:len(out)-1]
	}
	return out
}

// words splits at blanks and line breaks, and not at blanks that do not break.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' })
}

// drawable reduces a text to characters that the font has, blanks and line breaks.
func drawable(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune("\n\v\f\r\u0085\u2028\u2029", r):
			return '\n'
		case r == '\t':
			return ' '
		case invisible(r):
			return -1
		}
		return r
	}, strings.ReplaceAll(strings.ToValidUTF8(s, string(replacement)), "\r\n", "\n"))

	has := covered()
	last := ' '
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
		case unicode.Is(unicode.Zs, r) && (r != '\u00A0' && r != '\u202F' || !has.has(r)):
			r = ' '
		case unicode.Is(unicode.M, r) && last == replacement: // a mark on a letter that is not there
			return -1
		case !has.has(r):
			r = replacement
		}
		last = r
		return r
	}, norm.NFC.String(s)) // a letter and its accent have become one, which the font is more likely to have
}

// invisible holds for what has no shape of its own: controls, directions, joiners, variants, tags.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector) || r == '\u034F'
}

// wrap breaks a cleaned line into lines that are no wider than width, between words and, where one is too long, in it. It
// gives at least one line.
func wrap(s string, width float64, measure func(string) float64) []string {
	var lines []string
	var line string
	blank := measure(" ")
	used := 0.0
	for _, word := range words(s) {
		w := measure(word)
		if line != "" && used+blank+w <= width {
			line, used = line+" "+word, used+blank+w
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for w > width {
			head := prefix(word, width, measure)
			lines = append(lines, head)
			word = word[len(head):]
			w = measure(word)
		}
		line, used = word, w
	}
	if line != "" || len(lines) == 0 {
		lines = append(lines, line)
	}
	return lines
}

// prefix is as much of a word as fits, and at least one character.
func prefix(word string, width float64, measure func(string) float64) string {
	used := 0.0
	for i, r := range word {
		used += measure(string(r))
		if used > width && i > 0 {
			return word[:i]
		}
	}
	return word
}

// shorten cuts a cleaned line that is wider than width.
func shorten(s string, width float64, measure func(string) float64) string {
	if measure(s) <= width {
		return s
	}
	const dots = "…"
	return prefix(s, width-measure(dots), measure) + dots
}
