package resolver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// people is a server with what the tests of signing in ask of it.
type people struct{ *apitest.Env }

// above runs a statement above all policies and gives the text of its one value.
func (p people) above(t *testing.T, text string, args ...any) (value string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), p.Database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	if err := conn.QueryRow(t.Context(), text, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return value
}

// session issues tokens for a person in an organization; nil is none.
func (p people) session(t *testing.T, email string, org *apitest.Org) (client *apitest.Client, refreshToken string) {
	t.Helper()
	user, err := id.Parse[id.User](p.above(t, "SELECT id::text FROM users WHERE email = $1", email))
	if err != nil {
		t.Fatal(err)
	}
	var place *id.Org
	if org != nil {
		place = &org.ID
	}
	var s *model.Session
	err = p.Backend.DB.Platform(t.Context(), func(ctx context.Context, tx bun.Tx) (err error) {
		s, err = p.Backend.Sessions.Issue(ctx, tx, user, place, id.ID{})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return &apitest.Client{URL: p.URL, Token: s.AccessToken, Email: email}, s.RefreshToken
}

// ask requests a sign-in; the answer is the same for everybody.
func (p people) ask(t *testing.T, email, delivery string) {
	t.Helper()
	r := p.Anonymous().Send(t, fmt.Sprintf("mutation { requestSignIn(input: {email: %q, delivery: %s}) { ok } }", email, delivery), nil)
	if string(r.Data) != `{"requestSignIn":{"ok":true}}` {
		t.Fatal(r.Body)
	}
}

// proof asks and reads the code or the link's token from the mail.
func (p people) proof(t *testing.T, email, delivery string) string {
	t.Helper()
	p.ask(t, email, delivery)
	mails := p.mails(email)
	if len(mails) == 0 {
		t.Fatalf("no mail to %s", email)
	}
	found := regexp.MustCompile(`\b[0-9]{6}\b`)
	if delivery == "LINK" {
		found = regexp.MustCompile(`/sign-in\?token=(\S+)`)
	}
	match := found.FindStringSubmatch(mails[len(mails)-1])
	if match == nil {
		t.Fatalf("no proof in %q", mails[len(mails)-1])
	}
	return match[len(match)-1]
}

func (p people) mails(to string) (texts []string) {
	for _, m := range p.Mail.Sent() {
		if m.To == to {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

const sessionFields = "{ accessToken refreshToken organizationId memberships { organizationName role } }"

// enter tries a proof.
func (p people) enter(t *testing.T, email, delivery, proof string) *apitest.Response {
	t.Helper()
	if delivery == "LINK" {
		return p.Anonymous().Send(t, "mutation($t: String!) { signIn(input: {token: $t}) "+sessionFields+" }", map[string]any{"t": proof})
	}
	return p.Anonymous().Send(t, "mutation($e: EmailAddress!, $c: String!) { signIn(input: {email: $e, code: $c}) "+sessionFields+" }",
		map[string]any{"e": email, "c": proof})
}

func wrongCode(code string) string {
	if code == "000000" {
		return "111111"
	}
	return "000000"
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}

	for _, delivery := range []string{"LINK", "CODE"} {
		t.Run("by "+delivery, func(t *testing.T) {
			t.Parallel()
			person := func(name string) string { return name + "." + strings.ToLower(delivery) + "@acme.example" }
			refused := func(t *testing.T, email, proof string) {
				t.Helper()
				if r := p.enter(t, email, delivery, proof); r.Code() != "UNAUTHENTICATED" || string(r.Data) != "null" {
					t.Errorf("want a refusal: %s", r.Body)
				}
			}
			t.Run("a proof works once", func(t *testing.T) {
				t.Parallel()
				email := person("once")
				proof := p.proof(t, email, delivery)
				var in atomic.Int32
				var all sync.WaitGroup
				for range 5 { // also when it is tried at the same time
					all.Go(func() {
						if p.enter(t, email, delivery, proof).Code() == "" {
							in.Add(1)
						}
					})
				}
				all.Wait()
				if in.Load() != 1 {
					t.Errorf("%d of five got in", in.Load())
				}
			})
			t.Run("a newer request ends the older", func(t *testing.T) {
				t.Parallel()
				email := person("newer")
				older := p.proof(t, email, delivery)
				newer := p.proof(t, email, delivery)
				if older != newer { // two codes may be equal
					refused(t, email, older)
				}
				if r := p.enter(t, email, delivery, newer); r.Code() != "" {
					t.Error(r.Body)
				}
			})
			t.Run("a proof lives for ten minutes", func(t *testing.T) {
				t.Parallel()
				email := person("late")
				proof := p.proof(t, email, delivery)
				const lifetime = "SELECT extract(epoch FROM expires_at - created_at)::int::text FROM magic_link_token WHERE email = $1"
				if got := p.above(t, lifetime, email); got != "600" {
					t.Errorf("%s seconds", got)
				}
				p.above(t, "UPDATE magic_link_token SET expires_at = now() WHERE email = $1 RETURNING email", email)
				refused(t, email, proof)
			})
			t.Run("a new person is known from then on", func(t *testing.T) {
				t.Parallel()
				email := person("New.Person")
				r := p.enter(t, email, delivery, p.proof(t, strings.ToLower(email), delivery))
				if r.Code() != "" || r.Get(t, "signIn.organizationId") != nil || fmt.Sprint(r.Get(t, "signIn.memberships")) != "[]" {
					t.Fatal(r.Body)
				}
				client := &apitest.Client{URL: p.URL, Token: r.Text(t, "signIn.accessToken")}
				if got := client.Do(t, "{ viewer { user { email name } profile { id } } }", nil); string(got.Data) !=
					fmt.Sprintf(`{"viewer":{"user":{"email":%q,"name":%q},"profile":null}}`, strings.ToLower(email), strings.Split(strings.ToLower(email), "@")[0]) {
					t.Error(got.Body)
				}
			})
			t.Run("a person with one organization is in it", func(t *testing.T) {
				t.Parallel()
				email := p.Join(t, "Acme", person("single"), model.RoleAdmin).Email
				r := p.enter(t, email, delivery, p.proof(t, email, delivery))
				if r.Text(t, "signIn.organizationId") != p.Acme.ID.String() || r.Text(t, "signIn.memberships.0.role") != "ADMIN" {
					t.Error(r.Body)
				}
				client := &apitest.Client{URL: p.URL, Token: r.Text(t, "signIn.accessToken")}
				client.Do(t, "{ leads { totalCount } }", nil)
			})
			t.Run("a person with several chooses", func(t *testing.T) {
				t.Parallel()
				email := p.Join(t, "Acme", person("several"), model.RoleUser).Email
				p.Join(t, "Globex", email, model.RoleUser)
				r := p.enter(t, email, delivery, p.proof(t, email, delivery))
				if r.Get(t, "signIn.organizationId") != nil || r.Text(t, "signIn.memberships.0.organizationName") != "Acme" ||
					r.Text(t, "signIn.memberships.1.organizationName") != "Globex" {
					t.Error(r.Body)
				}
			})
			t.Run("only active memberships count", func(t *testing.T) {
				t.Parallel()
				suspended := p.Join(t, "Acme", person("half"), model.RoleUser)
				p.Join(t, "Globex", suspended.Email, model.RoleUser)
				p.above(t, "UPDATE profile SET is_active = false WHERE id = $1 RETURNING 'x'", [16]byte(suspended.ProfileID))
				r := p.enter(t, suspended.Email, delivery, p.proof(t, suspended.Email, delivery))
				if r.Text(t, "signIn.organizationId") != p.Globex.ID.String() || r.Get(t, "signIn.memberships.1") != nil {
					t.Error(r.Body)
				}
			})
			t.Run("a disabled account stays out", func(t *testing.T) {
				t.Parallel()
				email := p.Join(t, "Acme", person("disabled"), model.RoleUser).Email
				p.above(t, "UPDATE users SET is_active = false WHERE email = $1 RETURNING 'x'", email)
				refused(t, email, p.proof(t, email, delivery))
			})
			t.Run("what is stored is no proof", func(t *testing.T) {
				t.Parallel()
				email := person("stored")
				proof := p.proof(t, email, delivery)
				row := p.above(t, "SELECT to_jsonb(m)::text FROM magic_link_token m WHERE email = $1", email)
				if strings.Contains(row, `"`+proof+`"`) {
					t.Error("the proof is stored")
				}
				if strings.Contains(p.Log.String(), proof) && delivery == "LINK" {
					t.Error("the proof is logged")
				}
			})
		})
	}
	t.Run("five wrong codes lock the code", func(t *testing.T) {
		t.Parallel()
		for name, try := range map[string]func(func()){
			"one after the other": func(fn func()) {
				for range 5 {
					fn()
				}
			},
			"all at once": func(fn func()) {
				var all sync.WaitGroup
				for range 5 {
					all.Go(fn)
				}
				all.Wait()
			},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				email := strings.ReplaceAll(name, " ", "") + "@acme.example"
				code := p.proof(t, email, "CODE")
				try(func() { p.enter(t, email, "CODE", wrongCode(code)) })
				if got := p.above(t, "SELECT attempts::text FROM magic_link_token WHERE email = $1", email); got != "5" {
					t.Errorf("%s attempts are counted", got)
				}
				if r := p.enter(t, email, "CODE", code); r.Code() != "UNAUTHENTICATED" {
					t.Errorf("the right one still works: %s", r.Body)
				}
			})
		}
	})
	t.Run("four wrong codes do not", func(t *testing.T) {
		t.Parallel()
		const email = "clumsy@acme.example"
		code := p.proof(t, email, "CODE")
		for range 4 {
			p.enter(t, email, "CODE", wrongCode(code))
		}
		if r := p.enter(t, email, "CODE", code); r.Code() != "" {
			t.Error(r.Body)
		}
	})
	t.Run("a code is of its address", func(t *testing.T) {
		t.Parallel()
		mine, yours := p.proof(t, "mine@acme.example", "CODE"), p.proof(t, "yours@acme.example", "CODE")
		if mine == yours {
			t.Log("one in a million: both codes are the same")
			return
		}
		if r := p.enter(t, "yours@acme.example", "CODE", mine); r.Code() != "UNAUTHENTICATED" {
			t.Error(r.Body)
		}
	})
	t.Run("the sixth request within an hour sends nothing and answers the same", func(t *testing.T) {
		t.Parallel()
		const email = "eager@acme.example"
		var all sync.WaitGroup
		for range 8 { // also when they come at once
			all.Go(func() { p.ask(t, email, "LINK") })
		}
		all.Wait()
		if n := len(p.mails(email)); n != 5 {
			t.Errorf("%d mails", n)
		}
		p.above(t, "WITH m AS (UPDATE magic_link_token SET created_at = created_at - interval '61 minutes' WHERE email = $1 RETURNING 1) SELECT count(*)::text FROM m", email)
		p.ask(t, email, "CODE")
		if n := len(p.mails(email)); n != 6 {
			t.Errorf("an hour later %d mails", n)
		}
	})
	t.Run("whether an address is known cannot be told", func(t *testing.T) {
		t.Parallel()
		known, unknown := p.Globex.Member.Email, "unknown@globex.example"
		p.ask(t, known, "CODE") // ask compares the whole answer
		p.ask(t, unknown, "CODE")
		if len(p.mails(known)) != 1 || len(p.mails(unknown)) != 1 {
			t.Error("only one of them got a mail")
		}
		answers := map[string]bool{}
		for _, email := range []string{known, unknown, "never-asked@globex.example"} {
			r := p.enter(t, email, "CODE", "none")
			answers[requestID.ReplaceAllString(r.Body, "")] = true
		}
		if len(answers) != 1 {
			t.Errorf("wrong codes are answered differently: %v", answers)
		}
	})
	t.Run("disposable addresses are refused", func(t *testing.T) {
		t.Parallel()
		r := p.Anonymous().Refused(t, "INVALID", `mutation { requestSignIn(input: {email: "x@mailinator.com"}) { ok } }`, nil)
		if r.Fields()[0] != "email" || len(p.mails("x@mailinator.com")) > 0 {
			t.Error(r.Body)
		}
	})
	t.Run("the proof is one or the other", func(t *testing.T) {
		t.Parallel()
		for _, input := range []string{"{}", `{token: "x", code: "1"}`, `{email: "a@acme.example"}`, `{code: "123456"}`, `{token: "x", email: "a@acme.example", code: "1"}`} {
			p.Anonymous().Refused(t, "INVALID", "mutation { signIn(input: "+input+") { accessToken } }", nil)
		}
	})
	t.Run("what signs in and out stands alone in its operation", func(t *testing.T) {
		t.Parallel()
		const email = "alone@acme.example"
		code := p.proof(t, email, "CODE")
		one := fmt.Sprintf("signIn(input: {email: %q, code: %q}) { accessToken }", email, code)
		for _, operation := range []string{
			"mutation { a: " + one + " b: " + one + " }",
			"mutation { ...F b: " + one + " } fragment F on Mutation { a: " + one + " }",
			"mutation { ... { a: " + one + " } ... on Mutation { b: " + one + " } }",
			`mutation { a: requestSignIn(input: {email: "a@acme.example"}) { ok } b: requestSignIn(input: {email: "b@acme.example"}) { ok } }`,
			`mutation { a: refreshSession(input: {refreshToken: "a"}) { accessToken } b: refreshSession(input: {refreshToken: "b"}) { accessToken } }`,
			`mutation { a: signOut(input: {refreshToken: "a"}) { ok } b: signOut(input: {refreshToken: "b"}) { ok } }`,
		} {
			p.Anonymous().Refused(t, "INVALID", operation, nil)
		}
		if r := p.enter(t, email, "CODE", code); r.Code() != "" {
			t.Errorf("the code was used up: %s", r.Body)
		}
	})
}

// requestID is what two equal answers differ in.
var requestID = regexp.MustCompile(`"requestId":"[^"]*"`)

const refreshSession = "mutation($r: String!) { refreshSession(input: {refreshToken: $r}) " + sessionFields + " }"

func TestSession(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	nobody := p.Anonymous()
	refresh := func(t *testing.T, token string) *apitest.Response {
		t.Helper()
		return nobody.Send(t, refreshSession, map[string]any{"r": token})
	}
	// person is a new member with a session.
	person := func(t *testing.T, name string) (member *apitest.Client, token string) {
		t.Helper()
		member = p.Join(t, "Acme", name+"@acme.example", model.RoleUser)
		_, token = p.session(t, member.Email, p.Acme)
		return member, token
	}
	t.Run("renewing it gives a new one in the same organization", func(t *testing.T) {
		t.Parallel()
		_, first := person(t, "renews")
		r := refresh(t, first)
		if r.Code() != "" || r.Text(t, "refreshSession.organizationId") != p.Acme.ID.String() || r.Text(t, "refreshSession.refreshToken") == first {
			t.Fatal(r.Body)
		}
		client := &apitest.Client{URL: p.URL, Token: r.Text(t, "refreshSession.accessToken")}
		client.Do(t, "{ leads { totalCount } }", nil)
		if r = refresh(t, r.Text(t, "refreshSession.refreshToken")); r.Code() != "" {
			t.Errorf("the new one cannot be renewed: %s", r.Body)
		}
	})
	t.Run("a second use ends all that came of the sign-in", func(t *testing.T) {
		t.Parallel()
		member, first := person(t, "copied")
		_, other := p.session(t, member.Email, p.Acme) // of another sign-in
		second := refresh(t, first).Text(t, "refreshSession.refreshToken")
		for _, token := range []string{first, second, first} {
			if r := refresh(t, token); r.Code() != "UNAUTHENTICATED" {
				t.Errorf("still renewed: %s", r.Body)
			}
		}
		if r := refresh(t, other); r.Code() != "" {
			t.Errorf("another sign-in ended too: %s", r.Body)
		}
	})
	t.Run("of two uses at the same time one succeeds", func(t *testing.T) {
		t.Parallel()
		_, token := person(t, "racing")
		var renewed atomic.Int32
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				if refresh(t, token).Code() == "" {
					renewed.Add(1)
				}
			})
		}
		all.Wait()
		if renewed.Load() != 1 {
			t.Errorf("%d were renewed", renewed.Load())
		}
	})
	for _, tt := range []struct{ name, change, code string }{
		{"an expired one", "UPDATE refresh_token SET expires_at = now() WHERE user_id = (SELECT user_id FROM profile WHERE id = $1) RETURNING 'x'", "UNAUTHENTICATED"},
		{"one of a suspended membership", "UPDATE profile SET is_active = false WHERE id = $1 RETURNING 'x'", "ORGANIZATION_REQUIRED"},
		{"one of an ended membership", "DELETE FROM profile WHERE id = $1 RETURNING 'x'", "ORGANIZATION_REQUIRED"},
		{"one of a disabled user", "UPDATE users SET is_active = false WHERE id = (SELECT user_id FROM profile WHERE id = $1) RETURNING 'x'", "UNAUTHENTICATED"},
	} {
		t.Run(tt.name+" is not renewed", func(t *testing.T) {
			t.Parallel()
			member, token := person(t, strings.ReplaceAll(tt.name, " ", "-"))
			p.above(t, tt.change, [16]byte(member.ProfileID))
			if r := refresh(t, token); r.Code() != tt.code {
				t.Errorf("want %s: %s", tt.code, r.Body)
			}
		})
	}
	t.Run("what is no refresh token renews nothing", func(t *testing.T) {
		t.Parallel()
		client, token := p.session(t, p.Acme.Member.Email, p.Acme)
		for name, wrong := range map[string]string{"nothing": "", "no JWT": "x", "an access token": client.Token, "a changed one": token[:len(token)-6] + "AAAAAA"} {
			if r := refresh(t, wrong); r.Code() != "UNAUTHENTICATED" {
				t.Errorf("%s: %s", name, r.Body)
			}
		}
	})
	t.Run("signing out ends it, and can be repeated", func(t *testing.T) {
		t.Parallel()
		_, first := person(t, "leaves")
		second := refresh(t, first).Text(t, "refreshSession.refreshToken")
		for _, token := range []string{second, second, first, "x", ""} {
			r := nobody.Send(t, "mutation($r: String!) { signOut(input: {refreshToken: $r}) { ok } }", map[string]any{"r": token})
			if string(r.Data) != `{"signOut":{"ok":true}}` {
				t.Error(r.Body)
			}
		}
		if r := refresh(t, second); r.Code() != "UNAUTHENTICATED" {
			t.Errorf("still renewed: %s", r.Body)
		}
	})
}

