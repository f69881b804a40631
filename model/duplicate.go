package model

import (
	"io"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// What is about to be written, as far as it tells duplicates. The id is that of the record that is being changed.
type (
	// AccountCandidate is a company.
	AccountCandidate struct {
		AccountID                   *id.ID
		Name, Email, Phone, Website *string
	}
	// ContactCandidate is a person.
	ContactCandidate struct {
		ContactID                         *id.ID
		FirstName, LastName, Email, Phone *string
	}
	// LeadCandidate is a person or a company that might buy.
	LeadCandidate struct {
		LeadID                                         *id.ID
		FirstName, LastName, Email, Phone, CompanyName *string
	}
)

// PossibleDuplicate is a record that may be the same as a candidate.
type PossibleDuplicate struct {
	Node     Node
	Type     EntityType
	Title    string
	Subtitle *string
	Matches  []DuplicateMatch // the most telling first
}

// DuplicateMatch is what a record has in common with a candidate.
type DuplicateMatch string

// The values, the most telling first.
const (
	MatchEmail       DuplicateMatch = "EMAIL"
	MatchPhone       DuplicateMatch = "PHONE"
	MatchName        DuplicateMatch = "NAME"
	MatchWebsite     DuplicateMatch = "WEBSITE"
	MatchCompanyName DuplicateMatch = "COMPANY_NAME"
	MatchFirstWord   DuplicateMatch = "FIRST_WORD"
)

// DuplicateMatchValues are all of them.
var DuplicateMatchValues = enum(MatchEmail, MatchPhone, MatchName, MatchWebsite, MatchCompanyName, MatchFirstWord)

// MarshalGQL writes the schema's name.
func (v DuplicateMatch) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *DuplicateMatch) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
