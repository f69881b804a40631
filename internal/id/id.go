// Package id holds the identifiers of rows, typed by what they name.
//
// A user is a person across all organizations, a profile is that person's membership in one of them. Both are
// UUIDs, and comparing one with the other is always false; so each has a type of its own and the compiler
// refuses the comparison. New ids are UUIDv7, made by the server: they sort by time of creation.
package id

import (
	"bytes"
	"database/sql/driver"
	"encoding/hex"
	"errors"
	"io"

	"github.com/google/uuid"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

type (
	// ID names a record of an organization: a lead, a team, a comment.
	ID [16]byte
	// Org names an organization.
	Org [16]byte
	// User names a person, across organizations. Audit columns hold it.
	User [16]byte
	// Profile names a membership: a user in one organization. Nearly all else holds it.
	Profile [16]byte
)

// Any is the set of identifier types.
type Any interface {
	~[16]byte
}

// New makes a fresh identifier.
func New[T Any]() T { return T(uuid.Must(uuid.NewV7())) }

// Parse reads the canonical text form (36 characters, any case). Every other spelling is refused.
func Parse[T Any](text string) (T, error) {
	var out T
	if len(text) != 36 {
		return out, errors.New("not a UUID")
	}
	parsed, err := uuid.Parse(text)
	if err != nil {
		return out, errors.New("not a UUID")
	}
	return T(parsed), nil
}

func text(v [16]byte) string { return string(appendText(make([]byte, 0, 36), v)) }

func appendText(b []byte, v [16]byte) []byte {
	b = hex.AppendEncode(b, v[0:4])
	b = append(b, '-')
	b = hex.AppendEncode(b, v[4:6])
	b = append(b, '-')
	b = hex.AppendEncode(b, v[6:8])
	b = append(b, '-')
	b = hex.AppendEncode(b, v[8:10])
	b = append(b, '-')
	return hex.AppendEncode(b, v[10:16])
}

// marshal appends to a response, which is a bytes.Buffer, without a detour.
func marshal(w io.Writer, v [16]byte) {
	buf, ok := w.(*bytes.Buffer)
	if !ok {
		buf = new(bytes.Buffer)
	}
	_, _ = buf.Write(append(appendText(append(buf.AvailableBuffer(), '"'), v), '"'))
	if !ok {
		_, _ = w.Write(buf.Bytes())
	}
}

func unmarshal[T Any](dst *T, v any) error {
	s, ok := v.(string)
	if !ok {
		return fault.Field("", "must be an id")
	}
	parsed, err := Parse[T](s)
	if err != nil {
		return fault.Field("", "must be an id: a UUID such as 0192f0c1-2b3c-7d4e-8f50-617283940506")
	}
	*dst = parsed
	return nil
}

func scan[T Any](dst *T, src any) error {
	var parsed uuid.UUID
	if err := parsed.Scan(src); err != nil {
		return err
	}
	*dst = T(parsed)
	return nil
}

func (v ID) String() string      { return text(v) }
func (v Org) String() string     { return text(v) }
func (v User) String() string    { return text(v) }
func (v Profile) String() string { return text(v) }

// Value gives the text form, for the statements that bun writes.
func (v ID) Value() (driver.Value, error)      { return text(v), nil }
func (v Org) Value() (driver.Value, error)     { return text(v), nil }
func (v User) Value() (driver.Value, error)    { return text(v), nil }
func (v Profile) Value() (driver.Value, error) { return text(v), nil }

// Scan reads a uuid column.
func (v *ID) Scan(src any) error      { return scan(v, src) }
func (v *Org) Scan(src any) error     { return scan(v, src) }
func (v *User) Scan(src any) error    { return scan(v, src) }
func (v *Profile) Scan(src any) error { return scan(v, src) }

// MarshalGQL writes the GraphQL ID.
func (v ID) MarshalGQL(w io.Writer)      { marshal(w, v) }
func (v Org) MarshalGQL(w io.Writer)     { marshal(w, v) }
func (v User) MarshalGQL(w io.Writer)    { marshal(w, v) }
func (v Profile) MarshalGQL(w io.Writer) { marshal(w, v) }

// UnmarshalGQL reads a GraphQL ID; anything but a UUID is an INVALID fault.
func (v *ID) UnmarshalGQL(src any) error      { return unmarshal(v, src) }
func (v *Org) UnmarshalGQL(src any) error     { return unmarshal(v, src) }
func (v *User) UnmarshalGQL(src any) error    { return unmarshal(v, src) }
func (v *Profile) UnmarshalGQL(src any) error { return unmarshal(v, src) }
