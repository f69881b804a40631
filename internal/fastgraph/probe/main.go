// Command probe answers operations by resolvers that do everything wrong, and prints the answers. Built over gqlgen's
// own code and over the rewritten, it has to print the same: nulls, errors and panics where none may be are hard to get
// out of a real database.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
)

// around are ways to ask; the verb in each is the fault.
var around = []string{
	`{ accounts(search: %q) { nodes { id name } } }`,
	`{ accounts(search: %q) { edges { cursor node { id name isActive createdAt } } pageInfo { hasNextPage startCursor } totalCount } }`,
	`{ accounts(search: %q) { nodes { id contacts { nodes { fullName tags { name } } totalCount } } } }`,
	`{ a: account(id: "00000000-0000-0000-0000-000000000000") { id } b: account(id: "00000000-0000-0000-0000-000000000001") { name
		contacts(before: %q) { nodes { id tags { name } } edges { node { id } } totalCount } } c: node(id: "00000000-0000-0000-0000-000000000003") { id } }`,
	`{ account(id: "00000000-0000-0000-0000-000000000000") { id } broken: accounts(search: %q) { totalCount } leads { totalCount } }`,
	`{ accounts(search: "contacts") { nodes { name __typename contacts(before: %q) { __typename nodes { id account { name } } edges { node { lastName } } } } } }`,
	`{ accounts(search: "contacts") { nodes { createdBy { email } name tags { id name color } annualRevenue { amount currency } updatedBy { id } } } again: accounts(search: %q) { nodes { id } nodes { name } } }`,
	`{ opportunities(search: %q) { amounts { currency count total { amount } average { amount currency } } nodes { name } totalCount } }`,
	`{ opportunities(search: %q) { nodes { name } stages { stage count amounts { currency weighted { amount } } } } }`,
	`{ tags(search: %q) { nodes { id name } } }`,
	`{ node(id: "00000000-0000-0000-0000-000000000001") { id ... on Account { name contacts(before: %q) { nodes { id } } } ...c } } fragment c on Contact { fullName }`,
	`{ nodes(ids: ["00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001", "00000000-0000-0000-0000-000000000002",
		"00000000-0000-0000-0000-000000000003", "00000000-0000-0000-0000-000000000004"]) { __typename id ... on Account { contacts(before: %q) { nodes { id } } } } }`,
	`mutation { createTag(input: {name: %q}) { tag { id name } __typename } }`,
	`mutation { a: createTag(input: {name: "fine"}) { tag { name } } b: createTag(input: {name: %q}) { tag { name } } c: createTag(input: {name: "fine"}) { tag { name } } }`,
	`query($no: Boolean = false) { accounts(search: %q) { nodes @skip(if: $no) { id } edges @include(if: $no) { cursor } ...on AccountConnection { nodes { name } } } }`,
}

func main() {
	schema := graph.NewExecutableSchema(graph.Config{Resolvers: broken{}})
	x := executor.New(schema)
	x.SetRecoverFunc(func(_ context.Context, p any) error { return fmt.Errorf("panic: %v", p) })
	x.SetErrorPresenter(func(ctx context.Context, err error) *gqlerror.Error {
		shown := graphql.DefaultErrorPresenter(ctx, err)
		shown.Extensions = map[string]any{"at": graphql.GetPath(ctx).String()}
		return shown
	})
	for _, text := range around {
		for _, f := range faults {
			operation := fmt.Sprintf(text, f)
			response := answer(x, operation)
			list, err := json.Marshal(response.Errors)
			if err != nil {
				panic(err)
			}
			fmt.Fprintf(os.Stdout, "%s\n\t%s\n\t%s\n", operation, response.Data, list)
		}
	}
}

func answer(x *executor.Executor, query string) *graphql.Response {
	ctx := graphql.StartOperationTrace(context.Background())
	operation, refused := x.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
	if refused != nil {
		return x.DispatchError(graphql.WithOperationContext(ctx, operation), refused)
	}
	respond, ctx := x.DispatchOperation(ctx, operation)
	response := respond(ctx)
	if response == nil {
		return &graphql.Response{Errors: gqlerror.List{gqlerror.Wrap(errors.New("no response"))}}
	}
	slices.SortFunc(response.Errors, func(a, b *gqlerror.Error) int { // fields finish in any order
		return cmp.Or(cmp.Compare(a.Path.String(), b.Path.String()), cmp.Compare(a.Message, b.Message))
	})
	return response
}
