package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// client speaks GraphQL for a person of the banner.
func (s *site) client(p person) *apitest.Client {
	return &apitest.Client{URL: s.url + "/graphql", Token: p.token, Email: p.email}
}

// fetch sends a request and reads the whole answer. It may be called from any goroutine.
func fetch(t *testing.T, method, url, token, body string) (int, string, error) {
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(text), err
}
