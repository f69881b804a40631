package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Cases are support tickets (domain: B.5). A case is open or has ended in one of three ways, and can be reopened. Cases
// form trees (case_tree.go) and can be merged (case_merge.go). Without a calendar of business hours what is promised counts
// in plain hours.
var Cases = new(Entity[model.Case])

// CaseContacts are the customers that a case concerns.
var CaseContacts = contactsOf("case", "case_id")

func init() {
	*Cases = Entity[model.Case]{
		Noun: "case", Kind: model.OfCase, Resource: "cases",
		Order: map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "NAME": "name",
			"CLOSED_ON": "closed_on", "DUE_AT": "due_at"},
		Beside:     []string{"due_at"},
		Search:     []string{"name"},
		Subtitle:   func(c *model.Case) *string { return new(string(c.Status) + ", " + string(c.Priority)) },
		Read:       shared("case_assigned_to", "case_teams", "case_id").followed(CaseWatchers),
		Changeable: shared("case_assigned_to", "case_teams", "case_id").Row,
		Links:      []Link{assigneesOf("case", "case_id"), teamsOf("case", "case_id"), tagsOf("case", "case_id"), CaseContacts},
		Refs:       []Ref{{"AccountID", Accounts}, {"ParentID", Cases}},
		Kanban:     Kanban{Column: "status", Staged: true, Shown: NotDuplicate},
		Statuses:   []string{"Status", "StageID"},
		Moved:      caseMoved,
		Told:       caseTold,
		MayDelete:  byCreator[model.Case],
		Fresh: func(c *model.Case) {
			c.IsActive, c.Status, c.Priority = true, model.CaseNew, model.CaseNormal
		},
		Check: checkCase,
		After: afterCase,
	}
}

// NotDuplicate holds for cases that lists show unless they are asked for a status.
func NotDuplicate(_ *statement, t string) string { return t + ".status <> 'Duplicate'" }

// checkCase holds what follows from a status, whichever path leads there.
func checkCase(ctx context.Context, c *Change[model.Case]) error {
	k := c.Row
	if err := staysMerged(c); err != nil {
		return err
	}
	if c.Created() {
		promise(c)
	}
	pause(ctx, c)
	now := tenant.Now(ctx)
	switch {
	case k.Status != model.CaseClosed:
		k.ResolvedAt = nil
	case k.ResolvedAt == nil:
		k.ResolvedAt = &now
	}
	switch {
	case !k.Status.IsOpen():
		if k.ClosedOn == nil {
			k.ClosedOn = new(today(c.viewer, now))
		}
	case c.Set["ClosedOn"] && k.ClosedOn != nil:
		return fault.Field("closedOn", "an open case has no day on which it ended")
	default:
		k.ClosedOn = nil
	}
	return checkParent(ctx, c)
}

// Breached holds for cases of which a promise, "first_response" or "resolution", is broken, as model.Case.Breached does.
func Breached(promise string) Cond {
	return func(s *statement, t string) string { return t + "." + promise + "_breach_at < " + s.instant() }
}

// promisedResponse is when the first response to a case is due that waits for it: the same as model.Case.Due.
func promisedResponse(s *statement, t string) string {
	return "(" + t + ".created_at + make_interval(hours => " + t + ".sla_first_response_hours, secs => " + t + ".sla_paused_seconds)" +
		" + coalesce(" + s.instant() + " - " + t + ".sla_paused_at, interval '0'))"
}

// promise gives a new case the hours of its priority unless the writer said others.
func promise(c *Change[model.Case]) {
	firstResponse, resolution := c.Row.Priority.Promised()
	if !c.Set["FirstResponseHours"] {
		c.Row.FirstResponseHours = firstResponse
	}
	if !c.Set["ResolutionHours"] {
		c.Row.ResolutionHours = resolution
	}
}

// pause stops the clock of a case while it is pending.
func pause(ctx context.Context, c *Change[model.Case]) {
	k, now := c.Row, tenant.Now(ctx)
	switch pending := k.Status == model.CasePending; {
	case pending && k.PausedAt == nil:
		k.PausedAt = &now
	case !pending && k.PausedAt != nil:
		k.PausedSeconds += int(now.Sub(*k.PausedAt).Seconds())
		k.PausedAt = nil
	}
}

