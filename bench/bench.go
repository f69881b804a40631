package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
)

// The names of what is measured, in results.
const (
	oursName  = "ours"
	peerName  = "peer"
	limitName = "limit"
	batchName = "batch" // the limit, in our server's batches
	oneName   = "one"   // our server on the database with one organization
	smallName = "small" // our server on small organizations, beside the giant one
)

// limits are what pgbench repeats our server's statements for.
var limits = []string{limitName, batchName}

// bench is a run.
type bench struct {
	schedule
	out         io.Writer
	dir         string              // for logs and the binary
	results     string              // where the scripts of pgbench are kept, to be read
	scripts     map[string][]string // of each case, with their weights
	binary      string
	many        *database
	one         *database // nil: growth is not measured
	world, solo *world
	postmaster  int // 0: the database is out of sight
	noPeer      bool
	noLimit     bool
	workers     int
	profiles    string // where to keep profiles; empty: none are taken
	pprof       string // the address of our server's profiler
}

// prepare gives a run its data.
func (b *bench) prepare(ctx context.Context, c *cluster, v volume, growth bool) (err error) {
	if b.binary, err = build(ctx, b.dir); err != nil {
		return err
	}
	ready := func(name string, v volume) (*database, *world, error) {
		d, err := c.ensure(ctx, name)
		if err != nil {
			return nil, nil, err
		}
		w, err := d.fill(ctx, b.binary, v)
		return d, w, err
	}
	if b.many, b.world, err = ready(manyDatabase, v); err != nil {
		return err
	}
	if growth {
		if b.one, b.solo, err = ready(oneDatabase, volume{Orgs: 1, Each: v.Each}); err != nil {
			return err
		}
	}
	b.postmaster, err = postmasterOf(ctx, b.many)
	return err
}

