package memo_test

import (
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/memo"
)

func TestMemo(t *testing.T) {
	t.Parallel()
	m := memo.Memo[string, int]{Most: 2}
	if _, ok := m.Of("a"); ok {
		t.Error("it knows something from the start")
	}
	m.Forget("a")
	m.Keep("a", 1)
	m.Keep("b", 2)
	if v, ok := m.Of("a"); !ok || v != 1 {
		t.Errorf("a is %d, %t", v, ok)
	}
	m.Forget("a")
	if _, ok := m.Of("a"); ok {
		t.Error("what was forgotten is known")
	}
	m.Keep("c", 3)
	m.Keep("d", 4) // one too many
	if _, ok := m.Of("b"); ok {
		t.Error("it remembers more than it may")
	}
	if v, _ := m.Of("d"); v != 4 {
		t.Errorf("d is %d", v)
	}
}
