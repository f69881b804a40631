package resolver_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

const (
	inviteMember = "mutation($in: InviteMemberInput!) { inviteMember(input: $in) { profile { id role isActive user { name email } } } }"
	updateMember = "mutation($in: UpdateMemberInput!) { updateMember(input: $in) { profile { id role isActive } } }"
	removeMember = "mutation($id: ID!) { removeMember(input: {id: $id}) { deletedId } }"
	updateMine   = "mutation($in: UpdateMyProfileInput!) { updateMyProfile(input: $in) { profile { phone alternatePhone dateOfJoining user { name } } } }"
)

func TestInviteMember(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	boss, _ := p.session(t, p.Acme.Admin.Email, p.Acme)
	member, _ := p.session(t, p.Acme.Member.Email, p.Acme)
	in := func(email, more string) map[string]any {
		input := map[string]any{"email": email}
		if more != "" {
			input["name"] = more
		}
		return map[string]any{"in": input}
	}

	t.Run("a new person is added and told", func(t *testing.T) {
		t.Parallel()
		r := boss.Do(t, inviteMember, in("Pam.New@Acme.example", "Pam"))
		if r.Text(t, "inviteMember.profile.user.name") != "Pam" || r.Text(t, "inviteMember.profile.user.email") != "pam.new@acme.example" ||
			r.Text(t, "inviteMember.profile.role") != "USER" || r.Get(t, "inviteMember.profile.isActive") != true {
			t.Error(r.Body)
		}
		if n := len(p.mails("Pam.New@Acme.example")); n != 1 {
			t.Errorf("%d mails", n)
		}
		client, _ := p.session(t, "pam.new@acme.example", p.Acme)
		client.Do(t, "{ leads { totalCount } }", nil)
	})
	t.Run("without a name it is the address's", func(t *testing.T) {
		t.Parallel()
		if r := boss.Do(t, inviteMember, in("jim@acme.example", "")); r.Text(t, "inviteMember.profile.user.name") != "jim" {
			t.Error(r.Body)
		}
	})
	t.Run("a known person keeps their name and their other organization", func(t *testing.T) {
		t.Parallel()
		client, _ := p.session(t, p.Globex.Member.Email, p.Globex)
		r := boss.Do(t, inviteMember, in(p.Globex.Member.Email, "Taken Over"))
		if r.Text(t, "inviteMember.profile.user.name") != "member" {
			t.Error(r.Body)
		}
		const viewer = "{ viewer { user { name } organization { name } memberships { organizationName } } }"
		if r := client.Do(t, viewer, nil); string(r.Data) !=
			`{"viewer":{"user":{"name":"member"},"organization":{"name":"Globex"},"memberships":[{"organizationName":"Acme"},{"organizationName":"Globex"}]}}` {
			t.Error(r.Body)
		}
	})
	t.Run("a member cannot be added again, in whichever spelling", func(t *testing.T) {
		t.Parallel()
		for _, email := range []string{p.Acme.Second.Email, strings.ToUpper(p.Acme.Second.Email)} {
			if r := boss.Refused(t, "CONFLICT", inviteMember, in(email, "")); r.Fields()[0] != "email" || len(p.mails(email)) > 0 {
				t.Error(r.Body)
			}
		}
	})
	t.Run("of two invitations at the same time one succeeds", func(t *testing.T) {
		t.Parallel()
		codes := atOnce(4, func() string { return boss.Send(t, inviteMember, in("raced@acme.example", "")).Code() })
		if !slices.Equal(codes, []string{"", "CONFLICT", "CONFLICT", "CONFLICT"}) {
			t.Errorf("answers %q", codes)
		}
	})
	t.Run("an invitation that is undone is told to nobody", func(t *testing.T) {
		t.Parallel()
		boss.Refused(t, "INVALID", `mutation { inviteMember(input: {email: "undone@acme.example"}) { profile { id } }
			createLead(input: {title: " "}) { lead { id } } }`, nil)
		if n := len(p.mails("undone@acme.example")); n > 0 {
			t.Errorf("%d mails", n)
		}
		if n := p.above(t, "SELECT count(*)::text FROM users WHERE email = 'undone@acme.example'"); n != "0" {
			t.Error("the person is stored")
		}
	})
	t.Run("a member cannot invite", func(t *testing.T) {
		t.Parallel()
		member.Refused(t, "FORBIDDEN", inviteMember, in("friend@acme.example", ""))
		if len(p.mails("friend@acme.example")) > 0 {
			t.Error("told all the same")
		}
	})
}

