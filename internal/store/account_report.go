package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What business with accounts comes to (domain: B.2): of all accounts of a page with one statement, which has a part for each
// kind of record that stands on an account. The parts are apart, so no join multiplies what another counts.

// onAccount is how records hang on their account.
var onAccount = Relation{Column: "account_id"}

// accountFigure is a row of the statement. A part leaves empty what it does not tell.
type accountFigure struct {
	ID   id.ID  `bun:"id"`
	Part string `bun:"part"`
	model.Tally
	Day *scalar.Date `bun:"day"`
	At  *time.Time   `bun:"at"`
}

// accountSums are the sums of an account, by what they are shown as.
type accountSums struct{ open, won, owed, overdue, paid []model.Tally }

// accountParts select, for the account p.id, the columns of accountFigure behind the id.
func accountParts(s *statement) []string {
	const alone = ", NULL, NULL, count(*), 0, 0, 0, 0, NULL::date, NULL::timestamptz FROM "
	tasks := Tasks.under(s, onAccount, isOpenTask)
	return []string{
		"SELECT 'deals' AS part, " + Opportunities.sums() + ", min(t.closed_on) AS day, NULL::timestamptz AS at FROM " +
			Opportunities.under(s, onAccount, isActive) + " GROUP BY 2, 3",
		"SELECT 'invoices', " + Invoices.sums() + ", NULL::date, NULL::timestamptz FROM " + Invoices.under(s, onAccount, isIssued) + " GROUP BY 2, 3",
		"SELECT 'overdue invoices', " + Invoices.sums() + ", NULL::date, NULL::timestamptz FROM " + Invoices.under(s, onAccount, IsPastDue) + " GROUP BY 2, 3",
		"SELECT 'cases'" + alone + Cases.under(s, onAccount, isActive, Phase("status", new(true), model.CaseStatus.IsOpen)),
		"SELECT 'contacts'" + alone + Contacts.under(s, AccountContacts.Relation(), isActive),
		"SELECT 'tasks'" + alone + tasks,
		"SELECT 'overdue'" + alone + tasks + " AND " + IsOverdue(s, "t"),
		"SELECT 'activity', NULL, NULL, 0, 0, 0, 0, 0, NULL, max(a.created_at) FROM (SELECT p.id UNION ALL SELECT t.id FROM " +
			Opportunities.under(s, onAccount) + " UNION ALL SELECT t.id FROM " + Cases.under(s, onAccount) + " UNION ALL SELECT t.id FROM " +
			Tasks.under(s, onAccount) + " UNION ALL SELECT t.id FROM " + Invoices.under(s, onAccount) + " UNION ALL SELECT t.id FROM " +
			Estimates.under(s, onAccount) + ") AS r(id) CROSS JOIN LATERAL (SELECT a.created_at FROM activity AS a WHERE a.org_id = $1 AND a.entity_id = r.id" +
			" ORDER BY a.created_at DESC, a.id DESC LIMIT 1) AS a",
	}
}

// AccountReports sums up what stands on each of the accounts, as far as the viewer sees it.
func AccountReports(ctx context.Context, accounts [][16]byte) (map[[16]byte]*model.AccountReport, error) {
	for _, resource := range []string{Opportunities.Resource, Cases.Resource, Contacts.Resource, Tasks.Resource, Activities.Resource,
		Invoices.Resource, Estimates.Resource} {
		if _, err := begin(ctx, resource, "read"); err != nil {
			return nil, err
		}
	}
	s, err := begin(ctx, Accounts.Resource, "read")
	if err != nil {
		return nil, err
	}
	var rows []accountFigure
	ids := s.ids(accounts)
	if err := s.query(ctx, &rows, "SELECT p.id, t.* FROM "+forEach(ids, strings.Join(accountParts(s), " UNION ALL "))); err != nil {
		return nil, fmt.Errorf("sum up accounts: %w", err)
	}
	out := make(map[[16]byte]*model.AccountReport, len(accounts))
	sums := map[[16]byte]*accountSums{}
	for _, account := range accounts {
		out[account], sums[account] = new(model.AccountReport), new(accountSums)
	}
	for _, f := range rows {
		report, sum := out[f.ID], sums[f.ID]
		switch f.Part {
		case "deals":
			switch stage := model.OpportunityStage(f.Phase); {
			case stage.IsOpen():
				sum.open = append(sum.open, f.Tally)
			case stage == model.StageClosedWon:
				sum.won = append(sum.won, f.Tally)
				if f.Day != nil && (report.FirstWonOn == nil || f.Day.Before(*report.FirstWonOn)) {
					report.FirstWonOn = f.Day
				}
			}
		case "invoices":
			if model.InvoiceStatus(f.Phase) == model.InvoicePaid {
				sum.paid = append(sum.paid, f.Tally)
			} else {
				sum.owed = append(sum.owed, f.Tally)
			}
		case "overdue invoices":
			sum.overdue = append(sum.overdue, f.Tally)
		case "cases":
			report.OpenCases = f.Count
		case "contacts":
			report.Contacts = f.Count
		case "tasks":
			report.OpenTasks = f.Count
		case "overdue":
			report.OverdueTasks = f.Count
		case "activity":
			report.LastActivityAt = f.At
		}
	}
	for account, report := range out {
		sum, currency := sums[account], s.viewer.Currency
		report.OpenOpportunities, report.WonOpportunities = model.TotalOf(sum.open), model.TotalOf(sum.won)
		report.OpenInvoices, report.OverdueInvoices = model.Invoiced(sum.owed, currency), model.Invoiced(sum.overdue, currency)
		report.PaidInvoices = model.Invoiced(sum.paid, currency)
	}
	return out, nil
}
