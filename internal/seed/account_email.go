package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// mails writes to people of two accounts, some time from now: a demo sends nothing.
func (w *writer) mails(ctx context.Context) error {
	w.become(w.founder.crew[0].user)
	for i, p := range w.accounts[:2] {
		_, err := store.AccountEmails.Insert(ctx, &model.AccountEmail{AccountID: &p.id, ContactIDs: append([]id.ID(nil), p.people[:1]...),
			Subject: "What is new at " + w.name, Body: "Dear {{firstName}},\n\nthe new price list for {{company}} is out. When may I call?\n\n{{sender}}",
			ScheduledAt: w.now.Add(time.Duration(i+300) * 24 * time.Hour)}, patch.Set{"AccountID": true, "ContactIDs": true})
		if err != nil {
			return fmt.Errorf("store a mail: %w", err)
		}
	}
	return nil
}
