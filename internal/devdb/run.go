package devdb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// startTimeout is long enough for the recovery of a development database after a crash.
const startTimeout = 30 * time.Second

var (
	errPortTaken = errors.New("the port was taken meanwhile")
	errStillBusy = errors.New("processes of the last run have not ended yet")
)

// defaults are the settings of a development server; Options.Settings go over them.
var defaults = map[string]string{
	"listen_addresses":        "127.0.0.1",
	"unix_socket_directories": "",
	"shared_buffers":          "128MB",
	"max_connections":         "100",
	"timezone":                "UTC",
	"log_timezone":            "UTC",
	"log_min_messages":        "warning",
	"logging_collector":       "off",
}

// runOnFreePort runs on the port of the last time or on another, and remembers it.
func (s *Server) runOnFreePort(ctx context.Context) (err error) {
	wanted := s.lastPort()
	for range 5 {
		if s.port, err = freePort(wanted); err != nil {
			return err
		}
		if err = s.run(ctx); err == nil {
			s.rememberPort()
			return nil
		}
		if !errors.Is(err, errPortTaken) {
			return err
		}
		wanted = 0
	}
	return err
}

// run starts the server on s.port and returns when it answers.
func (s *Server) run(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := s.clearLeftovers(ctx); err != nil {
		return err
	}
	for {
		err := s.launch(ctx)
		if !errors.Is(err, errStillBusy) || !pause(ctx, 200*time.Millisecond) {
			return err
		}
	}
}

func (s *Server) launch(ctx context.Context) error {
	cmd := exec.Command(s.binaries.path("postgres"), s.arguments()...)
	s.dress(cmd, s.home)
	p, err := startProcess(cmd, filepath.Join(s.home, "log"))
	if err != nil {
		return err
	}
	if err := s.awaitAnswer(ctx, p); err != nil {
		_ = p.stop() // the reason of the failed start is the error to tell
		return err
	}
	s.process = p
	return nil
}

// arguments begin with the directory and the port: isPostmaster looks for exactly that.
func (s *Server) arguments() []string {
	args := []string{"-D", s.data(), "-p", strconv.Itoa(s.port)}
	settings := maps.Clone(defaults)
	maps.Copy(settings, s.settings)
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

// awaitAnswer tries to connect until that works, the process ends, or the time is up.
func (s *Server) awaitAnswer(ctx context.Context, p *process) error {
	for {
		err := s.ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-p.done:
			return startError(p.output())
		case <-ctx.Done():
			return fmt.Errorf("wait for PostgreSQL to answer: %w\n%s", err, lastLines(p.output()))
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// ask connects and learns the version. A stranger on the port does not know the password and is not mistaken for ours.
func (s *Server) ask(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, s.AdminURL("postgres"))
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if s.version != "" {
		return nil // resumed: the version is known, and others may be reading it
	}
	// "15.18 (Debian 15.18-1)" where a distribution adds its own.
	s.version, _, _ = strings.Cut(conn.PgConn().ParameterStatus("server_version"), " ")
	return nil
}

// startError finds in the log of a server that ended at once whether another try can help.
func startError(output string) error {
	switch {
	case strings.Contains(output, "could not bind"):
		return errPortTaken
	case strings.Contains(output, "pre-existing shared memory block"):
		return errStillBusy
	default:
		return fmt.Errorf("PostgreSQL ended at once:\n%s", lastLines(output))
	}
}

// pause reports whether there is still time after it.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}
