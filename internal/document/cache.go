package document

import (
	"container/list"
	"sync"
)

// cache keeps what was used last, as much as its bytes allow. It may be used concurrently.
type cache struct {
	mu    sync.Mutex
	room  int // bytes in all
	used  int
	order list.List // of *entry, the last used in front
	byKey map[string]*list.Element
}

type entry struct {
	key    string
	value  *Document
	weight int
}

func newCache(room int) *cache {
	return &cache{room: room, byKey: make(map[string]*list.Element)}
}

func (c *cache) get(key string) (*Document, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.byKey[key]
	if !ok {
		return nil, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry).value, true
}

// add keeps a value, and drops those that were not used for the longest time to make room for it. A value that would
// take more than a quarter of the room is not kept: it would drop too many others.
func (c *cache) add(key string, value *Document, weight int) {
	if weight > c.room/4 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.byKey[key]; ok {
		return // two requests parsed it at the same time
	}
	c.byKey[key] = c.order.PushFront(&entry{key, value, weight})
	for c.used += weight; c.used > c.room; {
		last := c.order.Remove(c.order.Back()).(*entry)
		delete(c.byKey, last.key)
		c.used -= last.weight
	}
}

// size tells how many values are kept, and their bytes.
func (c *cache) size() (values, bytes int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.order.Len(), c.used
}
