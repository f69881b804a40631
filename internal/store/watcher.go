package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Who watches a case reads it, and may do nothing more with it (domain: C.11, D.2). Members watch by their own wish, because
// they were mentioned (mention.go), or because the case is assigned to them, and cease when they like. What came of an
// assignment ends with it, or else who is not assigned any more would go on reading.

// CaseWatchers are the members who watch a case.
var CaseWatchers = Link{Table: "case_watcher", Left: "case_id", Right: "profile_id", To: Profiles}

// Why somebody watches, as stored.
const (
	byWish       = "manual"
	byMention    = "mention"
	byAssignment = "auto_assignee"
)

// IsWatched holds for cases that the viewer watches.
func IsWatched(s *statement, t string) string {
	return "EXISTS (SELECT FROM case_watcher AS w WHERE w.org_id = $1 AND w.case_id = " + t + ".id AND w.profile_id = " + s.profile() + ")"
}

// WatchCase has the viewer watch a case that they see.
func WatchCase(ctx context.Context, key [16]byte) (*model.Case, error) {
	s, k, err := attend(ctx, key)
	if err != nil {
		return nil, err
	}
	added, err := watch(ctx, s.viewer, key, byWish, s.viewer.ProfileID)
	if err == nil && len(added) > 0 {
		err = Tell(ctx, s.viewer, model.VerbWatched, model.OfCase, key, k.Name, nil)
	}
	return k, err
}

// UnwatchCase ends that. The answer is nil when the viewer has seen the case only by watching it.
func UnwatchCase(ctx context.Context, key [16]byte) (*model.Case, error) {
	s, k, err := attend(ctx, key)
	if err != nil {
		return nil, err
	}
	touched, err := tenant.Exec(ctx, "DELETE FROM case_watcher WHERE org_id = $1 AND case_id = $2 AND profile_id = $3",
		s.args[0], key, [16]byte(s.viewer.ProfileID))
	if err != nil {
		return nil, fmt.Errorf("end the watching: %w", err)
	}
	if touched > 0 {
		if err := Tell(ctx, s.viewer, model.VerbUnwatched, model.OfCase, key, k.Name, nil); err != nil {
			return nil, err
		}
	}
	found, err := Cases.seen(ctx, [][16]byte{key})
	if err != nil || !found[key] {
		return nil, err
	}
	return k, nil
}

// attend finds a case that the viewer sees and holds it, so that of two who do the same at once one comes second.
func attend(ctx context.Context, key [16]byte) (*statement, *model.Case, error) {
	s, err := begin(ctx, Cases.Resource, "write")
	if err != nil {
		return nil, nil, err
	}
	k, err := Cases.lock(ctx, key, Cases.Read.Row)
	return s, k, err
}

// watchAssigned has those watch a case to whom a write has assigned it.
func watchAssigned(ctx context.Context, c *Change[model.Case]) error {
	org, key := [16]byte(c.viewer.OrgID), [16]byte(c.Row.ID)
	for _, l := range c.links {
		if l.Field != "AssignedToIDs" {
			continue
		}
		if len(l.removed) > 0 {
			if err := tenant.Later(ctx, "DELETE FROM case_watcher WHERE org_id = $1 AND case_id = $2 AND profile_id = ANY($3) AND subscribed_via = $4",
				org, key, l.removed, byAssignment); err != nil {
				return err
			}
		}
		if len(l.added) > 0 {
			if err := tenant.Later(ctx, "INSERT INTO case_watcher (org_id, case_id, profile_id, created_at, subscribed_via) SELECT $1, $2, unnest($3::uuid[]), $4, $5 ON CONFLICT DO NOTHING",
				org, key, l.added, tenant.Now(ctx), byAssignment); err != nil {
				return err
			}
		}
	}
	return nil
}

// watch has members watch a case, and tells who of them did not before. Who did because of an assignment goes on after its
// end.
func watch(ctx context.Context, v *tenant.Viewer, key [16]byte, why string, who ...id.Profile) (added []id.Profile, err error) {
	err = tenant.Select(ctx, &added, `WITH put AS (
			INSERT INTO case_watcher AS w (org_id, case_id, profile_id, created_at, subscribed_via) SELECT $1, $2, unnest($3::uuid[]), $4, $5
			ON CONFLICT (org_id, case_id, profile_id) DO UPDATE SET subscribed_via = excluded.subscribed_via WHERE w.subscribed_via = 'auto_assignee'
			RETURNING w.profile_id, w.xmax = 0 AS is_new
		) SELECT profile_id FROM put WHERE is_new`,
		[16]byte(v.OrgID), key, bindable(who), tenant.Now(ctx), why)
	if err != nil {
		return nil, Cases.refused(err)
	}
	return added, nil
}
