package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Leads that web forms post (domain: B.21). Nobody is signed in then: the viewer is the site, which reads what it has to
// and is in nobody's name.

// Site is where a key leads to.
type Site struct {
	Org id.Org
	Key id.ID
}

// FindSite finds the site of a key by its hash, in a transaction of no organization. It is nil when no such key is valid.
func FindSite(ctx context.Context, tx bun.Tx, hash string) (site *Site, err error) {
	err = tenant.ByToken(ctx, tx, hash, func() error {
		var found Site
		err := tenant.Row(ctx, tx, `SELECT org_id, resource_id FROM portal_access_token WHERE token_hash = $1 AND resource_type = 'web_form'
			AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())`, hash).Scan(&found.Org, &found.Key)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		site = &found
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("look for the site: %w", err)
	}
	return site, nil
}

// Captured is what a form says.
type Captured struct {
	Title, FirstName, LastName, CompanyName, Email, Phone *string
	Message                                               *string
	CustomFields                                          map[string]any

	Origin string  // where a browser sent it from; empty when that is not known
	IP     *string // whence it came; nil likewise
}

// originOf is what a browser calls the place of an address.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}

// The limits of what a site may send in an hour, and of what one address may send to an organization.
const (
	mostOfSite    = 200
	mostOfAddress = 10
)

// CaptureLead stores what a form of the site says as a lead. When a lead with its address is known, that gets a comment
// instead; nothing tells the sender which of the two it was. The key's site is held meanwhile, so that limits count.
func CaptureLead(ctx context.Context, site id.ID, form Captured) error {
	a, err := ApiSettings.lock(ctx, site, nil)
	if err != nil {
		return err
	}
	if form.Origin != "" && a.Website != nil && form.Origin != originOf(*a.Website) {
		return fault.New(fault.Forbidden, "the site may not post from there")
	}
	if err := limitCaptures(ctx, a, form.IP); err != nil {
		return err
	}
	var known *id.ID
	if form.Email != nil {
		if known, err = existing(ctx, a.OrgID, "SELECT id FROM lead WHERE org_id = $1 AND email_key = $2", strings.ToLower(*form.Email)); err != nil {
			return err
		}
	}
	if known != nil {
		_, err := Comments.Insert(ctx, &model.Comment{EntityType: model.OfLead, EntityID: *known, Comment: remark(a, form), IsInternal: true}, nil)
		return err
	}
	lead := &model.Lead{Title: form.Title, FirstName: form.FirstName, LastName: form.LastName, CompanyName: form.CompanyName, Email: form.Email,
		Phone: form.Phone, Description: form.Message, Status: model.LeadAssigned, Source: new(model.LeadSourceOther), IsActive: true}
	if lead.Title == nil {
		lead.Title = &a.Title
	}
	set := patch.Set{"AssignedToIDs": true, "TagIDs": true}
	if form.CustomFields != nil {
		lead.CustomFields, set["CustomFields"] = form.CustomFields, true
	}
	links, err := ApiSettings.carried(ctx, a)
	if err != nil {
		return err
	}
	lead.AssignedToIDs, lead.TagIDs = idsOf[id.Profile](links["LeadAssignedToIDs"]), idsOf[id.ID](links["TagIDs"])
	_, err = Leads.Insert(ctx, lead, set)
	return err
}

func limitCaptures(ctx context.Context, a *model.ApiSettings, ip *string) error {
	org, now := [16]byte(a.OrgID), tenant.Now(ctx)
	var recent []struct {
		OfSite    int `bun:"of_site"`
		OfAddress int `bun:"of_address"`
	}
	err := tenant.Select(ctx, &recent, `SELECT count(*) FILTER (WHERE c.api_settings_id = $2) AS of_site, count(*) FILTER (WHERE c.ip_address = $3::text::inet) AS of_address
		FROM lead_capture AS c WHERE c.org_id = $1 AND c.created_at > $4`, org, [16]byte(a.ID), ip, now.Add(-time.Hour))
	if err != nil {
		return fmt.Errorf("count what came: %w", err)
	}
	if recent[0].OfSite >= mostOfSite || recent[0].OfAddress >= mostOfAddress {
		return fault.New(fault.RateLimited, "too many of them; try again later")
	}
	if err := tenant.Later(ctx, "DELETE FROM lead_capture WHERE org_id = $1 AND created_at < $2", org, now.Add(-24*time.Hour)); err != nil {
		return err
	}
	return tenant.Later(ctx, "INSERT INTO lead_capture (org_id, id, created_at, api_settings_id, ip_address) VALUES ($1, $2, $3, $4, $5::text::inet)",
		org, [16]byte(id.New[id.ID]()), now, [16]byte(a.ID), ip)
}

// remark is what a form says about a lead that is known.
func remark(a *model.ApiSettings, form Captured) string {
	lines := []string{"Wrote again through the form of " + a.Title + "."}
	for _, part := range []struct {
		name string
		text *string
	}{{"Title", form.Title}, {"First name", form.FirstName}, {"Last name", form.LastName}, {"Company", form.CompanyName}, {"Phone", form.Phone}} {
		if part.text != nil {
			lines = append(lines, part.name+": "+*part.text)
		}
	}
	if form.Message != nil {
		lines = append(lines, "", *form.Message)
	}
	return cut(strings.Join(lines, "\n"), 20000)
}
