package tenant

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// endTimeout bounds COMMIT and ROLLBACK. They run apart from the request's context: a cancelled request must
// still end its transaction.
const endTimeout = 5 * time.Second

// opening is how a transaction begins.
type opening struct {
	ctx    context.Context //nolint:containedctx // bounds the beginning alone, where BeginTx's own would bound the transaction; nil: that one
	org    id.Org          // sets app.current_org unless it is zero
	asks   *request        // a statement whose answer is needed at once
	flight []*request      // the first statements in the transaction; they know their own errors

	begun *transaction
}

type openingKey struct{}

// connector makes pgx connections whose BeginTx also sets app.current_org.
type connector struct{ driver.Connector }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: inner.(*stdlib.Conn)}, nil
}

type conn struct {
	*stdlib.Conn
	leftover
}

// BeginTx sends BEGIN, the setting and the opening's statements as one message.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) { //nolint:contextcheck // the opening's is the caller's
	o, ok := ctx.Value(openingKey{}).(*opening)
	if !ok {
		o = new(opening)
	}
	if o.ctx != nil {
		ctx = o.ctx
	}
	o.begun = &transaction{conn: c.Conn.Conn(), keeper: c, readOnly: opts.ReadOnly}
	steps := o.steps(opts)
	if c.take() {
		steps = append([]*request{step("commit")}, steps...)
	}
	_ = send(ctx, o.begun.conn, append(steps, o.flight...))
	for _, s := range steps {
		if s.err == nil {
			continue
		}
		if o.begun.conn.IsClosed() || pgconn.SafeToRetry(s.err) {
			return nil, driver.ErrBadConn
		}
		return nil, errors.Join(s.err, o.begun.Rollback())
	}
	return o.begun, nil
}

// steps are the statements that begin the transaction.
func (o *opening) steps(opts driver.TxOptions) []*request {
	begin := "begin"
	if sql.IsolationLevel(opts.Isolation) == sql.LevelRepeatableRead {
		begin += " isolation level repeatable read"
	}
	if opts.ReadOnly {
		begin += " read only"
	}
	steps := []*request{step(begin)}
	if o.org != (id.Org{}) {
		steps = append(steps, step("select set_config('app.current_org', $1, true)", o.org.String()))
	}
	if o.asks != nil {
		steps = append(steps, o.asks)
	}
	return steps
}

// step is a statement whose rows are of no interest.
func step(text string, args ...any) *request {
	return &request{text: text, args: args, read: func(rows pgx.Rows) error { rows.Close(); return rows.Err() }}
}

// Statements that come through database/sql are bun's, with their arguments in the text. Preparing each of those texts
// would fill the statement cache with statements that never come again; the store's own statements ask for the cache.

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	if err := c.clear(ctx); err != nil {
		return nil, err
	}
	return c.Conn.QueryContext(ctx, text, uncached(args))
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	if err := c.clear(ctx); err != nil {
		return nil, err
	}
	return c.Conn.ExecContext(ctx, text, uncached(args))
}

func uncached(args []driver.NamedValue) []driver.NamedValue {
	if len(args) > 0 {
		if _, chosen := args[0].Value.(pgx.QueryExecMode); chosen {
			return args
		}
	}
	return append([]driver.NamedValue{{Value: pgx.QueryExecModeExec}}, args...)
}

type transaction struct {
	conn     *pgx.Conn
	keeper   *conn
	readOnly bool
	later    []*request // what leaves with the next statement
}

// takeLater gives what has to be sent first.
func (t *transaction) takeLater() []*request {
	later := t.later
	t.later = nil
	return later
}

// Commit also fails when the server answers ROLLBACK, which it does for a transaction that had an error.
func (t *transaction) Commit() error {
	if t.readOnly && t.later == nil && t.conn.PgConn().TxStatus() == 'T' {
		t.keeper.leave(t)
		return nil
	}
	var tag pgconn.CommandTag
	commit := &request{text: "commit", read: func(rows pgx.Rows) error {
		rows.Close()
		tag = rows.CommandTag()
		return rows.Err()
	}}
	err := t.end(context.Background(), append(t.takeLater(), commit))
	if err == nil && tag.String() != "COMMIT" {
		err = pgx.ErrTxCommitRollback
	}
	return err
}

func (t *transaction) Rollback() error {
	return t.end(context.Background(), []*request{step("rollback")})
}

// end runs the last statements.
func (t *transaction) end(ctx context.Context, last []*request) error {
	if t.conn.IsClosed() {
		return driver.ErrBadConn
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), endTimeout)
	defer cancel()
	err := send(ctx, t.conn, last)
	if err != nil || t.conn.PgConn().TxStatus() != 'I' {
		// Nothing is known about a connection that cannot end its transaction: it must not go back to the pool.
		_ = t.conn.Close(ctx)
	}
	return err
}

// connect makes the database/sql pool.
func connect(url string, o Options) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("parse the database URL: %w", err)
	}
	cfg.Tracer = o.Tracer
	for name, value := range map[string]string{
		"application_name":                    "bottlecrm",
		"timezone":                            "UTC",
		"jit":                                 "off",
		"statement_timeout":                   millis(o.StatementTimeout),
		"lock_timeout":                        millis(o.StatementTimeout),
		"idle_in_transaction_session_timeout": millis(2 * o.StatementTimeout),
	} {
		if _, given := cfg.RuntimeParams[name]; !given {
			cfg.RuntimeParams[name] = value
		}
	}
	if cfg.ConnectTimeout == 0 {
		cfg.ConnectTimeout = endTimeout
	}
	pool := sql.OpenDB(connector{stdlib.GetConnector(*cfg)})
	pool.SetMaxOpenConns(o.PoolSize)
	pool.SetMaxIdleConns(o.PoolSize)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	return pool, nil
}

func millis(d time.Duration) string { return fmt.Sprint(d.Milliseconds()) }
