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

// tickets are what customers ask and complain about, and the article that helps.
var tickets = []struct {
	name    string
	kind    model.CaseType
	article int
}{
	{"Delivery is a week late", model.CaseIncident, 0},
	{"Invoice carries the old address", model.CaseQuestion, 1},
	{"Two boxes arrived damaged", model.CaseIncident, 2},
	{"Cannot sign in to the portal", model.CaseIncident, 3},
	{"How do we return what is left over?", model.CaseQuestion, 4},
	{"Consignment does not move", model.CaseIncident, 0},
	{"Invitation to the portal has expired", model.CaseQuestion, 3},
	{"Wrong quantity on the delivery note", model.CaseIncident, 4},
	{"Contract runs out too early", model.CaseQuestion, 5},
	{"Screen is scratched", model.CaseIncident, 2},
}

var (
	caseStates = []model.CaseStatus{model.CaseNew, model.CaseAssigned, model.CaseClosed, model.CasePending, model.CaseClosed, model.CaseRejected,
		model.CaseAssigned, model.CaseClosed}
	casePriorities = []model.CasePriority{model.CaseNormal, model.CaseHigh, model.CaseNormal, model.CaseLow, model.CaseUrgent}
	answers        = []string{
		"Thank you for telling us. I look into it and come back to you today.",
		"I have found it. You get a confirmation by mail within the hour.",
		"The carrier has confirmed the search; I call you as soon as they answer.",
		"Could you send us a photograph of the label?",
	}
	notes = []string{"The same customer had this in spring.", "Their buyer is on holiday until Monday.", "Asked the warehouse; waiting for the answer."}
)

const (
	demoCases = 32

	recent = 5 * 24 * time.Hour // how old cases are that are open
)

// service lets customers ask and complain, and members answer.
func (w *writer) service(ctx context.Context) error {
	library, err := w.library(ctx)
	if err != nil {
		return err
	}
	var all []*parent
	for i := range demoCases {
		k := w.ticket(i)
		touched := k.UpdatedAt
		p, err := put(ctx, w, store.Cases, k)
		if err != nil {
			return err
		}
		all, k.UpdatedAt = append(all, p), touched
		if err := w.answer(ctx, p, k); err != nil {
			return err
		}
		if k.Status == model.CaseClosed {
			if _, _, err := store.LinkSolution(ctx, p.id, library[tickets[i%len(tickets)].article], true); err != nil {
				return fmt.Errorf("link a solution: %w", err)
			}
		}
	}
	return w.gather(ctx, all)
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

// ticket is the i-th of the cases. What is open is recent, and some of it waits for too long already.
func (w *writer) ticket(i int) *model.Case {
	about, a := tickets[i%len(tickets)], under(w.accounts, i, demoCases)
	k := &model.Case{
		Name: about.name + ": " + a.name, CaseType: &about.kind, Status: caseStates[i%len(caseStates)], Priority: casePriorities[i%len(casePriorities)],
		AccountID: &a.id, ContactIDs: a.people[:min(len(a.people), 1)], IsActive: true,
	}
	at := w.at(i, demoCases)
	if k.Status.IsOpen() {
		at = w.after(w.now.Add(-recent), recent)
	}
	if at.Before(a.at) {
		at = w.after(a.at, recent)
	}
	k.Base, k.Shared = w.base(at, a.owner), w.shared(a.owner)
	k.UpdatedAt = w.after(at, recent/2)
	if !k.Status.IsOpen() {
		k.ClosedOn = w.dayOf(k.UpdatedAt)
	}
	if w.chance(50) {
		k.Description = new(pick(w.fiction, remarks))
	}
	return k
}

// answer lets the owner answer what is not new, mostly soon, and note something between.
func (w *writer) answer(ctx context.Context, p *parent, k *model.Case) error {
	if k.Status == model.CaseNew {
		return nil
	}
	first := w.after(k.CreatedAt, min(k.UpdatedAt.Sub(k.CreatedAt), 10*time.Hour))
	for _, c := range []*model.Comment{{Comment: pick(w.fiction, answers)}, {Comment: pick(w.fiction, notes), IsInternal: true}} {
		c.Base, c.EntityType, c.EntityID = w.base(first, p.owner), model.OfCase, p.id
		c.UpdatedAt = c.CreatedAt
		if _, err := put(ctx, w, store.Comments, c); err != nil {
			return err
		}
		first = w.after(first, k.UpdatedAt.Sub(first))
	}
	return nil
}

// gather puts two cases under the problem that is behind them, merges one that came twice, and notes what is to be done.
func (w *writer) gather(ctx context.Context, all []*parent) error {
	admin := w.founder.crew[0]
	problem := &model.Case{Base: w.base(w.now.Add(-recent).Truncate(time.Second), admin), Name: "Carrier loses consignments", CaseType: new(model.CaseProblem), Status: model.CaseAssigned,
		Priority: model.CaseHigh, IsProblem: true, IsActive: true, Shared: w.shared(admin)}
	behind, err := put(ctx, w, store.Cases, problem)
	if err != nil {
		return err
	}
	first := all[len(all)-1]
	for range 2 {
		incident := &model.Case{Base: w.base(w.after(behind.at, recent), admin), Name: "Consignment lost: " + first.name, CaseType: new(model.CaseIncident), Status: model.CaseAssigned,
			Priority: model.CaseNormal, ParentID: &behind.id, IsActive: true, Shared: w.shared(admin)}
		if first, err = put(ctx, w, store.Cases, incident); err != nil {
			return err
		}
	}
	again := &model.Case{Base: w.base(first.at, admin), Name: first.name, Status: model.CaseNew, Priority: model.CaseNormal, IsActive: true, Shared: w.shared(admin)}
	twice, err := put(ctx, w, store.Cases, again)
	if err != nil {
		return err
	}
	if _, _, err := store.MergeCase(ctx, twice.id, nil, first.id); err != nil {
		return fmt.Errorf("merge a case: %w", err)
	}
	_, err = put(ctx, w, store.Tasks, &model.Task{Base: w.base(behind.at, admin), Title: "Call the carrier", Status: model.TaskNew, Priority: model.PriorityHigh,
		DueDate: w.day(1, 3), CaseID: &behind.id, Shared: w.shared(admin)})
	return err
}

// caseDates put right what the store has dated of cases, as age does.
var caseDates = []string{
	`UPDATE "case" SET resolved_at = updated_at WHERE org_id = $1 AND resolved_at = $2`,
	`UPDATE "case" SET sla_paused_at = updated_at WHERE org_id = $1 AND sla_paused_at = $2`,
	`UPDATE "case" SET merged_at = updated_at WHERE org_id = $1 AND merged_at = $2`,
	`UPDATE "case" AS t SET first_response_at = c.created_at FROM comment AS c WHERE t.org_id = $1 AND t.first_response_at = $2
		AND c.org_id = $1 AND c.entity_type = 'Case' AND c.entity_id = t.id AND NOT c.is_internal`,
}
