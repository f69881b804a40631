package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/internal/portal"
	"github.com/bottlecrm/bottlecrm-graphql/internal/rls"
	"github.com/bottlecrm/bottlecrm-graphql/internal/seed"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/migrations"
	"github.com/bottlecrm/bottlecrm-graphql/resolver"
)

// Prepare makes the embedded database ready for a server, and refuses to serve a database that is not safe.
func (b *Backend) Prepare(ctx context.Context) error {
	if b.Running() {
		return errors.New("another server runs the embedded database: stop it, or set DATABASE_URL")
	}
	if err := b.OpenFiles(ctx); err != nil {
		return err
	}
	if b.Embedded != nil {
		if _, err := b.Migrate(ctx); err != nil {
			return err
		}
		if err := b.demo(ctx); err != nil {
			return err
		}
	}
	return b.Safe(ctx)
}

// Safe says in a sentence why the server must not serve now: the database does not answer, migrations are pending,
// the role would bypass the policies, or a table stands open.
func (b *Backend) Safe(ctx context.Context) error {
	pending, err := migrations.Pending(ctx, b.DB.Bun())
	if err != nil {
		return fmt.Errorf("check the migrations: %w", err)
	}
	if len(pending) > 0 {
		return fmt.Errorf("%d migrations are pending: run `bottlecrm migrate up`", len(pending))
	}
	report, err := rls.Inspect(ctx, b.DB.Bun())
	if err != nil {
		return fmt.Errorf("check row-level security: %w", err)
	}
	if problems := report.Problems(); len(problems) > 0 {
		return fmt.Errorf("tenants would not be kept apart:\n  %s", strings.Join(problems, "\n  "))
	}
	return nil
}

// demo fills an empty embedded database with the demo organizations, and makes the tokens that the banner shows.
func (b *Backend) demo(ctx context.Context) error {
	if err := seed.Demo(files.NewContext(ctx, b.Files), b.DB, b.Log); err != nil {
		return err
	}
	if len(b.Embedded.Tokens) > 0 {
		return nil
	}
	for _, t := range []*Token{
		{Email: "admin@acme.example", Organization: "Acme", Role: "ADMIN"},
		{Email: "member@acme.example", Organization: "Acme", Role: "USER"},
		{Email: "admin@globex.example", Organization: "Globex", Role: "ADMIN"},
	} {
		var err error
		if t.Secret, err = b.CreateToken(ctx, t.Organization, t.Email, "demo", nil, 0); err != nil {
			return fmt.Errorf("make the demo's tokens: %w", err)
		}
		b.Embedded.Tokens = append(b.Embedded.Tokens, t)
	}
	return b.Embedded.Save()
}

// Banner tells a newcomer where to go; with a database of one's own there is nothing to tell.
func (b *Backend) Banner(w io.Writer, addr string) {
	if b.Embedded == nil {
		return
	}
	url := "http://" + addr
	fmt.Fprintf(w, "\nBottleCRM GraphQL is running on %s\n\n  Playground  %s/#token=%s\n  Endpoint    %s/graphql\n\nBearer tokens:\n", url, url, b.Embedded.Tokens[0].Secret, url)
	for _, t := range b.Embedded.Tokens {
		fmt.Fprintf(w, "  %-22s %-7s %-6s %s\n", t.Email, t.Organization, t.Role, t.Secret)
	}
	call := func(title, query string) {
		fmt.Fprintf(w, "\n%s:\n  curl -s %s/graphql -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' \\\n    -d '{\"query\":\"%s\"}'\n",
			title, url, b.Embedded.Tokens[0].Secret, query)
	}
	call("A query", "{ leads(first: 3) { totalCount nodes { id name status } } }")
	call("A mutation", `mutation { createLead(input: { title: \"Paper for Springfield\", companyName: \"Springfield Press\" }) { lead { id name status } } }`)
	fmt.Fprint(w, "\nStop with Ctrl-C. The data stays for the next start.\n\n")
}

// missed logs what was not mailed.
func (b *Backend) missed(ctx context.Context, org id.Org, done store.Delivered, err error) {
	if err != nil || done.Failed > 0 {
		b.Log.ErrorContext(ctx, "mails not sent", "organization", org, "failed", done.Failed, "error", err)
	}
}

// Handler puts the server together: everything that it answers over HTTP.
func (b *Backend) Handler(sender mail.Sender) http.Handler {
	cfg := b.Config
	authenticator := auth.NewAuthenticator(b.Keys, b.DB, b.Audit)
	root := &resolver.Resolver{
		Sessions: b.Sessions, Audit: b.Audit, Mail: sender, WebURL: cfg.WebBaseURL, Links: b.Links, Draw: pdf.Render, Log: b.Log,
		Deliver: func(ctx context.Context, org id.Org) {
			done, err := store.SendDue(ctx, b.DB, org, time.Now().UTC(), sender)
			b.missed(ctx, org, done, err)
		},
		Announce: func(ctx context.Context, org id.Org) {
			done, err := store.MailNotices(ctx, b.DB, org, time.Now().UTC(), sender, cfg.WebBaseURL)
			b.missed(ctx, org, done, err)
		},
		ByMail: &auth.SignIn{Sessions: b.Sessions, Mail: sender, WebURL: cfg.WebBaseURL, Blocked: cfg.BlockedEmailDomains.Has, Log: b.Log},
	}
	clients := &portal.Portal{DB: b.DB, Auth: authenticator, Audit: b.Audit, Timeout: cfg.OperationTimeout, Present: root.Present}
	return server.New(server.Options{
		DB: b.DB, Auth: authenticator, Audit: b.Audit, Log: b.Log,
		OperationTimeout: cfg.OperationTimeout, Limits: document.Limits(cfg.Limits), TrustProxy: cfg.TrustProxy, Ready: b.Safe,
		Files: b.Files, FileLimit: int64(cfg.FileLimit), Resolver: root, Portal: clients.Handler(),
	})
}
