package scalar_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/schema"

	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

func date(t *testing.T, text string) scalar.Date {
	t.Helper()
	d, err := scalar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDateOfAnInstantDependsOnTheZone(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	instant := time.Date(2026, 3, 1, 3, 0, 0, 0, time.UTC)
	if got := scalar.DateOf(instant, zone); got != date(t, "2026-02-28") {
		t.Error(got)
	}
	if got := scalar.DateOf(instant, time.UTC); got != date(t, "2026-03-01") {
		t.Error(got)
	}
}

func TestDateArithmetic(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		from string
		days int
		want string
	}{
		{"2026-03-01", 0, "2026-03-01"},
		{"2026-02-28", 1, "2026-03-01"},
		{"2024-02-28", 1, "2024-02-29"},
		{"2026-01-01", -1, "2025-12-31"},
		{"2026-03-29", 365, "2027-03-29"},
	} {
		from, to := date(t, c.from), date(t, c.want)
		if got := from.AddDays(c.days); got != to {
			t.Errorf("%s and %d days is %s, not %s", c.from, c.days, got, c.want)
		}
		if from.Before(to) != (c.days > 0) || to.Before(from) != (c.days < 0) {
			t.Errorf("%s and %s are in the wrong order", c.from, c.want)
		}
	}
	if got := date(t, "9999-12-31").AddDays(1).String(); got != "10000-01-01" {
		t.Error(got)
	}
	if !(scalar.Date{}).IsZero() || date(t, "0001-01-01").IsZero() {
		t.Error("IsZero does not tell the zero Date")
	}
}

func TestDateInTheDatabase(t *testing.T) {
	t.Parallel()
	want := date(t, "2026-03-01")
	zone := time.FixedZone("far east", 14*60*60)
	for _, src := range []any{
		"2026-03-01", []byte("2026-03-01"),
		time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 1, 0, 0, 0, 0, zone),
	} {
		var got scalar.Date
		if err := got.Scan(src); err != nil || got != want {
			t.Errorf("%v is read as %s, %v", src, got, err)
		}
	}
	for _, src := range []any{nil, int64(1), "infinity", "2026-02-30"} {
		var got scalar.Date
		if err := got.Scan(src); err == nil {
			t.Errorf("%v is read as %s", src, got)
		}
	}
	t.Run("bun writes it as a text", func(t *testing.T) {
		t.Parallel()
		var none *scalar.Date
		got := schema.NewQueryGen(pgdialect.New()).FormatQuery("? ? ?", want, &want, none)
		if got != "'2026-03-01' '2026-03-01' NULL" {
			t.Error(got)
		}
	})
}

func TestDateInJSON(t *testing.T) {
	t.Parallel()
	type document struct{ Due scalar.Date }
	text, err := json.Marshal(document{date(t, "2026-03-01")})
	if err != nil || string(text) != `{"Due":"2026-03-01"}` {
		t.Fatal(string(text), err)
	}
	var back document
	if err := json.Unmarshal(text, &back); err != nil || back.Due != date(t, "2026-03-01") {
		t.Error(back, err)
	}
}
