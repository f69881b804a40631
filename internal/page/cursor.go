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

// Encode writes a cursor for a list in this order.
func Encode(order Order, c Cursor) string {
	sum := checksum(order)
	raw := make([]byte, 0, 64)
	raw = append(raw, byte(sum>>8), byte(sum), 0)
	raw = append(raw, c.ID[:]...)
	if c.Value != nil {
		raw[2] = 1
		raw = append(raw, *c.Value...)
	}
	return base64.RawURLEncoding.EncodeToString(raw)
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
