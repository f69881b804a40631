package page

import (
	"encoding/base64"
	"hash/fnv"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// Cursor is a place in an ordered list: the value that the list is ordered by, as text, and the id.
type Cursor struct {
	Value *string // nil where the ordered value is missing
	ID    [16]byte
}

// The bytes of a cursor: two of the order's checksum, one that tells whether a value follows, the id, the value.
const (
	header  = 2 + 1 + 16
	maxSize = 4 << 10 // far above the longest column that a list is ordered by
)

// Encoder writes the cursors of lists in one order.
type Encoder struct{ sum uint16 }

// NewEncoder makes the encoder of an order.
func NewEncoder(o Order) Encoder { return Encoder{checksum(o)} }

// Encode writes the cursor of a row: its id and the text of the value that the list is ordered by, nil where the value
// is missing.
func (e Encoder) Encode(id [16]byte, value []byte) string {
	var plain, coded [96]byte
	raw := append(plain[:0], byte(e.sum>>8), byte(e.sum), 0)
	raw = append(raw, id[:]...)
	if value != nil {
		raw[2] = 1
		raw = append(raw, value...)
	}
	return string(base64.RawURLEncoding.AppendEncode(coded[:0], raw))
}

// Foreign refuses a cursor, given as this argument, that the list in this order has not made.
func Foreign(argument string) *fault.Error {
	refused := fault.New(fault.CursorInvalid, "this is not a cursor of this list in this order")
	refused.Field = argument
	return refused
}

func decode(text *string, order Order, argument string) (*Cursor, error) {
	if text == nil {
		return nil, nil
	}
	refused := Foreign(argument)
	if len(*text) > maxSize {
		return nil, refused
	}
	raw, err := base64.RawURLEncoding.DecodeString(*text)
	if err != nil || len(raw) < header {
		return nil, refused
	}
	sum := checksum(order)
	if raw[0] != byte(sum>>8) || raw[1] != byte(sum) || raw[2] > 1 || (raw[2] == 0 && len(raw) > header) {
		return nil, refused
	}
	c := &Cursor{ID: [16]byte(raw[3:header])}
	if raw[2] == 1 {
		value := string(raw[header:])
		c.Value = &value
	}
	return c, nil
}

func checksum(o Order) uint16 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(o.List + " " + o.Field + " " + o.Direction))
	return uint16(h.Sum32())
}
