package tenant

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/memo"
)

// Options of the pool. Zero values mean the defaults: DefaultPoolSize connections, 15 seconds a statement.
type Options struct {
	PoolSize         int
	StatementTimeout time.Duration
	Tracer           pgx.QueryTracer // sees every statement; tests count with it
}

// DB is the application's pool. Requests never see it: they hold an Operation. What runs outside of a request
// (commands, jobs, sign-in) uses In and Platform.
type DB struct {
	bun   *bun.DB
	size  int
	known memo.Memo[any, *Viewer] // whom the database has confirmed, by the claim
}

// DefaultPoolSize is four connections for each processor, and at least eight. An operation holds one for a few messages; more
// of them at once only make PostgreSQL's processes push each other out of the caches: on 2 processors 8 answer a fifth
// more operations than 20.
func DefaultPoolSize() int { return max(8, 4*runtime.GOMAXPROCS(0)) }

// Open makes the pool. It connects at the first use.
func Open(url string, o Options) (*DB, error) {
	if o.PoolSize == 0 {
		o.PoolSize = DefaultPoolSize()
	}
	if o.StatementTimeout == 0 {
		o.StatementTimeout = 15 * time.Second
	}
	pool, err := connect(url, o)
	if err != nil {
		return nil, err
	}
	return &DB{bun: bun.NewDB(pool, pgdialect.New(), bun.WithDiscardUnknownColumns()), size: o.PoolSize}, nil
}

// Close ends the pool; open operations must have ended before.
func (db *DB) Close() error { return db.bun.Close() }

// Ping reports whether the database answers.
func (db *DB) Ping(ctx context.Context) error { return db.bun.PingContext(ctx) }

// Bun is the pool itself, for migrations and for reading the catalogue. It carries no context: under the
// policies it sees no tenant's rows.
func (db *DB) Bun() *bun.DB { return db.bun }

// In runs fn in a transaction of its own in the context of one organization.
func (db *DB) In(ctx context.Context, org id.Org, fn func(ctx context.Context, tx bun.Tx) error) error {
	if org == (id.Org{}) {
		return fmt.Errorf("begin: no organization given")
	}
	return db.run(ctx, org, fn)
}

// Platform runs fn in a transaction of its own without any organization: it sees the platform's tables and no
// tenant's rows.
func (db *DB) Platform(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	return db.run(ctx, id.Org{}, fn)
}

func (db *DB) run(ctx context.Context, org id.Org, fn func(ctx context.Context, tx bun.Tx) error) error {
	tx, err := db.bun.BeginTx(context.WithValue(ctx, openingKey{}, &opening{org: org}), nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if err := fn(ctx, tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

// AsUser lets fn see the user's own memberships in every organization, and nothing else of theirs: it sets
// app.current_user, which the policy own_memberships reads, and clears it again.
func AsUser(ctx context.Context, tx bun.IDB, user id.User, fn func() error) error {
	if err := setLocal(ctx, tx, "app.current_user", user.String()); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err // the transaction is rolled back, and the setting with it
	}
	return setLocal(ctx, tx, "app.current_user", "")
}

// ByToken lets fn see the row whose token has this hash, in whichever organization it is.
func ByToken(ctx context.Context, tx bun.IDB, hash string, fn func() error) error {
	if err := setLocal(ctx, tx, "app.token_hash", hash); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err
	}
	return setLocal(ctx, tx, "app.token_hash", "")
}

// Enter moves a transaction into an organization. It is for work that creates one, or that learns which one it
// is about only inside the transaction; a request's operation begins in its organization.
func Enter(ctx context.Context, tx bun.IDB, org id.Org) error {
	return setLocal(ctx, tx, "app.current_org", org.String())
}

// Within runs fn in an organization and then moves the transaction back to where it was.
func Within(ctx context.Context, tx bun.IDB, org id.Org, fn func() error) error {
	var before string
	if err := tx.QueryRowContext(ctx, "SELECT coalesce(current_setting('app.current_org', true), '')").Scan(&before); err != nil {
		return fmt.Errorf("ask for app.current_org: %w", err)
	}
	if err := Enter(ctx, tx, org); err != nil {
		return err
	}
	if err := fn(); err != nil {
		return err // the transaction is rolled back, and the setting with it
	}
	return setLocal(ctx, tx, "app.current_org", before)
}

func setLocal(ctx context.Context, tx bun.IDB, name, value string) error {
	if _, err := tx.ExecContext(ctx, "SELECT set_config(?, ?, true)", name, value); err != nil {
		return fmt.Errorf("set %s: %w", name, err)
	}
	return nil
}

var readOnly = &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}

// session is a transaction on a connection that nobody else can reach until it has ended, so that statements may also
// be sent on the connection itself.
type session struct {
	bun.Tx
	*transaction
	home *sql.Conn
}

// begin opens a session. The transaction does not end with ctx, for database/sql would roll it back while a statement is
// under way: whoever begins it ends it.
func (db *DB) begin(ctx context.Context, o *opening, options *sql.TxOptions) (*session, error) {
	o.ctx = ctx
	for attempt := 0; ; attempt++ {
		home, err := db.bun.Conn(ctx)
		if err != nil {
			return nil, fmt.Errorf("begin: %w", err)
		}
		tx, err := home.BeginTx(context.WithValue(context.WithoutCancel(ctx), openingKey{}, o), options)
		if err == nil {
			return &session{Tx: tx, transaction: o.begun, home: home.Conn}, nil
		}
		_ = home.Close()
		if !errors.Is(err, driver.ErrBadConn) || attempt > db.size { // the pool may be full of connections that are dead by now
			return nil, fmt.Errorf("begin: %w", err)
		}
	}
}

// finish commits or rolls back, and gives the connection back.
func (s *session) finish(commit bool) error {
	defer func() { _ = s.home.Close() }()
	if commit {
		return s.Tx.Commit()
	}
	return s.Tx.Rollback()
}
