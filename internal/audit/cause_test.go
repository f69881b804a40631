package audit_test

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// ledger reads both tables above all policies.
type ledger struct {
	*apitest.Env
	conn *pgx.Conn
}

// entries are all events, the oldest first: the organization or "-", the type, the person or "-", the outcome.
func (l ledger) entries(t *testing.T) []string {
	t.Helper()
	rows, err := l.conn.Query(t.Context(), `
		SELECT concat_ws(' ', coalesce(o.name, '-'), e.event_type, coalesce(u.email, '-'), CASE WHEN e.success THEN 'allowed' ELSE 'refused' END)
		FROM (SELECT id, org_id, event_type, user_id, success FROM security_audit_log
			UNION ALL SELECT id, NULL, event_type, user_id, success FROM security_event) e
		LEFT JOIN organization o ON o.id = e.org_id LEFT JOIN users u ON u.id = e.user_id ORDER BY e.id`)
	if err != nil {
		t.Fatal(err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func (l ledger) session(t *testing.T, email string, org *id.Org) (client *apitest.Client, refresh string) {
	t.Helper()
	var user [16]byte
	if err := l.conn.QueryRow(t.Context(), "SELECT id FROM users WHERE email = $1", email).Scan(&user); err != nil {
		t.Fatal(err)
	}
	var s *model.Session
	err := l.Backend.DB.Platform(t.Context(), func(ctx context.Context, tx bun.Tx) (err error) {
		s, err = l.Backend.Sessions.Issue(ctx, tx, user, org, id.ID{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return &apitest.Client{URL: l.URL, Token: s.AccessToken}, s.RefreshToken
}

// code asks for a sign-in code and reads the mail.
func (l ledger) code(t *testing.T, email string) string {
	t.Helper()
	l.Anonymous().Do(t, `mutation($e: EmailAddress!) { requestSignIn(input: {email: $e, delivery: CODE}) { ok } }`, map[string]any{"e": email})
	sent := l.Mail.Sent()
	return regexp.MustCompile(`\b[0-9]{6}\b`).FindString(sent[len(sent)-1].Text)
}

const (
	signIn  = `mutation($e: EmailAddress!, $c: String!) { signIn(input: {email: $e, code: $c}) { accessToken } }`
	refresh = `mutation($r: String!) { refreshSession(input: {refreshToken: $r}) { accessToken } }`
	move    = `mutation($o: ID!, $r: String) { switchOrganization(input: {organizationId: $o, refreshToken: $r}) { accessToken } }`
	update  = `mutation($id: ID!, $active: Boolean!) { updateMember(input: {id: $id, isActive: $active}) { profile { id } } }`
	log     = `{ securityAuditLogs { nodes { eventType } } }`
)

// wrong is a code that is not the one given.
func wrong(code string) string {
	if code == "000000" {
		return "111111"
	}
	return "000000"
}

func TestCauses(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	l := ledger{env, connect(t, env.Database.AdminURL)}
	nobody := env.Anonymous()
	for _, c := range []*apitest.Client{env.Acme.Admin, env.Acme.Member, env.Acme.Second} {
		c.Do(t, "{ viewer { user { id } } }", nil) // their first use is behind them
	}
	admin, member := env.Acme.Admin, env.Acme.Member

	for _, tt := range []struct {
		cause string
		do    func(t *testing.T)
		want  []string
	}{
		{"signing in where there is one organization", func(t *testing.T) {
			nobody.Do(t, signIn, map[string]any{"e": member.Email, "c": l.code(t, member.Email)})
		}, []string{"Acme LOGIN_SUCCESS member@acme.example allowed"}},
		{"signing in where there are several", func(t *testing.T) {
			nobody.Do(t, signIn, map[string]any{"e": env.Acme.Second.Email, "c": l.code(t, env.Acme.Second.Email)})
		}, []string{"- LOGIN_SUCCESS second@acme.example allowed"}},
		{"a wrong link", func(t *testing.T) {
			nobody.Refused(t, "UNAUTHENTICATED", `mutation { signIn(input: {token: "x"}) { accessToken } }`, nil)
		}, []string{"- LOGIN_FAILURE - refused"}},
		{"a code that nobody asked for", func(t *testing.T) {
			nobody.Refused(t, "UNAUTHENTICATED", signIn, map[string]any{"e": "nobody@acme.example", "c": "123456"})
		}, []string{"- LOGIN_FAILURE - refused"}},
		{"five wrong codes", func(t *testing.T) {
			code := wrong(l.code(t, member.Email))
			for range 5 {
				nobody.Refused(t, "UNAUTHENTICATED", signIn, map[string]any{"e": member.Email, "c": code})
			}
		}, []string{"- LOGIN_FAILURE - refused", "- LOGIN_FAILURE - refused", "- LOGIN_FAILURE - refused", "- LOGIN_FAILURE - refused", "- SUSPICIOUS_ACTIVITY - refused"}},
		{"signing in to a disabled account", func(t *testing.T) {
			env.Join(t, "Acme", "disabled@acme.example", model.RoleUser)
			code := l.code(t, "disabled@acme.example")
			l.exec(t, "UPDATE users SET is_active = false WHERE email = 'disabled@acme.example'")
			nobody.Refused(t, "UNAUTHENTICATED", signIn, map[string]any{"e": "disabled@acme.example", "c": code})
		}, []string{"- LOGIN_FAILURE disabled@acme.example refused"}},
		{"signing out", func(t *testing.T) {
			_, token := l.session(t, member.Email, &env.Acme.ID)
			nobody.Do(t, `mutation($r: String!) { signOut(input: {refreshToken: $r}) { ok } }`, map[string]any{"r": token})
		}, []string{"Acme LOGOUT member@acme.example allowed"}},
		{"renewing a session", func(t *testing.T) {
			_, token := l.session(t, member.Email, &env.Acme.ID)
			nobody.Do(t, refresh, map[string]any{"r": token})
		}, []string{"Acme TOKEN_REFRESH member@acme.example allowed"}},
		{"renewing it twice", func(t *testing.T) {
			_, token := l.session(t, member.Email, &env.Acme.ID)
			nobody.Do(t, refresh, map[string]any{"r": token})
			nobody.Refused(t, "UNAUTHENTICATED", refresh, map[string]any{"r": token})
		}, []string{"Acme TOKEN_REFRESH member@acme.example allowed", "Acme SUSPICIOUS_ACTIVITY member@acme.example refused"}},
		{"moving to another organization", func(t *testing.T) {
			client, _ := l.session(t, env.Acme.Second.Email, &env.Acme.ID)
			client.Do(t, move, map[string]any{"o": env.Globex.ID.String()})
		}, []string{"Globex ORG_SWITCH second@acme.example allowed"}},
		{"moving, and retiring the old session", func(t *testing.T) {
			client, token := l.session(t, env.Acme.Second.Email, &env.Acme.ID)
			client.Do(t, move, map[string]any{"o": env.Globex.ID.String(), "r": token})
		}, []string{"Acme TOKEN_REVOKED second@acme.example allowed", "Globex ORG_SWITCH second@acme.example allowed"}},
		{"moving to somebody else's organization", func(t *testing.T) {
			client, _ := l.session(t, member.Email, &env.Acme.ID)
			client.Refused(t, "NOT_FOUND", move, map[string]any{"o": env.Globex.ID.String()})
		}, []string{"Acme CROSS_ORG_ATTEMPT member@acme.example refused"}},
		{"moving there from no organization", func(t *testing.T) {
			client, _ := l.session(t, member.Email, nil)
			client.Refused(t, "NOT_FOUND", move, map[string]any{"o": env.Globex.ID.String()})
		}, []string{"- CROSS_ORG_ATTEMPT member@acme.example refused"}},
		{"a move that is undone by what follows", func(t *testing.T) {
			client, _ := l.session(t, env.Acme.Second.Email, &env.Acme.ID)
			client.Refused(t, "INVALID", `mutation($o: ID!) { switchOrganization(input: {organizationId: $o}) { accessToken }
				createLead(input: {title: " "}) { lead { id } } }`, map[string]any{"o": env.Globex.ID.String()})
		}, nil},
		{"revoking a token", func(t *testing.T) {
			client, _ := l.session(t, member.Email, &env.Acme.ID)
			key := client.Do(t, `mutation { createPersonalAccessToken(input: {name: "x"}) { personalAccessToken { id } } }`, nil).
				Text(t, "createPersonalAccessToken.personalAccessToken.id")
			client.Do(t, `mutation($id: ID!) { revokePersonalAccessToken(input: {id: $id}) { personalAccessToken { id } } }`, map[string]any{"id": key})
		}, []string{"Acme TOKEN_REVOKED member@acme.example allowed"}},
		{"a query that is refused", func(t *testing.T) { member.Refused(t, "FORBIDDEN", log, nil) },
			[]string{"Acme PERMISSION_DENIED member@acme.example refused"}},
		{"a query that is refused twice over", func(t *testing.T) {
			member.Refused(t, "FORBIDDEN", "{ a: securityAuditLogs { totalCount } b: securityAuditLogs { totalCount } }", nil)
		}, []string{"Acme PERMISSION_DENIED member@acme.example refused"}},
		{"a mutation that is refused and undone", func(t *testing.T) {
			client, _ := l.session(t, member.Email, &env.Acme.ID)
			client.Refused(t, "FORBIDDEN", `mutation { createLead(input: {title: "x"}) { lead { id } }
				inviteMember(input: {email: "x@acme.example"}) { profile { id } } }`, nil)
		}, []string{"Acme PERMISSION_DENIED member@acme.example refused"}},
		{"a program where a person is needed", func(t *testing.T) {
			admin.Refused(t, "FORBIDDEN", `mutation { createOrganization(input: {name: "Mine"}) { organization { id } } }`, nil)
		}, []string{"Acme PERMISSION_DENIED admin@acme.example refused"}},
		{"a token's first use", func(t *testing.T) {
			client := env.Join(t, "Acme", "first@acme.example", model.RoleUser)
			client.Do(t, "{ viewer { user { id } } }", nil)
			client.Do(t, "{ viewer { user { id } } }", nil)
		}, []string{"Acme API_KEY_USED first@acme.example allowed"}},
		{"an unknown token", func(t *testing.T) {
			(&apitest.Client{URL: env.URL, Token: "bcrm_pat_unknown"}).Refused(t, "UNAUTHENTICATED", "{ viewer { user { id } } leads { totalCount } }", nil)
		}, []string{"- API_KEY_INVALID - refused"}},
		{"a revoked token", func(t *testing.T) {
			client := env.Join(t, "Acme", "revoked@acme.example", model.RoleUser)
			l.exec(t, `UPDATE personal_access_token SET revoked_at = now() WHERE profile_id = '`+client.ProfileID.String()+`'`)
			client.Refused(t, "UNAUTHENTICATED", "{ leads { totalCount } }", nil)
		}, []string{"Acme API_KEY_INVALID revoked@acme.example refused"}},
		{"a suspended member's token", func(t *testing.T) {
			client := env.Join(t, "Acme", "suspended@acme.example", model.RoleUser)
			l.exec(t, `UPDATE profile SET is_active = false WHERE id = '`+client.ProfileID.String()+`'`)
			client.Refused(t, "UNAUTHENTICATED", "{ leads { totalCount } }", nil)
		}, []string{"Acme API_KEY_INVALID suspended@acme.example refused"}},
		{"a former member's token, in a server that knew it and again when it does not", func(t *testing.T) {
			client := env.Join(t, "Acme", "former@acme.example", model.RoleUser)
			client.Do(t, "{ leads { totalCount } }", nil)
			l.exec(t, `DELETE FROM profile WHERE id = '`+client.ProfileID.String()+`'`)
			client.Refused(t, "UNAUTHENTICATED", "{ leads { totalCount } }", nil)
			client.Refused(t, "UNAUTHENTICATED", "{ leads { totalCount } }", nil)
		}, []string{"Acme API_KEY_USED former@acme.example allowed", "Acme API_KEY_INVALID - refused", "- API_KEY_INVALID - refused"}},
		{"suspending a member, which happens once", func(t *testing.T) {
			client, _ := l.session(t, admin.Email, &env.Acme.ID)
			key := env.Join(t, "Acme", "leaving@acme.example", model.RoleUser).ProfileID.String()
			client.Do(t, update, map[string]any{"id": key, "active": false})
			client.Do(t, update, map[string]any{"id": key, "active": false})
			client.Do(t, update, map[string]any{"id": key, "active": true})
		}, []string{"Acme MEMBERSHIP_REVOKED admin@acme.example allowed"}},
		{"removing a member", func(t *testing.T) {
			client, _ := l.session(t, admin.Email, &env.Acme.ID)
			key := env.Join(t, "Acme", "left@acme.example", model.RoleUser).ProfileID.String()
			client.Do(t, `mutation($id: ID!) { removeMember(input: {id: $id}) { deletedId } }`, map[string]any{"id": key})
		}, []string{"Acme MEMBERSHIP_REVOKED admin@acme.example allowed"}},
		{"what is none of these", func(t *testing.T) {
			admin.Do(t, `mutation { createLead(input: {title: "x"}) { lead { id } } }`, nil)
			nobody.Refused(t, "UNAUTHENTICATED", "{ leads { totalCount } }", nil)
			member.Refused(t, "INVALID", `mutation { createLead(input: {title: ""}) { lead { id } } }`, nil)
		}, nil},
	} {
		t.Run(tt.cause, func(t *testing.T) { // one after the other: all write into one ledger
			before := len(l.entries(t))
			tt.do(t)
			if got := l.entries(t)[before:]; !slices.Equal(got, tt.want) {
				t.Errorf("left:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(tt.want, "\n  "))
			}
		})
	}

	t.Run("an admin reads their own organization's ledger, and nobody else's", func(t *testing.T) {
		for org, name := range map[*apitest.Org]string{env.Acme: "Acme", env.Globex: "Globex"} {
			org.Admin.Do(t, "{ viewer { user { id } } }", nil)
			var want []string
			for _, e := range l.entries(t) {
				if fields := strings.Fields(e); fields[0] == name {
					want = append(want, fields[1])
				}
			}
			r := org.Admin.Do(t, `{ securityAuditLogs(first: 100) { totalCount nodes { eventType } } }`, nil)
			var got []string
			for i := range int(r.Get(t, "securityAuditLogs.totalCount").(float64)) {
				got = append(got, r.Text(t, fmt.Sprintf("securityAuditLogs.nodes.%d.eventType", i)))
			}
			slices.Reverse(got) // the newest comes first
			if len(want) == 0 || !slices.Equal(got, want) {
				t.Errorf("%s's admin reads %v, want %v", name, got, want)
			}
		}
	})
	t.Run("members cannot read it, not even by an id", func(t *testing.T) {
		key := admin.Do(t, `{ securityAuditLogs(first: 1) { nodes { id } } }`, nil).Text(t, "securityAuditLogs.nodes.0.id")
		const node = "query($id: ID!) { node(id: $id) { id } }"
		if r := admin.Do(t, node, map[string]any{"id": key}); r.Text(t, "node.id") != key {
			t.Errorf("the admin cannot either: %s", r.Body)
		}
		for name, client := range map[string]*apitest.Client{"a member": member, "another's admin": env.Globex.Admin} {
			if r := client.Do(t, node, map[string]any{"id": key}); r.Get(t, "node") != nil {
				t.Errorf("%s reads it: %s", name, r.Body)
			}
		}
	})
}

func (l ledger) exec(t *testing.T, text string) {
	t.Helper()
	if _, err := l.conn.Exec(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}
