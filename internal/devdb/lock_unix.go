//go:build unix

package devdb

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lockDir makes the directory this process's until the file is closed or the process ends, however it ends.
func lockDir(dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open the lock: %w", err)
	}
	switch err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		holder, _ := io.ReadAll(io.LimitReader(file, 32))
		_ = file.Close()
		return nil, fmt.Errorf("%s is %w by process %s: stop that one, or set DATABASE_URL for this one",
			dir, ErrInUse, strings.TrimSpace(string(holder)))
	case err != nil:
		_ = file.Close()
		return nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	// The process id is for the sentence above only, so failing to write it is no reason to fail.
	_ = file.Truncate(0)
	_, _ = fmt.Fprintln(file, os.Getpid())
	return file, nil
}
