package store

import (
	"context"
	"fmt"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// A comment on a case is told to whom it mentions, and to the others who watch the case when it is no internal one (domain:
// C.11, E.4). Nobody is told twice of one comment.

// mentionedAgain is for how long somebody who was mentioned on a case is not told so again (domain: E.4).
const mentionedAgain = time.Minute

// notifyOfComment tells members of a comment on the case of that name. Of a changed one only those are told whom it did not
// mention before.
func notifyOfComment(ctx context.Context, c *Change[model.Comment], name string) error {
	k := c.Row
	if k.EntityType != model.OfCase {
		return nil
	}
	mentioned, _ := bindable(k.MentionIDs).([][16]byte)
	anew, err := mentionedAnew(ctx, k, mentioned)
	if err != nil {
		return err
	}
	notice := Notice{Verb: model.NotifyMentioned, Subject: model.NotificationSubject(k.EntityType), Key: k.EntityID, Name: name, Excerpt: k.Comment}
	if err := Notify(ctx, c.viewer, notice, anew...); err != nil || !c.Created() || k.IsInternal {
		return err
	}
	var watchers []id.ID
	if err := tenant.Select(ctx, &watchers, "SELECT profile_id FROM case_watcher WHERE org_id = $1 AND case_id = $2", [16]byte(k.OrgID), [16]byte(k.EntityID)); err != nil {
		return fmt.Errorf("select the watchers: %w", err)
	}
	others, _ := bindable(watchers).([][16]byte)
	notice.Verb = model.NotifyCommented
	return Notify(ctx, c.viewer, notice, without(others, anew)...)
}

// mentionedAnew are those of the mentioned who were not told of a mention on the case just now.
func mentionedAnew(ctx context.Context, k *model.Comment, mentioned [][16]byte) ([][16]byte, error) {
	if len(mentioned) == 0 {
		return nil, nil
	}
	var told []id.ID
	if err := tenant.Select(ctx, &told, "SELECT recipient_id FROM notification WHERE org_id = $1 AND recipient_id = ANY($2) AND created_at > $3 AND entity_id = $4 AND verb = 'mentioned'",
		[16]byte(k.OrgID), mentioned, tenant.Now(ctx).Add(-mentionedAgain), [16]byte(k.EntityID)); err != nil {
		return nil, fmt.Errorf("look who was mentioned just now: %w", err)
	}
	before, _ := bindable(told).([][16]byte)
	return without(mentioned, before), nil
}
