package devdb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
)

// superuser is the name of the cluster's first role.
const superuser = "postgres"

// ErrInUse is the failure of a Start in a directory whose server another process runs.
var ErrInUse = errors.New("in use")

// Options of a server; the zero value is what `go run .` wants.
type Options struct {
	Dir       string            // where the server lives; DefaultDir() when empty
	Settings  map[string]string // server settings on top of the defaults for development
	Log       *slog.Logger      // nil means silence
	Temporary bool              // the directory and the server go with this process, even when it is killed
}

// Server is a running server. Its methods may be called from several goroutines.
type Server struct {
	dir      string // the directory of all versions
	home     string // the directory of this major version
	binaries binaries
	account  *account
	settings map[string]string
	log      *slog.Logger
	password string
	port     int
	version  string
	guard    *guard // of a temporary server

	mu      sync.Mutex // guards what follows
	lock    *os.File
	process *process // nil when stopped
}

// Start starts the server of a directory, making it first if it is not there, and returns when it answers.
func Start(ctx context.Context, o Options) (*Server, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{settings: o.Settings, log: o.Log}
	if err := s.chooseDir(o.Dir); err != nil {
		return nil, fmt.Errorf("start the development database: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.locked(func() error { return s.first(ctx, o.Temporary) }); err != nil {
		s.guard.release()
		return nil, fmt.Errorf("start the development database: %w", err)
	}
	s.log.Info("development database is running", "version", s.version, "dir", s.home, "port", s.port)
	return s, nil
}

// first is everything that a start does and a Resume need not do again.
func (s *Server) first(ctx context.Context, temporary bool) (err error) {
	if temporary {
		if s.guard, err = startGuard(s.dir); err != nil {
			return err
		}
	}
	if s.binaries, err = findOrDownload(ctx, s.dir, s.account, s.log); err != nil {
		return err
	}
	s.home = filepath.Join(s.dir, "postgres-"+strconv.Itoa(s.binaries.major))
	if err := s.ensureCluster(ctx, !temporary); err != nil {
		return err
	}
	return s.runOnFreePort(ctx)
}

// Stop ends all sessions and shuts the server down cleanly. It waits for the end; on a stopped server it does nothing.
func (s *Server) Stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process == nil {
		return nil
	}
	err := s.process.stop()
	s.process = nil
	s.unlock()
	return err
}

// Resume starts a server again that was stopped or has died, on the port that it had; on a running one it does nothing.
func (s *Server) Resume(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil {
		if s.process.running() {
			return nil
		}
		s.process = nil
		s.unlock()
	}
	if err := s.locked(func() error { return s.run(ctx) }); err != nil {
		return fmt.Errorf("resume the development database: %w", err)
	}
	return nil
}

// Remove stops the server and deletes its directory with all data.
func (s *Server) Remove() error {
	err := s.Stop()
	if removeErr := os.RemoveAll(s.dir); err == nil && removeErr != nil {
		err = fmt.Errorf("remove the development database: %w", removeErr)
	}
	s.guard.release()
	return err
}

// URL is the address of a database for a role. Nothing is checked.
func (s *Server) URL(user, password, database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(user, password),
		Host:     "127.0.0.1:" + strconv.Itoa(s.port),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// AdminURL is the address of a database for the superuser, to whom row-level security does not apply.
func (s *Server) AdminURL(database string) string { return s.URL(superuser, s.password, database) }

// Version is the version of the server, such as "17.6".
func (s *Server) Version() string { return s.version }

// Dir is the directory in which the server lives.
func (s *Server) Dir() string { return s.dir }

// EnsureDatabase makes a database with its two roles; see the function of this name.
func (s *Server) EnsureDatabase(ctx context.Context, database string, owner, app Role) error {
	return EnsureDatabase(ctx, s.AdminURL("postgres"), database, owner, app)
}
