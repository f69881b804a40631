//go:build unix

package devdb

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// version makes programs that only tell a version.
func version(t *testing.T, dir, text string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + text + "'\n"
	for _, program := range []string{"postgres", "initdb"} {
		if err := os.WriteFile(filepath.Join(dir, program), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFind(t *testing.T) {
	root := t.TempDir()
	t.Setenv("PATH", filepath.Join(root, "path")+":/usr/bin:/bin")
	version(t, filepath.Join(root, "9", "bin"), "9.6.24")
	version(t, filepath.Join(root, "14", "bin"), "14.18")
	where := []string{filepath.Join(root, "*", "bin")}

	if b, err := find(t.Context(), where); !errors.Is(err, errNoBinaries) {
		t.Errorf("took what is too old: %v, %v", b, err)
	}
	version(t, filepath.Join(root, "15", "bin"), "15.18 (Debian 15.18-1)")
	version(t, filepath.Join(root, "100", "bin"), "100devel")
	if b, err := find(t.Context(), where); err != nil || b.major != 100 {
		t.Errorf("found %v, %v; want the newest", b, err)
	}
	version(t, filepath.Join(root, "path"), "13.1")
	if b, err := find(t.Context(), where); err != nil || b.major != 100 {
		t.Errorf("found %v, %v; what is on PATH is too old", b, err)
	}
	version(t, filepath.Join(root, "path"), "17.6")
	if b, err := find(t.Context(), where); err != nil || b.major != 17 {
		t.Errorf("found %v, %v; want what is on PATH", b, err)
	}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)

	t.Run("a failure says what to do", func(t *testing.T) {
		t.Parallel()
		empty := httptest.NewServer(http.NotFoundHandler())
		defer empty.Close()
		_, err := download(t.Context(), t.TempDir(), nil, log, empty.URL)
		if !errors.Is(err, errNoBinaries) || !strings.Contains(err.Error(), "install PostgreSQL 15 or newer, or set DATABASE_URL") {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("a cancelled start does not wait for a slow repository", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		slow := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { cancel(); <-t.Context().Done() }))
		t.Cleanup(slow.Close)
		if _, err := download(ctx, t.TempDir(), nil, log, slow.URL); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("what an earlier run fetched is used", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		version(t, filepath.Join(dir, "binaries", string(downloadVersion), "bin"), "17.5")
		if b, err := download(t.Context(), dir, nil, log, "http://127.0.0.1:1"); err != nil || b.major != 17 {
			t.Errorf("got %v, %v", b, err)
		}
	})
}
