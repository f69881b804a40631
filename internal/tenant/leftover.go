package tenant

import (
	"context"
	"database/sql/driver"
	"sync"
	"time"
)

// A query has nothing to lose at its end, and a round trip of its own for COMMIT costs as much as a statement. So a
// transaction that only reads is left open when it is done, and ended in the same message in which the next one begins on
// the connection, or a moment later when none does.

// restsFor is how long a transaction may stay open when nobody needs it any more. Under load the connection is used again
// much sooner.
const restsFor = 2 * time.Millisecond

// leftover is the transaction that a connection may still have open.
type leftover struct {
	mu    sync.Mutex // held while it is ended
	open  *transaction
	timer *time.Timer
}

// leave leaves a transaction open.
func (l *leftover) leave(t *transaction) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open = t
	if l.timer == nil {
		l.timer = time.AfterFunc(restsFor, func() { _ = l.end(context.Background()) })
		return
	}
	l.timer.Reset(restsFor)
}

// take reports whether there is one; whoever takes it ends it.
func (l *leftover) take() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	there := l.open != nil
	l.open = nil
	return there
}

func (l *leftover) end(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.open
	l.open = nil
	if t == nil {
		return nil
	}
	return t.end(ctx, []*request{step("commit")})
}

// clear ends it for whoever uses the connection otherwise than by beginning a transaction.
func (c *conn) clear(ctx context.Context) error {
	if err := c.end(ctx); err != nil {
		return driver.ErrBadConn
	}
	return nil
}

// ResetSession implements driver.SessionResetter: database/sql calls it before a connection is used again.
func (c *conn) ResetSession(ctx context.Context) error {
	c.mu.Lock() // until it is ended, if it is just being ended
	defer c.mu.Unlock()
	if c.open != nil && !c.Conn.Conn().IsClosed() {
		return nil
	}
	return c.Conn.ResetSession(ctx)
}

// Ping implements driver.Pinger.
func (c *conn) Ping(ctx context.Context) error {
	if err := c.clear(ctx); err != nil {
		return err
	}
	return c.Conn.Ping(ctx)
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *conn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	if err := c.clear(ctx); err != nil {
		return nil, err
	}
	return c.Conn.PrepareContext(ctx, text)
}

// Close ends the connection.
func (c *conn) Close() error {
	c.take()
	return c.Conn.Close()
}
