package devdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
)

// oldest is the first major version that the migrations run on (ON DELETE SET NULL with a column list).
const oldest = 15

// places of packages that do not put the server's programs on PATH: Debian, Fedora and PGDG, Homebrew, from source.
var places = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/opt/homebrew/opt/postgresql@*/bin",
	"/usr/local/opt/postgresql@*/bin",
	"/usr/local/pgsql/bin",
}

var errNoBinaries = fmt.Errorf("no PostgreSQL %d or newer on this machine", oldest)

// binaries is a directory with the programs of one version.
type binaries struct {
	dir   string
	major int
}

func (b binaries) path(program string) string { return filepath.Join(b.dir, program) }

// Installed reports whether this machine has binaries that are new enough, so that Start need not download any.
func Installed(ctx context.Context) bool {
	_, err := find(ctx, places)
	return err == nil
}

func findOrDownload(ctx context.Context, dir string, as *account, log *slog.Logger) (binaries, error) {
	b, err := find(ctx, places)
	if errors.Is(err, errNoBinaries) {
		return download(ctx, dir, as, log, "")
	}
	return b, err
}

// find prefers what is on PATH, then the newest of the places.
func find(ctx context.Context, places []string) (binaries, error) {
	if program, err := exec.LookPath("postgres"); err == nil {
		// Homebrew and others link single programs; initdb sits where the link leads.
		if target, err := filepath.EvalSymlinks(program); err == nil {
			program = target
		}
		if b, err := inspect(ctx, filepath.Dir(program)); err == nil {
			return b, nil
		}
	}
	var newest binaries
	for _, pattern := range places {
		dirs, err := filepath.Glob(pattern)
		if err != nil {
			return binaries{}, fmt.Errorf("look for PostgreSQL in %s: %w", pattern, err)
		}
		for _, dir := range dirs {
			if b, err := inspect(ctx, dir); err == nil && b.major > newest.major {
				newest = b
			}
		}
	}
	if newest.major == 0 {
		return binaries{}, errNoBinaries
	}
	return newest, nil
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// inspect asks the programs of a directory for their version and refuses what is too old or incomplete.
func inspect(ctx context.Context, dir string) (binaries, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return binaries{}, fmt.Errorf("find initdb: %w", err)
	}
	out, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return binaries{}, fmt.Errorf("ask for the version: %w", err)
	}
	match := versionPattern.FindSubmatch(out)
	if match == nil {
		return binaries{}, fmt.Errorf("%s does not tell its version", dir)
	}
	major, err := strconv.Atoi(string(match[1]))
	if err != nil || major < oldest {
		return binaries{}, fmt.Errorf("%s has version %s, which is older than %d", dir, match[1], oldest)
	}
	return binaries{dir: dir, major: major}, nil
}
