package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Convert turns a lead into an account, a contact and a deal (domain: B.1). What the viewer may not see of an
// existing account is not in the answer.
func Convert(ctx context.Context, key [16]byte, version *int) (*model.Conversion, error) {
	lead, err := Leads.Modify(ctx, key, version, func(l *model.Lead) (patch.Set, error) {
		l.Status = model.LeadConverted
		return patch.Set{"Status": true}, nil
	})
	if err != nil {
		return nil, err
	}
	out := &model.Conversion{Lead: lead}
	if out.Account, err = find(ctx, Accounts, lead.ConvertedAccountID); err != nil {
		return nil, err
	}
	if out.Contact, err = find(ctx, Contacts, lead.ConvertedContactID); err != nil {
		return nil, err
	}
	out.Opportunity, err = find(ctx, Opportunities, lead.ConvertedOpportunityID)
	return out, err
}

func find[T any](ctx context.Context, e *Entity[T], key *id.ID) (*T, error) {
	if key == nil {
		return nil, nil //nolint:nilnil // a part that the conversion did not make
	}
	found, err := e.ByIDs(ctx, [][16]byte{*key}, "")
	return found[*key], err
}

// convertWhenAsked performs the conversion when a write has set the status to CONVERTED, whichever path it came by.
// The lead's row is locked, so it happens once.
func convertWhenAsked(ctx context.Context, c *Change[model.Lead]) error {
	if !becomesConverted(c) {
		return nil
	}
	k := &conversion{lead: c.Row, viewer: c.viewer}
	for _, step := range []func(context.Context) error{k.carry, k.toAccount, k.toContact, k.toOpportunity, k.moveNotes, k.mark} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("convert lead %s: %w", c.Row.ID, err)
		}
	}
	return nil
}

type conversion struct {
	lead   *model.Lead
	viewer *tenant.Viewer

	shared   model.Shared // what is copied: the lead's assignees, teams and tags that can still be given
	contacts []id.ID
	account  *id.ID
	contact  *id.ID
}

// carry reads what the lead is linked with. Suspended members and archived tags stay behind.
func (k *conversion) carry(ctx context.Context) error {
	links, err := Leads.carried(ctx, k.lead)
	k.shared, k.contacts = sharedOf(links), idsOf[id.ID](links["ContactIDs"])
	return err
}

// toAccount finds the account of the same name or makes one. Existing ones are found whether or not the viewer may
// see them, because a name exists once; the lock keeps two conversions from making it both.
func (k *conversion) toAccount(ctx context.Context) error {
	l := k.lead
	name := l.Person()
	if l.CompanyName != nil {
		name = *l.CompanyName
	}
	if name == "" {
		return nil
	}
	name = cut(name, 255)
	key := strings.ToLower(name)
	if err := takeTurns(ctx, l.OrgID, "account "+key); err != nil {
		return err
	}
	found, err := existing(ctx, l.OrgID, "SELECT id FROM accounts WHERE org_id = $1 AND name_key = $2", key)
	if err != nil {
		return err
	}
	if found != nil {
		k.account = found
		return k.share(ctx, *found)
	}
	account := &model.Account{
		Name: name, Email: l.Email, Phone: l.Phone, Website: short(l.Website, 200), Industry: l.Industry, Address: l.Address,
		Description: l.Description, IsActive: true, Customized: l.Customized, Shared: k.shared, ContactIDs: k.contacts,
	}
	if account, err = Accounts.Insert(ctx, account, allLinks); err != nil {
		return err
	}
	k.account = &account.ID
	return nil
}

// toContact finds the contact with the lead's address or makes one, and puts it under the account.
func (k *conversion) toContact(ctx context.Context) error {
	l := k.lead
	found, err := existing(ctx, l.OrgID, "SELECT id FROM contacts WHERE org_id = $1 AND email_key = $2", strings.ToLower(*l.Email))
	if err != nil {
		return err
	}
	if found != nil {
		k.contact = found
		if k.account == nil {
			return nil
		}
		if _, err := Contacts.amend(ctx, *found, func(c *model.Contact) (patch.Set, error) {
			if c.AccountID == nil {
				c.AccountID = k.account
			}
			return nil, nil
		}); err != nil {
			return err
		}
		return AccountContacts.add(ctx, k.viewer, *k.account, *found)
	}
	local, domain, _ := strings.Cut(*l.Email, "@")
	contact := &model.Contact{
		FirstName: firstOf(l.FirstName, l.LastName, &local), LastName: firstOf(l.LastName, l.CompanyName, &domain),
		Email: l.Email, Phone: l.Phone, Title: l.JobTitle, Organization: l.CompanyName, LinkedinURL: short(l.LinkedinURL, 200),
		Address: l.Address, Description: l.Description, IsActive: true, AccountID: k.account, Customized: l.Customized, Shared: k.shared,
	}
	if contact, err = Contacts.Insert(ctx, contact, allLinks); err != nil {
		return err
	}
	k.contact = &contact.ID
	return nil
}

