package tenant

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Operation is one GraphQL operation's use of the database: at most one transaction, opened when it is first
// needed.
type Operation struct {
	db       *DB
	identity Identity // nil = anonymous
	write    bool

	mu        sync.Mutex // held for a whole statement and its scan
	tx        *session
	err       error // why the transaction could not be opened; sticks
	viewer    *Viewer
	expected  *Viewer // whom the operation was begun for, before the database has confirmed it (expect.go)
	mayExpect bool
	noViewer  error // why there is none, for an identity that may still do what needs no organization
	closed    bool

	began sync.Once
	now   time.Time

	lanes lanes

	hooks         sync.Mutex
	afterCommit   []func(context.Context)
	asked         map[any]bool // what AfterCommitOnce was asked for
	afterRollback []func(context.Context)
	afterAll      []func(context.Context)
}

// Begin makes the operation; no statement is sent yet. A nil identity is an anonymous request.
func (db *DB) Begin(identity Identity, write bool) *Operation {
	return &Operation{db: db, identity: identity, write: write}
}

// Operate does something that writes as somebody, in an operation of its own, which is committed unless there is an error.
func (db *DB) Operate(ctx context.Context, as Identity, fn func(ctx context.Context) error) error {
	op := db.Begin(as, true)
	ctx = NewContext(ctx, op)
	defer func() { _ = op.Close(ctx, false) }() // after an error or a panic; else it is closed already
	if err := fn(ctx); err != nil {
		return err
	}
	return op.Close(ctx, true)
}

type operationKey struct{}

