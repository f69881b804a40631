package store

import (
	"reflect"
	"strconv"
	"sync"
	"unicode/utf8"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
)

// limit is what a model's tags say of a field: max and min of a number, max characters of a text, digits before
// the point of a decimal, required for texts that must not be blank.
type limit struct {
	index    []int
	field    string
	max, min *int
	digits   int
	required bool
}

var limits sync.Map // reflect.Type → []limit

func limitsOf(t reflect.Type) []limit {
	if found, ok := limits.Load(t); ok {
		return found.([]limit)
	}
	var out []limit
	for _, f := range reflect.VisibleFields(t) {
		l := limit{index: f.Index, field: f.Name, required: f.Tag.Get("required") != ""}
		l.max, l.min = number(f.Tag.Get("max")), number(f.Tag.Get("min"))
		if n := number(f.Tag.Get("digits")); n != nil {
			l.digits = *n
		}
		if l.required || l.max != nil || l.min != nil || l.digits > 0 {
			out = append(out, l)
		}
	}
	limits.Store(t, out)
	return out
}

func number(tag string) *int {
	if tag == "" {
		return nil
	}
	n, err := strconv.Atoi(tag)
	if err != nil {
		panic("store: tag " + tag + " is no number")
	}
	return &n
}

// checkTags checks the fields that a change speaks of, and for a new record all of them.
func checkTags(row any, set patch.Set, created bool, faults *fault.List) {
	v := reflect.ValueOf(row).Elem()
	for _, l := range limitsOf(v.Type()) {
		if !created && !set[l.field] {
			continue
		}
		field := v.FieldByIndex(l.index)
		if field.Kind() == reflect.Pointer {
			if field.IsNil() {
				continue
			}
			field = field.Elem()
		}
		l.check(field, faults)
	}
}

func (l limit) check(v reflect.Value, faults *fault.List) {
	name := spelling(l.field)
	switch value := v.Interface().(type) {
	case decimal.Decimal:
		if value.Equal(value.Truncate(2)) { // as the column keeps it, so that an answer before and after a read agree
			v.Set(reflect.ValueOf(decimal.RequireFromString(value.StringFixed(2))))
		}
		switch {
		case l.min != nil && value.LessThan(decimal.NewFromInt(int64(*l.min))):
			faults.Add(name, "must be at least %d", *l.min)
		case l.digits > 0 && value.Abs().GreaterThanOrEqual(decimal.New(1, int32(l.digits))):
			faults.Add(name, "must have at most %d digits before the point", l.digits)
		case !value.Equal(value.Truncate(2)):
			faults.Add(name, "must have at most 2 digits after the point")
		}
		return
	}
	switch {
	case v.Kind() == reflect.String:
		if l.required && v.Len() == 0 {
			faults.Add(name, "must not be blank")
		}
		if l.max != nil && utf8.RuneCountInString(v.String()) > *l.max {
			faults.Add(name, "must have at most %d characters", *l.max)
		}
	case v.CanInt():
		if l.min != nil && v.Int() < int64(*l.min) {
			faults.Add(name, "must be at least %d", *l.min)
		}
		if l.max != nil && v.Int() > int64(*l.max) {
			faults.Add(name, "must be at most %d", *l.max)
		}
	}
}
