package scan

import (
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/shopspring/decimal"
)

// decoders of types by themselves; kinds of the rest follow from what they are made of.
var decoders = map[reflect.Type]func(oid uint32, binaryFormat bool) decoder{
	reflect.TypeFor[time.Time]():       asTime,
	reflect.TypeFor[decimal.Decimal](): asAmount,
	reflect.TypeFor[json.RawMessage](): asJSON,
}

// known are the decoders that have been asked for. There are as many as kinds of fields and columns.
var known = struct {
	sync.RWMutex
	decoders map[pairing]decoder
}{decoders: map[pairing]decoder{}}

// pairing is a field and what a column sends for it.
type pairing struct {
	field  reflect.Type
	oid    uint32
	format int16
}

// decoderOf finds how a column's values become a field's.
func decoderOf(t reflect.Type, f *pgconn.FieldDescription) decoder {
	p := pairing{t, f.DataTypeOID, f.Format}
	known.RLock()
	d, ok := known.decoders[p]
	known.RUnlock()
	if ok {
		return d
	}
	d, ok = native(t, f)
	if !ok {
		d = func(m *memory, raw []byte, dst unsafe.Pointer) error {
			return m.types.Scan(p.oid, p.format, raw, reflect.NewAt(t, dst).Interface())
		}
	}
	known.Lock()
	defer known.Unlock()
	known.decoders[p] = d
	return d
}

// native is the decoder for a field, if there is one for what the column sends.
func native(t reflect.Type, f *pgconn.FieldDescription) (decoder, bool) {
	var build func(oid uint32, binaryFormat bool) decoder
	pointed := t.Kind() == reflect.Pointer
	if pointed {
		t = t.Elem()
	}
	switch special, ok := decoders[t]; {
	case ok:
		build = special
	case f.DataTypeOID == pgtype.DateOID && reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]()):
		build = asDay(t)
	case t.Kind() == reflect.Pointer:
	case t.Kind() == reflect.String:
		build = asText
	case t.Kind() == reflect.Bool:
		build = asBool
	case t.Kind() == reflect.Int:
		build = asInt
	case t.Kind() == reflect.Array && t.Len() == 16 && t.Elem().Kind() == reflect.Uint8:
		build = asID
	}
	if build == nil {
		return nil, false
	}
	d := build(f.DataTypeOID, f.Format == pgtype.BinaryFormatCode)
	if d == nil {
		return nil, false
	}
	if pointed {
		return toPointer(t, d)
	}
	return d, true
}

// toPointer puts the value into the statement's memory and points to it.
func toPointer(t reflect.Type, d decoder) (decoder, bool) {
	switch {
	case t.Kind() == reflect.String:
		return pointer(d, func(m *memory) *string { return m.texts.put("") }), true
	case t.Kind() == reflect.Array:
		return pointer(d, func(m *memory) *[16]byte { return m.ids.put([16]byte{}) }), true
	case t.Kind() == reflect.Int:
		return pointer(d, func(m *memory) *int { return m.ints.put(0) }), true
	case t == reflect.TypeFor[time.Time]():
		return pointer(d, func(m *memory) *time.Time { return m.times.put(time.Time{}) }), true
	case t == reflect.TypeFor[decimal.Decimal]():
		return pointer(d, func(m *memory) *decimal.Decimal { return m.amounts.put(decimal.Decimal{}) }), true
	}
	return func(m *memory, raw []byte, dst unsafe.Pointer) error {
		v := reflect.New(t).UnsafePointer()
		*(*unsafe.Pointer)(dst) = v
		return d(m, raw, v)
	}, true
}

func pointer[T any](d decoder, place func(*memory) *T) decoder {
	return func(m *memory, raw []byte, dst unsafe.Pointer) error {
		v := place(m)
		*(**T)(dst) = v
		return d(m, raw, unsafe.Pointer(v))
	}
}

func asText(oid uint32, binaryFormat bool) decoder {
	switch oid {
	case pgtype.InetOID:
		if binaryFormat {
			return asAddress
		}
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID: // the same bytes in both formats
		return func(m *memory, raw []byte, dst unsafe.Pointer) error {
			*(*string)(dst) = m.text(raw)
			return nil
		}
	}
	return nil
}

// asAddress writes an internet address, and its network only where it is more than one address.
func asAddress(m *memory, raw []byte, dst unsafe.Pointer) error {
	var network netip.Prefix
	if err := m.types.Scan(pgtype.InetOID, pgtype.BinaryFormatCode, raw, &network); err != nil {
		return err
	}
	*(*string)(dst) = network.String()
	if network.IsSingleIP() {
		*(*string)(dst) = network.Addr().String()
	}
	return nil
}

