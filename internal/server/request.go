package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// params are a GraphQL request as it is sent.
type params struct {
	Query         *string
	OperationName string
	Variables     map[string]any
	Extensions    map[string]any // none is known; it has to be an object all the same

	files *form // that come with it; nil when it came alone
}

// refusal is an HTTP request that is no GraphQL request.
type refusal struct {
	status int
	err    error
}

func (r *refusal) Error() string { return r.err.Error() }
func (r *refusal) Unwrap() error { return r.err }

func unfit(status int, text string) error {
	return &refusal{status, fault.New(fault.Invalid, "%s", text)}
}

// What is wrong with a request. None of these repeats what was sent, which may hold secrets.
var (
	errAccept   = unfit(http.StatusNotAcceptable, "answers are application/graphql-response+json or application/json, in UTF-8")
	errMethod   = unfit(http.StatusMethodNotAllowed, "a request is a POST, or a GET of a query")
	errMutation = unfit(http.StatusMethodNotAllowed, "a mutation must be a POST")
	errType     = unfit(http.StatusUnsupportedMediaType, "the body must be application/json in UTF-8, or multipart/form-data with files, and not compressed")
	errBatch    = unfit(http.StatusBadRequest, "the body must be one operation; a list of operations is not taken")
	errShape    = unfit(http.StatusBadRequest, "the body must be a JSON object: query is a text, operationName a text, variables and extensions are objects")
	errQuery    = unfit(http.StatusBadRequest, "there is no query")
	errURL      = unfit(http.StatusBadRequest, "variables and extensions must be JSON objects")
	errForeign  = &refusal{http.StatusForbidden, fault.New(fault.Forbidden, "a page of another site may not send a GET")}
)

// read takes the GraphQL request out of the HTTP request.
func read(w http.ResponseWriter, r *http.Request, limits document.Limits) (params, error) {
	switch r.Method {
	case http.MethodPost:
		return readBody(w, r, limits)
	case http.MethodGet:
		return readURL(r, limits)
	}
	return params{}, errMethod
}

// bodies are buffers for reading requests; what is read is copied out of them.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func readBody(w http.ResponseWriter, r *http.Request, limits document.Limits) (params, error) {
	switch kind := r.Header.Get("Content-Type"); {
	case r.Header.Get("Content-Encoding") != "":
		return params{}, errType
	case isJSON(kind):
	case isForm(kind):
		return readForm(w, r, limits)
	default:
		return params{}, errType
	}
	if r.ContentLength > int64(limits.Body) {
		return params{}, tooLarge(w, limits)
	}
	body := bodies.Get().(*bytes.Buffer)
	defer bodies.Put(body)
	body.Reset()
	if _, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, int64(limits.Body))); err != nil {
		if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
			return params{}, tooLarge(w, limits)
		}
		return params{}, unfit(http.StatusBadRequest, "the body ended early")
	}
	return decode(body.Bytes())
}

// tooLarge refuses a body without reading the rest of it, so that the connection cannot be used again.
func tooLarge(w http.ResponseWriter, limits document.Limits) error {
	w.Header().Set("Connection", "close")
	return &refusal{http.StatusRequestEntityTooLarge, limits.Exceed(document.Body)}
}

func isJSON(header string) bool {
	if header == typeJSON {
		return true
	}
	media, with, err := mime.ParseMediaType(header)
	return err == nil && media == typeJSON && isUTF8(with["charset"])
}

// decode reads one JSON object and nothing after it.
func decode(body []byte) (params, error) {
	var p params
	text := bytes.TrimLeft(body, " \t\r\n")
	if len(text) > 0 && text[0] == '[' {
		return p, errBatch
	}
	if len(text) == 0 || text[0] != '{' || !utf8.Valid(text) {
		return p, errShape
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&p); err != nil {
		return p, errShape
	}
	if len(bytes.TrimSpace(text[decoder.InputOffset():])) > 0 {
		return p, errShape
	}
	if p.Query == nil {
		return p, errQuery
	}
	return p, nil
}

func readURL(r *http.Request, limits document.Limits) (params, error) {
	var p params
	if r.Header.Get("Sec-Fetch-Site") == "cross-site" {
		return p, errForeign
	}
	if len(r.URL.RawQuery) > limits.Body {
		return p, &refusal{http.StatusRequestURITooLong, limits.Exceed(document.Body)}
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !utf8.ValidString(strings.Join(values["query"], "")) {
		return p, errURL
	}
	if !values.Has("query") {
		return p, errQuery
	}
	query := values.Get("query")
	p.Query, p.OperationName = &query, values.Get("operationName")
	for name, into := range map[string]*map[string]any{"variables": &p.Variables, "extensions": &p.Extensions} {
		text := values.Get(name)
		if text == "" {
			continue
		}
		decoder := json.NewDecoder(strings.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(into); err != nil || strings.TrimSpace(text[decoder.InputOffset():]) != "" {
			return p, errURL
		}
	}
	return p, nil
}
