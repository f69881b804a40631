package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// endpoint answers GraphQL over HTTP: the request, its document, its variables and cost, the operation, the answer.
type endpoint struct {
	Options
	schema graphql.ExecutableSchema
	front  *document.Front
}

func (o Options) graphql() *endpoint {
	schema := executable(graph.Config{Resolvers: o.Resolver})
	return &endpoint{o, schema, document.New(schema.Schema(), o.Limits, scalars)}
}

// scalars check variables before anything is executed, so that all that is wrong is told at once.
var scalars = map[string]document.Check{
	"ID":           func(v any) error { return new(id.ID).UnmarshalGQL(v) },
	"String":       check(scalar.UnmarshalString),
	"Int":          check(scalar.UnmarshalInt),
	"Boolean":      check(scalar.UnmarshalBoolean),
	"DateTime":     check(scalar.UnmarshalDateTime),
	"Date":         func(v any) error { return new(scalar.Date).UnmarshalGQL(v) },
	"Decimal":      check(scalar.UnmarshalDecimal),
	"EmailAddress": check(scalar.UnmarshalEmailAddress),
	"PhoneNumber":  check(scalar.UnmarshalPhoneNumber),
	"URL":          check(scalar.UnmarshalURL),
	"CurrencyCode": check(scalar.UnmarshalCurrencyCode),
	"CountryCode":  check(scalar.UnmarshalCountryCode),
	"TimeZone":     check(scalar.UnmarshalTimeZone),
	"JSON":         check(scalar.UnmarshalJSON),
	"Upload":       func(v any) error { return new(files.Upload).UnmarshalGQL(v) },
}

func check[T any](unmarshal func(any) (T, error)) document.Check {
	return func(v any) error {
		_, err := unmarshal(v)
		return err
	}
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodOptions {
		w.Header().Set("Allow", "GET, POST, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
		return
	}
	media, ok := negotiate(r.Header.Get("Accept"))
	if !ok {
		e.refuse(w, r, media, errAccept, nil)
		return
	}
	p, err := read(w, r, e.Limits)
	if err != nil {
		e.refuse(w, r, media, err, nil)
		return
	}
	if p.files != nil && e.Files == nil {
		e.refuse(w, r, media, errNoFiles, nil)
		return
	}
	x, c, err := e.prepare(r, p)
	if err != nil {
		e.refuse(w, r, media, err, c)
		return
	}
	response, err := e.execute(r.Context(), x)
	if err != nil {
		e.refuse(w, r, media, err, c)
		return
	}
	write(w, media, http.StatusOK, response, c)
}

// execution is an operation that may be executed.
type execution struct {
	params
	document  *document.Document
	operation *document.Operation
	variables map[string]any
}

// prepare finds the operation and judges it.
func (e *endpoint) prepare(r *http.Request, p params) (execution, *cost, error) {
	x := execution{params: p}
	var err error
	if x.document, err = e.front.Document(*p.Query); err != nil {
		return x, nil, e.explained(r.Context(), *p.Query, err)
	}
	if x.operation, err = x.document.Operation(p.OperationName); err != nil {
		return x, nil, err
	}
	if r.Method == http.MethodGet && x.operation.Kind() != ast.Query {
		return x, nil, errMutation
	}
	if p.files != nil {
		if err := p.files.declared(x.operation); err != nil {
			return x, nil, err
		}
	}
	if x.variables, err = e.front.Variables(x.operation, p.Variables); err != nil {
		return x, nil, err
	}
	estimated, err := e.front.Cost(x.document, x.operation, x.variables)
	return x, &cost{estimated, e.Limits.Cost}, err
}

// explained adds suggestions to the errors of a document for who may see the schema: they tell its names.
func (e *endpoint) explained(ctx context.Context, query string, err error) error {
	list, ok := errors.AsType[gqlerror.List](err)
	if !ok || list[0].Rule == "" || identityFrom(ctx) == nil { // only rules suggest
		return err
	}
	if e.apart(ctx, identityFrom(ctx), confirm) != nil {
		return err
	}
	return e.front.Explain(query)
}

// apart asks the database something in an operation of its own, which ends before an answer or another operation begins.
func (o Options) apart(ctx context.Context, who tenant.Identity, ask func(context.Context) error) error {
	op := o.DB.Begin(who, false)
	ctx, cancel := context.WithTimeout(tenant.NewContext(ctx, op), o.OperationTimeout)
	defer cancel()
	defer func() { _ = op.Close(ctx, true) }()
	return ask(ctx)
}
