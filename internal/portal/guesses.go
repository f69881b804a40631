package portal

import (
	"net/netip"
	"sync"
	"time"
)

// Tokens cannot be guessed. Who tries all the same is held off before the database is asked, so that trying costs nothing and
// the answer says nothing about the link.
const (
	mostGuesses  = 20
	guessWindow  = 10 * time.Minute
	mostGuessers = 10_000 // that are remembered; when there are more, all are forgotten
)

// guesses counts wrong links by where they come from. Its zero value is empty.
type guesses struct {
	mu    sync.Mutex
	since map[string]*guesser
}

type guesser struct {
	began time.Time
	n     int
}

// tooMany reports whether somebody has to wait.
func (g *guesses) tooMany(ip string, now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	k := g.since[network(ip)]
	return k != nil && now.Sub(k.began) < guessWindow && k.n >= mostGuesses
}

// wrong counts a wrong link, and reports whether it was the last before somebody has to wait.
func (g *guesses) wrong(ip string, now time.Time) (last bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	k := g.since[network(ip)]
	if k == nil || now.Sub(k.began) >= guessWindow {
		if g.since == nil || len(g.since) >= mostGuessers {
			g.since = map[string]*guesser{}
		}
		k = &guesser{began: now}
		g.since[network(ip)] = k
	}
	k.n++
	return k.n == mostGuesses
}

// network is whom an address belongs to: of IPv6 somebody has the second half to themselves.
func network(ip string) string {
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Unmap().Is4() {
		return ip
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}
