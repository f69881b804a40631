package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Estimates are bills that a client accepts or declines (domain: C.7). Their status is changed here and nowhere else: the
// row is locked before it is looked at, so of two answers the second is told of the first.
var Estimates = new(Entity[model.Estimate])

// EstimateLines are the lines of estimates.
var EstimateLines = new(Entity[model.EstimateLineItem])

var estimateNumbers = series{"estimate", "EST"}

func init() {
	*Estimates = Entity[model.Estimate]{
		Noun: "estimate", Kind: model.OfEstimate, Resource: "estimates",
		Order: map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "ISSUE_DATE": "issue_date",
			"EXPIRY_DATE": "expiry_date", "TOTAL_AMOUNT": "total_amount"},
		Search:       []string{"estimate_number", "title", "client_name", "client_email"},
		Subtitle:     func(e *model.Estimate) *string { return &e.Title },
		Read:         shared("estimate_assigned_to", "estimate_teams", "estimate_id"),
		Links:        []Link{assigneesOf("estimate", "estimate_id"), teamsOf("estimate", "estimate_id")},
		Refs:         []Ref{{"AccountID", Accounts}, {"ContactID", Contacts}, {"OpportunityID", Opportunities}},
		Statuses:     []string{"Status"},
		MayDelete:    byCreator[model.Estimate],
		Fresh:        func(e *model.Estimate) { e.Status = model.EstimateDraft },
		Check:        checkEstimate,
		BeforeDelete: keepAccepted,
	}
	*EstimateLines = linesOf[model.EstimateLineItem](Estimates, "estimate_id")
}

// HasExpired holds for estimates whose last day has passed while nobody had answered, by the organization's today.
func HasExpired(s *statement, t string) string {
	return t + ".open_until < " + s.arg(today(s.viewer, s.now)) // which those have that nobody has answered
}

func checkEstimate(ctx context.Context, c *Change[model.Estimate]) error {
	e, day := c.Row, today(c.viewer, tenant.Now(ctx))
	if e.IssueDate.IsZero() {
		e.IssueDate = day
	}
	spoken := c.speaksOfMoney() || c.Set["IssueDate"] || c.Set["ExpiryDate"]
	if spoken && !c.Created() && c.Before.Status.IsAnswered() {
		return answered(c.Before)
	}
	var faults fault.List
	if err := collect(&faults, checkParties(ctx, c, e.AccountID, e.ContactID, &e.Client)); err != nil {
		return err
	}
	if e.IsPast(e.IssueDate) {
		faults.Add("expiryDate", "must not be before the day of issue, %s", e.IssueDate)
	}
	if c.speaksOfMoney() {
		if err := collect(&faults, charge(ctx, c, EstimateLines, &e.Bill, decimal.Zero)); err != nil {
			return err
		}
	}
	if len(faults) > 0 {
		return faults
	}
	if c.Set["ExpiryDate"] && e.Status == model.EstimateExpired && !e.IsPast(day) {
		e.Status = unexpired(e)
	}
	if !c.Created() {
		return nil
	}
	var err error
	e.EstimateNumber, err = estimateNumbers.next(ctx, c.viewer)
	return err
}

// unexpired is where an estimate stood before its last day passed.
func unexpired(e *model.Estimate) model.EstimateStatus {
	switch {
	case e.ViewedAt != nil:
		return model.EstimateViewed
	case e.SentAt != nil:
		return model.EstimateSent
	}
	return model.EstimateDraft
}

func answered(e *model.Estimate) error {
	return fault.New(fault.Conflict, "the estimate was %s already", map[model.EstimateStatus]string{
		model.EstimateAccepted: "accepted", model.EstimateDeclined: "declined"}[e.Status])
}

// keepAccepted refuses to delete what somebody has agreed to. The links to another one go with it.
func keepAccepted(ctx context.Context, e *model.Estimate) error {
	if e.Status == model.EstimateAccepted {
		return answered(e)
	}
	if _, err := tenant.Exec(ctx, "DELETE FROM portal_access_token WHERE org_id = $1 AND resource_type = $2 AND resource_id = $3",
		[16]byte(e.OrgID), string(model.ToEstimate), [16]byte(e.ID)); err != nil {
		return fmt.Errorf("delete the links to the estimate: %w", err)
	}
	return nil
}

// awaits refuses an estimate that nobody can answer any more.
func awaits(ctx context.Context, e *model.Estimate) error {
	day, err := Today(ctx)
	switch {
	case err != nil:
		return err
	case e.Status.IsAnswered():
		return answered(e)
	case e.HasExpired(day):
		return fault.New(fault.Conflict, "the estimate has expired")
	}
	return nil
}

// SendEstimate marks an estimate as sent; the mail is the caller's.
func SendEstimate(ctx context.Context, key [16]byte, version *int) (*model.Estimate, error) {
	return Estimates.Modify(ctx, key, version, func(e *model.Estimate) (patch.Set, error) {
		if err := awaits(ctx, e); err != nil {
			return nil, err
		}
		if e.ClientEmail == nil {
			return nil, fault.Field("clientEmail", "is needed to send the estimate")
		}
		now := tenant.Now(ctx)
		e.SentAt = &now
		if e.Status == model.EstimateDraft {
			e.Status = model.EstimateSent
		}
		return patch.Set{"Status": true}, nil
	})
}

