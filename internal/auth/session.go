package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Sessions issues, renews and ends pairs of tokens.
type Sessions struct {
	keys  *Keys
	db    *tenant.DB
	audit *audit.Log
}

// NewSessions makes Sessions.
func NewSessions(keys *Keys, db *tenant.DB, log *audit.Log) *Sessions {
	return &Sessions{keys: keys, db: db, audit: log}
}

// Memberships are the user's active memberships in active organizations, by name.
func Memberships(ctx context.Context, tx bun.Tx, user id.User) ([]*model.Membership, error) {
	out := []*model.Membership{}
	err := tenant.AsUser(ctx, tx, user, func() error {
		rows, err := tenant.Rows(ctx, tx, `SELECT o.id, o.name, p.role FROM profile p JOIN organization o ON o.id = p.org_id
			WHERE p.user_id = $1 AND p.is_active AND o.is_active ORDER BY o.name, o.id`, [16]byte(user))
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			m := new(model.Membership)
			if err := rows.Scan(&m.OrganizationID, &m.OrganizationName, &m.Role); err != nil {
				return err
			}
			out = append(out, m)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list the memberships: %w", err)
	}
	return out, nil
}

// Issue makes a pair of tokens for a user in an organization, or in none yet. The family ties the rotations of one
// sign-in together; the zero value begins one.
func (s *Sessions) Issue(ctx context.Context, tx bun.Tx, user id.User, org *id.Org, family id.ID) (*model.Session, error) {
	now := time.Now().UTC().Truncate(time.Second)
	if family == (id.ID{}) {
		family = id.New[id.ID]()
	}
	out := &model.Session{AccessTokenExpiresAt: now.Add(accessLifetime), RefreshTokenExpiresAt: now.Add(refreshLifetime), OrganizationID: org}
	c := claims{Kind: accessKind}
	c.Subject, c.IssuedAt, c.ExpiresAt = user.String(), jwt.NewNumericDate(now), jwt.NewNumericDate(out.AccessTokenExpiresAt)
	if org != nil {
		c.Org = org.String()
	}
	var err error
	if out.AccessToken, err = s.keys.sign(c); err != nil {
		return nil, err
	}
	key := id.New[id.ID]()
	c.Kind, c.Family, c.ID, c.ExpiresAt = refreshKind, family.String(), key.String(), jwt.NewNumericDate(out.RefreshTokenExpiresAt)
	if out.RefreshToken, err = s.keys.sign(c); err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, "INSERT INTO refresh_token (id, family_id, user_id, expires_at) VALUES (?, ?, ?, ?)",
		key, family, user, out.RefreshTokenExpiresAt); err != nil {
		return nil, fmt.Errorf("store the refresh token: %w", err)
	}
	out.Memberships, err = Memberships(ctx, tx, user)
	return out, err
}

var errRefresh = fault.New(fault.Unauthenticated, "the refresh token is invalid, used or has expired: sign in again")

// refresh is a verified refresh token.
type refresh struct {
	key, family id.ID
	user        id.User
	org         *id.Org
}

func (s *Sessions) parse(token string) (*refresh, error) {
	c, err := s.keys.verify(token, refreshKind)
	if err != nil {
		return nil, errRefresh
	}
	var r refresh
	var errs [4]error
	var org id.Org
	r.key, errs[0] = id.Parse[id.ID](c.ID)
	r.family, errs[1] = id.Parse[id.ID](c.Family)
	r.user, errs[2] = id.Parse[id.User](c.Subject)
	org, errs[3] = parseOrg(c.Org)
	if errors.Join(errs[:]...) != nil {
		return nil, errRefresh
	}
	if org != (id.Org{}) {
		r.org = &org
	}
	return &r, nil
}

// event is about the session's user, in its organization.
func (r *refresh) event(kind model.SecurityEvent, success bool, description string) audit.Event {
	e := audit.Event{Type: kind, User: r.user, Success: success, Description: description}
	if r.org != nil {
		e.Org = *r.org
	}
	return e
}

