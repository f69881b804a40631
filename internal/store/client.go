package store

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What a client may do who has a link and no account. The viewer of such an operation is nobody and sees no record; these
// functions go to the one that the link leads to, without asking who sees it, and answer with what is printed on it.

// Visit is the following of a link.
type Visit struct {
	Link   id.ID
	Target model.LinkTarget
	Key    id.ID // of what it leads to
}

// Shown is what a client is shown.
type Shown struct {
	Paper        pdf.Document
	Status       string // as the schema spells it
	IsAnswerable bool   // an estimate that may be accepted and declined
	Payments     []Paid // of an invoice, the oldest first
}

// Paid is a payment as a client is shown it.
type Paid struct {
	Date   scalar.Date         `bun:"payment_date"`
	Amount decimal.Decimal     `bun:"amount"`
	Method model.PaymentMethod `bun:"payment_method"`
}

// ShowClient shows a client the document, and notes that they have seen it.
func ShowClient(ctx context.Context, v Visit) (Shown, error) {
	if v.Target == model.ToInvoice {
		if err := followed(ctx, v.Link); err != nil {
			return Shown{}, err
		}
		i, err := Invoices.amend(ctx, v.Key, func(i *model.Invoice) (patch.Set, error) {
			viewed(ctx, i)
			return patch.Set{"Status": true}, nil
		})
		if err != nil {
			return Shown{}, err
		}
		return showInvoice(ctx, i)
	}
	return answerEstimate(ctx, v, func(e *model.Estimate) (patch.Set, error) {
		if e.Status == model.EstimateSent {
			e.Status, e.ViewedAt = model.EstimateViewed, new(tenant.Now(ctx))
		}
		return patch.Set{"Status": true}, nil
	})
}

// AcceptAsClient accepts the estimate that the link leads to.
func AcceptAsClient(ctx context.Context, v Visit, by Acceptance) (Shown, error) {
	return answerEstimate(ctx, v, accept(ctx, by))
}

// DeclineAsClient declines the estimate that the link leads to.
func DeclineAsClient(ctx context.Context, v Visit, reason *string) (Shown, error) {
	return answerEstimate(ctx, v, decline(ctx, reason))
}

func answerEstimate(ctx context.Context, v Visit, fn func(*model.Estimate) (patch.Set, error)) (Shown, error) {
	if v.Target != model.ToEstimate {
		return Shown{}, fault.New(fault.Conflict, "there is nothing to accept or decline")
	}
	if err := followed(ctx, v.Link); err != nil {
		return Shown{}, err
	}
	e, err := Estimates.amend(ctx, v.Key, fn)
	if err != nil {
		return Shown{}, err
	}
	day, err := Today(ctx)
	if err != nil {
		return Shown{}, err
	}
	d, err := PrintedEstimate(ctx, e)
	answerable := e.Status.IsOpen() && e.Status != model.EstimateDraft && !e.IsPast(day)
	return Shown{Paper: d, Status: model.GraphQLName(string(e.Status)), IsAnswerable: answerable}, err
}

func showInvoice(ctx context.Context, i *model.Invoice) (Shown, error) {
	d, err := PrintedInvoice(ctx, i)
	out := Shown{Paper: d, Status: model.GraphQLName(string(i.Status))}
	if err != nil {
		return out, err
	}
	if err := tenant.Select(ctx, &out.Payments, "SELECT payment_date, amount, payment_method FROM payment WHERE org_id = $1 AND invoice_id = $2 ORDER BY payment_date, id",
		[16]byte(i.OrgID), [16]byte(i.ID)); err != nil {
		return out, fmt.Errorf("look for the payments: %w", err)
	}
	return out, nil
}
