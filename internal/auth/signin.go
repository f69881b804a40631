package auth

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Limits of sign-in (domain: A.5).
const (
	requestsPerHour = 5
	wrongCodes      = 5
)

// SignIn signs people in by mail.
type SignIn struct {
	Sessions *Sessions
	Mail     mail.Sender
	WebURL   string                    // where the link leads
	Blocked  func(address string) bool // disposable addresses
	Log      *slog.Logger
}

// Request sends a link or a code. Whether the address is known, or has asked too often, cannot be told from the
// answer.
func (s *SignIn) Request(ctx context.Context, email string, delivery model.SignInDelivery) error {
	email = strings.ToLower(email)
	if s.Blocked(email) {
		return fault.Field("email", "addresses of this domain are not accepted")
	}
	token, code := random(), digits()
	sent := false
	err := s.Sessions.db.Platform(ctx, func(ctx context.Context, tx bun.Tx) error {
		// One request of an address at a time, or five would be counted as none.
		if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", "sign-in "+email); err != nil {
			return fmt.Errorf("lock the address: %w", err)
		}
		var recent int
		err := tx.QueryRowContext(ctx, "SELECT count(*) FROM magic_link_token WHERE email = ? AND created_at > now() - interval '1 hour'", email).Scan(&recent)
		if err != nil || recent >= requestsPerHour {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE magic_link_token SET invalidated_at = now() WHERE email = ? AND used_at IS NULL AND invalidated_at IS NULL", email); err != nil {
			return fmt.Errorf("invalidate older requests: %w", err)
		}
		var tokenHash, codeHash any
		if delivery == model.SignInByLink {
			tokenHash = hash(token)
		} else {
			codeHash = s.Sessions.keys.codeHash(email, code)
		}
		sent = true
		_, err = tx.ExecContext(ctx, `INSERT INTO magic_link_token (id, email, delivery, token_hash, code_hash, expires_at, ip_address)
			VALUES (?, ?, ?, ?, ?, now() + ? * interval '1 second', ?)`, id.New[id.ID](), email, delivery, tokenHash, codeHash, signInLifetime.Seconds(), audit.RequestFrom(ctx).Address())
		return err
	})
	if err != nil {
		return fmt.Errorf("request a sign-in: %w", err)
	}
	if !sent {
		return nil
	}
	// A mail that cannot be sent is the operator's to see: telling the client would tell about the address.
	if err := s.Mail.Send(ctx, s.message(email, delivery, token, code)); err != nil {
		s.Log.ErrorContext(ctx, "sign-in mail not sent", "error", err)
	}
	return nil
}

func (s *SignIn) message(email string, delivery model.SignInDelivery, token, code string) mail.Message {
	text := "Your code is " + code + "."
	if delivery == model.SignInByLink {
		text = "Follow this link to sign in:\n\n" + strings.TrimSuffix(s.WebURL, "/") + "/sign-in?token=" + url.QueryEscape(token)
	}
	return mail.Message{To: email, Subject: "Sign in to BottleCRM",
		Text: text + "\n\nIt is valid for ten minutes and once. If you did not ask for it, ignore this mail.\n"}
}

var errProof = fault.New(fault.Unauthenticated, "the link or code is wrong, used or has expired: ask for a new one")

// ByLink signs in with the token of a link.
func (s *SignIn) ByLink(ctx context.Context, token string) (*model.Session, error) {
	return s.verify(ctx, func(ctx context.Context, tx bun.Tx) (string, *audit.Event, error) {
		var email string
		err := tx.QueryRowContext(ctx, `UPDATE magic_link_token SET used_at = now()
			WHERE token_hash = ? AND used_at IS NULL AND invalidated_at IS NULL AND expires_at > now() RETURNING email`, hash(token)).Scan(&email)
		if errors.Is(err, sql.ErrNoRows) {
			return "", &audit.Event{Type: model.SecurityLoginFailure, Description: "A sign-in link was wrong, used or expired"}, nil
		}
		return email, nil, err
	})
}