const switchOrganization = "mutation($o: ID!, $r: String) { switchOrganization(input: {organizationId: $o, refreshToken: $r}) " + sessionFields + " }"

func TestSwitchOrganization(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	both := p.Acme.Second.Email // a member of Acme and of Globex

	for name, from := range map[string]*apitest.Org{"another organization": p.Acme, "no organization": nil} {
		t.Run("a member moves over from "+name, func(t *testing.T) {
			t.Parallel()
			client, _ := p.session(t, both, from)
			r := client.Do(t, switchOrganization, map[string]any{"o": p.Globex.ID.String()})
			moved := &apitest.Client{URL: p.URL, Token: r.Text(t, "switchOrganization.accessToken")}
			if got := moved.Do(t, "{ viewer { organization { name } } leads { totalCount } }", nil).Text(t, "viewer.organization.name"); got != "Globex" {
				t.Errorf("in %q", got)
			}
			if again := p.Anonymous().Send(t, refreshSession, map[string]any{"r": r.Text(t, "switchOrganization.refreshToken")}); again.Text(t, "refreshSession.organizationId") != p.Globex.ID.String() {
				t.Errorf("renewed: %s", again.Body)
			}
		})
	}
	t.Run("the old session ends when it is the viewer's own", func(t *testing.T) {
		t.Parallel()
		client, own := p.session(t, both, p.Acme)
		_, anothers := p.session(t, p.Acme.Member.Email, p.Acme)
		client.Do(t, switchOrganization, map[string]any{"o": p.Globex.ID.String(), "r": own})
		client.Do(t, switchOrganization, map[string]any{"o": p.Globex.ID.String(), "r": anothers})
		p.Anonymous().Refused(t, "UNAUTHENTICATED", refreshSession, map[string]any{"r": own})
		p.Anonymous().Do(t, refreshSession, map[string]any{"r": anothers})
	})
	t.Run("an organization of others answers like none", func(t *testing.T) {
		t.Parallel()
		suspended := p.Join(t, "Acme", "suspended@acme.example", model.RoleUser)
		p.Join(t, "Globex", suspended.Email, model.RoleUser)
		p.above(t, "UPDATE profile SET is_active = false WHERE id = $1 RETURNING 'x'", [16]byte(suspended.ProfileID))
		client, _ := p.session(t, p.Acme.Member.Email, p.Acme)
		former, _ := p.session(t, suspended.Email, p.Globex)
		answers := map[string]bool{}
		for _, r := range []*apitest.Response{
			client.Send(t, switchOrganization, map[string]any{"o": p.Globex.ID.String()}),
			client.Send(t, switchOrganization, map[string]any{"o": id.New[id.Org]().String()}),
			former.Send(t, switchOrganization, map[string]any{"o": p.Acme.ID.String()}),
		} {
			if r.Code() != "NOT_FOUND" || r.Fields()[0] != "organizationId" {
				t.Error(r.Body)
			}
			answers[requestID.ReplaceAllString(r.Body, "")] = true
		}
		if len(answers) != 1 {
			t.Errorf("different answers: %v", answers)
		}
	})
	t.Run("nobody without a session moves", func(t *testing.T) {
		t.Parallel()
		p.Anonymous().Refused(t, "UNAUTHENTICATED", switchOrganization, map[string]any{"o": p.Acme.ID.String()})
	})
}

