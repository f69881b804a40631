package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// fileColumns are all columns that name stored files. What none of them names is deleted when it is old enough: a table
// that is missing here loses its files.
var fileColumns = []struct{ table, column string }{
	{"attachments", "attachment"},
	{`"commentFiles"`, "comment_file"},
	{"document", "document_file"},
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
