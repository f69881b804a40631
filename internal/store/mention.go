package store

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// A comment on a case mentions members: in its text, by the part of their e-mail address before the @, and by id (domain:
// E.4). They are active ones, and never the author. Who is mentioned watches the case from then on, and so reads it.

// CommentMentions are the members whom a comment mentions.
var CommentMentions = Link{Field: "MentionIDs", Table: "comment_mentions", Left: "comment_id", Right: "profile_id", To: Profiles}

// A handle begins where no word or address does: in ada@acme.example there is none, and none in @ada@acme.example.
var handles = regexp.MustCompile(`(?:^|[^\pL\pN._%+\-@])@([\pL\pN._%+\-]+)(@?)`)

// handlesIn gives the handles in a text, each once, in lower case.
func handlesIn(text string) (found []string) {
	for _, m := range handles.FindAllStringSubmatch(text, -1) {
		handle := strings.ToLower(strings.TrimRight(m[1], ".")) // a sentence may end here
		if m[2] == "" && handle != "" && !slices.Contains(found, handle) {
			found = append(found, handle)
		}
	}
	return found
}

// checkMentions makes MentionIDs those whom the comment mentions and did not before.
func checkMentions(ctx context.Context, c *Change[model.Comment]) error {
	k := c.Row
	switch {
	case k.EntityType != model.OfCase && len(k.MentionIDs) > 0:
		return fault.Field("mentionIds", "only comments on cases mention members")
	case k.EntityType != model.OfCase, !c.Created() && !c.Set["Comment"]:
		return nil
	case len(k.MentionIDs) > mostLinks:
		return fault.Field("mentionIds", "at most %d ids", mostLinks)
	}
	before, err := Comments.linked(ctx, CommentMentions, c)
	if err != nil {
		return err
	}
	named, _ := bindable(k.MentionIDs).([][16]byte)
	members, err := Profiles.pick(ctx, named)
	if err != nil {
		return err
	}
	var faults fault.List
	if len(members) < len(named) { // an id that stands there twice has become one
		faults.Add("mentionIds", "member not found")
	}
	byHandle, err := membersByHandle(ctx, k, handlesIn(k.Comment))
	if err != nil {
		return err
	}
	known := slices.Concat(before, named)
	for _, handle := range handlesIn(k.Comment) {
		switch who := byHandle[handle]; {
		case slices.ContainsFunc(who, func(p [16]byte) bool { return slices.Contains(known, p) }):
		case len(who) > 1:
			faults.Add("comment", "@%s may be any of %d members: say in mentionIds which", handle, len(who))
		default:
			named = append(named, who...)
		}
	}
	k.MentionIDs = nil
	for _, p := range without(named, before) {
		if k.CommentedByID == nil || *k.CommentedByID != p {
			k.MentionIDs = append(k.MentionIDs, p)
		}
	}
	if err := faults.Err(); err != nil || len(k.MentionIDs) == 0 || c.Created() {
		return err
	}
	return holdParent(ctx, k.EntityType, k.EntityID) // to mention is to show the case to somebody
}

// membersByHandle finds the active members whose addresses begin with handles, except for the author.
func membersByHandle(ctx context.Context, c *model.Comment, handles []string) (map[string][][16]byte, error) {
	if len(handles) == 0 {
		return nil, nil //nolint:nilnil // nobody
	}
	var found []struct {
		ID     id.Profile `bun:"id"`
		Handle string     `bun:"handle"`
	}
	err := tenant.Select(ctx, &found, `SELECT p.id, split_part(u.email, '@', 1) AS handle FROM profile AS p JOIN users AS u ON u.id = p.user_id
		WHERE p.org_id = $1 AND p.is_active AND u.is_active AND p.id IS DISTINCT FROM $2 AND split_part(u.email, '@', 1) = ANY($3)`,
		[16]byte(c.OrgID), bindable(c.CommentedByID), handles)
	if err != nil {
		return nil, fmt.Errorf("look for members by their handles: %w", err)
	}
	out := make(map[string][][16]byte, len(found))
	for _, f := range found {
		out[f.Handle] = append(out[f.Handle], f.ID)
	}
	return out, nil
}

// mention stores whom a comment mentions and has them watch the case of that name. The timeline tells both, for it is how the case comes
// to be shown to them.
func mention(ctx context.Context, c *Change[model.Comment], name string) error {
	k := c.Row
	if len(k.MentionIDs) == 0 || k.EntityType != model.OfCase {
		return nil
	}
	ids, _ := bindable(k.MentionIDs).([][16]byte)
	if err := CommentMentions.add(ctx, c.viewer, k.ID, ids...); err != nil {
		return err
	}
	added, err := watch(ctx, c.viewer, k.EntityID, byMention, k.MentionIDs...)
	if err != nil {
		return err
	}
	return Tell(ctx, c.viewer, model.VerbMentioned, k.EntityType, k.EntityID, name, []*model.ActivityChange{
		{Field: "mentions", From: []string{}, To: texts(ids)}, {Field: "watchers", From: []string{}, To: texts(added)},
	})
}
