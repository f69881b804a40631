package model

import (
	"io"
	"time"

	"github.com/shopspring/decimal"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Opportunity is a deal.
type Opportunity struct {
	bun.BaseModel `bun:"table:opportunity,alias:t"`
	Base
	Name            string             `bun:"name" max:"255" required:"true"`
	AccountID       *id.ID             `bun:"account_id"`
	Stage           OpportunityStage   `bun:"stage"`
	OpportunityType *OpportunityType   `bun:"opportunity_type"`
	Currency        *string            `bun:"currency"`
	Amount          *decimal.Decimal   `bun:"amount" min:"0" digits:"10"`
	AmountSource    AmountSource       `bun:"amount_source"`
	Probability     int                `bun:"probability" min:"0" max:"100" null:"absent"`
	ClosedOn        *scalar.Date       `bun:"closed_on"`
	LeadSource      *OpportunitySource `bun:"lead_source"`
	ClosedByID      *id.Profile        `bun:"closed_by_id"` // who moved it to a closed stage
	Description     *string            `bun:"description" max:"20000"`
	StageChangedAt  *time.Time         `bun:"stage_changed_at"`
	IsActive        bool               `bun:"is_active"`
	KanbanOrder     decimal.Decimal    `bun:"kanban_order"` // among the cards of its stage: the lesser, the higher

	Customized
	Shared
	ContactIDs []id.ID `bun:"-"`
}

// The GraphQL types around an opportunity.
type (
	OpportunityConnection = Connection[Opportunity]
	OpportunityEdge       = Edge[Opportunity]
	OpportunityStageTotal = PhaseTotal[OpportunityStage]
)

// Label is what an activity calls the deal.
func (o *Opportunity) Label() string { return o.Name }

// AmountMoney is the value with its currency.
func (o *Opportunity) AmountMoney() *Money { return money(o.Amount, o.Currency) }

// WeightedAmount is amount times probability. Lists add it up in package store.
func (o *Opportunity) WeightedAmount() *Money {
	m := o.AmountMoney()
	if m != nil {
		m.Amount = billing.Round(m.Amount.Mul(decimal.New(int64(o.Probability), -2)), m.Currency)
	}
	return m
}

// IsOpen reports whether a deal in the stage is still to be won.
func (v OpportunityStage) IsOpen() bool { return !v.IsClosed() }

// IsClosed reports whether the stage is a closed one.
func (v OpportunityStage) IsClosed() bool { return v == StageClosedWon || v == StageClosedLost }

// Probability is the chance in percent that a deal in this stage has unless somebody says otherwise.
func (v OpportunityStage) Probability() int {
	return map[OpportunityStage]int{
		StageProspecting: 10, StageQualification: 25, StageProposal: 50, StageNegotiation: 75, StageClosedWon: 100,
	}[v]
}

// ExpectedDays is how long a deal is expected to stay in this stage; it is quiet from then on, and rotten from half as long
// again.
func (v OpportunityStage) ExpectedDays() (quiet, rotten int) {
	quiet = map[OpportunityStage]int{StageProspecting: 14, StageQualification: 14, StageProposal: 10, StageNegotiation: 10}[v]
	return quiet, quiet * 3 / 2
}

// OpportunityStage is where a deal stands.
type OpportunityStage string

// The values, as stored.
const (
	StageProspecting   OpportunityStage = "PROSPECTING"
	StageQualification OpportunityStage = "QUALIFICATION"
	StageProposal      OpportunityStage = "PROPOSAL"
	StageNegotiation   OpportunityStage = "NEGOTIATION"
	StageClosedWon     OpportunityStage = "CLOSED_WON"
	StageClosedLost    OpportunityStage = "CLOSED_LOST"
)

// OpportunityStageValues are all of them, in their order.
var OpportunityStageValues = enum(StageProspecting, StageQualification, StageProposal, StageNegotiation, StageClosedWon, StageClosedLost)

// MarshalGQL writes the schema's name.
func (v OpportunityStage) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *OpportunityStage) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// OpportunityType is new or existing business.
type OpportunityType string

// The values, as stored.
const (
	OpportunityTypeNewBusiness      OpportunityType = "NEW_BUSINESS"
	OpportunityTypeExistingBusiness OpportunityType = "EXISTING_BUSINESS"
	OpportunityTypeRenewal          OpportunityType = "RENEWAL"
	OpportunityTypeUpsell           OpportunityType = "UPSELL"
	OpportunityTypeCrossSell        OpportunityType = "CROSS_SELL"
)

var _ = enum(OpportunityTypeNewBusiness, OpportunityTypeExistingBusiness, OpportunityTypeRenewal, OpportunityTypeUpsell, OpportunityTypeCrossSell)

// MarshalGQL writes the schema's name.
func (v OpportunityType) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *OpportunityType) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// OpportunitySource is where a deal came from. It has other values than LeadSource.
type OpportunitySource string

// The values, as stored.
const (
	OpportunitySourceNone             OpportunitySource = "NONE"
	OpportunitySourceCall             OpportunitySource = "CALL"
	OpportunitySourceEmail            OpportunitySource = "EMAIL"
	OpportunitySourceExistingCustomer OpportunitySource = "EXISTING CUSTOMER"
	OpportunitySourcePartner          OpportunitySource = "PARTNER"
	OpportunitySourcePublicRelations  OpportunitySource = "PUBLIC RELATIONS"
	OpportunitySourceCampaign         OpportunitySource = "CAMPAIGN"
	OpportunitySourceWebsite          OpportunitySource = "WEBSITE"
	OpportunitySourceOther            OpportunitySource = "OTHER"
)

var _ = enum(OpportunitySourceNone, OpportunitySourceCall, OpportunitySourceEmail, OpportunitySourceExistingCustomer, OpportunitySourcePartner, OpportunitySourcePublicRelations, OpportunitySourceCampaign, OpportunitySourceWebsite, OpportunitySourceOther)

// MarshalGQL writes the schema's name.
func (v OpportunitySource) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *OpportunitySource) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// AmountSource is where an amount comes from.
type AmountSource string

// The values, as stored.
const (
	AmountManual     AmountSource = "MANUAL"
	AmountCalculated AmountSource = "CALCULATED"
)

var _ = enum(AmountManual, AmountCalculated)

// MarshalGQL writes the schema's name.
func (v AmountSource) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *AmountSource) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
