package billing

import (
	"fmt"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// march is a day of it, 0 being none.
func march(t *testing.T, day int) *scalar.Date {
	t.Helper()
	if day == 0 {
		return nil
	}
	var d scalar.Date
	if err := d.UnmarshalText(fmt.Appendf(nil, "2026-03-%02d", day)); err != nil {
		t.Fatal(err)
	}
	return &d
}

func TestNextReminder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what                                   string
		today, before, after                   int // of March
		sentBefore, sentAfter, contact, custom int
		frequency                              ReminderFrequency
		want                                   int
	}{
		{"before the due date", 1, 3, 7, 0, 0, 0, 0, RemindOnce, 7},
		{"on it", 1, 0, 7, 0, 0, 0, 0, RemindOnce, 10},
		{"its day has passed, and it is not too late", 9, 3, 7, 0, 0, 0, 0, RemindOnce, 7},
		{"on the due date it is not", 10, 3, 7, 0, 0, 0, 0, RemindOnce, 7},
		{"then it is", 11, 3, 7, 0, 0, 0, 0, RemindOnce, 17},
		{"one before does not use up the one after", 8, 3, 7, 7, 0, 7, 0, RemindOnce, 17},
		{"after 0 days is the day after the due date", 11, 3, 0, 7, 0, 7, 0, RemindOnce, 11},
		{"once is once", 20, 3, 7, 7, 17, 17, 0, RemindOnce, 0},
		{"after one after it there is none before it", 5, 3, 7, 0, 4, 4, 0, RemindOnce, 0},
		{"weekly, before", 3, 9, 7, 1, 0, 1, 0, RemindWeekly, 8},
		{"weekly, not beyond the due date", 8, 9, 7, 8, 0, 8, 0, RemindWeekly, 17},
		{"weekly, after", 17, 3, 7, 7, 17, 17, 0, RemindWeekly, 24},
		{"every second day", 17, 3, 7, 7, 17, 17, 2, RemindCustom, 19},
		{"not on the day on which it was sent", 8, 3, 7, 0, 0, 8, 0, RemindOnce, 9},
		{"sent on the due date, it is not before it", 10, 3, 7, 0, 0, 10, 0, RemindOnce, 17},
	} {
		r := Reminders{DaysBefore: c.before, DaysAfter: c.after, Frequency: c.frequency, CustomDays: c.custom, DueDate: *march(t, 10),
			Before: march(t, c.sentBefore), After: march(t, c.sentAfter), Contact: march(t, c.contact)}
		got, want := r.Next(*march(t, c.today)), march(t, c.want)
		if (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%s: %v, want %v", c.what, got, want)
		}
	}
}

func TestRemindersAreChecked(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]Reminders{
		"":                   {DaysBefore: 0, DaysAfter: 365, Frequency: RemindOnce},
		"reminderDaysBefore": {DaysBefore: 366, Frequency: RemindOnce},
		"reminderDaysAfter":  {DaysAfter: -1, Frequency: RemindWeekly},
		"reminderCustomDays": {Frequency: RemindCustom},
	} {
		faults := fault.All(r.Check())
		if got := fmt.Sprint(len(faults)); want == "" && got != "0" || want != "" && (got != "1" || faults[0].Field != want) {
			t.Errorf("%s: %v", want, faults)
		}
	}
}
