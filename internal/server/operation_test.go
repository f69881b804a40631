package server_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
	"github.com/bottlecrm/bottlecrm-graphql/model"
	"github.com/bottlecrm/bottlecrm-graphql/resolver"
)

func TestMutationIsAtomic(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	conn := connect(t, env)
	admin := env.Acme.Admin

	t.Run("after the field that fails, nothing runs and nothing stays", func(t *testing.T) {
		var r *apitest.Response
		texts := env.SQL.During(func() {
			r = admin.Send(t, `mutation {
				first: createLead(input: {title: "first"}) { lead { id } }
				second: createLead(input: {title: " "}) { lead { id } }
				third: createTag(input: {name: "third"}) { tag { id } }
			}`, nil)
		})
		if r.Code() != "INVALID" || len(r.Errors) != 1 || string(r.Data) != "null" || len(r.Errors[0].Path) == 0 || r.Errors[0].Path[0] != "second" {
			t.Error(r.Body)
		}
		if leads(t, conn, "first") != 0 {
			t.Error("the first is stored")
		}
		written := map[string]bool{}
		for _, text := range texts {
			if table, ok := strings.CutPrefix(text, "INSERT INTO "); ok {
				written[strings.Trim(strings.Fields(table)[0], `"`)] = true
			}
		}
		if !written["lead"] || written["tags"] {
			t.Errorf("written: %v", written)
		}
	})
	t.Run("without an error, all of it stays", func(t *testing.T) {
		admin.Do(t, `mutation { a: createLead(input: {title: "both"}) { lead { id } } b: createLead(input: {title: "both"}) { lead { id } } }`, nil)
		if n := leads(t, conn, "both"); n != 2 {
			t.Errorf("%d are stored", n)
		}
	})
	t.Run("a nested field that fails undoes its parent", func(t *testing.T) {
		// The token may write leads and not read the members that the answer asks for.
		session := person(t, env, admin)
		secret := session.Do(t, `mutation { createPersonalAccessToken(input: {name: "x", scopes: ["leads:write"]}) { secret } }`, nil).Text(t, "createPersonalAccessToken.secret")
		client := &apitest.Client{URL: env.URL, Token: secret}
		r := client.Refused(t, "FORBIDDEN", `mutation { createLead(input: {title: "nested"}) { lead { id comments { totalCount } } } }`, nil)
		if string(r.Data) != "null" || leads(t, conn, "nested") != 0 {
			t.Errorf("stored all the same: %s", r.Body)
		}
	})
	t.Run("a commit that fails is the answer", func(t *testing.T) {
		exec(t, conn, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the moon is in the wrong phase'; END $$;
			CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON lead DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.title = 'unlucky') EXECUTE FUNCTION refuse()`)
		r := admin.Refused(t, "INTERNAL", createLead, map[string]any{"t": "unlucky"})
		if string(r.Data) != "null" || strings.Contains(r.Body, "moon") || r.Errors[0].Extensions.RequestID == "" {
			t.Error(r.Body)
		}
		if !strings.Contains(env.Log.String(), "moon") {
			t.Error("the log does not tell why")
		}
		if leads(t, conn, "unlucky") != 0 {
			t.Error("it is stored")
		}
	})
	t.Run("a commit without a connection is told, and nothing is stored", func(t *testing.T) {
		exec(t, conn, `CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
			GRANT EXECUTE ON FUNCTION die() TO crm_user;
			CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON lead DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.title = 'mortal') EXECUTE FUNCTION die()`)
		r := admin.Refused(t, "UNAVAILABLE", createLead, map[string]any{"t": "mortal"})
		if string(r.Data) != "null" || leads(t, conn, "mortal") != 0 {
			t.Error(r.Body)
		}
		admin.Do(t, createLead, map[string]any{"t": "after it"})
	})
}

// person is a session of the one whose token the client has.
func person(t *testing.T, env *apitest.Env, of *apitest.Client) *apitest.Client {
	t.Helper()
	var user [16]byte
	if err := connect(t, env).QueryRow(t.Context(), "SELECT id FROM users WHERE email = $1", of.Email).Scan(&user); err != nil {
		t.Fatal(err)
	}
	var s *model.Session
	err := env.Backend.DB.Platform(t.Context(), func(ctx context.Context, tx bun.Tx) (err error) {
		s, err = env.Backend.Sessions.Issue(ctx, tx, user, &env.Acme.ID, id.ID{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return &apitest.Client{URL: env.URL, Token: s.AccessToken}
}

func TestPanic(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, "DATABASE_POOL_SIZE=1")
	conn := connect(t, env)
	b := env.Backend
	var recorded apitest.Log
	log := slog.New(server.LogHandler{Handler: slog.NewTextHandler(&recorded, nil)})
	// Without sessions, createOrganization panics after it has written, while it holds the transaction.
	broken := httptest.NewServer(server.New(server.Options{
		DB: b.DB, Auth: auth.NewAuthenticator(b.Keys, b.DB, b.Audit), Audit: b.Audit, Log: log, OperationTimeout: b.Config.OperationTimeout, Limits: document.Limits(b.Config.Limits),
		Ready: b.Safe, Resolver: &resolver.Resolver{Audit: b.Audit, Log: log},
	}))
	t.Cleanup(broken.Close)
	client := person(t, env, env.Acme.Admin)
	client.URL = broken.URL + "/graphql"

	r := client.Refused(t, "INTERNAL", `mutation {
		createLead(input: {title: "before"}) { lead { id } }
		createOrganization(input: {name: "Broken"}) { organization { id } }
		after: createLead(input: {title: "after"}) { lead { id } }
	}`, nil)
	if string(r.Data) != "null" || len(r.Errors) != 1 || strings.Contains(r.Body, "nil pointer") {
		t.Error(r.Body)
	}
	if text := recorded.String(); !strings.Contains(text, "nil pointer") || !strings.Contains(text, r.Errors[0].Extensions.RequestID) {
		t.Errorf("the log does not tell which request met which panic: %s", text)
	}
	if leads(t, conn, "before") != 0 || leads(t, conn, "after") != 0 || count(t, conn, "SELECT count(*) FROM organization WHERE name = 'Broken'") != 0 {
		t.Error("something is stored")
	}
	client.Do(t, "{ leads { totalCount } }", nil) // on the one connection there is
	eventually(t, "no session is left in a transaction", func() bool { return sessions(t, conn, resting) == 0 })
}

// TestSnapshot stores a comment between the two statements of one query.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	conn := connect(t, env)
	admin := env.Acme.Admin
	lead := admin.Do(t, createLead, map[string]any{"t": "read"}).Text(t, "createLead.lead.id")
	const query = "{ leads { nodes { id comments { nodes { comment } } } } }"

	tx := hold(t, conn, "comment")
	answer := later(t, admin, query, nil)
	eventually(t, "the query waits for the comments", func() bool {
		return count(t, connect(t, env),
			"SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'crm_user' AND "+waiting) == 1
	})
	if _, err := tx.Exec(t.Context(), `INSERT INTO comment (org_id, id, entity_type, entity_id, comment) VALUES ($1, gen_random_uuid(), 'Lead', $2, 'meanwhile')`,
		[16]byte(env.Acme.ID), lead); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r := <-answer; r.Code() != "" || !strings.Contains(r.Body, lead) || strings.Contains(r.Body, "meanwhile") {
		t.Errorf("one answer of two moments: %s", r.Body)
	}
	if r := admin.Do(t, query, nil); !strings.Contains(r.Body, "meanwhile") {
		t.Errorf("the next query does not see it: %s", r.Body)
	}
}
