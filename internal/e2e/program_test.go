package e2e

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
)

// patience is how long the slowest step may take on a busy machine: a first start, which makes a database cluster.
const patience = time.Minute

// program is a running program. Whoever forgets to stop it has it stopped at the end of the test.
type program struct {
	cmd  *exec.Cmd
	out  output // what a person sees
	log  output
	done chan struct{} // closed when it has ended
}

// start starts the program in a directory, with these variables and PATH and no others.
func start(t *testing.T, dir string, env []string, args ...string) *program {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatalf("build the program: %v", err)
	}
	p := &program{cmd: exec.Command(path, args...), done: make(chan struct{})}
	p.cmd.Dir = dir
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.log
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // the status is read from ProcessState
		close(p.done)
	}()
	t.Cleanup(func() {
		if p.running() {
			p.signal(t, syscall.SIGTERM)
			p.status(t)
		}
		if t.Failed() {
			t.Logf("the program printed:\n%s\nand logged:\n%s", p.out.String(), p.log.String())
		}
	})
	return p
}

func (p *program) running() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

func (p *program) signal(t *testing.T, s syscall.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Error(err)
	}
}

// status waits for the end of the program and gives its exit status; -1 when a signal ended it.
func (p *program) status(t *testing.T) int {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		_ = p.cmd.Process.Kill()
		t.Fatal("the program does not end")
	}
	return p.cmd.ProcessState.ExitCode()
}

// await waits until a text shows, and gives the pattern's groups.
func (p *program) await(t *testing.T, o *output, pattern string) []string {
	t.Helper()
	expression := regexp.MustCompile(pattern)
	var match []string
	eventually(t, "waiting for "+pattern, func() bool {
		ended := !p.running()
		if match = expression.FindStringSubmatch(o.String()); match == nil && ended {
			t.Fatalf("the program ended before it said %s", pattern)
		}
		return match != nil
	})
	return match
}

// eventually tries again until it succeeds.
func eventually(t *testing.T, what string, try func() bool) {
	t.Helper()
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for deadline := time.Now().Add(patience); !try(); <-ticker.C {
		if time.Now().After(deadline) {
			t.Fatal(what, "took too long")
		}
	}
}

// output collects what a process writes.
type output struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String is everything so far.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// run runs a command of the program to its end.
func run(t *testing.T, env []string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	p := start(t, directory(t), env, args...)
	status = p.status(t)
	return p.out.String(), p.log.String(), status
}

// directory is a temporary directory that other accounts may enter: under root, one of them runs PostgreSQL.
func directory(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// address is a free address of this machine.
func address(t *testing.T) string {
	t.Helper()
	port, err := devdb.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
}

// person is somebody whom the banner introduces.
type person struct{ email, organization, role, token string }

// site is a server with the demo's data, ready for requests.
type site struct {
	*program
	url    string
	people []person
	curls  []string // the commands that the banner shows
}

var (
	personLine  = regexp.MustCompile(`(?m)^  (\S+@\S+) +(\S+) +(ADMIN|USER) +(bcrm_pat_\S+)$`)
	curlCommand = regexp.MustCompile(`(?m)^  (curl .*\\\n.*)$`)
)

// demo starts the program as a newcomer does, on an embedded database below dir, and reads its banner.
func demo(t *testing.T, dir string, env ...string) *site {
	t.Helper()
	addr := address(t)
	s := &site{program: start(t, dir, env, "--addr", addr), url: "http://" + addr}
	s.await(t, &s.out, "Stop with Ctrl-C")
	for _, line := range personLine.FindAllStringSubmatch(s.out.String(), -1) {
		s.people = append(s.people, person{line[1], line[2], line[3], line[4]})
	}
	for _, command := range curlCommand.FindAllStringSubmatch(s.out.String(), -1) {
		s.curls = append(s.curls, command[1])
	}
	if len(s.people) != 3 || len(s.curls) != 2 {
		t.Fatalf("the banner shows %d people and %d commands", len(s.people), len(s.curls))
	}
	return s
}

// get asks for a page.
func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	status, body, err := fetch(t, http.MethodGet, url, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return status, body
}

// sh runs a command as a person types it.
func sh(t *testing.T, command string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", command).Output()
	if err != nil {
		if failure, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, failure.Stderr)
		}
		t.Fatalf("%s\n%v", command, err)
	}
	return string(out)
}
