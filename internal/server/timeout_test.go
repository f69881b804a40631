package server_test

import (
	"context"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestTimeout(t *testing.T) {
	t.Parallel()
	for name, setting := range map[string]string{"an operation": "OPERATION_TIMEOUT=2s", "a statement": "STATEMENT_TIMEOUT=2s"} {
		t.Run(name+" that takes too long is ended", func(t *testing.T) {
			t.Parallel()
			env := apitest.New(t, setting, "DATABASE_POOL_SIZE=2")
			conn, admin := connect(t, env), env.Acme.Admin
			admin.Do(t, "{ leads { totalCount } }", nil)
			tx := hold(t, conn, "lead")
			for _, operation := range []string{"{ leads { totalCount } }", `mutation { createTag(input: {name: "x"}) { tag { id } } createLead(input: {title: "late"}) { lead { id } } }`} {
				if r := admin.Refused(t, "TIMEOUT", operation, nil); strings.Contains(r.Body, "SQLSTATE") || strings.Contains(r.Body, "context") {
					t.Error(r.Body)
				}
			}
			if err := tx.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			eventually(t, "nothing of them is left", func() bool {
				return sessions(t, conn, resting) == 0 && sessions(t, conn, "state = 'active'") == 0
			})
			if n := leads(t, conn, "late") + count(t, conn, "SELECT count(*) FROM tags"); n != 0 {
				t.Errorf("%d rows are stored", n)
			}
			for range 4 { // each connection of the pool
				admin.Do(t, createLead, map[string]any{"t": "in time"})
			}
		})
	}
}

func TestDisconnect(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, "DATABASE_POOL_SIZE=1")
	conn, admin := connect(t, env), env.Acme.Admin
	admin.Do(t, "{ leads { totalCount } }", nil)
	watch := connect(t, env)
	for name, operation := range map[string]string{"a query": "{ leads { totalCount } }", "a mutation": `mutation { createTag(input: {name: "x"}) { tag { id } } createLead(input: {title: "left"}) { lead { id } } }`} {
		t.Run(name+" whose client goes away frees its connection", func(t *testing.T) {
			tx := hold(t, conn, "lead")
			ctx, leave := context.WithCancel(t.Context())
			answer := make(chan *apitest.Response, 1)
			go func() { answer <- try(ctx, admin, operation, nil) }()
			eventually(t, "it waits for the table", func() bool { return sessions(t, watch, waiting) == 1 })
			leave()
			<-answer
			// The statement is cancelled although the table is still held.
			eventually(t, "its session ends", func() bool { return sessions(t, watch, "("+waiting+" OR "+resting+")") == 0 })
			if err := tx.Rollback(t.Context()); err != nil {
				t.Fatal(err)
			}
			admin.Do(t, "{ leads { totalCount } }", nil)
			if n := leads(t, conn, "left") + count(t, conn, "SELECT count(*) FROM tags"); n != 0 {
				t.Errorf("%d rows are stored", n)
			}
		})
	}
}
