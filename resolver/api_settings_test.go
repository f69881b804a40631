package resolver_test

import (
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestApiSettings(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.SignedIn(t, env.Acme, env.Acme.Admin), env.Acme.Member
	tag := admin.Create(t, "Tag", apitest.Input{"name": "Web"})
	r := admin.Do(t, `mutation($in: CreateApiSettingsInput!) { createApiSettings(input: $in) { secret apiSettings { id prefix } } }`, map[string]any{"in": apitest.Input{
		"title": "Home page", "website": "https://acme.example", "leadAssignedToIds": []any{member.ProfileID.String()}, "tagIds": []any{tag}}})
	id, secret := r.Text(t, "createApiSettings.apiSettings.id"), r.Text(t, "createApiSettings.secret")
	const all = "title website leadAssignedTo { user { name } } tags { name } version"
	if got := admin.Read(t, "ApiSettings", id, all); got != `{"title":"Home page","website":"https://acme.example","leadAssignedTo":[{"user":{"name":"member"}}],"tags":[{"name":"Web"}],"version":1}` {
		t.Errorf("got %s", got)
	}
	admin.Update(t, "ApiSettings", id, apitest.Input{"title": "Shop", "website": nil, "leadAssignedToIds": []any{}})
	if got := admin.Read(t, "ApiSettings", id, all); got != `{"title":"Shop","website":null,"leadAssignedTo":[],"tags":[{"name":"Web"}],"version":2}` {
		t.Errorf("changed: %s", got)
	}
	rotated := admin.Do(t, `mutation($id: ID!) { rotateApiSettings(input: {id: $id}) { secret apiSettings { version } } }`, map[string]any{"id": id})
	if fresh := rotated.Text(t, "rotateApiSettings.secret"); fresh == secret || fresh == "" {
		t.Error("the key is the same")
	}
	t.Run("a key is stored nowhere", func(t *testing.T) {
		for _, row := range env.Dump(t, env.Acme) {
			if strings.Contains(row, secret) {
				t.Error(row)
			}
		}
	})
	t.Run("members and other organizations see and do nothing", func(t *testing.T) {
		for who, c := range map[string]*apitest.Client{"a member": env.SignedIn(t, env.Acme, member), "another admin": env.SignedIn(t, env.Globex, env.Globex.Admin)} {
			if got := string(c.Do(t, `query($id: ID!) { apiSettings(id: $id) { id } node(id: $id) { id } apiSettingsList { totalCount } }`, map[string]any{"id": id}).Data); got !=
				`{"apiSettings":null,"node":null,"apiSettingsList":{"totalCount":0}}` {
				t.Errorf("%s sees %s", who, got)
			}
			for _, text := range []string{"updateApiSettings(input: {id: $id, title: \"x\"}) { apiSettings { id } }", "rotateApiSettings(input: {id: $id}) { secret }", "deleteApiSettings(input: {id: $id}) { deletedId }"} {
				if got := c.Send(t, "mutation($id: ID!) { "+text+" }", map[string]any{"id": id}).Code(); got != "NOT_FOUND" && got != "FORBIDDEN" {
					t.Errorf("%s: %s is %q", who, text, got)
				}
			}
		}
		env.SignedIn(t, env.Acme, member).Refused(t, "FORBIDDEN", `mutation { createApiSettings(input: {title: "x"}) { secret } }`, nil)
		env.Acme.Admin.Refused(t, "FORBIDDEN", `mutation { createApiSettings(input: {title: "x"}) { secret } }`, nil) // by a personal access token
		env.Acme.Admin.Refused(t, "FORBIDDEN", `mutation($id: ID!) { rotateApiSettings(input: {id: $id}) { secret } }`, map[string]any{"id": id})
	})
	if got := admin.TryDelete(t, "ApiSettings", id).Refusal(); got != "" {
		t.Error(got)
	}
	if left := env.Above(t, "SELECT count(*) FROM portal_access_token")[0]; left != "0" {
		t.Errorf("%s keys are left", left)
	}
}
