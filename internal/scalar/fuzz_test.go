package scalar_test

import (
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// seed adds the texts of a golden table.
func seed(f *testing.F, name string) {
	f.Helper()
	for input := range spellings(f, name) {
		if text, ok := decode(f, input).(string); ok {
			f.Add(text)
		}
	}
}

func FuzzDecimal(f *testing.F) {
	seed(f, "Decimal")
	limit := decimal.New(1, 15)
	f.Fuzz(func(t *testing.T, text string) {
		d, err := scalar.UnmarshalDecimal(text)
		if err != nil {
			return
		}
		if d.Abs().Cmp(limit) >= 0 || d.Exponent() < -6 {
			t.Fatalf("%q is taken as %s", text, d)
		}
		out := strings.Trim(written(scalar.MarshalDecimal(d)), `"`)
		again, err := scalar.UnmarshalDecimal(out)
		if err != nil || !again.Equal(d) {
			t.Fatalf("%q is written %q, which is read as %s, %v", text, out, again, err)
		}
	})
}

func FuzzDate(f *testing.F) {
	seed(f, "Date")
	f.Fuzz(func(t *testing.T, text string) {
		d, err := scalar.ParseDate(text)
		if err != nil {
			return
		}
		if d.String() != text {
			t.Fatalf("%q is written %q", text, d)
		}
		if back := d.AddDays(1).AddDays(-1); back != d || !d.Before(d.AddDays(1)) {
			t.Fatalf("a day after %s and a day back is %s", d, back)
		}
	})
}

func FuzzEmailAddress(f *testing.F) {
	seed(f, "EmailAddress")
	f.Fuzz(func(t *testing.T, text string) {
		address, err := scalar.UnmarshalEmailAddress(text)
		if err != nil {
			return
		}
		if len(address) > 254 || strings.ContainsAny(address, " \r\n\t\x00<>,;\"()") || strings.Count(address, "@") != 1 {
			t.Fatalf("%q is taken as %q", text, address)
		}
		again, err := scalar.UnmarshalEmailAddress(address)
		if err != nil || again != address {
			t.Fatalf("%q is read again as %q, %v", address, again, err)
		}
	})
}
