package store

import (
	"context"
	"fmt"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Comments are notes on records: who reads the record reads them, who may change it adds them, and only the author
// or an admin changes or deletes one (domain: B.8).
var Comments = new(Entity[model.Comment])

func init() {
	*Comments = Entity[model.Comment]{
		Noun: "comment", Resource: "comments",
		Order:     map[string]string{"CREATED_AT": "created_at"},
		Read:      Sight{Row: onVisible}, // they are listed by their record
		MayChange: authorOrAdmin,
		Check:     checkComment,
		After:     afterComment,

		BeforeDelete: removeCommentFiles,
	}
}

// parent is an entity that comments and activities are about.
type parent interface {
	name() string
	sight() Sight
	shown(s *statement, t, column string) string
	label(ctx context.Context, key [16]byte) (string, error)
	hold(ctx context.Context, key [16]byte) error
}

func (e *Entity[T]) sight() Sight { return e.Read }

// label is what a record that the viewer may see is called.
func (e *Entity[T]) label(ctx context.Context, key [16]byte) (string, error) {
	s, err := begin(ctx, "", "")
	if err != nil {
		return "", err
	}
	rows, err := e.run(ctx, s, 1, "SELECT "+e.columns()+" FROM "+e.from(s, Is("id", &key)))
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return any(rows[0]).(labelled).Label(), nil
}

// parents gives the entities that a kind names, in a fixed order.
func parents() []struct {
	kind   model.EntityType
	entity parent
} {
	return []struct {
		kind   model.EntityType
		entity parent
	}{
		{model.OfAccount, Accounts}, {model.OfContact, Contacts}, {model.OfLead, Leads},
		{model.OfOpportunity, Opportunities}, {model.OfCase, Cases}, {model.OfTask, Tasks}, {model.OfTeam, Teams},
		{model.OfDocument, Documents}, {model.OfSolution, Solutions},
		{model.OfInvoice, Invoices},
		{model.OfEstimate, Estimates}, {model.OfRecurringInvoice, RecurringInvoices},
	}
}

// onVisible holds where the row is about a record that the viewer may see. Admins see what is about deleted ones
// too.
func onVisible(s *statement, t string) string {
	if s.viewer.IsAdmin() {
		return ""
	}
	var parts []string
	for _, p := range parents() {
		parts = append(parts, about(p.kind, p.entity)(s, t))
	}
	return strings.Join(parts, " OR ")
}

// about holds where the row is about a record of the kind that the viewer may see.
func about(kind model.EntityType, of parent) Cond {
	return func(s *statement, t string) string {
		return t + ".entity_type = '" + string(kind) + "' AND " + of.shown(s, t, "entity_id")
	}
}

// onSolution holds where the row is about an article. Everybody sees all of those, and they may be many.
func onSolution(s *statement, t string) string { return about(model.OfSolution, Solutions)(s, t) }

// visibleRecords selects the records that the viewer may see, of all kinds but articles.
func visibleRecords(s *statement, _ string) string {
	var parts []string
	for _, p := range parents() {
		if p.kind == model.OfSolution {
			continue
		}
		seen := "SELECT t.id FROM " + p.entity.name() + " AS t WHERE t.org_id = $1 AND " + s.where("t", p.entity.sight().Row)
		if p.entity.sight().Seen != nil {
			seen = p.entity.sight().Seen(s, p.entity.name())
		}
		parts = append(parts, "SELECT '"+string(p.kind)+"' AS kind, id FROM ("+seen+") AS seen")
	}
	return strings.Join(parts, " UNION ALL ")
}

// onSeen holds where the row is about one of those.
func onSeen(_ *statement, t string) string {
	return "(" + t + ".entity_type, " + t + ".entity_id) IN (SELECT kind, id FROM seen)"
}

func authorOrAdmin(v *tenant.Viewer, c *model.Comment) error {
	if v.IsAdmin() || (c.CommentedByID != nil && *c.CommentedByID == v.ProfileID) {
		return nil
	}
	return fault.New(fault.Forbidden, "only its author or an admin may change a comment")
}

func checkComment(ctx context.Context, c *Change[model.Comment]) error {
	if c.Created() {
		c.Row.CommentedByID, c.Row.AuthorName = c.viewer.Actor(), cut(c.viewer.Name, 255)
		if err := holdParent(ctx, c.Row.EntityType, c.Row.EntityID); err != nil {
			return err
		}
	}
	return checkMentions(ctx, c)
}

// holdParent has a record wait until the end of the transaction that writes something about it, as who may change it may.
func holdParent(ctx context.Context, kind model.EntityType, key [16]byte) error {
	for _, p := range parents() {
		if p.kind == kind {
			err := p.entity.hold(ctx, key)
			if fault.Is(err, fault.NotFound) {
				err = fault.Field("entityId", "%s not found", strings.ToLower(string(kind)))
			}
			return err
		}
	}
	return fault.Field("entityType", "nothing is written about this kind of record")
}

func labelOf(ctx context.Context, kind model.EntityType, key [16]byte) (string, error) {
	for _, p := range parents() {
		if p.kind == kind {
			return p.entity.label(ctx, key)
		}
	}
	return "", nil
}

// afterComment does all that a comment brings about.
func afterComment(ctx context.Context, c *Change[model.Comment]) error {
	for _, step := range []func(context.Context, *Change[model.Comment]) error{keepCommentFiles, noteFirstResponse, tellOfComment} {
		if err := step(ctx, c); err != nil {
			return err
		}
	}
	return nil
}

// tellOfComment tells of a new comment, or of new mentions in one: whom it mentions watches the case first, then members are
// notified, and the timeline has the mention before the comment.
func tellOfComment(ctx context.Context, c *Change[model.Comment]) error {
	k := c.Row
	if !c.Created() && len(k.MentionIDs) == 0 {
		return nil
	}
	name, err := labelOf(ctx, k.EntityType, k.EntityID)
	if err != nil {
		return err
	}
	for _, step := range []func(context.Context, *Change[model.Comment], string) error{mention, notifyOfComment} {
		if err := step(ctx, c, name); err != nil {
			return err
		}
	}
	if !c.Created() {
		return nil
	}
	return Tell(ctx, c.viewer, model.VerbComment, k.EntityType, k.EntityID, name, nil)
}

// tellOf tells the timeline of a record that is known by its kind and its id.
func tellOf(ctx context.Context, v *tenant.Viewer, verb model.ActivityVerb, kind model.EntityType, key [16]byte, changes ...*model.ActivityChange) error {
	name, err := labelOf(ctx, kind, key)
	if err != nil {
		return err
	}
	return Tell(ctx, v, verb, kind, key, name, changes)
}

// CommentsOn are the comments on one record.
func CommentsOn(kind model.EntityType) Relation {
	return Relation{Column: "entity_id", Fixed: Is("entity_type", &kind)}
}

// deleteNotes takes comments and attachments away with their record: they name it by kind and id, so no foreign key
// does it. Their files go when that is committed.
func deleteNotes(ctx context.Context, v *tenant.Viewer, kind model.EntityType, key [16]byte) error {
	const ofRecord = " WHERE org_id = $1 AND entity_type = $2 AND entity_id = $3 "
	for _, text := range []string{
		"WITH gone AS (DELETE FROM comment" + ofRecord + "RETURNING id) " +
			`SELECT f.comment_file FROM "commentFiles" f JOIN gone ON f.org_id = $1 AND f.comment_id = gone.id WHERE f.comment_file IS NOT NULL`,
		"DELETE FROM attachments" + ofRecord + "RETURNING attachment",
	} {
		var keys []string
		if err := tenant.Select(ctx, &keys, text, [16]byte(v.OrgID), string(kind), key); err != nil {
			return fmt.Errorf("delete comments and attachments: %w", err)
		}
		files.Remove(ctx, keys...)
	}
	return nil
}
