//go:build unix

package devdb

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestGuard kills a process that has a temporary server: itself, started once more with a directory to use.
func TestGuard(t *testing.T) {
	const variable = "DEVDB_TEST_GUARD_DIR"
	if dir := os.Getenv(variable); dir != "" {
		if _, err := Start(t.Context(), Options{Dir: dir, Settings: fast, Temporary: true}); err != nil {
			t.Fatal(err)
		}
		_ = os.Stdout.Close() // tells the parent that the server runs
		time.Sleep(time.Minute)
		return
	}
	t.Parallel()
	dir := tempDir(t)
	child := exec.Command(os.Args[0], "-test.run=^TestGuard$")
	child.Env = append(os.Environ(), variable+"="+dir)
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := stdout.Read(make([]byte, 1)); err == nil {
		t.Error("the child did not start a server")
	}
	servers, err := filepath.Glob(filepath.Join(dir, "postgres-*", "data"))
	if err != nil || len(servers) != 1 {
		t.Fatalf("the child has no server: %v, %v", servers, err)
	}
	file, err := os.ReadFile(filepath.Join(servers[0], "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(file), "\n")
	pid, err := strconv.Atoi(first)
	if err != nil || !isPostmaster(t.Context(), pid, servers[0]) {
		t.Fatalf("process %q is no server: %v", first, err)
	}
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // it was killed
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		_, err := os.Stat(dir)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("the directory of a killed process is still there: %v", err)
		}
	}
	if isPostmaster(t.Context(), pid, servers[0]) {
		t.Error("the server of a killed process still runs")
	}
}
