package model

import (
	"io"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
)

// Reports are the reports there are; each is computed when it is asked for.
type Reports struct{}

// CaseReport is how cases were dealt with in a span of days. Hours are those of the clock on the wall.
type CaseReport struct {
	From, To      scalar.Date
	FirstResponse *FirstResponse
	Resolution    *Resolution
	Resolutions   []*Resolution
	Backlog       []*BacklogDay
	Agents        []*CaseAgent
	Breaches      *BreachRate
	ByPriority    []*BreachRate
}

// FirstResponse is how long the cases that were created waited for an answer.
type FirstResponse struct {
	Cases    int                 `bun:"cases"`
	Answered int                 `bun:"answered"`
	Median   *decimal.Decimal    `bun:"median"`
	P90      *decimal.Decimal    `bun:"p90"`
	Breaches int                 `bun:"first_breaches"`
	Days     []*FirstResponseDay `bun:"-"`
}

// FirstResponseDay is the same for the cases that were created on one day.
type FirstResponseDay struct {
	Date            scalar.Date
	Cases, Answered int
	Median          *decimal.Decimal
}

// Resolution is how long it took to resolve what was resolved.
type Resolution struct {
	Priority *CasePriority    `bun:"priority"` // nil: all of them
	Cases    int              `bun:"cases"`
	Mean     *decimal.Decimal `bun:"mean"`
	Median   *decimal.Decimal `bun:"median"`
	P90      *decimal.Decimal `bun:"p90"`
}

// BacklogDay is how many cases were open when a day ended.
type BacklogDay struct {
	Date   scalar.Date `bun:"day"`
	Open   int         `bun:"open"`
	Urgent int         `bun:"urgent"`
}

// BreachRate is how often what was promised was not kept.
type BreachRate struct {
	Priority      *CasePriority // nil: all of them
	Cases         int
	FirstResponse decimal.Decimal
	Resolution    decimal.Decimal
}

// CaseAgent is what a member dealt with.
type CaseAgent struct {
	sibling.Member
	ProfileID     id.Profile       `bun:"profile_id"`
	Handled       int              `bun:"handled"`
	FirstResponse *decimal.Decimal `bun:"first_response"`
	Breaches      int              `bun:"breaches"`
}

// BreachRate is how many of a hundred promises were not kept; there are two of each case.
func (a *CaseAgent) BreachRate() decimal.Decimal { return Percent(a.Breaches, 2*a.Handled) }

// CaseMetric is a number of a report whose cases can be listed.
type CaseMetric string

// The values.
const (
	MetricCreated             CaseMetric = "CREATED"
	MetricAnswered            CaseMetric = "ANSWERED"
	MetricFirstResponseBreach CaseMetric = "FIRST_RESPONSE_BREACHED"
	MetricResolved            CaseMetric = "RESOLVED"
	MetricResolutionBreach    CaseMetric = "RESOLUTION_BREACHED"
	MetricOpen                CaseMetric = "OPEN"
)

var _ = enum(MetricCreated, MetricAnswered, MetricFirstResponseBreach, MetricResolved, MetricResolutionBreach, MetricOpen)

// MarshalGQL writes the schema's name.
func (v CaseMetric) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *CaseMetric) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// ServiceReport is an admin's overview of all support in a span of days.
type ServiceReport struct {
	From, To         scalar.Date
	Opened, Closed   int
	OpenNow          int
	MedianResolution *decimal.Decimal
	Days             []*ServiceDay
	FirstResponses   []*PromiseKept
	Types            []*CaseTypeTotal
	Agents           []*ServiceAgent
}

// ServiceDay is what came and what went on a day.
type ServiceDay struct {
	Date           scalar.Date
	Opened, Closed int
}

// PromiseKept is how often a first response of one priority came in time. What is neither due nor answered is in neither.
type PromiseKept struct {
	Priority    CasePriority
	Met, Missed int
}

// CaseTypeTotal is how many cases were of a type.
type CaseTypeTotal struct {
	CaseType *CaseType
	Count    int
}

// ServiceAgent is what a member has to do and has done; nobody is who has no member.
type ServiceAgent struct {
	sibling.Member
	ProfileID *id.Profile `bun:"profile_id"`
	Open      int         `bun:"open"`
	Closed    int         `bun:"closed"`
	Missed    int         `bun:"missed"`
}
