package server

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/playground"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/internal/webform"
	"github.com/bottlecrm/bottlecrm-graphql/resolver"
)

// Options are what the server is made of.
type Options struct {
	DB               *tenant.DB
	Auth             *auth.Authenticator
	Audit            *audit.Log
	Resolver         *resolver.Resolver
	Log              *slog.Logger
	OperationTimeout time.Duration
	Limits           document.Limits
	Files            *files.Store                // nil: no files are taken or given out
	FileLimit        int64                       // bytes of one
	TrustProxy       bool                        // take the client's address from X-Forwarded-For
	Portal           http.Handler                // what clients ask for without an account; nil: nothing
	Ready            func(context.Context) error // why the server should get no traffic now
}

// New makes the handler of everything the server answers.
func New(o Options) http.Handler {
	mux := http.NewServeMux()
	graphql := o.graphql()
	mux.Handle("/graphql", o.identify(graphql))
	mux.Handle("GET /export/{file}", o.identify(graphql.exports()))
	if o.Portal != nil {
		mux.Handle("/portal/", o.Portal)
	}
	ui := playground.Handler("/graphql")
	mux.Handle("GET /{$}", ui)
	mux.Handle("GET /playground/", ui)
	mux.Handle("/leads/capture", webform.Handler(o.DB, o.Audit, o.Log, o.OperationTimeout))
	if o.Files != nil {
		mux.Handle("GET /files/{id}", o.Files.Handler(o.Resolver.Links, asNamed(o, o.Resolver.File)))
	}
	documents := files.Made(o.Resolver.Links, o.Log, asNamed(o, o.Resolver.Printed))
	mux.Handle("GET /invoices/{name}", documents)
	mux.Handle("GET /estimates/{name}", documents)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", o.ready)
	return o.observe(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mux.ServeHTTP(w, r.WithContext(o.Resolver.Delivering(r.Context())))
	}))
}

func (o Options) ready(w http.ResponseWriter, r *http.Request) {
	if err := o.Ready(r.Context()); err != nil {
		o.Log.WarnContext(r.Context(), "not ready", "error", err)
		answer(w, http.StatusServiceUnavailable, "not ready") // why is for the log: it names hosts and roles
		return
	}
	answer(w, http.StatusOK, "ready")
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"status": text})
}
