package files

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// disk makes a blob in a folder survive what a commit survives: when the power fails, PostgreSQL still has the row, so
// the file must be on the disk before. In a bucket of S3 there is nothing to do.
type disk struct{ file *os.File }

// take gets hold of the file that is written, if it is one.
func (d *disk) take(as func(any) bool) error {
	as(&d.file)
	return nil
}

// sync waits for the bytes. It comes before the file gets its name.
func (d *disk) sync() error {
	if d.file == nil {
		return nil
	}
	return d.file.Sync()
}

// settle waits for the name, and for that of the organization's folder, which may be new.
func (d *disk) settle() error {
	if d.file == nil || runtime.GOOS == "windows" { // which has no such thing for folders
		return nil
	}
	folder := filepath.Dir(d.file.Name())
	for _, path := range []string{folder, filepath.Dir(folder)} {
		if err := syncFolder(path); err != nil {
			return err
		}
	}
	return nil
}

func syncFolder(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open the folder: %w", err)
	}
	defer func() { _ = f.Close() }()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write the folder: %w", err)
	}
	return nil
}
