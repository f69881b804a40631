package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// ApiSettings are web sites that may post leads (domain: B.21): for admins alone. A site's key is found by its hash in
// portal_access_token, before the organization is known; what it may do is in lead_capture.go.
var ApiSettings = new(Entity[model.ApiSettings])

func init() {
	*ApiSettings = Entity[model.ApiSettings]{
		Noun: "site", Resource: "api_settings",
		Order:    map[string]string{"CREATED_AT": "created_at"},
		MayWrite: adminsOnly,
		Read:     toAdmins,
		Links: []Link{
			{Field: "LeadAssignedToIDs", Table: `"apiSettings_lead_assigned_to"`, Left: "api_settings_id", Right: "profile_id", To: Profiles},
			{Field: "TagIDs", Table: `"apiSettings_tags"`, Left: "api_settings_id", Right: "tag_id", To: Tags},
		},
		BeforeDelete: endKey,
	}
}

// SiteKey is a site's key as it is stored.
type SiteKey struct{ Hash, Prefix string }

// CreateApiSettings stores a new site with its key.
func CreateApiSettings(ctx context.Context, key SiteKey, input any) (*model.ApiSettings, error) {
	if err := signedInAdmin(ctx); err != nil {
		return nil, err
	}
	site, err := ApiSettings.Create(ctx, input, func(a *model.ApiSettings) { a.Hash, a.Prefix = key.Hash, key.Prefix })
	if err != nil {
		return nil, err
	}
	return site, beginKey(ctx, site)
}

// UpdateApiSettings changes a site.
func UpdateApiSettings(ctx context.Context, id [16]byte, version *int, input any) (*model.ApiSettings, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := adminsOnly(v); err != nil { // to others it is no secret that only admins may
		return nil, err
	}
	return ApiSettings.Update(ctx, id, version, input)
}

// RotateApiSettings gives a site another key.
func RotateApiSettings(ctx context.Context, id [16]byte, key SiteKey) (*model.ApiSettings, error) {
	if err := signedInAdmin(ctx); err != nil {
		return nil, err
	}
	site, err := ApiSettings.Modify(ctx, id, nil, func(a *model.ApiSettings) (patch.Set, error) {
		a.Hash, a.Prefix = key.Hash, key.Prefix
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	if err := endKey(ctx, site); err != nil {
		return nil, err
	}
	return site, beginKey(ctx, site)
}

// DeleteApiSettings deletes a site with its key.
func DeleteApiSettings(ctx context.Context, key [16]byte) error {
	if err := signedInAdmin(ctx); err != nil {
		return err
	}
	return ApiSettings.Delete(ctx, key)
}

// signedInAdmin is who may make keys (domain: A.8).
func signedInAdmin(ctx context.Context) error {
	_, err := manager(ctx)
	return err
}

const ofWebForm = "web_form"

func beginKey(ctx context.Context, a *model.ApiSettings) error {
	_, err := tenant.Exec(ctx, "INSERT INTO portal_access_token (org_id, id, created_at, token_hash, resource_type, resource_id) VALUES ($1, $2, $3, $4, $5, $6)",
		[16]byte(a.OrgID), [16]byte(id.New[id.ID]()), tenant.Now(ctx), a.Hash, ofWebForm, [16]byte(a.ID))
	if err != nil {
		return fmt.Errorf("store the site's key: %w", err)
	}
	return nil
}

func endKey(ctx context.Context, a *model.ApiSettings) error {
	if _, err := tenant.Exec(ctx, "DELETE FROM portal_access_token WHERE org_id = $1 AND resource_type = $2 AND resource_id = $3",
		[16]byte(a.OrgID), ofWebForm, [16]byte(a.ID)); err != nil {
		return fmt.Errorf("end the site's key: %w", err)
	}
	return nil
}
