package auth

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Authenticator makes identities of bearer tokens.
type Authenticator struct {
	keys  *Keys
	db    *tenant.DB
	audit *audit.Log

	// places remembers in which organization a personal access token is. That never changes; whether the token is
	// still valid is read anew by each operation.
	places sync.Map // hash → place
}

// NewAuthenticator makes an Authenticator.
func NewAuthenticator(keys *Keys, db *tenant.DB, log *audit.Log) *Authenticator {
	return &Authenticator{keys: keys, db: db, audit: log}
}

var errToken = fault.New(fault.Unauthenticated, "the bearer token is invalid or has expired")

// Identify reads the Authorization header. No header is an anonymous request: nil. It asks the database nothing.
func (a *Authenticator) Identify(header string) (tenant.Identity, error) {
	if header == "" {
		return nil, nil //nolint:nilnil // anonymous
	}
	scheme, token, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return nil, fault.New(fault.Unauthenticated, "the Authorization header must be: Bearer <token>")
	}
	token = strings.TrimSpace(token)
	if strings.HasPrefix(token, patPrefix) {
		return &program{a: a, hash: hash(token)}, nil
	}
	c, err := a.keys.verify(token, accessKind)
	if err != nil {
		return nil, errToken
	}
	user, err := id.Parse[id.User](c.Subject)
	if err != nil {
		return nil, errToken
	}
	org, err := parseOrg(c.Org)
	if err != nil {
		return nil, errToken
	}
	return &person{user: user, org: org}, nil
}

// ByToken reports whether the identity is a program's: such a one may not manage credentials.
func ByToken(i tenant.Identity) bool {
	_, ok := i.(*program)
	return ok
}

// viewerColumns is the membership as an operation needs it.
const viewerColumns = `p.id, p.user_id, p.role, p.has_sales_access, p.is_active, u.email, u.name, u.is_active,
	o.is_active, o.timezone, o.default_currency,
	coalesce((SELECT string_agg(m.team_id::text, ',') FROM teams_users m WHERE m.org_id = $1 AND m.profile_id = p.id), '')`

const viewerTables = ` FROM profile p JOIN users u ON u.id = p.user_id JOIN organization o ON o.id = p.org_id`

// membership is what a row of viewerColumns says.
type membership struct {
	viewer                              tenant.Viewer
	memberActive, userActive, orgActive bool
	timezone, teams                     string
}

func (m *membership) fields() []any {
	v := &m.viewer
	return []any{&v.ProfileID, &v.UserID, &v.Role, &v.HasSalesAccess, &m.memberActive, &v.Email, &v.Name, &m.userActive,
		&m.orgActive, &m.timezone, &v.Currency, &m.teams}
}

// confirm refuses whoever is not an active member of an active organization.
func (m *membership) confirm(org id.Org) (*tenant.Viewer, error) {
	if !m.userActive {
		return nil, fault.New(fault.Unauthenticated, "the account is disabled")
	}
	if !m.memberActive || !m.orgActive {
		return nil, errMembership
	}
	v := &m.viewer
	v.OrgID = org
	for _, text := range strings.FieldsFunc(m.teams, func(r rune) bool { return r == ',' }) {
		team, err := id.Parse[id.ID](text)
		if err != nil {
			return nil, fmt.Errorf("read the viewer's teams: %w", err)
		}
		v.Teams = append(v.Teams, team)
	}
	zone, err := time.LoadLocation(m.timezone)
	if err != nil {
		zone = time.UTC // an unknown zone falls back (domain: E.13)
	}
	v.Zone = zone
	return v, nil
}

var errMembership = fault.New(fault.OrganizationRequired, "you are not an active member of an active organization here: choose another with switchOrganization")

// person is somebody who signed in.
type person struct {
	user id.User
	org  id.Org
}

func (p *person) Org(context.Context) (id.Org, error) { return p.org, nil }

func (p *person) Confirm(ctx context.Context, tx bun.Tx) (*tenant.Viewer, error) {
	var m membership
	err := tenant.Row(ctx, tx, "SELECT "+viewerColumns+viewerTables+" WHERE p.org_id = $1 AND p.user_id = $2",
		[16]byte(p.org), [16]byte(p.user)).Scan(m.fields()...)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, errMembership
	}
	if err != nil {
		return nil, fmt.Errorf("read the membership: %w", err)
	}
	return m.confirm(p.org)
}

func (p *person) User(ctx context.Context, tx bun.Tx) (id.User, error) {
	return p.user, activeUser(ctx, tx, p.user)
}

func activeUser(ctx context.Context, tx bun.Tx, user id.User) error {
	var active bool
	err := tenant.Row(ctx, tx, "SELECT is_active FROM users WHERE id = $1", [16]byte(user)).Scan(&active)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return errToken
	case err != nil:
		return fmt.Errorf("read the user: %w", err)
	case !active:
		return fault.New(fault.Unauthenticated, "the account is disabled")
	}
	return nil
}

