package model

import (
	"encoding/json"
	"io"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// SecurityAuditLog is an event of authentication or authorization in an organization.
type SecurityAuditLog struct {
	bun.BaseModel `bun:"table:security_audit_log,alias:t"`
	Row
	EventType     SecurityEvent   `bun:"event_type"`
	UserID        *id.User        `bun:"user_id"`
	Description   string          `bun:"description"`
	Metadata      json.RawMessage `bun:"metadata,type:jsonb"`
	IPAddress     *string         `bun:"ip_address"`
	UserAgent     string          `bun:"user_agent"`
	RequestPath   string          `bun:"request_path"`
	RequestMethod string          `bun:"request_method"`
	Success       bool            `bun:"success"`
}

// The GraphQL types around an event.
type (
	SecurityAuditLogConnection = Connection[SecurityAuditLog]
	SecurityAuditLogEdge       = Edge[SecurityAuditLog]
)

// SecurityEvent is what the security ledger records.
type SecurityEvent string

// The values, as stored.
const (
	SecurityLoginSuccess       SecurityEvent = "LOGIN_SUCCESS"
	SecurityLoginFailure       SecurityEvent = "LOGIN_FAILURE"
	SecurityLogout             SecurityEvent = "LOGOUT"
	SecurityOrgSwitch          SecurityEvent = "ORG_SWITCH"
	SecurityTokenRefresh       SecurityEvent = "TOKEN_REFRESH"
	SecurityTokenRevoked       SecurityEvent = "TOKEN_REVOKED"
	SecurityPermissionDenied   SecurityEvent = "PERMISSION_DENIED"
	SecurityCrossOrgAttempt    SecurityEvent = "CROSS_ORG_ATTEMPT"
	SecurityApiKeyUsed         SecurityEvent = "API_KEY_USED"
	SecurityApiKeyInvalid      SecurityEvent = "API_KEY_INVALID"
	SecurityMembershipRevoked  SecurityEvent = "MEMBERSHIP_REVOKED"
	SecuritySuspiciousActivity SecurityEvent = "SUSPICIOUS_ACTIVITY"
)

var _ = enum(SecurityLoginSuccess, SecurityLoginFailure, SecurityLogout, SecurityOrgSwitch, SecurityTokenRefresh, SecurityTokenRevoked, SecurityPermissionDenied, SecurityCrossOrgAttempt, SecurityApiKeyUsed, SecurityApiKeyInvalid, SecurityMembershipRevoked, SecuritySuspiciousActivity)

// MarshalGQL writes the schema's name.
func (v SecurityEvent) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *SecurityEvent) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
