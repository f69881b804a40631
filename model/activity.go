package model

import (
	"encoding/json"
	"io"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Activity is one thing that happened to a record. It is written in the transaction of the change and never
// changed afterwards.
type Activity struct {
	bun.BaseModel `bun:"table:activity,alias:t"`
	Row
	ProfileID   *id.Profile     `bun:"profile_id"` // who acted; null for a job
	Action      ActivityVerb    `bun:"action"`
	EntityType  EntityType      `bun:"entity_type"`
	EntityID    id.ID           `bun:"entity_id"`
	EntityName  string          `bun:"entity_name"` // as it was at that time
	Description string          `bun:"description"`
	Metadata    json.RawMessage `bun:"metadata,type:jsonb"`
}

// ActivityChange is a changed field; for a relation From holds the ids taken away and To those added.
type ActivityChange struct {
	Field string `json:"field"`
	From  any    `json:"from"`
	To    any    `json:"to"`
}

// ActivityMetadata is what the metadata column holds.
type ActivityMetadata struct {
	Changes   []*ActivityChange `json:"changes,omitempty"`
	Truncated bool              `json:"truncated,omitempty"` // the changes were too large to keep
}

// The GraphQL types around an activity.
type (
	ActivityConnection = Connection[Activity]
	ActivityEdge       = Edge[Activity]
)

// Changes are the changed fields.
func (a *Activity) Changes() ([]*ActivityChange, error) {
	var m ActivityMetadata
	if len(a.Metadata) == 0 {
		return []*ActivityChange{}, nil
	}
	if err := json.Unmarshal(a.Metadata, &m); err != nil {
		return nil, err
	}
	if m.Changes == nil {
		m.Changes = []*ActivityChange{}
	}
	return m.Changes, nil
}

// EntityType is a kind of record that has a timeline or comments.
type EntityType string

// The values, as stored.
const (
	OfAccount          EntityType = "Account"
	OfLead             EntityType = "Lead"
	OfContact          EntityType = "Contact"
	OfOpportunity      EntityType = "Opportunity"
	OfCase             EntityType = "Case"
	OfTask             EntityType = "Task"
	OfInvoice          EntityType = "Invoice"
	OfEvent            EntityType = "Event"
	OfDocument         EntityType = "Document"
	OfTeam             EntityType = "Team"
	OfSolution         EntityType = "Solution"
	OfEstimate         EntityType = "Estimate"
	OfRecurringInvoice EntityType = "Recurring Invoice"
)

var _ = enum(OfAccount, OfLead, OfContact, OfOpportunity, OfCase, OfTask, OfInvoice, OfEvent, OfDocument, OfTeam, OfSolution, OfEstimate, OfRecurringInvoice)

// MarshalGQL writes the schema's name.
func (v EntityType) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *EntityType) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// ActivityVerb is what happened to a record.
type ActivityVerb string

// The values, as stored.
const (
	VerbCreate          ActivityVerb = "CREATE"
	VerbUpdate          ActivityVerb = "UPDATE"
	VerbDelete          ActivityVerb = "DELETE"
	VerbComment         ActivityVerb = "COMMENT"
	VerbAssign          ActivityVerb = "ASSIGN"
	VerbStatusChanged   ActivityVerb = "STATUS_CHANGED"
	VerbPriorityChanged ActivityVerb = "PRIORITY_CHANGED"
	VerbReopened        ActivityVerb = "REOPENED"
	VerbWatched         ActivityVerb = "WATCHED"
	VerbUnwatched       ActivityVerb = "UNWATCHED"
	VerbMentioned       ActivityVerb = "MENTIONED"

	VerbMerged              ActivityVerb = "MERGED"
	VerbMergeTarget         ActivityVerb = "MERGE_TARGET"
	VerbUnmerged            ActivityVerb = "UNMERGED"
	VerbUnmergeTarget       ActivityVerb = "UNMERGE_TARGET"
	VerbLinkedSolution      ActivityVerb = "LINKED_SOLUTION"
	VerbUnlinkedSolution    ActivityVerb = "UNLINKED_SOLUTION"
	VerbLinkedParent        ActivityVerb = "LINKED_PARENT"
	VerbUnlinkedParent      ActivityVerb = "UNLINKED_PARENT"
	VerbParentClosedCascade ActivityVerb = "PARENT_CLOSED_CASCADE"
)

var _ = enum(VerbCreate, VerbUpdate, VerbDelete, VerbComment, VerbAssign, VerbStatusChanged, VerbPriorityChanged, VerbReopened,
	VerbWatched, VerbUnwatched, VerbMentioned,
	VerbMerged, VerbMergeTarget, VerbUnmerged, VerbUnmergeTarget, VerbLinkedSolution, VerbUnlinkedSolution,
	VerbLinkedParent, VerbUnlinkedParent, VerbParentClosedCascade)

// MarshalGQL writes the schema's name.
func (v ActivityVerb) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *ActivityVerb) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
