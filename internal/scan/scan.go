package scan

import (
	"database/sql"
	"fmt"
	"reflect"
	"unsafe"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun/dialect/pgdialect"
)

var dialect = pgdialect.New()

// Into reads all rows into dest and closes them. A *[]T or *[]*T takes any number of them (to what its capacity says
// is expected, their memory is taken at once); any other pointer takes the first, and no rows are sql.ErrNoRows. T is
// a model or a single value.
func Into(rows pgx.Rows, dest any) error {
	defer rows.Close()
	if err := rows.Err(); err != nil {
		return err // a statement that was not sent has no connection either
	}
	v := reflect.ValueOf(dest)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("scan: %T is no pointer", dest)
	}
	v = v.Elem()
	if v.Kind() == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8 {
		return intoSlice(rows, v)
	}
	r := newReader(rows, v.Type())
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return sql.ErrNoRows
	}
	if err := r.read(rows.RawValues(), v.Addr().UnsafePointer()); err != nil {
		return err
	}
	rows.Close()
	return rows.Err()
}

// mostAtOnce bounds how many rows memory is taken for before they are there.
const mostAtOnce = 32

func intoSlice(rows pgx.Rows, dest reflect.Value) error {
	element := dest.Type().Elem()
	if element.Kind() == reflect.Pointer && isModel(element.Elem()) {
		return intoPointers(rows, dest, element.Elem())
	}
	r := newReader(rows, element)
	dest.SetLen(0)
	for n := 0; rows.Next(); n++ {
		dest.Grow(1)
		dest.SetLen(n + 1)
		place := dest.Index(n)
		place.SetZero()
		if err := r.read(rows.RawValues(), place.Addr().UnsafePointer()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// intoPointers takes memory for many rows at once.
func intoPointers(rows pgx.Rows, dest reflect.Value, row reflect.Type) error {
	r := newReader(rows, row)
	out := (*[]unsafe.Pointer)(dest.Addr().UnsafePointer()) // a slice of pointers to rows is nothing else
	next := min(max(cap(*out), 1), mostAtOnce)
	*out = (*out)[:0]
	var slab unsafe.Pointer
	for left := 0; rows.Next(); left-- {
		if left == 0 {
			slab, left = reflect.MakeSlice(reflect.SliceOf(row), next, next).UnsafePointer(), next
			next = min(2*next, mostAtOnce)
		} else {
			slab = unsafe.Add(slab, row.Size())
		}
		if err := r.read(rows.RawValues(), slab); err != nil {
			return err
		}
		*out = append(*out, slab)
	}
	return rows.Err()
}

// isModel tells structs with columns from those that are one value.
func isModel(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && models.of(t, func() bool {
		_, known := decoders[t]
		return !known && !reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]())
	})
}

var models cache[bool]

// reader reads the rows of one statement into one type.
type reader struct {
	columns []column
	memory
}

type column struct {
	name   string
	offset uintptr
	decode decoder // nil: the struct has no such column
}

func newReader(rows pgx.Rows, t reflect.Type) *reader {
	fields := rows.FieldDescriptions()
	r := &reader{columns: make([]column, len(fields)), memory: memory{types: rows.Conn().TypeMap()}}
	if !isModel(t) {
		if len(fields) > 0 {
			r.columns[0] = column{name: fields[0].Name, decode: decoderOf(t, &fields[0])}
		}
		return r
	}
	layout := layoutOf(t)
	for i := range fields {
		if at, ok := layout[fields[i].Name]; ok {
			r.columns[i] = column{name: fields[i].Name, offset: at.offset, decode: decoderOf(at.kind, &fields[i])}
		}
	}
	return r
}

// read fills the row at a place. A NULL leaves its field alone.
func (r *reader) read(values [][]byte, place unsafe.Pointer) error {
	for i, raw := range values {
		c := &r.columns[i]
		if raw == nil || c.decode == nil {
			continue
		}
		if err := c.decode(&r.memory, raw, unsafe.Add(place, c.offset)); err != nil {
			return fmt.Errorf("read the column %s: %w", c.name, err)
		}
	}
	return nil
}

// place is where a column's value lies in a struct.
type place struct {
	offset uintptr
	kind   reflect.Type
}

// layouts remembers where the columns of a model are.
var layouts cache[map[string]place]

func layoutOf(t reflect.Type) map[string]place {
	return layouts.of(t, func() map[string]place {
		out := map[string]place{}
		for name, f := range dialect.Tables().Get(t).FieldMap {
			at, offset := t, uintptr(0)
			for _, i := range f.Index { // models embed by value: every column lies at a fixed distance
				field := at.Field(i)
				offset, at = offset+field.Offset, field.Type
			}
			out[name] = place{offset: offset, kind: at}
		}
		return out
	})
}

// decoder writes one value, which is not NULL, to where the field is.
type decoder func(m *memory, raw []byte, dst unsafe.Pointer) error