func TestManageMembers(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	boss, _ := p.session(t, p.Acme.Admin.Email, p.Acme)
	user, _ := p.session(t, p.Acme.Member.Email, p.Acme)
	self, member, foreign := p.Acme.Admin.ProfileID.String(), p.Acme.Member.ProfileID.String(), p.Globex.Member.ProfileID.String()

	for _, tt := range []struct {
		name     string
		caller   *apitest.Client
		mutation string
		id       string
		role     string
		code     string
	}{
		{"a member cannot change a member", user, updateMember, self, "USER", "FORBIDDEN"},
		{"a member cannot make themselves an admin", user, updateMember, member, "ADMIN", "FORBIDDEN"},
		{"a member cannot remove a member", user, removeMember, self, "", "FORBIDDEN"},
		{"an admin cannot change their own role", boss, updateMember, self, "USER", "FORBIDDEN"},
		{"an admin cannot remove themselves", boss, removeMember, self, "", "FORBIDDEN"},
		{"an admin finds nobody of another organization to change", boss, updateMember, foreign, "ADMIN", "NOT_FOUND"},
		{"an admin finds nobody of another organization to remove", boss, removeMember, foreign, "", "NOT_FOUND"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			variables := map[string]any{"id": tt.id, "in": map[string]any{"id": tt.id, "role": tt.role}}
			tt.caller.Refused(t, tt.code, tt.mutation, variables)
		})
	}
	t.Run("an admin promotes, demotes, suspends and restores", func(t *testing.T) {
		t.Parallel()
		other := p.Join(t, "Acme", "other@acme.example", model.RoleUser)
		for _, step := range []struct {
			input map[string]any
			code  string // of what the member asks next
		}{
			{map[string]any{"role": "ADMIN"}, ""},
			{map[string]any{"role": "USER"}, "FORBIDDEN"},
			{map[string]any{"isActive": false}, "UNAUTHENTICATED"},
			{map[string]any{"isActive": true, "role": "ADMIN", "hasSalesAccess": true}, ""},
		} {
			step.input["id"] = other.ProfileID.String()
			boss.Do(t, updateMember, map[string]any{"in": step.input})
			if r := other.Send(t, "{ securityAuditLogs { totalCount } }", nil); r.Code() != step.code {
				t.Errorf("after %v: %s", step.input, r.Body)
			}
		}
	})
	t.Run("null clears no role", func(t *testing.T) {
		t.Parallel()
		boss.Refused(t, "INVALID", updateMember, map[string]any{"in": map[string]any{"id": member, "role": nil}})
	})
}

func TestLastAdmin(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	// org makes an organization with two admins.
	org := func(t *testing.T, name string) (first, second *apitest.Client, keys [2]string) {
		t.Helper()
		key, err := p.Backend.CreateOrganization(t.Context(), name, "first@"+name+".example", "USD", "UTC")
		if err != nil {
			t.Fatal(err)
		}
		var clients [2]*apitest.Client
		for i, person := range []string{"first", "second"} {
			joined := p.Join(t, name, person+"@"+name+".example", model.RoleAdmin)
			clients[i], _ = p.session(t, strings.ToLower(joined.Email), &apitest.Org{ID: key})
			keys[i] = joined.ProfileID.String()
		}
		return clients[0], clients[1], keys
	}
	change := func(id string, more map[string]any) map[string]any {
		more["id"] = id
		return map[string]any{"in": more, "id": id}
	}
	t.Run("the last active admin stays one", func(t *testing.T) {
		t.Parallel()
		first, second, keys := org(t, "Lastly")
		first.Do(t, updateMember, change(keys[1], map[string]any{"isActive": false}))
		// A suspended admin does not count.
		first.Refused(t, "CONFLICT", updateMember, change(keys[0], map[string]any{"isActive": false}))
		first.Do(t, updateMember, change(keys[1], map[string]any{"isActive": true}))
		// With a second one, the first may go.
		first.Do(t, updateMember, change(keys[0], map[string]any{"isActive": false}))
		second.Do(t, removeMember, change(keys[0], map[string]any{}))
		second.Refused(t, "CONFLICT", updateMember, change(keys[1], map[string]any{"isActive": false}))
	})
	for name, take := range map[string]struct {
		mutation string
		input    map[string]any
	}{
		"demoting": {updateMember, map[string]any{"role": "USER"}},
		"removing": {removeMember, map[string]any{}},
	} {
		t.Run("of two admins "+name+" each other at the same time one wins", func(t *testing.T) {
			t.Parallel()
			for round := range 3 {
				first, second, keys := org(t, fmt.Sprintf("Duel-%s-%d", name, round))
				codes := racing(2, func(i int) string {
					by := []*apitest.Client{first, second}[i]
					return by.Send(t, take.mutation, change(keys[1-i], maps.Clone(take.input))).Code()
				})
				if codes[0] != "" || (codes[1] != "FORBIDDEN" && codes[1] != "UNAUTHENTICATED" && codes[1] != "ORGANIZATION_REQUIRED") {
					t.Errorf("answers %q", codes) // the second is no admin any more, or no member
				}
				const admins = "SELECT count(*)::text FROM profile WHERE id = ANY($1::uuid[]) AND role = 'ADMIN' AND is_active"
				if n := p.above(t, admins, keys[:]); n != "1" {
					t.Errorf("%s admins are left", n)
				}
			}
		})
	}
}

