package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Who is assigned something is told by mail too (domain: F.3). The notification is what there is to mail, so it is stored
// with the assignment, and the mail leaves after the commit, in steps like those of delivery.go: claimed, sent, and noted
// when the mail server did not take it. A recipient gets one mail, however much an operation has assigned to them.

// mailed are the kinds of records whose assignment is mailed.
var mailed = map[model.NotificationSubject]bool{"Lead": true, "Account": true, "Contact": true, "Opportunity": true, "Case": true, "Task": true, "Invoice": true}

type deliveryKey struct{}

// WithDelivery has the mails that operations leave sent by a function, after the commit. Without one nothing is mailed.
func WithDelivery(ctx context.Context, deliver func(context.Context, id.Org)) context.Context {
	return context.WithValue(ctx, deliveryKey{}, deliver)
}

// mailDue is when a notice is to be mailed: now, or nil for never.
func mailDue(ctx context.Context, v *tenant.Viewer, n Notice) *time.Time {
	deliver, ok := ctx.Value(deliveryKey{}).(func(context.Context, id.Org))
	if !ok || n.Verb != model.NotifyAssigned || !mailed[n.Subject] {
		return nil
	}
	org := v.OrgID
	tenant.AfterCommitOnce(ctx, deliveryKey{}, func(ctx context.Context) { deliver(ctx, org) })
	return new(tenant.Now(ctx))
}

// mostInMail is how many notices a mail has.
const mostInMail = 100

// MailNotices mails what members of an organization were assigned and that is due at an instant. Several may do so at once.
// What is due to somebody who is no active member any more is not mailed.
func MailNotices(ctx context.Context, db *tenant.DB, org id.Org, now time.Time, sender mail.Sender, web string) (done Delivered, err error) {
	for {
		b, err := claimNotices(ctx, db, org, now)
		if err != nil || b == nil {
			return done, err
		}
		if b.to == nil {
			continue
		}
		sending := sender.Send(ctx, b.message(web))
		switch {
		case sending == nil:
			done.Sent++
			continue
		case errors.Is(sending, mail.ErrDisabled): // it is no failure not to be able to
			continue
		}
		done.Failed++
		err = db.In(context.WithoutCancel(ctx), org, func(ctx context.Context, tx bun.Tx) error {
			_, err := tenant.Run(ctx, tx, "UPDATE notification SET mail_due_at = $3 WHERE org_id = $1 AND id = ANY($2) AND mail_attempts < $4",
				[16]byte(org), b.ids, now.Add(retryAfter), mostAttempts)
			return err
		})
		if err != nil {
			return done, errors.Join(fmt.Errorf("note that a mail was not taken: %w", err), sending)
		}
	}
}

// bundle is what one recipient is mailed.
type bundle struct {
	ids          [][16]byte
	to           *string // nil: nobody who is to be told
	organization string
	records      []string // "Case: It leaks (by Ada)"
	title        string   // of the first
}

// claimNotices takes what is due to the next recipient; nil when nothing is.
func claimNotices(ctx context.Context, db *tenant.DB, org id.Org, now time.Time) (*bundle, error) {
	b := new(bundle)
	err := db.In(ctx, org, func(ctx context.Context, tx bun.Tx) error {
		rows, err := tenant.Rows(ctx, tx, `WITH due AS (
				SELECT n.id FROM notification AS n WHERE n.org_id = $1 AND n.mail_due_at <= $2 AND n.recipient_id =
					(SELECT m.recipient_id FROM notification AS m WHERE m.org_id = $1 AND m.mail_due_at <= $2 ORDER BY m.mail_due_at LIMIT 1)
				ORDER BY n.mail_due_at LIMIT $3 FOR UPDATE SKIP LOCKED
			), claimed AS (
				UPDATE notification AS n SET mail_due_at = NULL, mail_attempts = n.mail_attempts + 1 FROM due WHERE n.org_id = $1 AND n.id = due.id
				RETURNING n.id, n.created_at, n.recipient_id, n.actor_id, n.entity_type, n.entity_name
			)
			SELECT c.id, c.entity_type, c.entity_name, u.email, o.name, coalesce(w.name, '') FROM claimed AS c JOIN organization AS o ON o.id = $1
			LEFT JOIN profile AS p ON p.org_id = $1 AND p.id = c.recipient_id AND p.is_active LEFT JOIN users AS u ON u.id = p.user_id AND u.is_active
			LEFT JOIN profile AS a ON a.org_id = $1 AND a.id = c.actor_id LEFT JOIN users AS w ON w.id = a.user_id
			ORDER BY c.created_at, c.id`, [16]byte(org), now, mostInMail)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var key id.ID
			var kind, name, actor string
			if err := rows.Scan(&key, &kind, &name, &b.to, &b.organization, &actor); err != nil {
				return err
			}
			record := kind + ": " + oneLine(name)
			if len(b.ids) == 0 {
				b.title = record
			}
			if actor != "" {
				record += " (by " + actor + ")"
			}
			b.ids, b.records = append(b.ids, key), append(b.records, record)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("claim what is to be mailed: %w", err)
	}
	if len(b.ids) == 0 {
		return nil, nil //nolint:nilnil // nothing is due
	}
	return b, nil
}

func (b *bundle) message(web string) mail.Message {
	subject := "Assigned to you: " + b.title
	if len(b.records) > 1 {
		subject = fmt.Sprintf("Assigned to you: %d records", len(b.records))
	}
	return mail.Message{To: *b.to, Subject: subject,
		Text: "In " + b.organization + " you were assigned:\n\n" + strings.Join(b.records, "\n") + "\n\n" + web + "\n"}
}
