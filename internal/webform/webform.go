// Package webform takes the leads that forms of web sites post to /leads/capture: as JSON or as a form sends it, without an
// account, by the key of the site.
//
// What a lead becomes is the store's to say (lead_capture.go). Here is who may post, from where, how much, and what is
// answered. Nothing answered tells whether a person was known.
//
// Failure: a key that is missing, wrong or revoked, one of a deactivated organization, and a browser on another site than
// the registered one get the same 403. What is wrong with the fields is told by their names, with 422. Too many get 429.
package webform

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// mostBytes bounds what a form sends.
const mostBytes = 16 << 10

type handler struct {
	db      *tenant.DB
	audit   *audit.Log
	log     *slog.Logger
	timeout time.Duration
}

// Handler answers the forms.
func Handler(db *tenant.DB, audit *audit.Log, log *slog.Logger, timeout time.Duration) http.Handler {
	return &handler{db, audit, log, timeout}
}

var errRefused = fault.New(fault.Forbidden, "the key is not valid here")

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	origin := strings.ToLower(r.Header.Get("Origin"))
	w.Header().Set("Vary", "Origin")
	switch r.Method {
	case http.MethodOptions: // which site it is stands in the request that follows, and so does whether it may
		allow(w, origin)
		w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
		w.Header().Set("Access-Control-Allow-Headers", "Content-Type")
		w.Header().Set("Access-Control-Max-Age", "600")
		w.WriteHeader(http.StatusNoContent)
		return
	case http.MethodPost:
	default:
		w.Header().Set("Allow", "POST, OPTIONS")
		answer(w, http.StatusMethodNotAllowed, fault.New(fault.Invalid, "post a form"))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostBytes)
	ctx, cancel := context.WithTimeout(r.Context(), h.timeout)
	defer cancel()
	sent, err := read(r)
	if err == nil {
		err = h.take(ctx, sent, origin)
	}
	status := h.status(ctx, err)
	if status != http.StatusForbidden {
		allow(w, origin)
	}
	answer(w, status, err)
}

// allow lets a browser's page read the answer.
func allow(w http.ResponseWriter, origin string) {
	if origin != "" {
		w.Header().Set("Access-Control-Allow-Origin", origin)
	}
}

var (
	errMedia = errors.New("neither JSON nor a form")
	errSize  = errors.New("too large")
)

// read gives what was sent, by the fields' names.
func read(r *http.Request) (map[string]any, error) {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	sent := map[string]any{}
	var err error
	switch media {
	case "application/json":
		err = json.NewDecoder(r.Body).Decode(&sent)
	case "application/x-www-form-urlencoded":
		err = r.ParseForm()
		own := map[string]any{}
		for name := range r.PostForm {
			if key, isOwn := strings.CutPrefix(name, "customFields."); isOwn {
				own[key], sent["customFields"] = r.PostForm.Get(name), own
			} else {
				sent[name] = r.PostForm.Get(name)
			}
		}
	default:
		return nil, errMedia
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, errSize
	}
	if err != nil {
		return nil, fault.New(fault.Invalid, "the body cannot be read").Because(err)
	}
	return sent, nil
}

// take has the store keep what was sent.
func (h *handler) take(ctx context.Context, sent map[string]any, origin string) error {
	key, _ := sent["key"].(string)
	site, err := h.site(ctx, key)
	if err != nil {
		return err
	}
	if site == nil {
		h.audit.Write(ctx, audit.Event{Type: model.SecurityApiKeyInvalid, Description: "A web form was posted with a key that is not valid"})
		return errRefused
	}
	form, err := captured(sent)
	if err != nil {
		return err
	}
	form.Origin, form.IP = origin, audit.RequestFrom(ctx).Address()
	capture := func(ctx context.Context) error { return store.CaptureLead(ctx, site.Key, form) }
	err = h.db.Operate(ctx, visitor{*site}, capture)
	if fault.Is(err, fault.Conflict) { // somebody else was first with the same address
		err = h.db.Operate(ctx, visitor{*site}, capture)
	}
	switch {
	case err == nil:
		h.audit.Write(ctx, audit.Event{Type: model.SecurityApiKeyUsed, Org: site.Org, Success: true, Description: "A web form was posted"})
	case fault.Is(err, fault.Forbidden), fault.Is(err, fault.OrganizationRequired), fault.Is(err, fault.NotFound):
		h.audit.Write(ctx, audit.Event{Type: model.SecurityApiKeyInvalid, Org: site.Org, Description: "A web form was posted from where it may not be"})
		return errRefused
	}
	return err
}

func (h *handler) site(ctx context.Context, key string) (site *store.Site, err error) {
	err = h.db.Platform(ctx, func(ctx context.Context, tx bun.Tx) error {
		site, err = store.FindSite(ctx, tx, auth.HashOf(key))
		return err
	})
	return site, err
}

// status is what the answer begins with; what is nobody's fault but the server's is for the log.
func (h *handler) status(ctx context.Context, err error) int {
	switch {
	case err == nil:
		return http.StatusOK
	case errors.Is(err, errMedia):
		return http.StatusUnsupportedMediaType
	case errors.Is(err, errSize):
		return http.StatusRequestEntityTooLarge
	case fault.Is(err, fault.Forbidden):
		return http.StatusForbidden
	case fault.Is(err, fault.RateLimited):
		return http.StatusTooManyRequests
	case fault.Is(err, fault.Invalid):
		return http.StatusUnprocessableEntity
	}
	h.log.ErrorContext(ctx, "web form not stored", "error", err)
	return http.StatusInternalServerError
}

// problem is one thing that is wrong, as it is told.
type problem struct {
	Code    fault.Code `json:"code"`
	Field   string     `json:"field,omitempty"`
	Message string     `json:"message"`
}

func answer(w http.ResponseWriter, status int, err error) {
	var problems []problem
	for _, f := range fault.All(err) {
		problems = append(problems, problem{f.Code, f.Field, f.Message})
	}
	switch {
	case err != nil && status == http.StatusInternalServerError:
		problems = []problem{{Code: fault.Internal, Message: "something went wrong; try again later"}}
	case err != nil && problems == nil:
		problems = []problem{{Code: fault.Invalid, Message: err.Error()}}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(struct {
		OK     bool      `json:"ok"`
		Errors []problem `json:"errors,omitempty"`
	}{err == nil, problems})
}
