package id_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

const sample = "0192f0c1-2b3c-7d4e-8f50-617283940506"

func TestAnIDKeepsItsSpelling(t *testing.T) {
	t.Parallel()
	v, err := id.Parse[id.Profile](sample)
	if err != nil || v.String() != sample {
		t.Fatalf("%s, %v", v, err)
	}
	if value, err := v.Value(); value != sample || err != nil {
		t.Errorf("Value gives %v, %v", value, err)
	}
	var written bytes.Buffer
	v.MarshalGQL(&written)
	if written.String() != `"`+sample+`"` {
		t.Errorf("GraphQL gets %s", &written)
	}
	var read id.Profile
	if err := read.UnmarshalGQL(strings.ToUpper(sample)); err != nil || read != v {
		t.Errorf("%s, %v", read, err)
	}
	for name, src := range map[string]any{"its text": sample, "its bytes": v[:], "its text as bytes": []byte(sample)} {
		var scanned id.Profile
		if err := scanned.Scan(src); err != nil || scanned != v {
			t.Errorf("from %s it scans %s, %v", name, scanned, err)
		}
	}
}

func TestOtherSpellingsAreRefused(t *testing.T) {
	t.Parallel()
	for _, src := range []any{"", "x", strings.ReplaceAll(sample, "-", ""), "{" + sample + "}", "urn:uuid:" + sample, sample + " ", " " + sample[1:],
		sample[:35] + "g", strings.ReplaceAll(sample, "-", "_"), "'" + sample[1:], 5, nil, true, []byte(sample), map[string]any{}} {
		var v id.ID
		err := v.UnmarshalGQL(src)
		if !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", src, err)
		}
		if v != (id.ID{}) {
			t.Errorf("%v left %s behind", src, v)
		}
	}
}

func TestScanRefusesWhatIsNoID(t *testing.T) {
	t.Parallel()
	for _, src := range []any{"x", 5, []byte("short")} {
		if err := new(id.Org).Scan(src); err == nil {
			t.Errorf("%v was taken", src)
		}
	}
}

func TestNewIDsSortByTime(t *testing.T) {
	t.Parallel()
	last := id.New[id.ID]()
	for range 1000 {
		next := id.New[id.ID]()
		if next.String() <= last.String() {
			t.Fatalf("%s came after %s", next, last)
		}
		last = next
	}
	if last.String()[14] != '7' {
		t.Errorf("%s is no UUIDv7", last)
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{sample, strings.ToUpper(sample), "", "{" + sample + "}", sample[1:]} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := id.Parse[id.ID](text)
		if err == nil && v.String() != strings.ToLower(text) {
			t.Errorf("%q is read as %s", text, v)
		}
	})
}
