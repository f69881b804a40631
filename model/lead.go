package model

import (
	"io"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Lead is a person or a company that might buy.
type Lead struct {
	bun.BaseModel `bun:"table:lead,alias:t"`
	Base
	Address
	Title             *string          `bun:"title" max:"255"`
	Salutation        *string          `bun:"salutation" max:"64"`
	FirstName         *string          `bun:"first_name" max:"255"`
	LastName          *string          `bun:"last_name" max:"255"`
	Email             *string          `bun:"email"`
	Phone             *string          `bun:"phone"`
	JobTitle          *string          `bun:"job_title" max:"255"`
	CompanyName       *string          `bun:"company_name" max:"255"` // becomes the account at conversion
	Website           *string          `bun:"website" max:"255"`
	LinkedinURL       *string          `bun:"linkedin_url" max:"500"`
	Status            LeadStatus       `bun:"status"`
	Source            *LeadSource      `bun:"source"`
	Industry          *Industry        `bun:"industry"`
	Rating            *LeadRating      `bun:"rating"`
	OpportunityAmount *decimal.Decimal `bun:"opportunity_amount" min:"0" digits:"10"`
	Currency          *string          `bun:"currency"`
	Probability       *int             `bun:"probability" min:"0" max:"100"`
	CloseDate         *scalar.Date     `bun:"close_date"`
	LastContacted     *scalar.Date     `bun:"last_contacted"`
	NextFollowUp      *scalar.Date     `bun:"next_follow_up"`
	Description       *string          `bun:"description" max:"20000"`
	IsActive          bool             `bun:"is_active"`

	// What the conversion led to.
	ConvertedAt            *time.Time `bun:"converted_at"`
	ConvertedAccountID     *id.ID     `bun:"converted_account_id"`
	ConvertedContactID     *id.ID     `bun:"converted_contact_id"`
	ConvertedOpportunityID *id.ID     `bun:"converted_opportunity_id"`

	Customized
	Standing
	Shared
	ContactIDs []id.ID `bun:"-"`
}

// The GraphQL types around a lead.
type (
	LeadConnection  = Connection[Lead]
	LeadEdge        = Edge[Lead]
	LeadStatusTotal = PhaseTotal[LeadStatus]
)

// Conversion is what a lead has become.
type Conversion struct {
	Lead        *Lead
	Account     *Account
	Contact     *Contact
	Opportunity *Opportunity
}

// Person is "first last", with the parts that exist.
func (l *Lead) Person() string { return join(" ", l.FirstName, l.LastName) }

// Name is what the lead is shown as: the headline, else the person, else the company, else the address.
func (l *Lead) Name() string {
	person := l.Person()
	for _, s := range []*string{l.Title, &person, l.CompanyName, l.Email} {
		if s != nil && *s != "" {
			return *s
		}
	}
	return ""
}

// Label is what an activity calls the lead.
func (l *Lead) Label() string { return l.Name() }

// IsOpen reports whether the lead is neither converted nor closed.
func (l *Lead) IsOpen() bool { return l.Status.IsOpen() }

// OpportunityAmountMoney is the expected value with its currency.
func (l *Lead) OpportunityAmountMoney() *Money { return money(l.OpportunityAmount, l.Currency) }

// join puts the texts that exist together.
func join(separator string, texts ...*string) string {
	var parts []string
	for _, t := range texts {
		if t != nil && *t != "" {
			parts = append(parts, *t)
		}
	}
	return strings.Join(parts, separator)
}

// IsOpen reports whether leads with the status are open.
func (v LeadStatus) IsOpen() bool { return v != LeadConverted && v != LeadClosed }

// LeadStatus is where a lead stands.
type LeadStatus string

// The values, as stored.
const (
	LeadAssigned  LeadStatus = "assigned"
	LeadInProcess LeadStatus = "in process"
	LeadConverted LeadStatus = "converted"
	LeadRecycled  LeadStatus = "recycled"
	LeadClosed    LeadStatus = "closed"
)

var _ = enum(LeadAssigned, LeadInProcess, LeadConverted, LeadRecycled, LeadClosed)

// MarshalGQL writes the schema's name.
func (v LeadStatus) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *LeadStatus) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// LeadSource is where a lead came from.
type LeadSource string

// The values, as stored.
const (
	LeadSourceCall             LeadSource = "call"
	LeadSourceEmail            LeadSource = "email"
	LeadSourceExistingCustomer LeadSource = "existing customer"
	LeadSourcePartner          LeadSource = "partner"
	LeadSourcePublicRelations  LeadSource = "public relations"
	LeadSourceCampaign         LeadSource = "campaign"
	LeadSourceOther            LeadSource = "other"
)

var _ = enum(LeadSourceCall, LeadSourceEmail, LeadSourceExistingCustomer, LeadSourcePartner, LeadSourcePublicRelations, LeadSourceCampaign, LeadSourceOther)

// MarshalGQL writes the schema's name.
func (v LeadSource) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *LeadSource) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// LeadRating is how promising a lead is.
type LeadRating string

// The values, as stored.
const (
	RatingHot  LeadRating = "HOT"
	RatingWarm LeadRating = "WARM"
	RatingCold LeadRating = "COLD"
)

var _ = enum(RatingHot, RatingWarm, RatingCold)

// MarshalGQL writes the schema's name.
func (v LeadRating) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *LeadRating) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
