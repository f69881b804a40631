package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/filter"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What reports have in common: spans of days, and selects over all that the viewer sees of a kind of records.

// longestPeriod bounds the days of a report.
const longestPeriod = 366

// period is a span of the organization's days: what is asked for, or the last so many days.
func period(ctx context.Context, asked *filter.Dates, days int) (*filter.Dates, error) {
	return periodWithin(ctx, asked, days, longestPeriod)
}

func periodWithin(ctx context.Context, asked *filter.Dates, days, longest int) (*filter.Dates, error) {
	last, err := Today(ctx)
	if err != nil {
		return nil, err
	}
	if asked != nil && asked.To != nil {
		last = *asked.To
	}
	first := last.AddDays(1 - days)
	if asked != nil && asked.From != nil {
		first = *asked.From
	}
	if n := DaysSince(first, last) + 1; n < 1 || n > longest {
		return nil, fault.Field("period", "must be of 1 to %d days", longest)
	}
	return &filter.Dates{From: &first, To: &last}, nil
}

// daysOf are the days of a period.
func daysOf(p *filter.Dates) []scalar.Date {
	days := make([]scalar.Date, DaysSince(*p.From, *p.To)+1)
	for i := range days {
		days[i] = p.From.AddDays(i)
	}
	return days
}

// figures reads what a select makes of the rows that the viewer sees and that meet the conditions; it is given what follows
// FROM.
func (e *Entity[T]) figures(ctx context.Context, dest any, write func(s *statement, from string) string, conds ...Cond) error {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return err
	}
	with, from := e.whole(s, conds...)
	s.plan(with, conds)
	if err := s.query(ctx, dest, with+write(s, from)); err != nil {
		return fmt.Errorf("sum up %s: %w", e.Noun, err)
	}
	return nil
}

// localDay is the organization's day of an instant.
func (s *statement) localDay(instant string) string {
	return "(" + instant + " AT TIME ZONE " + s.own("zone", s.viewer.Zone.String()) + "::text)::date"
}

// hoursBetween is an interval in hours, and inHours an aggregate of such with two digits after the point.
func hoursBetween(from, to string) string {
	return "(extract(epoch FROM " + to + " - " + from + ")::float8 / 3600)"
}

func inHours(aggregate string) string { return "round((" + aggregate + ")::numeric, 2)" }

func percentile(p, of string) string {
	return inHours("percentile_cont(" + p + ") WITHIN GROUP (ORDER BY " + of + ")")
}

// priorities are those of cases, the most pressing first.
func priorities() []model.CasePriority {
	all := slices.Clone(model.CasePriorityValues)
	slices.Reverse(all)
	return all
}
