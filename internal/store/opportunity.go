package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Opportunities are deals (domain: B.4).
var Opportunities = new(Entity[model.Opportunity])

// OpportunityContacts are the people who take part in a deal.
var OpportunityContacts = contactsOf("opportunity", "opportunity_id")

func init() {
	*Opportunities = Entity[model.Opportunity]{
		Noun: "opportunity", Kind: model.OfOpportunity, Resource: "opportunities",
		Order: map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "NAME": "name",
			"AMOUNT": "amount", "CLOSED_ON": "closed_on"},
		Search: []string{"name"},
		Totals: Totals{Phase: "stage", Amount: "amount"},
		Kanban: Kanban{Column: "stage"},
		Read:   shared("opportunity_assigned_to", "opportunity_teams", "opportunity_id"),
		Links: []Link{assigneesOf("opportunity", "opportunity_id"), teamsOf("opportunity", "opportunity_id"),
			tagsOf("opportunity", "opportunity_id"), OpportunityContacts},
		Refs:      []Ref{{"AccountID", Accounts}},
		Statuses:  []string{"Stage"},
		MayDelete: byCreator[model.Opportunity],
		Fresh: func(o *model.Opportunity) {
			o.IsActive, o.AmountSource, o.Stage = true, model.AmountManual, model.StageProspecting
		},
		Check: checkOpportunity,
		After: tellLinesCurrency,
	}
}

// checkOpportunity holds the stage gates and what follows from a stage, whichever path leads there.
func checkOpportunity(ctx context.Context, c *Change[model.Opportunity]) error {
	o := c.Row
	var faults fault.List
	if o.Stage.IsClosed() && o.ClosedOn == nil {
		faults.Add("closedOn", "a closed opportunity needs a close date")
	}
	if o.Stage == model.StageClosedWon && o.Amount == nil {
		faults.Add("amount", "a won opportunity needs an amount")
	}
	if o.Amount != nil && o.Currency == nil {
		o.Currency = &c.viewer.Currency
	}
	if !c.Created() && c.Before.AmountSource == model.AmountCalculated && !c.Set["AmountSource"] { // nobody but the lines says that
		keepSum(c, &faults)
	}
	if c.Created() || c.Before.Stage != o.Stage {
		enterStage(ctx, c)
	}
	if o.Stage.IsClosed() {
		o.Probability = o.Stage.Probability()
	}
	return faults.Err()
}

// enterStage stamps the ageing's start and who closed the deal, and gives the stage's probability unless the writer
// said another.
func enterStage(ctx context.Context, c *Change[model.Opportunity]) {
	o, now := c.Row, tenant.Now(ctx)
	o.StageChangedAt = &now
	if !c.Set["Probability"] {
		o.Probability = o.Stage.Probability()
	}
	o.ClosedByID = nil
	if o.Stage.IsClosed() {
		o.ClosedByID = c.viewer.Actor()
	}
}

// keepSum keeps what an opportunity's lines come to, which is theirs to say.
func keepSum(c *Change[model.Opportunity], faults *fault.List) {
	if c.differs("Amount") {
		faults.Add("amount", "is the sum of the opportunity's lines; change those")
	}
	if before := c.Before.Currency; before != nil && billing.Places(*before) != billing.Places(*c.Row.Currency) {
		faults.Add("currency", "the opportunity's lines are priced in another smallest unit; delete them first")
	}
}

// tellLinesCurrency has an opportunity's lines know the currency that it has from now on.
func tellLinesCurrency(ctx context.Context, c *Change[model.Opportunity]) error {
	if c.Created() || c.Row.AmountSource != model.AmountCalculated || !c.differs("Currency") {
		return nil
	}
	if _, err := tenant.Exec(ctx, "UPDATE opportunity_line_item SET currency = $3 WHERE org_id = $1 AND opportunity_id = $2",
		[16]byte(c.Row.OrgID), [16]byte(c.Row.ID), *c.Row.Currency); err != nil {
		return fmt.Errorf("tell the lines their currency: %w", err)
	}
	return nil
}
