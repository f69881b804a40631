package apitest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// Recorder keeps every statement that the server sends. BEGIN, COMMIT and ROLLBACK are not among them: each operation
// has one of either, BEGIN together with the tenant's setting. Nor is what sets how the transaction's plans are made.
type Recorder struct {
	mu         sync.Mutex
	statements []Statement
	anew       map[*pgx.Conn]bool
}

// Statement is a text that a server has sent, with its arguments, and whether it had its plan made for them.
type Statement struct {
	Text string
	Args []any
	Anew bool
}

// emitted is every distinct text of all servers, with the arguments of the first time.
var emitted struct {
	sync.Mutex
	statements map[string]Statement
}

// Emitted gives every distinct text that the servers of this process have sent, with the arguments of the first time.
func Emitted() []Statement {
	emitted.Lock()
	defer emitted.Unlock()
	return slices.SortedFunc(maps.Values(emitted.statements), func(a, b Statement) int { return strings.Compare(a.Text, b.Text) })
}

// TraceQueryStart implements pgx.QueryTracer.
func (r *Recorder) TraceQueryStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	r.keep(conn, data.SQL, data.Args)
	return ctx
}

// TraceBatchStart implements pgx.BatchTracer.
func (r *Recorder) TraceBatchStart(ctx context.Context, conn *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	for _, q := range data.Batch.QueuedQueries {
		r.keep(conn, q.SQL, q.Arguments)
	}
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (r *Recorder) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (r *Recorder) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (r *Recorder) keep(conn *pgx.Conn, text string, args []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case text == "commit" || text == "rollback" || strings.HasPrefix(text, "begin"):
		delete(r.anew, conn)
		return
	case strings.HasPrefix(text, "select set_config('plan_cache_mode'"):
		if r.anew == nil {
			r.anew = map[*pgx.Conn]bool{}
		}
		r.anew[conn] = true
		return
	case strings.HasPrefix(text, "select set_config('app.current_org'"):
		return
	}
	s := Statement{text, bound(args), r.anew[conn]}
	r.statements = append(r.statements, s)
	emitted.Lock()
	defer emitted.Unlock()
	if emitted.statements == nil {
		emitted.statements = map[string]Statement{}
	}
	if known, ok := emitted.statements[text]; !ok || known.Anew { // a plan that is kept is judged more strictly
		emitted.statements[text] = s
	}
}

// bound leaves out how pgx shall send the arguments.
func bound(args []any) []any {
	return slices.DeleteFunc(slices.Clone(args), func(v any) bool {
		switch v.(type) {
		case pgx.QueryExecMode, pgx.QueryResultFormats, pgx.QueryResultFormatsByOID:
			return true
		}
		return false
	})
}

// TraceQueryEnd implements pgx.QueryTracer.
func (r *Recorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// During gives the texts sent while fn runs. Nothing else may use the server meanwhile.
func (r *Recorder) During(fn func()) []string {
	before := len(r.Sent())
	fn()
	sent := r.Sent()[before:]
	texts := make([]string, len(sent))
	for i, s := range sent {
		texts[i] = s.Text
	}
	return texts
}

// Sent gives all statements so far, as often as they were sent.
func (r *Recorder) Sent() []Statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.statements)
}
