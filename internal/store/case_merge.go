package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Of two cases about the same one becomes a duplicate of the other (domain: B.5). What went to the other is kept on the
// duplicate, to undo it.

// mergeRecord is what a merge keeps: what the case was, which rows went to the other case and what was added to that.
type mergeRecord struct {
	Status     model.CaseStatus    `json:"status"`
	ClosedOn   *scalar.Date        `json:"closedOn,omitempty"`
	ResolvedAt *time.Time          `json:"resolvedAt,omitempty"`
	Moved      map[string][]string `json:"moved"` // by table
	Added      map[string][]string `json:"added"`
}

// What moves from case to case, $2 to $3: all of it, or those of $4. What is added is there from both then.
var (
	movedByMerge = map[string]string{
		"comment":     "UPDATE comment SET entity_id = $3 WHERE org_id = $1 AND entity_type = 'Case' AND entity_id = $2",
		"attachments": "UPDATE attachments SET entity_id = $3 WHERE org_id = $1 AND entity_type = 'Case' AND entity_id = $2",
		"task":        "UPDATE task SET case_id = $3 WHERE org_id = $1 AND case_id = $2",
	}
	addedByMerge = map[string]string{"case_contacts": "contact_id", "case_tags": "tag_id", "solution_cases": "solution_id"}
)

// MergeCase makes a case a duplicate of another. To repeat it changes nothing.
func MergeCase(ctx context.Context, key [16]byte, version *int, into id.ID) (duplicate, other *model.Case, err error) {
	if err := holdCases(ctx); err != nil {
		return nil, nil, err
	}
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, nil, err
	}
	var before *mergeRecord // nil when it is merged already
	duplicate, err = Cases.Modify(ctx, key, version, func(k *model.Case) (patch.Set, error) {
		if other, err = Cases.lock(ctx, into, Cases.Read.Row); err != nil {
			if fault.Is(err, fault.NotFound) {
				err = fault.Field("intoId", "case not found")
			}
			return nil, err
		}
		if err := mayMerge(v, k, other); err != nil {
			return nil, err
		}
		if k.MergedIntoID != nil && *k.MergedIntoID == into {
			return nil, nil
		}
		if err := canMerge(ctx, k, other); err != nil {
			return nil, err
		}
		before = &mergeRecord{Status: k.Status, ClosedOn: k.ClosedOn, ResolvedAt: k.ResolvedAt}
		now := tenant.Now(ctx)
		k.Status, k.ClosedOn = model.CaseDuplicate, new(today(v, now))
		k.MergedIntoID, k.MergedAt, k.MergedByID = &into, &now, &v.ProfileID
		return patch.Set{"Status": true}, nil
	})
	if err != nil || before == nil {
		return duplicate, other, err
	}
	if err := before.carry(ctx, duplicate, other); err != nil {
		return nil, nil, err
	}
	return duplicate, other, tellOther(ctx, v, model.VerbMergeTarget, other, []string{}, []string{duplicate.ID.String()})
}

// UnmergeCase undoes a merge. What was taken away from the other case since then stays where it is.
func UnmergeCase(ctx context.Context, key [16]byte, version *int) (*model.Case, error) {
	if err := holdCases(ctx); err != nil {
		return nil, err
	}
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	var other *model.Case
	var before mergeRecord
	k, err := Cases.Modify(ctx, key, version, func(k *model.Case) (patch.Set, error) {
		if k.MergedIntoID == nil {
			return nil, fault.New(fault.Conflict, "the case is not merged")
		}
		if other, err = Cases.lock(ctx, *k.MergedIntoID, nil); err != nil {
			return nil, err
		}
		if err := mayMerge(v, k, other); err != nil {
			return nil, err
		}
		if other.MergedIntoID != nil {
			return nil, fault.New(fault.Conflict, "the case that it was merged into is merged itself by now")
		}
		if err := before.read(ctx, k); err != nil {
			return nil, err
		}
		k.Status, k.ClosedOn, k.ResolvedAt = before.Status, before.ClosedOn, before.ResolvedAt
		k.MergedIntoID, k.MergedAt, k.MergedByID = nil, nil, nil
		return patch.Set{"Status": true}, nil
	})
	if err != nil {
		return nil, err
	}
	if err := before.giveBack(ctx, k, other); err != nil {
		return nil, err
	}
	return k, tellOther(ctx, v, model.VerbUnmergeTarget, other, []string{k.ID.String()}, []string{})
}

// mayMerge is for admins and who created both.
func mayMerge(v *tenant.Viewer, cases ...*model.Case) error {
	for _, k := range cases {
		if byCreator(v, k) != nil {
			return fault.New(fault.Forbidden, "only an admin or who created both cases may do this")
		}
	}
	return nil
}

