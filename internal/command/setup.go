package command

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// The first set-up, without a user interface: an organization with its admin, members, tokens.

func orgCommand() *cobra.Command {
	c := &cobra.Command{Use: "org", Short: "Organizations"}
	var name, email, currency, zone string
	create := &cobra.Command{Use: "create", Short: "Create an organization with its first admin", Args: cobra.NoArgs, RunE: withDatabase(
		func(cmd *cobra.Command, _ []string, b *Backend) error {
			org, err := b.CreateOrganization(cmd.Context(), name, email, currency, zone)
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "created %s (%s), admin %s\n", name, org, strings.ToLower(email))
			}
			return err
		})}
	create.Flags().StringVar(&name, "name", "", "the organization's name")
	create.Flags().StringVar(&email, "admin", "", "the first admin's e-mail address")
	create.Flags().StringVar(&currency, "currency", "USD", "the currency of amounts that name none")
	create.Flags().StringVar(&zone, "timezone", "UTC", "decides which calendar day it is")
	required(create, "name", "admin")
	c.AddCommand(create)
	return c
}

func memberCommand() *cobra.Command {
	c := &cobra.Command{Use: "member", Short: "Members"}
	var email, org, role, name string
	invite := &cobra.Command{Use: "invite", Short: "Add a person to an organization", Args: cobra.NoArgs, RunE: withDatabase(
		func(cmd *cobra.Command, _ []string, b *Backend) error {
			if _, err := b.AddMember(cmd.Context(), org, email, name, model.Role(strings.ToUpper(role))); err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s is a member of %s (%s)\n", strings.ToLower(email), org, strings.ToUpper(role))
			return nil
		})}
	invite.Flags().StringVar(&email, "email", "", "the person's e-mail address")
	invite.Flags().StringVar(&org, "org", "", "the organization's name")
	invite.Flags().StringVar(&role, "role", "USER", "ADMIN or USER")
	invite.Flags().StringVar(&name, "name", "", "the name of a new user")
	required(invite, "email", "org")
	c.AddCommand(invite)
	return c
}

func tokenCommand() *cobra.Command {
	c := &cobra.Command{Use: "token", Short: "Personal access tokens"}
	var email, org, name string
	var scopes []string
	var expires time.Duration
	create := &cobra.Command{Use: "create", Short: "Create a token; prints the token alone", Args: cobra.NoArgs, RunE: withDatabase(
		func(cmd *cobra.Command, _ []string, b *Backend) error {
			secret, err := b.CreateToken(cmd.Context(), org, email, name, scopes, expires)
			if err == nil {
				fmt.Fprintln(cmd.OutOrStdout(), secret)
			}
			return err
		})}
	create.Flags().StringVar(&email, "email", "", "the member's e-mail address")
	create.Flags().StringVar(&org, "org", "", "the organization's name")
	create.Flags().StringVar(&name, "name", "command line", "what the token is for")
	create.Flags().StringSliceVar(&scopes, "scope", nil, "limit the token: <resource>:read, <resource>:write or *")
	create.Flags().DurationVar(&expires, "expires", 0, "how long it is valid, such as 720h; for ever unless given")
	required(create, "email", "org")
	c.AddCommand(create)
	return c
}

func schemaCommand() *cobra.Command {
	return &cobra.Command{Use: "schema", Short: "Print the GraphQL schema", Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
		return server.WriteSDL(cmd.OutOrStdout())
	}}
}

func required(c *cobra.Command, flags ...string) {
	for _, f := range flags {
		if err := c.MarkFlagRequired(f); err != nil {
			panic(err) // a flag that is not declared
		}
	}
}

// CreateOrganization makes an organization and its first admin, who may be new too.
func (b *Backend) CreateOrganization(ctx context.Context, name, admin, currency, zone string) (id.Org, error) {
	admin, err := scalar.UnmarshalEmailAddress(admin)
	if err != nil {
		return id.Org{}, fmt.Errorf("--admin: %w", err)
	}
	if currency, err = scalar.UnmarshalCurrencyCode(currency); err != nil {
		return id.Org{}, fmt.Errorf("--currency: %w", err)
	}
	if zone, err = scalar.UnmarshalTimeZone(zone); err != nil {
		return id.Org{}, fmt.Errorf("--timezone: %w", err)
	}
	var org id.Org
	err = b.DB.Platform(ctx, func(ctx context.Context, tx bun.Tx) error {
		user, err := ensureUser(ctx, tx, admin, "")
		if err != nil {
			return err
		}
		o, _, err := store.CreateOrganization(ctx, tx, user, struct{ Name, DefaultCurrency, Timezone string }{name, currency, zone})
		if err != nil {
			return err
		}
		org = o.ID
		return nil
	})
	return org, err
}

