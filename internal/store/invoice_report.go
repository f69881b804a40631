package store

import (
	"context"
	"fmt"
	"strconv"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/filter"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// An admin's reports on what was invoiced and what is owed (domain: E.14). Amounts are added up in the organization's
// currency, and nothing is converted. What over time was invoiced and collected stands in revenue_report.go.

// adminOf is the viewer, if they are an admin.
func adminOf(ctx context.Context) (*tenant.Viewer, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return v, adminsOnly(v)
}

// InvoiceReport is the overview. It sends six statements, in one message.
func InvoiceReport(ctx context.Context) (*model.InvoiceReport, error) {
	const lastMonth = 30
	v, err := adminOf(ctx)
	if err != nil {
		return nil, err
	}
	p, err := period(ctx, nil, lastMonth)
	if err != nil {
		return nil, err
	}
	report := &model.InvoiceReport{Currency: v.Currency, LastMonth: model.NewRevenuePeriod(*p.From, *p.To, v.Currency)}
	var all, late, offers []model.Tally
	var invoices, payments []flow
	err = atOnce(ctx,
		func() (err error) { all, err = Invoices.Tally(ctx); return err },
		func() (err error) { late, err = Invoices.Tally(ctx, IsPastDue); return err },
		func() error { return Estimates.figures(ctx, &offers, standingOfEstimates) },
		func() (err error) { report.DaysToPayment, err = daysToPayment(ctx); return err },
		func() (err error) { invoices, err = invoicedIn(ctx, p, model.ByDay); return err },
		func() (err error) { payments, err = collectedIn(ctx, p, model.ByDay); return err },
	)
	if err != nil {
		return nil, err
	}
	report.Invoices(all)
	report.Estimates(offers)
	report.Overdue = model.Invoiced(late, v.Currency)
	for _, f := range invoices {
		report.LastMonth.AddInvoices(f.Tally)
	}
	for _, f := range payments {
		report.LastMonth.AddPayments(f.Tally)
	}
	return report, nil
}

// standingOfEstimates sums up estimates by their status; one whose last day has passed has expired, whatever that says.
func standingOfEstimates(s *statement, from string) string {
	return "SELECT CASE WHEN t.status IN ('Sent', 'Viewed') AND t.expiry_date < " + s.arg(today(s.viewer, s.now)) +
		" THEN 'Expired' ELSE t.status END AS phase, t.currency, count(*) AS count, sum(t.total_amount) AS total FROM " + from + " GROUP BY 1, 2"
}

// daysToPayment is the mean of the whole days from the issue of an invoice to its last payment; nil when none is paid.
func daysToPayment(ctx context.Context) (*int, error) {
	var mean struct {
		Days *int `bun:"days"`
	}
	err := Invoices.figures(ctx, &mean, func(s *statement, from string) string {
		return "SELECT round(avg(" + s.localDay("t.paid_at") + " - t.issue_date))::int AS days FROM " + from
	}, func(_ *statement, t string) string { return t + ".paid_at IS NOT NULL" })
	return mean.Days, err
}

// Receivables is what is owed, by how long it has been due.
func Receivables(ctx context.Context) (*model.ReceivablesReport, error) {
	v, err := adminOf(ctx)
	if err != nil {
		return nil, err
	}
	var tallies []model.Tally
	ages := model.ReceivablesAgeValues
	err = Invoices.figures(ctx, &tallies, func(s *statement, from string) string {
		late := s.arg(today(s.viewer, s.now)) + "::date - t.due_date"
		return fmt.Sprintf("SELECT least(%d, greatest(0, (%s + %d) / %d))::text AS phase, t.currency, count(*) AS count, sum(t.total_amount) AS total, "+
			"sum(t.amount_due) AS due FROM %s GROUP BY 1, 2", len(ages)-1, late, daysOfAge-1, daysOfAge, from)
	}, isOwed)
	if err != nil {
		return nil, err
	}
	report := &model.ReceivablesReport{Date: today(v, tenant.Now(ctx)), InvoiceTotal: *model.Invoiced(tallies, v.Currency)}
	for i, age := range ages {
		var own []model.Tally
		for _, t := range tallies {
			if t.Phase == strconv.Itoa(i) {
				own = append(own, t)
			}
		}
		report.Ages = append(report.Ages, &model.ReceivablesOfAge{Age: age, On: dueAt(report.Date, i), InvoiceTotal: *model.Invoiced(own, v.Currency)})
	}
	return report, nil
}

// daysOfAge is how many days an age of receivables comprises.
const daysOfAge = 30

// dueAt is when what is of the age with this number was to be paid.
func dueAt(day scalar.Date, age int) filter.Dates {
	if age == 0 {
		return filter.Dates{From: &day}
	}
	out := filter.Dates{To: new(day.AddDays(-daysOfAge*(age-1) - 1))}
	if age < len(model.ReceivablesAgeValues)-1 {
		out.From = new(day.AddDays(-daysOfAge * age))
	}
	return out
}

// InvoicesOfAge are some of the invoices behind receivables, those that were to be paid first.
func InvoicesOfAge(ctx context.Context, of *model.ReceivablesOfAge, most int) ([]*model.Invoice, error) {
	return listed(ctx, Invoices, most, &page.Order{Field: "DUE_DATE", Direction: "ASC"}, isOwed, Dates("due_date", &of.On))
}

// mostDebtors bounds the accounts of a report.
const mostDebtors = 100

// Overdue is what should have been paid, and which accounts owe most of it.
func Overdue(ctx context.Context, most int) (*model.OverdueReport, error) {
	v, err := adminOf(ctx)
	if err != nil {
		return nil, err
	}
	if most < 1 || most > mostDebtors {
		return nil, fault.Field("first", "must be between 1 and %d", mostDebtors)
	}
	var rows []*model.OverdueAccount // of all accounts first
	err = Invoices.figures(ctx, &rows, func(s *statement, from string) string {
		own := "t.currency = " + s.arg(v.Currency)
		due := "coalesce(sum(t.amount_due) FILTER (WHERE " + own + "), 0)"
		return "SELECT a.account_id, a.count, a.others, a.due, a.oldest FROM (SELECT t.account_id, count(*) AS count, count(*) FILTER (WHERE NOT " + own +
			") AS others, " + due + " AS due, coalesce(" + s.arg(today(s.viewer, s.now)) + "::date - min(t.due_date), 0) AS oldest, row_number() OVER (ORDER BY " +
			"grouping(t.account_id) DESC, " + due + " DESC, count(*) DESC, t.account_id) AS place FROM " + from +
			" GROUP BY GROUPING SETS ((), (t.account_id))) AS a WHERE a.place <= " + s.arg(most+1) + " ORDER BY a.place"
	}, IsPastDue)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		r.Currency = v.Currency
	}
	report := &model.OverdueReport{InvoiceDue: rows[0].InvoiceDue, Accounts: rows[1:]}
	sibling.Join(report.Accounts)
	return report, nil
}
