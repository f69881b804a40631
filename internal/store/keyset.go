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

// paged writes the select of a window of rows. The places are what follows FROM, with the conditions: each row is in one
// of them, and each is read by itself. It may give more rows than the window and the one behind it.
func (e *Entity[T]) paged(s *statement, columns Columns, places []string, o page.Order, w page.Window, stretches []stretch) string {
	column, direction := e.orderColumn(o), " ASC"
	if o.Desc() != w.Backward { // a backward window is read in reverse
		direction = " DESC"
	}
	tail := " LIMIT " + most(w.Size+1)
	var parts []string
	for _, cond := range stretches {
		text := cond(s, "t")
		if text != "" {
			text = " AND (" + text + ")"
		}
		for _, place := range places {
			parts = append(parts, "SELECT "+e.listed(columns)+" FROM "+place+text+
				" ORDER BY t."+e.sortKey(column)+direction+", t.id"+direction+tail)
		}
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

// steps are the limits that lists are read with: few, so that their texts are few. A limit must stand in the text, for
// PostgreSQL takes one that does not for a tenth of the table, and makes each plan anew.
var steps = []int{2, 6, 11, 16, 21, 26, 31, 41, 51, 76, 101}

// most is a limit of at least n rows.
func most(n int) string {
	at, _ := slices.BinarySearch(steps, n)
	return strconv.Itoa(steps[at])
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

// sortKey is the column that an index has the rows of a column sorted by.
func (e *Entity[T]) sortKey(column string) string {
	if indirect(e.field(column).StructField.Type) == reflect.TypeFor[decimal.Decimal]() {
		return amountKey(column)
	}
	return column
}

func indirect(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		return t.Elem()
	}
	return t
}

// stretches are where the rows of a window lie, between its cursors.
func (e *Entity[T]) stretches(o page.Order, w page.Window) ([]stretch, error) {
	column, known := e.Order[o.Field]
	if !known {
		// The executor takes a variable's enum values in any case.
		return nil, fault.Field("field", "is not one of its values")
	}
	nullable, key := e.nullable(column), e.sortKey(column)
	var valued, missing []Cond
	if nullable {
		valued, missing = append(valued, isNull(key, " IS NOT NULL")), append(missing, isNull(key, " IS NULL"))
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
				return "(" + t + "." + key + ", " + t + ".id)" + side.op + "(" + s.arg(value) + ", " + s.arg(c.ID) + ")"
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

// parseAs reads back what appendText wrote, as a value of the sort key's type.
func parseAs(t reflect.Type, text string) (any, error) {
	switch t = indirect(t); t {
	case reflect.TypeFor[time.Time]():
		micros, err := strconv.ParseInt(text, 36, 64)
		return time.UnixMicro(micros).UTC(), err
	case reflect.TypeFor[decimal.Decimal]():
		d, err := scalar.UnmarshalDecimal(text)
		return hundredths(d), err
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
