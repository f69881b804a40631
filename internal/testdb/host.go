package testdb

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
)

// host is a server as it was found or started: its administrator's URL and how to end it.
type host struct {
	what     string // for people: "in a container (testcontainers-go)"
	adminURL string
	stop     func(context.Context) error
}

// fast are settings for a server whose data nobody will miss.
var fast = map[string]string{
	"fsync":              "off",
	"synchronous_commit": "off",
	"full_page_writes":   "off",
	"max_connections":    "200",
	"max_wal_size":       "256MB", // it may be memory that it fills
	"autovacuum":         "off",   // a worker in the template would hold up a copy
}

var errNoServer = errors.New("no PostgreSQL for the tests: start Docker, install PostgreSQL 15 or newer, " +
	"or set TEST_DATABASE_URL to postgres://user:password@host:port/database")

// choose takes the first server that there is. A named one is never replaced by another: whoever named it means it.
func choose(ctx context.Context) (host, error) {
	if url := os.Getenv("TEST_DATABASE_URL"); url != "" {
		return host{
			what:     "named by TEST_DATABASE_URL",
			adminURL: url,
			stop:     func(context.Context) error { return nil },
		}, nil
	}
	reason := "Docker does not answer"
	if dockerAnswers(ctx) {
		h, err := containerHost(ctx)
		if err == nil {
			return h, nil
		}
		reason = err.Error()
		say("Docker answers, but %v", err)
	}
	if !devdb.Installed(ctx) {
		return host{}, fmt.Errorf("%w (%s)", errNoServer, reason)
	}
	h, err := local(ctx)
	if err != nil {
		return host{}, fmt.Errorf("%w (%s)", err, reason)
	}
	return h, nil
}

// local is a temporary server from this machine's binaries.
func local(ctx context.Context) (host, error) {
	s, err := startLocal(ctx)
	if err != nil {
		return host{}, err
	}
	return host{
		what:     "from local binaries, in " + s.Dir(),
		adminURL: s.AdminURL("postgres"),
		stop:     func(context.Context) error { return s.Remove() },
	}, nil
}

func startLocal(ctx context.Context) (*devdb.Server, error) {
	dir, err := os.MkdirTemp(tempRoot(), "testdb-")
	if err != nil {
		return nil, fmt.Errorf("make a directory for the test server: %w", err)
	}
	// Under root another account runs the server and has to get in; the cluster below is closed to others anyhow.
	if err := os.Chmod(dir, 0o711); err != nil {
		return nil, fmt.Errorf("open the test server's directory: %w", err)
	}
	s, err := devdb.Start(ctx, devdb.Options{Dir: dir, Settings: fast, Temporary: !keeping()})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return s, nil
}
