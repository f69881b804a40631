package server

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/resolver"
)

type identityKey struct{}

func identityFrom(ctx context.Context) tenant.Identity {
	identity, _ := ctx.Value(identityKey{}).(tenant.Identity)
	return identity
}

// identify reads the bearer token. A token that cannot be one is refused here; whether it still holds is for the
// database to say.
func (o Options) identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		identity, err := o.Auth.Identify(r.Header.Get("Authorization"))
		if err != nil {
			media, _ := negotiate(r.Header.Get("Accept"))
			o.refuse(w, r, media, unauthorized(err), nil)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), identityKey{}, identity)))
	})
}

// observe gives each request an id, logs it when it is through, and keeps a panic from taking the connection down.
func (o Options) observe(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started := time.Now()
		request := audit.Request{ID: id.New[id.ID]().String(), IP: o.clientIP(r), UserAgent: r.UserAgent(), Path: r.URL.Path, Method: r.Method}
		w.Header().Set("X-Request-Id", request.ID)
		ctx := audit.NewContext(r.Context(), request)
		recorder := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			if p := recover(); p == http.ErrAbortHandler { //nolint:errorlint // it is thrown as it is
				defer panic(p) // what has been sent is not all of it, and the client must see that
			} else if p != nil {
				o.Log.ErrorContext(ctx, "panic", "value", p, "stack", string(debug.Stack()))
				if !recorder.wrote {
					write(recorder, typeJSON, http.StatusInternalServerError, &graphql.Response{Errors: o.present(ctx, resolver.Panicked())}, nil)
				}
			}
			o.Log.LogAttrs(ctx, slog.LevelDebug, "request", slog.String("method", r.Method), slog.String("path", r.URL.Path),
				slog.Int("status", recorder.status), slog.Duration("took", time.Since(started)))
		}()
		next.ServeHTTP(recorder, r.WithContext(ctx))
	})
}

func (o Options) clientIP(r *http.Request) string {
	if o.TrustProxy {
		// The last address is the one that the trusted proxy saw itself; those before it are the client's claim.
		hops := strings.Split(r.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(hops[len(hops)-1]); last != "" {
			return last
		}
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

type statusRecorder struct {
	http.ResponseWriter
	status int
	wrote  bool
}

func (s *statusRecorder) WriteHeader(status int) {
	s.status, s.wrote = status, true
	s.ResponseWriter.WriteHeader(status)
}

func (s *statusRecorder) Write(b []byte) (int, error) {
	s.wrote = true
	return s.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the connection.
func (s *statusRecorder) Unwrap() http.ResponseWriter { return s.ResponseWriter }

// LogHandler adds the request id to every record that has a request's context.
type LogHandler struct{ slog.Handler }

// Handle adds the id and passes the record on.
func (h LogHandler) Handle(ctx context.Context, record slog.Record) error {
	if request := audit.RequestFrom(ctx); request.ID != "" {
		record.AddAttrs(slog.String("requestId", request.ID))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs keeps the wrapping.
func (h LogHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return LogHandler{h.Handler.WithAttrs(attrs)}
}

// WithGroup keeps the wrapping.
func (h LogHandler) WithGroup(name string) slog.Handler { return LogHandler{h.Handler.WithGroup(name)} }
