package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

// few is a load under which something is answered in a short window on any machine.
const few = 2

// TestRun makes a whole run in small: a few rows, one short window each. The peer and pgbench take part where they are
// installed.
func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := &bench{
		schedule: schedule{clients: []int{few}, windows: 1, length: 150 * time.Millisecond},
		out:      &out, dir: t.TempDir(), results: t.TempDir(), workers: 1, noPeer: true, noLimit: true,
	}
	var err error
	if b.binary, err = build(t.Context(), b.dir); err != nil {
		t.Fatal(err)
	}
	fill := func(v volume) (*database, *world) {
		db := testdb.NewEmpty(t)
		d := &database{name: db.Name, adminURL: db.AdminURL, ownerURL: db.OwnerURL, appURL: db.AppURL}
		w, err := d.fill(t.Context(), b.binary, v)
		if err != nil {
			t.Fatal(err)
		}
		return d, w
	}
	v := volume{Orgs: 2, Each: size{Leads: 60, Accounts: 30, Contacts: 60, Opportunities: 40}, Giant: 100}
	b.many, b.world = fill(v)
	b.one, b.solo = fill(volume{Orgs: 1, Each: v.Each})
	if b.postmaster, err = postmasterOf(t.Context(), b.many); err != nil {
		t.Fatal(err)
	}

	outcomes, err := b.run(t.Context(), experiments)
	if err != nil {
		t.Fatalf("%v\n%s", err, out.String())
	}
	r := &result{Experiments: outcomes}
	for _, e := range experiments {
		o := r.experiment(e.key)
		mine := o.at(oursName, few)
		if mine == nil || len(mine.Windows) != 1 || mine.of(window.perSecond) == 0 || mine.of(window.p99) == 0 {
			t.Errorf("(%s) was measured as %+v", e.key, mine)
		}
		if seen := o.Wire[oursName]; seen.Statements < 4 || seen.RoundTrips < 1 || seen.Bytes < 30 {
			t.Errorf("(%s) looked like %+v on the wire", e.key, seen)
		}
		if alone := o.at(oneName, few); (alone != nil) != e.growth {
			t.Errorf("(%s) growth: %+v", e.key, alone)
		}
	}
	if small := r.experiment("e").at(smallName, few); small == nil {
		t.Errorf("small organizations: %+v", small)
	}

	t.Run("beside the peer and the limit, and profiled", func(t *testing.T) {
		if _, err := peerDir(t.Context()); err == nil {
			b.noPeer = false
		} else if !errors.Is(err, errNoPeer) {
			t.Fatal(err)
		}
		if _, err := pgbench(); err == nil {
			b.noLimit = false
		}
		b.one, b.profiles = nil, t.TempDir()
		if b.pprof, err = freeAddr(); err != nil {
			t.Fatal(err)
		}
		some := slices.DeleteFunc(slices.Clone(experiments), func(e experiment) bool { return !strings.Contains("bgd", e.key) })
		outcomes, err := b.run(t.Context(), some)
		if err != nil {
			t.Fatalf("%v\n%s", err, out.String())
		}
		for _, o := range outcomes {
			for server, absent := range map[string]bool{peerName: b.noPeer, limitName: b.noLimit} {
				if s := o.at(server, few); (s == nil) != absent {
					t.Errorf("(%s) %s was measured as %+v", o.Key, server, s)
				}
			}
			if profile, err := os.ReadFile(filepath.Join(b.profiles, o.Key, "cpu.pprof")); err != nil || len(profile) == 0 {
				t.Errorf("(%s) profile of %d bytes, %v", o.Key, len(profile), err)
			}
		}
	})
}
