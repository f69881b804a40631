package model

import (
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Comment is a note on a record.
type Comment struct {
	bun.BaseModel `bun:"table:comment,alias:t"`
	Base
	EntityType    EntityType  `bun:"entity_type"`
	EntityID      id.ID       `bun:"entity_id"`
	Comment       string      `bun:"comment" max:"20000" required:"true"`
	IsInternal    bool        `bun:"is_internal"`
	CommentedByID *id.Profile `bun:"commented_by_id"` // null when a customer wrote it or the membership ended
	AuthorName    string      `bun:"author_name"`

	MentionIDs []id.Profile   `bun:"-"` // those that the writer names; after the rules, all that the comment mentions
	Files      []files.Upload `bun:"-"`
}

// CommentFile is a file that came with a comment.
type CommentFile struct {
	bun.BaseModel `bun:"table:commentFiles,alias:t"`
	Base
	CommentID id.ID  `bun:"comment_id"`
	Blob      string `bun:"comment_file" told:"never"`
	Kept
}

// Stored is the file.
func (f *CommentFile) Stored() files.File { return f.file(f.Blob, f.UpdatedAt) }

// The GraphQL types around a comment.
type (
	CommentConnection = Connection[Comment]
	CommentEdge       = Edge[Comment]
)
