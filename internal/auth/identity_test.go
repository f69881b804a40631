package auth_test

import (
	"maps"
	"net/http"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

func TestAccessToken(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	good := jwt.MapClaims{"iss": "bottlecrm", "kind": "access", "sub": userOf(t, env, "member@acme.example").String(),
		"org": env.Acme.ID.String(), "exp": time.Now().Add(time.Hour).Unix()}
	with := func(name string, value any) jwt.MapClaims {
		c := maps.Clone(good)
		c[name] = value
		if value == nil {
			delete(c, name)
		}
		return c
	}
	key := []byte(apitest.Secret)
	sign := func(c jwt.MapClaims) string { return signed(t, jwt.SigningMethodHS256, key, c) }

	t.Run("what cannot be a token is refused before anything is read", func(t *testing.T) {
		t.Parallel()
		for name, header := range map[string]string{
			"another scheme":            "Basic " + sign(good),
			"no token":                  "Bearer",
			"no JWT":                    "Bearer x",
			"a wrong signature":         "Bearer " + signed(t, jwt.SigningMethodHS256, []byte("another secret of thirty-two bytes"), good),
			"no signature":              "Bearer " + signed(t, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, good),
			"another algorithm":         "Bearer " + signed(t, jwt.SigningMethodHS512, key, good),
			"a refresh token":           "Bearer " + session(t, env, "member@acme.example", &env.Acme.ID).RefreshToken,
			"another kind":              "Bearer " + sign(with("kind", nil)),
			"expired":                   "Bearer " + sign(with("exp", time.Now().Add(-time.Second).Unix())),
			"never expires":             "Bearer " + sign(with("exp", nil)),
			"another issuer":            "Bearer " + sign(with("iss", "somebody")),
			"a user that is no id":      "Bearer " + sign(with("sub", "member@acme.example")),
			"an organization, no id":    "Bearer " + sign(with("org", "Acme")),
			"signed, then another user": "Bearer " + tampered(sign(good)),
		} {
			r := post(t, env.URL, header)
			if r.Status != http.StatusUnauthorized || r.Code() != "UNAUTHENTICATED" || r.Errors[0].Extensions.RequestID == "" {
				t.Errorf("%s: %d %s", name, r.Status, r.Body)
			}
		}
	})

	for _, tt := range []struct {
		name, token  string
		leads, whoAm string // codes
		organization string
	}{
		{"nobody is unauthenticated", "", "UNAUTHENTICATED", "UNAUTHENTICATED", ""},
		{"a member works in the organization", sign(good), "", "", "Acme"},
		{"a user without an organization must choose one", sign(with("org", nil)), "ORGANIZATION_REQUIRED", "", ""},
		{"another's organization is none", sign(with("org", env.Globex.ID.String())), "ORGANIZATION_REQUIRED", "", ""},
		{"an organization that is not there is none", sign(with("org", id.New[id.Org]().String())), "ORGANIZATION_REQUIRED", "", ""},
		{"a user that is not there is nobody", sign(with("sub", id.New[id.User]().String())), "ORGANIZATION_REQUIRED", "UNAUTHENTICATED", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client := as(env, tt.token)
			if r := client.Send(t, leads, nil); r.Code() != tt.leads {
				t.Errorf("want %q: %s", tt.leads, r.Body)
			}
			r := client.Send(t, viewer, nil)
			if r.Code() != tt.whoAm {
				t.Fatalf("want %q: %s", tt.whoAm, r.Body)
			}
			if tt.whoAm != "" {
				return
			}
			if got := r.Text(t, "viewer.organization.name"); got != tt.organization {
				t.Errorf("in %q, want %q", got, tt.organization)
			}
			if r.Text(t, "viewer.user.email") != "member@acme.example" || r.Text(t, "viewer.memberships.0.organizationName") != "Acme" {
				t.Error(r.Body)
			}
		})
	}
	t.Run("the scheme's case does not matter", func(t *testing.T) {
		t.Parallel()
		if r := post(t, env.URL, "bEARER "+sign(good)); r.Code() != "" {
			t.Error(r.Body)
		}
	})
}

