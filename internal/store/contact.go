package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Contacts are people. Who works on a contact's account works on the contact too (domain: D.2).
var Contacts = new(Entity[model.Contact])

func init() {
	*Contacts = Entity[model.Contact]{
		Noun: "contact", Kind: model.OfContact, Resource: "contacts",
		Order: map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at",
			"FIRST_NAME": "first_name", "LAST_NAME": "last_name"},
		Search:   []string{"last_name", "first_name", "organization", "email", "phone", "title", "city"},
		Subtitle: func(c *model.Contact) *string { return first(c.Organization, c.Email, c.Phone) },
		Read: shared("contacts_assigned_to", "contacts_teams", "contact_id").
			through(holders{"accounts_assigned_to", "accounts_teams", "account_id"}),
		Links: []Link{assigneesOf("contacts", "contact_id"), teamsOf("contacts", "contact_id"), tagsOf("contacts", "contact_id")},
		Refs:  []Ref{{"AccountID", Accounts}},

		MayDelete: byCreator[model.Contact],
		Fresh:     func(c *model.Contact) { c.IsActive = true },
		After:     joinPrimaryAccount,
	}
}

// joinPrimaryAccount adds a contact to the people of its primary account. Clearing the primary account does not
// take it away from them.
func joinPrimaryAccount(ctx context.Context, c *Change[model.Contact]) error {
	if c.Row.AccountID == nil || (c.Before != nil && c.Before.AccountID != nil && *c.Before.AccountID == *c.Row.AccountID) {
		return nil
	}
	return AccountContacts.addLater(ctx, c.viewer, *c.Row.AccountID, c.Row.ID)
}
