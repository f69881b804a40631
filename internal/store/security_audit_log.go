package store

import "github.com/bottlecrm/bottlecrm-graphql/model"

// SecurityAuditLogs are the security events of the organization. Package audit writes them, on transactions of
// their own; admins read them.
var SecurityAuditLogs = new(Entity[model.SecurityAuditLog])

func init() {
	*SecurityAuditLogs = Entity[model.SecurityAuditLog]{
		Noun: "event", Resource: "security_audit_logs",
		Order: map[string]string{"CREATED_AT": "created_at"},
		Read:  toAdmins,
	}
}
