package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Documents are files of the organization's own: admins read them, their creator, and the members and teams they are shared
// with; only the first two change, share or delete one (domain: B.11).
var Documents = new(Entity[model.Document])

// DocumentShares are the members whom a document is shared with.
var DocumentShares = Link{Field: "SharedToIDs", Table: "document_shared_to", Left: "document_id", Right: "profile_id", To: Profiles, Assign: true}

func init() {
	*Documents = Entity[model.Document]{
		Noun: "document", Kind: model.OfDocument, Resource: "documents",
		Order:     map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "TITLE": "title"},
		Search:    []string{"title"},
		Read:      shared("document_shared_to", "document_teams", "document_id"),
		Links:     []Link{DocumentShares, teamsOf("document", "document_id")},
		Statuses:  []string{"Status"},
		MayChange: byCreator[model.Document],
		Fresh:     func(d *model.Document) { d.Status = model.DocumentActive },
		Check:     checkDocument,
		BeforeDelete: func(ctx context.Context, d *model.Document) error {
			files.Remove(ctx, d.Blob)
			return nil
		},
	}
}

// checkDocument takes the file of a write; the one in whose place it comes goes when that is committed.
func checkDocument(ctx context.Context, c *Change[model.Document]) (err error) {
	if !c.Created() {
		if !c.Set["File"] {
			return nil
		}
		files.Remove(ctx, c.Before.Blob)
	}
	c.Row.Blob, err = take(&c.Row.Kept, "file", &c.Row.File, files.MaxName)
	return err
}
