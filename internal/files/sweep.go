package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"gocloud.dev/blob"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Named tells which of the keys the rows of an organization name. It must look into every table that names blobs.
type Named func(ctx context.Context, org id.Org, keys []string) ([]string, error)

// minAge is far beyond what an operation may take from storing a file to its commit.
const minAge = time.Hour

// sweepPage is how many keys Named is asked about at once.
const sweepPage = 500

// Sweep deletes the blobs of the organizations that are older than an age, an hour at least, and that no row names. It
// tells how many that were; what goes wrong in one organization does not keep it from the next. Folders of
// organizations that are not given are left alone.
func (s *Store) Sweep(ctx context.Context, orgs []id.Org, age time.Duration, named Named) (int, error) {
	if age < minAge {
		return 0, fmt.Errorf("sweep files: what is younger than %s may be about to be named", minAge)
	}
	before := time.Now().Add(-age)
	var deleted int
	var errs []error
	for _, org := range orgs {
		n, err := s.sweep(ctx, org, before, named)
		deleted += n
		if err != nil {
			errs = append(errs, fmt.Errorf("sweep the files of %s: %w", org, err))
		}
	}
	return deleted, errors.Join(errs...)
}

func (s *Store) sweep(ctx context.Context, org id.Org, before time.Time, named Named) (deleted int, err error) {
	list := s.bucket.List(&blob.ListOptions{Prefix: folderOf(org)})
	for {
		keys, listed := older(ctx, list, before)
		if listed != nil && !errors.Is(listed, io.EOF) {
			return deleted, fmt.Errorf("list: %w", listed)
		}
		n, err := s.deleteUnnamed(ctx, org, keys, named)
		deleted += n
		if err != nil || listed != nil {
			return deleted, err
		}
	}
}

// older gives the next keys of what was written before an instant; io.EOF goes with the last of them.
func older(ctx context.Context, list *blob.ListIterator, before time.Time) (keys []string, err error) {
	for len(keys) < sweepPage {
		object, err := list.Next(ctx)
		if err != nil {
			return keys, err
		}
		if object.ModTime.Before(before) {
			keys = append(keys, object.Key)
		}
	}
	return keys, nil
}

func (s *Store) deleteUnnamed(ctx context.Context, org id.Org, keys []string, named Named) (deleted int, err error) {
	if len(keys) == 0 {
		return 0, nil
	}
	found, err := named(ctx, org, keys)
	if err != nil {
		return 0, fmt.Errorf("ask which are named: %w", err)
	}
	keep := make(map[string]bool, len(found))
	for _, key := range found {
		keep[key] = true
	}
	for _, key := range keys {
		if keep[key] {
			continue
		}
		if err := s.erase(ctx, key); err != nil {
			return deleted, err
		}
		deleted++
	}
	return deleted, nil
}