// TestRevalidation changes what stands behind a token that is in use; the next request meets it.
func TestRevalidation(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, tt := range []struct {
		name    string
		change  string // $1 is the address
		token   string // the code for a personal access token
		session string // and for a session
		undo    string
	}{
		{"a revoked token", "UPDATE personal_access_token SET revoked_at = now() WHERE profile_id = (" + theirs + ")", "UNAUTHENTICATED", "", ""},
		{"an expired token", "UPDATE personal_access_token SET expires_at = now() WHERE profile_id = (" + theirs + ")", "UNAUTHENTICATED", "",
			"UPDATE personal_access_token SET expires_at = now() + interval '1 hour' WHERE profile_id = (" + theirs + ")"},
		{"a deleted token", "DELETE FROM personal_access_token WHERE profile_id = (" + theirs + ")", "UNAUTHENTICATED", "", ""},
		{"a suspended membership", "UPDATE profile SET is_active = false WHERE id = (" + theirs + ")", "UNAUTHENTICATED", "ORGANIZATION_REQUIRED",
			"UPDATE profile SET is_active = true WHERE id = (" + theirs + ")"},
		{"an ended membership", "DELETE FROM profile WHERE id = (" + theirs + ")", "UNAUTHENTICATED", "ORGANIZATION_REQUIRED", ""},
		{"a disabled user", "UPDATE users SET is_active = false WHERE email = $1", "UNAUTHENTICATED", "UNAUTHENTICATED",
			"UPDATE users SET is_active = true WHERE email = $1"},
		{"a closed organization", "UPDATE organization SET is_active = false WHERE id = (SELECT org_id FROM profile WHERE id = (" + theirs + "))",
			"UNAUTHENTICATED", "ORGANIZATION_REQUIRED",
			"UPDATE organization SET is_active = true WHERE id = (SELECT org_id FROM profile WHERE id = (" + theirs + "))"},
	} {
		t.Run(tt.name+" is refused at the next request", func(t *testing.T) {
			t.Parallel()
			name := tt.name[2:]
			email := id.New[id.ID]().String() + "@acme.example"
			org, err := env.Backend.CreateOrganization(t.Context(), "Of "+name, "founder@acme.example", "USD", "UTC")
			if err != nil {
				t.Fatal(err)
			}
			program := env.Join(t, "Of "+name, email, model.RoleUser)
			person := as(env, session(t, env, email, &org).AccessToken)
			program.Do(t, leads, nil)
			person.Do(t, leads, nil)

			admin(t, env, tt.change, email)
			if r := program.Send(t, leads, nil); r.Code() != tt.token {
				t.Errorf("token: want %q: %s", tt.token, r.Body)
			}
			if r := program.Send(t, viewer, nil); r.Code() != tt.token {
				t.Errorf("token's viewer: want %q: %s", tt.token, r.Body)
			}
			if r := person.Send(t, leads, nil); r.Code() != tt.session {
				t.Errorf("session: want %q: %s", tt.session, r.Body)
			}
			if tt.undo != "" {
				admin(t, env, tt.undo, email)
				program.Do(t, leads, nil)
				person.Do(t, leads, nil)
			}
		})
	}
	t.Run("a role takes effect at the next request", func(t *testing.T) {
		t.Parallel()
		const adminsOnly = "{ securityAuditLogs { totalCount } }"
		email := "rising@globex.example"
		program := env.Join(t, "Globex", email, model.RoleUser)
		person := as(env, session(t, env, email, &env.Globex.ID).AccessToken)
		for _, client := range []*apitest.Client{program, person} {
			client.Refused(t, "FORBIDDEN", adminsOnly, nil)
		}
		admin(t, env, "UPDATE profile SET role = 'ADMIN' WHERE id = ("+theirs+")", email)
		for _, client := range []*apitest.Client{program, person} {
			client.Do(t, adminsOnly, nil)
		}
		admin(t, env, "UPDATE profile SET role = 'USER' WHERE id = ("+theirs+")", email)
		for _, client := range []*apitest.Client{program, person} {
			client.Refused(t, "FORBIDDEN", adminsOnly, nil)
		}
	})
}

// theirs is the one membership of the person with an address.
const theirs = "SELECT p.id FROM profile p JOIN users u ON u.id = p.user_id WHERE u.email = $1"
