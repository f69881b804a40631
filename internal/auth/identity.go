package auth

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/memo"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
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
	places memo.Memo[string, place] // by the token's hash
	// sessions remembers access tokens whose signature was right: to check one takes longer than to read a document.
	sessions memo.Memo[string, session]
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
	s, known := a.sessions.Of(token)
	if !known || !time.Now().Before(s.expires) {
		var err error
		if s, err = a.verify(token); err != nil {
			return nil, errToken
		}
		a.sessions.Keep(token, s)
	}
	return &person{user: s.user, org: s.org}, nil
}

// session is what a valid access token says.
type session struct {
	claim
	expires time.Time
}

func (a *Authenticator) verify(token string) (s session, err error) {
	c, err := a.keys.verify(token, accessKind)
	if err != nil {
		return s, err
	}
	if s.user, err = id.Parse[id.User](c.Subject); err != nil {
		return s, err
	}
	s.expires = c.ExpiresAt.Time
	s.org, err = parseOrg(c.Org)
	return s, err
}

// ByToken reports whether the identity is a program's: such a one may not manage credentials.
func ByToken(i tenant.Identity) bool {
	_, ok := i.(*program)
	return ok
}

// viewerColumns is the membership as an operation needs it.
const viewerColumns = `p.id AS profile_id, p.user_id, p.role, p.has_sales_access, p.is_active AS member_active, u.email, u.name,
	u.is_active AS user_active, o.is_active AS org_active, o.timezone, o.default_currency AS currency,
	(SELECT string_agg(m.team_id::text, ',') FROM teams_users m WHERE m.org_id = $1 AND m.profile_id = p.id) AS teams`

const viewerTables = ` FROM profile p JOIN users u ON u.id = p.user_id JOIN organization o ON o.id = p.org_id`

// membership is what a row of viewerColumns says.
type membership struct {
	ProfileID      id.Profile
	UserID         id.User
	Role           tenant.Role
	HasSalesAccess bool
	MemberActive   bool
	Email, Name    string
	UserActive     bool
	OrgActive      bool
	Timezone       string
	Currency       string
	Teams          string
}

// confirm refuses whoever is not an active member of an active organization.
func (m *membership) confirm(org id.Org) (*tenant.Viewer, error) {
	if !m.UserActive {
		return nil, fault.New(fault.Unauthenticated, "the account is disabled")
	}
	if !m.MemberActive || !m.OrgActive {
		return nil, errMembership
	}
	v := &tenant.Viewer{UserID: m.UserID, ProfileID: m.ProfileID, OrgID: org, Email: m.Email, Name: m.Name, Role: m.Role,
		HasSalesAccess: m.HasSalesAccess, Zone: scalar.Zone(m.Timezone), Currency: m.Currency}
	for _, text := range strings.FieldsFunc(m.Teams, func(r rune) bool { return r == ',' }) {
		team, err := id.Parse[id.ID](text)
		if err != nil {
			return nil, fmt.Errorf("read the viewer's teams: %w", err)
		}
		v.Teams = append(v.Teams, team)
	}
	return v, nil
}

var errMembership = fault.New(fault.OrganizationRequired, "you are not an active member of an active organization here: choose another with switchOrganization")

// person is somebody who signed in.
type person struct {
	user  id.User
	org   id.Org
	found []membership
}

// Member is a claim that somebody else has checked, such as that of a signed link: to be this user in this organization.
// The database confirms it like any other.
func Member(user id.User, org id.Org) tenant.Identity { return &person{user: user, org: org} }

func (p *person) Org(context.Context) (id.Org, error) { return p.org, nil }

// Ask implements tenant.Asking.
func (p *person) Ask() tenant.Statement {
	return tenant.Statement{Text: "SELECT " + viewerColumns + viewerTables + " WHERE p.org_id = $1 AND p.user_id = $2",
		Args: []any{[16]byte(p.org), [16]byte(p.user)}, Dest: &p.found}
}

// Key implements tenant.Asking.
func (p *person) Key() any { return claim{p.org, p.user} }

