package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The limit is what PostgreSQL itself gives: pgbench sends the statements of an operation, prepared, as our server sends
// them: in the same transaction and in the same batches, but without a server in between. The statements are taken from
// the wire, so they are never out of date.

// pgbench finds the program beside the binaries of PostgreSQL.
func pgbench() (string, error) {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(found) == 0 {
		return "", errors.New("pgbench is not installed: it comes with PostgreSQL's server or contrib package")
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

// limitLead is what pgbench gets to connect and to prepare its statements before a window begins.
const limitLead = 1500 * time.Millisecond

// writeScripts writes scripts to files whose names begin alike, and gives them as pgbench wants them: with their weights.
func writeScripts(all []script, prefix string) ([]string, error) {
	var out []string
	for i, s := range all {
		path := fmt.Sprintf("%s-%d.sql", prefix, i+1)
		if err := os.WriteFile(path, []byte(s.text), 0o644); err != nil {
			return nil, fmt.Errorf("write a script: %w", err)
		}
		out = append(out, fmt.Sprintf("%s@%d", path, s.weight))
	}
	return out, nil
}

// repeat lets pgbench run scripts over a number of connections, and gives the latencies of the window.
func repeat(ctx context.Context, databaseURL, dir string, scripts []string, clients int, w stopwatch) ([]time.Duration, error) {
	program, err := pgbench()
	if err != nil {
		return nil, err
	}
	dir, err = os.MkdirTemp(dir, "pgbench")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	seconds := int(time.Until(w.to)/time.Second) + 1 // it writes its log only when it ends by itself
	args := []string{"--no-vacuum", "--protocol=prepared", "--client=" + strconv.Itoa(clients), "--jobs=" + strconv.Itoa(min(clients, 2)),
		"--time=" + strconv.Itoa(seconds), "--log", "--log-prefix=" + filepath.Join(dir, "log")}
	for _, s := range scripts {
		args = append(args, "--file="+s)
	}
	cmd := exec.CommandContext(ctx, program, append(args, databaseURL)...)
	cmd.Env = append(os.Environ(), "PGOPTIONS=-c jit=off -c timezone=UTC")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("pgbench: %w\n%s", err, out)
	}
	logs, _ := filepath.Glob(filepath.Join(dir, "log*"))
	var took []time.Duration
	for _, log := range logs {
		if took, err = latencies(took, log, w); err != nil {
			return nil, err
		}
	}
	return took, nil
}

// latencies reads pgbench's log: client, number, microseconds, script, and when it ended.
func latencies(to []time.Duration, log string, w stopwatch) ([]time.Duration, error) {
	file, err := os.Open(log)
	if err != nil {
		return nil, fmt.Errorf("read pgbench's log: %w", err)
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Fields(lines.Text())
		if len(fields) < 6 {
			continue // the last line, cut off
		}
		var n [3]int64
		for i, field := range []string{fields[2], fields[4], fields[5]} {
			if n[i], err = strconv.ParseInt(field, 10, 64); err != nil {
				return nil, fmt.Errorf("read pgbench's log: %w", err)
			}
		}
		if ended := time.Unix(n[1], n[2]*1000); ended.After(w.from) && ended.Before(w.to) {
			to = append(to, time.Duration(n[0])*time.Microsecond)
		}
	}
	return to, nil
}

func splitPort(addr string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(addr)
	if err != nil {
		return "", "", fmt.Errorf("read the address: %w", err)
	}
	return host, port, nil
}