// AddMember makes a person a member of an organization; one who is a member already stays as they are.
func (b *Backend) AddMember(ctx context.Context, orgName, email, name string, role model.Role) (id.Profile, error) {
	email, err := scalar.UnmarshalEmailAddress(email)
	if err != nil {
		return id.Profile{}, fmt.Errorf("--email: %w", err)
	}
	if role != model.RoleAdmin && role != model.RoleUser {
		return id.Profile{}, errors.New("--role: must be ADMIN or USER")
	}
	var profile id.Profile
	err = b.inOrganization(ctx, orgName, func(ctx context.Context, tx bun.Tx, org id.Org) error {
		user, err := ensureUser(ctx, tx, email, name)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO profile (org_id, id, user_id, role) VALUES (?, ?, ?, ?) ON CONFLICT (org_id, user_id) DO NOTHING",
			org, id.New[id.Profile](), user, role)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, "SELECT id FROM profile WHERE org_id = ? AND user_id = ?", org, user).Scan(&profile)
	})
	return profile, err
}

// CreateToken makes a personal access token for a member and gives its secret.
func (b *Backend) CreateToken(ctx context.Context, orgName, email, name string, scopes []string, lifetime time.Duration) (string, error) {
	secret := auth.NewSecret()
	if scopes == nil {
		scopes = []string{}
	}
	err := b.inOrganization(ctx, orgName, func(ctx context.Context, tx bun.Tx, org id.Org) error {
		now := tenant.Now(ctx)
		t := &model.PersonalAccessToken{Name: name, TokenHash: secret.Hash, Prefix: secret.Prefix, Scopes: scopes}
		t.Begin(org, now)
		if lifetime != 0 {
			until := now.Add(lifetime)
			t.ExpiresAt = &until
		}
		if err := store.CheckToken(t, now); err != nil {
			return err
		}
		err := tx.QueryRowContext(ctx, `SELECT p.id FROM profile p JOIN users u ON u.id = p.user_id
			WHERE p.org_id = ? AND u.email = ? AND p.is_active AND u.is_active`, org, strings.ToLower(email)).Scan(&t.ProfileID)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("%s is no active member of %s: member invite adds one", email, orgName)
		}
		if err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(t).Exec(ctx)
		return err
	})
	return secret.Text, err
}

// inOrganization runs fn in a transaction inside the organization of this name.
func (b *Backend) inOrganization(ctx context.Context, name string, fn func(ctx context.Context, tx bun.Tx, org id.Org) error) error {
	return b.DB.Platform(ctx, func(ctx context.Context, tx bun.Tx) error {
		var org id.Org
		err := tx.QueryRowContext(ctx, "SELECT id FROM organization WHERE name = ? AND is_active", name).Scan(&org)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("there is no organization %q: org create makes one", name)
		}
		if err != nil {
			return fmt.Errorf("find the organization: %w", err)
		}
		if err := tenant.Enter(ctx, tx, org); err != nil {
			return err
		}
		return fn(ctx, tx, org)
	})
}

func ensureUser(ctx context.Context, tx bun.Tx, email, name string) (id.User, error) {
	email = strings.ToLower(email)
	if name == "" {
		name, _, _ = strings.Cut(email, "@")
	}
	var user id.User
	if _, err := tx.ExecContext(ctx, "INSERT INTO users (id, email, name) VALUES (?, ?, ?) ON CONFLICT (email) DO NOTHING",
		id.New[id.User](), email, name); err != nil {
		return user, fmt.Errorf("add the user: %w", err)
	}
	if err := tx.QueryRowContext(ctx, "SELECT id FROM users WHERE email = ?", email).Scan(&user); err != nil {
		return user, fmt.Errorf("find the user: %w", err)
	}
	return user, nil
}
