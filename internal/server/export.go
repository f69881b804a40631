package server

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"

	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sheet"
)

// Lists are exported as CSV by `GET /export/leads.csv`, with the arguments of the list in the query, and so are the cases
// behind a number of their report by `GET /export/case-report.csv`. An export is a client
// of the API: it asks for one page of the list after the other, as the one who sent the request, so that it shows what the
// list shows, and no more of it is in memory than a page. Each page is an operation of its own: no transaction waits for
// a client's line. Records that change meanwhile are shown as they are when their page is read.

// pageOfExport is how many records are read at once.
const pageOfExport = "100"

// own are the limits of what the server asks itself.
var own = document.Limits{Body: 1 << 20, Tokens: 10_000, Depth: 12, IntrospectionDepth: 1, Aliases: 100, Repetitions: 30, Selections: 20_000,
	Fragments: 1, Directives: 1, Errors: 1, Cost: 1, Cache: 1 << 20}

// exporting is a list that can be exported.
type exporting struct {
	source
	text       string          // the operation
	parameters map[string]bool // of the URL, and whether they are JSON
	document   *document.Document
	operation  *document.Operation
}

// exports prepares the operations. They are the server's own: what bounds those of clients does not bound them, and a wrong
// one is a mistake in the program.
func (e *endpoint) exports() http.Handler {
	front := document.New(e.schema.Schema(), own, scalars)
	lists := make(map[string]*exporting, len(exportable))
	for name, from := range exportable {
		x := from.operation(e.schema.Schema())
		var err error
		if x.document, err = front.Document(x.text); err == nil {
			x.operation, err = x.document.Operation("")
		}
		if err != nil {
			panic(fmt.Errorf("the export of %s: %w", name, err))
		}
		lists[name+".csv"] = x
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := e.export(w, r, lists[r.PathValue("file")]); err != nil {
			e.refuse(w, r, typeResponse, err, nil)
		}
	})
}

var errNoExport = &refusal{http.StatusNotFound, fault.New(fault.NotFound, "there is no such export")}

// export writes a list. An error is of one whose first page could not be read; of a later one nobody can be told but by
// an answer that breaks off.
func (e *endpoint) export(w http.ResponseWriter, r *http.Request, x *exporting) error {
	if x == nil {
		return errNoExport
	}
	if len(r.URL.RawQuery) > e.Limits.Body {
		return &refusal{http.StatusRequestURITooLong, e.Limits.Exceed(document.Body)}
	}
	variables, err := exportVariables(r.URL.Query(), x.parameters)
	if err != nil {
		return err
	}
	table := sheet.NewWriter(w)
	var own []string // the keys of custom fields
	for begun := false; ; begun = true {
		page, err := e.page(r.Context(), x, variables)
		switch {
		case err != nil && begun:
			e.Log.WarnContext(r.Context(), "an export breaks off", "error", err)
			panic(http.ErrAbortHandler)
		case err != nil:
			return err
		case !begun:
			if own, err = e.customKeys(r.Context(), x.typ); err != nil {
				return err
			}
			head(w.Header(), r.PathValue("file"))
			_ = table.Write(x.columns.headers(own)) // an error comes back from Flush
		}
		for _, node := range page.Nodes {
			_ = table.Write(x.columns.cells(node, own))
		}
		if err := table.Flush(); err != nil {
			return nil //nolint:nilerr // the client is gone
		}
		_ = http.NewResponseController(w).Flush()
		if !page.PageInfo.HasNextPage {
			return nil
		}
		variables["after"] = page.PageInfo.EndCursor
	}
}

func head(h http.Header, file string) {
	h.Set("Content-Type", "text/csv; charset=utf-8; header=present")
	h.Set("Content-Disposition", `attachment; filename="`+file+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
}

// customKeys are the keys of the custom fields that records of a type can have values of.
func (e *endpoint) customKeys(ctx context.Context, typ string) (keys []string, err error) {
	err = e.apart(ctx, identityFrom(ctx), func(ctx context.Context) (err error) {
		keys, err = e.Resolver.CustomKeys(ctx, typ)
		return err
	})
	return keys, err
}

// exportVariables takes the list's arguments out of a URL.
func exportVariables(query url.Values, parameters map[string]bool) (map[string]any, error) {
	out := map[string]any{}
	var faults fault.List
	for _, name := range slices.Sorted(maps.Keys(query)) {
		values := query[name]
		switch isJSON, known := parameters[name]; {
		case !known:
			faults.Add(name, "is no parameter of this export; those are %s", strings.Join(slices.Sorted(maps.Keys(parameters)), ", "))
		case len(values) > 1:
			faults.Add(name, "must be given once")
		case !isJSON:
			out[name] = values[0]
		default:
			var value any
			decoder := json.NewDecoder(strings.NewReader(values[0]))
			decoder.UseNumber()
			if err := decoder.Decode(&value); err != nil || strings.TrimSpace(values[0][decoder.InputOffset():]) != "" {
				faults.Add(name, "must be JSON, as the argument of the list")
				continue
			}
			out[name] = value
		}
	}
	return out, faults.Err()
}

// page is one page of a list.
type page struct {
	PageInfo struct {
		HasNextPage bool
		EndCursor   string
	}
	Nodes []map[string]any
}

func (e *endpoint) page(ctx context.Context, x *exporting, variables map[string]any) (page, error) {
	coerced, err := e.front.Variables(x.operation, variables)
	if err != nil {
		return page{}, err
	}
	response, err := e.execute(ctx, execution{params{Query: &x.text}, x.document, x.operation, coerced})
	if err != nil {
		return page{}, err
	}
	if len(response.Errors) > 0 {
		return page{}, &refusal{statusOf(response), response.Errors}
	}
	data := response.Data
	for _, field := range x.fields {
		var of map[string]json.RawMessage
		if err := json.Unmarshal(data, &of); err != nil {
			return page{}, fmt.Errorf("read a page of an export: %w", err)
		}
		data = of[field]
	}
	var out page
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&out); err != nil {
		return page{}, fmt.Errorf("read a page of an export: %w", err)
	}
	return out, nil
}

// statusOf is the status of an answer that is nothing but errors.
func statusOf(response *graphql.Response) int {
	code, _ := response.Errors[0].Extensions["code"].(string)
	switch fault.Code(code) {
	case fault.Unauthenticated:
		return http.StatusUnauthorized
	case fault.OrganizationRequired, fault.Forbidden:
		return http.StatusForbidden
	case fault.Invalid, fault.CursorInvalid:
		return http.StatusBadRequest
	case fault.Timeout, fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}
