package files_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// TestStoring ends operations that store a file in every way in which one ends.
func TestStoring(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		commit bool
		schema string // what is done to the database before it
		before func(t *testing.T, w *world, ctx context.Context) context.Context
		fails  bool
		stays  bool // the blob, after the operation
		swept  int  // by the next sweep
	}{
		{name: "a commit leaves it", commit: true, stays: true},
		{name: "a rollback takes it back"},
		{name: "a refused commit takes it back", commit: true, fails: true,
			schema: `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
				CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON attachments DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()`},
		{name: "a failed statement takes it back, also when somebody commits", commit: true, fails: true,
			before: func(t *testing.T, _ *world, ctx context.Context) context.Context {
				if _, err := tenant.Exec(ctx, "SELECT 1/0"); err == nil {
					t.Fatal("the statement did not fail")
				}
				return ctx
			}},
		{name: "a request that went away takes it back", commit: true, fails: true,
			before: func(_ *testing.T, _ *world, ctx context.Context) context.Context {
				ctx, cancel := context.WithCancel(ctx)
				cancel()
				return ctx
			}},
		{name: "a commit whose outcome nobody knows leaves it to the sweep", commit: true, fails: true, stays: true, swept: 1,
			before: func(t *testing.T, w *world, ctx context.Context) context.Context {
				var pid int
				if err := tenant.Select(ctx, &pid, "SELECT pg_backend_pid()"); err != nil {
					t.Fatal(err)
				}
				if _, err := w.admin(t).Exec(t.Context(), "SELECT pg_terminate_backend($1, 5000)", pid); err != nil {
					t.Fatal(err)
				}
				return ctx
			}},
		{name: "a folder that fails leaves it to the sweep", stays: true, swept: 1,
			before: func(t *testing.T, w *world, ctx context.Context) context.Context {
				hide(t, w)
				return ctx
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			_, other := w.attached(t, w.Acme.Admin, "of another row")
			if _, err := w.admin(t).Exec(t.Context(), c.schema); err != nil {
				t.Fatal(err)
			}
			ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
			stored := w.put(t, ctx, "x")
			if _, err := attach(ctx, stored); err != nil {
				t.Fatal(err)
			}
			w.holds(t, other.Key, stored.Key)
			if c.before != nil {
				ctx = c.before(t, w, ctx)
			}
			if err := op.Close(ctx, c.commit); (err != nil) != c.fails {
				t.Fatal(err)
			}
			show(t, w)
			want := []string{other.Key}
			if c.stays {
				want = append(want, stored.Key)
			}
			w.holds(t, want...)
			for _, key := range want {
				w.age(t, key)
			}
			w.sweep(t, c.swept)
			if c.swept > 0 {
				want = want[:1]
			}
			w.holds(t, want...)
			if rows := w.rows(t, stored.Key); rows != len(want)-1 {
				t.Errorf("%d rows for %d blobs", rows, len(want)-1)
			}
		})
	}
}

// hide puts something in the way of the folder of Acme; show takes it away.
func hide(t *testing.T, w *world) {
	t.Helper()
	mine := filepath.Join(w.dir, w.Acme.ID.String())
	if err := os.Rename(mine, mine+".hidden"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, nil, 0o600); err != nil {
		t.Fatal(err)
	}
}

func show(t *testing.T, w *world) {
	t.Helper()
	mine := filepath.Join(w.dir, w.Acme.ID.String())
	if _, err := os.Stat(mine + ".hidden"); err != nil {
		return
	}
	if err := os.Remove(mine); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(mine+".hidden", mine); err != nil {
		t.Fatal(err)
	}
}

