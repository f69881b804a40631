package files_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func TestSweep(t *testing.T) {
	t.Parallel()
	w := open(t)
	// More than one page of Acme's, every third named; and one of an organization that is not swept.
	var named, unnamed []string
	if err := os.MkdirAll(filepath.Join(w.dir, w.Acme.ID.String()), 0o700); err != nil {
		t.Fatal(err)
	}
	for i := range 1200 {
		key := w.Acme.ID.String() + "/" + id.New[id.ID]().String()
		if err := os.WriteFile(filepath.Join(w.dir, filepath.FromSlash(key)), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
		w.age(t, key)
		if i%3 == 0 {
			named = append(named, key)
		} else {
			unnamed = append(unnamed, key)
		}
	}
	_, theirs := w.attached(t, w.Globex.Admin, "theirs")
	w.age(t, theirs.Key)
	if _, err := w.admin(t).Exec(t.Context(), `INSERT INTO attachments (org_id, id, entity_type, entity_id, file_name, attachment, size_bytes)
		SELECT $1, gen_random_uuid(), 'Lead', gen_random_uuid(), 'a', key, 1 FROM unnest($2::text[]) key`, [16]byte(w.Acme.ID), named); err != nil {
		t.Fatal(err)
	}
	of := []id.Org{w.Acme.ID}
	ask := store.NamedFiles(w.Backend.DB)

	t.Run("a question that fails deletes nothing", func(t *testing.T) {
		down := errors.New("down")
		n, err := w.Sweep(t.Context(), of, 24*time.Hour, func(context.Context, id.Org, []string) ([]string, error) { return nil, down })
		if n != 0 || !errors.Is(err, down) || !strings.Contains(err.Error(), w.Acme.ID.String()) {
			t.Error(n, err)
		}
	})
	t.Run("what may be about to be named is left alone", func(t *testing.T) {
		if n, err := w.Sweep(t.Context(), of, time.Minute, ask); err == nil || n != 0 {
			t.Error(n, err)
		}
		if n, err := w.Sweep(t.Context(), of, 48*time.Hour, ask); err != nil || n != 0 {
			t.Error(n, err)
		}
	})
	w.holds(t, append(append([]string{theirs.Key}, named...), unnamed...)...)
	t.Run("what is old and not named goes, the rest stays", func(t *testing.T) {
		if n, err := w.Sweep(t.Context(), of, 24*time.Hour, ask); err != nil || n != len(unnamed) {
			t.Error(n, err)
		}
		w.holds(t, append([]string{theirs.Key}, named...)...)
		if n, err := w.Sweep(t.Context(), of, 24*time.Hour, ask); err != nil || n != 0 {
			t.Error(n, err)
		}
	})
	t.Run("an organization that fails does not keep the next one from it", func(t *testing.T) {
		if _, err := w.admin(t).Exec(t.Context(), "DELETE FROM attachments"); err != nil {
			t.Fatal(err)
		}
		once := 0
		n, err := w.Sweep(t.Context(), []id.Org{w.Acme.ID, w.Globex.ID}, 24*time.Hour, func(ctx context.Context, org id.Org, keys []string) ([]string, error) {
			if once++; once == 1 {
				return nil, errors.New("once")
			}
			return ask(ctx, org, keys)
		})
		if n != 1 || err == nil {
			t.Error(n, err)
		}
		w.holds(t, named...)
	})
	t.Run("an organization without files has nothing to sweep", func(t *testing.T) {
		if n, err := w.Sweep(t.Context(), []id.Org{id.New[id.Org]()}, 24*time.Hour, ask); err != nil || n != 0 {
			t.Error(n, err)
		}
	})
}