// NewContext carries the operation to the resolvers.
func NewContext(ctx context.Context, op *Operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

func fromContext(ctx context.Context) (*Operation, error) {
	op, ok := ctx.Value(operationKey{}).(*Operation)
	if !ok {
		return nil, errors.New("tenant: no operation in the context")
	}
	return op, nil
}

type heldKey struct{}

// Do runs fn with the operation's transaction, in the viewer's organization. It serializes: no two fn of one
// operation run at a time. A Do inside fn runs in it.
func Do(ctx context.Context, fn func(ctx context.Context, tx bun.Tx) error) error {
	op, err := fromContext(ctx)
	if err != nil {
		return err
	}
	return op.locked(ctx, func(ctx context.Context) error {
		if err := op.confirmed(ctx); err != nil {
			return err
		}
		if err := op.settle(ctx); err != nil {
			return err
		}
		return fn(ctx, op.tx.Tx)
	})
}

// Platform runs fn with the operation's transaction on behalf of a signed-in user, who need not have chosen an
// organization. It is for what concerns the user and not a tenant.
func Platform(ctx context.Context, fn func(ctx context.Context, tx bun.Tx, user id.User) error) error {
	op, err := fromContext(ctx)
	if err != nil {
		return err
	}
	return op.locked(ctx, func(ctx context.Context) error {
		if err := op.open(ctx); err != nil {
			return err
		}
		if err := op.settle(ctx); err != nil {
			return err
		}
		user, err := op.identity.User(ctx, op.tx.Tx)
		if err != nil {
			return err
		}
		return fn(ctx, op.tx.Tx, user)
	})
}

// settle sends what was to leave with the next statement.
func (op *Operation) settle(ctx context.Context) error {
	if op.tx.later == nil {
		return nil
	}
	return send(ctx, op.tx.conn, op.tx.takeLater())
}

// ViewerFrom says who asks, as the database confirms it, or has confirmed it not long ago and will again before anything
// that follows from it leaves the server (expect.go). The result is shared: do not change it.
func ViewerFrom(ctx context.Context) (*Viewer, error) {
	op, err := fromContext(ctx)
	if err != nil {
		return nil, err
	}
	var viewer *Viewer
	err = op.locked(ctx, func(ctx context.Context) error {
		if viewer = op.expect(ctx); viewer != nil {
			return nil
		}
		err := op.confirmed(ctx)
		viewer = op.viewer
		return err
	})
	return viewer, err
}

// IdentityFrom is the request's claim, nil when it is anonymous.
func IdentityFrom(ctx context.Context) Identity {
	op, err := fromContext(ctx)
	if err != nil {
		return nil
	}
	return op.identity
}

// Now is the operation's one instant, that of the first call: all rows that it writes agree on it.
func Now(ctx context.Context) time.Time {
	op, err := fromContext(ctx)
	if err != nil {
		return time.Now().UTC()
	}
	op.began.Do(func() { op.now = time.Now().UTC().Truncate(time.Microsecond) })
	return op.now
}

// AfterCommit queues work that must happen only if the operation is committed, such as a mail.
func AfterCommit(ctx context.Context, fn func(context.Context)) {
	queue(ctx, func(op *Operation) { op.afterCommit = append(op.afterCommit, fn) })
}

// AfterCommitOnce is AfterCommit for what several parts of an operation ask for, by one key: the first of them has it done.
func AfterCommitOnce(ctx context.Context, key any, fn func(context.Context)) {
	queue(ctx, func(op *Operation) {
		if op.asked[key] {
			return
		}
		if op.asked == nil {
			op.asked = map[any]bool{}
		}
		op.asked[key] = true
		op.afterCommit = append(op.afterCommit, fn)
	})
}

// AfterRollback queues work that must happen only if nothing of the operation was stored, such as to take back what was
// written elsewhere for it. A commit whose outcome nobody knows, because the connection broke, is not one.
func AfterRollback(ctx context.Context, fn func(context.Context)) {
	queue(ctx, func(op *Operation) { op.afterRollback = append(op.afterRollback, fn) })
}

// Afterwards queues work for when the transaction has ended, whichever way; it may open one of its own. A trace
// of a refusal is written like this: the refused operation is rolled back and its trace stays.
func Afterwards(ctx context.Context, fn func(context.Context)) {
	queue(ctx, func(op *Operation) { op.afterAll = append(op.afterAll, fn) })
}

func queue(ctx context.Context, add func(*Operation)) {
	op, err := fromContext(ctx)
	if err != nil {
		return
	}
	op.hooks.Lock()
	defer op.hooks.Unlock()
	add(op)
}

func (op *Operation) locked(ctx context.Context, fn func(context.Context) error) error {
	if ctx.Value(heldKey{}) == op {
		return fn(ctx)
	}
	op.mu.Lock()
	defer op.mu.Unlock()
	return fn(context.WithValue(ctx, heldKey{}, op))
}

// open begins the transaction if there is none yet; the statements of the flight travel with what begins it.
func (op *Operation) open(ctx context.Context, flight ...*request) error {
	switch {
	case op.closed:
		return errors.New("tenant: the operation has ended")
	case op.tx != nil || op.err != nil:
		return op.err
	case op.identity == nil:
		return fault.New(fault.Unauthenticated, "this needs a bearer token")
	}
	op.err = op.judge(op.begin(ctx, flight))
	return op.err
}

// begin opens the transaction in the claimed organization and has the database confirm the claim.
func (op *Operation) begin(ctx context.Context, flight []*request) error {
	org, err := op.identity.Org(ctx)
	if err != nil {
		return err
	}
	options := readOnly
	if op.write {
		options = nil
	}
	o := &opening{org: org, flight: flight}
	if asking, ok := op.identity.(Asking); ok && org != (id.Org{}) {
		o.asks = asking.Ask().request()
	}
	tx, err := op.db.begin(ctx, o, options)
	if err != nil {
		return err
	}
	op.tx = tx
	if org == (id.Org{}) {
		op.noViewer = fault.New(fault.OrganizationRequired, "choose an organization first: switchOrganization")
		return nil
	}
	op.viewer, err = op.identity.Confirm(ctx, tx.Tx)
	if fault.Is(err, fault.OrganizationRequired) {
		op.noViewer = err
		return setLocal(ctx, tx.Tx, "app.current_org", "") // no member, no context
	}
	return err
}

// confirmed is open for what needs an organization.
func (op *Operation) confirmed(ctx context.Context) error {
	if err := op.open(ctx); err != nil {
		return err
	}
	return op.noViewer
}

// Close ends the operation: it commits when commit is set and rolls back otherwise, then runs what was queued. The
// error is that of the commit; the caller answers with it. Closing again does nothing.
func (op *Operation) Close(ctx context.Context, commit bool) error {
	op.mu.Lock()
	first := !op.closed
	how, err := op.end(ctx, commit)
	op.mu.Unlock()
	if !first {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	hooks := op.afterAll
	switch how {
	case committed:
		hooks = append(op.afterCommit, hooks...)
	case undone:
		hooks = append(op.afterRollback, hooks...)
	}
	runAll(ctx, hooks)
	return err
}

// outcome is what became of an operation.
type outcome int

const (
	unknown outcome = iota
	committed
	undone
)

// runAll runs every hook, also those after one that panics: a mail that cannot be sent must not cost the ledger its
// entry.
func runAll(ctx context.Context, hooks []func(context.Context)) {
	if len(hooks) == 0 {
		return
	}
	defer runAll(ctx, hooks[1:])
	hooks[0](ctx)
}

func (op *Operation) end(ctx context.Context, commit bool) (outcome, error) {
	if op.closed {
		return unknown, nil
	}
	op.closed = true
	if op.tx == nil {
		if commit {
			return committed, nil
		}
		return undone, nil
	}
	if err := ctx.Err(); err != nil && commit {
		_ = op.tx.finish(false)
		return undone, fmt.Errorf("commit: %w", err)
	}
	err := op.tx.finish(commit)
	switch {
	case !commit: // a connection that cannot roll back is discarded, and the server rolls back
		return undone, nil
	case err == nil:
		return committed, nil
	case refused(err):
		return undone, fmt.Errorf("commit: %w", err)
	}
	return unknown, fmt.Errorf("commit: %w", err)
}

// refused reports whether the server answered that it did not commit. What ends the session along with the answer (a
// shutdown, say) tells nothing: the commit may have come before it.
func refused(err error) bool {
	var pg *pgconn.PgError
	return errors.Is(err, pgx.ErrTxCommitRollback) || errors.As(err, &pg) && pg.SeverityUnlocalized == "ERROR"
}

// Select runs a statement with bound arguments in the operation's transaction and reads its rows into dest, as package
// scan does. The statement's text is prepared once a connection: keep texts few and stable.
func Select(ctx context.Context, dest any, text string, args ...any) error {
	return selected(ctx, Statement{text, args, dest}.request())
}

// SelectAnew is Select for a statement whose plan depends on its arguments: none is kept.
func SelectAnew(ctx context.Context, dest any, text string, args ...any) error {
	r := Statement{text, args, dest}.request()
	r.anew = true
	return selected(ctx, r)
}

func selected(ctx context.Context, r *request) error {
	op, err := fromContext(ctx)
	if err != nil {
		return err
	}
	return op.query(ctx, r)
}

// Exec runs a statement with bound arguments and tells how many rows it touched.
func Exec(ctx context.Context, text string, args ...any) (int64, error) {
	op, err := fromContext(ctx)
	if err != nil {
		return 0, err
	}
	var touched int64
	err = op.query(ctx, &request{text: text, args: args, read: func(rows pgx.Rows) error {
		rows.Close()
		touched = rows.CommandTag().RowsAffected()
		return rows.Err()
	}})
	return touched, err
}

// ExecAll runs a statement once for each list of arguments, all of them in one message, and gives the first error.
func ExecAll(ctx context.Context, text string, lists [][]any) error {
	op, err := fromContext(ctx)
	if err != nil {
		return err
	}
	flight := make([]*request, len(lists))
	for i, args := range lists {
		flight[i] = step(text, args...)
	}
	op.fly(ctx, flight)
	for _, r := range flight {
		if r.err != nil {
			return r.err
		}
	}
	return nil
}
