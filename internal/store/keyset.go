package store

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Lists are ordered by one column and the id. Rows where the column is missing come last in both directions.

// sorted is the ORDER BY of a window; a backward one is read in reverse.
func (e *Entity[T]) sorted(o page.Order, w page.Window) string {
	column := e.orderColumn(o)
	direction := " ASC"
	if o.Desc() != w.Backward {
		direction = " DESC"
	}
	nulls := ""
	if e.nullable(column) {
		nulls = " NULLS LAST"
		if w.Backward {
			nulls = " NULLS FIRST"
		}
	}
	return " ORDER BY t." + column + direction + nulls + ", t.id" + direction
}

func (e *Entity[T]) nullable(column string) bool {
	return e.field(column).StructField.Type.Kind() == reflect.Pointer
}

// keyset is the condition of a window's cursors.
func (e *Entity[T]) keyset(o page.Order, w page.Window) (Cond, error) {
	column, known := e.Order[o.Field]
	if !known {
		// The executor takes a variable's enum values in any case.
		return nil, fault.Field("field", "is not one of its values")
	}
	after, err := e.beside(column, o.Desc(), w.After, "after")
	if err != nil {
		return nil, err
	}
	before, err := e.beside(column, o.Desc(), w.Before, "before")
	if err != nil {
		return nil, err
	}
	return func(s *statement, t string) string {
		if after == nil && before == nil {
			return ""
		}
		return s.where(t, after, before)
	}, nil
}

// beside holds for the rows that come after the cursor in the order, or before it, as the argument says.
func (e *Entity[T]) beside(column string, desc bool, c *page.Cursor, argument string) (Cond, error) {
	if c == nil {
		return nil, nil
	}
	after := argument == "after"
	op := " > "
	if desc == after {
		op = " < "
	}
	if c.Value == nil {
		return func(s *statement, t string) string {
			beyond := t + ".id" + op + s.arg(c.ID)
			if after {
				return t + "." + column + " IS NULL AND " + beyond
			}
			return t + "." + column + " IS NOT NULL OR " + beyond
		}, nil
	}
	value, err := parseAs(e.field(column).StructField.Type, *c.Value)
	if err != nil {
		return nil, page.Foreign(argument).Because(err)
	}
	return func(s *statement, t string) string {
		text := "(" + t + "." + column + ", " + t + ".id)" + op + "(" + s.arg(value) + ", " + s.arg(c.ID) + ")"
		if after && e.nullable(column) {
			text += " OR " + t + "." + column + " IS NULL"
		}
		return text
	}, nil
}

// cursor makes the cursors of a list in this order.
func (e *Entity[T]) cursor(o page.Order) func(*T) string {
	index, encoder := e.field(e.orderColumn(o)).Index, page.NewEncoder(o)
	return func(r *T) string {
		v := reflect.ValueOf(r).Elem().FieldByIndex(index)
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return encoder.Encode(e.key(r), nil)
			}
			v = v.Elem()
		}
		var buffer [64]byte
		return encoder.Encode(e.key(r), appendText(buffer[:0], v))
	}
}

// appendText writes a value as cursors hold it. The value must be addressable.
func appendText(b []byte, v reflect.Value) []byte {
	switch v.Kind() {
	case reflect.String:
		return append(b, v.String()...)
	case reflect.Int:
		return strconv.AppendInt(b, v.Int(), 10)
	}
	switch value := v.Addr().Interface().(type) {
	case *time.Time:
		return strconv.AppendInt(b, value.UnixMicro(), 36)
	case fmt.Stringer:
		return append(b, value.String()...)
	}
	return fmt.Append(b, v.Interface())
}

// parseAs reads back what appendText wrote, as a value of the column's type.
func parseAs(t reflect.Type, text string) (any, error) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t {
	case reflect.TypeFor[time.Time]():
		micros, err := strconv.ParseInt(text, 36, 64)
		return time.UnixMicro(micros).UTC(), err
	case reflect.TypeFor[decimal.Decimal]():
		return scalar.UnmarshalDecimal(text)
	case reflect.TypeFor[scalar.Date]():
		var d scalar.Date
		err := d.UnmarshalGQL(text)
		return d, err
	}
	if t.Kind() == reflect.Int {
		return strconv.Atoi(text)
	}
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, fmt.Errorf("not a text")
	}
	return text, nil
}
