package model

import (
	"io"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Document is a file of the organization's own.
type Document struct {
	bun.BaseModel `bun:"table:document,alias:t"`
	Base
	Title  string         `bun:"title" max:"255" required:"true"`
	Status DocumentStatus `bun:"status"`
	Blob   string         `bun:"document_file" told:"never"`
	Kept

	File        files.Upload `bun:"-"`
	SharedToIDs []id.Profile `bun:"-"`
	TeamIDs     []id.ID      `bun:"-"`
}

// The GraphQL types around a document.
type (
	DocumentConnection = Connection[Document]
	DocumentEdge       = Edge[Document]
)

// Label is what an activity calls the document.
func (d *Document) Label() string { return d.Title }

// Stored is the file.
func (d *Document) Stored() files.File { return d.file(d.Blob, d.UpdatedAt) }

// DocumentStatus is whether a document is in use.
type DocumentStatus string

// The values, as stored.
const (
	DocumentActive   DocumentStatus = "active"
	DocumentInactive DocumentStatus = "inactive"
)

var _ = enum(DocumentActive, DocumentInactive)

// MarshalGQL writes the schema's name.
func (v DocumentStatus) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *DocumentStatus) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
