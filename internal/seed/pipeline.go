package seed

import (
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// The states that records are in, as often as they stand here: taking them by turns makes all of them occur however
// few records there are.
var (
	leadStates = []model.LeadStatus{
		model.LeadAssigned, model.LeadInProcess, model.LeadAssigned, model.LeadInProcess, model.LeadRecycled,
		model.LeadAssigned, model.LeadInProcess, model.LeadClosed,
	}
	stages = []model.OpportunityStage{
		model.StageProspecting, model.StageQualification, model.StageProposal, model.StageNegotiation, model.StageClosedWon,
		model.StageClosedLost, model.StageProspecting, model.StageQualification, model.StageProposal, model.StageClosedWon,
	}
	leadSources = []model.LeadSource{
		model.LeadSourceCall, model.LeadSourceEmail, model.LeadSourceExistingCustomer, model.LeadSourcePartner,
		model.LeadSourcePublicRelations, model.LeadSourceCampaign, model.LeadSourceOther,
	}
	dealSources = []model.OpportunitySource{
		model.OpportunitySourceCall, model.OpportunitySourceEmail, model.OpportunitySourceExistingCustomer,
		model.OpportunitySourcePartner, model.OpportunitySourceCampaign, model.OpportunitySourceWebsite,
	}
	dealTypes = []model.OpportunityType{
		model.OpportunityTypeNewBusiness, model.OpportunityTypeNewBusiness, model.OpportunityTypeExistingBusiness,
		model.OpportunityTypeRenewal, model.OpportunityTypeUpsell, model.OpportunityTypeCrossSell,
	}
	ratings     = []model.LeadRating{model.RatingHot, model.RatingWarm, model.RatingWarm, model.RatingCold}
	taskStates  = []model.TaskStatus{model.TaskNew, model.TaskNew, model.TaskInProgress, model.TaskCompleted}
	priorities  = []model.TaskPriority{model.PriorityLow, model.PriorityMedium, model.PriorityMedium, model.PriorityHigh}
	salutations = []string{"Mr", "Ms", "Dr"}
)

// lead is the i-th of n people who might buy.
func (f *fiction) lead(i, n int) *model.Lead {
	c, owner, product := f.company(), pick(f, f.crew), pick(f, products)
	first, last := pick(f, firstNames), pick(f, lastNames)
	address, phone := f.address()
	l := &model.Lead{
		Base: f.base(f.at(i, n), owner), Address: address, Title: new(sentence(product) + " for " + c.name),
		Salutation: new(pick(f, salutations)), FirstName: &first, LastName: &last, Email: f.mailbox(first, last, c.domain),
		Phone: &phone, JobTitle: new(pick(f, jobTitles)), CompanyName: &c.name, Website: new("https://www." + c.domain),
		Status: leadStates[i%len(leadStates)], Source: new(pick(f, leadSources)), Industry: &c.industry,
		Rating: new(pick(f, ratings)), OpportunityAmount: f.amount(1_000, 60_000), Currency: &f.currency,
		Probability: new(5 * (1 + f.rng.IntN(12))), CloseDate: f.day(5, 80), IsActive: true, Shared: f.shared(owner),
	}
	l.LastContacted = f.dayOf(l.UpdatedAt)
	if followUp := f.day(-7, 21); l.IsOpen() {
		l.NextFollowUp = followUp
	}
	if f.chance(50) {
		l.Description = new("Interested in: " + product + ". " + pick(f, remarks))
	}
	return l
}

// opportunity is the i-th of n deals, with one of the accounts and its people, if there are any.
func (f *fiction) opportunity(i, n int, accounts []*parent) *model.Opportunity {
	at, owner, name := f.at(i, n), pick(f, f.crew), sentence(pick(f, products))
	o := &model.Opportunity{
		Stage: stages[i%len(stages)], OpportunityType: new(pick(f, dealTypes)), LeadSource: new(pick(f, dealSources)),
		Amount: f.amount(2_000, 250_000), Currency: &f.currency, AmountSource: model.AmountManual, IsActive: true,
	}
	if a := under(accounts, i, n); a != nil {
		at, owner, name = f.after(a.at, 2*month), a.owner, a.name+" - "+name
		o.AccountID, o.ContactIDs = &a.id, a.people[:min(len(a.people), 2)]
	}
	o.Name, o.Base, o.Shared = f.unique(name), f.base(at, owner), f.shared(owner)
	o.Probability, o.StageChangedAt, o.ClosedOn = o.Stage.Probability(), new(o.UpdatedAt), f.day(-7, 60)
	if o.Stage.IsClosed() {
		o.ClosedOn, o.ClosedByID = f.dayOf(o.UpdatedAt), &owner.profile
	}
	return o
}

// task is the i-th of n things to do, by turns about an account, a deal, a lead and nothing.
func (f *fiction) task(i, n int, accounts, opportunities, leads []*parent) *model.Task {
	at, owner := f.at(i, n), pick(f, f.crew)
	t := &model.Task{Title: pick(f, chores), Status: taskStates[i%len(taskStates)], Priority: pick(f, priorities), DueDate: f.day(-10, 21)}
	if i%11 == 0 {
		t.DueDate = f.dayOf(f.now)
	}
	kinds := []struct {
		field   **id.ID
		parents []*parent
	}{{&t.AccountID, accounts}, {&t.OpportunityID, opportunities}, {&t.LeadID, leads}, {}}
	kind := kinds[i/len(taskStates)%len(kinds)]
	if p := under(kind.parents, i, n); p != nil {
		at, owner, t.Title = f.after(p.at, f.span), p.owner, t.Title+": "+p.name
		*kind.field, t.ContactIDs = &p.id, p.people[:min(len(p.people), 1)]
	}
	t.Base, t.Shared = f.base(at, owner), f.shared(owner)
	if t.Status == model.TaskCompleted {
		t.CompletedAt = new(t.UpdatedAt)
	}
	return t
}

// sentence begins a text with a capital letter; the words here begin with ASCII.
func sentence(text string) string { return string(text[0]&^0x20) + text[1:] }
