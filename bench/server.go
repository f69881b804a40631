package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// module is the path of the program that is measured.
const module = "github.com/bottlecrm/bottlecrm-graphql"

// build builds the server as its users do; a profile beside the program is used by itself.
func build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "bottlecrm")
	cmd := exec.CommandContext(ctx, "go", "build", "-o", binary, module)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the server: %w\n%s", err, out)
	}
	return binary, nil
}

// startOurs runs our server with its defaults: authentication, limits and logging are on. A profiler listens at
// pprof unless that is empty.
func startOurs(ctx context.Context, name, binary, databaseURL, dir, pprof string) (*process, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, "serve")
	cmd.Dir = dir // no file .env here
	cmd.Env = append(os.Environ(), "DATABASE_URL="+databaseURL, "JWT_SECRET="+jwtSecret, "ADDR="+addr, "PPROF_ADDR="+pprof)
	return start(ctx, name, addr, "http://"+addr+"/readyz", dir, cmd)
}

// errNoPeer is the failure where the peer is not installed.
var errNoPeer = errors.New("the peer is not installed: npm ci in bench/postgraphile")

// peerDir is where the peer is installed, below the module's directory.
func peerDir(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("find the module: %w", err)
	}
	dir := filepath.Join(string(out[:len(out)-1]), "bench", "postgraphile")
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); errors.Is(err, fs.ErrNotExist) {
		return "", errNoPeer
	}
	return dir, nil
}

// startPeer runs PostGraphile as the same role on the same database, in as many processes as there are workers,
// and with sums in its schema where they are asked for.
func startPeer(ctx context.Context, databaseURL, dir string, workers int, sums bool) (*process, error) {
	source, err := peerDir(ctx)
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	_, port, err := splitPort(addr)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(filepath.Join(source, "node_modules", ".bin", "node"), "server.mjs")
	cmd.Dir = source
	cmd.Env = append(os.Environ(), "NODE_ENV=production", "GRAPHILE_ENV=production", "DATABASE_URL="+databaseURL,
		"PORT="+port, "POOL_SIZE="+strconv.Itoa(tenant.DefaultPoolSize()), "WORKERS="+strconv.Itoa(workers))
	if sums {
		cmd.Env = append(cmd.Env, "AGGREGATES=1")
	}
	return start(ctx, "peer", addr, "http://"+addr+"/", dir, cmd)
}
