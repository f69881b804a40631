package billing

import (
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// ReminderFrequency says how often a client is reminded of an invoice.
type ReminderFrequency string

// The values, as stored.
const (
	RemindOnce   ReminderFrequency = "ONCE"
	RemindWeekly ReminderFrequency = "WEEKLY"
	RemindCustom ReminderFrequency = "CUSTOM"
)

// mostReminderDays bounds the days of reminders: a year.
const mostReminderDays = 365

// Reminders say on which days a client is reminded of an invoice: before it is due, and when it should have been paid. The
// two do not know of each other, so that one reminder before the due date does not use up the one after it.
type Reminders struct {
	DaysBefore, DaysAfter int // from so many days before, up to the due date; and from so many days after
	Frequency             ReminderFrequency
	CustomDays            int // the interval of RemindCustom
	DueDate               scalar.Date

	Before, After *scalar.Date // the last ones; nil: none so far
	Contact       *scalar.Date // when the client last heard of the invoice, who is not reminded on the same day
}

// Check refuses reminders that cannot be followed.
func (r Reminders) Check() error {
	var faults fault.List
	for _, of := range []struct {
		field string
		days  int
	}{{"reminderDaysBefore", r.DaysBefore}, {"reminderDaysAfter", r.DaysAfter}} {
		if of.days < 0 || of.days > mostReminderDays {
			faults.Add(of.field, "must be 0 to %d", mostReminderDays)
		}
	}
	if r.Frequency == RemindCustom && (r.CustomDays < 1 || r.CustomDays > mostReminderDays) {
		faults.Add("reminderCustomDays", "must be 1 to %d with the frequency CUSTOM", mostReminderDays)
	}
	return faults.Err()
}

// Next is the day of the next reminder, which may have passed; nil when there is none. Those before the due date are over when
// that is before today.
func (r Reminders) Next(today scalar.Date) *scalar.Date {
	if r.After == nil && !r.DueDate.Before(today) {
		if day := r.next(r.DueDate.AddDays(-r.DaysBefore), r.Before); day != nil && !r.DueDate.Before(*day) {
			return day
		}
	}
	return r.next(r.DueDate.AddDays(max(r.DaysAfter, 1)), r.After)
}

// next is the day of the next reminder of a kind.
func (r Reminders) next(first scalar.Date, last *scalar.Date) *scalar.Date {
	if last != nil {
		switch r.Frequency {
		case RemindOnce:
			return nil
		case RemindWeekly:
			first = last.AddDays(7)
		default:
			first = last.AddDays(max(r.CustomDays, 1))
		}
	}
	if r.Contact != nil && !r.Contact.Before(first) {
		first = r.Contact.AddDays(1)
	}
	return &first
}
