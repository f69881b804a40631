package testdb

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// startTimeout includes pulling an image on a machine that has none.
const startTimeout = 5 * time.Minute

// running tells that Run will end the server which a test starts.
var running atomic.Bool

// shared is the server of this test process.
var shared lazy

// lazy starts the server with its first use; a failed start is not tried again by every test.
type lazy struct {
	once   sync.Once
	server *server
	err    error
}

func (l *lazy) get() (*server, error) {
	l.once.Do(func() {
		// Not a test's context: the server outlives the test that happens to come first.
		ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
		defer cancel()
		l.server, l.err = open(ctx)
	})
	return l.server, l.err
}

func (l *lazy) end() {
	l.once.Do(func() {}) // no test asked for a server; none can from here on
	if l.server == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), cleanupTimeout)
	defer cancel()
	if err := l.server.close(ctx); err != nil {
		say("%v", err)
	}
}
