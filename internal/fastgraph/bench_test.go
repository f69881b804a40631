package fastgraph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/99designs/gqlgen/graphql/handler/lru"
	"github.com/shopspring/decimal"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// nested is a page of 25 accounts with 5 contacts and 5 opportunities each: 275 records, about 30 kB.
const nested = `query($n: Int!) { accounts(first: 25) { edges { cursor node { id name email phone website city country isActive createdAt
	contacts(first: $n) { nodes { id fullName email phone createdAt } }
	opportunities(first: $n) { nodes { id name stage amount { amount currency } createdAt } } } } pageInfo { hasNextPage endCursor } } }`

// BenchmarkServer answers it by the whole server and a real database.
func BenchmarkServer(b *testing.B) {
	env := apitest.New(b)
	admin := env.Acme.Admin
	for i := range 25 {
		account := admin.Do(b, `mutation($name: String!) { createAccount(input: {name: $name, email: "info@acme.example", phone: "+49 30 1234567",
			website: "https://acme.example", city: "Berlin", country: "DE"}) { account { id } } }`,
			map[string]any{"name": fmt.Sprintf("Account %d", i)}).Text(b, "createAccount.account.id")
		var fields []string
		for n := range 5 {
			fields = append(fields, fmt.Sprintf(`c%d: createContact(input: {firstName: "Contact", lastName: "%d", email: "c%d-%d@acme.example", phone: "+49 30 7654321", accountId: $on}) { contact { id } }
				o%d: createOpportunity(input: {name: "Opportunity %d.%d", stage: PROSPECTING, amount: "1234.50", accountId: $on}) { opportunity { id } }`, n, n, i, n, n, i, n))
		}
		admin.Do(b, "mutation($on: ID!) { "+strings.Join(fields, "\n")+" }", map[string]any{"on": account})
	}
	server := env.Backend.Handler(env.Mail)
	body, err := json.Marshal(map[string]any{"query": nested, "variables": map[string]any{"n": 5}})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		request := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", bytes.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Authorization", "Bearer "+admin.Token)
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, request)
		if answer.Code != http.StatusOK || answer.Body.Len() < 20_000 || bytes.Contains(answer.Body.Bytes(), []byte(`"errors"`)) {
			b.Fatalf("%d %s", answer.Code, answer.Body)
		}
	}
}

// BenchmarkExecutor answers it of records that are there already: what is left is the generated code.
func BenchmarkExecutor(b *testing.B) {
	x := executor.New(graph.NewExecutableSchema(graph.Config{Resolvers: records{accounts: accounts(25)}}))
	x.SetQueryCache(lru.New[*ast.QueryDocument](10))
	b.ReportAllocs()
	for b.Loop() {
		ctx := graphql.StartOperationTrace(b.Context())
		operation, refused := x.CreateOperationContext(ctx, &graphql.RawParams{Query: nested, Variables: map[string]any{"n": 5}})
		if refused != nil {
			b.Fatal(refused)
		}
		respond, ctx := x.DispatchOperation(ctx, operation)
		if answer := respond(ctx); len(answer.Errors) > 0 || len(answer.Data) < 20_000 {
			b.Fatalf("%s %v", answer.Data, answer.Errors)
		}
	}
}

// records answers the operation's fields and no others.
type records struct {
	graph.ResolverRoot

	accounts []*model.Account
}

type (
	queries struct {
		graph.QueryResolver
		accounts []*model.Account
	}
	relations struct{ graph.AccountResolver }
)

func (r records) Query() graph.QueryResolver             { return queries{accounts: r.accounts} }
func (r records) Account() graph.AccountResolver         { return relations{} }
func (r records) Opportunity() graph.OpportunityResolver { return nil }

func (q queries) Accounts(context.Context, page.Args, *graph.AccountFilter, *page.Order, *string) (*model.Connection[model.Account], error) {
	return connection(q.accounts, 25), nil
}

func (relations) Contacts(_ context.Context, _ *model.Account, p page.Args, _ *graph.ContactFilter, _ *page.Order) (*model.Connection[model.Contact], error) {
	return connection(contacts[:*p.First], *p.First), nil
}

func (relations) Opportunities(_ context.Context, _ *model.Account, p page.Args, _ *graph.OpportunityFilter, _ *page.Order) (*model.Connection[model.Opportunity], error) {
	return connection(opportunities[:*p.First], *p.First), nil
}

var (
	contacts = many(func(base model.Base) *model.Contact {
		return &model.Contact{Base: base, FirstName: "Ada", LastName: "Lovelace", Email: new("ada@acme.example"), Phone: new("+49 30 7654321")}
	}, 5)
	opportunities = many(func(base model.Base) *model.Opportunity {
		return &model.Opportunity{Base: base, Name: "A deal", Stage: model.StageProposal, Amount: new(decimal.New(123450, -2)), Currency: new("USD")}
	}, 5)
)

func accounts(n int) []*model.Account {
	return many(func(base model.Base) *model.Account {
		return &model.Account{Base: base, Name: "Acme", Email: new("info@acme.example"), Phone: new("+49 30 1234567"), Website: new("https://acme.example"),
			Address: model.Address{City: new("Berlin"), Country: new("DE")}, IsActive: true}
	}, n)
}

func many[T any](one func(model.Base) *T, n int) []*T {
	out := make([]*T, n)
	for i := range out {
		out[i] = one(model.Base{Row: model.Row{ID: id.ID{15: byte(i)}, CreatedAt: time.Unix(1_700_000_000, 123_456_000)}})
	}
	return out
}

func connection[T any](items []*T, size int) *model.Connection[T] {
	return model.NewConnection(items, page.Window{Size: size}, func(*T) string { return "AAEAAAAAAAAAAAAAAAAAAAAAAAAyMDI2LTAxLTAx" }, nil)
}
