package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Addresses are where members get post (domain: B.15). Each belongs to one of them, and a member's own data are seen by the
// member and admins.
var Addresses = new(Entity[model.PostalAddress])

func init() {
	*Addresses = Entity[model.PostalAddress]{
		Noun: "address", Resource: "profiles",
		With: `(SELECT a.id, a.org_id, a.created_at, a.updated_at, a.created_by_id, a.updated_by_id, a.version, NULLIF(a.address_line, '') AS address_line,
			NULLIF(a.street, '') AS street, NULLIF(a.city, '') AS city, NULLIF(a.state, '') AS state, NULLIF(a.postcode, '') AS postcode,
			NULLIF(a.country, '') AS country FROM address AS a WHERE a.org_id = $1)`,
		Read: Sight{Row: func(s *statement, t string) string {
			if s.viewer.IsAdmin() {
				return ""
			}
			return "EXISTS (SELECT FROM profile AS p WHERE p.org_id = $1 AND p.id = " + s.profile() + " AND p.address_id = " + t + ".id)"
		}},
	}
}

// checkAddress reports what is too long of the address that a member is given.
func checkAddress(p *model.Profile, faults *fault.List) {
	if p.Address != nil {
		checkTags(p.Address, nil, true, faults)
	}
}

// writeAddress gives a member an address of their own, or takes it away. Their membership is locked.
func writeAddress(ctx context.Context, v *tenant.Viewer, p *model.Profile) (err error) {
	org := [16]byte(v.OrgID)
	switch a := p.Address; {
	case a == nil && p.AddressID == nil:
	case a == nil:
		_, err = tenant.Exec(ctx, "DELETE FROM address WHERE org_id = $1 AND id = $2", org, [16]byte(*p.AddressID))
		p.AddressID = nil
	default:
		row := new(model.PostalAddress)
		stamp(ctx, v, &row.Base)
		if p.AddressID != nil {
			row.ID = *p.AddressID
		}
		p.AddressID = &row.ID
		_, err = tenant.Exec(ctx, `INSERT INTO address (org_id, id, created_at, updated_at, created_by_id, updated_by_id, address_line, street, city, state, postcode, country)
			VALUES ($1, $2, $3, $3, $4, $4, coalesce($5, ''), coalesce($6, ''), coalesce($7, ''), coalesce($8, ''), coalesce($9, ''), coalesce($10, ''))
			ON CONFLICT (org_id, id) DO UPDATE SET updated_at = excluded.updated_at, updated_by_id = excluded.updated_by_id, version = address.version + 1,
			address_line = excluded.address_line, street = excluded.street, city = excluded.city, state = excluded.state, postcode = excluded.postcode,
			country = excluded.country`, org, [16]byte(row.ID), row.CreatedAt, [16]byte(v.UserID), bindable(a.AddressLine), bindable(a.Street),
			bindable(a.City), bindable(a.State), bindable(a.Postcode), bindable(a.Country))
	}
	if err != nil {
		return fmt.Errorf("write the address: %w", err)
	}
	return nil
}
