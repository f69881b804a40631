package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// target is what a window can be made with: a server, or pgbench.
type target struct {
	name string
	pid  int           // 0: its own CPU time and memory are of no interest
	lead time.Duration // what it needs before a window begins
	run  func(ctx context.Context, clients int, w stopwatch) ([]time.Duration, error)
}

// lead is how long a load runs before it is measured.
const lead = 300 * time.Millisecond

// errNothing is the failure of a window in which everything stood still.
var errNothing = errors.New("nothing was answered")

// window makes one.
func (t *target) window(ctx context.Context, clients int, length time.Duration, postmaster int) (window, error) {
	from := time.Now().Add(t.lead)
	w := stopwatch{from, from.Add(length)}
	var used [2][2]time.Duration // at the beginning and at the end: of the server and of the database
	sampled := make(chan struct{})
	go func() {
		defer close(sampled)
		for i, moment := range []time.Time{w.from, w.to} {
			select {
			case <-ctx.Done():
				return
			case <-time.After(time.Until(moment)):
			}
			used[i] = [2]time.Duration{cpuOf(t.pid), cpuOf(postmaster)}
		}
	}()
	if t.pid != 0 {
		forgetPeak(t.pid)
	}
	took, err := t.run(ctx, clients, w)
	<-sampled
	if err = errors.Join(err, ctx.Err()); err != nil {
		return window{}, fmt.Errorf("%s at %d clients: %w", t.name, clients, err)
	}
	if len(took) == 0 {
		return window{}, fmt.Errorf("%s at %d clients: %w in %s", t.name, clients, errNothing, length)
	}
	var peak int64
	if t.pid != 0 {
		peak = peakOf(t.pid)
	}
	return newWindow(took, length, used[1][0]-used[0][0], used[1][1]-used[0][1], peak), nil
}

// driven is a server under our load generator.
func (s schedule) driven(p *process, requests []request) *target {
	first := 0
	return &target{name: p.name, pid: p.cmd.Process.Pid, lead: min(lead, s.length), run: func(ctx context.Context, clients int, w stopwatch) ([]time.Duration, error) {
		first += 101 // each window begins elsewhere
		return drive(ctx, p.addr, requests, clients, first, w)
	}}
}

// repeated is pgbench with scripts.
func repeated(name, databaseURL, dir string, scripts []string) *target {
	return &target{name: name, lead: limitLead, run: func(ctx context.Context, clients int, w stopwatch) ([]time.Duration, error) {
		return repeat(ctx, databaseURL, dir, scripts, clients, w)
	}}
}

// schedule is how much is measured.
type schedule struct {
	clients []int
	windows int
	length  time.Duration
}

// main is the number of clients that the comparisons are made at; it gets all the windows, the others half of them.
const mainClients = 16

func (s schedule) windowsAt(clients int) int {
	if clients == mainClients {
		return s.windows
	}
	return max(1, s.windows/2)
}

// measure makes the windows of all targets of a case by turns, so that each of them meets the machine in the same moods.
func (b *bench) measure(ctx context.Context, o *outcome, targets []*target) error {
	for _, t := range targets {
		from := time.Now().Add(t.lead)
		if _, err := t.run(ctx, b.clients[0], stopwatch{from, from.Add(b.warmUp())}); err != nil {
			return fmt.Errorf("warm up %s: %w", t.name, err)
		}
	}
	for _, clients := range b.clients {
		of := map[string]*series{}
		for _, t := range targets {
			of[t.name] = &series{Server: t.name, Clients: clients}
			o.Series = append(o.Series, of[t.name])
		}
		for range b.windowsAt(clients) {
			for _, t := range targets {
				w, err := t.window(ctx, clients, b.length, b.postmaster)
				if errors.Is(err, errNothing) { // the machine may have had something else to do; the report tells of it
					fmt.Fprintln(b.out, " ", err)
					of[t.name].Empty++
					w, err = t.window(ctx, clients, b.length, b.postmaster)
				}
				if err != nil {
					return err
				}
				of[t.name].Windows = append(of[t.name].Windows, w)
				fmt.Fprintf(b.out, "  %-5s %3d clients %9.1f/s  p50 %8.2f  p99 %8.2f ms   CPU %6.3f + %6.3f ms   %5.0f MiB\n",
					t.name, clients, w.PerSecond, w.P50, w.P99, w.ServerCPU, w.DatabaseCPU, w.PeakMiB)
			}
		}
	}
	return nil
}

// warmUp is long enough for just-in-time compilers and caches of plans.
func (b *bench) warmUp() time.Duration { return min(2*time.Second, b.length) }

// profile takes a CPU profile of our server, and what it has allocated, while it is under load.
func (b *bench) profile(ctx context.Context, e experiment, t *target) error {
	dir := filepath.Join(b.profiles, e.key)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	got := make(chan error, 1)
	seconds := int(b.length/time.Second) + 1
	go func() {
		got <- errors.Join(download(ctx, fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", b.pprof, seconds), filepath.Join(dir, "cpu.pprof")),
			download(ctx, "http://"+b.pprof+"/debug/pprof/allocs", filepath.Join(dir, "allocs.pprof")))
	}()
	if _, err := t.window(ctx, mainClients, b.length+time.Second, 0); err != nil {
		return err
	}
	return <-got
}
