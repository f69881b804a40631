package devdb

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// clearLeftovers deals with the postmaster.pid of a run that did not end well. The lock of the directory is held, so
// its process is either a server that outlived its program, or gone, or the number belongs to somebody else by now.
func (s *Server) clearLeftovers(ctx context.Context) error {
	file := filepath.Join(s.data(), "postmaster.pid")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the last run's process id: %w", err)
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 0 {
		// A power cut can leave the file empty, and PostgreSQL refuses to start beside such a file.
		if err := os.Remove(file); err != nil {
			return fmt.Errorf("remove a damaged process id file: %w", err)
		}
		return nil
	}
	if isPostmaster(ctx, pid, s.data()) {
		s.log.Warn("stopping a database server that the last run left behind", "pid", pid)
		return stopOrphan(ctx, pid, s.data())
	}
	// PostgreSQL would take any living process with this number and account for the old server. It passes over its
	// own parent, so that is whom the file shall name. Removing the file would be wrong: it also leads PostgreSQL to
	// the old server's shared memory, its only way to notice surviving backends.
	disarmed := strconv.Itoa(os.Getpid()) + "\n" + rest
	if err := os.WriteFile(file, []byte(disarmed), 0o600); err != nil {
		return fmt.Errorf("disarm the last run's process id file: %w", err)
	}
	return nil
}

// stopOrphan ends a server that is not our child: fast, and if that takes too long, immediately.
func stopOrphan(ctx context.Context, pid int, data string) error {
	orphan, err := os.FindProcess(pid)
	if err != nil {
		return fmt.Errorf("find the left-over server %d: %w", pid, err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := orphan.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("stop the left-over server %d: %w", pid, err)
		}
		for end := time.Now().Add(10 * time.Second); time.Now().Before(end); {
			if !isPostmaster(ctx, pid, data) {
				return nil
			}
			if !pause(ctx, 50*time.Millisecond) {
				return fmt.Errorf("stop the left-over server %d: %w", pid, ctx.Err())
			}
		}
	}
	return fmt.Errorf("stop the left-over server %d: it does not end", pid)
}

// isPostmaster reports whether the process is a server that was started here, on this very data directory. A zombie
// is not: its command line is empty.
func isPostmaster(ctx context.Context, pid int, data string) bool {
	return strings.Contains(commandLine(ctx, pid), "postgres -D "+data+" -p ")
}

// commandLine reads /proc where there is one; elsewhere (macOS) ps is always installed.
func commandLine(ctx context.Context, pid int) string {
	if _, err := os.Stat("/proc/self/cmdline"); err == nil {
		line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil {
			return ""
		}
		return strings.ReplaceAll(string(line), "\x00", " ")
	}
	line, err := exec.CommandContext(ctx, "ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil {
		return ""
	}
	return string(line)
}
