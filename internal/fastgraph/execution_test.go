package fastgraph_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fastgraph"
)

// TestOperationsShareNothing has operations of different sizes answered at once: memory that one gives back, another
// takes.
func TestOperationsShareNothing(t *testing.T) {
	t.Parallel()
	alone := map[int]string{}
	for n := range 5 {
		alone[n] = ask(t, records{accounts: accounts(1 + 6*n)}, n+1)
		if strings.Count(alone[n], `"stage"`) != (1+6*n)*(n+1) {
			t.Fatalf("the answer is not what is tested: %s", alone[n])
		}
	}
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 40 {
				n := (worker + i) % 5
				if got := ask(t, records{accounts: accounts(1 + 6*n)}, n+1); got != alone[n] {
					t.Errorf("beside others it is answered otherwise: %s", got)
					return
				}
			}
		})
	}
	all.Wait()
}

func ask(t *testing.T, r records, n int) string {
	t.Helper()
	x := executor.New(graph.NewExecutableSchema(graph.Config{Resolvers: r}))
	ctx := graphql.StartOperationTrace(t.Context())
	operation, refused := x.CreateOperationContext(ctx, &graphql.RawParams{Query: nested, Variables: map[string]any{"n": n}})
	if refused != nil {
		t.Error(refused)
		return ""
	}
	respond, ctx := x.DispatchOperation(ctx, operation)
	answer := respond(ctx)
	if len(answer.Errors) > 0 {
		t.Error(answer.Errors)
	}
	return string(answer.Data)
}

func TestValue(t *testing.T) {
	t.Parallel()
	oc := &graphql.OperationContext{Doc: &ast.QueryDocument{}}
	implementors := []string{"T"}
	named := func(names ...string) ast.SelectionSet {
		var out ast.SelectionSet
		for _, name := range names {
			out = append(out, &ast.Field{Name: name, Alias: name})
		}
		return out
	}
	put := func(v *fastgraph.Value, value graphql.Marshaler) *fastgraph.Value {
		for i := range v.Fields {
			v.Put(&v.Fields[i], false, value)
		}
		return v
	}
	t.Run("fields that come later stand in their order", func(t *testing.T) {
		t.Parallel()
		x := new(fastgraph.Execution)
		v := x.Object(oc, named("a", "b", "c", "d"), implementors)
		var order []string
		for i := range v.Fields {
			f := &v.Fields[i]
			if i%2 == 0 {
				v.Key(f).WriteString(strconv.Itoa(i))
				continue
			}
			v.Later(f, true, func(context.Context) graphql.Marshaler {
				order = append(order, f.Name)
				return put(x.Object(oc, named("in"), implementors), graphql.True).End(t.Context(), nil)
			})
		}
		const want = `{"a":0,"b":{"in":true},"c":2,"d":{"in":true}}`
		if got := string(x.Bytes(v.End(t.Context(), nil))); got != want || strings.Join(order, "") != "bd" {
			t.Errorf("%s, resolved in the order %v", got, order)
		}
	})
	t.Run("a null where none may be makes the object null", func(t *testing.T) {
		t.Parallel()
		for _, c := range []struct {
			value   graphql.Marshaler
			nonNull bool
			want    string
		}{
			{graphql.Null, false, `{"a":null}`}, {graphql.Null, true, `null`}, {graphql.RequiredNull, false, `null`}, {graphql.True, true, `{"a":true}`},
		} {
			for _, later := range []bool{false, true} {
				x := new(fastgraph.Execution)
				v := x.Object(oc, named("a"), implementors)
				if later {
					v.Later(&v.Fields[0], c.nonNull, func(context.Context) graphql.Marshaler { return c.value })
				} else {
					v.Put(&v.Fields[0], c.nonNull, c.value)
				}
				if got := string(x.Bytes(v.End(t.Context(), nil))); got != c.want {
					t.Errorf("%+v, later %t: %s", c, later, got)
				}
			}
		}
	})
	t.Run("a value cannot be used twice", func(t *testing.T) {
		t.Parallel()
		x := new(fastgraph.Execution)
		inner := put(x.Object(oc, named("a"), implementors), graphql.True).End(t.Context(), nil)
		defer func() {
			if recover() == nil {
				t.Error("it can")
			}
		}()
		put(x.Object(oc, named("b", "c"), implementors), inner)
	})
}
