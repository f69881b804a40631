package store

import (
	"context"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/filter"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// How cases were dealt with (domain: E.14), of those that the viewer sees. Duplicates and what is archived count nowhere.

// created and resolved are the cases of a period.
func created(p *filter.Dates) []Cond { return []Cond{isActive, NotDuplicate, Days("created_at", p)} }

func resolved(p *filter.Dates) []Cond {
	return []Cond{isActive, Is("status", new(model.CaseClosed)), Days("resolved_at", p)}
}

func isOpenCase(s *statement, t string) string {
	return s.where(t, isActive, Phase("status", new(true), model.CaseStatus.IsOpen))
}

// casesFrom selects what reports look at of each case that follows FROM.
func casesFrom(s *statement, from string) string {
	return "(SELECT t.id, t.status, t.priority, t.case_type, t.closed_on, " + s.localDay("t.created_at") + " AS day, " +
		s.localDay("t.resolved_at") + " AS resolved_day, " + hoursBetween("t.created_at", "t.first_response_at") + " AS wait, " +
		hoursBetween("t.created_at", "t.resolved_at") + " AS took, coalesce(t.first_response_at, t.resolved_at) IS NOT NULL AS answered, " +
		"coalesce(" + Breached("first_response")(s, "t") + ", false) AS late, coalesce(" + Breached("resolution")(s, "t") + ", false) AS overdue FROM " + from + ") AS t"
}

// CaseReport is about the days that are asked for, or the last 30. Of the fields that are shown it sends a statement for each
// part that they need, in one message.
func CaseReport(ctx context.Context, asked *filter.Dates, shown []string) (*model.CaseReport, error) {
	const days = 30
	p, err := period(ctx, asked, days)
	if err != nil {
		return nil, err
	}
	report := &model.CaseReport{From: *p.From, To: *p.To}
	var parts []func() error
	for _, part := range []struct {
		fields  []string
		compute func(context.Context, *filter.Dates, *model.CaseReport) error
	}{
		{[]string{"firstResponse", "breaches", "breachesByPriority"}, answers},
		{[]string{"resolution", "resolutionByPriority"}, resolutions},
		{[]string{"backlog"}, backlog},
		{[]string{"agents"}, agents},
	} {
		if slices.ContainsFunc(part.fields, func(field string) bool { return slices.Contains(shown, field) }) {
			parts = append(parts, func() error { return part.compute(ctx, p, report) })
		}
	}
	return report, atOnce(ctx, parts...)
}

// answers tells how long what was created waited, and what was not kept.
func answers(ctx context.Context, p *filter.Dates, report *model.CaseReport) error {
	var rows []struct {
		Level    int                 `bun:"level"` // 3: all, 2: a priority, 1: a day
		Day      *scalar.Date        `bun:"day"`
		Priority *model.CasePriority `bun:"priority"`
		model.FirstResponse
		Overdue int `bun:"overdue"`
	}
	err := Cases.figures(ctx, &rows, func(s *statement, from string) string {
		return "SELECT grouping(t.day, t.priority) AS level, t.day, t.priority, count(*) AS cases, count(t.wait) AS answered, " +
			percentile("0.5", "t.wait") + " AS median, " + percentile("0.9", "t.wait") + " AS p90, " +
			"count(*) FILTER (WHERE t.late) AS first_breaches, count(*) FILTER (WHERE t.overdue) AS overdue FROM " +
			casesFrom(s, from) + " GROUP BY GROUPING SETS ((), (t.day), (t.priority))"
	}, created(p)...)
	if err != nil {
		return err
	}
	byDay, byPriority := map[scalar.Date]*model.FirstResponseDay{}, map[model.CasePriority]*model.BreachRate{}
	for _, r := range rows {
		rate := breachRate(r.Priority, r.Cases, r.Breaches, r.Overdue)
		switch {
		case r.Level == 3:
			report.FirstResponse, report.Breaches = &r.FirstResponse, rate
		case r.Priority != nil:
			byPriority[*r.Priority] = rate
		case r.Day != nil:
			byDay[*r.Day] = &model.FirstResponseDay{Date: *r.Day, Cases: r.Cases, Answered: r.Answered, Median: r.Median}
		}
	}
	for _, day := range daysOf(p) {
		report.FirstResponse.Days = append(report.FirstResponse.Days, orElse(byDay, day, &model.FirstResponseDay{Date: day}))
	}
	for _, priority := range priorities() {
		report.ByPriority = append(report.ByPriority, orElse(byPriority, priority, breachRate(&priority, 0, 0, 0)))
	}
	return nil
}

func breachRate(priority *model.CasePriority, cases, late, overdue int) *model.BreachRate {
	return &model.BreachRate{Priority: priority, Cases: cases, FirstResponse: model.Percent(late, cases), Resolution: model.Percent(overdue, cases)}
}

// orElse is a map's value, or another when it has none.
func orElse[K comparable, V any](of map[K]V, key K, other V) V {
	if v, ok := of[key]; ok {
		return v
	}
	return other
}

// resolutions tells how long it took to resolve what was resolved.
func resolutions(ctx context.Context, p *filter.Dates, report *model.CaseReport) error {
	var rows []*model.Resolution
	err := Cases.figures(ctx, &rows, func(s *statement, from string) string {
		return "SELECT t.priority, count(*) AS cases, " + inHours("avg(t.took)") + " AS mean, " + percentile("0.5", "t.took") + " AS median, " +
			percentile("0.9", "t.took") + " AS p90 FROM " + casesFrom(s, from) + " GROUP BY GROUPING SETS ((), (t.priority))"
	}, resolved(p)...)
	if err != nil {
		return err
	}
	byPriority := map[model.CasePriority]*model.Resolution{}
	for _, r := range rows {
		if r.Priority == nil {
			report.Resolution = r
		} else {
			byPriority[*r.Priority] = r
		}
	}
	for _, priority := range priorities() {
		report.Resolutions = append(report.Resolutions, orElse(byPriority, priority, &model.Resolution{Priority: &priority}))
	}
	return nil
}

// backlog counts what was open at the end of each day: what had come by then, without what had ended.
func backlog(ctx context.Context, p *filter.Dates, report *model.CaseReport) error {
	var steps []model.BacklogDay
	lasted := func(s *statement, t string) string {
		return s.where(t, isActive, NotDuplicate) + " AND (" + isOpenCase(s, t) + " OR " + t + ".closed_on > " + s.arg(*p.From) + ")"
	}
	err := Cases.figures(ctx, &steps, func(s *statement, from string) string {
		first, last := s.arg(*p.From)+"::date", s.arg(*p.To)+"::date"
		return "SELECT e.day, sum(e.step) AS open, coalesce(sum(e.step) FILTER (WHERE t.priority = 'Urgent'), 0) AS urgent FROM " + casesFrom(s, from) +
			" CROSS JOIN LATERAL (VALUES (greatest(t.day, " + first + "), 1), (greatest(t.closed_on, t.day, " + first + "), -1)) AS e(day, step)" +
			" WHERE e.day <= " + last + " AND (e.step = 1 OR t.status IN ('Closed', 'Rejected')) GROUP BY e.day"
	}, lasted, Days("created_at", &filter.Dates{To: p.To}))
	if err != nil {
		return err
	}
	byDay := map[scalar.Date]model.BacklogDay{}
	for _, step := range steps {
		byDay[step.Date] = step
	}
	var now model.BacklogDay
	for _, day := range daysOf(p) {
		now.Date, now.Open, now.Urgent = day, now.Open+byDay[day].Open, now.Urgent+byDay[day].Urgent
		report.Backlog = append(report.Backlog, new(now))
	}
	return nil
}

// agents tells what each assignee of what was resolved has done.
func agents(ctx context.Context, p *filter.Dates, report *model.CaseReport) error {
	err := Cases.figures(ctx, &report.Agents, func(s *statement, from string) string {
		return "SELECT a.profile_id, count(*) AS handled, " + inHours("avg(t.wait)") + " AS first_response, " +
			"count(*) FILTER (WHERE t.late) + count(*) FILTER (WHERE t.overdue) AS breaches FROM " + casesFrom(s, from) +
			" JOIN case_assigned_to AS a ON a.org_id = $1 AND a.case_id = t.id GROUP BY a.profile_id ORDER BY handled DESC, a.profile_id"
	}, resolved(p)...)
	sibling.Join(report.Agents)
	return err
}

// CasesBehind holds for the cases behind a number of a report.
func CasesBehind(report *model.CaseReport, metric model.CaseMetric) []Cond {
	p := &filter.Dates{From: &report.From, To: &report.To}
	switch metric {
	case model.MetricAnswered:
		return append(created(p), isNull("first_response_at", " IS NOT NULL"))
	case model.MetricFirstResponseBreach:
		return append(created(p), Breached("first_response"))
	case model.MetricResolutionBreach:
		return append(created(p), Breached("resolution"))
	case model.MetricResolved:
		return resolved(p)
	case model.MetricOpen:
		return []Cond{isOpenCase}
	default:
		return created(p)
	}
}
