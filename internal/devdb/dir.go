package devdb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// rootDir is used when root's own cache is out of reach for the account that runs the server.
const rootDir = "/var/lib/bottlecrm"

// DefaultDir is the user's cache directory for this program, or .bottlecrm below the working directory when the user
// has none. For root it is a directory that the account of the server can reach.
func DefaultDir() (string, error) {
	dir, err := cacheDir()
	if err != nil {
		return "", err
	}
	account, err := serverAccount()
	if err != nil {
		return "", err
	}
	if account.reach(dir) != nil {
		return rootDir, nil
	}
	return dir, nil
}

func cacheDir() (string, error) {
	if cache, err := os.UserCacheDir(); err == nil {
		dir := filepath.Join(cache, "bottlecrm")
		// A home that is named but cannot be written to (/nonexistent is common in containers) is no home.
		if os.MkdirAll(dir, 0o755) == nil {
			return dir, nil
		}
	}
	dir, err := filepath.Abs(".bottlecrm")
	if err != nil {
		return "", fmt.Errorf("find a directory for the development database: %w", err)
	}
	return dir, nil
}

// chooseDir settles and makes the directory, and the account that will work in it.
func (s *Server) chooseDir(dir string) (err error) {
	if dir == "" {
		if dir, err = DefaultDir(); err != nil {
			return err
		}
		if dir == rootDir {
			s.log.Warn("root's cache cannot be reached by the account of PostgreSQL, using "+rootDir, "dir", dir)
		}
	}
	// Absolute and without links: the path is compared with the command line of a server that was left behind.
	if dir, err = filepath.Abs(dir); err != nil {
		return fmt.Errorf("find the directory: %w", err)
	}
	_, statErr := os.Stat(dir)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the directory: %w", err)
	}
	if errors.Is(statErr, fs.ErrNotExist) {
		if err := os.Chmod(dir, 0o755); err != nil { // whatever the umask says: another account may have to enter
			return fmt.Errorf("open the directory: %w", err)
		}
	}
	if s.dir, err = filepath.EvalSymlinks(dir); err != nil {
		return fmt.Errorf("find the directory: %w", err)
	}
	if s.account, err = serverAccount(); err != nil {
		return err
	}
	return s.account.reach(s.dir)
}

// locked takes the lock of the directory and does the work. The lock stays held when the work succeeds.
func (s *Server) locked(work func() error) (err error) {
	if s.lock, err = lockDir(s.dir); err != nil {
		return err
	}
	if err := work(); err != nil {
		s.unlock()
		return err
	}
	return nil
}

func (s *Server) unlock() {
	_ = s.lock.Close() // closing gives the lock back; there is nothing to lose in the file
	s.lock = nil
}