// fixed is a decoder for values of one length.
func fixed(length int, decode func(raw []byte, dst unsafe.Pointer)) decoder {
	return func(_ *memory, raw []byte, dst unsafe.Pointer) error {
		if len(raw) != length {
			return fmt.Errorf("%d bytes instead of %d", len(raw), length)
		}
		decode(raw, dst)
		return nil
	}
}

func asBool(oid uint32, binaryFormat bool) decoder {
	if oid != pgtype.BoolOID || !binaryFormat {
		return nil
	}
	return fixed(1, func(raw []byte, dst unsafe.Pointer) { *(*bool)(dst) = raw[0] != 0 })
}

func asInt(oid uint32, binaryFormat bool) decoder {
	switch {
	case !binaryFormat:
		return nil
	case oid == pgtype.Int2OID:
		return fixed(2, func(raw []byte, dst unsafe.Pointer) { *(*int)(dst) = int(int16(binary.BigEndian.Uint16(raw))) })
	case oid == pgtype.Int4OID:
		return fixed(4, func(raw []byte, dst unsafe.Pointer) { *(*int)(dst) = int(int32(binary.BigEndian.Uint32(raw))) })
	case oid == pgtype.Int8OID:
		return fixed(8, func(raw []byte, dst unsafe.Pointer) { *(*int)(dst) = int(binary.BigEndian.Uint64(raw)) })
	}
	return nil
}

func asID(oid uint32, binaryFormat bool) decoder {
	if oid != pgtype.UUIDOID || !binaryFormat {
		return nil
	}
	return fixed(16, func(raw []byte, dst unsafe.Pointer) { *(*[16]byte)(dst) = [16]byte(raw) })
}

// PostgreSQL counts from the first moment of 2000.
var millennium = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func asTime(oid uint32, binaryFormat bool) decoder {
	if oid != pgtype.TimestamptzOID || !binaryFormat {
		return nil
	}
	start := millennium.UnixMicro()
	return fixed(8, func(raw []byte, dst unsafe.Pointer) {
		*(*time.Time)(dst) = time.UnixMicro(start + int64(binary.BigEndian.Uint64(raw))).UTC()
	})
}

// asDay gives a type of days the midnight in UTC that database/sql would give it.
func asDay(t reflect.Type) func(oid uint32, binaryFormat bool) decoder {
	return func(_ uint32, binaryFormat bool) decoder {
		if !binaryFormat {
			return nil
		}
		return func(_ *memory, raw []byte, dst unsafe.Pointer) error {
			if len(raw) != 4 {
				return fmt.Errorf("%d bytes instead of 4", len(raw))
			}
			days := int(int32(binary.BigEndian.Uint32(raw)))
			return reflect.NewAt(t, dst).Interface().(sql.Scanner).Scan(millennium.AddDate(0, 0, days))
		}
	}
}

func asJSON(oid uint32, binaryFormat bool) decoder {
	if oid != pgtype.JSONOID && (oid != pgtype.JSONBOID || binaryFormat) {
		return nil
	}
	return func(_ *memory, raw []byte, dst unsafe.Pointer) error {
		*(*json.RawMessage)(dst) = append(json.RawMessage(nil), raw...)
		return nil
	}
}

// asAmount reads PostgreSQL's numeric: groups of four decimal digits, the weight of the first, the digits shown after
// the point. Not-a-number, the infinities and what does not fit 64 bits are pgx's to read or refuse.
func asAmount(oid uint32, binaryFormat bool) decoder {
	if oid != pgtype.NumericOID || !binaryFormat {
		return nil
	}
	return func(m *memory, raw []byte, dst unsafe.Pointer) error {
		if d, ok := amount(raw); ok {
			*(*decimal.Decimal)(dst) = d
			return nil
		}
		return m.types.Scan(oid, pgtype.BinaryFormatCode, raw, (*decimal.Decimal)(dst))
	}
}

const header = 8 // groups, weight, sign, scale: two bytes each

func amount(raw []byte) (decimal.Decimal, bool) {
	if len(raw) < header {
		return decimal.Decimal{}, false
	}
	word := func(i int) int { return int(int16(binary.BigEndian.Uint16(raw[2*i:]))) }
	groups, weight, sign, scale := word(0), word(1), uint16(word(2)), word(3)
	after := (scale + 3) / 4 // groups behind the point
	if len(raw) != header+2*groups || sign&0xBFFF != 0 || weight+1+after > 4 || groups > weight+1+after {
		return decimal.Decimal{}, false
	}
	var n int64
	for i := range weight + 1 + after { // those that are not sent are zero
		n *= 10_000
		if i < groups {
			n += int64(word(4 + i))
		}
	}
	for range 4*after - scale {
		n /= 10
	}
	if sign != 0 {
		n = -n
	}
	return decimal.New(n, int32(-scale)), true
}