func TestFormerMember(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	boss, _ := p.session(t, p.Acme.Admin.Email, p.Acme)
	lead := p.Acme.Member.Do(t, `mutation { createLead(input: {title: "Paper"}) { lead { id } } }`, nil).Text(t, "createLead.lead.id")
	comment := p.Acme.Member.Do(t, `mutation($id: ID!) { createComment(input: {entityType: LEAD, entityId: $id, comment: "Called."}) { comment { id } } }`,
		map[string]any{"id": lead}).Text(t, "createComment.comment.id")
	p.Acme.Member.Do(t, updateMine, map[string]any{"in": map[string]any{"phone": "+1 555 0100"}})

	boss.Do(t, removeMember, map[string]any{"id": p.Acme.Member.ProfileID.String()})

	r := boss.Do(t, "query($id: ID!, $p: ID!) { comment(id: $id) { comment authorName author { id } } profile(id: $p) { id } }",
		map[string]any{"id": comment, "p": p.Acme.Member.ProfileID.String()})
	if string(r.Data) != `{"comment":{"comment":"Called.","authorName":"member","author":null},"profile":null}` {
		t.Error(r.Body)
	}
	if r := boss.Do(t, "query($id: ID!) { lead(id: $id) { title } }", map[string]any{"id": lead}); r.Text(t, "lead.title") != "Paper" {
		t.Errorf("what they created: %s", r.Body)
	}
	p.Acme.Member.Refused(t, "UNAUTHENTICATED", "{ leads { totalCount } }", nil)
	boss.Do(t, inviteMember, map[string]any{"in": map[string]any{"email": p.Acme.Member.Email}}) // and they may come back
}

