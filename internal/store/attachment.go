package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Attachments are files on records: who reads the record reads them, who may change it adds them, and only who attached
// one or an admin takes it away (domain: B.10). The record's timeline tells of both.
var Attachments = new(Entity[model.Attachment])

// longestAttachmentName is what the domain has room for.
const longestAttachmentName = 60

func init() {
	*Attachments = Entity[model.Attachment]{
		Noun: "attachment", Resource: "attachments",
		Order:     map[string]string{"CREATED_AT": "created_at"},
		Read:      Sight{Row: onVisible}, // they are listed by their record
		MayDelete: byCreator[model.Attachment],
		Check: func(ctx context.Context, c *Change[model.Attachment]) error {
			if err := holdParent(ctx, c.Row.EntityType, c.Row.EntityID); err != nil {
				return err
			}
			var err error
			c.Row.Blob, err = take(&c.Row.Kept, "file", &c.Row.File, longestAttachmentName)
			return err
		},
		After: func(ctx context.Context, c *Change[model.Attachment]) error {
			return tellOfAttachment(ctx, c.Row, []string{}, []string{c.Row.FileName})
		},
		BeforeDelete: func(ctx context.Context, a *model.Attachment) error {
			files.Remove(ctx, a.Blob)
			return tellOfAttachment(ctx, a, []string{a.FileName}, []string{})
		},
	}
}

// tellOfAttachment writes into a record's timeline which file came or went.
func tellOfAttachment(ctx context.Context, a *model.Attachment, from, to []string) error {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return err
	}
	return tellOf(ctx, v, model.VerbUpdate, a.EntityType, a.EntityID, &model.ActivityChange{Field: "attachments", From: from, To: to})
}

// AttachmentsOn are the files on one record.
func AttachmentsOn(kind model.EntityType) Relation {
	return Relation{Column: "entity_id", Fixed: Is("entity_type", &kind)}
}
