package scalar

import (
	"net/mail"
	"regexp"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// mailDomain is two labels or more, the last of which begins with a letter: an address in digits is no domain.
var mailDomain = regexp.MustCompile(
	`^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]([A-Za-z0-9-]{0,61}[A-Za-z0-9])$`)

// MarshalEmailAddress writes an address.
func MarshalEmailAddress(s string) graphql.Marshaler { return MarshalString(s) }

// UnmarshalEmailAddress reads a bare address, without a name or angle brackets, and keeps its case. It takes
// ASCII only: hardly a mail server delivers to anything else, and look-alike letters make two people of one.
func UnmarshalEmailAddress(v any) (string, error) {
	const form = "an e-mail address of at most 254 characters, such as ada@acme.example"
	s, err := word(v, 254, form)
	if err != nil {
		return "", err
	}
	parsed, err := mail.ParseAddress(s)
	// ParseAddress also takes names, comments and quotes; then what it found is not what was sent.
	if err != nil || parsed.Address != s || parsed.Name != "" {
		return "", refuse(form)
	}
	at := strings.LastIndexByte(s, '@')
	if at > 64 || !ascii(s) || !mailDomain.MatchString(s[at+1:]) {
		return "", refuse(form)
	}
	return s, nil
}

func ascii(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return r > '~' || r < ' ' }) < 0
}
