package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// Mails leave in three steps, each in a transaction of its own: one is claimed, sent, and noted. What is claimed nobody else
// sends; a claim whose sender died is not repeated, because nobody knows whether the mail has left. A mail that the server
// did not take is tried again.

// How often a mail is tried, and after how long.
const (
	mostAttempts = 3
	retryAfter   = 5 * time.Minute
)

// Delivered is how many mails have left, and how many were not taken.
type Delivered struct{ Sent, Failed int }

// SendDue sends what is due in an organization at an instant. Several may do so at once.
func SendDue(ctx context.Context, db *tenant.DB, org id.Org, now time.Time, sender mail.Sender) (done Delivered, err error) {
	for {
		letter, err := claim(ctx, db, org, now)
		if err != nil || letter == nil {
			return done, err
		}
		sending := sender.Send(ctx, letter.message())
		set := "is_sent = true, sent_at = $3"
		if done.Sent++; sending != nil {
			set = "failed_at = $3"
			done.Sent--
			done.Failed++
		}
		err = db.In(context.WithoutCancel(ctx), org, func(ctx context.Context, tx bun.Tx) error {
			_, err := tenant.Run(ctx, tx, `UPDATE "emailLogs" SET `+set+" WHERE org_id = $1 AND id = $2", [16]byte(org), [16]byte(letter.log), now)
			return err
		})
		if err != nil {
			return done, errors.Join(fmt.Errorf("note what became of a mail: %w", err), sending)
		}
	}
}

// letter is a mail to one recipient.
type letter struct {
	log                                  id.ID
	to, subject, body                    string
	first, last, company, writer, answer string
}

// claim takes the next mail that is due; nil when there is none.
func claim(ctx context.Context, db *tenant.DB, org id.Org, now time.Time) (*letter, error) {
	var found []*letter
	err := db.In(ctx, org, func(ctx context.Context, tx bun.Tx) error {
		rows, err := tenant.Rows(ctx, tx, `WITH due AS (
				SELECT l.id, l.contact_id, e.message_subject, e.message_body, e.account_id, e.created_by_id, e.from_email
				FROM "emailLogs" AS l JOIN account_email AS e ON e.org_id = $1 AND e.id = l.account_email_id
				JOIN contacts AS c ON c.org_id = $1 AND c.id = l.contact_id AND c.email_key IS NOT NULL
				WHERE l.org_id = $1 AND NOT l.is_sent AND e.scheduled_date_time <= $2 AND l.attempts < $3
					AND (l.claimed_at IS NULL OR l.failed_at <= $4)
				ORDER BY l.created_at, l.id LIMIT 1 FOR UPDATE OF l SKIP LOCKED
			), claimed AS (
				UPDATE "emailLogs" AS l SET claimed_at = $2, failed_at = NULL, attempts = l.attempts + 1 FROM due WHERE l.org_id = $1 AND l.id = due.id
			)
			SELECT due.id, c.email, due.message_subject, due.message_body, c.first_name, c.last_name, coalesce(a.name, ''), coalesce(u.name, ''), due.from_email
			FROM due JOIN contacts AS c ON c.org_id = $1 AND c.id = due.contact_id LEFT JOIN accounts AS a ON a.org_id = $1 AND a.id = due.account_id
			LEFT JOIN users AS u ON u.id = due.created_by_id`, [16]byte(org), now, mostAttempts, now.Add(-retryAfter))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			l := new(letter)
			if err := rows.Scan(&l.log, &l.to, &l.subject, &l.body, &l.first, &l.last, &l.company, &l.writer, &l.answer); err != nil {
				return err
			}
			found = append(found, l)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("claim a mail: %w", err)
	}
	if len(found) == 0 {
		return nil, nil //nolint:nilnil // nothing is due
	}
	return found[0], nil
}

// oneLine is a text as a subject can have it.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, text)
}

// message is the mail as it is sent: plain text, and a subject of one line whatever the names have in them.
func (l *letter) message() mail.Message {
	values := map[string]string{"firstName": l.first, "lastName": l.last, "fullName": l.first + " " + l.last, "company": l.company, "sender": l.writer}
	return mail.Message{To: l.to, Subject: oneLine(fill(l.subject, values)), Text: fill(l.body, values) + "\n\n--\n" + l.writer + " <" + l.answer + ">\n"}
}
