package tenant_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

// number asks the database for a number, in a text that can be told from others.
func number(ctx context.Context, n int) error {
	var got int
	err := tenant.Select(ctx, &got, fmt.Sprintf("SELECT %d", n))
	if err == nil && got != n {
		err = fmt.Errorf("%d instead of %d", got, n)
	}
	return err
}

func TestStatementsOfOneTimeTravelTogether(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})
	line, through := testdb.Tap(t, w.database.AppURL)
	db := pool(t, through, tenant.Options{PoolSize: 1})

	for _, tt := range []struct {
		name  string
		write bool
		do    func(ctx context.Context, ask func(ctx context.Context, n int)) // n is asked for in the flight n/10
		want  []string
	}{
		{"one after the other without Together", false, func(ctx context.Context, ask func(context.Context, int)) {
			ask(ctx, 1)
			ask(ctx, 2)
		}, []string{"1", "2"}},
		{"each first one, then each second one", false, func(ctx context.Context, ask func(context.Context, int)) {
			tenant.Together(ctx, []func(){
				func() { ask(ctx, 1); ask(ctx, 11) },
				func() { ask(ctx, 2); ask(ctx, 12); ask(ctx, 22) },
				func() { ask(ctx, 3) },
				func() {},
			})
			ask(ctx, 31)
		}, []string{"1 2 3", "11 12", "22", "31"}},
		{"within each other", false, func(ctx context.Context, ask func(context.Context, int)) {
			tenant.Together(ctx, []func(){
				func() {
					ask(ctx, 1)
					tenant.Together(ctx, []func(){func() { ask(ctx, 11); ask(ctx, 21) }, func() { ask(ctx, 12) }})
					ask(ctx, 31)
				},
				func() { ask(ctx, 2); ask(ctx, 13) },
			})
		}, []string{"1 2", "11 12 13", "21", "31"}},
		{"while one waits for what another does", false, func(ctx context.Context, ask func(context.Context, int)) {
			done := make(chan struct{})
			tenant.Together(ctx, []func(){
				func() { tenant.Await(ctx, done); ask(ctx, 11) },
				func() { tenant.Await(ctx, done); ask(ctx, 12) },
				func() { ask(ctx, 1); close(done) },
			})
			tenant.Await(ctx, done)
		}, []string{"1", "11 12"}},
		{"not where the order matters", true, func(ctx context.Context, ask func(context.Context, int)) {
			tenant.Together(ctx, []func(){func() { ask(ctx, 1) }, func() { ask(ctx, 2) }})
		}, []string{"1", "2"}},
		{"not where the transaction is held", false, func(ctx context.Context, ask func(context.Context, int)) {
			_ = tenant.Do(ctx, func(ctx context.Context, _ bun.Tx) error {
				tenant.Together(ctx, []func(){func() { ask(ctx, 1) }, func() { ask(ctx, 2) }})
				return nil
			})
		}, []string{"1", "2"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var flights []string
			for range 2 { // the first time prepares
				op := db.Begin(w.acme.claim(), tt.write)
				ctx := tenant.NewContext(t.Context(), op)
				tt.do(ctx, func(ctx context.Context, n int) {
					if err := number(ctx, n); err != nil {
						t.Error(err)
					}
				})
				if err := op.Close(ctx, true); err != nil {
					t.Fatal(err)
				}
				flights = line.Operation(t)
			}
			var got []string
			for _, flight := range flights[1 : len(flights)-1] { // without its begin and its end
				numbers := strings.Split(strings.ReplaceAll(flight, "SELECT ", ""), "; ")
				slices.SortFunc(numbers, func(a, b string) int { return strings.Compare(fmt.Sprintf("%2s", a), fmt.Sprintf("%2s", b)) })
				got = append(got, strings.Join(numbers, " "))
			}
			want := tt.want
			if tt.name == "while one waits for what another does" && len(got) == 3 {
				want = []string{"1", "11", "12"} // who is woken first may leave first
				slices.Sort(got)
			}
			if !slices.Equal(got, want) {
				t.Errorf("flights %q, want %q", got, want)
			}
		})
	}
}

