package portal

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Portal answers clients.
type Portal struct {
	DB      *tenant.DB
	Auth    *auth.Authenticator
	Audit   *audit.Log
	Timeout time.Duration
	Present func(context.Context, error) *gqlerror.Error // how an error looks

	guesses guesses
}

// maxBody is more than an answer can have.
const maxBody = 32 << 10

// Handler serves the addresses below /portal/.
func (p *Portal) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /portal/document", p.serve(show, asJSON))
	mux.HandleFunc("GET /portal/document.pdf", p.serve(show, asPDF))
	mux.HandleFunc("POST /portal/accept", p.serve(accept, asJSON))
	mux.HandleFunc("POST /portal/decline", p.serve(decline, asJSON))
	return mux
}

// deed is what a client asks for.
type deed func(context.Context, *http.Request, store.Visit) (store.Shown, error)

func show(ctx context.Context, _ *http.Request, v store.Visit) (store.Shown, error) {
	return store.ShowClient(ctx, v)
}

func accept(ctx context.Context, r *http.Request, v store.Visit) (store.Shown, error) {
	by, err := acceptance(r)
	if err != nil {
		return store.Shown{}, err
	}
	return store.AcceptAsClient(ctx, v, by)
}

func decline(ctx context.Context, r *http.Request, v store.Visit) (store.Shown, error) {
	var said struct{ Reason *string }
	if err := read(r, &said); err != nil {
		return store.Shown{}, err
	}
	reason, err := text("reason", said.Reason)
	if err != nil {
		return store.Shown{}, err
	}
	return store.DeclineAsClient(ctx, v, reason)
}

// answer is what is sent.
type answer struct {
	media, file string
	body        []byte
}

// serve does something for who has a link, in one transaction, and writes what they are shown when that is committed.
func (p *Portal) serve(do deed, as func(store.Shown) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		shown, err := p.run(w, r, do)
		var a answer
		if err == nil {
			a, err = as(shown)
		}
		if err != nil {
			p.refuse(w, r, err)
			return
		}
		header := w.Header()
		header.Set("Content-Type", a.media)
		header.Set("Content-Length", strconv.Itoa(len(a.body)))
		header.Set("Cache-Control", "no-store")
		header.Set("X-Content-Type-Options", "nosniff")
		if a.file != "" {
			header.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": a.file}))
		}
		_, _ = w.Write(a.body)
	}
}

func (p *Portal) run(w http.ResponseWriter, r *http.Request, do deed) (shown store.Shown, err error) {
	now, ip := time.Now(), audit.RequestFrom(r.Context()).IP
	if p.guesses.tooMany(ip, now) {
		return shown, fault.New(fault.RateLimited, "too many wrong links; try again in some minutes")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody)) // no connection waits for a client's line
	if err != nil {
		return shown, errBody
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	c, err := p.Auth.Client(r.Header.Get("Authorization"))
	if err == nil {
		shown, err = p.within(r, c, do)
	}
	if errors.Is(err, auth.ErrLink) && p.guesses.wrong(ip, now) {
		p.Audit.Write(r.Context(), audit.Event{Type: model.SecuritySuspiciousActivity, Description: "Too many wrong links of clients were tried"})
	}
	return shown, err
}

func (p *Portal) within(r *http.Request, c *auth.Client, do deed) (shown store.Shown, err error) {
	ctx, cancel := context.WithTimeout(r.Context(), p.Timeout)
	defer cancel()
	err = p.DB.Operate(ctx, c, func(ctx context.Context) error {
		if err := tenant.Confirm(ctx); err != nil {
			return err
		}
		shown, err = do(ctx, r, store.Visit{Link: c.Link, Target: c.Target, Key: c.Key})
		return err
	})
	return shown, err
}

// statuses are those of HTTP for the codes; all others are 500.
var statuses = map[fault.Code]int{
	fault.NotFound: http.StatusNotFound, fault.Invalid: http.StatusBadRequest, fault.Conflict: http.StatusConflict,
	fault.RateLimited: http.StatusTooManyRequests, fault.Timeout: http.StatusGatewayTimeout, fault.Unavailable: http.StatusServiceUnavailable,
}

func (p *Portal) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var shown gqlerror.List
	for _, f := range fault.All(err) {
		shown = append(shown, p.Present(r.Context(), f))
	}
	if shown == nil {
		shown = gqlerror.List{p.Present(r.Context(), err)}
	}
	status, known := statuses[fault.Code(shown[0].Extensions["code"].(string))]
	if !known {
		status = http.StatusInternalServerError
	}
	if status == http.StatusTooManyRequests {
		w.Header().Set("Retry-After", strconv.Itoa(int(guessWindow.Seconds())))
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": shown})
}

var errBody = fault.New(fault.Invalid, "the body is no JSON that can be read, or has a field that is not known")

// read takes the JSON of a request; nothing is an empty object.
func read(r *http.Request, into any) error {
	in := json.NewDecoder(r.Body)
	in.DisallowUnknownFields()
	if err := in.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return errBody
	}
	return nil
}

func acceptance(r *http.Request) (store.Acceptance, error) {
	var said struct{ Name, Email *string }
	if err := read(r, &said); err != nil {
		return store.Acceptance{}, err
	}
	var faults fault.List
	name, err := text("name", said.Name)
	faults = append(faults, fault.All(err)...)
	if name == nil && err == nil {
		faults.Add("name", "must not be blank")
	}
	var email string
	if said.Email == nil {
		faults.Add("email", "must not be blank")
	} else if email, err = scalar.UnmarshalEmailAddress(*said.Email); err != nil {
		faults.Add("email", "must be an e-mail address")
	}
	if len(faults) > 0 {
		return store.Acceptance{}, faults
	}
	return store.Acceptance{Name: *name, Email: email, IP: audit.RequestFrom(r.Context()).Address(), UserAgent: agent(r.UserAgent())}, nil
}

// agent is what a browser calls itself, as far as it is kept.
func agent(name string) *string {
	runes := []rune(strings.ToValidUTF8(name, "\uFFFD"))
	return new(string(runes[:min(len(runes), 500)]))
}

// text is a text that can be stored; nil when it is blank.
func text(field string, said *string) (*string, error) {
	if said == nil {
		return nil, nil //nolint:nilnil // nothing was said
	}
	value, err := scalar.UnmarshalString(*said)
	if err != nil {
		return nil, fault.Field(field, "must be a text")
	}
	if value = strings.TrimSpace(value); value == "" {
		return nil, nil //nolint:nilnil // nothing was said
	}
	return &value, nil
}
