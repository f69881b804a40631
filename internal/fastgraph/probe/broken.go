package main

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// faults are what can go wrong in a resolver; fine is nothing.
var faults = []string{"fine", "error", "nil", "both", "panic", "errors", "nil item", "no items", "empty", "broken cursor", "broken count", "odd text", "noted"}

// does does something wrong.
func does[T any](ctx context.Context, fault string, fine *T) (*T, error) {
	switch fault {
	case "error":
		return fine, errors.New("an error beside a value")
	case "nil":
		return nil, nil //nolint:nilnil // that is the fault
	case "both":
		return nil, errors.New("an error and nothing else")
	case "panic":
		panic("a resolver")
	case "errors":
		graphql.AddErrorf(ctx, "one")
		graphql.AddErrorf(ctx, "two")
		return nil, errors.New("three")
	case "noted":
		graphql.AddErrorf(ctx, "an error that stops nothing")
	}
	return fine, nil
}

// connection is a list of one page with something wrong inside.
func connection[T any](ctx context.Context, fault string, items ...*T) (*model.Connection[T], error) {
	switch fault {
	case "nil item":
		items[len(items)/2] = nil
	case "no items":
		items = nil
	case "empty":
		items = items[:0]
	}
	cursor := func(*T) string { return "\"cursor\"\n" }
	if fault == "broken cursor" {
		cursor = func(*T) string { panic("a cursor") }
	}
	return does(ctx, fault, model.NewConnection(items, page.Window{Size: 2}, cursor, whole{len(items), fault}))
}

// whole is the list that such a page is of.
type whole struct {
	count int
	fault string
}

func (w whole) Count(ctx context.Context) (int, error) {
	if w.fault == "broken count" {
		graphql.MarkNonNull(ctx)
		return 7, errors.New("a count")
	}
	return w.count, nil
}

func (w whole) Tally(ctx context.Context) ([]model.Tally, error) {
	out, err := does(ctx, w.fault, &[]model.Tally{{Phase: "PROPOSAL", Currency: "EUR", Count: 2, Valued: 1, Total: decimal.New(5, -2)}})
	if out == nil {
		return nil, err
	}
	return *out, err
}

// broken has the resolvers that are asked; all others are nil, and calling them is one more thing that goes wrong.
type broken struct{ graph.ResolverRoot }

type (
	queries   struct{ graph.QueryResolver }
	mutations struct{ graph.MutationResolver }
	accounts  struct{ graph.AccountResolver }
	contacts  struct{ graph.ContactResolver }
	deals     struct {
		graph.OpportunityConnectionResolver
	}
)

func (broken) Query() graph.QueryResolver       { return queries{} }
func (broken) Mutation() graph.MutationResolver { return mutations{} }
func (broken) Account() graph.AccountResolver   { return accounts{} }
func (broken) Contact() graph.ContactResolver   { return contacts{} }

func (broken) OpportunityConnection() graph.OpportunityConnectionResolver { return deals{} }

func account(n byte, name string) *model.Account {
	a := &model.Account{Name: name}
	a.ID[15] = n
	return a
}

func (queries) Accounts(ctx context.Context, _ page.Args, _ *graph.AccountFilter, _ *page.Order, search *string) (*model.Connection[model.Account], error) {
	switch *search {
	case "contacts": // an account for each fault of a relation
		var all []*model.Account
		for i, f := range faults[:min(len(faults), 9)] {
			a := account(byte(i), f)
			a.AnnualRevenue, a.Currency = new(decimal.New(int64(i), -2)), new("EUR")
			all = append(all, a)
		}
		return model.NewConnection(all, page.Window{Size: 50}, func(*model.Account) string { return "" }, nil), nil
	case "odd text":
		return connection(ctx, "", account(1, "\x00\"\\\u2028\xff\t"), account(2, "<ä&>"))
	}
	return connection(ctx, *search, account(1, *search), account(2, "error"), account(3, "panic"))
}

