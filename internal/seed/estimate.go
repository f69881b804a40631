package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// demoEstimates come by turns in each of the ways that an estimate goes.
const demoEstimates = 14

// estimates quotes something to the accounts. The last step of each is what became of it.
func (w *writer) estimates(ctx context.Context) error {
	becomes := []func(context.Context, *model.Estimate) error{
		func(context.Context, *model.Estimate) error { return nil }, // a draft
		w.sends, w.accepts, w.declines, w.letsExpire, w.converts, w.sends,
	}
	for i := range demoEstimates {
		a := under(w.accounts, i, demoEstimates)
		if len(a.people) == 0 {
			continue
		}
		at, what := w.after(a.at, 2*month), sentence(pick(w.fiction, products))
		e := &model.Estimate{Title: what, AccountID: &a.id, ContactID: &a.people[0], Status: model.EstimateDraft, IssueDate: *w.dayOf(at),
			ExpiryDate: w.day(7, 45), Notes: new("We look forward to working with you."), Shared: w.shared(a.owner), Base: w.base(at, a.owner), Customized: costCenter(i)}
		e.Bill = w.bill(what)
		if _, err := put(ctx, w, store.Estimates, e); err != nil {
			return err
		}
		if err := becomes[i%len(becomes)](ctx, e); err != nil {
			return fmt.Errorf("go on with an estimate: %w", err)
		}
	}
	_, err := store.ExpireEstimates(ctx, w.now)
	return err
}

// bill is one to three lines with the local tax.
func (w *writer) bill(what string) model.Bill {
	tax := decimal.New(825, -2)
	if w.currency == "EUR" {
		tax = decimal.New(19, 0)
	}
	b := model.Bill{TaxRate: tax, LineItems: []model.LineItemInput{
		{Name: &what, Quantity: decimal.New(int64(1+w.rng.IntN(5)), 0), UnitPrice: w.amount(200, 9_000)}}}
	for _, extra := range []string{"Installation", "Training"}[:w.rng.IntN(3)] {
		b.LineItems = append(b.LineItems, model.LineItemInput{Name: new(extra), Quantity: decimal.New(1, 0), UnitPrice: w.amount(150, 2_000)})
	}
	if w.chance(30) {
		b.DiscountType, b.DiscountValue = new(model.DiscountPercentage), new(decimal.New(5, 0))
	}
	return b
}

func (w *writer) sends(ctx context.Context, e *model.Estimate) error {
	if e.ClientEmail == nil {
		return nil
	}
	_, err := store.SendEstimate(ctx, e.ID, nil)
	return err
}

func (w *writer) accepts(ctx context.Context, e *model.Estimate) error {
	if err := w.sends(ctx, e); err != nil || e.ClientEmail == nil {
		return err
	}
	_, err := store.AcceptEstimate(ctx, e.ID, nil, store.Acceptance{Name: *e.ClientName, Email: *e.ClientEmail})
	return err
}

func (w *writer) declines(ctx context.Context, e *model.Estimate) error {
	if err := w.sends(ctx, e); err != nil || e.ClientEmail == nil {
		return err
	}
	_, err := store.DeclineEstimate(ctx, e.ID, nil, new("We have decided on another offer."))
	return err
}

// letsExpire has the last day pass, which the end of estimates notices.
func (w *writer) letsExpire(ctx context.Context, e *model.Estimate) error {
	if err := w.sends(ctx, e); err != nil {
		return err
	}
	last := *w.dayOf(w.now.Add(-48 * time.Hour))
	_, err := store.Estimates.Modify(ctx, e.ID, nil, func(e *model.Estimate) (patch.Set, error) {
		if !last.Before(e.IssueDate) {
			e.ExpiryDate = &last
		}
		return patch.Set{"ExpiryDate": true}, nil
	})
	return err
}

func (w *writer) converts(ctx context.Context, e *model.Estimate) error {
	if err := w.accepts(ctx, e); err != nil {
		return err
	}
	_, _, err := store.ConvertEstimate(ctx, e.ID, nil)
	return err
}
