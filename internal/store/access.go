package store

import (
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// Who may see what is one condition for each entity, and lists, counts, details, nested fields, inputs and the
// timeline all use it.

// shared is the rule of records that are assigned and shared (domain: D.2): admins see all, others what they
// created, what is assigned to them, and what is shared with a team they are in at this moment.
func shared(assignees, teams, column string) Cond {
	return func(s *statement, t string) string {
		if s.viewer.IsAdmin() {
			return ""
		}
		return t + ".created_by_id = " + s.arg(s.viewer.UserID) + " OR " + heldBy(s, assignees, teams, column, t+".id")
	}
}

// heldBy holds where the record with this id is assigned to the viewer or shared with one of their teams.
func heldBy(s *statement, assignees, teams, column, id string) string {
	return "EXISTS (SELECT 1 FROM " + assignees + " AS a WHERE a.org_id = $1 AND a." + column + " = " + id +
		" AND a.profile_id = " + s.arg(s.viewer.ProfileID) + ") OR " +
		"EXISTS (SELECT 1 FROM " + teams + " AS m WHERE m.org_id = $1 AND m." + column + " = " + id +
		" AND m.team_id = ANY(" + s.arg(s.viewer.Teams) + "))"
}

// adminsOnly refuses everybody else.
func adminsOnly(v *tenant.Viewer) error {
	if v.IsAdmin() {
		return nil
	}
	return fault.New(fault.Forbidden, "only an admin of the organization may do this")
}

// creatorOrAdmin is who may delete a record (domain: D.2). Creators are users.
func creatorOrAdmin(v *tenant.Viewer, createdBy *id.User) error {
	if v.IsAdmin() || (createdBy != nil && *createdBy == v.UserID) {
		return nil
	}
	return fault.New(fault.Forbidden, "only its creator or an admin may delete this")
}

// byCreator is creatorOrAdmin for any model with audit columns.
func byCreator[T any](v *tenant.Viewer, r *T) error {
	return creatorOrAdmin(v, any(r).(audited).Audit().CreatedByID)
}
