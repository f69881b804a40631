package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Notifications are what members are told of (domain: C.16, E.8): written by what they tell of, in its transaction, and
// the recipient's alone, admins included.
var Notifications = new(Entity[model.Notification])

func init() {
	*Notifications = Entity[model.Notification]{
		Noun: "notification", Resource: "notifications",
		Order: map[string]string{"CREATED_AT": "created_at"},
		Read:  Sight{Row: func(s *statement, t string) string { return t + ".recipient_id = " + s.profile() }},
	}
}

// IsRead holds for what was marked as read, or for the rest.
func IsRead(wanted *bool) Cond {
	if wanted == nil {
		return nil
	}
	if *wanted {
		return isNull("read_at", " IS NOT NULL")
	}
	return isNull("read_at", " IS NULL")
}

// Notice is what members are to be told.
type Notice struct {
	Verb    model.NotificationVerb
	Subject model.NotificationSubject
	Key     [16]byte // the record's
	Name    string   // and what it is called
	Excerpt string   // of what the viewer wrote, if they wrote something
}

// longestExcerpt is how much of a text a notice has (domain: E.4).
const longestExcerpt = 200

// Notify tells members of what the viewer does, if it is committed. It leaves out the viewer and who is suspended, and
// sends nothing when nobody is left. That the recipients may read the record is for the caller to know.
func Notify(ctx context.Context, v *tenant.Viewer, n Notice, recipients ...[16]byte) error {
	var ids, to [][16]byte
	for _, r := range recipients {
		if r != v.ProfileID && !slices.Contains(to, r) {
			ids, to = append(ids, id.New[id.ID]()), append(to, r)
		}
	}
	if len(to) == 0 {
		return nil
	}
	var excerpt *string
	if n.Excerpt != "" {
		excerpt = new(cut(n.Excerpt, longestExcerpt))
	}
	return tenant.Later(ctx, `INSERT INTO notification (org_id, id, created_at, recipient_id, actor_id, verb, entity_type, entity_id, entity_name, excerpt, mail_due_at)
		SELECT $1, r.id, $4, p.id, $5, $6, $7, $8, $9, $10, $11 FROM unnest($2::uuid[], $3::uuid[]) AS r(id, profile_id)
		JOIN profile AS p ON p.org_id = $1 AND p.id = r.profile_id AND p.is_active`,
		[16]byte(v.OrgID), ids, to, tenant.Now(ctx), bindable(v.Actor()), string(n.Verb), string(n.Subject), n.Key, cut(n.Name, 255), bindable(excerpt),
		bindable(mailDue(ctx, v, n)))
}

// notifyAssigned tells those to whom a write has assigned the record.
func (e *Entity[T]) notifyAssigned(ctx context.Context, c *Change[T]) error {
	for _, l := range c.links {
		if l.Field == "AssignedToIDs" {
			if err := Notify(ctx, c.viewer, e.notice(model.NotifyAssigned, c.Row), l.added...); err != nil {
				return err
			}
		}
	}
	return nil
}

func (e *Entity[T]) notice(verb model.NotificationVerb, r *T) Notice {
	return Notice{Verb: verb, Subject: model.NotificationSubject(words(e.table().TypeName)), Key: e.key(r), Name: any(r).(labelled).Label()}
}

// words writes a type's name as its words: "Board task".
func words(typ string) string {
	var b strings.Builder
	for i, r := range typ {
		if i > 0 && unicode.IsUpper(r) {
			b.WriteByte(' ')
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// MarkNotificationRead notes that the viewer has read a notification, and when they did first.
func MarkNotificationRead(ctx context.Context, key [16]byte) (*model.Notification, error) {
	if _, err := begin(ctx, Notifications.Resource, "write"); err != nil {
		return nil, err
	}
	n, err := Notifications.lock(ctx, key, Notifications.Read.Row)
	if err != nil || n.ReadAt != nil {
		return n, err
	}
	n.ReadAt = new(tenant.Now(ctx))
	return n, Notifications.updateColumns(ctx, n, "read_at")
}

// MarkAllNotificationsRead marks what came until an instant, or all, and tells how many there were.
func MarkAllNotificationsRead(ctx context.Context, until *time.Time) (int, error) {
	s, err := begin(ctx, Notifications.Resource, "write")
	if err != nil {
		return 0, err
	}
	if until == nil {
		until = &s.now
	}
	marked, err := tenant.Exec(ctx, "UPDATE notification SET read_at = $3 WHERE org_id = $1 AND recipient_id = $2 AND read_at IS NULL AND created_at <= $4",
		[16]byte(s.viewer.OrgID), [16]byte(s.viewer.ProfileID), s.now, *until)
	if err != nil {
		return 0, fmt.Errorf("mark notifications as read: %w", err)
	}
	return int(marked), nil
}

// keptNotifications is how long a notification stays after it was read (domain: E.8).
const keptNotifications = 90 * 24 * time.Hour

// purgedAtOnce is how many notifications a transaction deletes.
const purgedAtOnce = 500

// PurgeNotifications deletes an organization's notifications that were read long before an instant, some at a time.
func PurgeNotifications(ctx context.Context, db *tenant.DB, org id.Org, now time.Time) (purged int, err error) {
	for {
		some := 0
		err := db.In(ctx, org, func(ctx context.Context, tx bun.Tx) (err error) {
			some, err = tenant.Run(ctx, tx, `DELETE FROM notification AS n WHERE n.org_id = $1 AND n.id = ANY(ARRAY(
				SELECT o.id FROM notification AS o WHERE o.org_id = $1 AND o.read_at < $2 ORDER BY o.read_at LIMIT $3))`,
				[16]byte(org), now.Add(-keptNotifications), purgedAtOnce)
			return err
		})
		if err != nil {
			return purged, fmt.Errorf("purge notifications: %w", err)
		}
		if purged += some; some < purgedAtOnce {
			return purged, nil
		}
	}
}
