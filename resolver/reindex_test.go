package resolver_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/seed"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// tampering is what can be wrong with an index; each statement has the organization as $1.
var tampering = map[string]string{
	"tokens are missing":           `DELETE FROM search_token WHERE org_id = $1 AND token < 'm'`,
	"a kind is missing":            `DELETE FROM search_token WHERE org_id = $1 AND entity = 'lead'`,
	"all are missing":              `DELETE FROM search_token WHERE org_id = $1`,
	"there are too many":           `INSERT INTO search_token (org_id, entity, entity_id, token, weight) SELECT DISTINCT org_id, entity, entity_id, 'bogus', 3 FROM search_token WHERE org_id = $1`,
	"their weights are wrong":      `UPDATE search_token SET weight = weight + 1 WHERE org_id = $1 AND token > 'm'`,
	"they are another kind's":      `UPDATE search_token SET entity = 'contact' WHERE org_id = $1 AND entity = 'lead'`,
	"they are of a kind long gone": `UPDATE search_token SET entity_id = gen_random_uuid() WHERE org_id = $1 AND entity = 'tag'`,
	"their records are gone": `INSERT INTO search_token (org_id, entity, entity_id, token, weight) SELECT $1, e, id, 'ghost', 1
		FROM unnest('{lead,account,team}'::text[]) AS e, unnest(ARRAY['00000000-0000-0000-0000-000000000001', 'ffffffff-ffff-ffff-ffff-ffffffffffff', gen_random_uuid()]::uuid[]) AS id`,
}

func TestRebuildPutsTheIndexRight(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, org := range []*apitest.Org{env.Acme, env.Globex} {
		env.World(t, org).Fill(t, 3)
	}
	want := index(t, env, env.Acme)
	env.Above(t, tampering["tokens are missing"], [16]byte(env.Globex.ID))
	theirs := index(t, env, env.Globex)
	tamper := func(t *testing.T, statements ...string) {
		t.Helper()
		for _, statement := range statements {
			env.Above(t, statement, [16]byte(env.Acme.ID))
		}
		tampered := index(t, env, env.Acme)
		if slices.Equal(tampered, want) {
			t.Fatal("nothing is wrong with the index")
		}
		changed, err := store.RebuildSearch(t.Context(), env.Backend.DB, env.Acme.ID)
		if err != nil {
			t.Fatal(err)
		}
		if got := index(t, env, env.Acme); !slices.Equal(got, want) {
			t.Errorf("it lacks %q and has %q too much", beyond(want, got), beyond(got, want))
		}
		// What has only another weight was added.
		added, removed := len(beyond(want, tampered)), 0
		for _, entry := range beyond(tampered, want) {
			if text := entry[:strings.LastIndexByte(entry, ' ')+1]; !slices.ContainsFunc(want, func(s string) bool { return strings.HasPrefix(s, text) }) {
				removed++
			}
		}
		if changed != (store.Reindexed{Added: added, Removed: removed}) {
			t.Errorf("it says %+v, and was %d added, %d removed", changed, added, removed)
		}
	}
	for fact, statement := range tampering {
		t.Run(fact, func(t *testing.T) { tamper(t, statement) })
	}
	t.Run("all at once", func(t *testing.T) {
		tamper(t, tampering["there are too many"], tampering["their weights are wrong"], tampering["tokens are missing"], tampering["their records are gone"])
	})
	t.Run("another organization's is another matter", func(t *testing.T) {
		if after := index(t, env, env.Globex); !slices.Equal(after, theirs) {
			t.Errorf("it was changed: %q, %q", beyond(after, theirs), beyond(theirs, after))
		}
		if _, err := store.RebuildSearch(t.Context(), env.Backend.DB, env.Globex.ID); err != nil {
			t.Fatal(err)
		}
		isIndexed(t, env, "rebuildings of both")
	})
	t.Run("in batches", func(t *testing.T) {
		if _, err := seed.Load(t.Context(), seed.LoadOptions{DB: env.Backend.DB, Org: "Large", Leads: 2500, Accounts: 1000}); err != nil {
			t.Fatal(err)
		}
		large := &apitest.Org{Name: "Large"}
		scan(t, env, "SELECT id FROM organization WHERE name = 'Large'", (*[16]byte)(&large.ID))
		want := index(t, env, large)
		for _, statement := range []string{tampering["all are missing"], tampering["there are too many"], tampering["their records are gone"]} {
			env.Above(t, statement, [16]byte(large.ID))
			if _, err := store.RebuildSearch(t.Context(), env.Backend.DB, large.ID); err != nil {
				t.Fatal(err)
			}
			if got := index(t, env, large); !slices.Equal(got, want) {
				t.Errorf("it lacks %d and has %d too much", len(beyond(want, got)), len(beyond(got, want)))
			}
		}
	})
}

// scan reads one value as the administrator.
func scan(t *testing.T, env *apitest.Env, text string, dest any, args ...any) {
	t.Helper()
	conn := above(t, env)
	if err := conn.QueryRow(t.Context(), text, args...).Scan(dest); err != nil {
		t.Fatal(err)
	}
}

