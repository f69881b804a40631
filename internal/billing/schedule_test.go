package billing_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

func TestTermsGiveTheDueDate(t *testing.T) {
	t.Parallel()
	for terms, want := range map[billing.Terms]string{billing.DueOnReceipt: "2026-01-31", billing.Net15: "2026-02-15", billing.Net30: "2026-03-02",
		billing.Net45: "2026-03-17", billing.Net60: "2026-04-01", billing.CustomTerms: "2026-03-02"} {
		if got := terms.DueDate(day("2026-01-31")); got != day(want) {
			t.Errorf("%s: %s, not %s", terms, got, want)
		}
	}
}

func TestDaysOfASchedule(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		frequency billing.Frequency
		days      int
		want      string
	}{
		{billing.Weekly, 0, "2026-12-28 2027-01-04 2027-01-11"},
		{billing.Biweekly, 0, "2024-02-20 2024-03-05 2024-03-19"},
		{billing.Custom, 1, "2024-02-28 2024-02-29 2024-03-01"},
		{billing.Custom, 90, "2025-11-01 2026-01-30 2026-04-30"},
		{billing.Monthly, 0, "2026-01-31 2026-02-28 2026-03-31 2026-04-30 2026-05-31"},
		{billing.Monthly, 0, "2023-12-30 2024-01-30 2024-02-29 2024-03-30"},
		{billing.Monthly, 0, "2026-11-15 2026-12-15 2027-01-15"},
		{billing.Quarterly, 0, "2026-08-31 2026-11-30 2027-02-28 2027-05-31 2027-08-31"},
		{billing.SemiAnnually, 0, "2025-08-29 2026-02-28 2026-08-29 2027-02-28 2027-08-29 2028-02-29"},
		{billing.Yearly, 0, "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29 2029-02-28"},
		{billing.Yearly, 0, "1999-12-31 2000-12-31"},
	} {
		want := strings.Fields(c.want)
		s := billing.Schedule{Frequency: c.frequency, CustomDays: c.days, Start: day(want[0])}
		if err := s.Check(); err != nil {
			t.Error(err)
		}
		got := []string{want[0]}
		for next := s.Start; len(got) < len(want); {
			next = s.Next(next)
			got = append(got, next.String())
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %s, not %s", c.frequency, got, want)
		}
	}
}

// The interval counts from the invoice before, also when another frequency was chosen meanwhile.
func TestAnotherFrequencyGoesOnFromTheDayReached(t *testing.T) {
	t.Parallel()
	s := billing.Schedule{Frequency: billing.Quarterly, Start: day("2026-01-31")}
	if got := s.Next(day("2026-02-28")); got != day("2026-05-31") {
		t.Error(got)
	}
}

func TestAScheduleEnds(t *testing.T) {
	t.Parallel()
	s := billing.Schedule{Frequency: billing.Monthly, Start: day("2026-01-31"), End: day("2026-03-31")}
	var made []string
	for next := s.Start; !s.IsOver(next); next = s.Next(next) {
		made = append(made, next.String())
	}
	if want := []string{"2026-01-31", "2026-02-28", "2026-03-31"}; !slices.Equal(made, want) {
		t.Errorf("%s, not %s", made, want)
	}
	s.End = scalar.Date{}
	if s.IsOver(day("9999-12-31")) || !s.IsOver(s.Next(day("9999-12-31"))) {
		t.Error("without an end it ends with the calendar")
	}
}

func TestSchedulesThatCannotBeFollowed(t *testing.T) {
	t.Parallel()
	start := day("2026-01-31")
	for _, c := range []struct {
		schedule billing.Schedule
		want     []string
	}{
		{billing.Schedule{Frequency: billing.Custom, Start: start}, []string{"customDays"}},
		{billing.Schedule{Frequency: billing.Custom, CustomDays: -1, Start: start}, []string{"customDays"}},
		{billing.Schedule{Frequency: billing.Custom, CustomDays: 3651, Start: start}, []string{"customDays"}},
		{billing.Schedule{Frequency: billing.Weekly, Start: start, End: day("2026-01-30")}, []string{"endDate"}},
		{billing.Schedule{Frequency: "DAILY", Start: start}, []string{"frequency"}},
		{billing.Schedule{Frequency: billing.Custom, Start: start, End: day("2025-01-01")}, []string{"customDays", "endDate"}},
		{billing.Schedule{Frequency: billing.Custom, CustomDays: 3650, Start: start, End: start}, nil},
	} {
		if got := fields(c.schedule.Check()); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v", c.schedule, c.schedule.Check())
		}
	}
	if never := (billing.Schedule{Frequency: billing.Custom, Start: start}).Next(start); !start.Before(never) {
		t.Error("a schedule that nobody checked stands still")
	}
}

func TestMonthsKeepTheDayOfTheStart(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := billing.Schedule{Frequency: rapid.SampledFrom([]billing.Frequency{billing.Monthly, billing.Quarterly, billing.SemiAnnually, billing.Yearly}).Draw(t, "frequency"),
			Start: day("2000-01-01").AddDays(rapid.IntRange(0, 36_525).Draw(t, "start"))}
		months := map[billing.Frequency]int{billing.Monthly: 1, billing.Quarterly: 3, billing.SemiAnnually: 6, billing.Yearly: 12}[s.Frequency]
		start := s.Start.Start(time.UTC)
		date := s.Start
		for i := range rapid.IntRange(1, 30).Draw(t, "times") {
			next := s.Next(date)
			if !date.Before(next) {
				t.Fatalf("%s after %s", next, date)
			}
			date = next
			at := date.Start(time.UTC)
			first := time.Date(start.Year(), start.Month()+time.Month((i+1)*months), 1, 0, 0, 0, 0, time.UTC)
			if at.Year() != first.Year() || at.Month() != first.Month() || at.Day() != start.Day() && (at.Day() > start.Day() || at.AddDate(0, 0, 1).Day() != 1) {
				t.Fatalf("%s, starting on %s", date, s.Start)
			}
		}
	})
}