// place is where a personal access token is.
type place struct {
	org id.Org
	key id.ID
}

// program is a personal access token.
type program struct {
	a    *Authenticator
	hash string
	user id.User
}

// Org finds the token before any organization is known: the policy by_token shows the row to who knows the hash.
func (p *program) Org(ctx context.Context) (id.Org, error) {
	found, err := p.place(ctx)
	return found.org, err
}

func (p *program) place(ctx context.Context) (place, error) {
	if known, ok := p.a.places.Load(p.hash); ok {
		return known.(place), nil
	}
	var found place
	err := p.a.db.Platform(ctx, func(ctx context.Context, tx bun.Tx) error {
		return tenant.ByToken(ctx, tx, p.hash, func() error {
			return tenant.Row(ctx, tx, "SELECT org_id, id FROM personal_access_token WHERE token_hash = $1", p.hash).Scan(&found.org, &found.key)
		})
	})
	if errors.Is(err, sql.ErrNoRows) {
		p.a.audit.Queue(ctx, audit.Event{Type: model.SecurityApiKeyInvalid, Description: "An unknown personal access token was used"})
		return found, errToken
	}
	if err != nil {
		return found, fmt.Errorf("look up the token: %w", err)
	}
	p.a.places.Store(p.hash, found)
	return found, nil
}

func (p *program) Confirm(ctx context.Context, tx bun.Tx) (*tenant.Viewer, error) {
	at, err := p.place(ctx)
	if err != nil {
		return nil, err
	}
	var m membership
	var scopes []byte
	var expires, used, revoked sql.NullTime
	err = tenant.Row(ctx, tx, "SELECT "+viewerColumns+", k.scopes, k.expires_at, k.last_used_at, k.revoked_at"+viewerTables+
		" JOIN personal_access_token k ON k.org_id = $1 AND k.profile_id = p.id WHERE p.org_id = $1 AND k.id = $2",
		[16]byte(at.org), [16]byte(at.key)).Scan(append(m.fields(), &scopes, &expires, &used, &revoked)...)
	if errors.Is(err, sql.ErrNoRows) {
		p.a.places.Delete(p.hash)
		return nil, p.refuse(ctx, at, id.User{}, "A personal access token was used that was deleted with its membership")
	}
	if err != nil {
		return nil, fmt.Errorf("read the token: %w", err)
	}
	now := tenant.Now(ctx)
	v, err := m.confirm(at.org)
	switch {
	case revoked.Valid, expires.Valid && !expires.Time.After(now):
		return nil, p.refuse(ctx, at, m.viewer.UserID, "A revoked or expired personal access token was used")
	case fault.All(err) != nil: // the token is the membership's: without it, it is nothing
		return nil, p.refuse(ctx, at, m.viewer.UserID, "A personal access token was used whose owner is suspended")
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(scopes, &v.Scopes); err != nil {
		return nil, fmt.Errorf("read the token's scopes: %w", err)
	}
	v.ViaToken, p.user = true, v.UserID
	if !used.Valid || now.Sub(used.Time) >= time.Minute {
		tenant.Afterwards(ctx, func(ctx context.Context) { p.a.stamp(ctx, at, v.UserID, now, used) })
	}
	return v, nil
}

// refuse leaves a trace of a token that no longer holds.
func (p *program) refuse(ctx context.Context, at place, user id.User, description string) error {
	p.a.audit.Queue(ctx, audit.Event{Type: model.SecurityApiKeyInvalid, Org: at.org, User: user, Description: description,
		Metadata: map[string]any{"tokenId": at.key.String()}})
	return errToken
}

// stamp notes the use of a token, at most once a minute. Of those who saw the same last use, one notes theirs.
func (a *Authenticator) stamp(ctx context.Context, at place, user id.User, now time.Time, last sql.NullTime) {
	var touched int64
	err := a.db.In(ctx, at.org, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE personal_access_token SET last_used_at = ? WHERE org_id = ? AND id = ? AND last_used_at IS NOT DISTINCT FROM ?",
			now, at.org, at.key, last)
		if err == nil {
			touched, err = result.RowsAffected()
		}
		return err
	})
	if err == nil && touched == 1 && !last.Valid {
		a.audit.Write(ctx, audit.Event{Type: model.SecurityApiKeyUsed, Org: at.org, User: user, Success: true,
			Description: "A personal access token was used for the first time", Metadata: map[string]any{"tokenId": at.key.String()}})
	}
}

// User is known once the membership is confirmed, which begins every operation of a token.
func (p *program) User(context.Context, bun.Tx) (id.User, error) {
	if p.user == (id.User{}) {
		return id.User{}, errToken
	}
	return p.user, nil
}
