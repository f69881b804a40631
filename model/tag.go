package model

import (
	"io"

	"github.com/uptrace/bun"
)

// Tag is a label for records.
type Tag struct {
	bun.BaseModel `bun:"table:tags,alias:t"`
	Base
	Name        string   `bun:"name" max:"50" required:"true"`
	Slug        string   `bun:"slug"` // from the name; unique in the organization
	Color       TagColor `bun:"color"`
	Description string   `bun:"description" max:"20000"`
	IsActive    bool     `bun:"is_active"` // false = archived: stays on records, is not offered
}

// The GraphQL types around a tag.
type (
	TagConnection = Connection[Tag]
	TagEdge       = Edge[Tag]
)

// Label is what an activity calls the tag.
func (t *Tag) Label() string { return t.Name }

// TagReport is how many records have a tag.
type TagReport struct{ Accounts, Contacts, Leads, Opportunities, Cases, Tasks int }

// Total is all of them together.
func (u *TagReport) Total() int {
	return u.Accounts + u.Contacts + u.Leads + u.Opportunities + u.Cases + u.Tasks
}

// TagColor is a tag's colour.
type TagColor string

// TagColorValues are all of them, as stored.
var TagColorValues = enum[TagColor](
	"gray",
	"red",
	"orange",
	"amber",
	"yellow",
	"lime",
	"green",
	"emerald",
	"teal",
	"cyan",
	"sky",
	"blue",
	"indigo",
	"violet",
	"purple",
	"fuchsia",
	"pink",
	"rose",
)

// MarshalGQL writes the schema's name.
func (v TagColor) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *TagColor) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
