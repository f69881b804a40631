package seed

import (
	"fmt"
	"io"
	"sync"
	"text/tabwriter"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Report is what a load did.
type Report struct {
	Loaded, Reused int     // organizations
	Tables         []Table // in the order in which they were filled
	Took           time.Duration

	mu sync.Mutex
}

// Table is what one table got.
type Table struct {
	Name string
	Rows int
	Took time.Duration // of all connections together
}

func (r *Report) organization(loaded bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if loaded {
		r.Loaded++
	} else {
		r.Reused++
	}
}

func (r *Report) count(name string, rows int, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range r.Tables {
		if t := &r.Tables[i]; t.Name == name {
			t.Rows, t.Took = t.Rows+rows, t.Took+took
			return
		}
	}
	r.Tables = append(r.Tables, Table{name, rows, took})
}

// Write prints the report.
func (r *Report) Write(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	if len(r.Tables) > 0 {
		fmt.Fprintln(out, "table\trows\tseconds\trows/s\t")
	}
	rows := 0
	for _, t := range r.Tables {
		rows += t.Rows
		fmt.Fprintf(out, "%s\t%d\t%.1f\t%.0f\t\n", t.Name, t.Rows, t.Took.Seconds(), float64(t.Rows)/t.Took.Seconds())
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	if _, err := fmt.Fprintf(w, "%d organizations loaded, %d were there; %d rows in %.1f s\n", r.Loaded, r.Reused, rows, r.Took.Seconds()); err != nil {
		return fmt.Errorf("print the report: %w", err)
	}
	return nil
}

// progress is a bar on a terminal, or nothing.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(w io.Writer, records int) *progress {
	if w == nil || records == 0 {
		return &progress{}
	}
	return &progress{progressbar.NewOptions(records, progressbar.OptionSetWriter(w), progressbar.OptionShowCount(),
		progressbar.OptionShowIts(), progressbar.OptionSetItsString("records"), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish())}
}

// A bar that cannot be drawn is no reason to stop.
func (p *progress) add(records int) {
	if p.bar != nil {
		_ = p.bar.Add(records)
	}
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
