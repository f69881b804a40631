package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What customers ask for and complain about, and how pressing that is, as often as it stands here.
var (
	complaints = []struct {
		name     string
		kind     model.CaseType
		priority model.CasePriority
	}{
		{"Wrong quantity delivered", model.CaseIncident, model.CaseHigh},
		{"How do we change the delivery address?", model.CaseQuestion, model.CaseLow},
		{"Invoice lists an item twice", model.CaseProblem, model.CaseNormal},
		{"Delivery has not arrived", model.CaseIncident, model.CaseUrgent},
		{"Which paper suits the new printer?", model.CaseQuestion, model.CaseLow},
		{"Boxes damaged in transit", model.CaseIncident, model.CaseNormal},
		{"Portal refuses the password", model.CaseProblem, model.CaseHigh},
		{"Please send last year's delivery notes", model.CaseQuestion, model.CaseNormal},
	}
	caseStates = []model.CaseStatus{model.CaseClosed, model.CaseClosed, model.CaseAssigned, model.CaseClosed, model.CaseNew,
		model.CaseClosed, model.CasePending, model.CaseRejected}
	replies = []string{
		"Thank you for telling us. We look into it and come back today.",
		"A replacement leaves the warehouse tomorrow morning.",
		"We have corrected it. Please tell us if anything is missing.",
	}
)

// caseDates are when what happened to a case is said to have happened.
type caseDates struct {
	key                [16]byte
	answered, resolved *time.Time
}

// cases has customers ask, and owners answer most of them, sometimes late. The last ones came today.
func (w *writer) cases(ctx context.Context) error {
	for i := range demoCases {
		about, account := complaints[i%len(complaints)], under(w.accounts, i, demoCases)
		at := w.now.Add(-time.Duration(demoCases-i) * w.span / demoCases / 2).Truncate(time.Second)
		if i >= demoCases-3 {
			at = w.now.Add(-time.Duration(demoCases-i) * 20 * time.Minute).Truncate(time.Second)
		}
		c := &model.Case{Base: w.base(at, account.owner), Name: about.name, Status: caseStates[(i+i/len(complaints))%len(caseStates)], Priority: about.priority,
			CaseType: &about.kind, AccountID: &account.id, ContactIDs: account.people[:min(len(account.people), 1)], Shared: w.shared(account.owner), IsActive: true}
		if i >= demoCases-3 {
			c.Status = model.CaseNew
		}
		promised, _ := c.Priority.Promised()
		waited := time.Duration((0.2 + 1.2*w.rng.Float64()) * float64(promised) * float64(time.Hour))
		dates := caseDates{}
		if c.Status == model.CaseClosed {
			dates.resolved = new(w.notAfterNow(at.Add(waited + time.Duration(w.rng.IntN(60))*time.Hour)))
			c.ClosedOn = w.dayOf(*dates.resolved)
		}
		p, err := put(ctx, w, store.Cases, c)
		if err != nil {
			return err
		}
		dates.key = p.id
		if c.Status == model.CaseClosed || c.Status == model.CasePending {
			dates.answered = new(w.notAfterNow(at.Add(waited)))
			if err := w.reply(ctx, p, *dates.answered); err != nil {
				return err
			}
		}
		w.caseDates, w.tickets = append(w.caseDates, dates), append(w.tickets, p)
	}
	return nil
}

// reply comments on a case as its owner.
func (w *writer) reply(ctx context.Context, on *parent, at time.Time) error {
	c := &model.Comment{Base: w.base(at, on.owner), EntityType: model.OfCase, EntityID: on.id, Comment: pick(w.fiction, replies)}
	c.UpdatedAt = at
	_, err := put(ctx, w, store.Comments, c)
	return err
}

func (w *writer) notAfterNow(t time.Time) time.Time {
	if t.After(w.now) {
		return w.now
	}
	return t
}

// dateCases dates what the store has dated now.
func (w *writer) dateCases(ctx context.Context) error {
	var keys [][16]byte
	var answered, resolved []*time.Time
	for _, d := range w.caseDates {
		keys, answered, resolved = append(keys, d.key), append(answered, d.answered), append(resolved, d.resolved)
	}
	if _, err := tenant.Exec(ctx, `UPDATE "case" AS t SET first_response_at = d.answered, resolved_at = d.resolved,
		sla_paused_at = CASE WHEN t.status = 'Pending' THEN d.answered END, updated_at = greatest(t.created_at, d.answered, d.resolved)
		FROM unnest($2::uuid[], $3::timestamptz[], $4::timestamptz[]) AS d(id, answered, resolved)
		WHERE t.org_id = $1 AND t.id = d.id`, [16]byte(w.key), keys, answered, resolved); err != nil {
		return fmt.Errorf("date the cases: %w", err)
	}
	return nil
}

// mergeTags has the admin put one tag in the place of another that meant the same.
func (w *writer) mergeTags(ctx context.Context) error {
	w.become(w.founder.crew[0].user)
	old, err := store.Tags.Insert(ctx, &model.Tag{Name: "Important", Color: "gray", IsActive: true}, nil)
	if err != nil {
		return fmt.Errorf("store a tag: %w", err)
	}
	if _, _, _, err := store.MergeTags(ctx, old.ID, w.tags[0]); err != nil {
		return fmt.Errorf("merge tags: %w", err)
	}
	return nil
}
