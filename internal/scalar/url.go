package scalar

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/99designs/gqlgen/graphql"
)

// MarshalURL writes a web address.
func MarshalURL(s string) graphql.Marshaler { return MarshalString(s) }

// UnmarshalURL reads an absolute web address. Other schemes are refused, because a browser would run
// javascript: links; so are credentials, and backslashes, with which a browser and Go see different hosts.
func UnmarshalURL(v any) (string, error) {
	const form = "an absolute http or https address of at most 500 characters, such as https://acme.example/about"
	s, err := word(v, 500, form)
	if err != nil {
		return "", err
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r == '\\' || unicode.IsSpace(r) || unicode.IsControl(r) }) {
		return "", refuse(form)
	}
	u, err := url.Parse(s)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" || u.User != nil {
		return "", refuse(form)
	}
	if port := u.Port(); port != "" {
		if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
			return "", refuse(form)
		}
	}
	return s, nil
}