// Refresh exchanges a refresh token for a new session. Each token works once: a second use means that somebody has
// a copy, and ends every session of that sign-in.
func (s *Sessions) Refresh(ctx context.Context, token string) (*model.Session, error) {
	r, err := s.parse(token)
	if err != nil {
		return nil, err
	}
	var out *model.Session
	var refusal error // refusals that are remembered: the transaction commits
	var event audit.Event
	err = s.db.Platform(ctx, func(ctx context.Context, tx bun.Tx) error {
		var used, revoked sql.NullTime
		err := tx.QueryRowContext(ctx, "SELECT used_at, revoked_at FROM refresh_token WHERE id = ? AND user_id = ? AND expires_at > now() FOR UPDATE",
			r.key, r.user).Scan(&used, &revoked)
		if errors.Is(err, sql.ErrNoRows) {
			return errRefresh
		}
		if err != nil {
			return fmt.Errorf("read the refresh token: %w", err)
		}
		if used.Valid || revoked.Valid {
			refusal = errRefresh
			event = r.event(model.SecuritySuspiciousActivity, false, "A refresh token was used twice; its sessions were ended")
			_, err := s.revokeFamily(ctx, tx, r.family)
			return err
		}
		if err := activeUser(ctx, tx, r.user); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE refresh_token SET used_at = now() WHERE id = ?", r.key); err != nil {
			return fmt.Errorf("use the refresh token: %w", err)
		}
		if out, err = s.Issue(ctx, tx, r.user, r.org, r.family); err != nil {
			return err
		}
		if r.org != nil && !among(out.Memberships, *r.org) {
			return fault.New(fault.OrganizationRequired, "the membership is suspended, or the organization is closed: sign in again")
		}
		event = r.event(model.SecurityTokenRefresh, true, "A session was renewed")
		return nil
	})
	if err == nil {
		err = refusal
	}
	if event.Type != "" && (err == nil || refusal != nil) {
		s.audit.Write(ctx, event)
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// revokeFamily ends all sessions of one sign-in, and tells how many tokens that concerned.
func (s *Sessions) revokeFamily(ctx context.Context, tx bun.IDB, family id.ID) (int64, error) {
	result, err := tx.ExecContext(ctx, "UPDATE refresh_token SET revoked_at = now() WHERE family_id = ? AND revoked_at IS NULL", family)
	if err != nil {
		return 0, fmt.Errorf("end the sessions: %w", err)
	}
	return result.RowsAffected()
}

// End ends a session. A token that is no longer valid is as good as ended.
func (s *Sessions) End(ctx context.Context, token string) error {
	r, err := s.parse(token)
	if err != nil {
		return nil //nolint:nilerr // nothing to end
	}
	var ended int64
	err = s.db.Platform(ctx, func(ctx context.Context, tx bun.Tx) (err error) {
		ended, err = s.revokeFamily(ctx, tx, r.family)
		return err
	})
	if err != nil || ended == 0 {
		return err
	}
	s.audit.Write(ctx, r.event(model.SecurityLogout, true, "Signed out"))
	return nil
}

// Switch issues a session in another organization of the user, in the operation's transaction, and retires the
// refresh token of the old session when that is the user's. An organization that the user is no active member of
// answers like one that does not exist.
func (s *Sessions) Switch(ctx context.Context, tx bun.Tx, user id.User, to id.Org, from id.Org, old *string) (*model.Session, error) {
	all, err := Memberships(ctx, tx, user)
	if err != nil {
		return nil, err
	}
	if !among(all, to) {
		s.audit.Queue(ctx, audit.Event{Type: model.SecurityCrossOrgAttempt, Org: from, User: user,
			Description: "A session was asked for in an organization that the user is no active member of", Metadata: map[string]any{"organizationId": to.String()}})
		refusal := fault.New(fault.NotFound, "organization not found")
		refusal.Field = "organizationId"
		return nil, refusal
	}
	if old != nil {
		if r, err := s.parse(*old); err == nil && r.user == user {
			if _, err := s.revokeFamily(ctx, tx, r.family); err != nil {
				return nil, err
			}
			tenant.AfterCommit(ctx, func(ctx context.Context) {
				s.audit.Write(ctx, r.event(model.SecurityTokenRevoked, true, "The session was left for another organization"))
			})
		}
	}
	tenant.AfterCommit(ctx, func(ctx context.Context) {
		s.audit.Write(ctx, audit.Event{Type: model.SecurityOrgSwitch, Org: to, User: user, Success: true, Description: "Moved to this organization"})
	})
	return s.Issue(ctx, tx, user, &to, id.ID{})
}

func among(all []*model.Membership, org id.Org) bool {
	return slices.ContainsFunc(all, func(m *model.Membership) bool { return m.OrganizationID == org })
}