// claim is what a session's access token says.
type claim struct {
	org  id.Org
	user id.User
}

func (p *person) Confirm(context.Context, bun.Tx) (*tenant.Viewer, error) {
	if len(p.found) == 0 {
		return nil, errMembership
	}
	return p.found[0].confirm(p.org)
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
	a     *Authenticator
	hash  string
	at    place
	found []access
	user  id.User
}

// access is a personal access token with its membership.
type access struct {
	membership
	Scopes                           json.RawMessage
	ExpiresAt, LastUsedAt, RevokedAt *time.Time
}

// Org finds the token before any organization is known: the policy by_token shows the row to who knows the hash.
func (p *program) Org(ctx context.Context) (_ id.Org, err error) {
	p.at, err = p.place(ctx)
	return p.at.org, err
}

// Ask implements tenant.Asking.
func (p *program) Ask() tenant.Statement {
	return tenant.Statement{Text: "SELECT " + viewerColumns + ", k.scopes, k.expires_at, k.last_used_at, k.revoked_at" + viewerTables +
		" JOIN personal_access_token k ON k.org_id = $1 AND k.profile_id = p.id WHERE p.org_id = $1 AND k.id = $2",
		Args: []any{[16]byte(p.at.org), [16]byte(p.at.key)}, Dest: &p.found}
}

// Key implements tenant.Asking.
func (p *program) Key() any { return p.at }

func (p *program) place(ctx context.Context) (place, error) {
	if known, ok := p.a.places.Of(p.hash); ok {
		return known, nil
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
	p.a.places.Keep(p.hash, found)
	return found, nil
}

func (p *program) Confirm(ctx context.Context, _ bun.Tx) (*tenant.Viewer, error) {
	if len(p.found) == 0 {
		tenant.Afterwards(ctx, func(context.Context) { p.a.places.Forget(p.hash) })
		return nil, p.refuse(ctx, id.User{}, "A personal access token was used that was deleted with its membership")
	}
	k := &p.found[0]
	now := tenant.Now(ctx)
	v, err := k.confirm(p.at.org)
	switch {
	case k.RevokedAt != nil, k.ExpiresAt != nil && !k.ExpiresAt.After(now):
		return nil, p.refuse(ctx, k.UserID, "A revoked or expired personal access token was used")
	case fault.All(err) != nil: // the token is the membership's: without it, it is nothing
		return nil, p.refuse(ctx, k.UserID, "A personal access token was used whose owner is suspended")
	case err != nil:
		return nil, err
	}
	if err := json.Unmarshal(k.Scopes, &v.Scopes); err != nil {
		return nil, fmt.Errorf("read the token's scopes: %w", err)
	}
	v.ViaToken, p.user = true, v.UserID
	if k.LastUsedAt == nil || now.Sub(*k.LastUsedAt) >= time.Minute {
		tenant.Afterwards(ctx, func(ctx context.Context) { p.a.stamp(ctx, p.at, v.UserID, now, k.LastUsedAt) })
	}
	return v, nil
}

// refuse leaves a trace of a token that no longer holds.
func (p *program) refuse(ctx context.Context, user id.User, description string) error {
	p.a.audit.Queue(ctx, audit.Event{Type: model.SecurityApiKeyInvalid, Org: p.at.org, User: user, Description: description,
		Metadata: map[string]any{"tokenId": p.at.key.String()}})
	return errToken
}

// stamp notes the use of a token, at most once a minute. Of those who saw the same last use, one notes theirs.
func (a *Authenticator) stamp(ctx context.Context, at place, user id.User, now time.Time, last *time.Time) {
	var touched int64
	err := a.db.In(ctx, at.org, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.ExecContext(ctx, "UPDATE personal_access_token SET last_used_at = ? WHERE org_id = ? AND id = ? AND last_used_at IS NOT DISTINCT FROM ?",
			now, at.org, at.key, last)
		if err == nil {
			touched, err = result.RowsAffected()
		}
		return err
	})
	if err == nil && touched == 1 && last == nil {
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
