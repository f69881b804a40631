// Package memo remembers what was found out, so that it need not be found out again at once.
//
// What is remembered may be outdated: the caller must find out whether it still holds, or be right to act on it. Memory is
// bounded in the simplest way that works for things that are cheap to find out anew: when there are too many, all are
// forgotten. Nothing here fails.
package memo

import "sync"

// Most is how many values are remembered unless something else is said.
const Most = 10_000

// Memo is safe for concurrent use. Its zero value is empty, and remembers Most values.
type Memo[K comparable, V any] struct {
	Most int

	mu    sync.RWMutex
	known map[K]V
}

// Of gives what is remembered of a key.
func (m *Memo[K, V]) Of(key K) (V, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok := m.known[key]
	return v, ok
}

// Keep remembers a value.
func (m *Memo[K, V]) Keep(key K, value V) {
	most := m.Most
	if most == 0 {
		most = Most
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.known == nil || len(m.known) >= most {
		m.known = map[K]V{}
	}
	m.known[key] = value
}

// Forget forgets a key.
func (m *Memo[K, V]) Forget(key K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.known, key)
}
