package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/migrations"
)

// Backend is the database of a command or a server, with what is needed to identify people in it.
type Backend struct {
	Config   config.Config
	Log      *slog.Logger
	DB       *tenant.DB // as the application's role
	Keys     *auth.Keys
	Audit    *audit.Log
	Sessions *auth.Sessions
	Files    *files.Store // see OpenFiles
	Links    *files.Links // to them

	Embedded *access       // what is kept beside the embedded database; nil with a database of one's own
	server   *devdb.Server // when this process runs it
}

// Open connects to the configured database, or starts the embedded one. The tracers see every statement.
func Open(ctx context.Context, cfg config.Config, log *slog.Logger, tracers ...pgx.QueryTracer) (*Backend, error) {
	b := &Backend{Config: cfg, Log: log}
	if cfg.Embedded() {
		if err := b.embed(ctx); err != nil {
			b.Close()
			return nil, err
		}
	}
	var err error
	options := tenant.Options{PoolSize: cfg.PoolSize, StatementTimeout: cfg.StatementTimeout}
	for _, t := range tracers {
		options.Tracer = t
	}
	if b.DB, err = tenant.Open(string(b.Config.DatabaseURL), options); err != nil {
		b.Close()
		return nil, err
	}
	if err := b.reach(ctx); err != nil {
		b.Close()
		return nil, err
	}
	if b.Config.JWTSecret != "" {
		if b.Keys, err = auth.NewKeys(string(b.Config.JWTSecret)); err == nil {
			b.Links, err = files.NewLinks(string(b.Config.JWTSecret))
		}
		if err != nil {
			b.Close()
			return nil, err
		}
	}
	b.Audit = audit.New(b.DB, log)
	b.Sessions = auth.NewSessions(b.Keys, b.DB, b.Audit)
	return b, nil
}

// reachTimeout is how long a database may take to answer at the start.
const reachTimeout = 10 * time.Second

func (b *Backend) reach(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, reachTimeout)
	defer cancel()
	if err := b.DB.Ping(ctx); err != nil {
		return fmt.Errorf("reach the database (check DATABASE_URL or the DB* variables, and that it is running): %w", err)
	}
	return nil
}

// OpenFiles opens the store of files, if there is one: for who serves, or works on files. Other commands do without it,
// for they may run where the folder is not.
func (b *Backend) OpenFiles(ctx context.Context) (err error) {
	if b.Config.FilesURL == "" {
		return nil
	}
	if b.Files, err = files.Open(ctx, b.Config.FilesURL, b.Log); err != nil {
		return fmt.Errorf("%w (check FILES_URL)", err)
	}
	return nil
}

// Close gives everything back; an embedded server that this process started is stopped.
func (b *Backend) Close() {
	if b.Files != nil {
		_ = b.Files.Close()
	}
	if b.DB != nil {
		_ = b.DB.Close()
	}
	if b.server != nil {
		if err := b.server.Stop(); err != nil {
			b.Log.Error("stop the embedded database", "error", err)
		}
	}
}

// Migrate applies what is pending, as the role that owns the schema, and lets the application's role use it.
func (b *Backend) Migrate(ctx context.Context) ([]string, error) {
	var applied []string
	err := b.asOwner(func(owner *bun.DB) (err error) {
		if applied, err = migrations.Up(ctx, owner); err != nil {
			return err
		}
		return b.grant(ctx, owner)
	})
	return applied, err
}

// asOwner runs fn as the role that owns the schema.
func (b *Backend) asOwner(fn func(owner *bun.DB) error) error {
	cfg, err := pgx.ParseConfig(string(b.Config.MigrateDatabaseURL))
	if err != nil {
		return errors.New("MIGRATE_DATABASE_URL is no database URL")
	}
	// Files of several statements need the simple protocol, which Exec without arguments uses in this mode.
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
	pool := stdlib.OpenDB(*cfg)
	defer func() { _ = pool.Close() }()
	return fn(bun.NewDB(pool, pgdialect.New()))
}

// grant gives the application's role the rows and not the tables, when another role owns them.
func (b *Backend) grant(ctx context.Context, owner *bun.DB) error {
	app, err := pgx.ParseConfig(string(b.Config.DatabaseURL))
	if err != nil {
		return errors.New("DATABASE_URL is no database URL")
	}
	var self string
	if err := owner.QueryRowContext(ctx, "SELECT current_user").Scan(&self); err != nil {
		return fmt.Errorf("ask who migrates: %w", err)
	}
	if app.User == self {
		return nil
	}
	for _, statement := range []string{
		"GRANT USAGE ON SCHEMA public TO ?",
		"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ?",
		"REVOKE INSERT, UPDATE, DELETE ON bun_migrations FROM ?",
		"REVOKE UPDATE, DELETE ON activity, security_audit_log, security_event FROM ?", // ledgers grow, nothing else
	} {
		if _, err := owner.ExecContext(ctx, statement, bun.Ident(app.User)); err != nil {
			return fmt.Errorf("grant the tables to %s: %w", app.User, err)
		}
	}
	return nil
}
