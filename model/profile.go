package model

import (
	"io"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
)

// User is a person, across all organizations.
type User struct {
	bun.BaseModel `bun:"table:users,alias:t"`
	sibling.Member
	ID        id.User   `bun:"id,pk"`
	Email     string    `bun:"email"` // lower case
	Name      string    `bun:"name" max:"255"`
	IsActive  bool      `bun:"is_active"`
	CreatedAt time.Time `bun:"created_at"`
}

// Key identifies the user.
func (u *User) Key() [16]byte { return u.ID }

// Profile is a user's membership in one organization.
type Profile struct {
	bun.BaseModel `bun:"table:profile,alias:t"`
	sibling.Member
	ID                 id.Profile   `bun:"id,pk"`
	OrgID              id.Org       `bun:"org_id,pk"`
	UserID             id.User      `bun:"user_id"`
	Role               Role         `bun:"role"` // the only source of admin rights
	HasSalesAccess     bool         `bun:"has_sales_access"`
	HasMarketingAccess bool         `bun:"has_marketing_access"`
	IsActive           bool         `bun:"is_active"` // false = suspended
	Phone              *string      `bun:"phone" max:"20"`
	AlternatePhone     *string      `bun:"alternate_phone" max:"20"`
	DateOfJoining      *scalar.Date `bun:"date_of_joining"`
	AddressID          *id.ID       `bun:"address_id"`
	CreatedAt          time.Time    `bun:"created_at"`
	UpdatedAt          time.Time    `bun:"updated_at"`

	// The user's, read with the membership: whoever shows a member shows the name.
	UserName  string `bun:"user_name,scanonly"`
	UserEmail string `bun:"user_email,scanonly"`

	// Set through updateMyProfile.
	Name    *string        `bun:"-"` // the user's
	Address *AddressFields `bun:"-"`
}

// User is the person as far as it was read with the membership; nil when it was not.
func (p *Profile) User() *User {
	if p.UserEmail == "" {
		return nil
	}
	return &User{ID: p.UserID, Name: p.UserName, Email: p.UserEmail}
}

// Key identifies the profile within its organization.
func (p *Profile) Key() [16]byte { return p.ID }

// The GraphQL types around a profile.
type (
	ProfileConnection = Connection[Profile]
	ProfileEdge       = Edge[Profile]
)

// Role is what a member may do.
type Role string

// The values, as stored.
const (
	RoleAdmin Role = "ADMIN"
	RoleUser  Role = "USER"
)

var _ = enum(RoleAdmin, RoleUser)

// MarshalGQL writes the schema's name.
func (v Role) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *Role) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// SignInDelivery is how a sign-in message proves the address.
type SignInDelivery string

// The values, as stored.
const (
	SignInByLink SignInDelivery = "link"
	SignInByCode SignInDelivery = "code"
)

var _ = enum(SignInByLink, SignInByCode)

// MarshalGQL writes the schema's name.
func (v SignInDelivery) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *SignInDelivery) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