// TestCommitWithoutAnAnswer breaks the connection when the server has committed and before it can say so.
func TestCommitWithoutAnAnswer(t *testing.T) {
	t.Parallel()
	w := open(t)
	line := newLine(t, w.Database.AppURL)
	db, err := tenant.Open(line.url, tenant.Options{PoolSize: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ctx, op := w.begin(t, db, w.Acme.Admin)
	stored := w.put(t, ctx, "x")
	if _, err := attach(ctx, stored); err != nil {
		t.Fatal(err)
	}
	line.cut.Store(true)
	if err := op.Close(ctx, true); err == nil {
		t.Fatal("the commit was answered")
	}
	if w.rows(t, stored.Key) != 1 {
		t.Fatal("the server did not commit: this tests nothing")
	}
	w.holds(t, stored.Key)
	w.age(t, stored.Key)
	w.sweep(t, 0)
	w.holds(t, stored.Key)
}

// line is a connection to the server that can be cut: then it breaks where the server says that it has committed.
type line struct {
	url string
	cut atomic.Bool
}

func newLine(t *testing.T, to string) *line {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	server := u.Host
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	u.Host = listener.Addr().String()
	l := &line{url: u.String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			go l.connect(client, server)
		}
	}()
	return l
}

func (l *line) connect(client net.Conn, to string) {
	defer func() { _ = client.Close() }()
	server, err := net.Dial("tcp", to)
	if err != nil {
		return
	}
	defer func() { _ = server.Close() }()
	go func() { _, _ = io.Copy(server, client) }()
	answer := make([]byte, 64<<10)
	for {
		n, err := server.Read(answer)
		if err != nil || l.cut.Load() && bytes.Contains(answer[:n], []byte("COMMIT\x00")) {
			return
		}
		if _, err := client.Write(answer[:n]); err != nil {
			return
		}
	}
}

// TestCrash leaves operations where a server that dies leaves them: nothing that was queued for their end is done.
func TestCrash(t *testing.T) {
	t.Parallel()
	w := open(t)
	doomed, named := w.attached(t, w.Acme.Admin, "of a row")
	_, kept := w.attached(t, w.Acme.Admin, "of a row that stays")
	conn := w.admin(t)
	die := func(ctx context.Context) {
		var pid int
		if err := tenant.Select(ctx, &pid, "SELECT pg_backend_pid()"); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(t.Context(), "SELECT pg_terminate_backend($1, 5000)", pid); err != nil {
			t.Fatal(err)
		}
	}

	ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
	t.Cleanup(func() { _ = op.Close(context.WithoutCancel(ctx), false) })
	before := w.put(t, ctx, "before its row was committed")
	if _, err := attach(ctx, before); err != nil {
		t.Fatal(err)
	}
	die(ctx)
	// A row that is gone, with nobody left to delete its blob.
	if _, err := conn.Exec(t.Context(), "DELETE FROM attachments WHERE id = $1", [16]byte(doomed)); err != nil {
		t.Fatal(err)
	}
	// In the middle of a file.
	half := named.Key + ".18ab.tmp"
	if err := os.WriteFile(filepath.Join(w.dir, filepath.FromSlash(half)), []byte("hal"), 0o600); err != nil {
		t.Fatal(err)
	}

	w.holds(t, before.Key, named.Key, kept.Key, half)
	w.sweep(t, 0) // all of them are young
	for _, key := range w.kept(t) {
		w.age(t, key)
	}
	w.sweep(t, 3)
	w.holds(t, kept.Key)
}

func TestRemoving(t *testing.T) {
	t.Parallel()
	w := open(t)
	t.Run("a commit deletes the blob, and not before", func(t *testing.T) {
		key, stored := w.attached(t, w.Acme.Admin, "x")
		ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
		if err := detach(ctx, key); err != nil {
			t.Fatal(err)
		}
		w.holds(t, stored.Key)
		if err := op.Close(ctx, true); err != nil {
			t.Fatal(err)
		}
		w.holds(t)
	})
	t.Run("a rollback leaves both", func(t *testing.T) {
		key, stored := w.attached(t, w.Acme.Admin, "x")
		ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
		if err := detach(ctx, key); err != nil {
			t.Fatal(err)
		}
		if err := op.Close(ctx, false); err != nil {
			t.Fatal(err)
		}
		w.holds(t, stored.Key)
		if w.rows(t, stored.Key) != 1 {
			t.Error("the row is gone")
		}
		remove(t, w, stored.Key)
	})
	t.Run("many who delete the same leave nothing, and none fails", func(t *testing.T) {
		key, _ := w.attached(t, w.Acme.Admin, "x")
		var all sync.WaitGroup
		for range 8 {
			ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
			all.Go(func() {
				if err := detach(ctx, key); err != nil {
					t.Error(err)
				}
				files.Remove(ctx, "no key", "") // a row that names what is elsewhere
				if err := op.Close(ctx, true); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		w.holds(t)
	})
	t.Run("a file that is replaced and one that is deleted twice", func(t *testing.T) {
		_, old := w.attached(t, w.Acme.Admin, "old")
		ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
		replacement := w.put(t, ctx, "new")
		if _, err := tenant.Exec(ctx, "UPDATE attachments SET attachment = $1 WHERE attachment = $2", replacement.Key, old.Key); err != nil {
			t.Fatal(err)
		}
		files.Remove(ctx, old.Key, old.Key)
		if err := op.Close(ctx, true); err != nil {
			t.Fatal(err)
		}
		w.holds(t, replacement.Key)
		remove(t, w, replacement.Key)
	})
	t.Run("another organization's blob stays, whatever a row says", func(t *testing.T) {
		_, theirs := w.attached(t, w.Globex.Admin, "theirs")
		remove(t, w, theirs.Key)
		w.holds(t, theirs.Key)
	})
	t.Run("a server without a store leaves it to the sweep", func(t *testing.T) {
		before := w.kept(t)
		_, stored := w.attached(t, w.Acme.Admin, "x")
		ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
		files.Remove(files.NewContext(ctx, nil), stored.Key)
		if err := op.Close(ctx, true); err != nil {
			t.Fatal(err)
		}
		w.holds(t, append(before, stored.Key)...)
	})
	if log := w.log.String(); strings.Contains(log, "level=") {
		t.Errorf("something failed: %s", log)
	}
}

// remove deletes a blob in an operation of Acme's that does nothing else.
func remove(t *testing.T, w *world, key string) {
	t.Helper()
	ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
	files.Remove(ctx, key)
	if err := op.Close(ctx, true); err != nil {
		t.Fatal(err)
	}
}
