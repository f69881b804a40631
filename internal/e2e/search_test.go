package e2e

import (
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestSearchRebuild(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	env := settings(t, db.AppURL)
	command := func(args ...string) (out, said string, status int) {
		return run(t, env, append([]string{"search", "rebuild"}, args...)...)
	}
	tokens := func(organization string) (n int) {
		t.Helper()
		if err := connect(t, db.AdminURL).QueryRow(t.Context(),
			"SELECT count(*) FROM search_token AS k JOIN organization AS o ON o.id = k.org_id WHERE o.name = $1", organization).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if out, said, status := command(); status != 0 || out != "" {
		t.Errorf("without an organization: status %d: %s%s", status, out, said)
	}
	if _, said, status := run(t, env, "seed", "demo"); status != 0 {
		t.Fatal(said)
	}
	before := tokens("Globex")
	if out, said, status := command(); status != 0 || out != "Acme: 0 added, 0 removed\nGlobex: 0 added, 0 removed\n" {
		t.Errorf("status %d: %s%s", status, out, said)
	}
	if _, err := connect(t, db.AdminURL).Exec(t.Context(), "DELETE FROM search_token WHERE entity IN ('team', 'tag')"); err != nil {
		t.Fatal(err)
	}
	out, said, status := command("--org", "Globex")
	if status != 0 || !strings.HasPrefix(out, "Globex: ") || !strings.HasSuffix(out, " added, 0 removed\n") || strings.Contains(out, ": 0 added") || strings.Contains(out, "Acme") {
		t.Errorf("status %d: %s%s", status, out, said)
	}
	if after := tokens("Globex"); after != before {
		t.Errorf("%d tokens, there were %d", after, before)
	}
	if out, said, status := command("--org", "Initech"); status != 1 || out != "" || said != "bottlecrm: there is no organization \"Initech\"\n" {
		t.Errorf("status %d: %s%s", status, out, said)
	}
	if _, said, status := run(t, settings(t, testdb.NewEmpty(t).AppURL), "search", "rebuild"); status != 1 || !strings.Contains(said, "migrations are pending") {
		t.Errorf("status %d: %s", status, said)
	}
}
