package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Leads are people or companies that might buy (domain: B.1). A lead ends as CONVERTED (conversion.go) or is open,
// recycled and closed as often as one likes.
var Leads = new(Entity[model.Lead])

// LeadContacts are people related to a lead.
var LeadContacts = contactsOf("lead", "lead_id")

func init() {
	*Leads = Entity[model.Lead]{
		Noun: "lead", Kind: model.OfLead, Resource: "leads",
		Order: map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "TITLE": "title",
			"LAST_NAME": "last_name", "COMPANY_NAME": "company_name", "OPPORTUNITY_AMOUNT": "opportunity_amount",
			"LAST_CONTACTED": "last_contacted", "NEXT_FOLLOW_UP": "next_follow_up"},
		Search:    []string{"last_name", "first_name", "company_name", "title", "email", "phone", "city"},
		Subtitle:  func(l *model.Lead) *string { return first(l.CompanyName, l.Email, l.Phone) },
		Totals:    Totals{Phase: "status", Amount: "opportunity_amount"},
		Kanban:    Kanban{Column: "status", Staged: true},
		Read:      shared("lead_assigned_to", "lead_teams", "lead_id"),
		Links:     []Link{assigneesOf("lead", "lead_id"), teamsOf("lead", "lead_id"), tagsOf("lead", "lead_id"), LeadContacts},
		Statuses:  []string{"Status", "StageID"},
		MayDelete: byCreator[model.Lead],
		Fresh:     func(l *model.Lead) { l.IsActive, l.Status = true, model.LeadAssigned },
		Check:     checkLead,
		After:     convertWhenAsked,
	}
}

func checkLead(_ context.Context, c *Change[model.Lead]) error {
	l := c.Row
	var faults fault.List
	if l.Name() == "" {
		faults.Add("title", "give a title, a name, a company or an e-mail address")
	}
	if l.OpportunityAmount != nil && l.Currency == nil {
		l.Currency = &c.viewer.Currency
	}
	if becomesConverted(c) && l.Email == nil {
		faults.Add("email", "a lead needs an e-mail address to be converted")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return staysConverted(c)
}

// becomesConverted reports whether a change converts the lead.
func becomesConverted(c *Change[model.Lead]) bool {
	return c.Row.Status == model.LeadConverted && (c.Created() || c.Before.Status != model.LeadConverted)
}

// staysConverted refuses to leave CONVERTED and to enter it a second time.
func staysConverted(c *Change[model.Lead]) error {
	if c.Created() || c.Before.Status != model.LeadConverted || !c.Set["Status"] {
		return nil
	}
	return conflictOn("status", "the lead is converted already, and that is final")
}
