package store

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// organizationName is what a name may consist of (domain: A.2, "no special characters").
var organizationName = regexp.MustCompile(`^[\p{L}\p{N} &'(),.\-]+$`)

// settings is what the scopes of a token call the organization's own row. Reading it needs none: it says where the
// token is.
const settings = "organization"

// CreateOrganization stores a new organization with its first admin. The transaction may be in another one, and stays
// there.
func CreateOrganization(ctx context.Context, tx bun.IDB, creator id.User, input any) (*model.Organization, id.Profile, error) {
	now := tenant.Now(ctx)
	o := &model.Organization{ID: id.New[id.Org](), IsActive: true, DefaultCurrency: "USD", Timezone: "UTC", CreatedAt: now, UpdatedAt: now}
	set, err := patch.Apply(o, input)
	if err != nil {
		return nil, id.Profile{}, err
	}
	if err := checkOrganization(o, set, true); err != nil {
		return nil, id.Profile{}, err
	}
	if _, err := tx.NewInsert().Model(o).Exec(ctx); err != nil {
		return nil, id.Profile{}, Refused("organization", err)
	}
	p := &model.Profile{ID: id.New[id.Profile](), OrgID: o.ID, UserID: creator, Role: model.RoleAdmin, IsActive: true, CreatedAt: now, UpdatedAt: now}
	err = tenant.Within(ctx, tx, o.ID, func() error {
		_, err := tx.NewInsert().Model(p).Exec(ctx)
		return err
	})
	if err != nil {
		return nil, id.Profile{}, fmt.Errorf("add the first admin: %w", err)
	}
	return o, p.ID, nil
}

// UpdateOrganization changes the settings of the viewer's organization; for admins. A version, when given, must be the
// organization's.
func UpdateOrganization(ctx context.Context, version *int, input any) (*model.Organization, error) {
	s, err := begin(ctx, settings, "write")
	if err != nil {
		return nil, err
	}
	v := s.viewer
	if err := adminsOnly(v); err != nil {
		return nil, err
	}
	o, err := organization(ctx, v.OrgID, " FOR UPDATE")
	if err != nil {
		return nil, err
	}
	if version != nil && *version != o.Version {
		return nil, fault.New(fault.StaleVersion, "the organization was changed meanwhile: it has version %d by now", o.Version)
	}
	set, err := patch.Apply(o, input)
	if err != nil {
		return nil, err
	}
	if err := checkOrganization(o, set, false); err != nil {
		return nil, err
	}
	o.UpdatedAt, o.Version = tenant.Now(ctx), o.Version+1
	_, err = tenant.Exec(ctx, `UPDATE organization SET name = $2, default_currency = $3, default_country = $4, timezone = $5, company_name = $6,
		updated_at = $7, updated_by_id = $8, version = $9, address_line = coalesce($10, ''), city = coalesce($11, ''), state = coalesce($12, ''),
		postcode = coalesce($13, ''), country = coalesce($14, ''), phone = coalesce($15, ''), email = coalesce($16, ''), website = coalesce($17, ''),
		tax_id = coalesce($18, ''), auto_close_children_on_parent_close = $19, vertical = coalesce($20, ''), terminology = $21 WHERE id = $1`,
		[16]byte(o.ID), o.Name, o.DefaultCurrency, bindable(o.DefaultCountry), o.Timezone, o.CompanyName, o.UpdatedAt, [16]byte(v.UserID), o.Version,
		bindable(o.AddressLine), bindable(o.City), bindable(o.State), bindable(o.Postcode), bindable(o.Country), bindable(o.Phone), bindable(o.Email),
		bindable(o.Website), bindable(o.TaxID), o.ClosesChildCases, bindable(o.Vertical), bindable(o.Terminology))
	if err != nil {
		return nil, Refused("organization", err)
	}
	return o, nil
}

// Organization is the viewer's own.
func Organization(ctx context.Context, org id.Org) (*model.Organization, error) {
	return organization(ctx, org, "")
}

func organization(ctx context.Context, org id.Org, lock string) (*model.Organization, error) {
	found, err := one[model.Organization](ctx, `SELECT id, name, is_active, company_name, default_currency, default_country, timezone, created_at, updated_at, version,
		NULLIF(address_line, '') AS address_line, NULLIF(city, '') AS city, NULLIF(state, '') AS state, NULLIF(postcode, '') AS postcode,
		NULLIF(country, '') AS country, NULLIF(phone, '') AS phone, NULLIF(email, '') AS email, NULLIF(website, '') AS website,
		NULLIF(tax_id, '') AS tax_id, auto_close_children_on_parent_close, NULLIF(vertical, '') AS vertical, terminology FROM organization WHERE id = $1`+lock, [16]byte(org))
	if err != nil {
		return nil, fmt.Errorf("select the organization: %w", err)
	}
	if found == nil {
		return nil, fault.New(fault.NotFound, "organization not found")
	}
	return found, nil
}

func checkOrganization(o *model.Organization, set patch.Set, created bool) error {
	var faults fault.List
	checkTags(o, set, created, &faults)
	if o.Name != "" && !organizationName.MatchString(o.Name) {
		faults.Add("name", "may contain letters, digits, blanks and & ' ( ) , . -")
	}
	for _, key := range slices.Sorted(maps.Keys(o.Terminology)) {
		word := o.Terminology[key]
		kind, number, _ := strings.Cut(key, ".")
		switch {
		case !termed[kind] || number != "singular" && number != "plural":
			faults.Add("terminology."+cut(key, longestTerm), "there is no such name")
		case word == "" || utf8.RuneCountInString(word) > longestWord || strings.ContainsFunc(word, unicode.IsControl):
			faults.Add("terminology."+key, "must have 1 to %d characters", longestWord)
		}
	}
	return faults.Err()
}

// longestWord bounds a name that an organization gives a kind of record.
const longestWord = 64

// termed are the kinds of records that an organization may call as it likes.
var termed = map[string]bool{"account": true, "contact": true, "lead": true, "opportunity": true, "case": true, "task": true, "product": true, "invoice": true,
	"estimate": true, "recurringInvoice": true, "solution": true, "document": true, "board": true, "team": true, "tag": true}
