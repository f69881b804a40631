package scan

import (
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/shopspring/decimal"
)

// memory is what the values of one statement are made of. What it gives lives as long as anything of it is used.
type memory struct {
	types   *pgtype.Map
	bytes   []byte
	texts   slab[string]
	ids     slab[[16]byte]
	times   slab[time.Time]
	ints    slab[int]
	amounts slab[decimal.Decimal]
}

const atLeast = 4 << 10 // bytes of text taken at once

// text keeps a copy of raw, whose own memory pgx uses again.
func (m *memory) text(raw []byte) string {
	if len(raw) == 0 {
		return ""
	}
	if len(raw) > cap(m.bytes)-len(m.bytes) {
		m.bytes = make([]byte, 0, max(atLeast, len(raw)))
	}
	start := len(m.bytes)
	m.bytes = append(m.bytes, raw...)
	return unsafe.String(&m.bytes[start], len(raw))
}

// slab gives places for values, many with one allocation.
type slab[T any] []T

func (s *slab[T]) put(v T) *T {
	if len(*s) == cap(*s) {
		*s = make([]T, 0, min(max(2*cap(*s), 8), 256))
	}
	*s = append(*s, v)
	return &(*s)[len(*s)-1]
}

// cache computes something once for each type.
type cache[V any] struct{ known sync.Map }

func (c *cache[V]) of(t reflect.Type, compute func() V) V {
	if v, ok := c.known.Load(t); ok {
		return v.(V)
	}
	v, _ := c.known.LoadOrStore(t, compute())
	return v.(V)
}
