package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// printed is what go test -bench -benchmem prints of two packages; N stands for the allocations of one benchmark.
const printed = `goos: linux
pkg: example.com/a
BenchmarkOperation/list-2         	      30	   1000000 ns/op	  100000 B/op	     N allocs/op
BenchmarkOperation/list-2         	      30	   1000000 ns/op	  100000 B/op	     N allocs/op
BenchmarkOperation/list-2         	      30	   9000000 ns/op	  900000 B/op	     9000 allocs/op
PASS
pkg: example.com/b
BenchmarkOperation/list-2         	      30	   1000000 ns/op	  100000 B/op	     50 allocs/op
PASS
`

func TestAllocationsMayNotGrow(t *testing.T) {
	t.Parallel()
	kept := func(text string) string {
		path := filepath.Join(t.TempDir(), "benchmarks.txt")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	allocating := func(n string) string { return strings.ReplaceAll(printed, "N", n) }
	before := kept(allocating("1000"))
	for name, c := range map[string]struct{ now, want string }{
		"the same":          {allocating("1000"), ""},
		"fewer":             {allocating("10"), ""},
		"some more":         {allocating("1200"), ""},
		"far more":          {allocating("1201"), "example.com/a.BenchmarkOperation/list-2 makes 1201 allocations, and made 1000"},
		"another name":      {strings.ReplaceAll(allocating("1000"), "pkg: example.com/b", "pkg: example.com/c"), "example.com/b.BenchmarkOperation/list-2 is in " + before + " and was not run"},
		"another benchmark": {allocating("1000") + "BenchmarkNew-2  1  1 ns/op  1 B/op  1 allocs/op\n", ""},
		"no number":         {allocating("many"), "invalid syntax"},
	} {
		err := grown(before, kept(c.now))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, path := range []string{kept(""), filepath.Join(t.TempDir(), "nothing")} {
		if grown(path, before) == nil {
			t.Errorf("%s holds nothing to compare with", path)
		}
	}
}
