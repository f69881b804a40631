package apitest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// Recorder keeps the text of every statement that the server sends. BEGIN, COMMIT and ROLLBACK are not among them:
// each operation has one of either, BEGIN together with the tenant's setting.
type Recorder struct {
	mu    sync.Mutex
	texts []string
}

// Statement is a text that some server of this process has sent, with the arguments of the first time.
type Statement struct {
	Text string
	Args []any
}

// emitted is every distinct statement of all servers.
var emitted struct {
	sync.Mutex
	statements map[string]Statement
}

// Emitted gives every distinct statement that the servers of this process have sent, by text.
func Emitted() []Statement {
	emitted.Lock()
	defer emitted.Unlock()
	return slices.SortedFunc(maps.Values(emitted.statements), func(a, b Statement) int { return strings.Compare(a.Text, b.Text) })
}

// TraceQueryStart implements pgx.QueryTracer.
func (r *Recorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	r.keep(data.SQL, data.Args)
	return ctx
}

// TraceBatchStart implements pgx.BatchTracer.
func (r *Recorder) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	for _, q := range data.Batch.QueuedQueries {
		r.keep(q.SQL, q.Arguments)
	}
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (r *Recorder) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (r *Recorder) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (r *Recorder) keep(text string, args []any) {
	if text == "commit" || text == "rollback" || strings.HasPrefix(text, "begin") || strings.HasPrefix(text, "select set_config('app.current_org'") {
		return
	}
	r.mu.Lock()
	r.texts = append(r.texts, text)
	r.mu.Unlock()
	emitted.Lock()
	defer emitted.Unlock()
	if _, known := emitted.statements[text]; known {
		return
	}
	if emitted.statements == nil {
		emitted.statements = map[string]Statement{}
	}
	for len(args) > 0 { // how pgx shall send it
		_, isMode := args[0].(pgx.QueryExecMode)
		_, isFormats := args[0].(pgx.QueryResultFormats)
		if !isMode && !isFormats {
			break
		}
		args = args[1:]
	}
	emitted.statements[text] = Statement{text, args}
}

// TraceQueryEnd implements pgx.QueryTracer.
func (r *Recorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// During gives the statements sent while fn runs. Nothing else may use the server meanwhile.
func (r *Recorder) During(fn func()) []string {
	r.mu.Lock()
	before := len(r.texts)
	r.mu.Unlock()
	fn()
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]string(nil), r.texts[before:]...)
}

// All gives every distinct text so far.
func (r *Recorder) All() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := map[string]bool{}
	var out []string
	for _, text := range r.texts {
		if !seen[text] {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}
