//go:build unix

package devdb

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// sleeper runs a harmless program under the server's account and returns its process id.
func sleeper(t *testing.T, s *Server) int {
	t.Helper()
	cmd := exec.Command("sleep", "600")
	s.dress(cmd, "/")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd.Process.Pid
}

func TestAccount(t *testing.T) {
	t.Parallel()
	a, err := serverAccount()
	if err != nil {
		t.Fatal(err)
	}
	closed := filepath.Join(tempDir(t), "closed")
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(closed, "database")
	if os.Geteuid() != 0 {
		if a != nil {
			t.Errorf("an ordinary user would run PostgreSQL as %s", a.name)
		}
		return
	}
	if a == nil || a.uid == 0 {
		t.Fatal("root would run PostgreSQL itself")
	}
	if err := a.reach(filepath.Dir(closed)); err != nil {
		t.Error(err)
	}
	if err := a.reach(dir); err == nil || !strings.Contains(err.Error(), closed) {
		t.Errorf("%s lets %s in: %v", closed, a.name, err)
	}
	if _, err := Start(t.Context(), Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "may not enter") {
		t.Errorf("an unreachable directory was taken: %v", err)
	}
}

func TestDefaultDir(t *testing.T) {
	home := filepath.Join(tempDir(t), "home")
	if err := os.Mkdir(home, 0o755); err != nil {
		t.Fatal(err)
	}
	check := func(want string) {
		t.Helper()
		if got, err := DefaultDir(); err != nil || got != want {
			t.Errorf("DefaultDir is %s, %v; want %s", got, err, want)
		}
	}
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	check(filepath.Join(home, "cache", "bottlecrm"))

	t.Chdir(home)
	t.Setenv("HOME", "")
	t.Setenv("XDG_CACHE_HOME", "")
	check(filepath.Join(home, ".bottlecrm"))

	if os.Geteuid() == 0 {
		if err := os.Chmod(home, 0o700); err != nil {
			t.Fatal(err)
		}
		check(rootDir)
	}
}

// tempDir is a directory that the server's account can enter; t.TempDir sits in one that it cannot.
func tempDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
