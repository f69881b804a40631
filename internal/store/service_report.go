package store

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/filter"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// An admin's overview of all support (domain: E.14).

// mostServiceDays bounds the days that it is about.
const mostServiceDays = 90

// ServiceReport is about the last so many days. It sends four statements, in one message.
func ServiceReport(ctx context.Context, days int) (*model.ServiceReport, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := adminsOnly(v); err != nil {
		return nil, err
	}
	if days < 1 || days > mostServiceDays {
		return nil, fault.Field("days", "must be between 1 and %d", mostServiceDays)
	}
	p, err := period(ctx, nil, days)
	if err != nil {
		return nil, err
	}
	report := &model.ServiceReport{From: *p.From, To: *p.To}
	var came, went []serviceFigure
	err = atOnce(ctx,
		func() error { return Cases.figures(ctx, &came, cameIn, created(p)...) },
		func() error { return Cases.figures(ctx, &went, wentIn, resolved(p)...) },
		func() (err error) { report.OpenNow, err = Cases.Count(ctx, isOpenCase); return err },
		func() error { return serviceAgents(ctx, p, report) })
	if err != nil {
		return nil, err
	}
	tellService(report, p, came, went)
	return report, nil
}

// serviceFigure is what cases come to that have something in common.
type serviceFigure struct {
	Level    int                 `bun:"level"`
	Day      *scalar.Date        `bun:"day"`
	Priority *model.CasePriority `bun:"priority"`
	CaseType *model.CaseType     `bun:"case_type"`
	Cases    int                 `bun:"cases"`
	Met      int                 `bun:"met"`
	Missed   int                 `bun:"missed"`
	Median   *decimal.Decimal    `bun:"median"`
}

// What the figures of a level have in common, as PostgreSQL numbers the sets.
const (
	ofDay, ofPriority, ofType = 3, 5, 6 // of what was created
	ofAllClosed               = 1       // of what was closed
)

func cameIn(s *statement, from string) string {
	return "SELECT grouping(t.day, t.priority, t.case_type) AS level, t.day, t.priority, t.case_type, count(*) AS cases, " +
		"count(*) FILTER (WHERE t.answered AND NOT t.late) AS met, count(*) FILTER (WHERE t.late) AS missed FROM " + casesFrom(s, from) +
		" GROUP BY GROUPING SETS ((t.day), (t.priority), (t.case_type)) ORDER BY cases DESC, t.case_type"
}

func wentIn(s *statement, from string) string {
	return "SELECT grouping(t.resolved_day) AS level, t.resolved_day AS day, count(*) AS cases, " + percentile("0.5", "t.took") + " AS median FROM " +
		casesFrom(s, from) + " GROUP BY GROUPING SETS ((), (t.resolved_day))"
}

// tellService puts the figures where they belong; what has none is told as well.
func tellService(report *model.ServiceReport, p *filter.Dates, came, went []serviceFigure) {
	days, kept := map[scalar.Date]*model.ServiceDay{}, map[model.CasePriority]*model.PromiseKept{}
	for _, day := range daysOf(p) {
		days[day] = &model.ServiceDay{Date: day}
		report.Days = append(report.Days, days[day])
	}
	for _, priority := range priorities() {
		kept[priority] = &model.PromiseKept{Priority: priority}
		report.FirstResponses = append(report.FirstResponses, kept[priority])
	}
	for _, f := range came {
		switch f.Level {
		case ofDay:
			report.Opened += f.Cases
			days[*f.Day].Opened = f.Cases
		case ofPriority:
			kept[*f.Priority].Met, kept[*f.Priority].Missed = f.Met, f.Missed
		case ofType:
			report.Types = append(report.Types, &model.CaseTypeTotal{CaseType: f.CaseType, Count: f.Cases})
		}
	}
	for _, f := range went {
		if f.Level == ofAllClosed {
			report.Closed, report.MedianResolution = f.Cases, f.Median
		} else {
			days[*f.Day].Closed = f.Cases
		}
	}
}

// serviceAgents tells what each assignee has to do and has done, and what nobody has.
func serviceAgents(ctx context.Context, p *filter.Dates, report *model.ServiceReport) error {
	err := Cases.figures(ctx, &report.Agents, func(s *statement, from string) string {
		return "SELECT a.profile_id, count(*) FILTER (WHERE t.status <> 'Closed') AS open, count(*) FILTER (WHERE t.status = 'Closed') AS closed, " +
			"count(*) FILTER (WHERE t.late) AS missed FROM " + casesFrom(s, from) +
			" LEFT JOIN case_assigned_to AS a ON a.org_id = $1 AND a.case_id = t.id GROUP BY a.profile_id ORDER BY open DESC, closed DESC, a.profile_id"
	}, func(s *statement, t string) string {
		return s.where(t, isOpenCase) + " OR " + s.where(t, resolved(p)...)
	})
	sibling.Join(report.Agents)
	return err
}
