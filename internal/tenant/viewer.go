package tenant

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Role is what a membership may do. ADMIN may do everything inside the organization.
type Role string

// The two roles.
const (
	Admin  Role = "ADMIN"
	Member Role = "USER"
)

// Viewer is who asks: an active member of an active organization, as the database had it at the start of the
// operation. It is re-read for each operation; what a token claims is never trusted for more than finding it.
type Viewer struct {
	UserID         id.User
	ProfileID      id.Profile
	OrgID          id.Org
	Email          string
	Name           string
	Role           Role
	HasSalesAccess bool
	Teams          [][16]byte     // the teams the viewer is a member of
	Zone           *time.Location // decides what "today" is
	Currency       string         // the organization's default
	Scopes         []string       // of a personal access token; empty = unrestricted
	ViaToken       bool           // a personal access token may not manage credentials
}

// Author is the user whom audit columns name: nil for a client's link and for a job, which are nobody's.
func (v *Viewer) Author() *id.User { return orNil(v.UserID) }

// Actor is the profile whom the timeline names, or nil.
func (v *Viewer) Actor() *id.Profile { return orNil(v.ProfileID) }

func orNil[K id.Any](key K) *K {
	if key == (K{}) {
		return nil
	}
	return &key
}

// IsAdmin reports whether the viewer is an admin of the organization.
func (v *Viewer) IsAdmin() bool { return v.Role == Admin }

// Identity is the claim of a request before the database has confirmed it.
type Identity interface {
	// Org is the claimed organization: the zero value when none has been chosen.
	Org(ctx context.Context) (id.Org, error)
	// Confirm re-reads the membership inside the operation's transaction, in the claimed organization. A
	// membership that is none, or suspended, is an ORGANIZATION_REQUIRED fault.
	Confirm(ctx context.Context, tx bun.Tx) (*Viewer, error)
	// User is the person, confirmed to be active; for what works without an organization.
	User(ctx context.Context, tx bun.Tx) (id.User, error)
}

// Asking is an identity that needs the answer to one statement to be confirmed. The statement travels with BEGIN, and
// Confirm is called when its rows have been read.
type Asking interface {
	Identity
	Ask() Statement
	// Key tells claims apart that may be confirmed differently. It is known once Org has been called.
	Key() any
}
