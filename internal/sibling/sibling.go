// Package sibling lets rows that one statement returned together load their relations together.
//
// A page of accounts is one set. When the first of them is asked for its contacts, the contacts of all are
// loaded by one statement; the others find theirs. So the number of statements of a query depends on its shape
// and not on its rows, and nothing waits on a timer. Rows loaded for a set are in turn one set for the level
// below.
package sibling

import (
	"errors"
	"sync"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Set is the rows of one statement and what has been loaded for them. It is safe for concurrent use.
type Set[T any] struct {
	Rows []*T

	mu      sync.Mutex
	visited bool
	loads   map[any]*load
}

type load struct {
	done  chan struct{}
	value any
	err   error
}

// Load runs fn once for each key; everybody gets its result. Who comes while fn runs waits by calling await. fn may
// load other keys, but not its own.
func (s *Set[T]) Load(key any, await func(done <-chan struct{}), fn func(rows []*T) (any, error)) (any, error) {
	s.mu.Lock()
	l, ok := s.loads[key]
	if !ok {
		if s.loads == nil {
			s.loads = make(map[any]*load)
		}
		l = &load{done: make(chan struct{}), err: errAbandoned}
		s.loads[key] = l
	}
	s.mu.Unlock()
	if ok {
		await(l.done)
		return l.value, l.err
	}
	defer close(l.done) // also when fn panics
	l.value, l.err = fn(s.Rows)
	return l.value, l.err
}

var errAbandoned = errors.New("sibling: the load did not finish")

func (s *Set[T]) first() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	first := !s.visited
	s.visited = true
	return first
}

// First reports whether nobody has called it before for any row of the set: it is the one for which relations have
// to be loaded. What is no row is always the first.
func First(row any) bool {
	if m, ok := row.(member); ok {
		if set, ok := m.joined().(interface{ first() bool }); ok {
			return set.first()
		}
	}
	return true
}

// Member is embedded in a model: it remembers the set that a row came in, and the parent for which it was loaded.
type Member struct {
	ParentKey id.ID `bun:"parent_key,scanonly"`

	set any
}

// Parent is the key of the row for which this one was loaded.
func (m *Member) Parent() [16]byte { return m.ParentKey }

// Join makes rows one set. Each row must embed a Member.
func Join[T any](rows []*T) {
	set := &Set[T]{Rows: rows}
	for _, row := range rows {
		any(row).(member).join(set)
	}
}

// Of is the set that a row came in: a set of its own when it came alone.
func Of[T any](row *T) *Set[T] {
	m := any(row).(member)
	if set, ok := m.joined().(*Set[T]); ok {
		return set
	}
	return &Set[T]{Rows: []*T{row}}
}

// Leave makes a row, such as a copy that was changed, come alone: what was loaded for its set is not its own.
func (m *Member) Leave() { m.set = nil }

type member interface {
	join(any)
	joined() any
}

func (m *Member) join(set any) { m.set = set }
func (m *Member) joined() any  { return m.set }
