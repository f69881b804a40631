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

type beginKey struct{}

// beginIn makes the next BEGIN on ctx set the organization in the same round trip.
func beginIn(ctx context.Context, org id.Org) context.Context {
	return context.WithValue(ctx, beginKey{}, org)
}

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

// BeginTx sends BEGIN and the setting as one message. The setting is the text of a parsed UUID, so nothing a
// client wrote can enter the statement.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	text := "begin"
	if sql.IsolationLevel(opts.Isolation) == sql.LevelRepeatableRead {
		text += " isolation level repeatable read"
	}
	if opts.ReadOnly {
		text += " read only"
	}
	if org, ok := ctx.Value(beginKey{}).(id.Org); ok && org != (id.Org{}) {
		text += "; select set_config('app.current_org', '" + org.String() + "', true)"
	}
	pg := c.Conn.Conn().PgConn()
	if _, err := pg.Exec(ctx, text).ReadAll(); err != nil {
		if pg.IsClosed() || pgconn.SafeToRetry(err) {
			return nil, driver.ErrBadConn
		}
		return nil, err
	}
	return &transaction{pg}, nil
}

type transaction struct{ pg *pgconn.PgConn }

// Commit also fails when the server answers ROLLBACK, which it does for a transaction that had an error.
func (t *transaction) Commit() error {
	tag, err := t.end("commit")
	if err == nil && tag != "COMMIT" {
		err = pgx.ErrTxCommitRollback
	}
	return err
}

func (t *transaction) Rollback() error {
	_, err := t.end("rollback")
	return err
}

func (t *transaction) end(verb string) (string, error) {
	if t.pg.IsClosed() {
		return "", driver.ErrBadConn
	}
	ctx, cancel := context.WithTimeout(context.Background(), endTimeout)
	defer cancel()
	results, err := t.pg.Exec(ctx, verb).ReadAll()
	if err != nil {
		// Nothing is known about a connection that cannot end its transaction: it must not go back to the pool.
		_ = t.pg.Close(ctx)
		return "", err
	}
	if len(results) == 0 {
		return "", errors.New(verb + ": no answer")
	}
	return results[0].CommandTag.String(), nil
}

// connect makes the database/sql pool.
func connect(url string, o Options) (*sql.DB, error) {
	cfg, err := pgx.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("parse the database URL: %w", err)
	}
	// bun writes arguments into the text of a statement. Preparing each of those texts would fill the statement
	// cache with statements that never come again; the store's own statements ask for the cache explicitly.
	cfg.DefaultQueryExecMode = pgx.QueryExecModeExec
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
