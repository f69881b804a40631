package fastgraph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// Pending is a field of an object that a function resolves.
type Pending struct {
	Resolve func(context.Context) graphql.Marshaler
	Value   graphql.Marshaler // what it resolved to

	at      int // where in the object's text the value belongs
	nonNull bool
}

// Run resolves fields of one object, which is nil for a root: it calls each Resolve and stores what comes back as the
// Value. All fields of an operation that need more than their record, and so a resolver, a context or a statement, come
// through here, object by object; a mutation's own fields do not, because their order matters.
//
// They run one after the other. Whoever lets some run side by side (those of the first record of a set, whose
// statements could then go out together) does it here, and has to return only when all are resolved: contexts of lists
// are used again for the next item.
func Run(ctx context.Context, _ any, fields []Pending) {
	for i := range fields {
		fields[i].Value = guarded(ctx, fields[i].Resolve)
	}
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
