package devdb

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func (s *Server) data() string         { return filepath.Join(s.home, "data") }
func (s *Server) passwordFile() string { return filepath.Join(s.home, "password") }

// ensureCluster makes the cluster if there is none, and reads its password.
func (s *Server) ensureCluster(ctx context.Context, sync bool) error {
	if _, err := os.Stat(s.data()); errors.Is(err, fs.ErrNotExist) {
		if err := s.makeCluster(ctx, sync); err != nil {
			return err
		}
	}
	if err := s.account.own(s.home); err != nil {
		return err
	}
	password, err := os.ReadFile(s.passwordFile())
	if err != nil {
		return fmt.Errorf("read the superuser's password (without it, remove %s to start over): %w", s.home, err)
	}
	s.password = strings.TrimSpace(string(password))
	return nil
}

// makeCluster works in a directory beside the final one and renames it when it is complete, so that a half-made
// cluster is never taken for a whole one.
func (s *Server) makeCluster(ctx context.Context, sync bool) error {
	fresh := s.home + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return fmt.Errorf("remove an unfinished cluster: %w", err)
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return fmt.Errorf("make the cluster's directory: %w", err)
	}
	if err := os.WriteFile(filepath.Join(fresh, "password"), []byte(rand.Text()+"\n"), 0o600); err != nil {
		return fmt.Errorf("write the superuser's password: %w", err)
	}
	if err := s.account.own(fresh); err != nil {
		return err
	}
	s.log.Info("making a development database", "dir", s.home)
	err := s.initdb(ctx, fresh, "C.UTF-8", sync)
	if err != nil && ctx.Err() == nil {
		err = s.initdb(ctx, fresh, "C", sync) // not every system has C.UTF-8
	}
	if err != nil {
		return err
	}
	if err := os.Rename(fresh, s.home); err != nil {
		return fmt.Errorf("keep the new cluster: %w", err)
	}
	return nil
}

func (s *Server) initdb(ctx context.Context, home, locale string, sync bool) error {
	args := []string{
		"-D", filepath.Join(home, "data"), "-U", superuser, "--pwfile", filepath.Join(home, "password"),
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=" + locale,
	}
	if !sync {
		args = append(args, "--no-sync")
	}
	cmd := exec.CommandContext(ctx, s.binaries.path("initdb"), args...)
	s.dress(cmd, home)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb with locale %s: %w\n%s", locale, err, lastLines(string(out)))
	}
	return nil
}

// dress prepares a command of PostgreSQL: its account, a directory that the account can be in, English messages.
func (s *Server) dress(cmd *exec.Cmd, dir string) {
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.SysProcAttr = s.account.attributes()
}
