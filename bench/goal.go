package main

import (
	"errors"
	"fmt"
)

// goal is what is wanted of a figure. At least is for quotients by which we are faster, at most for all else.
type goal struct {
	key, what    string
	figure       func(r *result) float64 // 0: not measured
	must, target float64                 // target 0: none
	atMost       bool
	unit         string
}

// mostClients is the load at which memory is looked at.
const mostClients = 64

var goals = []goal{
	faster("a", peerName, 2, 3), faster("a", limitName, 0.4, 0),
	faster("b", peerName, 2, 2.5), tail("b"), faster("b", limitName, 0.35, 0),
	faster("c", peerName, 2, 3), faster("c", limitName, 0.4, 0),
	faster("d", peerName, 1.5, 2.5), faster("d", limitName, 0.4, 0),
	slower("e", smallName, "against a small organization", 2, 1.2),
	{key: "f", what: "median", must: 10, target: 3, atMost: true, unit: " ms", figure: func(r *result) float64 {
		return r.experiment("f").at(oursName, mainClients).of(window.p50)
	}},
	slower("a", oneName, "growth to 200 organizations", 1.2, 1.1), slower("b", oneName, "growth to 200 organizations", 1.2, 1.1),
	slower("c", oneName, "growth to 200 organizations", 1.2, 1.1), slower("d", oneName, "growth to 200 organizations", 1.2, 1.1),
	{key: "b", what: "memory at 64 clients", must: 200, target: 120, atMost: true, unit: " MiB", figure: func(r *result) float64 {
		return r.experiment("b").at(oursName, mostClients).of(window.peak)
	}},
}

// faster wants a multiple of another's speed, by requests per second and by the median latency: the lesser one counts.
func faster(key, than string, must, target float64) goal {
	names := map[string]string{peerName: "against PostGraphile", limitName: "against the limit"}
	return goal{key: key, what: names[than], must: must, target: target, unit: "×", figure: func(r *result) float64 {
		mine, other := r.pair(key, than)
		return min(mine.against(other, window.perSecond), other.against(mine, window.p50))
	}}
}

// slower allows to be slower than another by a factor: the greater one counts.
func slower(key, than, what string, must, target float64) goal {
	return goal{key: key, what: what, must: must, target: target, atMost: true, unit: "×", figure: func(r *result) float64 {
		mine, other := r.pair(key, than)
		return max(other.against(mine, window.perSecond), mine.against(other, window.p50))
	}}
}

// tail wants the slowest answers to be no slower than the peer's.
func tail(key string) goal {
	return goal{key: key, what: "99th percentile against PostGraphile's", must: 1, atMost: true, unit: "×", figure: func(r *result) float64 {
		mine, other := r.pair(key, peerName)
		return mine.against(other, window.p99)
	}}
}

func (r *result) pair(key, other string) (a, b *series) {
	o := r.experiment(key)
	return o.at(oursName, mainClients), o.at(other, mainClients)
}

// verdict is in a word what a figure means.
func (g goal) verdict(figure float64) string {
	reaches := func(limit float64) bool {
		if g.atMost {
			return figure <= limit
		}
		return figure >= limit
	}
	switch {
	case figure == 0:
		return "not measured"
	case !reaches(g.must):
		return "**missed**"
	case g.target != 0 && reaches(g.target):
		return "target"
	}
	return "reached"
}

var errMissed = errors.New("goals are missed")

// missed is an error when a goal was measured and missed.
func (r *result) missed() error {
	n := 0
	for _, g := range goals {
		if g.verdict(g.figure(r)) == "**missed**" {
			n++
		}
	}
	if n > 0 {
		return fmt.Errorf("%d %w", n, errMissed)
	}
	return nil
}
