package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestFilesSweep(t *testing.T) {
	t.Parallel()
	db, dir := testdb.New(t), t.TempDir()
	env := append(settings(t, db.AppURL), "FILES_URL="+files.Folder(dir))
	if _, said, status := run(t, env, "seed", "demo"); status != 0 {
		t.Fatal(said)
	}
	var acme string
	if err := connect(t, db.AdminURL).QueryRow(t.Context(), "SELECT id::text FROM organization WHERE name = 'Acme'").Scan(&acme); err != nil {
		t.Fatal(err)
	}
	kept := func() (n int) {
		all, err := os.ReadDir(filepath.Join(dir, acme))
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	named := kept()
	if named < 8 {
		t.Errorf("the demo keeps %d files", named)
	}
	left := filepath.Join(dir, acme, id.New[id.ID]().String())
	if err := os.WriteFile(left, []byte("left by a server that died"), 0o600); err != nil {
		t.Fatal(err)
	}
	age := func(by time.Duration) {
		all, _ := filepath.Glob(filepath.Join(dir, acme, "*"))
		for _, path := range all {
			if err := os.Chtimes(path, time.Now(), time.Now().Add(-by)); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, step := range []struct {
		age  time.Duration
		args string
		says string
		left int
	}{
		{23 * time.Hour, "", "0 deleted\n", named + 1},
		{25 * time.Hour, "--org Globex", "0 deleted\n", named + 1},
		{25 * time.Hour, "", "1 deleted\n", named},
		{1000 * time.Hour, "--age 1h", "0 deleted\n", named},
	} {
		age(step.age)
		if out, said, status := run(t, env, append([]string{"files", "sweep"}, strings.Fields(step.args)...)...); status != 0 || out != step.says || kept() != step.left {
			t.Errorf("after %s: status %d, %s%s, %d files are left", step.age, status, out, said, kept())
		}
	}
	if out, said, status := run(t, env, "files", "sweep", "--age", "5m"); status != 1 || !strings.Contains(said, "may be about to be named") {
		t.Errorf("status %d: %s%s", status, out, said)
	}
	if out, said, status := run(t, settings(t, db.AppURL), "files", "sweep"); status != 1 || !strings.Contains(said, "FILES_URL is not set") {
		t.Errorf("without a store: status %d: %s%s", status, out, said)
	}
}
