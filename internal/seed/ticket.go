package seed

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// tickets are what the demo's customers ask for and complain about.
var tickets = []struct {
	name     string
	kind     model.CaseType
	priority model.CasePriority
	status   model.CaseStatus
}{
	{"Delivery came a day late", model.CaseIncident, model.CaseHigh, model.CaseAssigned},
	{"Where is our order?", model.CaseQuestion, model.CaseNormal, model.CaseNew},
	{"Two boxes were damaged", model.CaseIncident, model.CaseUrgent, model.CaseAssigned},
	{"Can we change the billing address?", model.CaseQuestion, model.CaseLow, model.CaseClosed},
	{"The invoice lists an item twice", model.CaseProblem, model.CaseNormal, model.CasePending},
	{"Please send the safety sheets", model.CaseQuestion, model.CaseLow, model.CaseNew},
	{"The scale shows wrong weights", model.CaseProblem, model.CaseHigh, model.CaseAssigned},
	{"Refund for an order of last year", model.CaseQuestion, model.CaseLow, model.CaseRejected},
	{"Nobody answers the hotline", model.CaseIncident, model.CaseHigh, model.CaseNew},
	{"The catalogue cannot be opened", model.CaseProblem, model.CaseNormal, model.CaseClosed},
}

// service has customers raise cases.
func (w *writer) service(ctx context.Context) error {
	for i, about := range tickets {
		account := under(w.accounts, i, len(tickets))
		c := &model.Case{Base: w.base(w.after(account.at, w.span), account.owner), Name: about.name, Status: about.status, Priority: about.priority,
			CaseType: &about.kind, AccountID: &account.id, IsActive: true, Shared: w.shared(account.owner), ContactIDs: account.people[:min(len(account.people), 1)]}
		if !about.status.IsOpen() {
			c.UpdatedAt = w.now // it ended today, as the store dates it
		}
		if _, err := put(ctx, w, store.Cases, c); err != nil {
			return err
		}
	}
	return nil
}
