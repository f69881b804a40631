package fastgraph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
)

// Pending is a field of an object that a function resolves.
type Pending struct {
	Resolve func(context.Context) graphql.Marshaler
	Value   graphql.Marshaler // what it resolved to

	at      int // where in the object's text the value belongs
	nonNull bool
}

// Together runs functions side by side, as far as it wants to, and returns when all are through.
type Together func(ctx context.Context, fns []func())

type togetherKey struct{}

// WithTogether makes fields run side by side where that lets their statements leave together.
func WithTogether(ctx context.Context, together Together) context.Context {
	return context.WithValue(ctx, togetherKey{}, together)
}

// resolve calls each Resolve and stores what comes back as the Value; obj is what the object is made of, nil for a root.
// All fields of an operation that need more than their record, and so a resolver, a context or a statement, come through
// here, object by object; a mutation's own fields do not, because their order matters.
//
// The fields of the first record of a set may run side by side: what they load, they load for the whole set, and the
// others find it there. Contexts of lists are used again for the next item, so all must be through at the end.
func resolve(ctx context.Context, obj any, fields []Pending) {
	together, ok := ctx.Value(togetherKey{}).(Together)
	if len(fields) < 2 || !ok || !sibling.First(obj) {
		for i := range fields {
			fields[i].Value = guarded(ctx, fields[i].Resolve)
		}
		return
	}
	fns := make([]func(), len(fields))
	for i := range fields {
		fns[i] = func() { fields[i].Value = guarded(ctx, fields[i].Resolve) }
	}
	together(ctx, fns)
}

func guarded(ctx context.Context, resolve func(context.Context) graphql.Marshaler) (value graphql.Marshaler) {
	defer recovered(ctx, &value)
	return resolve(ctx)
}

// recovered makes a panic an error of the place that ctx names, where a null remains. It must be deferred.
func recovered(ctx context.Context, value *graphql.Marshaler) {
	if p := recover(); p != nil {
		graphql.AddError(ctx, graphql.Recover(ctx, p))
		*value = graphql.Null
	}
}

// ResolveField does what graphql.ResolveField does, without the field middleware. As nothing here keeps the functions,
// the compiler leaves them on the stack.
func ResolveField[T any](
	ctx context.Context,
	oc *graphql.OperationContext,
	field graphql.CollectedField,
	contextOf func(context.Context, graphql.CollectedField) (*graphql.FieldContext, error),
	resolve func(context.Context) (any, error),
	_ func(context.Context, graphql.Resolver) graphql.Resolver, // directives: the generator refuses them
	marshal func(context.Context, ast.SelectionSet, T) graphql.Marshaler,
	_ bool, // whether to recover from panics: always
	nonNull bool,
) (value graphql.Marshaler) {
	fc, err := contextOf(ctx, field)
	if err != nil {
		return graphql.Null
	}
	ctx = graphql.WithFieldContext(ctx, fc)
	defer recovered(ctx, &value)
	result, err := resolve(ctx)
	if err == nil && result != nil {
		fc.Result = result
		return marshal(ctx, field.Selections, result.(T))
	}
	if err != nil {
		oc.Error(ctx, graphql.AddFieldLocationToError(ctx, err))
	} else if nonNull || fc.NonNull {
		graphql.AddInvalidNullError(ctx, "")
	}
	if fc.NonNull && !nonNull {
		return graphql.RequiredNull
	}
	return graphql.Null
}