// caseMoved tells some changes of a case's status by verbs of their own.
func caseMoved(c *Change[model.Case]) model.ActivityVerb {
	switch was, is := c.Before.MergedIntoID != nil, c.Row.MergedIntoID != nil; {
	case !was && is:
		return model.VerbMerged
	case was && !is:
		return model.VerbUnmerged
	case c.Set[withParent]:
		return model.VerbParentClosedCascade
	case !c.Before.Status.IsOpen() && c.Row.Status.IsOpen():
		return model.VerbReopened
	}
	return model.VerbStatusChanged
}

// afterCase does what a change of a case brings about.
func afterCase(ctx context.Context, c *Change[model.Case]) error {
	if err := closeChildren(ctx, c); err != nil {
		return err
	}
	if err := watchAssigned(ctx, c); err != nil {
		return err
	}
	return notifyReopened(ctx, c)
}

// notifyReopened tells the assignees of a case that it was taken up again.
func notifyReopened(ctx context.Context, c *Change[model.Case]) error {
	if c.Created() || !c.differs("Status") || caseMoved(c) != model.VerbReopened {
		return nil
	}
	assignees, err := Cases.linked(ctx, Cases.Link("AssignedToIDs"), c)
	if err != nil {
		return err
	}
	return Notify(ctx, c.viewer, Cases.notice(model.NotifyReopened, c.Row), assignees...)
}

// caseTold tells a case's moves in its tree by verbs of their own.
func caseTold(c *Change[model.Case], field string) model.ActivityVerb {
	switch {
	case field != "ParentID":
		return ""
	case c.Row.ParentID == nil:
		return model.VerbUnlinkedParent
	}
	return model.VerbLinkedParent
}

// UpdateCase changes a case by an input.
func UpdateCase(ctx context.Context, key [16]byte, version *int, input any) (*model.Case, error) {
	var wanted model.Case
	set, _ := patch.Apply(&wanted, input) // what is wrong with it is told by the update
	if set["ParentID"] || set["StageID"] || wanted.Status == model.CaseClosed {
		if err := holdCases(ctx); err != nil {
			return nil, err
		}
	}
	return Cases.Update(ctx, key, version, input)
}

// MoveCase puts a case at a place on the board.
func MoveCase(ctx context.Context, key [16]byte, version *int, to Target) (*model.Case, error) {
	if to.Stage != nil || to.Status != nil && *to.Status == string(model.CaseClosed) {
		if err := holdCases(ctx); err != nil {
			return nil, err
		}
	}
	return Cases.Move(ctx, key, version, to)
}

// CloseCase closes a case. It is locked before it is looked at, so of two who close it one is told of the other.
func CloseCase(ctx context.Context, key [16]byte, version *int, on *scalar.Date, children *bool) (*model.Case, error) {
	if err := holdCases(ctx); err != nil {
		return nil, err
	}
	return Cases.Modify(ctx, key, version, func(k *model.Case) (patch.Set, error) {
		if k.Status == model.CaseClosed {
			return nil, fault.New(fault.Conflict, "the case is closed already")
		}
		k.Status, k.ClosedOn, k.CloseChildren = model.CaseClosed, on, children
		return patch.Set{"Status": true, "ClosedOn": on != nil}, nil
	})
}

// ReopenCase takes up a case again that has ended.
func ReopenCase(ctx context.Context, key [16]byte, version *int, status model.CaseStatus) (*model.Case, error) {
	if !status.IsOpen() {
		return nil, fault.Field("status", "must be that of an open case")
	}
	return Cases.Modify(ctx, key, version, func(k *model.Case) (patch.Set, error) {
		if k.Status.IsOpen() {
			return nil, fault.New(fault.Conflict, "the case is open")
		}
		k.Status = status
		return patch.Set{"Status": true}, nil
	})
}

// noteFirstResponse stamps a case with the first comment on it that is not internal. It is no change of the case: nobody's
// version becomes stale by it.
func noteFirstResponse(ctx context.Context, c *Change[model.Comment]) error {
	k := c.Row
	if k.EntityType != model.OfCase || k.IsInternal {
		return nil
	}
	if _, err := tenant.Exec(ctx, `UPDATE "case" SET first_response_at = $3 WHERE org_id = $1 AND id = $2 AND first_response_at IS NULL`,
		[16]byte(k.OrgID), [16]byte(k.EntityID), tenant.Now(ctx)); err != nil {
		return fmt.Errorf("note the first response: %w", err)
	}
	return nil
}
