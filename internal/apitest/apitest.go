// Package apitest is the harness of the API's tests: a fresh database (package testdb), the real handler over it, two
// organizations with members, and clients that speak GraphQL over HTTP. Nothing is mocked but the mail's way out.
//
//	func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }
//
//	func TestLeads(t *testing.T) {
//		t.Parallel()
//		env := apitest.New(t)
//		lead := env.Acme.Admin.Do(t, `mutation { createLead(input: {title: "x"}) { lead { id } } }`, nil)
//
// The server works as the application's role, never as a superuser.
package apitest

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/command"
	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Secret signs the tests' tokens.
const Secret = "0123456789abcdef0123456789abcdef"

// Everything is the setting of a test that asks for all fields of all that is related, which no everyday budget allows.
const Everything = "LIMIT_COST=1000000000"

// Env is a server of one test.
type Env struct {
	Database *testdb.DB
	Backend  *command.Backend
	URL      string // of the GraphQL endpoint
	Mail     *Mailbox
	SQL      *Recorder
	Log      *Log

	Acme   *Org
	Globex *Org
}

// Org is an organization with three members: an admin and two users who share nothing yet. Second is also a USER of
// the other organization (its Second there is the same person).
type Org struct {
	ID                    id.Org
	Name                  string
	Admin, Member, Second *Client
}

// New makes a server with the two organizations. Settings are environment variables, such as "ADDR=…".
func New(t testing.TB, settings ...string) *Env {
	t.Helper()
	return On(t, testdb.New(t), settings...)
}

// On makes a server on a database that the caller chose.
func On(t testing.TB, db *testdb.DB, settings ...string) *Env {
	t.Helper()
	e := &Env{Database: db, Mail: new(Mailbox), SQL: new(Recorder), Log: new(Log)}
	env := map[string]string{"DATABASE_URL": db.AppURL, "MIGRATE_DATABASE_URL": db.OwnerURL, "JWT_SECRET": Secret, "DATABASE_POOL_SIZE": "5",
		"FILES_URL": files.Folder(t.TempDir())}
	for _, s := range settings {
		name, value, _ := strings.Cut(s, "=")
		env[name] = value
	}
	cfg, err := config.Load(func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(e.Log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if e.Backend, err = command.Open(t.Context(), cfg, log, e.SQL); err != nil {
		t.Fatal(err)
	}
	if err := e.Backend.OpenFiles(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Backend.Close)
	e.URL = e.Serve(t, e.Mail)
	e.Acme, e.Globex = e.org(t, "Acme"), e.org(t, "Globex")
	return e
}

// Serve starts another server on the same database, which mails through a sender, and gives the URL of its endpoint.
func (e *Env) Serve(t testing.TB, sender mail.Sender) string {
	t.Helper()
	server := httptest.NewServer(e.Backend.Handler(sender))
	t.Cleanup(server.Close)
	return server.URL + "/graphql"
}

func (e *Env) org(t testing.TB, name string) *Org {
	t.Helper()
	domain := "@" + strings.ToLower(name) + ".example"
	org, err := e.Backend.CreateOrganization(t.Context(), name, "admin"+domain, "USD", "UTC")
	if err != nil {
		t.Fatal(err)
	}
	return &Org{
		ID: org, Name: name,
		Admin:  e.Join(t, name, "admin"+domain, model.RoleAdmin),
		Member: e.Join(t, name, "member"+domain, model.RoleUser),
		Second: e.Join(t, name, "second@acme.example", model.RoleUser),
	}
}

// Join makes a person a member of an organization and gives a client that acts for them by a personal access token.
func (e *Env) Join(t testing.TB, org, email string, role model.Role) *Client {
	t.Helper()
	profile, err := e.Backend.AddMember(t.Context(), org, email, "", role)
	if err != nil {
		t.Fatal(err)
	}
	token, err := e.Backend.CreateToken(t.Context(), org, email, "test", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	return &Client{URL: e.URL, Token: token, Email: email, ProfileID: profile}
}

// Anonymous is a client without a token.
func (e *Env) Anonymous() *Client { return &Client{URL: e.URL} }

// Mailbox keeps what the server sent.
type Mailbox struct {
	mu   sync.Mutex
	sent []mail.Message
}

// Send implements mail.Sender.
func (m *Mailbox) Send(_ context.Context, message mail.Message) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent = append(m.sent, message)
	return nil
}

// Sent gives all mails so far.
func (m *Mailbox) Sent() []mail.Message {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]mail.Message(nil), m.sent...)
}

// Log keeps what the server logged.
type Log struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// String is the whole log.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
