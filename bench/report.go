package main

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// report prints a result as Markdown: on what it was made, the goals, and all figures.
func (r *result) report(out io.Writer) error {
	var b strings.Builder
	m := r.Machine
	fmt.Fprintf(&b, "Measured on %s at commit %s, on %s, %d cores for the load, the servers and PostgreSQL together, %.0f GiB of memory;\nPostgreSQL %s, Go %s, PostGraphile %s on Node.js %s in %s.\n",
		m.Date, m.Commit, m.Processor, m.Cores, float64(m.MemoryMiB)/1024, m.PostgreSQL, m.Go, m.PostGraphile, m.Node, plural(r.PeerWorkers, "process", "processes"))
	fmt.Fprintf(&b, "%d organizations of %d leads and one of %d. Figures are medians of windows of %g s.\n\n",
		r.Volume.Orgs, r.Volume.Each.Leads, r.Volume.Giant, r.Window)
	r.goals(&b)
	r.figures(&b)
	r.wires(&b)
	_, err := io.WriteString(out, b.String())
	return err
}

// The lines of a document between which a report stands.
const (
	resultBegin = "<!-- result -->\n"
	resultEnd   = "<!-- end -->\n"
)

// reportInto writes the report into a document.
func (r *result) reportInto(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("read the document: %w", err)
	}
	before, rest, begins := strings.Cut(string(text), resultBegin)
	_, after, ends := strings.Cut(rest, resultEnd)
	if !begins || !ends {
		return fmt.Errorf("%s has no place for a result: %s%s", path, resultBegin, resultEnd)
	}
	var out strings.Builder
	if err := r.report(&out); err != nil {
		return err
	}
	if err := os.WriteFile(path, []byte(before+resultBegin+"\n"+out.String()+"\n"+resultEnd+after), 0o644); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	return nil
}

func (r *result) goals(b *strings.Builder) {
	b.WriteString("| Case | Goal | Must | Target | Figure | |\n| --- | --- | ---: | ---: | ---: | --- |\n")
	for _, g := range goals {
		figure := g.figure(r)
		limit := func(value float64) string {
			if value == 0 {
				return ""
			}
			return map[bool]string{true: "≤ ", false: "≥ "}[g.atMost] + short(value) + g.unit
		}
		shown := ""
		if figure != 0 {
			shown = short(figure) + g.unit
		}
		fmt.Fprintf(b, "| (%s) %s | %s | %s | %s | %s | %s |\n", g.key, nameOf(g.key), g.what, limit(g.must), limit(g.target), shown, g.verdict(figure))
	}
	b.WriteByte('\n')
}

func (r *result) figures(b *strings.Builder) {
	b.WriteString("| Case | Server | Clients | Requests/s | p50 ms | p95 ms | p99 ms | CPU server ms | CPU PostgreSQL ms | Peak MiB |\n" +
		"| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n")
	for _, o := range r.Experiments {
		for _, s := range o.Series {
			fmt.Fprintf(b, "| (%s) | %s | %d | %s | %s | %s | %s | %s | %s | %s |\n", o.Key, labels[s.Server], s.Clients,
				short(s.of(window.perSecond)), short(s.of(window.p50)), short(s.of(window.p95)), short(s.of(window.p99)),
				known(s.of(window.serverCPU)), known(s.of(window.databaseCPU)), known(s.of(window.peak)))
		}
	}
	b.WriteByte('\n')
	for _, o := range r.Experiments {
		for _, s := range o.Series {
			if s.Empty > 0 {
				fmt.Fprintf(b, "(%s) %s, %d clients: %s without any answer made again.\n\n", o.Key, labels[s.Server], s.Clients,
					plural(s.Empty, "window", "windows"))
			}
		}
	}
}

func (r *result) wires(b *strings.Builder) {
	b.WriteString("| Case | Server | SQL statements | Round trips | Answer kB |\n| --- | --- | ---: | ---: | ---: |\n")
	for _, o := range r.Experiments {
		for _, server := range []string{oursName, peerName} {
			if w, ok := o.Wire[server]; ok {
				fmt.Fprintf(b, "| (%s) %s | %s | %s | %s | %s |\n", o.Key, o.Name, labels[server],
					short(w.Statements), short(w.RoundTrips), short(float64(w.Bytes)/1000))
			}
		}
	}
}

// labels are the servers' names for readers.
var labels = map[string]string{
	oursName: "BottleCRM", peerName: "PostGraphile", limitName: "pgbench", batchName: "pgbench, in batches", oneName: "BottleCRM, one organization",
	smallName: "BottleCRM, small organizations",
}

func nameOf(key string) string {
	for _, e := range experiments {
		if e.key == key {
			return e.name
		}
	}
	return key
}

func plural(n int, one, more string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, more)
}

// short writes a figure with about three digits.
func short(value float64) string {
	switch {
	case value >= 100:
		return fmt.Sprintf("%.0f", value)
	case value >= 10:
		return fmt.Sprintf("%.1f", value)
	}
	return fmt.Sprintf("%.2f", value)
}

// known is short, or nothing for what could not be measured.
func known(value float64) string {
	if value == 0 {
		return ""
	}
	return short(value)
}
