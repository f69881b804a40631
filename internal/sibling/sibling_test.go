package sibling_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
)

type row struct {
	sibling.Member
	n int
}

func TestASetLoadsOnceForEachKey(t *testing.T) {
	t.Parallel()
	rows := []*row{{n: 1}, {n: 2}, {n: 3}}
	sibling.Join(rows)
	var loads [2]atomic.Int32
	var group sync.WaitGroup
	for i := range 60 {
		group.Go(func() {
			key := i % 2
			sum, err := sibling.Of(rows[i%3]).Load(key, wait, func(rows []*row) (any, error) {
				loads[key].Add(1)
				sum := key
				for _, r := range rows {
					sum += 10 * r.n
				}
				return sum, nil
			})
			if err != nil || sum != 60+key {
				t.Errorf("%v, %v", sum, err)
			}
		})
	}
	group.Wait()
	for key := range loads {
		if n := loads[key].Load(); n != 1 {
			t.Errorf("key %d was loaded %d times", key, n)
		}
	}
}

func TestAFailedLoadFailsForAll(t *testing.T) {
	t.Parallel()
	rows := []*row{{}, {}}
	sibling.Join(rows)
	broken := errors.New("broken")
	for _, r := range rows {
		calls := 0
		_, err := sibling.Of(r).Load("key", wait, func([]*row) (any, error) { calls++; return nil, broken })
		if !errors.Is(err, broken) || r == rows[1] && calls > 0 {
			t.Errorf("%v after %d calls", err, calls)
		}
	}
}

func TestALoadMayLoadAnotherKey(t *testing.T) {
	t.Parallel()
	rows := []*row{{n: 1}}
	sibling.Join(rows)
	set := sibling.Of(rows[0])
	got, err := set.Load("outer", wait, func([]*row) (any, error) {
		return set.Load("inner", wait, func([]*row) (any, error) { return "deep", nil })
	})
	if got != "deep" || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestARowThatCameAloneIsASetOfOne(t *testing.T) {
	t.Parallel()
	alone := &row{n: 4}
	got, err := sibling.Of(alone).Load("key", wait, func(rows []*row) (any, error) { return len(rows) == 1 && rows[0] == alone, nil })
	if got != true || err != nil {
		t.Errorf("%v, %v", got, err)
	}
}

func TestTheLatestSetCounts(t *testing.T) {
	t.Parallel()
	a, b := &row{}, &row{}
	sibling.Join([]*row{a, b})
	sibling.Join([]*row{a})
	if n := len(sibling.Of(a).Rows); n != 1 {
		t.Errorf("a has %d siblings", n)
	}
	if n := len(sibling.Of(b).Rows); n != 2 {
		t.Errorf("b has %d siblings", n)
	}
}

func wait(done <-chan struct{}) { <-done }
