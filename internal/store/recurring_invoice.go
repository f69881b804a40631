package store

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// RecurringInvoices are schedules on whose days invoices are made (domain: C.7, F.2). For a day there is one: the schedule's
// row is locked from the look at its next day until that day has moved on, and the database knows the pair as unique.
var RecurringInvoices = new(Entity[model.RecurringInvoice])

// RecurringInvoiceLines are the lines that each of the invoices has.
var RecurringInvoiceLines = new(Entity[model.RecurringInvoiceLineItem])

// InvoicesOfSchedule are those that a recurring invoice has made.
var InvoicesOfSchedule = Relation{Column: "recurring_invoice_id"}

func init() {
	*RecurringInvoices = Entity[model.RecurringInvoice]{
		Noun: "recurring invoice", Kind: model.OfRecurringInvoice, Resource: "recurring_invoices",
		Order:     map[string]string{"CREATED_AT": "created_at", "NEXT_GENERATION_DATE": "next_generation_date"},
		Search:    []string{"title", "client_name"},
		Read:      shared("recurring_invoice_assigned_to", "recurring_invoice_teams", "recurring_invoice_id"),
		Links:     []Link{assigneesOf("recurring_invoice", "recurring_invoice_id"), teamsOf("recurring_invoice", "recurring_invoice_id")},
		Refs:      []Ref{{"AccountID", Accounts}, {"ContactID", Contacts}, {"OpportunityID", Opportunities}},
		MayDelete: byCreator[model.RecurringInvoice],
		Fresh: func(r *model.RecurringInvoice) {
			r.IsActive, r.Frequency, r.PaymentTerms = true, model.FrequencyMonthly, model.TermsNet30
		},
		Check: checkRecurringInvoice,
	}
	*RecurringInvoiceLines = linesOf[model.RecurringInvoiceLineItem](RecurringInvoices, "recurring_invoice_id")
}

// mostBehind is how many days a schedule may begin in the past, for each of whose days there will be an invoice.
const mostBehind = 366

func checkRecurringInvoice(ctx context.Context, c *Change[model.RecurringInvoice]) error {
	r, day := c.Row, today(c.viewer, tenant.Now(ctx))
	var faults fault.List
	if r.StartDate.IsZero() {
		r.StartDate = day
	}
	switch {
	case c.Created() || r.InvoicesGenerated == 0 && c.Set["StartDate"]:
		r.NextGenerationDate = r.StartDate
	case c.Set["StartDate"] && c.differs("StartDate"):
		faults.Add("startDate", "invoices were made already")
	}
	if r.Frequency != model.FrequencyCustom && !c.Set["CustomDays"] {
		r.CustomDays = nil
	}
	if c.Set["StartDate"] && r.StartDate.Before(day.AddDays(-mostBehind)) {
		faults.Add("startDate", "must be at most %d days ago", mostBehind)
	}
	for _, err := range []error{
		r.Schedule().Check(),
		checkParties(ctx, c, r.AccountID, r.ContactID, &r.Client),
	} {
		if err := collect(&faults, err); err != nil {
			return err
		}
	}
	r.IsActive = r.IsActive && !r.IsOver()
	if r.AutoSend && r.ClientEmail == nil {
		faults.Add("clientEmail", "is needed to send the invoices")
	}
	if c.speaksOfMoney() {
		if err := collect(&faults, charge(ctx, c, RecurringInvoiceLines, &r.Bill, decimal.Zero)); err != nil {
			return err
		}
	}
	return faults.Err()
}

// PauseRecurringInvoice makes no more invoices until further notice.
func PauseRecurringInvoice(ctx context.Context, key [16]byte, version *int) (*model.RecurringInvoice, error) {
	return RecurringInvoices.Modify(ctx, key, version, func(r *model.RecurringInvoice) (patch.Set, error) {
		if !r.IsActive {
			return nil, fault.New(fault.Conflict, "the recurring invoice is not active")
		}
		r.IsActive = false
		return patch.Set{"IsActive": true}, nil
	})
}

// ResumeRecurringInvoice goes on from today: for the days of the pause there are no invoices.
func ResumeRecurringInvoice(ctx context.Context, key [16]byte, version *int) (*model.RecurringInvoice, error) {
	day, err := Today(ctx)
	if err != nil {
		return nil, err
	}
	return RecurringInvoices.Modify(ctx, key, version, func(r *model.RecurringInvoice) (patch.Set, error) {
		if r.IsActive {
			return nil, fault.New(fault.Conflict, "the recurring invoice is active")
		}
		for r.NextGenerationDate.Before(day) && !r.IsOver() {
			r.NextGenerationDate = r.Schedule().Next(r.NextGenerationDate)
		}
		if r.IsOver() {
			return nil, fault.New(fault.Conflict, "the recurring invoice is at its end; give it a later last day first")
		}
		r.IsActive = true
		return patch.Set{"IsActive": true}, nil
	})
}

