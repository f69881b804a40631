package seed

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// conversions turns every tenth lead into an account, a contact and a deal, as its owner would. The lead's last change
// becomes the day of the conversion.
func (w *writer) conversions(ctx context.Context) error {
	open := w.leads[:0:0]
	for i, lead := range w.leads {
		if i%10 != 2 { // none of the closed ones
			open = append(open, lead)
			continue
		}
		w.become(lead.owner.user)
		if _, err := store.Convert(ctx, lead.id, nil); err != nil {
			return fmt.Errorf("convert a lead: %w", err)
		}
	}
	w.leads = open
	return nil
}

func (w *writer) work(ctx context.Context) error {
	for i := range demoTasks {
		p, err := put(ctx, w, store.Tasks, w.task(i, demoTasks, w.accounts, w.opportunities, w.leads))
		if err != nil {
			return err
		}
		w.tasks = append(w.tasks, p)
	}
	return nil
}

// remarks lets owners, and every third time the admin, comment on records of all kinds.
func (w *writer) remarks(ctx context.Context) error {
	kinds := []struct {
		kind    model.EntityType
		records []*parent
	}{{model.OfAccount, w.accounts}, {model.OfContact, w.contacts}, {model.OfLead, w.leads},
		{model.OfOpportunity, w.opportunities}, {model.OfTask, w.tasks}}
	for i := range demoComments {
		about := kinds[i%len(kinds)]
		record := under(about.records, i, demoComments)
		by := record.owner
		if i%3 == 0 {
			by = w.founder.crew[0]
		}
		c := &model.Comment{Base: w.base(w.after(record.at, w.span), by), EntityType: about.kind, EntityID: record.id,
			Comment: pick(w.fiction, remarks)}
		c.UpdatedAt = c.CreatedAt
		if _, err := put(ctx, w, store.Comments, c); err != nil {
			return err
		}
	}
	return nil
}
