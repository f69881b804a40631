package server_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

// connect is a connection above all policies, and apart from the server's.
func connect(t *testing.T, env *apitest.Env) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), env.Database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func exec(t *testing.T, conn *pgx.Conn, text string, args ...any) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func count(t *testing.T, conn *pgx.Conn, text string, args ...any) (n int) {
	t.Helper()
	if err := conn.QueryRow(t.Context(), text, args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return n
}

// leads counts those with a title, whoever's they are.
func leads(t *testing.T, conn *pgx.Conn, title string) int {
	t.Helper()
	return count(t, conn, "SELECT count(*) FROM lead WHERE title = $1", title)
}

// sessions counts the server's sessions for which a condition on pg_stat_activity holds.
func sessions(t *testing.T, conn *pgx.Conn, condition string) int {
	t.Helper()
	return count(t, conn, "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'crm_user' AND "+condition)
}

const (
	waiting = "wait_event_type = 'Lock'"
	resting = "state LIKE 'idle in transaction%'"
)

// eventually waits for a condition that another process brings about.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within twenty seconds", what)
		}
	}
}

// hold takes a table away from everybody until the transaction ends.
func hold(t *testing.T, conn *pgx.Conn, table string) pgx.Tx {
	t.Helper()
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) })
	if _, err := tx.Exec(t.Context(), "LOCK TABLE "+table+" IN ACCESS EXCLUSIVE MODE"); err != nil {
		t.Fatal(err)
	}
	return tx
}

// later sends an operation and gives its answer when it is there.
func later(t *testing.T, client *apitest.Client, query string, variables map[string]any) <-chan *apitest.Response {
	t.Helper()
	answer := make(chan *apitest.Response, 1)
	go func() { answer <- try(t.Context(), client, query, variables) }()
	return answer
}

// try sends an operation from a goroutine of the test; an answer that is none is an error without a code.
func try(ctx context.Context, client *apitest.Client, query string, variables map[string]any) *apitest.Response {
	r := new(apitest.Response)
	err := func() error {
		body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
		if err != nil {
			return err
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, client.URL, bytes.NewReader(body))
		if err != nil {
			return err
		}
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+client.Token)
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		_, err = text.ReadFrom(answer.Body)
		r.Body = text.String()
		return errors.Join(err, answer.Body.Close(), json.Unmarshal(text.Bytes(), r))
	}()
	if err != nil {
		r.Errors = []apitest.Error{{Message: err.Error()}}
	}
	return r
}

const createLead = "mutation($t: String!) { createLead(input: {title: $t}) { lead { id } } }"
