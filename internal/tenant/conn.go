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
	ctx  context.Context //nolint:containedctx // bounds the beginning alone, where BeginTx's own would bound the transaction; nil: that one
	org  id.Org          // sets app.current_org unless it is zero
	asks *request        // a statement whose answer is needed at once

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
	return &conn{inner.(*stdlib.Conn)}, nil
}

type conn struct{ *stdlib.Conn }

// BeginTx sends BEGIN, the setting and the opening's statement as one message.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) { //nolint:contextcheck // the opening's is the caller's
	text := "begin"
	if sql.IsolationLevel(opts.Isolation) == sql.LevelRepeatableRead {
		text += " isolation level repeatable read"
	}
	if opts.ReadOnly {
		text += " read only"
	}
	o, ok := ctx.Value(openingKey{}).(*opening)
	if !ok {
		o = new(opening)
	}
	if o.ctx != nil {
		ctx = o.ctx
	}
	o.begun = &transaction{conn: c.Conn.Conn()}
	if err := o.send(ctx, o.begun.conn, text); err != nil {
		if o.begun.conn.IsClosed() || pgconn.SafeToRetry(err) {
			return nil, driver.ErrBadConn
		}
		return nil, errors.Join(err, o.begun.Rollback())
	}
	return o.begun, nil
}

// send begins the transaction.
func (o *opening) send(ctx context.Context, conn *pgx.Conn, begin string) error {
	batch := new(pgx.Batch)
	batch.Queue(begin)
	if o.org != (id.Org{}) {
		batch.Queue("select set_config('app.current_org', $1, true)", o.org.String())
	}
	steps := batch.Len()
	if o.asks != nil {
		batch.Queue(o.asks.text, o.asks.args...)
	}
	results := conn.SendBatch(ctx, batch)
	err := o.receive(results, steps)
	if closed := results.Close(); err == nil {
		err = closed
	}
	return err
}

func (o *opening) receive(results pgx.BatchResults, steps int) error {
	for range steps {
		if _, err := results.Exec(); err != nil {
			return err
		}
	}
	if o.asks == nil {
		return nil
	}
	rows, _ := results.Query() // the error is also the rows'
	return o.asks.read(rows)
}

// Statements that come through database/sql are bun's, with their arguments in the text. Preparing each of those texts
// would fill the statement cache with statements that never come again; the store's own statements ask for the cache.

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	return c.Conn.QueryContext(ctx, text, uncached(args))
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
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
	conn  *pgx.Conn
	later []*request // what leaves with the next statement
	anew  bool       // plans are made for their arguments
}

// queue keeps a statement that leaves with the next one.
func (t *transaction) queue(text string, args ...any) {
	t.later = append(t.later, &request{text: text, args: args, read: func(rows pgx.Rows) error {
		rows.Close()
		return rows.Err()
	}})
}

// takeLater gives what has to be sent first.
func (t *transaction) takeLater() []*request {
	later := t.later
	t.later = nil
	return later
}

// Commit also fails when the server answers ROLLBACK, which it does for a transaction that had an error.
func (t *transaction) Commit() error {
	var tag pgconn.CommandTag
	commit := &request{text: "commit", read: func(rows pgx.Rows) error {
		rows.Close()
		tag = rows.CommandTag()
		return rows.Err()
	}}
	err := t.end(append(t.takeLater(), commit))
	if err == nil && tag.String() != "COMMIT" {
		err = pgx.ErrTxCommitRollback
	}
	return err
}

func (t *transaction) Rollback() error {
	return t.end([]*request{{text: "rollback", read: func(rows pgx.Rows) error { rows.Close(); return rows.Err() }}})
}

// end runs the last statements.
func (t *transaction) end(last []*request) error {
	if t.conn.IsClosed() {
		return driver.ErrBadConn
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
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
