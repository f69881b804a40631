package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

// TestReadmeSetsUpAPostgres does what README.md tells an operator to do, each way on a fresh server: SQL as the
// administrator, commands in one shell, in their order. Each must succeed and show what README.md says it shows.
func TestReadmeSetsUpAPostgres(t *testing.T) {
	t.Parallel()
	for _, part := range []string{"own postgres", "one role"} {
		t.Run(part, func(t *testing.T) {
			t.Parallel()
			server, err := devdb.Start(t.Context(), devdb.Options{Dir: directory(t), Temporary: true})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := server.Remove(); err != nil {
					t.Error(err)
				}
			})
			operator{admin: server.AdminURL("postgres")}.follow(t, blocks(t, part))
		})
	}
}

// operator follows README.md on the server of the administrator's URL.
type operator struct{ admin string }

func (o operator) follow(t *testing.T, steps []block) {
	t.Helper()
	config, err := pgx.ParseConfig(o.admin)
	if err != nil {
		t.Fatal(err)
	}
	addr := address(t)
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	// README.md has the usual ports and runs from source. Nothing else is changed.
	here := strings.NewReplacer("go run .", path, "5432", fmt.Sprint(config.Port), "127.0.0.1:8080", addr)
	shell := newShell(t)
	shell.run(t, "export ADDR="+addr)
	for i, step := range steps {
		var got string
		switch step.language {
		case "sql":
			got = o.execute(t, step.text)
		case "sh":
			var status int
			if got, status = shell.run(t, here.Replace(step.text)); status != 0 {
				t.Fatalf("status %d of\n%s\n%s", status, step.text, got)
			}
		case "sh server":
			shell.serve(t, here.Replace(step.text), addr)
			continue
		default:
			continue // what the step before it shows
		}
		if next := i + 1; next < len(steps) && steps[next].language == "text" && !shows(got, steps[next].text) {
			t.Errorf("README.md says that\n%s\nshows\n%s\nbut it shows\n%s", step.text, steps[next].text, got)
		}
	}
}

// execute does what psql does with a script: statements one by one, \c changes the database, rows are printed.
func (o operator) execute(t *testing.T, script string) string {
	t.Helper()
	conn := connect(t, o.admin)
	var out, statement strings.Builder
	for line := range strings.Lines(script) {
		if database, is := strings.CutPrefix(strings.TrimSpace(line), `\c `); is {
			url, err := devdb.In(o.admin, database)
			if err != nil {
				t.Fatal(err)
			}
			conn = connect(t, url)
			continue
		}
		statement.WriteString(line)
		if !strings.HasSuffix(strings.TrimSpace(line), ";") {
			continue
		}
		results, err := conn.PgConn().Exec(t.Context(), statement.String()).ReadAll()
		if err != nil {
			t.Fatalf("%v in\n%s", err, statement.String())
		}
		for _, result := range results {
			for _, row := range result.Rows {
				cells := bytes.Join(row, []byte(" | "))
				fmt.Fprintf(&out, " %s\n", cells)
			}
		}
		statement.Reset()
	}
	return out.String()
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// shell is one shell in which one command follows another.
type shell struct {
	dir   string
	input io.Writer
	lines *bufio.Reader
}

// end is the line behind the output of a command.
const end = "the command has ended with status "

func newShell(t *testing.T) *shell {
	t.Helper()
	s := &shell{dir: directory(t)}
	cmd := exec.Command("sh")
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.dir}
	cmd.WaitDelay = 10 * time.Second
	input, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	s.input, s.lines = input, bufio.NewReader(output)
	t.Cleanup(func() {
		_ = input.Close()
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// run gives what a command prints and its status.
func (s *shell) run(t *testing.T, command string) (out string, status int) {
	t.Helper()
	// Braces keep what the command sets for the commands after it.
	if _, err := fmt.Fprintf(s.input, "{ %s\n} </dev/null; echo '%s'$?\n", command, end); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for {
		line, err := s.lines.ReadString('\n')
		if err != nil {
			t.Fatalf("%v after\n%s\n%s", err, command, text.String())
		}
		before, code, found := strings.Cut(line, end)
		text.WriteString(before)
		if !found {
			continue
		}
		if _, err := fmt.Sscan(code, &status); err != nil {
			t.Fatal(err)
		}
		return text.String(), status
	}
}

// serve starts a server in the shell's background, waits until it is ready, and stops it at the end of the test.
func (s *shell) serve(t *testing.T, command, addr string) {
	t.Helper()
	out, _ := s.run(t, "exec "+strings.TrimSpace(command)+" >server.log 2>&1 & echo $!")
	var pid int
	if _, err := fmt.Sscan(out, &pid); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	server, err := os.FindProcess(pid)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		// The shell reaps it, so that its end shows in its log alone.
		_, status := s.run(t, fmt.Sprintf("wait %d", pid))
		if log, _ := os.ReadFile(s.dir + "/server.log"); status != 0 {
			t.Errorf("the server ended with status %d: %s", status, log)
		}
	})
	eventually(t, "waiting for the server", func() bool {
		c, err := net.Dial("tcp", addr)
		if err != nil {
			return false
		}
		_ = c.Close()
		status, _ := get(t, "http://"+addr+"/readyz")
		return status == 200
	})
}

// settings are what a server needs on a database of its own.
func settings(t *testing.T, url string) []string {
	t.Helper()
	return []string{"DATABASE_URL=" + url, "JWT_SECRET=0123456789abcdef0123456789abcdef", "ADDR=" + address(t)}
}

func TestServeRefuses(t *testing.T) {
	t.Parallel()
	altered := func(change string) func(*testing.T) string {
		return func(t *testing.T) string {
			t.Helper()
			db := testdb.New(t)
			if _, err := connect(t, db.OwnerURL).Exec(t.Context(), change); err != nil {
				t.Fatal(err)
			}
			return db.AppURL
		}
	}
	for _, c := range []struct {
		name     string
		database func(*testing.T) string
		extra    string
		says     string
	}{
		{"a superuser", func(t *testing.T) string { return testdb.New(t).AdminURL }, "",
			`is a superuser, whom row-level security does not bind: connect as another role`},
		{"a database without the migrations", func(t *testing.T) string { return testdb.NewEmpty(t).AppURL }, "",
			`^bottlecrm: \d+ migrations are pending: run .bottlecrm migrate up.\n$`},
		{"a table without its policy", altered(`DROP POLICY org_isolation ON lead`), "",
			`lead: ENABLED \(forced\), policy org_isolation missing`},
		{"a table whose owner is not bound", altered(`ALTER TABLE lead NO FORCE ROW LEVEL SECURITY`), "", `lead: ENABLED: `},
		{"a new table that nobody protected", altered(`CREATE TABLE widget (org_id uuid)`), "", `widget: disabled`},
		{"a weak secret", func(t *testing.T) string { return testdb.New(t).AppURL }, "JWT_SECRET=secret",
			`^bottlecrm: JWT_SECRET must be a text of at least 32 random bytes\n$`},
		{"a database that is not there", func(t *testing.T) string { return "postgres://u:hunter2@127.0.0.1:1/crm" }, "",
			`^bottlecrm: reach the database \(check DATABASE_URL or the DB\* variables, and that it is running\)`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, said, status := run(t, append(settings(t, c.database(t)), c.extra))
			if status != 1 || !regexp.MustCompile(c.says).MatchString(said) || strings.Contains(said, "hunter2") {
				t.Errorf("status %d: %s", status, said)
			}
		})
	}
}

func TestStatusTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	env := settings(t, db.AppURL)
	if out, _, status := run(t, env, "rls", "status"); status != 0 || !strings.Contains(out, "\nlead: ENABLED (forced)\n") ||
		!strings.HasSuffix(out, ", Disabled: 0\n") {
		t.Fatalf("status %d: %s", status, out)
	}
	if _, err := connect(t, db.OwnerURL).Exec(t.Context(), `DROP POLICY org_isolation ON lead`); err != nil {
		t.Fatal(err)
	}
	t.Run("a dropped policy makes it fail", func(t *testing.T) {
		t.Parallel()
		out, _, status := run(t, env, "rls", "status")
		if status != 1 || !strings.Contains(out, "\nlead: ENABLED (forced), policy org_isolation missing\n") {
			t.Errorf("status %d: %s", status, out)
		}
	})
	t.Run("a superuser makes verify-user fail", func(t *testing.T) {
		t.Parallel()
		out, _, status := run(t, settings(t, db.AdminURL), "rls", "verify-user")
		if status != 1 || !strings.Contains(out, "\nIs superuser: True\n") || !strings.Contains(out, "NOSUPERUSER NOBYPASSRLS") {
			t.Errorf("status %d: %s", status, out)
		}
	})
	t.Run("a server that runs is no longer ready", func(t *testing.T) {
		t.Parallel()
		other := testdb.New(t)
		env := settings(t, other.AppURL)
		p := start(t, directory(t), env, "serve")
		p.await(t, &p.log, "msg=serving")
		_, addr, _ := strings.Cut(env[2], "=")
		if status, body := get(t, "http://"+addr+"/readyz"); status != 200 {
			t.Fatalf("%d %s", status, body)
		}
		if _, err := connect(t, other.OwnerURL).Exec(t.Context(), `ALTER TABLE contacts DISABLE ROW LEVEL SECURITY`); err != nil {
			t.Fatal(err)
		}
		// Anybody may ask; only the operator, who reads the log, is told why.
		if status, body := get(t, "http://"+addr+"/readyz"); status != 503 || strings.Contains(body, "contacts") {
			t.Errorf("%d %s", status, body)
		}
		p.await(t, &p.log, "not ready.*contacts: disabled")
		p.await(t, &p.log, "contacts: disabled")
	})
}
