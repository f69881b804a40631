package auth_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// post asks with an Authorization header of one's own.
func post(t *testing.T, url, authorization string) *apitest.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(`{"query":"{ leads { totalCount } }"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", authorization)
	answer, body := apitest.Answer(t, request)
	r := &apitest.Response{Status: answer.StatusCode, Body: body}
	if err := json.Unmarshal([]byte(body), r); err != nil {
		t.Fatalf("the answer is no JSON: %s", body)
	}
	return r
}

// tampered changes a character in the middle of a JWT's claims.
func tampered(token string) string {
	head, rest, _ := strings.Cut(token, ".")
	claims, signature, _ := strings.Cut(rest, ".")
	b := []byte(claims)
	if i := len(b) / 2; b[i] == 'A' {
		b[i] = 'B'
	} else {
		b[i] = 'A'
	}
	return head + "." + string(b) + "." + signature
}
