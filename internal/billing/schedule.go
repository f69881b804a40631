package billing

import (
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Terms say how long a client has to pay.
type Terms string

// The values, as stored. CUSTOM is a due date of its own, and 30 days where none is given.
const (
	DueOnReceipt Terms = "DUE_ON_RECEIPT"
	Net15        Terms = "NET_15"
	Net30        Terms = "NET_30"
	Net45        Terms = "NET_45"
	Net60        Terms = "NET_60"
	CustomTerms  Terms = "CUSTOM"
)

// DueDate is when an invoice is due that was issued on a day and says nothing else.
func (t Terms) DueDate(issued scalar.Date) scalar.Date {
	days := 30
	switch t {
	case DueOnReceipt:
		days = 0
	case Net15:
		days = 15
	case Net45:
		days = 45
	case Net60:
		days = 60
	}
	return issued.AddDays(days)
}

// Frequency is how often a recurring invoice recurs.
type Frequency string

// The values, as stored.
const (
	Weekly       Frequency = "WEEKLY"
	Biweekly     Frequency = "BIWEEKLY"
	Monthly      Frequency = "MONTHLY"
	Quarterly    Frequency = "QUARTERLY"
	SemiAnnually Frequency = "SEMI_ANNUALLY"
	Yearly       Frequency = "YEARLY"
	Custom       Frequency = "CUSTOM"
)

// mostDays is the longest custom interval: ten years.
const mostDays = 3650

var (
	daysOf   = map[Frequency]int{Weekly: 7, Biweekly: 14}
	monthsOf = map[Frequency]int{Monthly: 1, Quarterly: 3, SemiAnnually: 6, Yearly: 12}
)

// Schedule says on which days a recurring invoice is made. The first is Start.
type Schedule struct {
	Frequency  Frequency
	CustomDays int // the interval of Custom
	Start      scalar.Date
	End        scalar.Date // the last day on which one may be made; the zero date: none
}

// Check refuses a schedule that cannot be followed.
func (s Schedule) Check() error {
	var faults fault.List
	if s.Frequency == Custom && (s.CustomDays < 1 || s.CustomDays > mostDays) {
		faults.Add("customDays", "must be 1 to %d with the frequency CUSTOM", mostDays)
	}
	if s.Frequency != Custom && daysOf[s.Frequency] == 0 && monthsOf[s.Frequency] == 0 {
		faults.Add("frequency", "is not one of its values")
	}
	if !s.End.IsZero() && s.End.Before(s.Start) {
		faults.Add("endDate", "must not be before the start date")
	}
	return faults.Err()
}

// Next is the day that follows one of the schedule's. Intervals of months keep to the day of the month on which the
// schedule started, and in a month that is too short for it to the last: 31 January, 28 February, 31 March.
func (s Schedule) Next(day scalar.Date) scalar.Date {
	months, ok := monthsOf[s.Frequency]
	if !ok {
		if days, ok := daysOf[s.Frequency]; ok {
			return day.AddDays(days)
		}
		return day.AddDays(max(s.CustomDays, 1)) // always another day, so that whoever goes on from day to day arrives
	}
	year, month, _ := civil(day)
	_, _, anchor := civil(s.Start)
	last := time.Date(year, month+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC) // day 0 is the last of the month before
	return scalar.DateOf(last, time.UTC).AddDays(min(anchor, last.Day()) - last.Day())
}

// IsOver reports whether no invoice is made on the day or later.
func (s Schedule) IsOver(day scalar.Date) bool {
	year, _, _ := civil(day)
	return !s.End.IsZero() && s.End.Before(day) || year > 9999 // where the calendar of the API ends
}

func civil(day scalar.Date) (int, time.Month, int) { return day.Start(time.UTC).Date() }
