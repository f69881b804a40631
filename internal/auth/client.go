package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// ErrLink refuses a link, whatever is wrong with it.
var ErrLink = fault.New(fault.NotFound, "the link is wrong or has expired: ask the sender for a new one")

// Client is who follows a client's link: nobody in the organization, who is shown one document. Its viewer is no member,
// so whatever asks who may see a record shows nothing to it; what a client may do stands in functions of its own.
type Client struct {
	Link   id.ID
	Target model.LinkTarget // the document's kind
	Key    id.ID            // the document's id

	db   *tenant.DB
	hash string
	org  id.Org
}

// Client reads the Authorization header of who has a link.
func (a *Authenticator) Client(header string) (*Client, error) {
	scheme, token, _ := strings.Cut(header, " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || !strings.HasPrefix(token, linkPrefix) {
		return nil, ErrLink
	}
	return &Client{db: a.db, hash: hash(token)}, nil
}

// Org implements tenant.Identity. The policy by_token shows the row to who knows the hash.
func (c *Client) Org(ctx context.Context) (id.Org, error) {
	err := c.db.Platform(ctx, func(ctx context.Context, tx bun.Tx) error {
		return tenant.ByToken(ctx, tx, c.hash, func() error {
			return tenant.Row(ctx, tx, "SELECT org_id, id FROM portal_access_token WHERE token_hash = $1", c.hash).Scan(&c.org, &c.Link)
		})
	})
	return c.org, linkError(err)
}

// Confirm implements tenant.Identity.
func (c *Client) Confirm(ctx context.Context, tx bun.Tx) (*tenant.Viewer, error) {
	v := new(tenant.Viewer)
	var zone string
	var expires, revoked *time.Time
	var active bool
	err := tenant.Row(ctx, tx, `SELECT k.org_id, k.resource_type, k.resource_id, k.expires_at, k.revoked_at, o.is_active, o.timezone, o.default_currency
		FROM portal_access_token AS k JOIN organization AS o ON o.id = k.org_id WHERE k.org_id = $1 AND k.id = $2`, [16]byte(c.org), [16]byte(c.Link)).
		Scan(&v.OrgID, &c.Target, &c.Key, &expires, &revoked, &active, &zone, &v.Currency)
	if err != nil {
		return nil, linkError(err)
	}
	if revoked != nil || !active || expires != nil && !expires.After(tenant.Now(ctx)) {
		return nil, ErrLink
	}
	v.Zone = scalar.Zone(zone)
	return v, nil
}

// User implements tenant.Identity: a client is none.
func (c *Client) User(context.Context, bun.Tx) (id.User, error) { return id.User{}, errToken }

func linkError(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrLink
	}
	if err != nil {
		return fmt.Errorf("look up the link: %w", err)
	}
	return nil
}
