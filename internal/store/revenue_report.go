package store

import (
	"context"
	"strings"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/filter"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What was invoiced, by the day of issue, and what was collected, by the day of each payment, also of the invoices that were
// cancelled later.

// longestRevenue bounds the days of the report, which has as many periods as another has days at most.
const longestRevenue = 10 * longestPeriod

// RevenueReport is about the days that are asked for, or the last year. It sends two statements, in one message.
func RevenueReport(ctx context.Context, asked *filter.Dates, each model.RevenueInterval) (*model.RevenueReport, error) {
	const year = 365
	v, err := adminOf(ctx)
	if err != nil {
		return nil, err
	}
	p, err := periodWithin(ctx, asked, year, longestRevenue)
	if err != nil {
		return nil, err
	}
	report := &model.RevenueReport{Currency: v.Currency, From: *p.From, To: *p.To}
	byStart := map[scalar.Date]*model.RevenuePeriod{}
	for start := firstDayOf(*p.From, each); !report.To.Before(start); {
		next := firstDayOf(start.AddDays(longestOf[each]), each)
		period := model.NewRevenuePeriod(later(start, report.From), earlier(next.AddDays(-1), report.To), v.Currency)
		report.Periods, byStart[start], start = append(report.Periods, period), period, next
	}
	if len(report.Periods) > longestPeriod {
		return nil, fault.Field("period", "must be of at most %d of these intervals", longestPeriod)
	}
	var invoices, payments []flow
	err = atOnce(ctx,
		func() (err error) { invoices, err = invoicedIn(ctx, p, each); return err },
		func() (err error) { payments, err = collectedIn(ctx, p, each); return err },
	)
	for _, f := range invoices {
		byStart[f.Start].AddInvoices(f.Tally)
	}
	for _, f := range payments {
		byStart[f.Start].AddPayments(f.Tally)
	}
	return report, err
}

// longestOf is how many days an interval has at most: its first day and as many lie in the next one.
var longestOf = map[model.RevenueInterval]int{model.ByDay: 1, model.ByWeek: 7, model.ByMonth: 31, model.ByYear: 366}

// firstDayOf is the first day of the interval that a day lies in, as PostgreSQL's date_trunc has it. Weeks begin on Monday.
func firstDayOf(day scalar.Date, each model.RevenueInterval) scalar.Date {
	at := day.Start(time.UTC)
	switch each {
	case model.ByWeek:
		return day.AddDays(-(int(at.Weekday()) + 6) % 7)
	case model.ByMonth:
		return day.AddDays(1 - at.Day())
	case model.ByYear:
		return day.AddDays(1 - at.YearDay())
	default:
		return day
	}
}

func earlier(a, b scalar.Date) scalar.Date {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b scalar.Date) scalar.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// flow is what came in an interval, in one currency.
type flow struct {
	Start scalar.Date `bun:"start"`
	model.Tally
}

func invoicedIn(ctx context.Context, p *filter.Dates, each model.RevenueInterval) ([]flow, error) {
	return flows(ctx, Invoices, each, "issue_date", "total_amount", isIssued, Dates("issue_date", p))
}

func collectedIn(ctx context.Context, p *filter.Dates, each model.RevenueInterval) ([]flow, error) {
	return flows(ctx, Payments, each, "payment_date", "amount", Dates("payment_date", p))
}

// flows adds up an amount of records by the interval that a day of theirs lies in.
func flows[T any](ctx context.Context, e *Entity[T], each model.RevenueInterval, day, amount string, conds ...Cond) (out []flow, err error) {
	err = e.figures(ctx, &out, func(_ *statement, from string) string {
		return "SELECT date_trunc('" + strings.ToLower(string(each)) + "', t." + day + ")::date AS start, t.currency, count(*) AS count, sum(t." + amount +
			") AS total FROM " + from + " GROUP BY 1, 2"
	}, conds...)
	return out, err
}
