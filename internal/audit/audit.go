// Package audit writes the security ledger: who signed in, what was refused, which token was used (domain: B.25).
//
// Each event is written on a transaction of its own, after the operation that caused it has ended, so that a
// refused or rolled-back operation keeps its trace. Events of an organization go to security_audit_log, under its
// policies; events outside any organization go to security_event, which the application can write and not read.
//
// Failure: an event that cannot be written is logged as an error and never changes the answer.
package audit

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Event is one entry of the ledger.
type Event struct {
	Type        model.SecurityEvent
	Org         id.Org // the zero value: outside any organization
	User        id.User
	Description string
	Metadata    map[string]any // details; never secrets
	Success     bool
}

// Log writes events.
type Log struct {
	db  *tenant.DB
	log *slog.Logger
}

// New makes a Log.
func New(db *tenant.DB, log *slog.Logger) *Log { return &Log{db: db, log: log} }

// Queue writes the event when the operation on ctx has ended, whichever way.
func (l *Log) Queue(ctx context.Context, e Event) {
	tenant.Afterwards(ctx, func(ctx context.Context) { l.Write(ctx, e) })
}

// Write writes the event now. It takes a connection: no transaction may be held meanwhile.
func (l *Log) Write(ctx context.Context, e Event) {
	run := l.db.Platform
	if e.Org != (id.Org{}) {
		run = func(ctx context.Context, fn func(context.Context, bun.Tx) error) error {
			return l.db.In(ctx, e.Org, fn)
		}
	}
	err := run(context.WithoutCancel(ctx), func(ctx context.Context, tx bun.Tx) error { return insert(ctx, tx, e) })
	if err != nil {
		l.log.ErrorContext(ctx, "security event not written", "type", e.Type, "error", err)
	}
}

func insert(ctx context.Context, tx bun.Tx, e Event) error {
	metadata, err := json.Marshal(e.Metadata)
	if err != nil || e.Metadata == nil {
		metadata = []byte("{}")
	}
	r := RequestFrom(ctx)
	var user any
	if e.User != (id.User{}) {
		user = [16]byte(e.User)
	}
	columns := "id, event_type, success, user_id, description, metadata, ip_address, user_agent, request_path, request_method"
	values := "$1, $2, $3, $4, $5, $6, $7::inet, $8, $9, $10"
	args := []any{[16]byte(id.New[id.ID]()), string(e.Type), e.Success, user, e.Description, string(metadata), r.Address(),
		cut(r.UserAgent, 500), cut(r.Path, 500), cut(r.Method, 10)}
	table := "security_event"
	if e.Org != (id.Org{}) {
		table, columns, values = "security_audit_log", "org_id, "+columns, "$11, "+values
		args = append(args, [16]byte(e.Org))
	}
	// Without RETURNING: the application may not read security_event.
	_, err = tenant.Run(ctx, tx, "INSERT INTO "+table+" ("+columns+") VALUES ("+values+")", args...)
	return err
}

// cut makes a text of the client's fit: PostgreSQL would refuse broken UTF-8, and nobody may keep an event out of the
// ledger by it.
func cut(text string, most int) string {
	text = strings.ToValidUTF8(text, "\uFFFD")
	if r := []rune(text); len(r) > most {
		return string(r[:most])
	}
	return text
}
