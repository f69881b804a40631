// Package scalar reads and writes the scalars of the GraphQL schema.
//
// Each is a pair of functions that the generated code binds by name, MarshalX and UnmarshalX; a Date is a type
// of its own, because Go has none for a day without a zone. Reading is strict: one spelling for one meaning, and
// nothing passes that PostgreSQL, a mail server or a browser would stumble over later. What a field means (a
// length, a range, whether it may be empty) is not known here; that is a rule of the entity.
//
// Writing never fails, and never makes a null of a value: the generated code appends what a MarshalX gives without
// looking at it.
//
// Each refusal is an INVALID fault without a field, whose sentence names the accepted form. Where in the input
// the value stood is filled in when the error is shown.
package scalar

import (
	"bytes"
	"io"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// appender writes a value by appending its JSON. A response is a bytes.Buffer with room to spare, so this writes
// a scalar without making a string of it first.
type appender func(b []byte) []byte

func (a appender) MarshalGQL(w io.Writer) {
	if buf, ok := w.(*bytes.Buffer); ok {
		_, _ = buf.Write(a(buf.AvailableBuffer()))
		return
	}
	_, _ = w.Write(a(nil))
}

// refuse makes the fault of a value that has not the form.
func refuse(form string) error { return fault.Field("", "must be %s", form) }
