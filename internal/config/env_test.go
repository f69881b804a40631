package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFileSuppliesWhatTheProcessLacks(t *testing.T) {
	t.Parallel()
	env, err := environment(process, file(t, "# comment\nADDR=:1\nLOG_LEVEL='warn'\nLOG_FORMAT=json\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"ADDR": ":2", "LOG_LEVEL": "warn", "LOG_FORMAT": "json", "OTHER": ""} {
		if got := env(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
}

func TestThereNeedNotBeAFile(t *testing.T) {
	t.Parallel()
	env, err := environment(process, filepath.Join(t.TempDir(), ".env"))
	if err != nil || env("ADDR") != ":2" {
		t.Error(err)
	}
}

func TestBrokenFileIsReportedWithoutItsText(t *testing.T) {
	t.Parallel()
	_, err := environment(process, file(t, "JWT_SECRET=\"hunter2\nADDR-:1"))
	if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "NAME=value") {
		t.Error(err)
	}
}

func TestUnreadableFileIsReported(t *testing.T) {
	t.Parallel()
	if _, err := environment(process, t.TempDir()); err == nil {
		t.Error("a directory is read as a file")
	}
}

// process has an address and an empty level.
func process(name string) string {
	return map[string]string{"ADDR": ":2", "LOG_LEVEL": ""}[name]
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
