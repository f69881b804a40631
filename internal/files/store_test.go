package files_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

var quiet = slog.New(slog.DiscardHandler)

func TestPut(t *testing.T) {
	t.Parallel()
	w := open(t)
	for name, c := range map[string]struct {
		bytes []byte
		kind  string
	}{
		"a text":                        {[]byte("hello"), "text/plain; charset=utf-8"},
		"one byte":                      {[]byte{0}, "application/octet-stream"},
		"a picture":                     {png, "image/png"},
		"a page":                        {[]byte("<!DOCTYPE html><script>alert(1)</script>"), "text/html; charset=utf-8"},
		"a drawing with a script":       {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`), "image/svg+xml"},
		"a PDF":                         {[]byte("%PDF-1.7\n"), "application/pdf"},
		"more than a buffer":            {bytes.Repeat([]byte("0123456789abcdef"), 100_000), "text/plain; charset=utf-8"},
		"as long as what is sniffed":    {bytes.Repeat([]byte("x"), 3072), "text/plain; charset=utf-8"},
		"a table that calls itself one": {[]byte("a,b\n1,2\n3,4\n"), "text/csv"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
			stored, err := w.Put(ctx, iotest.HalfReader(bytes.NewReader(c.bytes)), int64(len(c.bytes)))
			if err != nil {
				t.Fatal(err)
			}
			if err := op.Close(ctx, true); err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(c.bytes)
			if stored.Size != int64(len(c.bytes)) || stored.SHA256 != hex.EncodeToString(sum[:]) || stored.ContentType != c.kind {
				t.Errorf("%+v", stored)
			}
			if !regexp.MustCompile(`^` + w.Acme.ID.String() + `/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$`).MatchString(stored.Key) {
				t.Errorf("the key is %s", stored.Key)
			}
			r, err := w.Open(t.Context(), w.Acme.ID, stored.Key)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, c.bytes) {
				t.Errorf("%d bytes come back, %v", len(got), err)
			}
			if at, err := r.Seek(-1, io.SeekEnd); err != nil || at != stored.Size-1 {
				t.Error(at, err)
			}
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, c.bytes[len(c.bytes)-1:]) {
				t.Errorf("the last byte is %q, %v", got, err)
			}
		})
	}
}

// counted counts what is taken of an endless file.
type counted int64

func (c *counted) Read(p []byte) (int, error) {
	*c += counted(len(p))
	return len(p), nil
}

func TestPutRefuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	gone := errors.New("the client went away")
	for name, c := range map[string]struct {
		r    io.Reader
		code fault.Code
	}{
		"one byte too many":           {strings.NewReader("12345678901"), fault.LimitExceeded},
		"nothing":                     {strings.NewReader(""), fault.Invalid},
		"what breaks at once":         {iotest.ErrReader(gone), ""},
		"what breaks later":           {io.MultiReader(strings.NewReader("123"), iotest.ErrReader(gone)), ""},
		"what ends before it says so": {io.MultiReader(strings.NewReader("123"), iotest.ErrReader(io.ErrUnexpectedEOF)), ""},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
			_, err := w.Put(ctx, c.r, 10)
			switch {
			case c.code != "":
				refused(t, name, err, c.code)
			case !errors.Is(err, gone) && !errors.Is(err, io.ErrUnexpectedEOF) || fault.All(err) != nil:
				t.Error(err)
			}
			w.holds(t) // also before the operation ends, and nothing half written
			if err := op.Close(ctx, false); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("an endless file is not read to its end", func(t *testing.T) {
		ctx, _ := w.begin(t, w.Backend.DB, w.Acme.Admin)
		var c counted
		_, err := w.Put(ctx, &c, 1<<20)
		refused(t, "endless", err, fault.LimitExceeded)
		if c > 1<<20+64<<10 {
			t.Errorf("%d bytes were read", c)
		}
		w.holds(t)
	})
	t.Run("a request that is given up leaves nothing", func(t *testing.T) {
		ctx, _ := w.begin(t, w.Backend.DB, w.Acme.Admin)
		ctx, cancel := context.WithCancel(ctx)
		last := readerFunc(func([]byte) (int, error) { cancel(); return 0, io.EOF })
		_, err := w.Put(ctx, io.MultiReader(strings.NewReader("123"), last), 10)
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		w.holds(t)
		if log := w.log.String(); log != "" {
			t.Errorf("it is called a failure: %s", log)
		}
	})
	t.Run("nobody stores nothing", func(t *testing.T) {
		_, err := w.Put(t.Context(), strings.NewReader("x"), 10)
		refused(t, "without an operation", err, fault.Unauthenticated)
	})
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	w := open(t)
	_, mine := w.attached(t, w.Acme.Admin, "mine")
	_, theirs := w.attached(t, w.Globex.Admin, "theirs")
	if err := os.WriteFile(filepath.Join(w.dir, "secret"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		theirs.Key, "", "secret", "../secret", w.Acme.ID.String(), w.Acme.ID.String() + "/", w.Acme.ID.String() + "/../secret",
		w.Acme.ID.String() + "/../" + theirs.Key, w.Acme.ID.String() + "/" + id.New[id.ID]().String(), strings.ToUpper(mine.Key), "https://files.example/a",
	} {
		_, err := w.Open(t.Context(), w.Acme.ID, key)
		refused(t, key, err, fault.NotFound)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{
		files.Folder(filepath.Join(t.TempDir(), "absent")), files.Folder(file), "mem://", "gs://bucket", "/tmp", "", "%zz", "s3://bucket?nonsense=1",
	} {
		if s, err := files.Open(t.Context(), address, quiet); err == nil {
			_ = s.Close()
			t.Errorf("%q is opened", address)
		}
	}
	strange := filepath.Join(t.TempDir(), "a folder? #1 100%")
	if err := os.Mkdir(strange, 0o700); err != nil {
		t.Fatal(err)
	}
	s, err := files.Open(t.Context(), files.Folder(strange), quiet)
	if err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
}

func TestAStoreThatFails(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
	if err := os.WriteFile(filepath.Join(w.dir, w.Acme.ID.String()), []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := w.Put(ctx, strings.NewReader("x"), 10)
	refused(t, "a folder that cannot be made", err, fault.Unavailable)
	if strings.Contains(err.Error(), w.dir) {
		t.Errorf("it tells too much: %v", err)
	}
	if log := w.log.String(); !strings.Contains(log, w.dir) {
		t.Errorf("the log does not tell why: %s", log)
	}
	if err := op.Close(ctx, false); err != nil {
		t.Error(err)
	}
}
