//go:build unix

package devdb

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// fast is for servers whose data nobody will miss.
var fast = map[string]string{"fsync": "off", "shared_buffers": "16MB", "max_connections": "20"}

func start(t *testing.T, dir string) *Server {
	t.Helper()
	s, err := Start(t.Context(), Options{Dir: dir, Settings: fast})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func stop(t *testing.T, s *Server) {
	t.Helper()
	if err := s.Stop(); err != nil {
		t.Fatal(err)
	}
}

// query runs a statement as the superuser and returns its only value, "" for none.
func query(t *testing.T, s *Server, sql string) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.AdminURL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	values, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(values, " ")
}

// crash kills the postmaster as a power cut would, and lets go of the directory as the end of the program would.
func crash(t *testing.T, s *Server) {
	t.Helper()
	pid := s.process.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-s.process.done
	stop(t, s)
}

func TestServer(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	s := start(t, dir)

	for setting, want := range map[string]string{
		"server_encoding": "UTF8", "timezone": "UTC", "listen_addresses": "127.0.0.1",
		"unix_socket_directories": "", "max_connections": "20", "password_encryption": "scram-sha-256",
	} {
		if got := query(t, s, "SHOW "+setting); got != want {
			t.Errorf("%s is %q, want %q", setting, got, want)
		}
	}
	if s.Version() == "" || !strings.HasPrefix(s.Version(), strconv.Itoa(s.binaries.major)+".") {
		t.Errorf("version is %q", s.Version())
	}
	if info, err := os.Stat(s.passwordFile()); err != nil {
		t.Error(err)
	} else if info.Mode().Perm() != 0o600 {
		t.Errorf("the password file is open to others: %v", info.Mode())
	}
	if conn, err := pgx.Connect(t.Context(), s.URL("postgres", "wrong", "postgres")); err == nil {
		_ = conn.Close(t.Context())
		t.Error("a wrong password was accepted")
	}

	if other, err := Start(t.Context(), Options{Dir: dir}); err == nil {
		_ = other.Stop()
		t.Fatal("a second instance was let in")
	} else if !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), strconv.Itoa(os.Getpid())) {
		t.Errorf("the refusal names neither directory nor process: %v", err)
	}

	query(t, s, "CREATE TABLE kept (it text)")
	query(t, s, "INSERT INTO kept VALUES ('here')")
	url := s.AdminURL("postgres")
	stop(t, s)
	stop(t, s) // stopping twice is fine
	if conn, err := pgx.Connect(t.Context(), url); err == nil {
		_ = conn.Close(t.Context())
		t.Fatal("the server answers after Stop")
	}
	if err := s.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := query(t, s, "SELECT it FROM kept"); got != "here" || s.AdminURL("postgres") != url {
		t.Errorf("after Resume: %q at another address: %v", got, s.AdminURL("postgres") != url)
	}
	stop(t, s)

	again := start(t, dir)
	if got := query(t, again, "SELECT it FROM kept"); got != "here" {
		t.Errorf("after a new start: %q", got)
	}
	if again.AdminURL("postgres") != url {
		t.Error("the port was free and is another one now")
	}
}

func TestBusyPort(t *testing.T) {
	t.Parallel()
	first := start(t, tempDir(t))
	second, err := Start(t.Context(), Options{Dir: tempDir(t), Settings: fast, Temporary: true})
	if err != nil {
		t.Fatal(err)
	}
	stop(t, second)
	second.port = first.port
	second.rememberPort()

	again := start(t, second.dir)
	if again.port == first.port {
		t.Fatal("two servers on one port")
	}
	if got := query(t, again, "SELECT current_setting('data_directory')"); got != again.data() {
		t.Errorf("reached the server of %s", got)
	}
	second.port = first.port
	stop(t, again)
	if err := second.Resume(t.Context()); err == nil {
		t.Error("Resume took another port")
	}
	if err := second.Remove(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(second.dir); !os.IsNotExist(err) {
		t.Errorf("Remove left %s: %v", second.dir, err)
	}
}

func TestAfterACrash(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	whole := t // the server of one subtest is the next one's to crash
	s := start(whole, dir)
	query(t, s, "CREATE TABLE kept (it text)")

	t.Run("the process is gone", func(t *testing.T) {
		crash(t, s)
		if _, err := os.Stat(filepath.Join(s.data(), "postmaster.pid")); err != nil {
			t.Fatalf("the crash left nothing behind, so nothing is tested: %v", err)
		}
		s = start(whole, dir)
		query(t, s, "SELECT it FROM kept")
	})
	t.Run("the process number belongs to another program", func(t *testing.T) {
		crash(t, s)
		file := filepath.Join(s.data(), "postmaster.pid")
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, _ := strings.Cut(string(text), "\n")
		stranger := sleeper(t, s)
		if err := os.WriteFile(file, []byte(strconv.Itoa(stranger)+"\n"+rest), 0o600); err != nil {
			t.Fatal(err)
		}
		s = start(whole, dir)
		query(t, s, "SELECT it FROM kept")
		if err := syscall.Kill(stranger, 0); err != nil {
			t.Errorf("the other program was stopped: %v", err)
		}
	})
	t.Run("the process id file is empty", func(t *testing.T) {
		crash(t, s)
		if err := os.WriteFile(filepath.Join(s.data(), "postmaster.pid"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s = start(whole, dir)
		query(t, s, "SELECT it FROM kept")
	})
	t.Run("the server outlived its program", func(t *testing.T) {
		orphan := s.process
		s.unlock() // as if the program had been killed
		s.process = nil
		again := start(whole, dir)
		query(t, again, "SELECT it FROM kept")
		select {
		case <-orphan.done:
		case <-time.After(10 * time.Second):
			t.Error("the left-over server still runs")
		}
		s = again
	})
	t.Run("a died server is resumed", func(t *testing.T) {
		if err := syscall.Kill(s.process.cmd.Process.Pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		<-s.process.done
		if err := s.Resume(t.Context()); err != nil {
			t.Fatal(err)
		}
		query(t, s, "SELECT it FROM kept")
		stop(t, s)
	})
}

func TestUnfinishedCluster(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	b, err := find(t.Context(), places)
	if err != nil {
		t.Fatal(err)
	}
	half := filepath.Join(dir, "postgres-"+strconv.Itoa(b.major)+".new", "data")
	if err := os.MkdirAll(half, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte(strconv.Itoa(b.major)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := start(t, dir)
	query(t, s, "SELECT 'whole'")
	if _, err := os.Stat(filepath.Dir(half)); !os.IsNotExist(err) {
		t.Errorf("the unfinished cluster is still there: %v", err)
	}
}

func TestFailedStart(t *testing.T) {
	t.Parallel()
	dir := tempDir(t)
	_, err := Start(t.Context(), Options{Dir: dir, Settings: map[string]string{"shared_buffers": "lots"}})
	if err == nil || !strings.Contains(err.Error(), `invalid value for parameter "shared_buffers"`) {
		t.Errorf("the error does not show the log: %v", err)
	}
	start(t, dir) // and the directory is free again
}
