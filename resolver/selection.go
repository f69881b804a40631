package resolver

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// Needed tells which columns of a type's records the field that is being resolved will be asked for, from what the
// document selects below it. They may be too many: fragments count whatever their condition. ok is false when it may be
// any column.
func Needed(ctx context.Context, typ string) (columns []string, ok bool) {
	fc, known := graphql.GetFieldContext(ctx), graph.Columns[typ]
	if fc == nil || known == nil {
		return nil, false
	}
	s := selection{typ, known, nil, true}
	s.walk(fc.Field.Selections)
	return s.columns, s.ok
}

// NewContext lets the store ask it.
func NewContext(ctx context.Context) context.Context { return store.WithNeeds(ctx, Needed) }

// Delivering lets the store have mails sent, if the server sends any.
func (r *Resolver) Delivering(ctx context.Context) context.Context {
	if r.Mail == mail.Disabled {
		return ctx
	}
	return store.WithDelivery(ctx, r.Announce)
}

type selection struct {
	typ     string
	known   map[string][]string
	columns []string
	ok      bool
}

// walk goes through what stands between the field and its records (edges, nodes), and no further than the records.
func (s *selection) walk(set ast.SelectionSet) {
	for _, item := range set {
		switch item := item.(type) {
		case *ast.Field:
			switch of := item.ObjectDefinition; {
			case of.Name != s.typ && !of.IsAbstractType():
				s.walk(item.SelectionSet)
			case item.Name != "__typename":
				made, ok := s.known[item.Name]
				s.columns, s.ok = append(s.columns, made...), s.ok && ok
			}
		case *ast.InlineFragment:
			s.walk(item.SelectionSet)
		case *ast.FragmentSpread:
			s.walk(item.Definition.SelectionSet)
		}
	}
}