// Acceptance says who accepts an estimate.
type Acceptance struct {
	Name, Email   string
	IP, UserAgent *string // of who has a link; nil when a member notes the answer
}

// AcceptEstimate notes the client's answer.
func AcceptEstimate(ctx context.Context, key [16]byte, version *int, by Acceptance) (*model.Estimate, error) {
	return Estimates.Modify(ctx, key, version, accept(ctx, by))
}

// DeclineEstimate notes the client's answer.
func DeclineEstimate(ctx context.Context, key [16]byte, version *int, reason *string) (*model.Estimate, error) {
	return Estimates.Modify(ctx, key, version, decline(ctx, reason))
}

func accept(ctx context.Context, by Acceptance) func(*model.Estimate) (patch.Set, error) {
	return answer(ctx, model.EstimateAccepted, func(e *model.Estimate, now time.Time) (patch.Set, error) {
		if by.Name = strings.TrimSpace(by.Name); by.Name == "" {
			return nil, fault.Field("name", "must not be blank")
		}
		if len([]rune(by.Name)) > 255 {
			return nil, fault.Field("name", "must have at most 255 characters")
		}
		e.AcceptedAt, e.AcceptedByName, e.AcceptedByEmail, e.AcceptedIP, e.AcceptedUserAgent = &now, &by.Name, &by.Email, by.IP, by.UserAgent
		return patch.Set{"Status": true}, nil
	})
}

func decline(ctx context.Context, reason *string) func(*model.Estimate) (patch.Set, error) {
	return answer(ctx, model.EstimateDeclined, func(e *model.Estimate, now time.Time) (patch.Set, error) {
		if reason != nil && len([]rune(*reason)) > 2000 {
			return nil, fault.Field("reason", "must have at most 2000 characters")
		}
		e.DeclinedAt, e.DeclineReason = &now, reason
		return patch.Set{"Status": true}, nil
	})
}

// answer moves an estimate that was sent to its end.
func answer(ctx context.Context, status model.EstimateStatus, note func(*model.Estimate, time.Time) (patch.Set, error)) func(*model.Estimate) (patch.Set, error) {
	return func(e *model.Estimate) (patch.Set, error) {
		if err := awaits(ctx, e); err != nil {
			return nil, err
		}
		if e.Status == model.EstimateDraft {
			return nil, fault.New(fault.Conflict, "the estimate was not sent yet")
		}
		e.Status = status
		return note(e, tenant.Now(ctx))
	}
}

// ConvertEstimate makes an invoice of an estimate, a draft that has what the estimate has.
func ConvertEstimate(ctx context.Context, key [16]byte, version *int) (*model.Estimate, *model.Invoice, error) {
	var made *model.Invoice
	e, err := Estimates.Modify(ctx, key, version, func(e *model.Estimate) (patch.Set, error) {
		if e.ConvertedToInvoiceID != nil {
			return nil, fault.New(fault.Conflict, "the estimate became an invoice already")
		}
		if e.Status != model.EstimateAccepted {
			if err := awaits(ctx, e); err != nil {
				return nil, err
			}
			e.Status, e.AcceptedAt = model.EstimateAccepted, new(tenant.Now(ctx))
		}
		i := &model.Invoice{InvoiceTitle: e.Title, AccountID: e.AccountID, ContactID: e.ContactID, OpportunityID: e.OpportunityID, Client: e.Client,
			Status: model.InvoiceDraft, PaymentTerms: model.TermsNet30, Notes: e.Notes, Terms: e.Terms, Customized: e.Customized}
		var err error
		if i.Bill, err = copied(ctx, EstimateLines, e.ID, &e.Bill); err != nil {
			return nil, err
		}
		if i.Shared, err = Estimates.sharing(ctx, e); err != nil {
			return nil, err
		}
		if made, err = Invoices.Insert(ctx, i, asCopied); err != nil {
			return nil, fmt.Errorf("convert estimate %s: %w", e.ID, err)
		}
		e.ConvertedToInvoiceID = &made.ID
		return patch.Set{"Status": true}, nil
	})
	return e, made, err
}

// ExpireEstimates has the status of those estimates say so whose last day has passed. It is the job of a night, and finds
// nothing to do when it is run again.
func ExpireEstimates(ctx context.Context, now time.Time) (int, error) {
	s, err := begin(ctx, Estimates.Resource, "write")
	if err != nil {
		return 0, err
	}
	day := today(s.viewer, now)
	var found []id.ID
	if err := tenant.Select(ctx, &found, "SELECT id FROM estimate WHERE org_id = $1 AND status IN ('Draft', 'Sent', 'Viewed') AND open_until < $2 ORDER BY id",
		[16]byte(s.viewer.OrgID), day); err != nil {
		return 0, fmt.Errorf("look for estimates that expire: %w", err)
	}
	expired := 0
	for _, key := range found {
		_, err := Estimates.amend(ctx, key, func(e *model.Estimate) (patch.Set, error) {
			if e.Status.IsOpen() && e.IsPast(day) { // it may have been answered meanwhile
				e.Status = model.EstimateExpired
				expired++
			}
			return patch.Set{"Status": true}, nil
		})
		if err != nil && !fault.Is(err, fault.NotFound) {
			return expired, err
		}
	}
	return expired, nil
}
