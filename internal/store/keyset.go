package store

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Lists are ordered by one column and the id. Rows where the column is missing come last in both directions. An index
// has them at one end, so a page of such a list is read as two stretches, each in the order of the index: the rows with a
// value and those without.

// stretch is a condition that holds for rows which lie together in the index of the order.
type stretch = Cond

// paged writes the select of a window of rows: from is what follows FROM, with the conditions. It may give more rows than
// the window and the one behind it. A plain list, which no values filter, has one good plan.
func (e *Entity[T]) paged(s *statement, columns Columns, from string, o page.Order, w page.Window, stretches []stretch, plain bool) string {
	column, direction := e.orderColumn(o), " ASC"
	if o.Desc() != w.Backward { // a backward window is read in reverse
		direction = " DESC"
	}
	tail := " LIMIT " + s.most(w.Size+1, plain)
	parts := make([]string, len(stretches))
	for i, cond := range stretches {
		parts[i] = "SELECT " + e.listed(columns) + " FROM " + from
		if text := cond(s, "t"); text != "" {
			parts[i] += " AND (" + text + ")"
		}
		parts[i] += " ORDER BY t." + column + direction + ", t.id" + direction + tail
	}
	if len(parts) == 1 {
		return parts[0]
	}
	nulls := " NULLS LAST"
	if w.Backward {
		nulls = " NULLS FIRST"
	}
	return "SELECT * FROM ((" + strings.Join(parts, ") UNION ALL (") + ")) AS t ORDER BY t." + column + direction + nulls +
		", t.id" + direction + tail
}

// steps are the limits that plain lists are read with: few, so that their texts are few.
var steps = []int{2, 6, 11, 16, 21, 26, 31, 41, 51, 76, 101}

// most limits the rows of a list. PostgreSQL keeps a plan only when the limit is in the text, and then what the filters'
// values are has no say in it: so it is in the text of plain lists, and all others are planned for their values.
func (s *statement) most(n int, plain bool) string {
	if at, _ := slices.BinarySearch(steps, n); plain && at < len(steps) {
		return strconv.Itoa(steps[at])
	}
	return s.arg(n)
}

// sorted is the ORDER BY of a whole list.
func (e *Entity[T]) sorted(o page.Order) string {
	direction := " ASC"
	if o.Desc() {
		direction = " DESC"
	}
	return " ORDER BY t." + e.orderColumn(o) + direction + " NULLS LAST, t.id" + direction
}

func (e *Entity[T]) nullable(column string) bool {
	return e.field(column).StructField.Type.Kind() == reflect.Pointer
}

// stretches are where the rows of a window lie, between its cursors.
func (e *Entity[T]) stretches(o page.Order, w page.Window) ([]stretch, error) {
	column, known := e.Order[o.Field]
	if !known {
		// The executor takes a variable's enum values in any case.
		return nil, fault.Field("field", "is not one of its values")
	}
	nullable := e.nullable(column)
	var valued, missing []Cond
	if nullable {
		valued, missing = append(valued, isNull(column, " IS NOT NULL")), append(missing, isNull(column, " IS NULL"))
	}
	hasValued, hasMissing := true, nullable
	for _, side := range []struct {
		cursor   *page.Cursor
		argument string
		op       string
	}{{w.After, "after", beyond(o.Desc())}, {w.Before, "before", beyond(!o.Desc())}} {
		switch c := side.cursor; {
		case c == nil:
		case c.Value == nil && !nullable:
			return nil, page.Foreign(side.argument)
		case c.Value == nil:
			missing = append(missing, func(s *statement, t string) string { return t + ".id" + side.op + s.arg(c.ID) })
			hasValued = hasValued && side.argument == "before"
		default:
			value, err := parseAs(e.field(column).StructField.Type, *c.Value)
			if err != nil {
				return nil, page.Foreign(side.argument).Because(err)
			}
			valued = append(valued, func(s *statement, t string) string {
				return "(" + t + "." + column + ", " + t + ".id)" + side.op + "(" + s.arg(value) + ", " + s.arg(c.ID) + ")"
			})
			hasMissing = hasMissing && side.argument == "after"
		}
	}
	var out []stretch
	if hasValued {
		out = append(out, every(valued))
	}
	if hasMissing {
		out = append(out, every(missing))
	}
	if len(out) == 0 {
		out = append(out, func(*statement, string) string { return "false" })
	}
	return out, nil
}

// beyond compares with a place that is passed downwards or upwards.
func beyond(down bool) string {
	if down {
		return " < "
	}
	return " > "
}

func isNull(column, test string) Cond {
	return func(_ *statement, t string) string { return t + "." + column + test }
}

// every holds where all conditions hold.
func every(conds []Cond) Cond {
	return func(s *statement, t string) string {
		if len(conds) == 0 {
			return ""
		}
		return s.where(t, conds...)
	}
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
