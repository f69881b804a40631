package store

import (
	"context"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/filter"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// The numbers that a member looks at first (domain: E.14). Each counts or sums up what they see, by the same conditions as
// lists have; fields that are asked for together send their statements in one message.

// Dashboard prepares the numbers; each is found when it is asked for.
func Dashboard(ctx context.Context) (*model.DashboardReport, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	day := today(v, tenant.Now(ctx))
	won := []Cond{isActive, Is("stage", new(model.StageClosedWon)), Dates("closed_on", monthOf(day))}
	return &model.DashboardReport{
		Date: day, Currency: v.Currency,
		AllAccounts:      &whole[model.Account]{of: Accounts, conds: []Cond{isActive}},
		AllContacts:      &whole[model.Contact]{of: Contacts, conds: []Cond{isActive}},
		AllLeads:         &whole[model.Lead]{of: Leads, conds: []Cond{isActive}},
		AllOpportunities: &whole[model.Opportunity]{of: Opportunities, conds: []Cond{isActive}},
		WonOpportunities: &whole[model.Opportunity]{of: Opportunities, conds: won},
	}, nil
}

// monthOf is the month that a day lies in.
func monthOf(day scalar.Date) *filter.Dates {
	at := day.Start(time.UTC)
	first := scalar.DateOf(time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC), time.UTC)
	last := scalar.DateOf(time.Date(at.Year(), at.Month()+1, 0, 0, 0, 0, 0, time.UTC), time.UTC)
	return &filter.Dates{From: &first, To: &last}
}

// isActive holds for what is not archived.
func isActive(_ *statement, t string) string { return t + ".is_active" }

// isOpenTask holds for tasks that are to be done.
func isOpenTask(_ *statement, t string) string { return t + ".status <> 'Completed'" }

// IsDueToday holds for open tasks that are due on the organization's today.
func IsDueToday(s *statement, t string) string {
	return isOpenTask(s, t) + " AND " + t + ".due_date = " + s.arg(today(s.viewer, s.now))
}

// IsHot holds for leads that somebody should hurry with.
func IsHot(_ *statement, t string) string {
	return t + ".is_active AND " + t + ".rating = 'HOT' AND " + t + ".status IN ('assigned', 'in process')"
}

// IsFollowUpToday holds for open leads to be contacted on the organization's today.
func IsFollowUpToday(s *statement, t string) string {
	return s.where(t, isActive, Phase("status", new(true), model.LeadStatus.IsOpen)) + " AND " + t + ".next_follow_up = " + s.arg(today(s.viewer, s.now))
}

// mostListed bounds the short lists of the dashboard and of today.
const mostListed = 25

func checkListed(first int) error {
	if first < 1 || first > mostListed {
		return fault.Field("first", "must be between 1 and %d", mostListed)
	}
	return nil
}

// NewestHotLeads are some leads that somebody should hurry with.
func NewestHotLeads(ctx context.Context, most int) ([]*model.Lead, error) {
	return listed(ctx, Leads, most, nil, IsHot)
}

// NextTasks are some open tasks, those that are due first.
func NextTasks(ctx context.Context, most int) ([]*model.Task, error) {
	return listed(ctx, Tasks, most, &page.Order{Field: "DUE_DATE", Direction: "ASC"}, isOpenTask, isNull("due_date", " IS NOT NULL"))
}

// LatestActivities are what happened last.
func LatestActivities(ctx context.Context, most int) ([]*model.Activity, error) {
	return listed(ctx, Activities, most, nil)
}

// listed is a short list without pages.
func listed[T any](ctx context.Context, e *Entity[T], most int, order *page.Order, conds ...Cond) ([]*T, error) {
	if err := checkListed(most); err != nil {
		return nil, err
	}
	list, err := e.List(ctx, page.Args{First: &most}, order, conds...)
	if err != nil {
		return nil, err
	}
	return list.Nodes(), nil
}
