package model

import (
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Attachment is a file on a record.
type Attachment struct {
	bun.BaseModel `bun:"table:attachments,alias:t"`
	Base
	EntityType EntityType `bun:"entity_type"`
	EntityID   id.ID      `bun:"entity_id"`
	Blob       string     `bun:"attachment" told:"never"`
	Kept

	File files.Upload `bun:"-"`
}

// The GraphQL types around an attachment.
type (
	AttachmentConnection = Connection[Attachment]
	AttachmentEdge       = Edge[Attachment]
)

// Stored is the file.
func (a *Attachment) Stored() files.File { return a.file(a.Blob, a.UpdatedAt) }
