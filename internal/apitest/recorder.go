package apitest

import (
	"context"
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

// TraceQueryStart implements pgx.QueryTracer.
func (r *Recorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	r.keep(data.SQL)
	return ctx
}

// TraceBatchStart implements pgx.BatchTracer.
func (r *Recorder) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	for _, q := range data.Batch.QueuedQueries {
		if !strings.HasPrefix(q.SQL, "begin") && !strings.HasPrefix(q.SQL, "select set_config('app.current_org'") {
			r.keep(q.SQL)
		}
	}
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (r *Recorder) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

// TraceBatchEnd implements pgx.BatchTracer.
func (r *Recorder) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (r *Recorder) keep(text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.texts = append(r.texts, text)
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
