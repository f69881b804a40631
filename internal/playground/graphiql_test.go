package playground_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/bottlecrm/bottlecrm-graphql/internal/e2e/browser"
	"github.com/bottlecrm/bottlecrm-graphql/internal/playground"
)

// Where things are on the page.
const (
	run    = chromedp.CSS(".graphiql-execute-button")
	query  = `document.querySelector(".graphiql-query-editor .CodeMirror")?.CodeMirror.getValue()`
	answer = `document.querySelector(".result-window .CodeMirror")?.CodeMirror.getValue()`
)

// schema is the answer to GraphiQL's introspection: one query field is enough for it to start.
const schema = `{"data":{"__schema":{"queryType":{"name":"Query","kind":"OBJECT"},"mutationType":null,"subscriptionType":null,
	"directives":[],"types":[
	{"kind":"OBJECT","name":"Query","fields":[{"name":"hello","args":[],"type":{"kind":"SCALAR","name":"String"},"isDeprecated":false}],
	"interfaces":[]},{"kind":"SCALAR","name":"String"},{"kind":"SCALAR","name":"Boolean"}]}}}`

func TestBrowserRunsTheDefaultQuery(t *testing.T) {
	t.Parallel()
	var api api
	mux := http.NewServeMux()
	mux.Handle("/", playground.Handler("/graphql"))
	mux.Handle("POST /graphql", &api)
	server := httptest.NewServer(mux)
	defer server.Close()
	ctx, seen := browser.Open(t)

	err := chromedp.Do(ctx,
		chromedp.Navigate(server.URL+"/#token=secret-token"),
		chromedp.WaitVisible(run),
		browser.Until(query+`?.includes("viewer")`),
		chromedp.Click(run),
		browser.Until(answer+`?.includes("ada@acme.example")`),
	)
	if err != nil {
		t.Fatalf("%v; the browser said %q", err, seen.All())
	}
	address, err := chromedp.Run(ctx, chromedp.Location())
	if err != nil || address != server.URL+"/" {
		t.Errorf("the token stays in the address: %s, %v", address, err)
	}
	box, err := chromedp.Run(ctx, chromedp.Value(chromedp.CSS("#token")))
	if err != nil || box != "secret-token" {
		t.Errorf("the box has %q, %v", box, err)
	}
	for _, header := range api.authorizations() {
		if header != "Bearer secret-token" {
			t.Errorf("a request is authorized with %q", header)
		}
	}
	for _, line := range seen.All() {
		if url, ok := strings.CutPrefix(line, "request "); ok &&
			(strings.HasPrefix(url, server.URL+"/") || strings.HasPrefix(url, "data:")) {
			continue
		}
		t.Error(line)
	}
}

// api answers introspection, and everything else with a viewer.
type api struct {
	mu      sync.Mutex
	headers []string
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	a.headers = append(a.headers, r.Header.Get("Authorization"))
	a.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Content-Type", "application/json")
	answer := `{"data":{"viewer":{"user":{"email":"ada@acme.example"}}}}`
	if strings.Contains(string(body), "__schema") {
		answer = schema
	}
	_, _ = io.WriteString(w, answer)
}

func (a *api) authorizations() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.headers
}