func canMerge(ctx context.Context, k, other *model.Case) error {
	if k.ID == other.ID {
		return fault.Field("intoId", "a case cannot be merged into itself")
	}
	if k.MergedIntoID != nil {
		return fault.New(fault.Conflict, "the case is merged into another already")
	}
	if other.MergedIntoID != nil {
		return conflictOn("intoId", "the other case is merged itself")
	}
	var parent bool
	if err := tenant.Select(ctx, &parent, `SELECT EXISTS (SELECT FROM "case" WHERE org_id = $1 AND parent_id = $2)`,
		[16]byte(k.OrgID), [16]byte(k.ID)); err != nil {
		return fmt.Errorf("look for cases under it: %w", err)
	}
	if parent {
		return fault.New(fault.Conflict, "cases are under it; take them from there first")
	}
	return nil
}

// staysMerged keeps the status of a merged case, whichever path would change it: only undoing the merge does.
func staysMerged(c *Change[model.Case]) error {
	if c.Created() || c.Before.MergedIntoID == nil || c.Row.MergedIntoID == nil || c.Row.Status == c.Before.Status {
		return nil
	}
	return fault.New(fault.Conflict, "the case is merged into another; undo that instead")
}

// carry brings what belongs to the duplicate to the other case, and keeps what that was.
func (m *mergeRecord) carry(ctx context.Context, k, other *model.Case) error {
	m.Moved, m.Added = map[string][]string{}, map[string][]string{}
	for table, text := range movedByMerge {
		moved, err := moveAll(ctx, table, text, k.OrgID, k.ID, other.ID, nil)
		if err != nil {
			return err
		}
		m.Moved[table] = moved
	}
	for table, column := range addedByMerge {
		var added []id.ID
		if err := tenant.Select(ctx, &added, "INSERT INTO "+table+" (org_id, case_id, "+column+") SELECT j.org_id, $3, j."+column+
			" FROM "+table+" AS j WHERE j.org_id = $1 AND j.case_id = $2 ON CONFLICT DO NOTHING RETURNING "+column,
			[16]byte(k.OrgID), [16]byte(k.ID), [16]byte(other.ID)); err != nil {
			return fmt.Errorf("add to %s: %w", table, err)
		}
		m.Added[table] = texts(added)
	}
	kept, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("keep what was merged: %w", err)
	}
	if _, err := tenant.Exec(ctx, `UPDATE "case" SET merge_record = $3 WHERE org_id = $1 AND id = $2`, [16]byte(k.OrgID), [16]byte(k.ID), string(kept)); err != nil {
		return fmt.Errorf("keep what was merged: %w", err)
	}
	return nil
}

func (m *mergeRecord) read(ctx context.Context, k *model.Case) error {
	var kept string
	if err := tenant.Select(ctx, &kept, `SELECT merge_record::text FROM "case" WHERE org_id = $1 AND id = $2`, [16]byte(k.OrgID), [16]byte(k.ID)); err != nil {
		return fmt.Errorf("read what was merged: %w", err)
	}
	if err := json.Unmarshal([]byte(kept), m); err != nil {
		return fmt.Errorf("read what was merged: %w", err)
	}
	return nil
}

// giveBack is the reverse of carry.
func (m *mergeRecord) giveBack(ctx context.Context, k, other *model.Case) error {
	for table, text := range movedByMerge {
		if _, err := moveAll(ctx, table, text+" AND id = ANY($4::uuid[])", k.OrgID, other.ID, k.ID, m.Moved[table]); err != nil {
			return err
		}
	}
	for table, column := range addedByMerge {
		if _, err := tenant.Exec(ctx, "DELETE FROM "+table+" WHERE org_id = $1 AND case_id = $2 AND "+column+" = ANY($3::uuid[])",
			[16]byte(k.OrgID), [16]byte(other.ID), m.Added[table]); err != nil {
			return fmt.Errorf("take from %s: %w", table, err)
		}
	}
	if _, err := tenant.Exec(ctx, `UPDATE "case" SET merge_record = NULL WHERE org_id = $1 AND id = $2`, [16]byte(k.OrgID), [16]byte(k.ID)); err != nil {
		return fmt.Errorf("forget what was merged: %w", err)
	}
	return nil
}

// moveAll moves rows of a table from case to case; those given, unless nil.
func moveAll(ctx context.Context, table, text string, org id.Org, from, to id.ID, only []string) ([]string, error) {
	args := []any{[16]byte(org), [16]byte(from), [16]byte(to)}
	if only != nil {
		args = append(args, only)
	}
	var moved []id.ID
	if err := tenant.Select(ctx, &moved, text+" RETURNING id", args...); err != nil {
		return nil, fmt.Errorf("move rows of %s: %w", table, err)
	}
	return texts(moved), nil
}

// tellOther tells the timeline of the case that another was merged into, or is merged into no longer.
func tellOther(ctx context.Context, v *tenant.Viewer, verb model.ActivityVerb, other *model.Case, from, to []string) error {
	return Tell(ctx, v, verb, Cases.Kind, other.ID, other.Label(), []*model.ActivityChange{{Field: "duplicates", From: from, To: to}})
}
