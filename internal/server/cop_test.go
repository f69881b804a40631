package server_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// accepted is the one finding of graphql-cop that stays, and why: the published audits ask for GET of queries. Nobody is
// signed in by a cookie, so that a page of another site gains nothing by it, and its GET is refused besides.
const accepted = "get_method_support"

// findings are the checks of graphql-cop 1.16 by its names: what it sends, and what in the answer is a finding.
var findings = []struct {
	name string
	exchange
	found func(a answered) bool
}{
	{"alias_overloading", exchange{body: operation("query cop {" + aliases(101, "alias%d: __typename ") + "}")},
		contains(`"alias100"`)},
	{"batch_query", exchange{body: "[" + strings.Repeat(operation("query cop { __typename }")+",", 9) + operation("query cop { __typename }") + "]"},
		func(a answered) bool { return strings.Count(a.body, `"data"`) >= 10 }},
	{"directive_overloading", exchange{body: operation("query cop { __typename " + strings.Repeat("@aa", 10) + " }")},
		func(a answered) bool { return strings.Count(a.body, `"message"`) == 10 }},
	{"circular_query_introspection", exchange{body: operation("query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }")},
		func(a answered) bool { return strings.Count(a.body, `"fields"`) > 25 }},
	{"introspection", exchange{body: operation("query cop { __schema { types { name fields { name } } } }")},
		contains(`"types"`)},
	{"field_suggestions", exchange{body: operation("query cop { __schema { directive } }")},
		contains("Did you mean")},
	{"detect_graphiql", exchange{method: http.MethodGet, header: map[string]string{"Accept": "text/html"}},
		contains("graphiql", "GraphiQL", "graphql-playground", "GraphQL Playground", "<html")},
	{"get_method_support", exchange{method: http.MethodGet, query: "query=" + url.QueryEscape("query cop { __typename }")},
		contains(`"__typename":"Query"`)},
	{"get_based_mutation", exchange{method: http.MethodGet, query: "query=" + url.QueryEscape("mutation cop { __typename }")},
		contains(`"__typename":"Mutation"`)},
	{"post_based_csrf", exchange{header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body: "query=" + url.QueryEscape("query cop { __typename }")},
		contains(`"__typename"`)},
	{"trace_mode", exchange{body: operation("query cop { __typename }")},
		contains(`"tracing"`)},
	{"unhandled_error_detection", exchange{body: operation("qwerty cop { abc }")},
		contains(`"exception"`)},
	{"field_duplication", exchange{body: operation("query cop {" + strings.Repeat(" __typename", 500) + "}")},
		contains(`"__typename"`)},
}

func contains(words ...string) func(answered) bool {
	return func(a answered) bool {
		for _, word := range words {
			if strings.Contains(a.body, word) {
				return true
			}
		}
		return false
	}
}

// forSignedIn are findings only where nobody has signed in: whoever has may see the schema.
var forSignedIn = map[string]bool{"introspection": true, "field_suggestions": true}

func TestGraphQLCop(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for who, client := range map[string]*apitest.Client{"anonymous": env.Anonymous(), "signed in": env.Acme.Admin} {
		for _, c := range findings {
			t.Run(who+"/"+c.name, func(t *testing.T) {
				a := c.send(t, client)
				allowed := c.name == accepted || client.Token != "" && forSignedIn[c.name]
				if found := c.found(a); found != allowed {
					t.Errorf("found: %v; %d %.500s", found, a.status, a.body)
				}
			})
		}
	}
	t.Run("the accepted finding is none for a page of another site", func(t *testing.T) {
		for _, c := range findings {
			if c.name == accepted {
				c.header = map[string]string{"Sec-Fetch-Site": "cross-site"}
				if a := c.send(t, env.Acme.Admin); c.found(a) || a.status != http.StatusForbidden {
					t.Errorf("%d %s", a.status, a.body)
				}
			}
		}
	})
}
