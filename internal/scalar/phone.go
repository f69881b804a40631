package scalar

import (
	"regexp"

	"github.com/99designs/gqlgen/graphql"
)

// phone has the characters that people write numbers with, and a digit among them.
var phone = regexp.MustCompile(`^[-() +.]*[0-9][-() +.0-9]*$`)

// MarshalPhoneNumber writes a phone number.
func MarshalPhoneNumber(s string) graphql.Marshaler { return MarshalString(s) }

// UnmarshalPhoneNumber reads a phone number as people write it; nothing is normalized.
func UnmarshalPhoneNumber(v any) (string, error) {
	const form = "a phone number: 7 to 25 characters, only digits, blanks and - ( ) + ."
	s, err := word(v, 25, form)
	if err != nil {
		return "", err
	}
	if len(s) < 7 || !phone.MatchString(s) {
		return "", refuse(form)
	}
	return s, nil
}
