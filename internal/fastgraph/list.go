package fastgraph

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
)

// List writes a list of objects, one after the other. It is null when an item is that must not be.
//
// The items share one FieldContext, whose Index and Result are those of the item that is being written: a path is read
// when an error happens, and not kept.
func List[T any](
	ctx context.Context, x *Execution, items []T, nonNull bool, marshal func(ctx context.Context, item T) graphql.Marshaler,
) graphql.Marshaler {
	v := x.list()
	if len(items) == 0 {
		return v.finish(']')
	}
	var index int
	at := &graphql.FieldContext{Index: &index}
	ctx = graphql.WithFieldContext(ctx, at)
	for index = range items {
		if index > 0 {
			v.text.WriteByte(',')
		}
		at.Result = &items[index]
		v.append(nonNull, item(ctx, items[index], marshal))
	}
	return v.finish(']')
}

func item[T any](ctx context.Context, of T, marshal func(context.Context, T) graphql.Marshaler) (value graphql.Marshaler) {
	defer recovered(ctx, &value)
	return marshal(ctx, of)
}