// postmasterOf is the process whose children serve the connections, 0 when the database is on another machine.
func postmasterOf(ctx context.Context, d *database) (int, error) {
	conn, err := pgx.Connect(ctx, d.adminURL)
	if err != nil {
		return 0, fmt.Errorf("connect as the administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	var backend int
	if err := conn.QueryRow(ctx, "SELECT pg_backend_pid()").Scan(&backend); err != nil {
		return 0, fmt.Errorf("ask for the process: %w", err)
	}
	if statusOf(backend, "Name") != "postgres" {
		return 0, nil
	}
	return parentOf(backend), nil
}

// run measures cases, one after the other. With an error come those that were through.
func (b *bench) run(ctx context.Context, all []experiment) ([]*outcome, error) {
	observed, err := b.observe(ctx, all)
	if err != nil {
		return nil, err
	}
	var out []*outcome
	for _, e := range all {
		o := &outcome{Key: e.key, Name: e.name, Wire: observed[e.key]}
		fmt.Fprintf(b.out, "(%s) %s\n", e.key, e.name)
		if err := b.experiment(ctx, e, o); err != nil {
			return out, fmt.Errorf("(%s) %s: %w", e.key, e.name, err)
		}
		out = append(out, o)
	}
	return out, nil
}

// experiment measures one case on servers that are started for it, so that none carries another case's memory.
func (b *bench) experiment(ctx context.Context, e experiment, o *outcome) error {
	var targets []*target
	var addrs [2]string
	var requests [2][]request
	add := func(p *process, s side, w *world) ([]request, error) {
		made, err := e.requests(ctx, p.addr, s, w)
		if err == nil {
			targets = append(targets, b.driven(p, made))
		}
		return made, err
	}
	mine, err := startOurs(ctx, oursName, b.binary, b.many.appURL, b.dir, b.pprof)
	if err != nil {
		return err
	}
	defer mine.stop()
	addrs[ours] = mine.addr
	if requests[ours], err = add(mine, ours, b.world); err != nil {
		return err
	}
	if e.beside != nil {
		small := e
		small.calls = e.beside
		made, err := small.requests(ctx, mine.addr, ours, b.world)
		if err != nil {
			return err
		}
		t := b.driven(mine, made)
		t.name = smallName
		targets = append(targets, t)
	}
	if e.on(peer) && !b.noPeer {
		other, err := startPeer(ctx, b.many.appURL, b.dir, b.workers, e.sums)
		if err != nil {
			return err
		}
		defer other.stop()
		addrs[peer] = other.addr
		if requests[peer], err = add(other, peer, b.world); err != nil {
			return fmt.Errorf("the peer: %w", err)
		}
	}
	if e.limit && !b.noLimit {
		for _, name := range limits {
			targets = append(targets, repeated(name, b.many.appURL, b.dir, b.scripts[name+"-"+e.key]))
		}
	}
	if e.growth && b.one != nil {
		alone, err := startOurs(ctx, oneName, b.binary, b.one.appURL, b.dir, "")
		if err != nil {
			return err
		}
		defer alone.stop()
		if _, err = add(alone, ours, b.solo); err != nil {
			return err
		}
	}
	sizes, err := e.agree(ctx, addrs, requests)
	if err != nil {
		return err
	}
	for s, name := range []string{oursName, peerName} {
		if wire, ok := o.Wire[name]; ok {
			wire.Bytes = sizes[s]
			o.Wire[name] = wire
		}
	}
	if b.profiles != "" {
		if err := b.profile(ctx, e, targets[0]); err != nil {
			return fmt.Errorf("take a profile: %w", err)
		}
	}
	return b.measure(ctx, o, targets)
}

// observed is how many operations of a case are looked at on the wire.
const observedOperations = 64

// observe looks at the wire of both servers while nothing is measured: it counts, and writes the scripts of the limit.
func (b *bench) observe(ctx context.Context, all []experiment) (map[string]map[string]wire, error) {
	out := map[string]map[string]wire{}
	for _, e := range all {
		out[e.key] = map[string]wire{}
	}
	b.scripts = map[string][]string{}
	for s, name := range []string{oursName, peerName} {
		if side(s) == peer && b.noPeer {
			continue
		}
		if err := b.observeOne(ctx, all, side(s), name, out); err != nil {
			return nil, fmt.Errorf("look at the statements of %s: %w", name, err)
		}
	}
	return out, b.many.removeCreated(ctx)
}

func (b *bench) observeOne(ctx context.Context, all []experiment, s side, name string, out map[string]map[string]wire) error {
	line, through, err := openTap(ctx, b.many.appURL)
	if err != nil {
		return err
	}
	defer line.close()
	var p *process
	if s == ours {
		p, err = startOurs(ctx, name, b.binary, through, b.dir, "")
	} else {
		p, err = startPeer(ctx, through, b.dir, 1, true)
	}
	if err != nil {
		return err
	}
	defer p.stop()
	for _, e := range all {
		if !e.on(s) {
			continue
		}
		requests, err := e.requests(ctx, p.addr, s, b.world)
		if err != nil {
			return fmt.Errorf("(%s): %w", e.key, err)
		}
		seen, operations, since, err := watch(ctx, p.addr, requests, line)
		if err != nil {
			return fmt.Errorf("(%s): %w", e.key, err)
		}
		out[e.key][name] = seen
		if s != ours || !e.limit || b.noLimit {
			continue
		}
		for _, limit := range limits {
			all, err := scripts(operations, since, limit == batchName)
			if err != nil {
				return fmt.Errorf("(%s): %w", e.key, err)
			}
			file := limit + "-" + e.key
			if b.scripts[file], err = writeScripts(all, filepath.Join(b.results, file)); err != nil {
				return err
			}
		}
	}
	return nil
}

// watch sends requests one at a time and gives what each of them caused on the wire.
func watch(ctx context.Context, addr string, requests []request, line *tap) (w wire, operations [][]statement, since time.Time, err error) {
	a, err := newAsker(ctx, addr)
	if err != nil {
		return w, nil, since, err
	}
	defer a.close()
	const warm = 24 // until every statement is prepared
	stride := max(1, len(requests)/(warm+observedOperations))
	for i := range warm + observedOperations {
		if i == warm {
			time.Sleep(200 * time.Millisecond) // what outlives an answer
			line.take()
			since = time.Now().Truncate(time.Millisecond)
		}
		if _, err := a.ask(requests[i*stride%len(requests)]); err != nil {
			return w, nil, since, err
		}
		if i < warm {
			continue
		}
		sent, statements, trips := line.take()
		operations = append(operations, sent)
		w.Statements += float64(statements) / observedOperations
		w.RoundTrips += float64(trips) / observedOperations
	}
	return w, operations, since, nil
}

// download keeps what an address answers in a file.
func download(ctx context.Context, url, path string) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return errors.New("the profiler answered " + response.Status)
	}
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, response.Body)
	return errors.Join(err, file.Close())
}
