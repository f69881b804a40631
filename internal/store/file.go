package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// fileColumns are all columns that name stored files. What none of them names is deleted when it is old enough: a table
// that is missing here loses its files.
var fileColumns = []struct{ table, column string }{
	{"attachments", "attachment"},
	{`"commentFiles"`, "comment_file"},
	{"document", "document_file"},
}

// take has a row name a file that came with a write, under a name of at most so many characters, and gives the key of its
// blob. A fault is about the field of the input that the file came in.
func take(into *model.Kept, field string, u *files.Upload, longest int) (key string, err error) {
	stored, err := u.Claim()
	if err != nil {
		return "", fault.Field(field, "%s", err)
	}
	into.Keep(files.DisplayName(u.Name, longest), stored)
	return stored.Key, nil
}

// filed is an entity whose records name a file.
type filed interface {
	typeName() string
	stored(ctx context.Context, key [16]byte) (files.File, error)
}

func (e *Entity[T]) typeName() string { return e.table().TypeName }

func (e *Entity[T]) stored(ctx context.Context, key [16]byte) (files.File, error) {
	r, err := e.Get(ctx, key)
	if err != nil {
		return files.File{}, err
	}
	return any(r).(interface{ Stored() files.File }).Stored(), nil
}

// File finds the file of a record of a type for who may read the record.
func File(ctx context.Context, typ string, key [16]byte) (files.File, error) {
	for _, e := range []filed{Attachments, CommentFiles, Documents} {
		if e.typeName() == typ {
			return e.stored(ctx, key)
		}
	}
	return files.File{}, fault.New(fault.NotFound, "file not found")
}

// NamedFiles tells the sweep of files which keys the rows of an organization name.
func NamedFiles(db *tenant.DB) files.Named {
	parts := make([]string, len(fileColumns))
	for i, c := range fileColumns {
		parts[i] = "SELECT " + c.column + " FROM " + c.table + " WHERE org_id = $1 AND " + c.column + " = ANY($2)"
	}
	text := strings.Join(parts, " UNION ")
	return func(ctx context.Context, org id.Org, keys []string) ([]string, error) {
		var named []string
		err := db.In(ctx, org, func(ctx context.Context, tx bun.Tx) error {
			rows, err := tenant.Rows(ctx, tx, text, [16]byte(org), keys)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }()
			for rows.Next() {
				var key string
				if err := rows.Scan(&key); err != nil {
					return err
				}
				named = append(named, key)
			}
			return rows.Err()
		})
		if err != nil {
			return nil, fmt.Errorf("look for rows that name files: %w", err)
		}
		return named, nil
	}
}
