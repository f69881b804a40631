package seed

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// writer hands a demo organization's records to the store, one after the other.
type writer struct {
	*founder
	*fiction
	ages ages

	accounts, contacts, opportunities, leads, tasks, tickets []*parent
	caseDates                                                []caseDates
	sold                                                     []id.ID // products
}

// spokenOf names what the fiction says of records besides plain columns, for the store to check and to keep.
var spokenOf = patch.Set{"AssignedToIDs": true, "TeamIDs": true, "TagIDs": true, "ContactIDs": true, "MemberIDs": true,
	"AccountID": true, "ContactID": true, "OpportunityID": true, "LeadID": true, "LineItems": true}

// put stores a record on behalf of the member who is said to have made it. The store dates it now; age puts that
// right at the end.
func put[T any](ctx context.Context, w *writer, e *store.Entity[T], r *T) (*parent, error) {
	base := any(r).(interface{ Audit() *model.Base }).Audit()
	made, touched, by := base.CreatedAt, base.UpdatedAt, *base.CreatedByID
	w.become(by)
	if _, err := e.Insert(ctx, r, spokenOf); err != nil {
		return nil, fmt.Errorf("store a %s: %w", e.Noun, err)
	}
	w.ages.note(tableOf[T]().name, base.ID, made, touched)
	base.CreatedAt = made
	return w.parent(r), nil
}

func (w *writer) teamsAndTags(ctx context.Context) error {
	for i := range teamNames {
		p, err := put(ctx, w, store.Teams, w.team(i))
		if err != nil {
			return err
		}
		w.teams = append(w.teams, p.id)
	}
	for i := range tagNames {
		p, err := put(ctx, w, store.Tags, w.tag(i))
		if err != nil {
			return err
		}
		w.tags = append(w.tags, p.id)
	}
	return nil
}

func (w *writer) companies(ctx context.Context) error {
	for i := range demoAccounts {
		p, err := put(ctx, w, store.Accounts, w.account(i, demoAccounts))
		if err != nil {
			return err
		}
		w.accounts = append(w.accounts, p)
	}
	for i := range demoContacts {
		p, err := put(ctx, w, store.Contacts, w.contact(i, demoContacts, w.accounts))
		if err != nil {
			return err
		}
		at := under(w.accounts, i, demoContacts)
		at.people = append(at.people, p.id)
		w.contacts = append(w.contacts, p)
	}
	return nil
}

func (w *writer) deals(ctx context.Context) error {
	for i := range demoOpportunities {
		p, err := put(ctx, w, store.Opportunities, w.opportunity(i, demoOpportunities, w.accounts))
		if err != nil {
			return err
		}
		w.opportunities = append(w.opportunities, p)
	}
	for i := range demoLeads {
		p, err := put(ctx, w, store.Leads, w.lead(i, demoLeads))
		if err != nil {
			return err
		}
		w.leads = append(w.leads, p)
	}
	return nil
}
