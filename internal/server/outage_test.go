package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

// pair stores a lead and a tag, or neither.
const pair = `mutation($t: String!) { a: createLead(input: {title: $t}) { lead { id } } b: createTag(input: {name: $t}) { tag { id } } }`

// TestOutage stops the database under load and starts it again.
func TestOutage(t *testing.T) {
	t.Parallel()
	database := testdb.Own(t)
	env := apitest.On(t, &database.DB)
	if got := get(t, env, "/readyz"); got != http.StatusOK {
		t.Fatalf("at first /readyz answers %d", got)
	}

	var mu sync.Mutex
	acknowledged, refusals := map[string]bool{}, map[string]int{}
	ctx, stop := context.WithCancel(t.Context())
	var load sync.WaitGroup
	var sent atomic.Int64
	for worker := range 4 {
		load.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				title := fmt.Sprintf("w%dn%d", worker, i)
				// The worker's own context only ends the loop: every operation gets its answer.
				r := try(t.Context(), env.Acme.Admin, pair, map[string]any{"t": title})
				sent.Add(1)
				mu.Lock()
				if len(r.Errors) == 0 {
					acknowledged[title] = true
				} else {
					refusals[r.Code()]++
				}
				mu.Unlock()
			}
		})
	}
	t.Cleanup(func() { stop(); load.Wait() })
	more := func(n int64) {
		t.Helper()
		from := sent.Load()
		eventually(t, "operations are answered", func() bool { return sent.Load() >= from+n })
	}

	more(20)
	if err := database.Stop(); err != nil {
		t.Fatal(err)
	}
	more(20)
	if ready, healthy := get(t, env, "/readyz"), get(t, env, "/healthz"); ready != http.StatusServiceUnavailable || healthy != http.StatusOK {
		t.Errorf("while it is down: /readyz %d, /healthz %d", ready, healthy)
	}
	for _, operation := range []string{"{ leads { totalCount } }", "{ viewer { user { email } } }", `mutation { requestSignIn(input: {email: "a@acme.example"}) { ok } }`} {
		if r := env.Acme.Admin.Refused(t, "UNAVAILABLE", operation, nil); strings.Contains(r.Body, "dial") || strings.Contains(r.Body, "crm_user") {
			t.Errorf("it tells too much: %s", r.Body)
		}
	}
	if err := database.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	resumed := time.Now()
	eventually(t, "the server is ready again", func() bool { return get(t, env, "/readyz") == http.StatusOK })
	env.Acme.Admin.Do(t, "{ leads { totalCount } }", nil)
	if took := time.Since(resumed); took > 5*time.Second {
		t.Errorf("it took %s to work again", took)
	}
	more(20)
	stop()
	load.Wait()

	conn := connect(t, env)
	for code := range refusals {
		if code != "UNAVAILABLE" {
			t.Errorf("while it was down, %d operations were refused with %q", refusals[code], code)
		}
	}
	if refusals["UNAVAILABLE"] == 0 {
		t.Error("nothing was refused: the outage did not meet the load")
	}
	for title := range acknowledged {
		if leads(t, conn, title) != 1 {
			t.Errorf("%s was acknowledged and is not there", title)
		}
	}
	const half = "SELECT count(*) FROM lead l FULL JOIN tags t ON t.org_id = l.org_id AND t.name = l.title WHERE l.id IS NULL OR t.id IS NULL"
	if n := count(t, conn, half); n != 0 {
		t.Errorf("%d operations are half there", n)
	}
	t.Logf("%d acknowledged, %d refused", len(acknowledged), refusals["UNAVAILABLE"])
}

func get(t *testing.T, env *apitest.Env, path string) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(env.URL, "/graphql")+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	var body struct{ Status string }
	if err := json.NewDecoder(answer.Body).Decode(&body); err != nil || body.Status == "" {
		t.Errorf("%s: no status: %v", path, err)
	}
	return answer.StatusCode
}
