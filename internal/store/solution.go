package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Solutions are the articles of the knowledge base: every member reads all, the author and admins change them, and admins
// approve and publish (domain: B.16). No input sets the status: articles go from one to the next and back by the moves
// below.
var Solutions = new(Entity[model.Solution])

// SolutionCases are the cases that an article is linked to (solution_case.go).
var SolutionCases = Link{Field: "CaseIDs", Table: "solution_cases", Left: "solution_id", Right: "case_id", To: Cases}

func init() {
	*Solutions = Entity[model.Solution]{
		Noun: "solution", Kind: model.OfSolution, Resource: "solutions",
		Order:     map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "TITLE": "title"},
		Search:    []string{"title", "description"},
		Subtitle:  func(s *model.Solution) *string { return new(s.Snippet()) },
		Statuses:  []string{"Status", "IsPublished"},
		MayChange: writerOrAdmin,
		Fresh:     func(s *model.Solution) { s.Status = model.SolutionDraft },
	}
}

func writerOrAdmin(v *tenant.Viewer, s *model.Solution) error {
	if v.IsAdmin() || (s.CreatedByID != nil && *s.CreatedByID == v.UserID) {
		return nil
	}
	return fault.New(fault.Forbidden, "only its author or an admin may change a solution")
}

// ReviewSolution says that a draft has been reviewed.
func ReviewSolution(ctx context.Context, key [16]byte, version *int) (*model.Solution, error) {
	return move(ctx, key, version, func(_ *tenant.Viewer, s *model.Solution) error {
		if s.Status != model.SolutionDraft {
			return fault.New(fault.Conflict, "the solution is no draft")
		}
		s.Status = model.SolutionReviewed
		return nil
	})
}

// ApproveSolution approves what has been reviewed.
func ApproveSolution(ctx context.Context, key [16]byte, version *int) (*model.Solution, error) {
	return move(ctx, key, version, func(v *tenant.Viewer, s *model.Solution) error {
		if err := adminsOnly(v); err != nil {
			return err
		}
		if s.Status != model.SolutionReviewed {
			return fault.New(fault.Conflict, "the solution is not reviewed, or approved already")
		}
		s.Status = model.SolutionApproved
		return nil
	})
}

// PublishSolution offers what is approved for cases.
func PublishSolution(ctx context.Context, key [16]byte, version *int) (*model.Solution, error) {
	return move(ctx, key, version, func(v *tenant.Viewer, s *model.Solution) error {
		if err := adminsOnly(v); err != nil {
			return err
		}
		if s.Status != model.SolutionApproved || s.IsPublished {
			return fault.New(fault.Conflict, "the solution is not approved, or published already")
		}
		s.IsPublished = true
		return nil
	})
}

// UnpublishSolution offers a published one no longer.
func UnpublishSolution(ctx context.Context, key [16]byte, version *int) (*model.Solution, error) {
	return move(ctx, key, version, func(v *tenant.Viewer, s *model.Solution) error {
		if err := adminsOnly(v); err != nil {
			return err
		}
		if !s.IsPublished {
			return fault.New(fault.Conflict, "the solution is not published")
		}
		s.IsPublished = false
		return nil
	})
}

// ReviseSolution takes one back to draft. What is published is unpublished by that, so it is an admin's to do.
func ReviseSolution(ctx context.Context, key [16]byte, version *int) (*model.Solution, error) {
	return move(ctx, key, version, func(v *tenant.Viewer, s *model.Solution) error {
		if s.IsPublished {
			if err := adminsOnly(v); err != nil {
				return err
			}
		}
		if s.Status == model.SolutionDraft {
			return fault.New(fault.Conflict, "the solution is a draft")
		}
		s.Status, s.IsPublished = model.SolutionDraft, false
		return nil
	})
}

// move changes where an article stands. The row is locked before the step looks at it, so of two who take the same step
// one is told of the other.
func move(ctx context.Context, key [16]byte, version *int, step func(*tenant.Viewer, *model.Solution) error) (*model.Solution, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	return Solutions.Modify(ctx, key, version, func(s *model.Solution) (patch.Set, error) {
		return patch.Set{"Status": true, "IsPublished": true}, step(v, s)
	})
}
