package server

import (
	"maps"
	"net/http"

	"github.com/99designs/gqlgen/graphql"

	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
)

// Over is the endpoint over a schema of a test, with scalars that the served one may not have.
func Over(o Options, schema graphql.ExecutableSchema, more map[string]document.Check) http.Handler {
	checks := maps.Clone(scalars)
	maps.Copy(checks, more)
	return o.observe(o.identify(&endpoint{o, schema, document.New(schema.Schema(), o.Limits, checks)}))
}
