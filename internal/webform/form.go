package webform

import (
	"context"
	"fmt"
	"strings"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// captured reads the fields that a form may have; others, such as a button's, are left alone.
func captured(sent map[string]any) (store.Captured, error) {
	var form store.Captured
	var faults fault.List
	for _, field := range []struct {
		name string
		into **string
		read func(any) (string, error)
	}{
		{"title", &form.Title, scalar.UnmarshalString},
		{"firstName", &form.FirstName, scalar.UnmarshalString},
		{"lastName", &form.LastName, scalar.UnmarshalString},
		{"companyName", &form.CompanyName, scalar.UnmarshalString},
		{"email", &form.Email, scalar.UnmarshalEmailAddress},
		{"phone", &form.Phone, scalar.UnmarshalPhoneNumber},
		{"message", &form.Message, scalar.UnmarshalString},
	} {
		value := sent[field.name]
		if text, isText := value.(string); isText {
			value = strings.TrimSpace(text)
		}
		if value == nil || value == "" {
			continue
		}
		text, err := field.read(value)
		if err != nil {
			faults.Add(field.name, "must be %s", strings.TrimPrefix(err.Error(), "must be "))
			continue
		}
		*field.into = &text
	}
	if own, given := sent["customFields"]; given && own != nil {
		fields, isObject := own.(map[string]any)
		if _, err := scalar.UnmarshalJSON(own); err != nil || !isObject {
			faults.Add("customFields", "must be an object of values by their keys")
		}
		form.CustomFields = fields
	}
	return form, faults.Err()
}

// visitor is who posts a form: nobody, in the organization of the site. What the form leads to may be any record, so the
// viewer sees all, and nothing of it is answered.
type visitor struct{ site store.Site }

func (v visitor) Org(context.Context) (id.Org, error) { return v.site.Org, nil }

func (v visitor) Confirm(ctx context.Context, tx bun.Tx) (*tenant.Viewer, error) {
	var active bool
	var zone, currency string
	err := tenant.Row(ctx, tx, "SELECT is_active, timezone, default_currency FROM organization WHERE id = $1", [16]byte(v.site.Org)).Scan(&active, &zone, &currency)
	if err != nil {
		return nil, fmt.Errorf("read the organization of the site: %w", err)
	}
	if !active {
		return nil, errRefused
	}
	return &tenant.Viewer{OrgID: v.site.Org, Name: "Web form", Role: tenant.Admin, Zone: scalar.Zone(zone), Currency: currency}, nil
}

func (v visitor) User(context.Context, bun.Tx) (id.User, error) {
	return id.User{}, fault.New(fault.Unauthenticated, "a form is nobody's")
}
