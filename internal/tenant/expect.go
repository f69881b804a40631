package tenant

import (
	"context"
	"errors"
	"reflect"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// Who asks has mostly asked before. So an operation that may expect somebody begins for whom the database confirmed last time, and its first
// statements travel with BEGIN and with the question whether that still holds. When it does not, nothing has happened: the
// transaction is undone, and the operation has to be run again, for whom the database says.

// ErrMisjudged is the error of everything in an operation that was begun for somebody else than the database confirms.
var ErrMisjudged = errors.New("tenant: the viewer is not as expected; run the operation again")

// expect gives the viewer whom the operation is for as long as the database has not been asked; nil when nothing is known.
func (op *Operation) expect(ctx context.Context) *Viewer {
	if !op.mayExpect || op.tx != nil || op.err != nil || op.closed || op.expected != nil {
		if op.tx == nil && op.err == nil {
			return op.expected
		}
		return nil
	}
	asking, ok := op.identity.(Asking)
	if !ok {
		return nil
	}
	if _, op.err = asking.Org(ctx); op.err != nil {
		return nil
	}
	op.expected, _ = op.db.known.Of(asking.Key())
	return op.expected
}

// judge compares whom the database confirms with whom the operation was begun for, and remembers. A claim that it does not
// confirm any more is a misjudgement as well; the next run tells why.
func (op *Operation) judge(begun error) error {
	asking, ok := op.identity.(Asking)
	if !ok || (begun != nil && fault.All(begun) == nil) || (op.expected != nil && reflect.DeepEqual(op.expected, op.viewer)) {
		return begun
	}
	if op.viewer == nil {
		op.db.known.Forget(asking.Key())
	} else {
		op.db.known.Keep(asking.Key(), op.viewer)
	}
	if op.expected != nil {
		return ErrMisjudged
	}
	return begun
}

// Expect lets an operation begin for whom the database confirmed last time. Only who can run it again may do so.
func (op *Operation) Expect() { op.mayExpect = true }

// Confirm has the database confirm the viewer, if it has not yet. ErrMisjudged means that the operation has to be run
// again; any other error is the reason why there is no viewer.
func Confirm(ctx context.Context) error {
	op, err := fromContext(ctx)
	if err != nil {
		return err
	}
	return op.locked(ctx, op.confirmed)
}

// Settle confirms the viewer of an operation that was begun for an expected one and has not asked the database. It tells
// whether the operation has to be run again.
func (op *Operation) Settle(ctx context.Context) (misjudged bool) {
	_ = op.locked(ctx, func(ctx context.Context) error {
		if op.expected != nil {
			misjudged = errors.Is(op.open(ctx), ErrMisjudged)
		}
		return nil
	})
	return misjudged
}

// Abandon undoes an operation and forgets what was queued in it.
func (op *Operation) Abandon(ctx context.Context) {
	op.mu.Lock()
	defer op.mu.Unlock()
	_, _ = op.end(ctx, false)
}
