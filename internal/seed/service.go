package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// articles are the demo's knowledge base, each as far as it has come: 0 is a draft, 3 is published.
var articles = []struct {
	title, text string
	steps       int
}{
	{"Deliveries that arrive late", "Look up the consignment in the carrier's portal. If it has not moved for two days, open a search there and tell the customer the number of it.", 3},
	{"Invoices with a wrong address", "Never change an invoice that was sent. Cancel it, correct the account's address, and send a new one.", 3},
	{"Goods that were damaged on the way", "Ask for photographs of the goods and of the packing. Report the damage to the carrier within seven days, and send the replacement at once.", 3},
	{"Access to the customer portal", "Send an invitation from the contact. The link is good for one day; after that send another one.", 3},
	{"Returning goods", "Goods in their packing are taken back within 30 days. Print the label, and note the reason.", 2},
	{"Changing a running contract", "Only the owner of the account agrees on changes. What was agreed goes into the contract's notes.", 1},
	{"Spare parts for discontinued models", "We keep parts for ten years. Collect here which of them are still in stock.", 0},
}

// recent is how old the cases about one problem are.
const recent = 5 * 24 * time.Hour

// helped is which article helps with each of the complaints.
var helped = []int{4, 1, 1, 0, 5, 2, 3, 4}

// service writes the knowledge base, links it to what it has helped with, and shows how cases belong together.
func (w *writer) service(ctx context.Context) error {
	library, err := w.library(ctx)
	if err != nil {
		return err
	}
	for i, ticket := range w.tickets {
		if i%3 > 0 {
			continue
		}
		if _, _, err := store.LinkSolution(ctx, ticket.id, library[helped[i%len(helped)]], true); err != nil {
			return fmt.Errorf("link a solution: %w", err)
		}
	}
	return w.gather(ctx)
}

// library writes the articles; the admin takes them as far as they have come.
func (w *writer) library(ctx context.Context) ([]id.ID, error) {
	admin := w.founder.crew[0]
	out := make([]id.ID, len(articles))
	for i, a := range articles {
		p, err := put(ctx, w, store.Solutions, &model.Solution{Base: w.base(w.at(i, 2*len(articles)), pick(w.fiction, w.founder.crew)),
			Title: a.title, Description: a.text, Status: model.SolutionDraft})
		if err != nil {
			return nil, err
		}
		out[i] = p.id
		w.become(admin.user)
		for _, step := range []func(context.Context, [16]byte, *int) (*model.Solution, error){
			store.ReviewSolution, store.ApproveSolution, store.PublishSolution}[:a.steps] {
			if _, err := step(ctx, p.id, nil); err != nil {
				return nil, fmt.Errorf("take an article further: %w", err)
			}
		}
	}
	return out, nil
}

// gather puts two cases under the problem that is behind them, merges one that came twice, and notes what is to be done.
func (w *writer) gather(ctx context.Context) error {
	admin := w.founder.crew[0]
	begun := w.now.Add(-recent).Truncate(time.Second)
	add := func(k *model.Case, at time.Time) (*parent, error) {
		k.Base, k.Shared, k.Priority, k.IsActive = w.base(at, admin), w.shared(admin), model.CaseHigh, true
		p, err := put(ctx, w, store.Cases, k)
		if err == nil {
			w.caseDates = append(w.caseDates, caseDates{key: p.id})
		}
		return p, err
	}
	behind, err := add(&model.Case{Name: "Carrier loses consignments", CaseType: new(model.CaseProblem), Status: model.CaseAssigned, IsProblem: true}, begun)
	if err != nil {
		return err
	}
	var last *parent
	for _, name := range []string{"Two boxes of the consignment are missing", "Consignment does not move"} {
		k := &model.Case{Name: name, CaseType: new(model.CaseIncident), Status: model.CaseAssigned, ParentID: &behind.id}
		if last, err = add(k, w.after(begun, recent)); err != nil {
			return err
		}
	}
	twice, err := add(&model.Case{Name: last.name, Status: model.CaseNew}, last.at)
	if err != nil {
		return err
	}
	if _, _, err := store.MergeCase(ctx, twice.id, nil, last.id); err != nil {
		return fmt.Errorf("merge a case: %w", err)
	}
	_, err = put(ctx, w, store.Tasks, &model.Task{Base: w.base(begun, admin), Title: "Call the carrier", Status: model.TaskNew,
		Priority: model.PriorityHigh, DueDate: w.day(1, 3), CaseID: &behind.id, Shared: w.shared(admin)})
	return err
}
