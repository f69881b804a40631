package model

import (
	"github.com/uptrace/bun"

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
}

// The GraphQL types around a comment.
type (
	CommentConnection = Connection[Comment]
	CommentEdge       = Edge[Comment]
)
