package audit_test

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func TestWrite(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	above := connect(t, env.Database.AdminURL)
	var recorded apitest.Log
	log := audit.New(env.Backend.DB, slog.New(slog.NewTextHandler(&recorded, nil)))

	last := func(table string) (out struct{ Kind, IP, Agent, Metadata string }) {
		err := above.QueryRow(t.Context(), "SELECT event_type, coalesce(host(ip_address), ''), user_agent, metadata::text FROM "+table+
			" ORDER BY id DESC LIMIT 1").Scan(&out.Kind, &out.IP, &out.Agent, &out.Metadata)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, tt := range map[string]struct {
		org       id.Org
		table     string
		ip, agent string
		metadata  map[string]any
		wantIP    string
		wantAgent string
		wantMeta  string
	}{
		"an organization's event":         {env.Acme.ID, "security_audit_log", "192.0.2.1", "curl", map[string]any{"a": 1}, "192.0.2.1", "curl", `{"a": 1}`},
		"an event of no organization":     {id.Org{}, "security_event", "2001:db8::1", "curl", nil, "2001:db8::1", "curl", "{}"},
		"an address that is none":         {env.Acme.ID, "security_audit_log", "unknown, or worse", "", nil, "", "", "{}"},
		"a program with an endless name":  {env.Acme.ID, "security_audit_log", "", strings.Repeat("é", 501), nil, "", strings.Repeat("é", 500), "{}"},
		"a program with no name in UTF-8": {id.Org{}, "security_event", "", "evil\xff\xfe", nil, "", "evil\uFFFD", "{}"},
		"details that are no JSON":        {env.Acme.ID, "security_audit_log", "", "", map[string]any{"f": func() {}}, "", "", "{}"},
	} {
		t.Run(name+" is written", func(t *testing.T) { // one after the other: the last one is looked at
			ctx, cancel := context.WithCancel(audit.NewContext(t.Context(), audit.Request{IP: tt.ip, UserAgent: tt.agent, Path: "/graphql", Method: "POST"}))
			cancel() // the request is over, and its trace stays
			log.Write(ctx, audit.Event{Type: model.SecurityLoginFailure, Org: tt.org, Metadata: tt.metadata})
			got := last(tt.table)
			if got.Kind != "LOGIN_FAILURE" || got.IP != tt.wantIP || got.Agent != tt.wantAgent || got.Metadata != tt.wantMeta {
				t.Errorf("%+v", got)
			}
		})
	}
	if text := recorded.String(); text != "" {
		t.Errorf("logged: %s", text)
	}
	t.Run("an event that cannot be written is logged", func(t *testing.T) {
		log.Write(t.Context(), audit.Event{Type: model.SecurityLoginFailure, Org: id.New[id.Org]()})
		if !strings.Contains(recorded.String(), "level=ERROR") {
			t.Error("nothing is logged")
		}
	})
	t.Run("the application cannot read what belongs to no organization", func(t *testing.T) {
		app := connect(t, env.Database.AppURL)
		var visible, stored int
		for conn, count := range map[*pgx.Conn]*int{app: &visible, above: &stored} {
			if err := conn.QueryRow(t.Context(), "SELECT count(*) FROM security_event").Scan(count); err != nil {
				t.Fatal(err)
			}
		}
		if visible != 0 || stored == 0 {
			t.Errorf("%d of %d are visible", visible, stored)
		}
		for _, text := range []string{"UPDATE security_event SET success = true", "DELETE FROM security_event"} {
			if tag, err := app.Exec(t.Context(), text); err == nil && tag.RowsAffected() > 0 {
				t.Errorf("%s: %s", text, tag)
			}
		}
	})
	t.Run("a trace waits for the operation's end, whichever it is", func(t *testing.T) {
		op := env.Backend.DB.Begin(nil, true)
		ctx := tenant.NewContext(t.Context(), op)
		log.Queue(ctx, audit.Event{Type: model.SecuritySuspiciousActivity})
		if got := last("security_event"); got.Kind == "SUSPICIOUS_ACTIVITY" {
			t.Error("written before the end")
		}
		if err := op.Close(ctx, false); err != nil {
			t.Fatal(err)
		}
		if got := last("security_event"); got.Kind != "SUSPICIOUS_ACTIVITY" {
			t.Errorf("after the rollback the last one is %s", got.Kind)
		}
	})
}
