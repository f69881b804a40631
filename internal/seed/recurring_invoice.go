package seed

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// schedules are what recurs in the demo, and since how many days.
var schedules = []struct {
	what      string
	frequency model.RecurringFrequency
	began     int
}{
	{"Maintenance contract", model.FrequencyMonthly, 75}, {"Help desk", model.FrequencyQuarterly, 40}, {"Cold storage", model.FrequencyBiweekly, 20},
	{"Annual licence", model.FrequencyYearly, -30}, {"Staff training", model.FrequencyMonthly, 50},
}

// recurring makes invoices that recur, with those that were due since; the last one is paused.
func (w *writer) recurring(ctx context.Context) error {
	var last *model.RecurringInvoice
	for i, s := range schedules {
		a := under(w.accounts, i, len(schedules))
		if len(a.people) == 0 {
			continue
		}
		at := w.after(a.at, month)
		last = &model.RecurringInvoice{Title: s.what, AccountID: &a.id, ContactID: &a.people[0], IsActive: true, Frequency: s.frequency, PaymentTerms: model.TermsNet30,
			StartDate: w.dayOf(w.now).AddDays(-s.began), Shared: w.shared(a.owner), Base: w.base(at, a.owner), Customized: costCenter(i)}
		last.Bill = w.bill(s.what)
		if _, err := put(ctx, w, store.RecurringInvoices, last); err != nil {
			return err
		}
	}
	made, err := store.GenerateDue(ctx, w.now)
	if err != nil {
		return err
	}
	for _, err := range made.Failed {
		return fmt.Errorf("make the invoices that recur: %w", err)
	}
	if last == nil {
		return nil
	}
	_, err = store.PauseRecurringInvoice(ctx, last.ID, nil)
	return err
}
