package resolver_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/seed"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What an operation costs the server, from the request to the answer. The time is also PostgreSQL's and depends on the
// machine; the allocations do not.

var benchmarks = []struct{ name, text string }{
	{"list", `query { leads(first: 20) { edges { cursor node { id name title status source rating email phone companyName createdAt } }
		pageInfo { hasNextPage endCursor } } }`},
	{"nested", `query { accounts(first: 25) { edges { cursor node { id name industry website createdAt tags { id name } assignedTo { id user { name } }
		contacts(first: 5) { edges { cursor node { id firstName lastName email phone } } }
		opportunities(first: 5) { edges { cursor node { id name stage amount { amount currency } closedOn } } } } } } }`},
	{"record", `query($lead: ID!) { lead(id: $lead) { id name status email createdAt tags { id name } assignedTo { id user { name } } createdBy { id name } } }`},
	{"sums", `query { opportunities { totalCount amounts { currency count total { amount } weighted { amount } average { amount } } stages { stage count amounts { currency total { amount } } } }
		accounts(first: 25) { nodes { id opportunities { totalCount amounts { currency total { amount } } } } } }`},
	{"create", `mutation { createLead(input: {firstName: "Ada", lastName: "Byron", companyName: "Engines", status: ASSIGNED}) { lead { id name createdAt } } }`},
}

func BenchmarkOperation(b *testing.B) {
	env := apitest.New(b)
	if _, err := seed.Load(b.Context(), seed.LoadOptions{DB: env.Backend.DB, AdminURL: env.Database.AdminURL, Org: "Large",
		Members: 5, Leads: 500, Accounts: 100, Contacts: 400, Opportunities: 200}); err != nil {
		b.Fatal(err)
	}
	admin := env.Join(b, "Large", "bench@acme.example", model.RoleAdmin)
	handler := env.Backend.Handler(env.Mail)
	lead := admin.Do(b, "{ leads(first: 1) { nodes { id } } }", nil).Text(b, "leads.nodes.0.id")
	for _, o := range benchmarks {
		b.Run(o.name, func(b *testing.B) {
			body, err := json.Marshal(map[string]any{"query": o.text, "variables": map[string]any{"lead": lead}})
			if err != nil {
				b.Fatal(err)
			}
			send := func() *httptest.ResponseRecorder {
				request := httptest.NewRequestWithContext(b.Context(), http.MethodPost, "/graphql", strings.NewReader(string(body)))
				request.Header.Set("Content-Type", "application/json")
				request.Header.Set("Authorization", "Bearer "+admin.Token)
				answer := httptest.NewRecorder()
				handler.ServeHTTP(answer, request)
				return answer
			}
			if answer := send(); answer.Code != http.StatusOK || strings.Contains(answer.Body.String(), `"errors"`) {
				b.Fatal(answer.Body)
			}
			b.ReportAllocs()
			for b.Loop() {
				send()
			}
		})
	}
}
