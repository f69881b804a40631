package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/filter"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What waits for somebody today (domain: E.14): one queue from several kinds of records, of what the viewer sees.

// source is a kind of records that stand in the queue. What it counts is what it lists, and more.
type source struct {
	count func(ctx context.Context) (int, error)
	list  func(ctx context.Context) ([]*model.TodayItem, error) // the most pressing ones
}

// mostRanked is how many records of each kind are compared with those of the others.
const mostRanked = 25

// waiting are the sources of the queue.
func waiting() []source {
	return []source{
		queued(Cases, byResponseDue, unanswered, isUnanswered),
		queued(Invoices, byDueDate, unpaid, IsPastDue),
		queued(Opportunities, byAge, quiet, isQuiet),
		queued(Tasks, byDueDate, due, isDue),
	}
}

// queued is a source: in which order its records come, and what is said of each.
func queued[T any](e *Entity[T], order func(s *statement) string, say func(*tenant.Viewer, time.Time, *T) (model.TodayReason, scalar.Date), conds ...Cond) source {
	return source{
		count: func(ctx context.Context) (int, error) { return e.Count(ctx, conds...) },
		list: func(ctx context.Context) ([]*model.TodayItem, error) {
			rows, err := e.foremost(ctx, order, mostRanked, conds...)
			if err != nil {
				return nil, err
			}
			v, err := tenant.ViewerFrom(ctx)
			if err != nil {
				return nil, err
			}
			items := make([]*model.TodayItem, len(rows))
			for i, r := range rows {
				items[i] = &model.TodayItem{Title: any(r).(labelled).Label(), Node: any(r).(model.Node)}
				items[i].Reason, items[i].On = say(v, tenant.Now(ctx), r)
			}
			return items, nil
		},
	}
}

// foremost reads the first of all that the viewer sees, in an order that no index has: all are compared, and these are read.
func (e *Entity[T]) foremost(ctx context.Context, order func(s *statement) string, most int, conds ...Cond) ([]*T, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	with, from := e.whole(s, conds...)
	s.plan(with, conds)
	return e.run(ctx, s, most, with+"SELECT "+e.columns()+" FROM (SELECT t.id FROM "+from+" ORDER BY "+order(s)+", t.id LIMIT "+strconv.Itoa(most)+
		") AS foremost(id) CROSS JOIN LATERAL (SELECT * FROM "+e.name()+" AS t WHERE t.org_id = $1 AND t.id = foremost.id OFFSET 0) AS t ORDER BY "+order(s)+", t.id")
}

// Cases wait for their first response.

// isUnanswered holds for open cases without a first response.
func isUnanswered(s *statement, t string) string {
	return isOpenCase(s, t) + " AND " + t + ".first_response_at IS NULL"
}

func byResponseDue(s *statement) string { return promisedResponse(s, "t") }

func unanswered(v *tenant.Viewer, now time.Time, c *model.Case) (model.TodayReason, scalar.Date) {
	on := scalar.DateOf(c.Due(c.FirstResponseHours, now), v.Zone)
	if c.Breached(c.FirstResponseHours, nil, now) {
		return model.TodayCaseBreached, on
	}
	return model.TodayCaseWaiting, on
}

// Deals wait when nothing has moved them for long.

