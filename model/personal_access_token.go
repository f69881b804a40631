package model

import (
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// PersonalAccessToken is a bearer token for programs. Only its hash is stored.
type PersonalAccessToken struct {
	bun.BaseModel `bun:"table:personal_access_token,alias:t"`
	Row
	ProfileID  id.Profile `bun:"profile_id"`
	Name       string     `bun:"name" max:"255" required:"true"`
	TokenHash  string     `bun:"token_hash"` // SHA-256 in hex
	Prefix     string     `bun:"token_prefix"`
	Scopes     []string   `bun:"scopes,type:jsonb"`
	ExpiresAt  *time.Time `bun:"expires_at"`
	LastUsedAt *time.Time `bun:"last_used_at"`
	RevokedAt  *time.Time `bun:"revoked_at"`
}

// The GraphQL types around a token.
type (
	PersonalAccessTokenConnection = Connection[PersonalAccessToken]
	PersonalAccessTokenEdge       = Edge[PersonalAccessToken]
)
