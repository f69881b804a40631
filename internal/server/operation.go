package server

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
	"github.com/bottlecrm/bottlecrm-graphql/resolver"
)

// operation gives each GraphQL operation its tenant.Operation and ends it when the response is built, before it is
// written: a mutation is acknowledged only after its commit.
type operation struct{ o Options }

var (
	_ graphql.OperationInterceptor = operation{}
	_ graphql.RootFieldInterceptor = operation{}
)

func (operation) ExtensionName() string { return "TenantOperation" }

func (operation) Validate(graphql.ExecutableSchema) error { return nil }

// failed marks a mutation that had an error; the rest of its root fields are not run.
type failedKey struct{}

func (x operation) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	write := graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation
	op := x.o.DB.Begin(identityFrom(ctx), write)
	ctx, cancel := context.WithTimeout(tenant.NewContext(ctx, op), x.o.OperationTimeout)
	ctx = context.WithValue(ctx, failedKey{}, new(bool))
	respond := next(ctx)
	ended := false
	return func(_ context.Context) *graphql.Response {
		if ended {
			return nil // one operation, one response
		}
		ended = true
		defer cancel()
		defer func() { _ = op.Close(ctx, false) }() // after a panic; else it is closed already
		response := respond(ctx)
		return x.end(ctx, op, write, response)
	}
}

// end commits a response without errors. Any error of a mutation undoes all of it.
func (x operation) end(ctx context.Context, op *tenant.Operation, write bool, response *graphql.Response) *graphql.Response {
	if response != nil {
		slices.SortStableFunc(response.Errors, byPath) // fields finish in any order; an answer is the same each time
	}
	x.auditRefusals(ctx, response)
	failed := response == nil || len(response.Errors) > 0
	err := op.Close(ctx, !write || !failed)
	if !write || response == nil {
		return response // a query has nothing to lose at its end
	}
	if err != nil {
		response.Errors = append(response.Errors, x.o.Resolver.Present(ctx, err))
	}
	if len(response.Errors) > 0 {
		response.Data = []byte("null")
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

// InterceptRootField keeps the fields of a mutation from running after one of them has failed.
func (operation) InterceptRootField(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	failed, _ := ctx.Value(failedKey{}).(*bool)
	if graphql.GetOperationContext(ctx).Operation.Operation != ast.Mutation || failed == nil {
		return next(ctx)
	}
	if *failed {
		return graphql.Null
	}
	out := next(ctx)
	*failed = len(graphql.GetErrors(ctx)) > 0
	return out
}

// auditRefusals writes what was forbidden into the ledger.
func (x operation) auditRefusals(ctx context.Context, response *graphql.Response) {
	if response == nil {
		return
	}
	for _, e := range response.Errors {
		if e.Extensions["code"] != string(fault.Forbidden) {
			continue
		}
		if v, err := tenant.ViewerFrom(ctx); err == nil {
			x.o.Audit.Queue(ctx, audit.Event{Type: model.SecurityPermissionDenied, Org: v.OrgID, User: v.UserID,
				Description: e.Message, Metadata: map[string]any{"path": e.Path.String()}})
		}
		return
	}
}

// recover turns a panic into an error of its field; the stack goes to the log.
func (o Options) recover(ctx context.Context, p any) error {
	o.Log.ErrorContext(ctx, "panic", "value", fmt.Sprint(p), "stack", string(debug.Stack()))
	return resolver.Panicked()
}
