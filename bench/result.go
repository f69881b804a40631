package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
	"time"
)

// result is a run, as it is kept in a file.
type result struct {
	Machine     machine    `json:"machine"`
	Volume      volume     `json:"volume"`
	Window      float64    `json:"windowSeconds"`
	PeerWorkers int        `json:"peerWorkers"`
	Experiments []*outcome `json:"experiments"`
}

// machine is on what a run was made.
type machine struct {
	Date, Commit, Processor, Go, PostgreSQL, PostGraphile, Node string
	Cores                                                       int
	MemoryMiB                                                   int64
}

// outcome is what one case gave.
type outcome struct {
	Key    string          `json:"key"`
	Name   string          `json:"name"`
	Wire   map[string]wire `json:"wire"` // by server
	Series []*series       `json:"series"`
}

// wire is what an operation costs besides time.
type wire struct {
	Bytes      int     `json:"bytes"` // of the answer
	Statements float64 `json:"statements,omitempty"`
	RoundTrips float64 `json:"roundTrips,omitempty"`
}

// series is the windows of one server at a number of clients.
type series struct {
	Server  string   `json:"server"`
	Clients int      `json:"clients"`
	Windows []window `json:"windows"`
	Empty   int      `json:"empty,omitempty"` // windows in which nothing was answered, and which were made again
}

// window is one stretch of time. Latencies and CPU times are milliseconds, CPU times for each request.
type window struct {
	PerSecond   float64 `json:"perSecond"`
	P50         float64 `json:"p50"`
	P95         float64 `json:"p95"`
	P99         float64 `json:"p99"`
	ServerCPU   float64 `json:"serverCpu,omitempty"`
	DatabaseCPU float64 `json:"databaseCpu"`
	PeakMiB     float64 `json:"peakMiB,omitempty"`
}

// newWindow sums up the latencies of a window; it sorts them.
func newWindow(took []time.Duration, length, server, database time.Duration, peak int64) window {
	slices.Sort(took)
	n := float64(max(1, len(took)))
	return window{
		PerSecond: float64(len(took)) / length.Seconds(), P50: percentile(took, 50), P95: percentile(took, 95), P99: percentile(took, 99),
		ServerCPU: milliseconds(server) / n, DatabaseCPU: milliseconds(database) / n, PeakMiB: float64(peak) / (1 << 20),
	}
}

// percentile is the smallest value that p percent of the sorted ones do not exceed, in milliseconds.
func percentile(sorted []time.Duration, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return milliseconds(sorted[max(0, int(math.Ceil(p/100*float64(len(sorted))))-1)])
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// median is the middle one, or the mean of the two in the middle; 0 when there is none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// at finds the windows of a server; nil when it was not measured.
func (o *outcome) at(server string, clients int) *series {
	if o == nil {
		return nil
	}
	for _, s := range o.Series {
		if s.Server == server && s.Clients == clients {
			return s
		}
	}
	return nil
}

// of is the median over the windows.
func (s *series) of(value func(window) float64) float64 {
	if s == nil {
		return 0
	}
	values := make([]float64, len(s.Windows))
	for i, w := range s.Windows {
		values[i] = value(w)
	}
	return median(values)
}

// against is the median of the quotients of windows that followed one another: the machine's speed, which changes
// from minute to minute, cancels out. It is 0 when there is nothing to compare.
func (s *series) against(other *series, value func(window) float64) float64 {
	if s == nil || other == nil {
		return 0
	}
	var quotients []float64
	for i := range min(len(s.Windows), len(other.Windows)) {
		if divisor := value(other.Windows[i]); divisor > 0 {
			quotients = append(quotients, value(s.Windows[i])/divisor)
		}
	}
	return median(quotients)
}

func (w window) perSecond() float64   { return w.PerSecond }
func (w window) p50() float64         { return w.P50 }
func (w window) p95() float64         { return w.P95 }
func (w window) p99() float64         { return w.P99 }
func (w window) serverCPU() float64   { return w.ServerCPU }
func (w window) databaseCPU() float64 { return w.DatabaseCPU }
func (w window) peak() float64        { return w.PeakMiB }

func (r *result) experiment(key string) *outcome {
	for _, o := range r.Experiments {
		if o.Key == key {
			return o
		}
	}
	return nil
}

func (r *result) write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("write the result: %w", err)
	}
	return nil
}

func readResult(path string) (*result, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the result: %w", err)
	}
	r := new(result)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("read the result %s: %w", path, err)
	}
	return r, nil
}