// GenerateInvoice makes the invoice of a schedule's next day, if that has come. One that is to be sent at once is marked as
// sent; the mail is the caller's.
func GenerateInvoice(ctx context.Context, key [16]byte) (*model.RecurringInvoice, *model.Invoice, error) {
	day, err := Today(ctx)
	if err != nil {
		return nil, nil, err
	}
	r, made, err := generate(ctx, key, RecurringInvoices.Read.Row, day)
	switch {
	case err != nil || made != nil:
	case !r.IsActive:
		err = fault.New(fault.Conflict, "the recurring invoice is not active")
	default:
		err = fault.New(fault.Conflict, "the next invoice is due on %s", r.NextGenerationDate)
	}
	return r, made, err
}

// generate makes one invoice, or none when none is due.
func generate(ctx context.Context, key [16]byte, visible Cond, day scalar.Date) (*model.RecurringInvoice, *model.Invoice, error) {
	var made *model.Invoice
	r, err := RecurringInvoices.modify(ctx, key, nil, visible, func(r *model.RecurringInvoice) (patch.Set, error) {
		if !r.IsDue(day) {
			return nil, nil
		}
		var err error
		made, err = invoiceOf(ctx, r, day)
		r.InvoicesGenerated++
		r.NextGenerationDate = r.Schedule().Next(r.NextGenerationDate)
		return nil, err
	})
	if err == nil && made != nil && r.AutoSend {
		made, err = SendInvoice(ctx, made.ID, nil)
	}
	return r, made, err
}

// invoiceOf makes the invoice of the schedule's next day. Who created the schedule, and who it is assigned to and shared
// with, see it.
func invoiceOf(ctx context.Context, r *model.RecurringInvoice, day scalar.Date) (*model.Invoice, error) {
	i := &model.Invoice{InvoiceTitle: r.Title, AccountID: r.AccountID, ContactID: r.ContactID, OpportunityID: r.OpportunityID, Client: r.Client,
		Status: model.InvoiceDraft, IssueDate: day, PaymentTerms: r.PaymentTerms, Notes: r.Notes, Terms: r.Terms,
		RecurringInvoiceID: &r.ID, RecurrenceDate: &r.NextGenerationDate, Customized: r.Customized}
	var err error
	if i.Bill, err = copied(ctx, RecurringInvoiceLines, r.ID, &r.Bill); err != nil {
		return nil, err
	}
	if i.Shared, err = RecurringInvoices.sharing(ctx, r); err != nil {
		return nil, err
	}
	if i, err = Invoices.Insert(ctx, i, asCopied); err != nil {
		return nil, fmt.Errorf("make the invoice of %s for %s: %w", r.ID, r.NextGenerationDate, err)
	}
	if i.CreatedByID == nil { // by a job
		i.CreatedByID = r.CreatedByID
		err = Invoices.updateColumns(ctx, i, "created_by_id")
	}
	return i, err
}

// Generated is what a run has made, and which schedules it could not follow, with the reason.
type Generated struct {
	Invoices []*model.Invoice
	Failed   map[id.ID]error
}

// GenerateDue makes all invoices that are due on the organization's day at an instant, also those of days that were missed.
// It is the job of a night; run again, or twice at once, it makes none twice. Those that it answers with the status Sent are
// to be mailed. A schedule that its own data keep from being followed does not keep the others from it.
func GenerateDue(ctx context.Context, now time.Time) (Generated, error) {
	var all Generated
	s, err := begin(ctx, RecurringInvoices.Resource, "write")
	if err != nil {
		return all, err
	}
	day := today(s.viewer, now)
	var due []id.ID
	if err := tenant.Select(ctx, &due, "SELECT id FROM recurring_invoice WHERE org_id = $1 AND is_active AND next_generation_date <= $2 ORDER BY next_generation_date, id",
		[16]byte(s.viewer.OrgID), day); err != nil {
		return all, fmt.Errorf("look for what is due: %w", err)
	}
	for _, key := range due {
		for {
			_, made, err := generate(ctx, key, nil, day)
			switch {
			case fault.Is(err, fault.NotFound): // deleted meanwhile
			case fault.All(err) != nil:
				if all.Failed == nil {
					all.Failed = map[id.ID]error{}
				}
				all.Failed[key] = err
			case err != nil:
				return all, err
			}
			if err != nil || made == nil { // none is due any more
				break
			}
			all.Invoices = append(all.Invoices, made)
		}
	}
	return all, nil
}
