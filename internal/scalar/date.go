package scalar

import (
	"cmp"
	"database/sql/driver"
	"fmt"
	"io"
	"time"
)

const (
	dayForm   = "a calendar day, such as 2026-03-01"
	dayLayout = "0000-00-00"
)

// Date is a calendar day. It has no zone and no time, and nothing shifts it. Dates can be compared with == and
// used as keys. The zero Date is no day at all; IsZero tells.
type Date struct {
	year       int16
	month, day uint8
}

// DateOf is the day that it is at an instant in a zone.
func DateOf(t time.Time, zone *time.Location) Date { return dayOf(t.In(zone)) }

func dayOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{int16(year), uint8(month), uint8(day)}
}

// ParseDate reads a day of the years 1 to 9999 in the form 2026-03-01.
func ParseDate(s string) (Date, error) {
	if len(s) != len(dayLayout) {
		return Date{}, fmt.Errorf("a day has the form %s", time.DateOnly)
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("read a day: %w", err)
	}
	if t.Year() < 1 {
		return Date{}, fmt.Errorf("there is no year 0")
	}
	return dayOf(t), nil
}

// IsZero reports whether d is no day.
func (d Date) IsZero() bool { return d == Date{} }

// AddDays is the day n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date {
	return dayOf(time.Date(int(d.year), time.Month(d.month), int(d.day)+n, 0, 0, 0, 0, time.UTC))
}

// Start is the instant at which the day begins in a zone.
func (d Date) Start(zone *time.Location) time.Time {
	return time.Date(int(d.year), time.Month(d.month), int(d.day), 0, 0, 0, 0, zone)
}

// Compare is negative when d is before other, zero when they are the same day, positive when d is after it.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.year, other.year), cmp.Compare(d.month, other.month), cmp.Compare(d.day, other.day))
}

// Before reports whether d is before other.
func (d Date) Before(other Date) bool { return d.Compare(other) < 0 }

// String is the form 2026-03-01.
func (d Date) String() string { return string(d.append(make([]byte, 0, len(dayLayout)))) }

func (d Date) append(b []byte) []byte {
	if d.year < 0 || d.year > 9999 {
		return fmt.Appendf(b, "%04d-%02d-%02d", d.year, d.month, d.day)
	}
	digit := func(n int) byte { return byte('0' + n%10) }
	y, m, day := int(d.year), int(d.month), int(d.day)
	return append(b, digit(y/1000), digit(y/100), digit(y/10), digit(y),
		'-', digit(m/10), digit(m), '-', digit(day/10), digit(day))
}

// Value gives the text form, which a date column takes without a zone.
func (d Date) Value() (driver.Value, error) { return d.String(), nil }

// Scan reads a date column.
func (d *Date) Scan(src any) error {
	switch src := src.(type) {
	case time.Time:
		// The driver means midnight of the day; its zone is of no interest.
		*d = dayOf(src)
		return nil
	case string:
		return d.UnmarshalText([]byte(src))
	case []byte:
		return d.UnmarshalText(src)
	}
	return fmt.Errorf("read a day: %T is none", src)
}

// MarshalText lets a day be part of a JSON document.
func (d Date) MarshalText() ([]byte, error) { return d.append(nil), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}

// MarshalGQL writes the day as a GraphQL Date.
func (d Date) MarshalGQL(w io.Writer) {
	appender(func(b []byte) []byte { return append(d.append(append(b, '"')), '"') }).MarshalGQL(w)
}

// UnmarshalGQL reads a GraphQL Date.
func (d *Date) UnmarshalGQL(v any) error {
	s, ok := v.(string)
	if !ok {
		return refuse(dayForm)
	}
	parsed, err := ParseDate(s)
	if err != nil {
		return refuse(dayForm)
	}
	*d = parsed
	return nil
}