func TestMyProfile(t *testing.T) {
	t.Parallel()
	p := people{apitest.New(t)}
	mine := func(t *testing.T, c *apitest.Client, input map[string]any) *apitest.Response {
		t.Helper()
		return c.Send(t, updateMine, map[string]any{"in": input})
	}
	t.Run("a member changes their name and numbers, and what is left out stays", func(t *testing.T) {
		t.Parallel()
		c := p.Join(t, "Acme", "changing@acme.example", model.RoleUser)
		for _, step := range []struct {
			input map[string]any
			want  string
		}{
			{map[string]any{"name": strings.Repeat("é", 255), "phone": "+1 555 0001", "dateOfJoining": "2020-02-29"},
				`"phone":"+1 555 0001","alternatePhone":null,"dateOfJoining":"2020-02-29","user":{"name":"` + strings.Repeat("é", 255) + `"}`},
			{map[string]any{"name": " Ada "}, `"phone":"+1 555 0001","alternatePhone":null,"dateOfJoining":"2020-02-29","user":{"name":"Ada"}`},
			{map[string]any{"phone": nil, "alternatePhone": "5550002"}, `"phone":null,"alternatePhone":"5550002","dateOfJoining":"2020-02-29","user":{"name":"Ada"}`},
		} {
			if r := mine(t, c, step.input); string(r.Data) != `{"updateMyProfile":{"profile":{`+step.want+`}}}` {
				t.Errorf("%v: %s", step.input, r.Body)
			}
		}
	})
	for _, tt := range []struct {
		name  string
		input map[string]any
		field string
	}{
		{"no name", map[string]any{"name": nil}, "name"},
		{"a blank name", map[string]any{"name": " "}, "name"},
		{"an endless name", map[string]any{"name": strings.Repeat("x", 256)}, "name"},
		{"a number too long for its column", map[string]any{"phone": strings.Repeat("5", 21)}, "phone"},
	} {
		t.Run(tt.name+" is refused", func(t *testing.T) {
			t.Parallel()
			if r := mine(t, p.Acme.Second, tt.input); r.Code() != "INVALID" || r.Fields()[0] != tt.field {
				t.Error(r.Body)
			}
		})
	}
	t.Run("no role comes in this way", func(t *testing.T) {
		t.Parallel()
		for _, field := range []string{"role", "isActive", "hasSalesAccess", "userId"} {
			if r := mine(t, p.Acme.Second, map[string]any{field: "ADMIN"}); r.Code() != "INVALID" {
				t.Errorf("%s: %s", field, r.Body)
			}
		}
	})
	t.Run("a phone number is one member's, in each organization", func(t *testing.T) {
		t.Parallel()
		number := map[string]any{"phone": "+1 555 7777"}
		if r := mine(t, p.Globex.Admin, number); r.Code() != "" {
			t.Fatal(r.Body)
		}
		if r := mine(t, p.Acme.Admin, number); r.Code() != "" {
			t.Fatalf("Globex's number is refused in Acme: %s", r.Body)
		}
		if r := mine(t, p.Acme.Second, number); r.Code() != "CONFLICT" || r.Fields()[0] != "phone" {
			t.Error(r.Body)
		}
	})
	t.Run("numbers are shown to the member and to admins", func(t *testing.T) {
		t.Parallel()
		owner := p.Join(t, "Acme", "private@acme.example", model.RoleUser)
		if r := mine(t, owner, map[string]any{"phone": "5551234", "alternatePhone": "5551235", "dateOfJoining": "2020-01-01"}); r.Code() != "" {
			t.Fatal(r.Body)
		}
		const profile = "query($id: ID!) { profile(id: $id) { phone alternatePhone dateOfJoining } }"
		const shown, hidden = `{"profile":{"phone":"5551234","alternatePhone":"5551235","dateOfJoining":"2020-01-01"}}`, `{"profile":{"phone":null,"alternatePhone":null,"dateOfJoining":null}}`
		for name, tt := range map[string]struct {
			by   *apitest.Client
			want string
		}{"the member": {owner, shown}, "an admin": {p.Acme.Admin, shown}, "another member": {p.Acme.Second, hidden}, "another's admin": {p.Globex.Admin, `{"profile":null}`}} {
			if r := tt.by.Do(t, profile, map[string]any{"id": owner.ProfileID.String()}); string(r.Data) != tt.want {
				t.Errorf("%s: %s", name, r.Body)
			}
		}
	})
}

func TestMyAddress(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	member := env.Acme.Member
	const fields = "address { addressLine street city state postcode country }"
	set := func(address any) *apitest.Response {
		return member.Send(t, "mutation($in: UpdateMyProfileInput!) { updateMyProfile(input: $in) { profile { "+fields+" } } }", map[string]any{"in": map[string]any{"address": address}})
	}
	seen := func(c *apitest.Client) string { return c.Read(t, "Profile", member.ProfileID.String(), fields) }
	const none = `{"address":null}`
	if got := seen(member); got != none {
		t.Errorf("at first: %s", got)
	}
	for _, step := range []struct {
		address any
		want    string
	}{
		{map[string]any{"addressLine": "House 4", "street": "Am Markt 1", "city": "Hamburg", "state": "Hamburg", "postcode": "20095", "country": "DE"},
			`{"address":{"addressLine":"House 4","street":"Am Markt 1","city":"Hamburg","state":"Hamburg","postcode":"20095","country":"DE"}}`},
		{map[string]any{"city": "Berlin"}, `{"address":{"addressLine":null,"street":null,"city":"Berlin","state":null,"postcode":null,"country":null}}`},
	} {
		if r := set(step.address); r.Code() != "" || seen(member) != step.want || seen(env.Acme.Admin) != step.want {
			t.Errorf("%v: %s and then %s", step.address, r.Body, seen(member))
		}
	}
	if got := seen(env.Acme.Second); got != none {
		t.Errorf("a colleague sees %s", got)
	}
	if a, b := set(map[string]any{"street": strings.Repeat("x", 56)}).Refusal(), set(map[string]any{"country": "xx"}).Refusal(); a != "INVALID street" || b != "INVALID country" {
		t.Errorf("%q and %q", a, b)
	}
	if r := set(nil); r.Code() != "" || seen(member) != none {
		t.Errorf("removed: %s", r.Body)
	}
	if left := env.Above(t, "SELECT count(*) FROM address")[0]; left != "0" {
		t.Errorf("%s addresses are left", left)
	}
}
