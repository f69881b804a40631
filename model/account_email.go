package model

import (
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// AccountEmail is a mail that a member writes from an account's page to contacts, each of whom gets one of their own.
type AccountEmail struct {
	bun.BaseModel `bun:"table:account_email,alias:t"`
	Base
	AccountID   *id.ID    `bun:"account_id"`
	FromEmail   string    `bun:"from_email"` // the writer's, who is named in the text; the server sends in its own name
	Subject     string    `bun:"message_subject" max:"255" required:"true"`
	Body        string    `bun:"message_body" max:"20000" required:"true"`
	IsScheduled bool      `bun:"scheduled_later"`
	ScheduledAt time.Time `bun:"scheduled_date_time" null:"absent"` // of one that is not: when it was written
	Timezone    string    `bun:"timezone" null:"absent"`            // in which the writer chose the instant

	ContactIDs []id.ID `bun:"-"`
}

// The GraphQL types around a mail.
type (
	AccountEmailConnection = Connection[AccountEmail]
	AccountEmailEdge       = Edge[AccountEmail]
)

// EmailLog is what became of a mail for one of its recipients.
type EmailLog struct {
	bun.BaseModel `bun:"table:emailLogs,alias:t"`
	Row
	AccountEmailID *id.ID     `bun:"account_email_id"`
	ContactID      *id.ID     `bun:"contact_id"`
	IsSent         bool       `bun:"is_sent"`
	Attempts       int        `bun:"attempts"`
	FailedAt       *time.Time `bun:"failed_at"`
	SentAt         *time.Time `bun:"sent_at"`
}
