package scalar

import (
	"encoding/hex"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/uuid"
)

// MarshalUUID writes the canonical form of 36 characters.
func MarshalUUID(u uuid.UUID) graphql.Marshaler {
	return appender(func(b []byte) []byte {
		u := u // a copy of its own, because what is sliced through a captured variable goes to the heap
		b = append(b, '"')
		b = append(hex.AppendEncode(b, u[0:4]), '-')
		b = append(hex.AppendEncode(b, u[4:6]), '-')
		b = append(hex.AppendEncode(b, u[6:8]), '-')
		b = append(hex.AppendEncode(b, u[8:10]), '-')
		return append(hex.AppendEncode(b, u[10:16]), '"')
	})
}

// UnmarshalUUID reads the canonical form, in any case. Braces, the urn: prefix and bare digits are refused.
func UnmarshalUUID(v any) (uuid.UUID, error) {
	const form = "a UUID such as 0192f0c1-2b3c-7d4e-8f50-617283940506"
	s, ok := v.(string)
	if !ok || len(s) != 36 {
		return uuid.UUID{}, refuse(form)
	}
	u, err := uuid.Parse(s)
	if err != nil {
		return uuid.UUID{}, refuse(form)
	}
	return u, nil
}
