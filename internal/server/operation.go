package server

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fastgraph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
	"github.com/bottlecrm/bottlecrm-graphql/resolver"
)

// execute runs an operation in its tenant.Operation, which ends when the response is built and before it is written: a
// mutation is acknowledged only after its commit. An error is of an operation that was not begun.
func (e *endpoint) execute(ctx context.Context, x execution) (*graphql.Response, error) {
	if x.document.Introspects && identityFrom(ctx) == nil {
		return nil, fault.New(fault.Unauthenticated, "the schema is shown to who is signed in: send a bearer token")
	}
	for {
		response, again, err := e.attempt(ctx, x)
		if !again {
			return response, err
		}
	}
}

// attempt runs an operation; again means that it was run for somebody else than the database confirms, and has left nothing.
// The next attempt is for whom the database says.
func (e *endpoint) attempt(ctx context.Context, x execution) (response *graphql.Response, again bool, err error) {
	write := x.operation.Kind() == ast.Mutation
	op := e.DB.Begin(identityFrom(ctx), write)
	ctx = files.NewContext(tenant.NewContext(ctx, op), e.Files)
	defer func() { _ = op.Close(ctx, false) }() // after a panic, or without its files; else it is closed already
	if x.files == nil {
		op.Expect()
	} else { // files can be received once
		if err := e.receive(ctx, x.files); err != nil {
			return nil, false, err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, e.OperationTimeout)
	defer cancel()
	if x.document.Introspects {
		if err := confirm(ctx); err != nil {
			return nil, false, err
		}
	}
	root := runRootField
	if write {
		root = untilOneFails()
	}
	ctx = graphql.WithOperationContext(ctx, &graphql.OperationContext{
		RawQuery: *x.Query, OperationName: x.OperationName, Variables: x.variables,
		Doc: x.document.Tree, Operation: x.operation.Definition,
		RecoverFunc: e.recover, ResolverMiddleware: runField, RootResolverMiddleware: root,
	})
	ctx = graphql.WithResponseContext(ctx, e.Resolver.Present, e.recover)
	ctx = resolver.NewContext(fastgraph.WithTogether(ctx, tenant.Together))
	response = e.schema.Exec(ctx)(ctx)
	if op.Settle(ctx) {
		op.Abandon(ctx)
		return nil, true, nil
	}
	response.Errors = append(response.Errors, graphql.GetErrors(ctx)...)
	return e.end(ctx, op, write, response), false, nil
}

// receive stores the files of a request for its operation, whose transaction and time begin only then: a line may be
// slow. Whoever is no member stores nothing.
func (e *endpoint) receive(ctx context.Context, f *form) error {
	err := e.apart(ctx, identityFrom(ctx), tenant.Confirm)
	switch {
	case fault.Is(err, fault.Unauthenticated):
		return unauthorized(err)
	case fault.Is(err, fault.OrganizationRequired):
		return &refusal{http.StatusForbidden, err}
	case err != nil:
		return err
	}
	return f.receive(ctx, e.Files, e.FileLimit)
}

// confirm has the database confirm who asks; a person need not have chosen an organization.
func confirm(ctx context.Context) error {
	err := tenant.Confirm(ctx)
	if fault.Is(err, fault.OrganizationRequired) {
		return nil
	}
	return err
}

func runField(ctx context.Context, next graphql.Resolver) (any, error) { return next(ctx) }

func runRootField(ctx context.Context, next graphql.RootResolver) graphql.Marshaler { return next(ctx) }

// untilOneFails keeps the fields of a mutation from running after one of them has failed. They run in their order.
func untilOneFails() graphql.RootFieldMiddleware {
	failed := false
	return func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
		if failed {
			return graphql.Null
		}
		out := next(ctx)
		failed = len(graphql.GetErrors(ctx)) > 0
		return out
	}
}

// end commits a response without errors. Any error of a mutation undoes all of it.
func (e *endpoint) end(ctx context.Context, op *tenant.Operation, write bool, response *graphql.Response) *graphql.Response {
	slices.SortStableFunc(response.Errors, byPath) // fields finish in any order; an answer is the same each time
	e.auditRefusals(ctx, response)
	err := op.Close(ctx, !write || len(response.Errors) == 0)
	if write && err != nil { // a query has nothing to lose at its end
		response.Errors = append(response.Errors, e.present(ctx, err)...)
	}
	if write && len(response.Errors) > 0 {
		response.Data = []byte("null")
	}
	if most := e.Limits.Errors; len(response.Errors) > most {
		response.Errors = append(response.Errors[:most-1], e.present(ctx, e.Limits.Exceed(document.Errors))...)
	}
	return response
}

// byPath orders errors by where they are, list items by their number.
func byPath(a, b *gqlerror.Error) int {
	return slices.CompareFunc(a.Path, b.Path, func(x, y ast.PathElement) int {
		i, isIndex := x.(ast.PathIndex)
		j, alsoIndex := y.(ast.PathIndex)
		if isIndex && alsoIndex {
			return cmp.Compare(i, j)
		}
		return strings.Compare(fmt.Sprint(x), fmt.Sprint(y))
	})
}

// auditRefusals writes what was forbidden into the ledger.
func (e *endpoint) auditRefusals(ctx context.Context, response *graphql.Response) {
	for _, refused := range response.Errors {
		if refused.Extensions["code"] != string(fault.Forbidden) {
			continue
		}
		if v, err := tenant.ViewerFrom(ctx); err == nil {
			e.Audit.Queue(ctx, audit.Event{Type: model.SecurityPermissionDenied, Org: v.OrgID, User: v.UserID,
				Description: refused.Message, Metadata: map[string]any{"path": refused.Path.String()}})
		}
		return
	}
}

// recover turns a panic into an error of its field; the stack goes to the log.
func (o Options) recover(ctx context.Context, p any) error {
	o.Log.ErrorContext(ctx, "panic", "value", fmt.Sprint(p), "stack", string(debug.Stack()))
	return resolver.Panicked()
}
