package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// describe says what a run is made on. What cannot be found out stays empty.
func describe(ctx context.Context, b *bench) (machine, error) {
	conn, err := pgx.Connect(ctx, b.many.adminURL)
	if err != nil {
		return machine{}, fmt.Errorf("connect as the administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	m := machine{
		Date: time.Now().UTC().Format(time.DateOnly), Commit: output(ctx, "git", "describe", "--always", "--dirty"),
		Go: strings.TrimPrefix(runtime.Version(), "go"), Cores: runtime.NumCPU(),
		Processor: fieldOf("/proc/cpuinfo", "model name"),
	}
	kB, _ := strconv.ParseInt(strings.TrimSuffix(fieldOf("/proc/meminfo", "MemTotal"), " kB"), 10, 64)
	m.MemoryMiB = kB >> 10
	m.PostgreSQL, _, _ = strings.Cut(conn.PgConn().ParameterStatus("server_version"), " ")
	if dir, err := peerDir(ctx); err == nil {
		m.Node, m.PostGraphile = versionOf(dir, "node"), versionOf(dir, "postgraphile")
	}
	return m, nil
}

func output(ctx context.Context, name string, args ...string) string {
	out, _ := exec.CommandContext(ctx, name, args...).Output()
	return string(bytes.TrimSpace(out))
}

func versionOf(dir, name string) string {
	var about struct{ Version string }
	text, _ := os.ReadFile(filepath.Join(dir, "node_modules", name, "package.json"))
	_ = json.Unmarshal(text, &about)
	return about.Version
}

// fieldOf is the first value of a name in a file of lines "name : value".
func fieldOf(path, name string) string {
	text, _ := os.ReadFile(path)
	for line := range strings.Lines(string(text)) {
		if field, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(field) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
