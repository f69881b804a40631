package model

import (
	"time"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
)

// Row is what every record of an organization has. Append-only records have nothing more in common.
type Row struct {
	sibling.Member
	ID        id.ID     `bun:"id,pk"`
	OrgID     id.Org    `bun:"org_id,pk"`
	CreatedAt time.Time `bun:"created_at"`
}

// Key identifies the row within its organization.
func (r *Row) Key() [16]byte { return r.ID }

// Begin gives a new row its identity.
func (r *Row) Begin(org id.Org, now time.Time) {
	r.ID, r.OrgID, r.CreatedAt = id.New[id.ID](), org, now
}

// Base is what every record that can be changed has. The audit columns hold users, not profiles.
type Base struct {
	Row
	UpdatedAt   time.Time `bun:"updated_at"`
	CreatedByID *id.User  `bun:"created_by_id"`
	UpdatedByID *id.User  `bun:"updated_by_id"`
	Version     int       `bun:"version"` // counts the changes
}

// Audit is the row's audit columns.
func (b *Base) Audit() *Base { return b }

// Shared is what a record that is assigned and shared may have set besides its columns.
type Shared struct {
	AssignedToIDs []id.Profile `bun:"-"`
	TeamIDs       []id.ID      `bun:"-"`
	TagIDs        []id.ID      `bun:"-"`
}

// Money is an amount with its currency.
type Money struct {
	Amount   decimal.Decimal
	Currency string
}

// money is nil when there is no amount.
func money(amount *decimal.Decimal, currency *string) *Money {
	if amount == nil || currency == nil {
		return nil
	}
	return &Money{Amount: *amount, Currency: *currency}
}

// WithoutMinorUnit is the one of our currencies that has nothing like cents.
const WithoutMinorUnit = "JPY"

// Address is a postal address in columns of the record itself.
type Address struct {
	AddressLine *string `bun:"address_line" max:"255"`
	City        *string `bun:"city" max:"255"`
	State       *string `bun:"state" max:"255"`
	Postcode    *string `bun:"postcode" max:"64"`
	Country     *string `bun:"country"`
}
