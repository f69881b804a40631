package store

import (
	"context"
	"fmt"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// PortalLinks are links with which somebody without an account is shown one document (domain: A.8). Who sees the document
// sees, makes and revokes them, and nobody a token. What a link leads to, and what can be done there, stands in client.go.
var PortalLinks = new(Entity[model.PortalLink])

func init() {
	*PortalLinks = Entity[model.PortalLink]{
		Noun: "link", Resource: "portal_links",
		Order: map[string]string{"CREATED_AT": "created_at"},
		Read: Sight{Row: func(s *statement, t string) string {
			return leadsTo(s, t, model.ToEstimate, Estimates) + " OR " + leadsTo(s, t, model.ToInvoice, Invoices)
		}},
	}
}

// leadsTo holds for links to records that the viewer sees.
func leadsTo[T any](s *statement, t string, target model.LinkTarget, e *Entity[T]) string {
	return t + ".resource_type = '" + string(target) + "' AND " + e.shown(s, t, "resource_id")
}

// LinksTo are the links to one record.
func LinksTo(target model.LinkTarget) Relation {
	return Relation{Column: "resource_id", Fixed: Is("resource_type", &target)}
}

// linkLifetime is how long a link works unless somebody says otherwise.
const linkLifetime = 90 * 24 * time.Hour

// CreatePortalLink stores a link to a record that the viewer sees.
func CreatePortalLink(ctx context.Context, l *model.PortalLink) error {
	s, err := begin(ctx, PortalLinks.Resource, "write")
	if err != nil {
		return err
	}
	now := tenant.Now(ctx)
	if l.ExpiresAt == nil {
		l.ExpiresAt = new(now.Add(linkLifetime))
	}
	var faults fault.List
	if !l.ExpiresAt.After(now) {
		faults.Add("expiresAt", "must lie in the future")
	}
	if to, ok := map[model.LinkTarget]target{model.ToEstimate: Estimates, model.ToInvoice: Invoices}[l.Target]; !ok {
		faults.Add("estimateId", "give either an estimate or an invoice")
	} else {
		found, err := to.pick(ctx, [][16]byte{l.TargetID})
		if err != nil {
			return err
		}
		if !found[l.TargetID] {
			faults.Add(string(l.Target)+"Id", "%s not found", to.noun())
		}
	}
	if len(faults) > 0 {
		return faults
	}
	l.Begin(s.viewer.OrgID, now)
	l.UpdatedAt, l.CreatedByID, l.UpdatedByID = now, s.viewer.Author(), s.viewer.Author()
	return PortalLinks.insertRow(ctx, l)
}

// RevokePortalLink ends a link at once. Revoking it again changes nothing.
func RevokePortalLink(ctx context.Context, key [16]byte) (*model.PortalLink, error) {
	s, err := begin(ctx, PortalLinks.Resource, "write")
	if err != nil {
		return nil, err
	}
	l, err := PortalLinks.lock(ctx, key, PortalLinks.Read.Row)
	if err != nil || l.RevokedAt != nil {
		return l, err
	}
	l.RevokedAt, l.UpdatedAt, l.UpdatedByID = new(tenant.Now(ctx)), tenant.Now(ctx), s.viewer.Author()
	return l, PortalLinks.updateColumns(ctx, l, "revoked_at", "updated_at", "updated_by_id")
}

// followed notes that a link was followed.
func followed(ctx context.Context, link id.ID) error {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return err
	}
	if _, err := tenant.Exec(ctx, "UPDATE portal_access_token SET use_count = use_count + 1, last_used_at = $3 WHERE org_id = $1 AND id = $2",
		[16]byte(v.OrgID), [16]byte(link), tenant.Now(ctx)); err != nil {
		return fmt.Errorf("note the use of the link: %w", err)
	}
	return nil
}