func TestLaterTravelsWithTheNext(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})
	line, through := testdb.Tap(t, w.database.AppURL)
	db := pool(t, through, tenant.Options{PoolSize: 1})
	run := func(do func(ctx context.Context)) []string {
		op := db.Begin(w.acme.claim(), true)
		ctx := tenant.NewContext(t.Context(), op)
		do(ctx)
		if err := op.Close(ctx, true); err != nil {
			t.Fatal(err)
		}
		return line.Operation(t)[1:]
	}
	later := func(ctx context.Context, name string) {
		if err := tenant.Later(ctx, insertTag, [16]byte(w.acme.org), name); err != nil {
			t.Fatal(err)
		}
	}
	for _, tt := range []struct {
		name string
		do   func(ctx context.Context, name string)
		want []string
	}{
		{"with the commit", later, []string{insertTag + "; commit"}},
		{"with the next statement", func(ctx context.Context, name string) {
			later(ctx, name)
			if err := number(ctx, 1); err != nil {
				t.Fatal(err)
			}
		}, []string{insertTag + "; SELECT 1", "commit"}},
		{"before who holds the transaction", func(ctx context.Context, name string) {
			later(ctx, name)
			_ = tenant.Do(ctx, func(context.Context, bun.Tx) error { return nil })
		}, []string{insertTag, "commit"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run(func(ctx context.Context) { tt.do(ctx, "first "+tt.name) })
			if got := run(func(ctx context.Context) { tt.do(ctx, tt.name) }); !slices.Equal(got, tt.want) {
				t.Errorf("%q", got)
			}
			if w.stored(t, tt.name) != 1 {
				t.Error("it is not stored")
			}
		})
	}
	t.Run("its failure is the commit's", func(t *testing.T) {
		ctx, op := w.begin(t, w.acme.claim(), true)
		later(ctx, "kept")
		if err := tenant.Later(ctx, insertTag, [16]byte(w.globex.org), "theirs"); err != nil {
			t.Fatal(err)
		}
		if err := op.Close(ctx, true); err == nil || w.stored(t, "kept") != 0 {
			t.Errorf("committed: %v", err)
		}
		again, next := w.begin(t, w.acme.claim(), true)
		if err := errors.Join(number(again, 8), next.Close(again, true)); err != nil {
			t.Error(err)
		}
	})
}

func TestAPlanIsMadeAnewForOneStatement(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})
	line, through := testdb.Tap(t, w.database.AppURL)
	db := pool(t, through, tenant.Options{PoolSize: 1})
	const ask = "SELECT current_setting('plan_cache_mode')"
	var sent []string
	for range 2 { // the statements are prepared the first time
		op := db.Begin(w.acme.claim(), false)
		ctx := tenant.NewContext(t.Context(), op)
		var anew, next string
		if err := errors.Join(tenant.SelectAnew(ctx, &anew, ask), tenant.Select(ctx, &next, ask), op.Close(ctx, true)); err != nil {
			t.Fatal(err)
		}
		if anew != "force_custom_plan" || next != "auto" {
			t.Errorf("%s, and then %s", anew, next)
		}
		sent = line.Operation(t)[1:]
	}
	const set = "select set_config('plan_cache_mode', "
	if want := []string{set + "'force_custom_plan', true); " + ask + "; " + set + "'auto', true)", ask, "commit"}; !slices.Equal(sent, want) {
		t.Errorf("got  %q\nwant %q", sent, want)
	}
}

func TestAFailureInAFlight(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{PoolSize: 1})
	t.Run("no rows are the failure of one alone", func(t *testing.T) {
		ctx, _ := w.begin(t, w.acme.claim(), false)
		errs := make([]error, 3)
		tenant.Together(ctx, []func(){
			func() { errs[0] = number(ctx, 1) },
			func() { var n int; errs[1] = tenant.Select(ctx, &n, "SELECT 1 WHERE false") },
			func() { errs[2] = number(ctx, 3) },
		})
		if errs[0] != nil || !errors.Is(errs[1], sql.ErrNoRows) || errs[2] != nil {
			t.Errorf("%v", errs)
		}
	})
	t.Run("a refused statement ends the transaction for all that come after it", func(t *testing.T) {
		ctx, op := w.begin(t, w.acme.claim(), false)
		var errs [3]error
		tenant.Together(ctx, []func(){
			func() { errs[0] = number(ctx, 1) },
			func() { var n int; errs[1] = tenant.Select(ctx, &n, "SELECT 1/0") },
			func() { errs[2] = tenant.Select(ctx, new(int), "SELECT 1/(0*random()::int)") },
		})
		if errs[1] == nil || errs[2] == nil {
			t.Errorf("%v", errs)
		}
		if err := number(ctx, 5); err == nil {
			t.Error("the transaction goes on")
		}
		_ = op.Close(ctx, false)
		again, _ := w.begin(t, w.acme.claim(), false)
		if err := number(again, 6); err != nil {
			t.Errorf("the connection is spoilt: %v", err)
		}
	})
	t.Run("a cancelled flight leaves nothing behind", func(t *testing.T) {
		ctx, op := w.begin(t, w.acme.claim(), false)
		short, cancel := context.WithCancel(ctx)
		var wait sync.WaitGroup
		wait.Go(func() {
			eventually(t, "the flight", func() bool { return w.sessions(t, "query LIKE '%pg_sleep%' AND state = 'active'") > 0 })
			cancel()
		})
		var errs [2]error
		tenant.Together(short, []func(){
			func() { errs[0] = tenant.Select(short, new(int), "SELECT 1 FROM pg_sleep(30)") },
			func() { errs[1] = tenant.Select(short, new(int), "SELECT 2 FROM pg_sleep(30)") },
		})
		wait.Wait()
		for _, err := range errs {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%v", err)
			}
		}
		_ = op.Close(ctx, false)
		again, _ := w.begin(t, w.acme.claim(), false)
		if err := number(again, 7); err != nil {
			t.Error(err)
		}
	})
}