func above(t *testing.T, env *apitest.Env) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), env.Database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func TestRebuildAmongWriters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, org := range []*apitest.Org{env.Acme, env.Globex} {
		env.World(t, org).Fill(t, 3)
	}
	var old []string
	for i := range 28 {
		old = append(old, admin.Create(t, "Lead", apitest.Input{"title": fmt.Sprintf("Old %d", i), "companyName": fmt.Sprintf("Firm %d", i%5), "email": fmt.Sprintf("l%d@firm.example", i)}))
	}
	for _, what := range []string{"there are too many", "their weights are wrong", "tokens are missing", "their records are gone"} {
		env.Above(t, tampering[what], [16]byte(env.Acme.ID))
	}

	const rounds = 8
	var refused atomic.Int64
	write := func(r *apitest.Response) string {
		if r.Code() != "" {
			refused.Add(1)
			t.Error(r.Body)
		}
		return r.Text(t, "createLead.lead.id")
	}
	var writers sync.WaitGroup
	for _, writer := range []func(round int){
		func(round int) { // changes of old records, two in one operation
			write(admin.Send(t, fmt.Sprintf(`mutation { a: updateLead(input: {id: %q, title: "Changed %d", city: "Firm"}) { lead { id } }
				b: updateLead(input: {id: %q, lastName: "Firm %[2]d"}) { lead { id } } }`, old[round], round, old[19-round]), nil))
		},
		func(round int) { // of one of the same
			write(admin.TryUpdate(t, "Lead", old[19-round], apitest.Input{"firstName": fmt.Sprintf("New %d", round)}))
		},
		func(round int) { // conversions into the same account
			id := write(admin.Try(t, "create", "Lead", apitest.Input{"companyName": "Shared Firm", "firstName": fmt.Sprintf("Al %d", round), "email": fmt.Sprintf("al%d@shared.example", round)}))
			write(admin.Try(t, "convert", "Lead", apitest.Input{"id": id}))
		},
		func(round int) { // deletions of old ones and of new ones
			write(admin.TryDelete(t, "Lead", old[20+round]))
			write(admin.TryDelete(t, "Lead", write(admin.Try(t, "create", "Lead", apitest.Input{"title": "Short life"}))))
		},
		func(round int) {
			for _, kind := range []string{"Account", "Contact", "Opportunity", "Case", "Task", "Team", "Tag"} {
				admin.Update(t, kind, admin.Create(t, kind, nil), apitest.Input{camel(columns[kind][0]): fmt.Sprintf("Renamed %s %d", kind, round)})
			}
		},
		func(round int) { // what fails
			admin.Send(t, fmt.Sprintf(`mutation { createLead(input: {title: "Ghost"}) { lead { id } } updateLead(input: {id: %q, version: 99, title: "Ghost"}) { lead { id } } }`, old[7]), nil)
		},
	} {
		writers.Go(func() {
			for round := range rounds {
				writer(round)
			}
		})
	}
	writing := make(chan struct{})
	go func() { writers.Wait(); close(writing) }()
	rebuilt := 0
	for over := false; !over; {
		select {
		case <-writing:
			over = true
		default:
			if _, err := store.RebuildSearch(t.Context(), env.Backend.DB, env.Acme.ID); err != nil {
				t.Error(err)
			}
			rebuilt++
		}
	}
	if rebuilt < 2 || refused.Load() > 0 {
		t.Errorf("%d rebuildings, %d refusals", rebuilt, refused.Load())
	}
	isIndexed(t, env, "rebuildings among writers")
}

func TestRebuildHoldsNothingWhileItWaits(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	var leads []string
	for i := range 10 {
		leads = append(leads, admin.Create(t, "Lead", apitest.Input{"title": fmt.Sprintf("Row %d", i)}))
	}
	env.Above(t, tampering["all are missing"], [16]byte(env.Acme.ID))

	writer := above(t, env) // somebody who takes their time
	for _, statement := range []string{"BEGIN", "UPDATE lead SET title = 'Late' WHERE id = '" + leads[4] + "'"} {
		if _, err := writer.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	rebuilt := make(chan error, 1)
	go func() {
		_, err := store.RebuildSearch(t.Context(), env.Backend.DB, env.Acme.ID)
		rebuilt <- err
	}()
	count := func(text string, args ...any) (n int) {
		t.Helper()
		scan(t, env, text, &n, args...)
		return n
	}
	for deadline := time.Now().Add(20 * time.Second); count("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())") == 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it does not wait for the writer")
		}
	}
	if n := count("SELECT count(DISTINCT entity_id) FROM search_token WHERE entity = 'lead'"); n != 9 {
		t.Errorf("while it waits for one record %d of the 9 others are right", n)
	}
	for i, key := range leads { // anybody may write the others at once
		if i == 4 {
			continue
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if _, err := above(t, env).Exec(ctx, "UPDATE lead SET city = 'Free' WHERE id = $1", key); err != nil {
			t.Errorf("row %d: %v", i, err)
		}
		cancel()
	}
	if _, err := writer.Exec(t.Context(), "COMMIT"); err != nil {
		t.Fatal(err)
	}
	if err := <-rebuilt; err != nil {
		t.Fatal(err)
	}
	if got := find(t, admin, "late"); !slices.Equal(got, []string{"LEAD Late!"}) {
		t.Errorf("what was written meanwhile: %v", got)
	}
	env.Above(t, "UPDATE lead SET city = NULL")
	isIndexed(t, env, "a rebuilding that waited")
}
