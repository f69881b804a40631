package model

import (
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Team is members who work together. A record shared with a team is open to whoever is in it at that moment.
type Team struct {
	bun.BaseModel `bun:"table:teams,alias:t"`
	Base
	Name        string `bun:"name" max:"100" required:"true"`
	Description string `bun:"description" max:"20000"`

	MemberIDs []id.Profile `bun:"-"`
}

// The GraphQL types around a team.
type (
	TeamConnection = Connection[Team]
	TeamEdge       = Edge[Team]
)

// Label is what an activity calls the team.
func (t *Team) Label() string { return t.Name }
