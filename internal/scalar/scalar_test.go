package scalar_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/shopspring/decimal"
	"golang.org/x/text/language"

	"github.com/99designs/gqlgen/graphql"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

func TestLiterals(t *testing.T) {
	t.Parallel()
	// A literal in a query arrives as a Go number, a variable as the text of one (see the golden tables).
	for _, c := range []struct {
		scalar string
		in     any
		want   string // empty: refused
	}{
		{"Int", int64(5), "5"},
		{"Int", int64(math.MaxInt32) + 1, ""},
		{"Int", 5.0, "5"},
		{"Int", 5.5, ""},
		{"Int", math.NaN(), ""},
		{"Int", math.Inf(1), ""},
		{"Int", 1e300, ""},
		{"Decimal", int64(5), `"5"`},
		{"Decimal", 1234.56, `"1234.56"`},
		{"Decimal", 0.1, `"0.1"`},
		{"Decimal", 123456789012345.678901, ""}, // not exact as a float64
		{"Decimal", math.NaN(), ""},
		{"Decimal", math.Inf(-1), ""},
		{"Decimal", 1e300, ""},
		{"JSON", map[string]any{"a": []any{nil, true, int64(1), 0.5, "x"}}, `{"a":[null,true,1,0.5,"x"]}`},
		{"JSON", map[string]any{"a": new(files.Upload)}, ""},
	} {
		got, err := scalars[c.scalar](c.in)
		if c.want == "" {
			checkRefusal(t, c.scalar, got, err)
		} else if err != nil || got != c.want {
			t.Errorf("%s %v: %s, %v; want %s", c.scalar, c.in, got, err, c.want)
		}
	}
}

func TestDecimalIsWrittenWithItsScale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   decimal.Decimal
		want string
	}{
		{decimal.New(123450, -2), `"1234.50"`},
		{decimal.New(-5, -2), `"-0.05"`},
		{decimal.New(5, 3), `"5000"`},
		{decimal.Decimal{}, `"0"`},
		{decimal.New(math.MinInt64, -4), `"-922337203685477.5808"`},
		{decimal.New(1, -18), `"0.000000000000000001"`},
		{decimal.New(1, -25), `"0.0000000000000000000000001"`},
		{decimal.RequireFromString("123456789012345678901234.5"), `"123456789012345678901234.5"`},
	} {
		if got := written(scalar.MarshalDecimal(c.in)); got != c.want {
			t.Errorf("%v is written %s, not %s", c.in, got, c.want)
		}
	}
}

func TestStringsAreValidJSON(t *testing.T) {
	t.Parallel()
	for r := range rune(0x300) {
		text := "a" + string(r) + "b"
		var back string
		if err := json.Unmarshal([]byte(written(scalar.MarshalString(text))), &back); err != nil || back != text {
			t.Errorf("%q comes back as %q, %v", text, back, err)
		}
	}
	t.Run("broken UTF-8 is replaced", func(t *testing.T) {
		t.Parallel()
		if got := written(scalar.MarshalString("a\xffb\xc3")); got != `"a\ufffdb\ufffd"` {
			t.Error(got)
		}
	})
}

func TestCountriesAreCountries(t *testing.T) {
	t.Parallel()
	count := 0
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			if _, err := scalar.UnmarshalCountryCode(code); err != nil {
				continue
			}
			count++
			if region, err := language.ParseRegion(code); err != nil || !region.IsCountry() {
				t.Errorf("%s is no country", code)
			}
		}
	}
	if count != 250 { // ISO 3166-1 has 249; AN is ours
		t.Errorf("%d countries", count)
	}
}

func TestWritingCostsOneAllocation(t *testing.T) {
	var buf bytes.Buffer
	buf.Grow(1 << 10)
	now, id, amount := time.Now(), uuid.New(), decimal.New(123450, -2)
	day := scalar.DateOf(now, time.UTC)
	for name, m := range map[string]func() graphql.Marshaler{
		"String":   func() graphql.Marshaler { return scalar.MarshalString("Zoë \"Z\"") },
		"Int":      func() graphql.Marshaler { return scalar.MarshalInt(1 << 20) },
		"Boolean":  func() graphql.Marshaler { return scalar.MarshalBoolean(true) },
		"DateTime": func() graphql.Marshaler { return scalar.MarshalDateTime(now) },
		"Date":     func() graphql.Marshaler { return day },
		"Decimal":  func() graphql.Marshaler { return scalar.MarshalDecimal(amount) },
		"UUID":     func() graphql.Marshaler { return scalar.MarshalUUID(id) },
	} {
		allocs := testing.AllocsPerRun(100, func() {
			buf.Reset()
			m().MarshalGQL(&buf)
		})
		if allocs > 1 {
			t.Errorf("%s costs %v allocations", name, allocs)
		}
	}
}

func TestAnyWriterWillDo(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	scalar.MarshalString("a\nb").MarshalGQL(struct{ io.Writer }{&text})
	if text.String() != `"a\nb"` {
		t.Error(text.String())
	}
}

func TestJSONPanicsOnWhatJSONCannotExpress(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("a channel was written")
		}
	}()
	scalar.MarshalJSON(make(chan int))
}

func TestInstantsAreWrittenToTheMicrosecond(t *testing.T) {
	t.Parallel()
	for _, year := range []int{-1, 1, 999, 1969, 1970, 2026, 9999, 12026} {
		for _, nanos := range []int{0, 1, 999, 1000, 1001, 120_000_000, 123_456_000, 123_456_789, 999_999_999} {
			for _, zone := range []*time.Location{time.UTC, time.FixedZone("", 5400)} {
				in := time.Date(year, 3, 1, 9, 30, 0, nanos, zone)
				if got, want := written(scalar.MarshalDateTime(in)), `"`+in.UTC().Format("2006-01-02T15:04:05.999999Z07:00")+`"`; got != want {
					t.Errorf("%v is written %s, not %s", in, got, want)
				}
			}
		}
	}
}
