package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// cost are the figures in extensions.cost; nil when an operation was refused before it was estimated.
type cost struct{ estimated, budget int }

// answers are buffers for writing; one that a large answer has grown is dropped.
var answers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const maxPooled = 1 << 20

// write sends an answer. Data is written as it is: the executor has made JSON of it.
func write(w http.ResponseWriter, media string, status int, response *graphql.Response, c *cost) {
	buf := answers.Get().(*bytes.Buffer)
	buf.Reset()
	defer func() {
		if buf.Cap() <= maxPooled {
			answers.Put(buf)
		}
	}()
	buf.WriteByte('{')
	if len(response.Errors) > 0 {
		text, err := json.Marshal(response.Errors)
		if err != nil {
			panic(err) // texts, numbers and paths, all of them ours
		}
		buf.WriteString(`"errors":`)
		buf.Write(text)
	}
	if response.Data != nil {
		if len(response.Errors) > 0 {
			buf.WriteByte(',')
		}
		buf.WriteString(`"data":`)
		buf.Write(response.Data)
	}
	if c != nil {
		b := append(buf.AvailableBuffer(), `,"extensions":{"cost":{"estimated":`...)
		b = strconv.AppendInt(b, int64(c.estimated), 10)
		b = append(b, `,"budget":`...)
		b = strconv.AppendInt(b, int64(c.budget), 10)
		buf.Write(append(b, "}}"...))
	}
	buf.WriteByte('}')

	header := w.Header()
	header.Set("Content-Type", media+"; charset=utf-8")
	header.Set("Content-Length", strconv.Itoa(buf.Len()))
	header.Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes())
}

// present shows errors of a request that was not executed, or not to its end.
func (o Options) present(ctx context.Context, err error) gqlerror.List {
	var list gqlerror.List
	if !errors.As(err, &list) {
		list = gqlerror.List{gqlerror.Wrap(err)}
	}
	out := make(gqlerror.List, 0, len(list))
	for _, e := range list {
		shown := o.Resolver.Present(ctx, e)
		shown.Locations = e.Locations
		if limit, ok := errors.AsType[*document.Exceeded](e); ok {
			shown.Extensions["limit"] = string(limit.Limit)
		}
		out = append(out, shown)
	}
	return out
}

// refuse answers a request that is not executed. An HTTP request that is no GraphQL request has a status of its own; a
// document that is wrong is 400, or 200 for clients of application/json.
func (o Options) refuse(w http.ResponseWriter, r *http.Request, media string, err error, c *cost) {
	status := http.StatusBadRequest
	switch unfit, ok := errors.AsType[*refusal](err); {
	case ok:
		status = unfit.status
	case media == typeJSON:
		status = http.StatusOK
	}
	switch status {
	case http.StatusMethodNotAllowed:
		allow := "GET, POST, OPTIONS"
		if r.Method == http.MethodGet {
			allow = "POST"
		}
		w.Header().Set("Allow", allow)
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	write(w, media, status, &graphql.Response{Errors: o.present(r.Context(), err)}, c)
}

// unauthorized makes the refusal of a token that cannot be one.
func unauthorized(err error) error { return &refusal{http.StatusUnauthorized, fault.All(err)[0]} }
