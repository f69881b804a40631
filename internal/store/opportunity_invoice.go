package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// InvoiceOpportunity makes an invoice of a won deal, a draft with the deal's lines (domain: B.7). The contact is one of the
// deal's, the first unless one is named.
func InvoiceOpportunity(ctx context.Context, key [16]byte, contact *id.ID) (*model.Invoice, error) {
	deal, err := Opportunities.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	lines, err := linesIn(ctx, OpportunityLineItems, deal.ID)
	if err != nil {
		return nil, err
	}
	people, err := contactsOfDeal(ctx, deal)
	if err != nil {
		return nil, err
	}
	missing := ""
	switch {
	case deal.Stage != model.StageClosedWon:
		missing = "is not won"
	case deal.AccountID == nil:
		missing = "has no account"
	case len(people) == 0:
		missing = "has no contact"
	case len(lines) == 0:
		missing = "has no lines"
	}
	if missing != "" {
		return nil, fault.New(fault.Conflict, "the opportunity %s", missing)
	}
	i := &model.Invoice{InvoiceTitle: cut(deal.Name, 100), Status: model.InvoiceDraft, AccountID: deal.AccountID, ContactID: &people[0], OpportunityID: &deal.ID,
		PaymentTerms: model.TermsNet30, Customized: deal.Customized}
	if contact != nil {
		if !slices.Contains(people, *contact) {
			return nil, fault.Field("contactId", "is none of the opportunity's contacts")
		}
		i.ContactID = contact
	}
	i.Currency = lines[0].Currency
	for _, l := range lines {
		i.LineItems = append(i.LineItems, model.LineItemInput{ProductID: l.ProductID, Name: &l.Name, Description: l.Description, Quantity: l.Quantity,
			UnitPrice: &l.UnitPrice, DiscountType: l.DiscountType, DiscountValue: l.DiscountValue})
	}
	if i.LineItems, err = offered(ctx, i.LineItems); err != nil {
		return nil, err
	}
	if i.Shared, err = Opportunities.sharing(ctx, deal); err != nil {
		return nil, err
	}
	set := maps.Clone(asCopied)
	set["AccountID"], set["ContactID"] = true, true // the receiver is theirs
	return Invoices.Insert(ctx, i, set)
}

// contactsOfDeal are the people of a deal whom the viewer sees, in the order in which they were made.
func contactsOfDeal(ctx context.Context, deal *model.Opportunity) ([]id.ID, error) {
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	var out []id.ID
	if err := tenant.Select(ctx, &out, "SELECT t.id FROM "+Contacts.from(s, func(s *statement, t string) string {
		return "EXISTS (SELECT FROM opportunity_contacts AS j WHERE j.org_id = $1 AND j.opportunity_id = " + s.arg(deal.ID) + " AND j.contact_id = " + t + ".id)"
	})+" ORDER BY t.created_at, t.id", s.args...); err != nil {
		return nil, fmt.Errorf("look for the opportunity's contacts: %w", err)
	}
	return out, nil
}