// isQuiet holds for open deals that have been in their stage for as long as expected.
func isQuiet(s *statement, t string) string {
	var last time.Time // no open deal that entered its stage after it is quiet
	for _, stage := range model.OpportunityStageValues {
		if quiet, _ := stage.ExpectedDays(); stage.IsOpen() {
			last = latest(last, entered(s, quiet))
		}
	}
	return s.where(t, isActive, Phase("stage", new(true), model.OpportunityStage.IsOpen)) + " AND " + t + ".stage_changed_at < " + s.arg(last) +
		" AND (" + enteredBefore(s, t, func(quiet, _ int) int { return quiet }) + ")"
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// entered is before when a deal entered its stage that has been there for so many days.
func entered(s *statement, days int) time.Time {
	return midnight(today(s.viewer, s.now).AddDays(1-days), s.viewer.Zone)
}

// enteredBefore holds for open deals that entered their stage so many days ago, or more.
func enteredBefore(s *statement, t string, days func(quiet, rotten int) int) string {
	var parts []string
	for _, stage := range model.OpportunityStageValues {
		if stage.IsOpen() {
			parts = append(parts, t+".stage = '"+string(stage)+"' AND "+t+".stage_changed_at < "+s.arg(entered(s, days(stage.ExpectedDays()))))
		}
	}
	return strings.Join(parts, " OR ")
}

func byAge(s *statement) string {
	return "(" + enteredBefore(s, "t", func(_, rotten int) int { return rotten }) + ") DESC, t.stage_changed_at"
}

func quiet(v *tenant.Viewer, now time.Time, o *model.Opportunity) (model.TodayReason, scalar.Date) {
	on := scalar.DateOf(*o.StageChangedAt, v.Zone)
	if _, rotten := o.Stage.ExpectedDays(); DaysSince(on, today(v, now)) >= rotten {
		return model.TodayDealRotten, on
	}
	return model.TodayDealAgeing, on
}

// QuietDeals is what the quiet deals are worth.
func QuietDeals(ctx context.Context) (*model.RevenueTotal, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	tallies, err := Opportunities.Tally(ctx, isQuiet)
	return model.Revenue(tallies, v.Currency), err
}

// Invoices wait when they should have been paid.

func unpaid(_ *tenant.Viewer, _ time.Time, i *model.Invoice) (model.TodayReason, scalar.Date) {
	return model.TodayInvoiceOverdue, *i.DueDate
}

// OverdueInvoices is what the invoices come to that should have been paid.
func OverdueInvoices(ctx context.Context) (*model.InvoiceTotal, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	tallies, err := Invoices.Tally(ctx, IsPastDue)
	return model.Invoiced(tallies, v.Currency), err
}

// Tasks wait when they are due.

func isDue(s *statement, t string) string {
	return isOpenTask(s, t) + " AND " + t + ".due_date <= " + s.arg(today(s.viewer, s.now))
}

func byDueDate(*statement) string { return "t.due_date" }

func due(v *tenant.Viewer, now time.Time, t *model.Task) (model.TodayReason, scalar.Date) {
	if t.DueDate.Before(today(v, now)) {
		return model.TodayTaskOverdue, *t.DueDate
	}
	return model.TodayTaskDue, *t.DueDate
}

// TodayItems is the head of the queue.
func TodayItems(ctx context.Context, most int) ([]*model.TodayItem, error) {
	if err := checkListed(most); err != nil {
		return nil, err
	}
	return merged(ctx, waiting(), most, func(a, b *model.TodayItem) int {
		return cmp.Or(cmp.Compare(urgency(a), urgency(b)), a.On.Compare(b.On))
	})
}

func urgency(i *model.TodayItem) int { return slices.Index(model.TodayReasonValues, i.Reason) }

// TodayCount is the length of the whole queue.
func TodayCount(ctx context.Context) (int, error) {
	sources := waiting()
	counts := make([]func(context.Context) (int, error), len(sources))
	for i, of := range sources {
		counts[i] = of.count
	}
	return sumOf(ctx, counts...)
}

// ClearedYesterday is how many tasks were completed and cases closed on the organization's day before today.
func ClearedYesterday(ctx context.Context) (int, error) {
	now, err := Today(ctx)
	if err != nil {
		return 0, err
	}
	yesterday := &filter.Dates{From: new(now.AddDays(-1)), To: new(now.AddDays(-1))}
	return sumOf(ctx,
		func(ctx context.Context) (int, error) { return Tasks.Count(ctx, Days("completed_at", yesterday)) },
		func(ctx context.Context) (int, error) {
			return Cases.Count(ctx, isActive, Is("status", new(model.CaseClosed)), Dates("closed_on", yesterday))
		})
}

// Upcoming is what is due in the seven days after today, the next first.
func Upcoming(ctx context.Context, most int) ([]*model.TodayItem, error) {
	if err := checkListed(most); err != nil {
		return nil, err
	}
	now, err := Today(ctx)
	if err != nil {
		return nil, err
	}
	week := &filter.Dates{From: new(now.AddDays(1)), To: new(now.AddDays(7))}
	return merged(ctx, []source{
		queued(Tasks, byDueDate, func(_ *tenant.Viewer, _ time.Time, t *model.Task) (model.TodayReason, scalar.Date) {
			return model.TodayTaskDue, *t.DueDate
		}, isOpenTask, Dates("due_date", week)),
		queued(Opportunities, func(*statement) string { return "t.closed_on" }, func(_ *tenant.Viewer, _ time.Time, o *model.Opportunity) (model.TodayReason, scalar.Date) {
			return model.TodayDealClosing, *o.ClosedOn
		}, isActive, Phase("stage", new(true), model.OpportunityStage.IsOpen), Dates("closed_on", week)),
		queued(Leads, func(*statement) string { return "t.next_follow_up" }, func(_ *tenant.Viewer, _ time.Time, l *model.Lead) (model.TodayReason, scalar.Date) {
			return model.TodayFollowUp, *l.NextFollowUp
		}, isActive, Phase("status", new(true), model.LeadStatus.IsOpen), Dates("next_follow_up", week)),
	}, most, func(a, b *model.TodayItem) int { return a.On.Compare(b.On) })
}

// merged are the first items of all sources, which are asked in one message.
func merged(ctx context.Context, sources []source, most int, compare func(a, b *model.TodayItem) int) ([]*model.TodayItem, error) {
	found, err := together(ctx, sources, func(of source) ([]*model.TodayItem, error) { return of.list(ctx) })
	if err != nil {
		return nil, err
	}
	items := slices.Concat(found...)
	slices.SortStableFunc(items, compare)
	return items[:min(len(items), most)], nil
}

// sumOf adds up what is counted in one message.
func sumOf(ctx context.Context, counts ...func(context.Context) (int, error)) (sum int, err error) {
	found, err := together(ctx, counts, func(count func(context.Context) (int, error)) (int, error) { return count(ctx) })
	for _, n := range found {
		sum += n
	}
	return sum, err
}

// atOnce does several things at the same time.
func atOnce(ctx context.Context, do ...func() error) error {
	_, err := together(ctx, do, func(fn func() error) (struct{}, error) { return struct{}{}, fn() })
	return err
}

// together asks for something of several at the same time.
func together[K, V any](ctx context.Context, of []K, ask func(K) (V, error)) ([]V, error) {
	found, errs, fns := make([]V, len(of)), make([]error, len(of)), make([]func(), len(of))
	for i, k := range of {
		fns[i] = func() { found[i], errs[i] = ask(k) }
	}
	tenant.Together(ctx, fns)
	for _, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("ask several: %w", err)
		}
	}
	return found, nil
}
