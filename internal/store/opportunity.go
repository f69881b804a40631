package store

import (
	"context"

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
	if !c.Created() && c.Before.AmountSource == model.AmountCalculated && c.differs("Amount") {
		faults.Add("amount", "is the sum of the opportunity's products; change those")
	}
	if o.Amount != nil && o.Currency == nil {
		o.Currency = &c.viewer.Currency
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
		o.ClosedByID = &c.viewer.ProfileID
	}
}
