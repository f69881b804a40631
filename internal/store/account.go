package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Accounts are the companies that an organization deals with.
var Accounts = new(Entity[model.Account])

// AccountContacts are the people of a company; a contact's primary account is apart from it.
var AccountContacts = Link{Field: "ContactIDs", Table: "accounts_contacts", Left: "account_id", Right: "contact_id", To: Contacts}

func init() {
	*Accounts = Entity[model.Account]{
		Noun: "account", Kind: model.OfAccount, Resource: "accounts",
		Order:    map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "NAME": "name"},
		Search:   []string{"name", "website", "email", "phone", "city"},
		Subtitle: func(a *model.Account) *string { return first(a.Website, a.Email, a.City) },
		Read:     shared("accounts_assigned_to", "accounts_teams", "account_id"),
		Links: []Link{assigneesOf("accounts", "account_id"), teamsOf("accounts", "account_id"),
			tagsOf("accounts", "account_id"), AccountContacts},
		MayDelete:    byCreator[model.Account],
		Fresh:        func(a *model.Account) { a.IsActive = true },
		Check:        checkAccount,
		BeforeDelete: keepAccountInUse,
	}
}

func checkAccount(_ context.Context, c *Change[model.Account]) error {
	if c.Row.AnnualRevenue != nil && c.Row.Currency == nil {
		c.Row.Currency = &c.viewer.Currency
	}
	return nil
}

// keepAccountInUse refuses to delete what business stands on: such an account is archived (domain: section 0).
func keepAccountInUse(ctx context.Context, a *model.Account) error {
	var uses struct{ Opportunities, Cases, Invoices, Estimates, RecurringInvoices int }
	err := tenant.Select(ctx, &uses, `SELECT
		(SELECT count(*) FROM opportunity WHERE org_id = $1 AND account_id = $2) AS opportunities,
		(SELECT count(*) FROM "case" WHERE org_id = $1 AND account_id = $2) AS cases,
		(SELECT count(*) FROM invoice WHERE org_id = $1 AND account_id = $2) AS invoices,
		(SELECT count(*) FROM estimate WHERE org_id = $1 AND account_id = $2) AS estimates,
		(SELECT count(*) FROM recurring_invoice WHERE org_id = $1 AND account_id = $2) AS recurring_invoices`, [16]byte(a.OrgID), [16]byte(a.ID))
	if err != nil {
		return fmt.Errorf("look for what stands on the account: %w", err)
	}
	var parts []string
	for _, use := range []struct {
		n    int
		noun string
	}{{uses.Opportunities, "opportunities"}, {uses.Cases, "cases"}, {uses.Invoices, "invoices"}, {uses.Estimates, "estimates"},
		{uses.RecurringInvoices, "recurring invoices"}} {
		if use.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", use.n, use.noun))
		}
	}
	if len(parts) > 0 {
		return fault.New(fault.Conflict, "the account has %s; archive it instead (isActive: false)", strings.Join(parts, ", "))
	}
	return nil
}
