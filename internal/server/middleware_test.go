package server_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// TestClientAddress reads the address from the ledger, which is what it is for.
func TestClientAddress(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		setting, header, want string
	}{
		"without a proxy the header is the client's invention": {"TRUST_PROXY=false", "192.0.2.7", "127.0.0.1"},
		"a proxy names the client":                             {"TRUST_PROXY=true", "192.0.2.7", "192.0.2.7"},
		"only what the proxy itself saw counts":                {"TRUST_PROXY=true", "10.9.9.9, 192.0.2.7", "192.0.2.7"},
		"a proxy that names nobody is the client":              {"TRUST_PROXY=true", "", "127.0.0.1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := apitest.New(t, tt.setting)
			request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, env.URL, strings.NewReader(`{"query":"{ viewer { user { id } } }"}`))
			if err != nil {
				t.Fatal(err)
			}
			request.Header.Set("Content-Type", "application/json")
			request.Header.Set("Authorization", "Bearer bcrm_pat_unknown")
			if tt.header != "" {
				request.Header.Set("X-Forwarded-For", tt.header)
			}
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = answer.Body.Close()
			if answer.Header.Get("X-Request-Id") == "" {
				t.Error("the answer has no request id")
			}
			var got string
			if err := connect(t, env).QueryRow(t.Context(), "SELECT host(ip_address) FROM security_event").Scan(&got); err != nil {
				t.Fatal(err)
			}
			if got != tt.want {
				t.Errorf("from %s, want %s", got, tt.want)
			}
		})
	}
}
