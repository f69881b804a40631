package seed

import (
	"fmt"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/shopspring/decimal"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// table is where rows go: its columns are those that the store writes too, read from the model.
type table struct {
	name    string
	columns []column
}

// column is one field of a model.
type column struct {
	name  string
	kind  string // its type in PostgreSQL, as far as an array of values must know it
	index []int
	value func(reflect.Value) any // in the form in which the driver sends it fastest
}

var tables = pgdialect.New().Tables()

// tableOf reads a model.
func tableOf[T any]() table {
	read := tables.Get(reflect.TypeFor[T]())
	t := table{name: read.Name}
	for _, f := range read.Fields {
		kind, value := encoding(f.StructField.Type)
		t.columns = append(t.columns, column{name: f.Name, kind: kind, index: f.Index, value: value})
	}
	return t
}

// values is a row in the order of the columns.
func (t table) values(row any) []any {
	v := reflect.ValueOf(row).Elem()
	out := make([]any, len(t.columns))
	for i, c := range t.columns {
		out[i] = c.value(v.FieldByIndex(c.index))
	}
	return out
}

// pairs is a link's table.
func pairs(l store.Link) table {
	return table{name: l.Table, columns: []column{{name: "org_id", kind: "uuid"}, {name: l.Left, kind: "uuid"}, {name: l.Right, kind: "uuid"}}}
}

var bytes16 = reflect.TypeFor[[16]byte]()

// encoding says how values of a Go type are sent. A type that is missing here is a mistake in the program.
func encoding(t reflect.Type) (kind string, value func(reflect.Value) any) {
	switch {
	case t.Kind() == reflect.Pointer:
		kind, value := encoding(t.Elem())
		return kind, func(v reflect.Value) any {
			if v.IsNil() {
				return nil
			}
			return value(v.Elem())
		}
	case t.ConvertibleTo(bytes16):
		return "uuid", func(v reflect.Value) any { return v.Convert(bytes16).Interface() }
	case t == reflect.TypeFor[time.Time]():
		return "timestamptz", reflect.Value.Interface
	case t == reflect.TypeFor[scalar.Date]():
		return "date", func(v reflect.Value) any { return midnight(v.Interface().(scalar.Date)) }
	case t == reflect.TypeFor[decimal.Decimal]():
		return "numeric", func(v reflect.Value) any {
			d := v.Interface().(decimal.Decimal)
			return pgtype.Numeric{Int: d.Coefficient(), Exp: d.Exponent(), Valid: true}
		}
	case t == reflect.TypeFor[model.CustomFields]():
		return "jsonb", func(reflect.Value) any { return "{}" } // fiction has none: they are added where they are defined
	case t.Kind() == reflect.String:
		return "text", func(v reflect.Value) any { return v.String() }
	case t.Kind() == reflect.Int:
		return "integer", reflect.Value.Interface
	case t.Kind() == reflect.Bool:
		return "boolean", reflect.Value.Interface
	}
	panic(fmt.Sprintf("seed: no encoding for %s", t))
}

func midnight(d scalar.Date) any {
	at, err := time.Parse(time.DateOnly, d.String())
	if err != nil {
		panic(err) // a date writes what a date reads
	}
	return at
}
