package seed

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// organization is one that is to be made, with its people; the first of them is an admin.
type organization struct {
	locale
	name   string
	people []person
}

// person is a member.
type person struct {
	email, name string
	role        model.Role

	user    id.User // set when the organization is founded
	profile id.Profile
}

// found makes an organization and its members. The transaction must be in the organization already. A user that
// exists, as a member of another organization, is reused.
func (o organization) found(ctx context.Context, tx bun.Tx, key id.Org, since time.Time) ([]*person, error) {
	crew := make([]*person, len(o.people))
	for i, p := range o.people {
		crew[i] = &p
		if _, err := tx.ExecContext(ctx, "INSERT INTO users (id, email, name, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (email) DO NOTHING",
			id.New[id.User](), p.email, p.name, since); err != nil {
			return nil, fmt.Errorf("add the user %s: %w", p.email, err)
		}
		if err := tx.QueryRowContext(ctx, "SELECT id FROM users WHERE email = ?", p.email).Scan(&p.user); err != nil {
			return nil, fmt.Errorf("find the user %s: %w", p.email, err)
		}
	}
	by := crew[0].user
	if _, err := tx.ExecContext(ctx, `INSERT INTO organization (id, name, default_currency, timezone, created_at, created_by_id, updated_by_id)
		VALUES (?, ?, ?, ?, ?, ?, ?)`, key, o.name, o.currency, o.timezone, since, by, by); err != nil {
		return nil, fmt.Errorf("add the organization: %w", err)
	}
	for _, p := range crew {
		p.profile = id.New[id.Profile]()
		if _, err := tx.ExecContext(ctx, `INSERT INTO profile (org_id, id, user_id, role, created_at, date_of_joining, created_by_id, updated_by_id)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)`, key, p.profile, p.user, p.role, since, since, by, by); err != nil {
			return nil, fmt.Errorf("add the member %s: %w", p.email, err)
		}
	}
	return crew, nil
}

// founder is the identity of the operation that makes an organization and fills it: confirming it founds the
// organization, so that both happen in one transaction.
type founder struct {
	organization
	key    id.Org
	since  time.Time
	crew   []*person
	viewer tenant.Viewer
}

func (f *founder) Org(context.Context) (id.Org, error) { return f.key, nil }

func (f *founder) Confirm(ctx context.Context, tx bun.Tx) (*tenant.Viewer, error) {
	crew, err := f.found(ctx, tx, f.key, f.since)
	if err != nil {
		return nil, err
	}
	f.crew = crew
	f.become(crew[0].user)
	return &f.viewer, nil
}

func (f *founder) User(context.Context, bun.Tx) (id.User, error) { return f.viewer.UserID, nil }

// become lets another member write what follows. A viewer must not change while others read it; here the operation's
// only reader is the one who changes it.
func (f *founder) become(user id.User) {
	for _, p := range f.crew {
		if p.user == user {
			f.viewer = tenant.Viewer{UserID: p.user, ProfileID: p.profile, OrgID: f.key, Email: p.email, Name: p.name,
				Role: tenant.Role(p.role), Zone: scalar.Zone(f.timezone), Currency: f.currency}
		}
	}
}
