package fastgraph_test

import (
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
)

// root is the module, seen from this package.
const root = "../.."

// stock is what gqlgen generates by itself, and programs built over it.
type stock struct{ dir, overlay string }

// generate has gqlgen generate into a copy of the module, where it finds what it knows by the module's name.
func generate(t *testing.T) stock {
	t.Helper()
	s := stock{dir: t.TempDir()}
	command(t, root, "go", "build", "-o", filepath.Join(s.dir, "generate"), "./internal/generate")
	tree := filepath.Join(s.dir, "tree")
	for _, part := range []string{"go.mod", "go.sum", "gqlgen.yml", "schema", "model", "resolver", "graph", "internal"} {
		copyTree(t, part, tree)
	}
	command(t, tree, filepath.Join(s.dir, "generate"), "-stock")

	replace := map[string]string{}
	written, err := filepath.Glob(filepath.Join(tree, "graph", "*.go"))
	if err != nil || len(written) < 10 {
		t.Fatalf("gqlgen has written %d files: %v", len(written), err)
	}
	for _, path := range written {
		own, err := filepath.Abs(filepath.Join(root, "graph", filepath.Base(path)))
		if err != nil {
			t.Fatal(err)
		}
		replace[own] = path
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "fastgraph") {
			t.Fatalf("%s is rewritten", path)
		}
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	s.overlay = filepath.Join(s.dir, "overlay.json")
	if err := os.WriteFile(s.overlay, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

func copyTree(t *testing.T, part, to string) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(root, part), func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if entry.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		}
		text, err := os.ReadFile(path)
		if err != nil || strings.HasSuffix(path, "_test.go") {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(filepath.Join(to, name)), 0o755); err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), text, 0o600)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// build builds a program over gqlgen's own code.
func (s stock) build(t *testing.T, program string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "program")
	command(t, root, "go", "build", "-overlay", s.overlay, "-o", out, program)
	return out
}

// serve starts a server over gqlgen's own code, on the database of a test, and gives the endpoint.
func (s stock) serve(t *testing.T, env *apitest.Env) string {
	t.Helper()
	port, err := devdb.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	server := exec.CommandContext(t.Context(), s.build(t, "."), "serve")
	server.Dir = t.TempDir()
	server.Env = []string{"DATABASE_URL=" + env.Database.AppURL, "JWT_SECRET=" + apitest.Secret, "ADDR=" + address, "DATABASE_POOL_SIZE=5", "FILES_URL=" + files.Folder(t.TempDir())}
	var log apitest.Log
	server.Stdout, server.Stderr = &log, &log
	server.Cancel = func() error { return server.Process.Signal(syscall.SIGTERM) }
	server.WaitDelay = 20 * time.Second
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Cancel()
		_ = server.Wait()
		if t.Failed() {
			t.Log(log.String())
		}
	})
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		answer, err := http.Get("http://" + address + "/healthz")
		if err == nil {
			_ = answer.Body.Close()
			return "http://" + address + "/graphql"
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server does not answer: %v\n%s", err, log.String())
		}
	}
}

// command runs a program to its end and gives what it printed.
func command(t *testing.T, dir, name string, arguments ...string) string {
	t.Helper()
	c := exec.CommandContext(t.Context(), name, arguments...)
	c.Dir = dir
	var failed apitest.Log
	c.Stderr = &failed
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, failed.String())
	}
	return string(out)
}
