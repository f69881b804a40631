package main

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
)

// What Go's benchmarks allocate hardly depends on the machine, unlike their time. So a run anywhere can be compared with one
// that was kept.

// mostGrowth is how many times its former allocations a benchmark may have. Less is noticed by people, in the report of
// benchstat.
const mostGrowth = 1.2

// allocations reads what go test -bench -benchmem has printed, and gives each benchmark's allocations: the median of its
// runs.
func allocations(path string) (map[string]float64, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the benchmarks: %w", err)
	}
	runs := map[string][]float64{}
	pkg := ""
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] == "pkg:" {
			pkg = fields[1]
		}
		unit := slices.Index(fields, "allocs/op")
		if unit < 1 || !strings.HasPrefix(line, "Benchmark") {
			continue
		}
		n, err := strconv.ParseFloat(fields[unit-1], 64)
		if err != nil {
			return nil, fmt.Errorf("read the benchmarks in %s: %w", path, err)
		}
		name := pkg + "." + fields[0]
		runs[name] = append(runs[name], n)
	}
	out := make(map[string]float64, len(runs))
	for name, n := range runs {
		out[name] = median(n)
	}
	return out, nil
}

// grown is an error when a benchmark allocates far more than it did, or is not there any more.
func grown(before, now string) error {
	old, err := allocations(before)
	if err != nil {
		return err
	}
	found, err := allocations(now)
	if err != nil {
		return err
	}
	if len(old) == 0 {
		return fmt.Errorf("there are no benchmarks in %s", before)
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(old)) {
		switch n, ok := found[name]; {
		case !ok:
			errs = append(errs, fmt.Errorf("%s is in %s and was not run", name, before))
		case n > old[name]*mostGrowth:
			errs = append(errs, fmt.Errorf("%s makes %.0f allocations, and made %.0f", name, n, old[name]))
		}
	}
	return errors.Join(errs...)
}
