package testdb

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
)

// Server is a server of one test, with one migrated database, that the test may stop and resume.
type Server struct {
	DB
	stop   func(context.Context) error
	resume func(context.Context) error
}

// Stop ends all sessions and shuts the server down: connections are refused afterwards.
func (s *Server) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTimeout)
	defer cancel()
	return s.stop(ctx)
}

// Resume starts a stopped server again, at the same address and with its data, and returns when it answers.
func (s *Server) Resume(ctx context.Context) error {
	if err := s.resume(ctx); err != nil {
		return err
	}
	return answers(ctx, s.AdminURL)
}

// Own starts a server for one test, for what would disturb others: outages. It costs seconds where New costs
// a fraction of one. It is local when there are binaries, else a container; TEST_DATABASE_URL plays no part.
func Own(t testing.TB) *Server {
	t.Helper()
	s, adminURL, err := dedicated(t)
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	db, err := create(t.Context(), adminURL, "crm_test")
	if err != nil {
		t.Fatalf("testdb: %v", err)
	}
	s.DB = *db
	if err := migrate(t.Context(), s.OwnerURL); err != nil {
		t.Fatalf("testdb: %v", err)
	}
	return s
}

func dedicated(t testing.TB) (*Server, string, error) {
	t.Helper()
	switch ctx := t.Context(); {
	case devdb.Installed(ctx):
		return dedicatedLocal(t)
	case dockerAnswers(ctx):
		return dedicatedContainer(t)
	default:
		return nil, "", errors.New("a test stops its server, for which TEST_DATABASE_URL cannot be used: " +
			"start Docker or install PostgreSQL 15 or newer")
	}
}

func dedicatedLocal(t testing.TB) (*Server, string, error) {
	t.Helper()
	server, err := startLocal(t.Context())
	if err != nil {
		return nil, "", err
	}
	t.Cleanup(func() {
		if err := server.Remove(); err != nil {
			t.Errorf("testdb: %v", err)
		}
	})
	return &Server{
		stop:   func(context.Context) error { return server.Stop() },
		resume: server.Resume,
	}, server.AdminURL("postgres"), nil
}

func dedicatedContainer(t testing.TB) (*Server, string, error) {
	t.Helper()
	port, err := devdb.FreePort()
	if err != nil {
		return nil, "", err
	}
	c, err := inContainer(t.Context(), onPort(port)) // on its disk: what is in memory ends with the first Stop
	if err != nil {
		return nil, "", err
	}
	t.Cleanup(func() {
		if err := c.Terminate(context.WithoutCancel(t.Context())); err != nil {
			t.Errorf("testdb: terminate the container: %v", err)
		}
	})
	url, err := c.ConnectionString(t.Context(), "sslmode=disable")
	if err != nil {
		return nil, "", fmt.Errorf("find the container's address: %w", err)
	}
	return &Server{
		stop:   func(ctx context.Context) error { return c.Stop(ctx, nil) },
		resume: c.Start,
	}, url, nil
}

// answers waits until the server accepts a session: a container is up before its server is.
func answers(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, cleanupTimeout)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, url)
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for the server to answer: %w", err)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