// toOpportunity makes the deal, when the lead says enough for one.
func (k *conversion) toOpportunity(ctx context.Context) error {
	l := k.lead
	if l.OpportunityAmount == nil && l.FirstName == nil && l.CompanyName == nil {
		return nil
	}
	name, err := k.dealName(ctx)
	if err != nil {
		return err
	}
	deal := &model.Opportunity{
		Name: name, AccountID: k.account, Stage: model.StageQualification, Amount: l.OpportunityAmount, Currency: l.Currency,
		AmountSource: model.AmountManual, ClosedOn: l.CloseDate, Description: l.Description, IsActive: true,
		Customized: l.Customized, Shared: k.shared, ContactIDs: k.contacts,
	}
	set := maps.Clone(allLinks)
	if l.Probability != nil && *l.Probability > 0 {
		deal.Probability, set["Probability"] = *l.Probability, true
	}
	if l.Source != nil {
		source := model.OpportunitySource(strings.ToUpper(string(*l.Source))) // the other enum spells them like this
		deal.LeadSource = &source
	}
	if deal, err = Opportunities.Insert(ctx, deal, set); err != nil {
		return err
	}
	l.ConvertedOpportunityID = &deal.ID
	return OpportunityContacts.add(ctx, k.viewer, deal.ID, *k.contact)
}

// dealName is "Company - First Last", with the first free number when the name is taken.
func (k *conversion) dealName(ctx context.Context) (string, error) {
	person := k.lead.Person()
	parts := []string{}
	for _, p := range []*string{k.lead.CompanyName, &person} {
		if p != nil && *p != "" {
			parts = append(parts, *p)
		}
	}
	if len(parts) == 0 {
		parts = []string{k.lead.Name()}
	}
	base := cut(strings.Join(parts, " - "), 240)
	var taken []string
	err := tenant.Select(ctx, &taken, "SELECT name_key FROM opportunity WHERE org_id = $1 AND (name_key = $2 OR starts_with(name_key, $2 || ' ('))",
		[16]byte(k.lead.OrgID), strings.ToLower(base))
	if err != nil {
		return "", fmt.Errorf("look for the deal's name: %w", err)
	}
	name := base
	for n := 2; slices.Contains(taken, strings.ToLower(name)); n++ {
		name = fmt.Sprintf("%s (%d)", base, n)
	}
	return name, nil
}

// moveNotes moves comments and attachments to the account.
func (k *conversion) moveNotes(ctx context.Context) error {
	if k.account == nil {
		return nil
	}
	for _, table := range []string{"comment", "attachments"} {
		if _, err := tenant.Exec(ctx, "UPDATE "+table+" SET entity_type = 'Account', entity_id = $3 WHERE org_id = $1 AND entity_type = 'Lead' AND entity_id = $2",
			[16]byte(k.lead.OrgID), [16]byte(k.lead.ID), [16]byte(*k.account)); err != nil {
			return fmt.Errorf("move %s: %w", table, err)
		}
	}
	return nil
}

// mark writes on the lead what it has become.
func (k *conversion) mark(ctx context.Context) error {
	now := tenant.Now(ctx)
	k.lead.ConvertedAt, k.lead.ConvertedAccountID, k.lead.ConvertedContactID = &now, k.account, k.contact
	return Leads.updateColumns(ctx, k.lead, "converted_at", "converted_account_id", "converted_contact_id", "converted_opportunity_id")
}

// existing is the record that a text finds by a key, whoever sees it; nil when there is none.
func existing(ctx context.Context, org id.Org, text, key string) (*id.ID, error) {
	found, err := one[id.ID](ctx, text, [16]byte(org), key)
	if err != nil {
		return nil, fmt.Errorf("look for what exists: %w", err)
	}
	return found, nil
}

// share adds what is copied to an account that exists.
func (k *conversion) share(ctx context.Context, key id.ID) error {
	_, err := Accounts.amend(ctx, key, func(a *model.Account) (patch.Set, error) {
		had := map[string][][16]byte{}
		for _, l := range Accounts.Links {
			ids, err := Accounts.linked(ctx, l, &Change[model.Account]{Before: a})
			if err != nil {
				return nil, err
			}
			had[l.Field] = ids
		}
		a.AssignedToIDs = union(had["AssignedToIDs"], k.shared.AssignedToIDs)
		a.TeamIDs = union(had["TeamIDs"], k.shared.TeamIDs)
		a.TagIDs = union(had["TagIDs"], k.shared.TagIDs)
		a.ContactIDs = union(had["ContactIDs"], k.contacts)
		return allLinks, nil
	})
	return err
}

func union[T id.Any](had [][16]byte, more []T) []T {
	out := idsOf[T](had)
	for _, key := range more {
		if !slices.Contains(out, key) {
			out = append(out, key)
		}
	}
	return out
}

// allLinks says that a change speaks of every link.
var allLinks = patch.Set{"AssignedToIDs": true, "TeamIDs": true, "TagIDs": true, "ContactIDs": true}

func firstOf(texts ...*string) string {
	for _, t := range texts {
		if t != nil && *t != "" {
			return *t
		}
	}
	return ""
}

// short drops a text that is too long for where it goes.
func short(text *string, most int) *string {
	if text != nil && len(*text) > most {
		return nil
	}
	return text
}
