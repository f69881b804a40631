package model

import (
	"io"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Board is cards in columns, which only its members see.
type Board struct {
	bun.BaseModel `bun:"table:board,alias:t"`
	Base
	Name        string     `bun:"name" max:"255" required:"true"`
	Description *string    `bun:"description" max:"20000"`
	OwnerID     id.Profile `bun:"owner_id"` // the member with the role BoardOwner
	IsArchived  bool       `bun:"is_archived"`
}

// BoardMember is a profile's membership in a board.
type BoardMember struct {
	bun.BaseModel `bun:"table:board_member,alias:t"`
	Base
	BoardID   id.ID      `bun:"board_id"`
	ProfileID id.Profile `bun:"profile_id"`
	Role      BoardRole  `bun:"role"`
}

// The GraphQL types around a board and its members.
type (
	BoardConnection       = Connection[Board]
	BoardEdge             = Edge[Board]
	BoardMemberConnection = Connection[BoardMember]
	BoardMemberEdge       = Edge[BoardMember]
)

// BoardRole is what a member of a board may do.
type BoardRole string

// The values, as stored.
const (
	BoardOwner    BoardRole = "owner"
	BoardAdmin    BoardRole = "admin"
	BoardOrdinary BoardRole = "member"
)

var _ = enum(BoardOwner, BoardAdmin, BoardOrdinary)

// MarshalGQL writes the schema's name.
func (v BoardRole) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *BoardRole) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