func TestPersonalAccessToken(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	const create = `mutation($in: CreatePersonalAccessTokenInput!) { createPersonalAccessToken(input: $in) {
		secret personalAccessToken { id name prefix scopes lastUsedAt revokedAt owner { id } } } }`
	const revoke = "mutation($id: ID!) { revokePersonalAccessToken(input: {id: $id}) { personalAccessToken { revokedAt } } }"
	member, _ := p.session(t, p.Acme.Member.Email, p.Acme)
	second, _ := p.session(t, p.Acme.Second.Email, p.Acme)
	boss, _ := p.session(t, p.Acme.Admin.Email, p.Acme)
	// limited makes a token of a member or of the admin.
	limited := func(t *testing.T, owner *apitest.Client, scopes ...string) (client *apitest.Client, key string) {
		t.Helper()
		if scopes == nil {
			scopes = []string{}
		}
		r := owner.Do(t, create, map[string]any{"in": map[string]any{"name": "limited", "scopes": scopes}})
		return &apitest.Client{URL: p.URL, Token: r.Text(t, "createPersonalAccessToken.secret")}, r.Text(t, "createPersonalAccessToken.personalAccessToken.id")
	}

	t.Run("a secret is shown once and only its hash is stored", func(t *testing.T) {
		t.Parallel()
		r := member.Do(t, create, map[string]any{"in": map[string]any{"name": " mine ", "scopes": []string{"leads:read"}}})
		secret, key := r.Text(t, "createPersonalAccessToken.secret"), r.Text(t, "createPersonalAccessToken.personalAccessToken.id")
		if r.Text(t, "createPersonalAccessToken.personalAccessToken.name") != "mine" || r.Text(t, "createPersonalAccessToken.personalAccessToken.prefix") != secret[:13] ||
			r.Text(t, "createPersonalAccessToken.personalAccessToken.owner.id") != p.Acme.Member.ProfileID.String() {
			t.Error(r.Body)
		}
		row := p.above(t, "SELECT to_jsonb(k)::text FROM personal_access_token k WHERE id = $1", key)
		list := member.Do(t, "{ personalAccessTokens { nodes { id name prefix scopes createdAt expiresAt lastUsedAt revokedAt } } }", nil)
		if !strings.Contains(list.Body, key) {
			t.Errorf("not listed: %s", list.Body)
		}
		for where, text := range map[string]string{"row": row, "list": list.Body, "log": p.Log.String()} {
			if strings.Contains(text, secret) || strings.Contains(text, strings.TrimPrefix(secret, secret[:13])) {
				t.Errorf("the secret is in the %s", where)
			}
		}
	})
	t.Run("what a token must not be is refused", func(t *testing.T) {
		t.Parallel()
		many := make([]string, 33)
		for i := range many {
			many[i] = "leads:read"
		}
		for _, tt := range []struct{ name, input, field string }{
			{"no name", `{"name": " "}`, "name"},
			{"an endless name", `{"name": "` + strings.Repeat("x", 256) + `"}`, "name"},
			{"an unknown scope", `{"name": "x", "scopes": ["leads:delete"]}`, "scopes"},
			{"an unknown resource", `{"name": "x", "scopes": ["secrets:read"]}`, "scopes"},
			{"a star for a resource", `{"name": "x", "scopes": ["leads:*"]}`, "scopes"},
			{"33 scopes", `{"name": "x", "scopes": ["` + strings.Join(many, `", "`) + `"]}`, "scopes"},
			{"an end in the past", `{"name": "x", "expiresAt": "2020-01-01T00:00:00Z"}`, "expiresAt"},
		} {
			var input any
			if err := json.Unmarshal([]byte(tt.input), &input); err != nil {
				t.Fatal(err)
			}
			r := member.Refused(t, "INVALID", create, map[string]any{"in": input})
			if r.Fields()[0] != tt.field {
				t.Errorf("%s: %s", tt.name, r.Body)
			}
		}
	})
	t.Run("scopes", func(t *testing.T) {
		t.Parallel()
		lead := boss.Do(t, `mutation { createLead(input: {title: "x"}) { lead { id } } }`, nil).Text(t, "createLead.lead.id")
		const (
			read    = "{ leads { totalCount } }"
			write   = `mutation { createLead(input: {title: "x"}) { lead { title } } }`
			members = "{ profiles { totalCount } }"
			own     = `mutation { updateMyProfile(input: {dateOfJoining: "2020-01-01"}) { profile { createdAt } } }`
			org     = `mutation { updateOrganization(input: {companyName: "Acme Inc."}) { organization { name } } }`
		)
		node := fmt.Sprintf("{ node(id: %q) { id } }", lead)
		for _, tt := range []struct {
			scopes  []string
			allowed []string
			refused []string
			hidden  []string
		}{
			{nil, []string{read, write, members, own, org}, nil, nil},
			{[]string{"*"}, []string{read, write, members, own, org}, nil, nil},
			{[]string{"leads:read"}, []string{read}, []string{write, members, own, org}, nil},
			{[]string{"leads:write"}, []string{write}, []string{read, members, own, org}, nil},
			{[]string{"leads:read", "leads:write"}, []string{read, write}, []string{members, own, org}, nil},
			{[]string{"profiles:read"}, []string{members}, []string{read, write, own, org}, []string{node}},
			{[]string{"profiles:write"}, []string{own}, []string{read, write, members, org}, nil},
			{[]string{"organization:write"}, []string{org}, []string{read, write, members, own}, nil},
		} {
			t.Run(strings.Join(tt.scopes, " "), func(t *testing.T) {
				t.Parallel()
				client, _ := limited(t, boss, tt.scopes...)
				for _, operation := range tt.allowed {
					client.Do(t, operation, nil)
				}
				for _, operation := range tt.refused {
					client.Refused(t, "FORBIDDEN", operation, nil)
				}
				for _, operation := range tt.hidden {
					if r := client.Do(t, operation, nil); string(r.Data) != `{"node":null}` {
						t.Errorf("by its id: %s", r.Body)
					}
				}
			})
		}
	})
	t.Run("a token manages no credentials, whatever its scopes and its owner", func(t *testing.T) {
		t.Parallel()
		star, key := limited(t, boss, "*")
		other := p.Join(t, "Acme", "managed@acme.example", model.RoleUser).ProfileID.String()
		for _, client := range []*apitest.Client{star, p.Acme.Admin} {
			for _, operation := range []string{
				`mutation { createPersonalAccessToken(input: {name: "x"}) { secret } }`,
				fmt.Sprintf(`mutation { revokePersonalAccessToken(input: {id: %q}) { personalAccessToken { id } } }`, key),
				`mutation { inviteMember(input: {email: "x@acme.example"}) { profile { id } } }`,
				fmt.Sprintf(`mutation { updateMember(input: {id: %q, role: ADMIN}) { profile { id } } }`, other),
				fmt.Sprintf(`mutation { removeMember(input: {id: %q}) { deletedId } }`, other),
				fmt.Sprintf(`mutation { switchOrganization(input: {organizationId: %q}) { accessToken } }`, p.Acme.ID),
				`mutation { createOrganization(input: {name: "x"}) { organization { id } } }`,
			} {
				client.Refused(t, "FORBIDDEN", operation, nil)
			}
		}
	})
	t.Run("its owner and an admin revoke it, nobody else finds it", func(t *testing.T) {
		t.Parallel()
		foreign, _ := p.session(t, p.Globex.Admin.Email, p.Globex)
		for name, tt := range map[string]struct {
			by   *apitest.Client
			code string
		}{"its owner": {member, ""}, "an admin": {boss, ""}, "another member": {second, "NOT_FOUND"}, "another's admin": {foreign, "NOT_FOUND"}} {
			client, key := limited(t, member)
			client.Do(t, "{ leads { totalCount } }", nil)
			for range 2 { // revoking it again changes nothing
				if r := tt.by.Send(t, revoke, map[string]any{"id": key}); r.Code() != tt.code {
					t.Errorf("%s: %s", name, r.Body)
				}
			}
			if r := client.Send(t, "{ leads { totalCount } }", nil); (r.Code() == "") != (tt.code != "") {
				t.Errorf("revoked by %s: %s", name, r.Body)
			}
		}
	})
	t.Run("members list their own, admins all", func(t *testing.T) {
		t.Parallel()
		_, key := limited(t, second)
		for _, tt := range []struct {
			name, query string
			by          *apitest.Client
			listed      bool
		}{
			{"its owner", "{ personalAccessTokens(first: 100) { nodes { id } } }", second, true},
			{"another member", "{ personalAccessTokens(first: 100) { nodes { id } } }", member, false},
			{"an admin, of their own", "{ personalAccessTokens(first: 100) { nodes { id } } }", boss, false},
			{"an admin", "{ personalAccessTokens(all: true, first: 100) { nodes { id } } }", boss, true},
		} {
			if r := tt.by.Do(t, tt.query, nil); strings.Contains(r.Body, key) != tt.listed {
				t.Errorf("%s: %s", tt.name, r.Body)
			}
		}
		member.Refused(t, "FORBIDDEN", "{ personalAccessTokens(all: true) { totalCount } }", nil)
	})
}
