package store

import (
	"context"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// today is the organization's calendar day at an instant. Nothing else decides what is due or overdue.
func today(v *tenant.Viewer, now time.Time) scalar.Date { return scalar.DateOf(now, v.Zone) }

// Today is the calendar day of the viewer's organization.
func Today(ctx context.Context) (scalar.Date, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return scalar.Date{}, err
	}
	return today(v, tenant.Now(ctx)), nil
}

// DaysSince is the number of whole calendar days between two days.
func DaysSince(from, to scalar.Date) int {
	return int(midnight(to, time.UTC).Sub(midnight(from, time.UTC)).Hours() / 24)
}

// DaysInZone is the number of whole calendar days of the organization between an instant and today.
func DaysInZone(ctx context.Context, from time.Time) (int, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return 0, err
	}
	return DaysSince(scalar.DateOf(from, v.Zone), today(v, tenant.Now(ctx))), nil
}
