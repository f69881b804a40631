//go:build unix

package devdb

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is who runs PostgreSQL; nil means whoever runs this program.
type account struct {
	name     string
	uid, gid uint32
}

// serverAccount is nil unless the program runs as root, which PostgreSQL refuses.
func serverAccount() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil {
			return &account{name: name, uid: uint32(uid), gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to run it: " +
		"start the program as an ordinary user or set DATABASE_URL")
}

// attributes put a child into a process group of its own, out of the terminal's reach, and under the account.
func (a *account) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		attr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
	return attr
}

// own gives a tree to the account, unless it has it already.
func (a *account) own(root string) error {
	if a == nil {
		return nil
	}
	info, err := os.Lstat(root)
	if err != nil {
		return fmt.Errorf("look at %s: %w", root, err)
	}
	if info.Sys().(*syscall.Stat_t).Uid == a.uid {
		return nil
	}
	give := func(path string) error {
		if err := os.Lchown(path, int(a.uid), int(a.gid)); err != nil {
			return fmt.Errorf("give %s to %s: %w", root, a.name, err)
		}
		return nil
	}
	err = filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || path == root {
			return err
		}
		return give(path)
	})
	if err != nil {
		return err
	}
	return give(root) // last: it tells the next start that all the rest was given
}

// reach fails when the account may not enter the directory or one above it; what does not exist yet is passed over.
func (a *account) reach(dir string) error {
	if a == nil {
		return nil
	}
	for {
		info, err := os.Stat(dir)
		if err == nil && !a.enters(info) {
			return fmt.Errorf("PostgreSQL runs as user %s here, who may not enter %s: choose another directory", a.name, dir)
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return nil
		}
		dir = parent
	}
}

func (a *account) enters(info fs.FileInfo) bool {
	stat := info.Sys().(*syscall.Stat_t)
	switch mode := info.Mode().Perm(); {
	case stat.Uid == a.uid:
		return mode&0o100 != 0
	case stat.Gid == a.gid:
		return mode&0o010 != 0
	default:
		return mode&0o001 != 0
	}
}