func (queries) Account(_ context.Context, key id.ID) (*model.Account, error) {
	if key[15] == 0 {
		return nil, errors.New("no such account")
	}
	return account(key[15], "one"), nil
}

func (queries) Tags(ctx context.Context, _ page.Args, _ *graph.TagFilter, _ *page.Order, search *string) (*model.Connection[model.Tag], error) {
	return connection(ctx, *search, &model.Tag{Name: "only"})
}

// Opportunities is a fine page of a list that cannot be summed up.
func (queries) Opportunities(_ context.Context, _ page.Args, _ *graph.OpportunityFilter, _ *page.Order, search *string) (*model.Connection[model.Opportunity], error) {
	return model.NewConnection([]*model.Opportunity{{Name: "only"}}, page.Window{Size: 2}, nil, whole{1, *search}), nil
}

func (deals) Stages(ctx context.Context, of *model.Connection[model.Opportunity]) ([]*model.OpportunityStageTotal, error) {
	return model.Phases[model.OpportunityStage](ctx, of)
}

// Node gives each kind of nothing: none, one of a type, and one of a type that the schema does not know.
func (q queries) Node(_ context.Context, key id.ID) (model.Node, error) {
	switch key[15] {
	case 0:
		return nil, nil //nolint:nilnil // that is the fault
	case 1:
		return account(1, "node"), nil
	case 2:
		return (*model.Account)(nil), nil
	case 3:
		return unknown{}, nil
	}
	return &model.Contact{LastName: "node"}, nil
}

type unknown struct{ model.Node }

func (q queries) Nodes(ctx context.Context, keys []id.ID) ([]model.Node, error) {
	var out []model.Node
	for _, key := range keys {
		n, err := q.Node(ctx, key)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

func (mutations) CreateTag(ctx context.Context, input graph.CreateTagInput) (*graph.CreateTagPayload, error) {
	if input.Name == "no items" {
		return &graph.CreateTagPayload{}, nil
	}
	return does(ctx, input.Name, &graph.CreateTagPayload{Tag: &model.Tag{Name: input.Name}})
}

func (accounts) Contacts(ctx context.Context, of *model.Account, p page.Args, _ *graph.ContactFilter, _ *page.Order) (*model.Connection[model.Contact], error) {
	fault := of.Name
	if p.Before != nil && of.Name != "fine" {
		fault = *p.Before
	}
	return connection(ctx, fault, &model.Contact{FirstName: "Ada", LastName: of.Name}, &model.Contact{}, &model.Contact{LastName: "last"})
}

func (accounts) Tags(ctx context.Context, of *model.Account) ([]*model.Tag, error) {
	tags := []*model.Tag{{Name: "one"}, {Name: "two"}}
	switch of.Name {
	case "nil item":
		tags[0] = nil
	case "no items":
		return nil, nil
	}
	out, err := does(ctx, of.Name, &tags)
	if out == nil {
		return nil, err
	}
	return *out, err
}

func (accounts) CreatedBy(ctx context.Context, of *model.Account) (*model.User, error) {
	return does(ctx, of.Name, &model.User{Email: "ada@acme.example"})
}

// UpdatedBy is a nullable field that says it must not be null, for one account.
func (accounts) UpdatedBy(ctx context.Context, of *model.Account) (*model.User, error) {
	if of.Name == "empty" {
		graphql.MarkNonNull(ctx)
	}
	return nil, nil //nolint:nilnil // GraphQL null
}

func (contacts) Tags(ctx context.Context, of *model.Contact) ([]*model.Tag, error) {
	out, err := does(ctx, of.LastName, &[]*model.Tag{{Name: "of a contact"}})
	if out == nil {
		return nil, err
	}
	return *out, err
}

func (contacts) Account(_ context.Context, of *model.Contact) (*model.Account, error) {
	if of.LastName == "" {
		return nil, nil //nolint:nilnil // GraphQL null
	}
	return account(9, of.LastName), nil
}
