package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Cases stand under each other, such as incidents under the problem that is behind them, without going round in circles
// and not too deep. One that is closed may close what is open under it.

// deepest is how many levels a tree of cases has at most (domain: B.5).
const deepest = 3

// withParent stands in the set of a change that closes a case along with the one it is under.
const withParent = "with its parent"

// holdCases has writes that may reach several cases of the organization wait for each other, until the end of the
// transaction: a tree is looked at as a whole, and rows that are locked in different orders would block each other. It
// must come before the first of those locks. Writes that move a case in a tree reach others, and those that may close it,
// also by its stage.
func holdCases(ctx context.Context) error {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return err
	}
	return takeTurns(ctx, v.OrgID, "cases")
}

// checkParent refuses a place in a tree that there must not be. Of a parent that the viewer does not see nothing is told
// here: it is refused as an id of nothing.
func checkParent(ctx context.Context, c *Change[model.Case]) error {
	k := c.Row
	if k.ParentID == nil || !c.Created() && !c.differs("ParentID") {
		return nil
	}
	if c.Created() { // a change of one that exists holds them before it locks the row
		if err := holdCases(ctx); err != nil {
			return err
		}
	}
	s, err := begin(ctx, "", "")
	if err != nil {
		return err
	}
	own := s.arg(k.ID)
	var tree struct {
		Above, Below     int
		Circular, Merged bool
	}
	err = s.query(ctx, &tree, `WITH RECURSIVE up AS (
			SELECT t.id, t.parent_id, t.merged_into_id, 1 AS n FROM "case" AS t WHERE `+s.where("t", Cases.ofTenant, Cases.Read.Row, Is("id", k.ParentID))+`
			UNION ALL SELECT p.id, p.parent_id, p.merged_into_id, u.n + 1 FROM up AS u
				CROSS JOIN LATERAL (SELECT t.id, t.parent_id, t.merged_into_id FROM "case" AS t WHERE t.org_id = $1 AND t.id = u.parent_id OFFSET 0) AS p
				WHERE u.n <= `+fmt.Sprint(deepest)+`
		), down AS (
			SELECT `+own+`::uuid AS id, 0 AS n
			UNION ALL SELECT p.id, d.n + 1 FROM down AS d
				CROSS JOIN LATERAL (SELECT t.id FROM "case" AS t WHERE t.org_id = $1 AND t.parent_id = d.id OFFSET 0) AS p
				WHERE d.n <= `+fmt.Sprint(deepest)+`
		)
		SELECT coalesce((SELECT max(n) FROM up), 0) AS above, (SELECT max(n) FROM down) AS below,
			EXISTS (SELECT FROM up WHERE id = `+own+`::uuid) AS circular,
			EXISTS (SELECT FROM up WHERE n = 1 AND merged_into_id IS NOT NULL) AS merged`)
	if err != nil {
		return fmt.Errorf("look at the tree of cases: %w", err)
	}
	switch {
	case tree.Circular:
		return fault.Field("parentId", "a case cannot be under itself")
	case tree.Merged || tree.Above > 0 && k.MergedIntoID != nil:
		return fault.Field("parentId", "a merged case is in no tree")
	case tree.Above+1+tree.Below > deepest:
		return fault.Field("parentId", "cases stand in at most %d levels", deepest)
	}
	return nil
}

// closeChildren closes what is open under a case that is closed, if the writer wants that, or else the organization. What
// the viewer does not see or may not change stays open. Each of them closes what is under it in turn.
func closeChildren(ctx context.Context, c *Change[model.Case]) error {
	k := c.Row
	if c.Created() || k.Status != model.CaseClosed || c.Before.Status == model.CaseClosed || k.CloseChildren != nil && !*k.CloseChildren {
		return nil
	}
	open, err := openChildren(ctx, k.ID)
	if err != nil || len(open) == 0 {
		return err
	}
	if k.CloseChildren == nil {
		org, err := Organization(ctx, k.OrgID)
		if err != nil || !org.ClosesChildCases {
			return err
		}
	}
	for _, child := range open {
		_, err := Cases.Modify(ctx, child, nil, func(child *model.Case) (patch.Set, error) {
			if !child.Status.IsOpen() { // by now
				return nil, errEnded
			}
			child.Status, child.ClosedOn, child.CloseChildren = model.CaseClosed, k.ClosedOn, new(true)
			return patch.Set{"Status": true, withParent: true}, nil
		})
		if err != nil && !errors.Is(err, errEnded) && !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.NotFound) {
			return fmt.Errorf("close case %s: %w", child, err)
		}
	}
	return nil
}

var errEnded = errors.New("the case has ended")

// openChildren are the open cases under one, as far as the viewer sees them.
func openChildren(ctx context.Context, key id.ID) ([]id.ID, error) {
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	var open []id.ID
	err = s.query(ctx, &open, "SELECT t.id FROM "+Cases.from(s, Is("parent_id", &key), Phase("status", new(true), model.CaseStatus.IsOpen))+" ORDER BY t.id")
	if err != nil {
		return nil, fmt.Errorf("look for cases under it: %w", err)
	}
	return open, nil
}
