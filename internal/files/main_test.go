package files_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) {
	// The tools of AWS take their credentials from the environment, and TestS3 has a service of its own.
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": "key", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_REGION": "", "AWS_PROFILE": ""} {
		if err := os.Setenv(name, value); err != nil {
			panic(err)
		}
	}
	os.Exit(testdb.Run(m))
}

// world is a server's database with two organizations, and a store of files in a folder.
type world struct {
	*apitest.Env
	*files.Store
	dir string
	log *apitest.Log
}

func open(t *testing.T) *world {
	t.Helper()
	w := &world{Env: apitest.New(t), dir: t.TempDir(), log: new(apitest.Log)}
	w.Store = folder(t, w.dir, w.log)
	return w
}

func folder(t *testing.T, dir string, log *apitest.Log) *files.Store {
	t.Helper()
	s, err := files.Open(t.Context(), files.Folder(dir), slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// begin makes an operation of a client as the server does; the test ends it, or leaves it as a crash does.
func (w *world) begin(t *testing.T, db *tenant.DB, client *apitest.Client) (context.Context, *tenant.Operation) {
	t.Helper()
	b := w.Backend
	identity, err := auth.NewAuthenticator(b.Keys, b.DB, b.Audit).Identify("Bearer " + client.Token)
	if err != nil {
		t.Fatal(err)
	}
	op := db.Begin(identity, true)
	return files.NewContext(tenant.NewContext(t.Context(), op), w.Store), op
}

// put stores a text.
func (w *world) put(t *testing.T, ctx context.Context, text string) files.Stored {
	t.Helper()
	stored, err := w.Put(ctx, strings.NewReader(text), files.MaxSize)
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

const insertAttachment = `INSERT INTO attachments (org_id, id, entity_type, entity_id, file_name, attachment, content_type, size_bytes, checksum)
	VALUES ($1, $2, 'Lead', $2, 'a.txt', $3, $4, $5, $6)`

// attach writes the row that names a blob, in the operation.
func attach(ctx context.Context, s files.Stored) (id.ID, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return id.ID{}, err
	}
	key := id.New[id.ID]()
	_, err = tenant.Exec(ctx, insertAttachment, [16]byte(v.OrgID), [16]byte(key), s.Key, s.ContentType, s.Size, s.SHA256)
	return key, err
}

// attached stores a file with its row, in an operation that commits.
func (w *world) attached(t *testing.T, client *apitest.Client, text string) (id.ID, files.Stored) {
	t.Helper()
	ctx, op := w.begin(t, w.Backend.DB, client)
	stored := w.put(t, ctx, text)
	key, err := attach(ctx, stored)
	if err != nil {
		t.Fatal(err)
	}
	if err := op.Close(ctx, true); err != nil {
		t.Fatal(err)
	}
	return key, stored
}

// detach deletes the row, and the file with it if it was there.
func detach(ctx context.Context, key id.ID) error {
	var names []string
	err := tenant.Select(ctx, &names, "DELETE FROM attachments WHERE id = $1 RETURNING attachment", [16]byte(key))
	files.Remove(ctx, names...)
	return err
}

// kept are the names of all files below the folder, those that are no blobs too.
func (w *world) kept(t *testing.T) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(w.dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			path, err = filepath.Rel(w.dir, path)
			out = append(out, filepath.ToSlash(path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func (w *world) holds(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := w.kept(t); !slices.Equal(got, want) {
		t.Errorf("the folder has %q, want %q", got, want)
	}
}

// age makes a file as old as a sweep wants it.
func (w *world) age(t *testing.T, key string) {
	t.Helper()
	then := time.Now().Add(-25 * time.Hour)
	if err := os.Chtimes(filepath.Join(w.dir, filepath.FromSlash(key)), then, then); err != nil {
		t.Fatal(err)
	}
}

// sweep is what a job does each night.
func (w *world) sweep(t *testing.T, want int) {
	t.Helper()
	n, err := w.Sweep(t.Context(), []id.Org{w.Acme.ID, w.Globex.ID}, 24*time.Hour, store.NamedFiles(w.Backend.DB))
	if err != nil || n != want {
		t.Errorf("swept %d, %v; want %d", n, err, want)
	}
}

// admin is a connection above all policies.
func (w *world) admin(t *testing.T) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), w.Database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

// rows counts the attachments that name a blob.
func (w *world) rows(t *testing.T, key string) (n int) {
	t.Helper()
	if err := w.admin(t).QueryRow(t.Context(), "SELECT count(*) FROM attachments WHERE attachment = $1", key).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func refused(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("%s: want %s, got %v", what, code, err)
	}
}

// png is the beginning of a picture.
var png = append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"), bytes.Repeat([]byte{0}, 100)...)
