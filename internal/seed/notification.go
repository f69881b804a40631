package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// notices makes what members were told as old as the records, and read when it is older than some days. The store tells
// them as it does everybody.
func (w *writer) notices(ctx context.Context) error {
	org := [16]byte(w.key)
	for table, kind := range map[string]string{"accounts": "Account", "contacts": "Contact", "lead": "Lead", "opportunity": "Opportunity", "task": "Task"} {
		if _, err := tenant.Exec(ctx, "UPDATE notification AS n SET created_at = t.created_at FROM "+table+
			" AS t WHERE n.org_id = $1 AND t.org_id = $1 AND n.entity_type = $2 AND n.entity_id = t.id", org, kind); err != nil {
			return fmt.Errorf("date the notifications: %w", err)
		}
	}
	if _, err := tenant.Exec(ctx, "UPDATE notification SET read_at = created_at + interval '2 hours' WHERE org_id = $1 AND created_at < $2",
		org, w.now.Add(-unread)); err != nil {
		return fmt.Errorf("have notifications read: %w", err)
	}
	return nil
}

// unread is how far back nobody has come to read what they were told.
const unread = 5 * 24 * time.Hour