// ByCode signs in with the six digits sent to an address. Wrong codes are counted, and too many lock the code.
func (s *SignIn) ByCode(ctx context.Context, email, code string) (*model.Session, error) {
	email = strings.ToLower(email)
	return s.verify(ctx, func(ctx context.Context, tx bun.Tx) (string, *audit.Event, error) {
		var key id.ID
		var stored string
		var attempts int
		err := tx.QueryRowContext(ctx, `SELECT id, code_hash, attempts FROM magic_link_token
			WHERE email = ? AND delivery = 'code' AND used_at IS NULL AND invalidated_at IS NULL AND expires_at > now()
			ORDER BY created_at DESC LIMIT 1 FOR UPDATE`, email).Scan(&key, &stored, &attempts)
		if errors.Is(err, sql.ErrNoRows) {
			return "", &audit.Event{Type: model.SecurityLoginFailure, Description: "There was no valid sign-in code for the address"}, nil
		}
		if err != nil {
			return "", nil, err
		}
		if stored == s.Sessions.keys.codeHash(email, code) { // two MACs: their comparison tells nothing of the code
			_, err := tx.ExecContext(ctx, "UPDATE magic_link_token SET used_at = now() WHERE id = ?", key)
			return email, nil, err
		}
		event := &audit.Event{Type: model.SecurityLoginFailure, Description: "A sign-in code was wrong"}
		set := "attempts = attempts + 1"
		if attempts+1 >= wrongCodes {
			event = &audit.Event{Type: model.SecuritySuspiciousActivity, Description: "Too many wrong sign-in codes; the code was locked"}
			set += ", invalidated_at = now()"
		}
		_, err = tx.ExecContext(ctx, "UPDATE magic_link_token SET "+set+" WHERE id = ?", key)
		return "", event, err
	})
}

// verify signs in the person whose address prove confirms. What prove writes is committed also when it refuses.
func (s *SignIn) verify(ctx context.Context, prove func(context.Context, bun.Tx) (string, *audit.Event, error)) (*model.Session, error) {
	var out *model.Session
	var user id.User
	var refused *audit.Event
	err := s.Sessions.db.Platform(ctx, func(ctx context.Context, tx bun.Tx) error {
		email, event, err := prove(ctx, tx)
		if err != nil || event != nil {
			refused = event
			return err
		}
		if user, err = signedIn(ctx, tx, email); err != nil {
			return err
		}
		all, err := Memberships(ctx, tx, user)
		if err != nil {
			return err
		}
		var org *id.Org
		if len(all) == 1 { // with several the person chooses
			org = &all[0].OrganizationID
		}
		out, err = s.Sessions.Issue(ctx, tx, user, org, id.ID{})
		return err
	})
	switch {
	case err != nil && !fault.Is(err, fault.Unauthenticated):
		return nil, fmt.Errorf("sign in: %w", err)
	case err != nil:
		s.Sessions.audit.Write(ctx, audit.Event{Type: model.SecurityLoginFailure, User: user, Description: "The account is disabled"})
		return nil, err
	case refused != nil:
		s.Sessions.audit.Write(ctx, *refused)
		return nil, errProof
	}
	event := audit.Event{Type: model.SecurityLoginSuccess, User: user, Success: true, Description: "Signed in"}
	if out.OrganizationID != nil {
		event.Org = *out.OrganizationID
	}
	s.Sessions.audit.Write(ctx, event)
	return out, nil
}

// signedIn finds or makes the user of a proven address and stamps the sign-in.
func signedIn(ctx context.Context, tx bun.Tx, email string) (id.User, error) {
	name, _, _ := strings.Cut(email, "@")
	var user id.User
	var active bool
	err := tx.QueryRowContext(ctx, `INSERT INTO users (id, email, name, last_login) VALUES (?, ?, ?, now())
		ON CONFLICT (email) DO UPDATE SET last_login = now() RETURNING id, is_active`, id.New[id.User](), email, name).Scan(&user, &active)
	if err != nil {
		return user, fmt.Errorf("find the user: %w", err)
	}
	if !active {
		return user, fault.New(fault.Unauthenticated, "the account is disabled")
	}
	return user, nil
}
