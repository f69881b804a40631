package model

import (
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// PortalLink is a link with which somebody without an account is shown one document. Only its token's hash is stored.
type PortalLink struct {
	bun.BaseModel `bun:"table:portal_access_token,alias:t"`
	Row
	UpdatedAt   time.Time  `bun:"updated_at"`
	CreatedByID *id.User   `bun:"created_by_id"`
	UpdatedByID *id.User   `bun:"updated_by_id"`
	TokenHash   string     `bun:"token_hash"` // SHA-256 in hex
	Target      LinkTarget `bun:"resource_type"`
	TargetID    id.ID      `bun:"resource_id"`
	ExpiresAt   *time.Time `bun:"expires_at"`
	RevokedAt   *time.Time `bun:"revoked_at"`
	UseCount    int        `bun:"use_count"`
	LastUsedAt  *time.Time `bun:"last_used_at"`
}

// The GraphQL types around a link.
type (
	PortalLinkConnection = Connection[PortalLink]
	PortalLinkEdge       = Edge[PortalLink]
)

// LinkTarget is the kind of document that a link leads to.
type LinkTarget string

// The values, as stored.
const (
	ToInvoice  LinkTarget = "invoice"
	ToEstimate LinkTarget = "estimate"
)

// To is the id of the document if it is of the kind.
func (l *PortalLink) To(target LinkTarget) *id.ID {
	if l.Target != target {
		return nil
	}
	return &l.TargetID
}
