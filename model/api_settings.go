package model

import (
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// ApiSettings is a web site that may post leads. Only the hash of its key is stored.
type ApiSettings struct {
	bun.BaseModel `bun:"table:apiSettings,alias:t"`
	Base
	Title   string  `bun:"title" max:"255" required:"true"`
	Website *string `bun:"website" max:"255"`
	Hash    string  `bun:"apikey_hash"` // SHA-256 in hex
	Prefix  string  `bun:"apikey_prefix"`

	// What every lead of the site starts with.
	LeadAssignedToIDs []id.Profile `bun:"-"`
	TagIDs            []id.ID      `bun:"-"`
}

// The GraphQL types around a site.
type (
	ApiSettingsConnection = Connection[ApiSettings]
	ApiSettingsEdge       = Edge[ApiSettings]
)
