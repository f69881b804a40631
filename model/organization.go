package model

import (
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
)

// Organization is a tenant.
type Organization struct {
	bun.BaseModel `bun:"table:organization,alias:t"`
	sibling.Member
	ID               id.Org  `bun:"id,pk"`
	Name             string  `bun:"name" max:"100" required:"true"`
	IsActive         bool    `bun:"is_active"`
	CompanyName      string  `bun:"company_name" max:"255"`
	ClosesChildCases bool    `bun:"auto_close_children_on_parent_close"`
	DefaultCurrency  string  `bun:"default_currency"`
	DefaultCountry   *string `bun:"default_country"`
	Timezone         string  `bun:"timezone"`

	// What is printed on invoices besides the name. The columns have an empty text where nothing is known.
	AddressLine *string `bun:"address_line,nullzero,default:''" max:"255"`
	City        *string `bun:"city,nullzero,default:''" max:"100"`
	State       *string `bun:"state,nullzero,default:''" max:"100"`
	Postcode    *string `bun:"postcode,nullzero,default:''" max:"20"`
	Country     *string `bun:"country,nullzero,default:''"`
	Phone       *string `bun:"phone,nullzero,default:''"`
	Email       *string `bun:"email,nullzero,default:''"`
	Website     *string `bun:"website,nullzero,default:''" max:"200"`
	TaxID       *string `bun:"tax_id,nullzero,default:''" max:"50"`

	Vertical    *string `bun:"vertical,nullzero,default:''" max:"64"` // descriptive, never an access rule
	Terminology Terms   `bun:"terminology,type:jsonb,nullzero,default:'{}'"`

	Version   int       `bun:"version,nullzero,default:1"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

// Key identifies the organization.
func (o *Organization) Key() [16]byte { return o.ID }

// Viewer is who asks, as the schema shows it.
type Viewer struct {
	UserID    id.User
	ProfileID *id.Profile
	OrgID     *id.Org
}

// Membership is one of the viewer's organizations.
type Membership struct {
	OrganizationID   id.Org
	OrganizationName string
	Role             Role
}

// Session is a pair of tokens.
type Session struct {
	AccessToken           string
	AccessTokenExpiresAt  time.Time
	RefreshToken          string
	RefreshTokenExpiresAt time.Time
	OrganizationID        *id.Org
	Memberships           []*Membership
}
