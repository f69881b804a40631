package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// PersonalAccessTokens are bearer tokens for programs (domain: A.8). A member sees and revokes their own, an admin
// all, and nobody a secret.
var PersonalAccessTokens = new(Entity[model.PersonalAccessToken])

func init() {
	*PersonalAccessTokens = Entity[model.PersonalAccessToken]{
		Noun: "token", Resource: "personal_access_tokens",
		Order: map[string]string{"CREATED_AT": "created_at"},
		Read: Sight{Row: func(s *statement, t string) string {
			if s.viewer.IsAdmin() {
				return ""
			}
			return t + ".profile_id = " + s.arg(s.viewer.ProfileID)
		}},
	}
}

// OwnTokens holds for the viewer's own tokens.
func OwnTokens(s *statement, t string) string {
	return t + ".profile_id = " + s.arg(s.viewer.ProfileID)
}

// mostScopes bounds a token's list of scopes.
const mostScopes = 32

// Scopes lists what a token may be limited to.
func Scopes() []string {
	out := []string{"*", settings + ":write"}
	for _, resource := range []string{
		AccountEmails.Resource,
		Accounts.Resource,
		Activities.Resource,
		ApiSettings.Resource,
		Attachments.Resource,
		Boards.Resource,
		Cases.Resource,
		Comments.Resource,
		Contacts.Resource,
		CustomFieldDefinitions.Resource,
		Documents.Resource,
		Estimates.Resource,
		Invoices.Resource,
		PortalLinks.Resource,
		RecurringInvoices.Resource,
		Leads.Resource,
		Notifications.Resource,
		Opportunities.Resource,
		PersonalAccessTokens.Resource,
		LeadPipelines.Resource, // and those of cases and tasks, with their stages
		Products.Resource,
		Profiles.Resource,
		SecurityAuditLogs.Resource,
		Solutions.Resource,
		Tags.Resource,
		Tasks.Resource,
		Teams.Resource,
	} {
		out = append(out, resource+":read", resource+":write")
	}
	return out
}

// CheckToken refuses what a token must not be.
func CheckToken(t *model.PersonalAccessToken, now time.Time) error {
	var faults fault.List
	checkTags(t, nil, true, &faults)
	if len(t.Scopes) > mostScopes {
		faults.Add("scopes", "at most %d scopes", mostScopes)
	}
	known := Scopes()
	for _, s := range t.Scopes {
		if !slices.Contains(known, s) {
			faults.Add("scopes", "%q is no scope; those are * and <resource>:read or :write, such as leads:read", cut(s, 50))
			break
		}
	}
	if t.ExpiresAt != nil && !t.ExpiresAt.After(now) {
		faults.Add("expiresAt", "must lie in the future")
	}
	return faults.Err()
}

// CreateToken stores a token of the viewer.
func CreateToken(ctx context.Context, t *model.PersonalAccessToken) error {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return err
	}
	if err := notByToken(v); err != nil {
		return err
	}
	t.Begin(v.OrgID, tenant.Now(ctx))
	t.ProfileID = v.ProfileID
	if err := CheckToken(t, t.CreatedAt); err != nil {
		return err
	}
	return PersonalAccessTokens.insertRow(ctx, t)
}

// RevokeToken ends a token at once. Revoking it again changes nothing.
func RevokeToken(ctx context.Context, key [16]byte) (*model.PersonalAccessToken, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := notByToken(v); err != nil {
		return nil, err
	}
	t, err := PersonalAccessTokens.Get(ctx, key)
	if err != nil || t.RevokedAt != nil {
		return t, err
	}
	now := tenant.Now(ctx)
	if _, err := tenant.Exec(ctx, "UPDATE personal_access_token SET revoked_at = $3, updated_at = $3 WHERE org_id = $1 AND id = $2",
		[16]byte(v.OrgID), key, now); err != nil {
		return nil, fmt.Errorf("revoke the token: %w", err)
	}
	t.RevokedAt = &now
	return t, nil
}
