package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestPercentiles(t *testing.T) {
	t.Parallel()
	var took []time.Duration
	for i := 100; i > 0; i-- {
		took = append(took, time.Duration(i)*time.Millisecond)
	}
	w := newWindow(took, 2*time.Second, 200*time.Millisecond, 50*time.Millisecond, 3<<20)
	if want := (window{PerSecond: 50, P50: 50, P95: 95, P99: 99, ServerCPU: 2, DatabaseCPU: 0.5, PeakMiB: 3}); w != want {
		t.Errorf("got  %+v\nwant %+v", w, want)
	}
	if got := percentile([]time.Duration{time.Millisecond}, 99); got != 1 {
		t.Errorf("the only value: %v", got)
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for want, values := range map[float64][]float64{0: nil, 3: {9, 1, 3}, 2.5: {4, 1, 2, 3}} {
		if got := median(values); got != want {
			t.Errorf("median of %v: %v", values, got)
		}
	}
}

// madeUpResult has case (a) alone, at the main number of clients.
func madeUpResult(of map[string][]window) *result {
	o := &outcome{Key: "a", Name: "list <of> 20", Wire: map[string]wire{oursName: {Bytes: 8700, Statements: 5, RoundTrips: 4}}}
	for _, server := range []string{oursName, peerName, limitName, oneName, smallName} {
		if windows, ok := of[server]; ok {
			o.Series = append(o.Series, &series{Server: server, Clients: mainClients, Windows: windows})
		}
	}
	return &result{Window: 3, PeerWorkers: 1, Experiments: []*outcome{o}}
}

// TestRatiosPairWindows: the machine was twice as slow in the second window, for both.
func TestRatiosPairWindows(t *testing.T) {
	t.Parallel()
	r := madeUpResult(map[string][]window{
		oursName: {{PerSecond: 900, P50: 10}, {PerSecond: 450, P50: 20}},
		peerName: {{PerSecond: 300, P50: 40}, {PerSecond: 150, P50: 80}},
	})
	if got := goals[0].figure(r); got != 3 { // by throughput three times, by latency four times
		t.Errorf("against the peer: %v", got)
	}
	if got := goals[1].figure(r); got != 0 {
		t.Errorf("against what was not measured: %v", got)
	}
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	more, less := faster("a", peerName, 2, 3), slower("a", oneName, "", 1.2, 1.1)
	for _, tt := range []struct {
		goal   goal
		figure float64
		want   string
	}{
		{more, 0, "not measured"}, {more, 1.9, "**missed**"}, {more, 2, "reached"}, {more, 3, "target"},
		{less, 1.3, "**missed**"}, {less, 1.2, "reached"}, {less, 1, "target"}, {tail("b"), 0.5, "reached"},
	} {
		if got := tt.goal.verdict(tt.figure); got != tt.want {
			t.Errorf("%s with %v: %s, not %s", tt.goal.what, tt.figure, got, tt.want)
		}
	}
	r := madeUpResult(map[string][]window{oursName: {{PerSecond: 1, P50: 1}}, peerName: {{PerSecond: 1, P50: 1}}})
	if err := r.missed(); !errors.Is(err, errMissed) {
		t.Errorf("a missed goal: %v", err)
	}
	if err := madeUpResult(nil).missed(); err != nil {
		t.Errorf("nothing measured: %v", err)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	r := madeUpResult(map[string][]window{oursName: {{PerSecond: 900, P50: 10, PeakMiB: 40}}, peerName: {{PerSecond: 300, P50: 40}}})
	path := filepath.Join(t.TempDir(), "result.json")
	if err := r.write(path); err != nil {
		t.Fatal(err)
	}
	again, err := readResult(path)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, r) {
		t.Errorf("read again: %+v", again)
	}
	var out bytes.Buffer
	if err := again.report(&out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| (a) list of 20 | against PostGraphile | ≥ 2.00× | ≥ 3.00× | 3.00× | target |",
		"| (a) | BottleCRM | 16 | 900 | 10.0 | 0.00 | 0.00 |  |  | 40.0 |",
		"| (a) list <of> 20 | BottleCRM | 5.00 | 4.00 | 8.70 |",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no line %s in\n%s", want, out.String())
		}
	}
}

func TestChartIsSVG(t *testing.T) {
	t.Parallel()
	chart := madeUpResult(map[string][]window{oursName: {{PerSecond: 900}}, peerName: {{PerSecond: 300}}, limitName: {{PerSecond: 3000}}}).chart()
	var rectangles int
	for d := xml.NewDecoder(bytes.NewReader(chart)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, chart)
		}
		if element, ok := token.(xml.StartElement); ok && element.Name.Local == "rect" {
			rectangles++
		}
	}
	if rectangles != 3+3 { // the key and the bars
		t.Errorf("%d rectangles in\n%s", rectangles, chart)
	}
	for _, want := range []string{"900/s  3.00×", "3000/s  10.0×", "list &lt;of&gt; 20"} {
		if !bytes.Contains(chart, []byte(want)) {
			t.Errorf("no %s in\n%s", want, chart)
		}
	}
}

// TestDocumentsShowThePublishedResult keeps docs/performance.md and its picture from falling behind.
func TestDocumentsShowThePublishedResult(t *testing.T) {
	t.Parallel()
	r, err := readResult(filepath.Join("..", published))
	if err != nil {
		t.Fatal(err)
	}
	const document = "../docs/performance.md"
	shown, err := os.ReadFile(document)
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "performance.md")
	if err := os.WriteFile(copied, shown, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := r.reportInto(copied); err != nil {
		t.Fatal(err)
	}
	if anew, err := os.ReadFile(copied); err != nil || !bytes.Equal(anew, shown) {
		t.Errorf("%s is not of %s: go run ./bench report -into docs/performance.md (%v)", document, published, err)
	}
	if drawn, err := os.ReadFile(filepath.Join("..", picture)); err != nil || !bytes.Equal(drawn, r.chart()) {
		t.Errorf("%s is not of %s: go run ./bench chart (%v)", picture, published, err)
	}
}
