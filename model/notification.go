package model

import (
	"io"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Notification tells a member of what somebody else did that concerns them. Nothing but when it was read is changed
// afterwards.
type Notification struct {
	bun.BaseModel `bun:"table:notification,alias:t"`
	Row
	RecipientID id.Profile          `bun:"recipient_id"`
	ActorID     *id.Profile         `bun:"actor_id"` // null when a job or a web form did it
	Verb        NotificationVerb    `bun:"verb"`
	EntityType  NotificationSubject `bun:"entity_type"`
	EntityID    id.ID               `bun:"entity_id"`
	EntityName  string              `bun:"entity_name"` // as it was at that time
	Excerpt     *string             `bun:"excerpt"`     // of what somebody wrote
	ReadAt      *time.Time          `bun:"read_at"`
}

// The GraphQL types around a notification.
type (
	NotificationConnection = Connection[Notification]
	NotificationEdge       = Edge[Notification]
)

// NotificationVerb is what a member is told of.
type NotificationVerb string

// The values, as stored.
const (
	NotifyAssigned  NotificationVerb = "assigned"
	NotifyReopened  NotificationVerb = "reopened"
	NotifyMentioned NotificationVerb = "mentioned"
	NotifyCommented NotificationVerb = "commented"
)

var _ = enum(NotifyAssigned, NotifyReopened, NotifyMentioned, NotifyCommented)

// MarshalGQL writes the schema's name.
func (v NotificationVerb) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *NotificationVerb) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }

// NotificationSubject is a kind of record that members are told of: the words of its type.
type NotificationSubject string

var _ = enum[NotificationSubject](
	"Account",
	"Lead",
	"Contact",
	"Opportunity",
	"Case",
	"Task",
	"Board task",
	"Invoice",
	"Estimate",
	"Recurring invoice",
)

// MarshalGQL writes the schema's name.
func (v NotificationSubject) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *NotificationSubject) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
