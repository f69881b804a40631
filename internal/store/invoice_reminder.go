package store

import (
	"context"
	"fmt"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Clients are reminded of invoices (domain: F.2), on the days that package billing tells. An invoice has the day from which
// the next reminder is due; its row is locked from the look at that day until the reminder is noted, so of two at once one
// reminds.

// checkReminders completes and checks when the client is reminded. With another due date it begins anew.
func checkReminders(c *Change[model.Invoice]) error {
	i := c.Row
	if i.ReminderFrequency == "" { // nobody has said anything
		i.RemindAsUsual()
	}
	if i.ReminderFrequency != model.RemindCustom {
		i.ReminderCustomDays = nil
	}
	if !c.Created() && c.differs("DueDate") {
		i.RemindedBeforeOn, i.RemindedAfterOn = nil, nil
	}
	return i.Reminders(c.viewer.Zone).Check()
}

// scheduleReminder notes when the next reminder is due. It does not depend on today, so that what nobody changes stays.
func scheduleReminder(c *Change[model.Invoice]) {
	c.Row.NextReminderOn = c.Row.NextReminder(scalar.Date{}, c.viewer.Zone)
}

// NextReminder is the day of the next reminder, as seen from the organization's today.
func NextReminder(ctx context.Context, i *model.Invoice) (*scalar.Date, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return i.NextReminder(today(v, tenant.Now(ctx)), v.Zone), nil
}

// mostReminded bounds of how many invoices clients are reminded at once.
const mostReminded = 100

// RemindDue notes a reminder of each invoice that is due one on the organization's day at an instant, of so many at most; the
// mails are the caller's, after the commit. Run again, or twice at once, it reminds nobody twice. What another transaction
// holds is left to the next time.
func RemindDue(ctx context.Context, now time.Time, most int) ([]*model.Invoice, error) {
	s, err := begin(ctx, Invoices.Resource, "write")
	if err != nil {
		return nil, err
	}
	if err := adminsOnly(s.viewer); err != nil {
		return nil, err
	}
	if most < 1 || most > mostReminded {
		return nil, fault.Field("first", "must be between 1 and %d", mostReminded)
	}
	day := today(s.viewer, now)
	var due []id.ID
	err = tenant.Select(ctx, &due, "SELECT t.id FROM invoice AS t WHERE t.org_id = $1 AND t.next_reminder_on <= $2"+
		" AND (t.due_date >= $2 OR t.due_date + t.reminder_days_after <= $2) ORDER BY t.next_reminder_on, t.id LIMIT $3 FOR UPDATE OF t SKIP LOCKED",
		[16]byte(s.viewer.OrgID), day, most)
	if err != nil {
		return nil, fmt.Errorf("look for reminders that are due: %w", err)
	}
	reminded := []*model.Invoice{}
	for _, key := range due {
		is := false
		i, err := Invoices.amend(ctx, key, func(i *model.Invoice) (patch.Set, error) {
			if is = isDueReminder(i, day, s.viewer.Zone); is {
				remind(i, day, now)
			}
			return nil, nil
		})
		if err != nil {
			return nil, err
		}
		if is {
			reminded = append(reminded, i)
		}
	}
	return reminded, nil
}

func isDueReminder(i *model.Invoice, day scalar.Date, zone *time.Location) bool {
	next := i.NextReminder(day, zone)
	return next != nil && !day.Before(*next)
}

// remind notes that the client is reminded.
func remind(i *model.Invoice, day scalar.Date, now time.Time) {
	i.LastReminderSent, i.ReminderCount = &now, i.ReminderCount+1
	if i.DueDate.Before(day) {
		i.RemindedAfterOn = &day
	} else {
		i.RemindedBeforeOn = &day
	}
}
