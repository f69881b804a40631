package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// CommentFiles come with a comment and go with it; who reads it reads them (domain: B.9).
var CommentFiles = new(Entity[model.CommentFile])

// FilesOfComment are those of one comment.
var FilesOfComment = Relation{Column: "comment_id"}

func init() {
	*CommentFiles = Entity[model.CommentFile]{
		Noun: "file", Resource: Comments.Resource,
		Order:   map[string]string{"CREATED_AT": "created_at"},
		Default: page.Order{Field: "CREATED_AT", Direction: "ASC"}, // as they were sent
		Read:    within(Comments, "comment_id"),
	}
}

// keepCommentFiles has a new comment name the files that came with it.
func keepCommentFiles(ctx context.Context, c *Change[model.Comment]) error {
	if !c.Created() {
		return nil
	}
	for i := range c.Row.Files {
		f := &model.CommentFile{CommentID: c.Row.ID}
		stamp(ctx, c.viewer, &f.Base)
		var err error
		if f.Blob, err = take(&f.Kept, "files", &c.Row.Files[i], files.MaxName); err != nil {
			return err
		}
		if err := CommentFiles.insertRow(ctx, f); err != nil {
			return err
		}
	}
	return nil
}

// removeCommentFiles deletes the files of a comment that goes; their rows go by their foreign key.
func removeCommentFiles(ctx context.Context, c *model.Comment) error {
	var keys []string
	if err := tenant.Select(ctx, &keys, `SELECT comment_file FROM "commentFiles" WHERE org_id = $1 AND comment_id = $2`,
		[16]byte(c.OrgID), [16]byte(c.ID)); err != nil {
		return fmt.Errorf("look for the comment's files: %w", err)
	}
	files.Remove(ctx, keys...)
	return nil
}
