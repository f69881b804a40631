package document_test

import (
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
)

// FuzzDocument looks for a document within the size of a request that panics or takes long.
func FuzzDocument(f *testing.F) {
	for _, text := range everyday {
		f.Add(text)
	}
	for _, text := range worst() {
		f.Add(text)
	}
	for _, c := range hostile() {
		if len(c.text) < 10_000 {
			f.Add(c.text)
		}
	}
	f.Add(introspection)
	most := limits(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > most.Body {
			return
		}
		took := time.Hour
		for range 5 { // the best of some tries, because the machine is busy and fuzzing slows what it watches
			started := time.Now()
			judge(t, document.New(schema, most, nil), most, text)
			if took = min(took, time.Since(started)); took < 10*mostTime {
				return
			}
		}
		t.Errorf("it took %s", took)
	})
}

func judge(t *testing.T, front *document.Front, most document.Limits, text string) {
	t.Helper()
	d, err := front.Document(text)
	if err != nil {
		_ = front.Explain(text)
		return
	}
	for _, op := range d.Tree.Operations {
		found, err := d.Operation(op.Name)
		if err != nil {
			continue // an anonymous one among others is refused
		}
		if cost, err := front.Cost(d, found, nil); cost < 1 || cost > 1<<30 || (err == nil) != (cost <= most.Cost) {
			t.Errorf("it costs %d: %v", cost, err)
		}
	}
}
