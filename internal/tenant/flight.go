package tenant

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/scan"
)

// Statements of fields that are resolved together travel together: Together runs functions side by side, and when each
// of them either has finished or waits for a statement, the statements leave in one flight. Nothing waits on a timer,
// and the statements of an operation are the same, however they travel.

// request is a statement on its way.
type request struct {
	text string
	args []any
	anew bool // it is planned for its arguments
	read func(pgx.Rows) error
	err  error
	done chan struct{}
}

// Statement is a text with its arguments, and where its rows go (as package scan reads them).
type Statement struct {
	Text string
	Args []any
	Dest any
}

func (s Statement) request() *request {
	return &request{text: s.Text, args: s.Args, read: func(rows pgx.Rows) error { return scan.Into(rows, s.Dest) }}
}

// lanes counts the functions of an operation that run side by side.
type lanes struct {
	mu      sync.Mutex
	others  int // that run and may yet ask for something, besides the one that counts them; negative: nobody runs
	waiting []*request
}

// Together runs the functions, which must not panic, and returns when all are done. Outside of an operation, and in a
// mutation, they run one after the other.
func Together(ctx context.Context, fns []func()) {
	op, err := fromContext(ctx)
	if err != nil || op.write || len(fns) < 2 || ctx.Value(heldKey{}) == op {
		for _, fn := range fns {
			fn()
		}
		return
	}
	op.lanes.add(len(fns) - 1)
	var others sync.WaitGroup
	for _, fn := range fns[1:] {
		others.Go(func() {
			defer op.leave(ctx)
			fn()
		})
	}
	fns[0]()
	op.leave(ctx)
	others.Wait()
	op.lanes.add(1)
}

// Await waits for what another function of the operation is doing, so that its statement can leave.
func Await(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
		return
	default:
	}
	op, err := fromContext(ctx)
	if err != nil {
		<-done
		return
	}
	op.leave(ctx)
	<-done
	op.lanes.add(1)
}

func (l *lanes) add(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.others += n
}

// leave takes a function out of those that run. The last one sends what the others wait for.
func (op *Operation) leave(ctx context.Context) {
	op.lanes.mu.Lock()
	op.lanes.others--
	flight := op.lanes.departing()
	op.lanes.mu.Unlock()
	op.fly(ctx, flight)
}

// departing takes the waiting statements if nobody is left who could add to them; their senders run again.
func (l *lanes) departing() []*request {
	if l.others >= 0 || len(l.waiting) == 0 {
		return nil
	}
	flight := l.waiting
	l.waiting = nil
	l.others += len(flight)
	return flight
}

// forArguments has the statements between its two planned for their arguments.
var forArguments = [2]string{"select set_config('plan_cache_mode', 'force_custom_plan', true)", "select set_config('plan_cache_mode', 'auto', true)"}

// framed puts what a statement needs around it.
func framed(flight []*request) []*request {
	if !slices.ContainsFunc(flight, func(r *request) bool { return r.anew }) {
		return flight
	}
	var out []*request
	for _, r := range flight {
		if r.anew {
			out = append(out, step(forArguments[0]), r, step(forArguments[1]))
		} else {
			out = append(out, r)
		}
	}
	return out
}

// query runs a statement, together with those of other functions that run at the same time.
func (op *Operation) query(ctx context.Context, r *request) error {
	op.lanes.mu.Lock()
	if (op.lanes.others == 0 && len(op.lanes.waiting) == 0) || ctx.Value(heldKey{}) == op {
		op.lanes.mu.Unlock()
		op.fly(ctx, []*request{r})
		return r.err
	}
	r.done = make(chan struct{})
	op.lanes.waiting = append(op.lanes.waiting, r)
	op.lanes.others--
	flight := op.lanes.departing()
	op.lanes.mu.Unlock()
	op.fly(ctx, flight)
	<-r.done
	return r.err
}

// Later runs a statement before the next one, or before the commit: in the same message with it. It is for what a write
// leaves behind and nobody waits for, such as an entry of the timeline, and must not be refused for anything that a
// client wrote: its error is that of whatever it travels with.
func Later(ctx context.Context, text string, args ...any) error {
	op, err := fromContext(ctx)
	if err != nil {
		return err
	}
	return op.locked(ctx, func(ctx context.Context) error {
		if err := op.confirmed(ctx); err != nil {
			return err
		}
		op.tx.later = append(op.tx.later, step(text, args...))
		return nil
	})
}

// fly sends statements in one message and reads their answers in turn.
func (op *Operation) fly(ctx context.Context, flight []*request) {
	if len(flight) == 0 {
		return
	}
	err := op.locked(ctx, func(ctx context.Context) error {
		if op.expect(ctx) != nil {
			return op.open(ctx, flight...)
		}
		if err := op.confirmed(ctx); err != nil {
			return err
		}
		if op.tx.later != nil {
			flight = append(op.tx.takeLater(), flight...)
		}
		_ = send(ctx, op.tx.conn, flight) // each knows its own error
		return nil
	})
	for _, r := range flight {
		if r.err == nil || errors.Is(err, ErrMisjudged) {
			r.err = err
		}
		if r.err != nil && op.tx != nil && op.tx.conn.IsClosed() {
			r.err = fmt.Errorf("%w: %w", driver.ErrBadConn, r.err) // as database/sql calls it
		}
		if r.done != nil {
			close(r.done)
		}
	}
}

// send sends statements in one message and gives the first error. After a statement that the server refuses it skips the
// rest; they fail for the same reason.
func send(ctx context.Context, conn *pgx.Conn, flight []*request) error {
	flight = framed(flight)
	if len(flight) == 1 {
		r := flight[0]
		rows, _ := conn.Query(ctx, r.text, r.args...) // the error is also the rows'
		r.err = r.read(rows)
		return r.err
	}
	batch := new(pgx.Batch)
	for _, r := range flight {
		batch.Queue(r.text, r.args...)
	}
	results := conn.SendBatch(ctx, batch)
	var refused, first error
	for _, r := range flight {
		if r.err = refused; refused == nil {
			rows, _ := results.Query()
			r.err = r.read(rows)
			refused = rows.Err()
		}
		if first == nil {
			first = r.err
		}
	}
	if err := results.Close(); first == nil {
		first = err
	}
	return first
}
