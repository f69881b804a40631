package testdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
)

// server is the server that a test process uses, with the template that it made there.
type server struct {
	host
	prefix string // of this process's databases: several processes may use one server
	kept   atomic.Bool
	count  atomic.Int64

	mu    sync.Mutex // a connection is not concurrent, and a template that is being copied has no time for others
	admin *pgx.Conn
}

// open chooses a server, makes the roles and the template there, and connects as the administrator.
func open(ctx context.Context) (*server, error) {
	h, err := choose(ctx)
	if err != nil {
		return nil, err
	}
	s := &server{host: h, prefix: "crm_test_" + strings.ToLower(rand.Text()[:10])}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.close(ctx))
	}
	return s, nil
}

func (s *server) prepare(ctx context.Context) (err error) {
	if s.admin, err = pgx.Connect(ctx, s.adminURL); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	version, _, _ := strings.Cut(s.admin.PgConn().ParameterStatus("server_version"), " ")
	say("PostgreSQL %s %s", version, s.what)
	template, err := create(ctx, s.adminURL, s.template())
	if err != nil {
		return err
	}
	return migrate(ctx, template.OwnerURL)
}

func (s *server) template() string { return s.prefix + "_template" }

func (s *server) nextName() string { return fmt.Sprintf("%s_%d", s.prefix, s.count.Add(1)) }

func (s *server) clone(ctx context.Context) (*DB, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	name := s.nextName()
	if err := devdb.Clone(ctx, s.admin, s.template(), name, owner, app); err != nil {
		return nil, err
	}
	return describe(s.adminURL, name)
}

func (s *server) empty(ctx context.Context) (*DB, error) {
	return create(ctx, s.adminURL, s.nextName())
}

func (s *server) drop(ctx context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return devdb.Drop(ctx, s.admin, name)
}

// close removes the template and ends the server, or leaves both alone when a failed test's database is kept.
func (s *server) close(ctx context.Context) error {
	var err error
	if s.admin != nil {
		err = errors.Join(s.drop(ctx, s.template()), s.admin.Close(ctx))
	}
	if s.kept.Load() {
		say("databases were kept, so the server was left running: %s", s.what)
		return err
	}
	return errors.Join(err, s.stop(ctx))
}

// create makes an empty database with its roles.
func create(ctx context.Context, adminURL, name string) (*DB, error) {
	if err := devdb.EnsureDatabase(ctx, adminURL, name, owner, app); err != nil {
		return nil, err
	}
	return describe(adminURL, name)
}

func describe(adminURL, name string) (*DB, error) {
	ownerURL, ownerErr := devdb.As(adminURL, owner, name)
	appURL, appErr := devdb.As(adminURL, app, name)
	admin, adminErr := devdb.In(adminURL, name)
	if err := errors.Join(ownerErr, appErr, adminErr); err != nil {
		return nil, err
	}
	return &DB{Name: name, OwnerURL: ownerURL, AppURL: appURL, AdminURL: admin}, nil
}
