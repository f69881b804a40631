package auth_test

import (
	"context"
	"os"
	"testing"

	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

// admin runs a statement above all policies.
func admin(t *testing.T, env *apitest.Env, text string, args ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), env.Database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if tag, err := conn.Exec(t.Context(), text, args...); err != nil || tag.RowsAffected() == 0 {
		t.Fatalf("%s: %s, %v", text, tag, err)
	}
}

// one reads a value above all policies.
func one[T any](t *testing.T, env *apitest.Env, text string, args ...any) (value T) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), env.Database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if err := conn.QueryRow(t.Context(), text, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

func userOf(t *testing.T, env *apitest.Env, email string) id.User {
	t.Helper()
	return one[[16]byte](t, env, "SELECT id FROM users WHERE email = $1", email)
}

// session issues tokens for a person, as a sign-in does; nil is no organization.
func session(t *testing.T, env *apitest.Env, email string, org *id.Org) (out *model.Session) {
	t.Helper()
	user := userOf(t, env, email)
	err := env.Backend.DB.Platform(t.Context(), func(ctx context.Context, tx bun.Tx) (err error) {
		out, err = env.Backend.Sessions.Issue(ctx, tx, user, org, id.ID{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// as is a client with a bearer token.
func as(env *apitest.Env, token string) *apitest.Client {
	return &apitest.Client{URL: env.URL, Token: token}
}

// signed makes a JWT.
func signed(t *testing.T, method jwt.SigningMethod, key any, claims jwt.MapClaims) string {
	t.Helper()
	text, err := jwt.NewWithClaims(method, claims).SignedString(key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const (
	leads  = "{ leads { totalCount } }"
	viewer = "{ viewer { user { email } organization { name } memberships { organizationName } } }"
)
