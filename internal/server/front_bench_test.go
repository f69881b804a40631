package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/resolver"
)

// canned is the schema with an answer that is there already, so that only what is around the execution is measured.
type canned struct {
	graphql.ExecutableSchema
	data []byte
}

func (c canned) Exec(context.Context) graphql.ResponseHandler {
	return graphql.OneShot(&graphql.Response{Data: c.data})
}

const nested = `query Accounts($n: Int!) { accounts(first: $n) { pageInfo { hasNextPage endCursor } edges { cursor node { id name email phone
	contacts(first: 5) { edges { node { id firstName lastName email } } } opportunities(first: 5) { edges { node { id name stage amount { amount currency } } } } } } } }`

// BenchmarkFront compares what surrounds the execution of a query that was asked before: the generator's handler with
// its usual transport and cache, and ours. The answer has 30 kB.
func BenchmarkFront(b *testing.B) {
	c, err := config.Load(func(string) string { return "" })
	if err != nil {
		b.Fatal(err)
	}
	item := `{"id":"0192f0c1-2b3c-7d4e-8f50-617283940506","name":"Springfield Press","email":"a@b.example","stage":null},`
	data := []byte(`{"accounts":[` + string(bytes.Repeat([]byte(item), 300)) + `null]}`)
	schema := canned{executable(graph.Config{}), data}
	body, err := json.Marshal(map[string]any{"query": nested, "variables": map[string]any{"n": 25}})
	if err != nil {
		b.Fatal(err)
	}

	stock := handler.New(schema)
	stock.AddTransport(transport.POST{})
	stock.SetQueryCache(lru.New[*ast.QueryDocument](1000))
	stock.SetParserTokenLimit(2000)
	stock.Use(extension.Introspection{})
	o := Options{Log: slog.New(slog.DiscardHandler), Resolver: &resolver.Resolver{}, OperationTimeout: time.Minute, Limits: document.Limits(c.Limits)}
	ours := &endpoint{o, schema, document.New(schema.Schema(), o.Limits, scalars)}

	for name, h := range map[string]http.Handler{"stock": stock, "ours": ours} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				request, _ := http.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
				request.Header.Set("Content-Type", "application/json")
				answer := discard{header: http.Header{}}
				h.ServeHTTP(&answer, request)
				if answer.status != 0 && answer.status != http.StatusOK || answer.written < len(data) {
					b.Fatal(answer)
				}
			}
		})
	}
}

// discard counts what is written.
type discard struct {
	header  http.Header
	status  int
	written int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(p []byte) (int, error) { d.written += len(p); return io.Discard.Write(p) }
