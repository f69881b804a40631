package model

import (
	"io"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Case is a support ticket. What is promised of it is counted in hours from its creation, without the time that it was
// pending.
type Case struct {
	bun.BaseModel `bun:"table:case,alias:t"`
	Base
	Name        string       `bun:"name" max:"255" required:"true"`
	Status      CaseStatus   `bun:"status"`
	Priority    CasePriority `bun:"priority"`
	CaseType    *CaseType    `bun:"case_type"`
	AccountID   *id.ID       `bun:"account_id"`
	ClosedOn    *scalar.Date `bun:"closed_on"` // set while the case has ended
	Description *string      `bun:"description" max:"20000"`

	FirstResponseHours int        `bun:"sla_first_response_hours" min:"0" max:"8760" null:"absent"`
	ResolutionHours    int        `bun:"sla_resolution_hours" min:"0" max:"8760" null:"absent"`
	PausedAt           *time.Time `bun:"sla_paused_at"`      // set while the case is pending
	PausedSeconds      int        `bun:"sla_paused_seconds"` // without the pause that lasts
	FirstResponseAt    *time.Time `bun:"first_response_at"`
	ResolvedAt         *time.Time `bun:"resolved_at"` // set while the case is closed

	IsActive  bool   `bun:"is_active"`
	IsProblem bool   `bun:"is_problem"` // behind other cases
	ParentID  *id.ID `bun:"parent_id"`

	MergedIntoID *id.ID      `bun:"merged_into_id"` // of which it is a duplicate
	MergedAt     *time.Time  `bun:"merged_at"`
	MergedByID   *id.Profile `bun:"merged_by_id"`

	DueKey *time.Time `bun:"due_at,scanonly"` // what lists are ordered by; DueAt says it of any case

	Customized
	Standing
	Shared
	ContactIDs    []id.ID `bun:"-"`
	CloseChildren *bool   `bun:"-"` // when this write closes it; nil = as the organization has it
}

// The GraphQL types around a case.
type (
	CaseConnection = Connection[Case]
	CaseEdge       = Edge[Case]
)

// Label is what an activity calls the case.
func (c *Case) Label() string { return c.Name }

// Due is when what is promised in so many hours is due, as it looks now: a pause that lasts moves it.
func (c *Case) Due(hours int, now time.Time) time.Time {
	due := c.due(hours)
	if c.PausedAt != nil {
		due = due.Add(now.Sub(*c.PausedAt))
	}
	return due
}

// due is the same without the pause that lasts.
func (c *Case) due(hours int) time.Time {
	return c.CreatedAt.Add(time.Duration(hours)*time.Hour + time.Duration(c.PausedSeconds)*time.Second)
}

// DueAt is when what is owed next is due: a first response until there was one, then a resolution. The column of the same
// name says so too, for lists.
func (c *Case) DueAt() *time.Time {
	if !c.Status.IsOpen() || c.Status == CasePending {
		return nil
	}
	hours := c.FirstResponseHours
	if c.FirstResponseAt != nil {
		hours = c.ResolutionHours
	}
	return new(c.due(hours))
}

// Breached reports whether what is promised in so many hours was done after it was due, or is due and not done. Of a
// case that has ended nothing more is owed: what was not done by then counts as done when it was closed, and never as
// late when it was rejected or is a duplicate. Columns say so too, for filters: those ending in _breach_at.
func (c *Case) Breached(hours int, done *time.Time, now time.Time) bool {
	if done == nil {
		done = c.ResolvedAt
	}
	switch {
	case done != nil:
		return done.After(c.due(hours))
	case c.Status == CaseRejected || c.Status == CaseDuplicate:
		return false
	}
	return now.After(c.Due(hours, now))
}

// CaseStatus is where a case stands.
type CaseStatus string

// The values, as stored.
const (
	CaseNew       CaseStatus = "New"
	CaseAssigned  CaseStatus = "Assigned"
	CasePending   CaseStatus = "Pending"
	CaseClosed    CaseStatus = "Closed"
	CaseRejected  CaseStatus = "Rejected"
	CaseDuplicate CaseStatus = "Duplicate"
)

var _ = enum(CaseNew, CaseAssigned, CasePending, CaseClosed, CaseRejected, CaseDuplicate)

// IsOpen reports whether a case with the status is still to be dealt with.
func (v CaseStatus) IsOpen() bool { return v != CaseClosed && v != CaseRejected && v != CaseDuplicate }

// MarshalGQL writes the schema's name.
func (v CaseStatus) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *CaseStatus) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// CasePriority is how pressing a case is.
type CasePriority string

// The values, as stored.
const (
	CaseLow    CasePriority = "Low"
	CaseNormal CasePriority = "Normal"
	CaseHigh   CasePriority = "High"
	CaseUrgent CasePriority = "Urgent"
)

// CasePriorityValues are all of them, the most pressing last.
var CasePriorityValues = enum(CaseLow, CaseNormal, CaseHigh, CaseUrgent)

// Promised is in how many hours a first response and a resolution are promised unless somebody says otherwise.
func (v CasePriority) Promised() (firstResponse, resolution int) {
	hours := map[CasePriority][2]int{CaseLow: {24, 72}, CaseNormal: {8, 48}, CaseHigh: {4, 24}, CaseUrgent: {1, 4}}[v]
	return hours[0], hours[1]
}

// MarshalGQL writes the schema's name.
func (v CasePriority) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *CasePriority) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// CaseType is what kind of request a case is.
type CaseType string

// The values, as stored.
const (
	CaseQuestion CaseType = "Question"
	CaseIncident CaseType = "Incident"
	CaseProblem  CaseType = "Problem"
)

var _ = enum(CaseQuestion, CaseIncident, CaseProblem)

// MarshalGQL writes the schema's name.
func (v CaseType) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *CaseType) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
