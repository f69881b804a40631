package devdb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	embedded "github.com/fergusstrange/embedded-postgres"
)

const (
	downloadVersion = embedded.V17
	downloadTimeout = 5 * time.Minute
)

// download fetches binaries below dir, unless an earlier run did, and returns them. An empty repository is the
// library's own.
func download(ctx context.Context, dir string, as *account, log *slog.Logger, repository string) (binaries, error) {
	root := filepath.Join(dir, "binaries", string(downloadVersion))
	if _, err := os.Stat(root); err != nil {
		log.Info("downloading PostgreSQL: this machine has none", "version", string(downloadVersion), "dir", root)
		if err := fetch(ctx, root, repository); err != nil {
			return binaries{}, fmt.Errorf("%w and it cannot be downloaded (%w): "+
				"install PostgreSQL %d or newer, or set DATABASE_URL", errNoBinaries, err, oldest)
		}
	}
	if err := as.own(root); err != nil {
		return binaries{}, err
	}
	return inspect(ctx, filepath.Join(root, "bin"))
}

// fetch unpacks into a directory beside root and renames it when it is complete.
func fetch(ctx context.Context, root, repository string) error {
	fresh := root + ".new"
	scratch := root + ".scratch"
	for _, leftover := range []string{fresh, scratch} {
		if err := os.RemoveAll(leftover); err != nil {
			return fmt.Errorf("remove an unfinished download: %w", err)
		}
	}
	port, err := freePort(0)
	if err != nil {
		return err
	}
	config := embedded.DefaultConfig().Version(downloadVersion).Port(uint32(port)).Logger(io.Discard).
		BinariesPath(fresh).CachePath(scratch).RuntimePath(filepath.Join(scratch, "run"))
	if repository != "" {
		config = config.BinaryRepositoryURL(repository)
	}
	// The library takes no context; the goroutine that a cancelled start leaves behind ends with its download.
	done := make(chan error, 1)
	go func() { done <- unpack(config) }()
	select {
	case err = <-done:
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(downloadTimeout):
		return errors.New("it took too long")
	}
	if err != nil {
		return err
	}
	if err := os.RemoveAll(scratch); err != nil {
		return fmt.Errorf("remove the downloaded archive: %w", err)
	}
	if err := os.Rename(fresh, root); err != nil {
		return fmt.Errorf("keep the download: %w", err)
	}
	return nil
}

// unpack lets the library start a server of its own, because it offers no smaller step, and stops it at once. Only
// the binaries count: as root its initdb is refused, after everything was unpacked.
func unpack(config embedded.Config) error {
	library := embedded.NewDatabase(config)
	err := library.Start()
	if err == nil {
		return library.Stop()
	}
	if strings.HasPrefix(err.Error(), "unable to init database") {
		return nil
	}
	return err
}
