package store

import (
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// Who may do what with a record. What they see of it is a Sight (sight.go).

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
	return fault.New(fault.Forbidden, "only its creator or an admin may do this")
}

// byCreator is creatorOrAdmin for any model with audit columns.
func byCreator[T any](v *tenant.Viewer, r *T) error {
	return creatorOrAdmin(v, any(r).(audited).Audit().CreatedByID)
}
