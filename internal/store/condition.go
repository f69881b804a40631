package store

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/filter"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/search"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// The conditions that filters are made of. Each is nothing when the client did not ask for it.

// In holds where the column has one of the values; a list that was not given holds everywhere, an empty one
// nowhere. A single value is compared for itself: then an index that begins with the column is in the list's order.
func In[V any](column string, values []V) Cond {
	switch len(values) {
	case 0:
		if values == nil {
			return nil
		}
	case 1:
		return Is(column, &values[0])
	}
	return func(s *statement, t string) string { return t + "." + column + " = ANY(" + s.arg(values) + ")" }
}

// Is holds where the column has the value.
func Is[V any](column string, value *V) Cond {
	if value == nil {
		return nil
	}
	if v, isBool := any(*value).(bool); isBool { // a text of its own for each, which partial indexes fit
		return func(_ *statement, t string) string {
			if v {
				return t + "." + column
			}
			return "NOT " + t + "." + column
		}
	}
	return func(s *statement, t string) string { return t + "." + column + " = " + s.arg(*value) }
}

// Text compares a column without regard to case. What begins a column that free text is sought in is found by the index of
// words, and then compared; what a column only contains is sought in all rows.
func (e *Entity[T]) Text(column string, f *filter.Text) Cond {
	if f == nil {
		return nil
	}
	var conds []Cond
	compare := func(format, term string) {
		conds = append(conds, func(s *statement, t string) string { return fmt.Sprintf(format, t+"."+column, s.arg(term)) })
	}
	if f.Equals != nil {
		whole := strings.ToLower(strings.TrimSpace(*f.Equals)) // a term that is cut would equal another text
		compare("lower(%s) = %s", whole)
		conds = append(conds, e.beginsWith(column, whole))
	}
	if f.StartsWith != nil {
		start := fold(*f.StartsWith)
		compare("starts_with(lower(%s), %s)", start)
		conds = append(conds, e.beginsWith(column, start))
	}
	if f.Contains != nil {
		compare("strpos(lower(%s), %s) > 0", fold(*f.Contains))
	}
	return every(conds)
}

// beginsWith holds for all rows whose column begins with the text, and for others. It goes by a few words: the text is
// compared anyway.
func (e *Entity[T]) beginsWith(column, text string) Cond {
	text = cut(text, longestTerm)
	if !slices.Contains(e.Search, column) || (column != "phone" && search.IsPhone(text)) { // the digits may be one of several words
		return nil
	}
	words := search.Words(text)
	return e.foundBy(words[:min(len(words), mostJoined)])
}

// longestTerm bounds what a client can make the database look for (domain: E.1).
const longestTerm = 100

func fold(term string) string {
	runes := []rune(strings.ToLower(strings.TrimSpace(term)))
	if len(runes) > longestTerm {
		runes = runes[:longestTerm]
	}
	return string(runes)
}

// Days holds where a timestamp lies on the organization's calendar days, both ends included.
func Days(column string, f *filter.Dates) Cond {
	if f == nil {
		return nil
	}
	return func(s *statement, t string) string {
		var parts []string
		if f.From != nil {
			parts = append(parts, t+"."+column+" >= "+s.arg(midnight(*f.From, s.viewer.Zone)))
		}
		if f.To != nil {
			parts = append(parts, t+"."+column+" < "+s.arg(midnight(f.To.AddDays(1), s.viewer.Zone)))
		}
		return strings.Join(parts, " AND ")
	}
}

// Since holds where a timestamp lies behind an instant.
func Since(column string, from *time.Time) Cond {
	if from == nil {
		return nil
	}
	return func(s *statement, t string) string { return t + "." + column + " > " + s.arg(*from) }
}

// midnight is when a calendar day begins in a zone.
func midnight(d scalar.Date, zone *time.Location) time.Time {
	return d.Start(zone).UTC()
}

// Dates holds where a date lies in the span. Dates have no zone and are never shifted.
func Dates(column string, f *filter.Dates) Cond {
	if f == nil {
		return nil
	}
	return span(column, f.From, f.To)
}

// Amounts holds where an amount lies in the span.
func Amounts(column string, f *filter.Decimals) Cond {
	if f == nil {
		return nil
	}
	var low, high *int64
	if f.Min != nil {
		low = new(hundredths(f.Min.RoundCeil(2)))
	}
	if f.Max != nil {
		high = new(hundredths(f.Max.RoundFloor(2)))
	}
	return span(amountKey(column), low, high)
}

// amountKey is the column that has an amount in hundredths, as a bigint: under the policies PostgreSQL compares no numeric
// in an index. A table has one for each amount that lists are filtered or ordered by.
func amountKey(column string) string { return column + "_key" }

// hundredths is an amount of at most 15 digits before the point and two after it, as package scalar bounds them.
func hundredths(d decimal.Decimal) int64 { return d.Shift(2).IntPart() }

func span[V any](column string, low, high *V) Cond {
	return func(s *statement, t string) string {
		var parts []string
		if low != nil {
			parts = append(parts, t+"."+column+" >= "+s.arg(*low))
		}
		if high != nil {
			parts = append(parts, t+"."+column+" <= "+s.arg(*high))
		}
		return strings.Join(parts, " AND ")
	}
}

// Linked holds where a join table connects the row with one of the ids. It is an EXISTS, so that a row with two
// matches counts once.
func Linked[V any](l Link, ids []V) Cond {
	if ids == nil {
		return nil
	}
	return func(s *statement, t string) string {
		return "EXISTS (SELECT 1 FROM " + l.Table + " AS j WHERE j.org_id = $1 AND j." + l.Left + " = " + t + ".id AND j." +
			l.Right + " = ANY(" + s.arg(ids) + "))"
	}
}

// Phase holds where the column has one of those values of its enum that are, or are not, what is asked. Both are written
// out: no index serves the denial of a condition, and a plan that is kept for all values knows how many rows have these.
func Phase[V ~string](column string, wanted *bool, is func(V) bool) Cond {
	if wanted == nil {
		return nil
	}
	var values []string
	for _, v := range model.Enums[reflect.TypeFor[V]()] {
		if is(V(v)) == *wanted {
			values = append(values, "'"+v+"'")
		}
	}
	return func(_ *statement, t string) string {
		return t + "." + column + " IN (" + strings.Join(values, ", ") + ")"
	}
}

// When turns a condition round when wanted is false; nil wanted is no condition.
func When(wanted *bool, text func(s *statement, t string) string) Cond {
	if wanted == nil {
		return nil
	}
	return func(s *statement, t string) string {
		if *wanted {
			return text(s, t)
		}
		return "NOT coalesce((" + text(s, t) + "), false)"
	}
}
