package scalar

import (
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalString writes a text.
func MarshalString(s string) graphql.Marshaler {
	return appender(func(b []byte) []byte { return appendQuoted(b, s) })
}

// UnmarshalString reads a text. Numbers and booleans are none.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	if !ok || !storable(s) {
		return "", refuse("a text without NUL characters")
	}
	return s, nil
}

// storable reports whether PostgreSQL can hold the text. A NUL byte or broken UTF-8 is a syntax error to it,
// which no client should be able to cause.
func storable(s string) bool {
	return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0
}

// word reads a text of at most limit bytes, without the blanks around it.
func word(v any, limit int, form string) (string, error) {
	s, ok := v.(string)
	if !ok || !storable(s) {
		return "", refuse(form)
	}
	s = strings.TrimSpace(s)
	if s == "" || len(s) > limit {
		return "", refuse(form)
	}
	return s, nil
}

// appendQuoted appends s as a JSON string. Broken UTF-8, which only a damaged row could hold, becomes U+FFFD, so
// that a response is valid JSON whatever it carries.
func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	done := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		b = append(b, s[done:i]...)
		b = appendEscape(b, c)
		i++
		done = i
	}
	b = append(b, s[done:]...)
	return append(b, '"')
}

func appendEscape(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch {
	case c == '"' || c == '\\':
		return append(b, '\\', c)
	case c == '\n':
		return append(b, `\n`...)
	case c == '\r':
		return append(b, `\r`...)
	case c == '\t':
		return append(b, `\t`...)
	case c >= utf8.RuneSelf:
		return append(b, `\ufffd`...)
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
}
