package webform_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(m)) }

// site makes a site of Acme and gives its id and key.
func site(t *testing.T, env *apitest.Env, said apitest.Input) (id, key string) {
	t.Helper()
	input := apitest.Input{"title": "Home page"}
	maps.Copy(input, said)
	r := env.SignedIn(t, env.Acme, env.Acme.Admin).Do(t, `mutation($in: CreateApiSettingsInput!) { createApiSettings(input: $in) { secret apiSettings { id prefix } } }`, map[string]any{"in": input})
	key = r.Text(t, "createApiSettings.secret")
	if prefix := r.Text(t, "createApiSettings.apiSettings.prefix"); prefix == "" || !strings.HasPrefix(key, prefix) || len(key) < len(prefix)+32 {
		t.Fatalf("the key begins with %q", prefix)
	}
	return r.Text(t, "createApiSettings.apiSettings.id"), key
}

type reply struct {
	status int
	body   string
	header http.Header
}

func send(t *testing.T, env *apitest.Env, method, media, body, origin string) reply {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(env.URL, "/graphql")+"/leads/capture", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", media)
	if origin != "" {
		r.Header.Set("Origin", origin)
	}
	answer, text := apitest.Answer(t, r)
	return reply{answer.StatusCode, strings.TrimSpace(text), answer.Header}
}

func post(t *testing.T, env *apitest.Env, fields map[string]any) reply {
	t.Helper()
	body, err := json.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	return send(t, env, http.MethodPost, "application/json", string(body), "")
}

const (
	taken   = `{"ok":true}`
	refused = `{"ok":false,"errors":[{"code":"FORBIDDEN","message":"the key is not valid here"}]}`
)

func TestAFormMakesALead(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	tag, archived := admin.Create(t, "Tag", apitest.Input{"name": "Web"}), admin.Create(t, "Tag", apitest.Input{"name": "Old"})
	gone := env.User(t, env.Acme, "gone")
	_, key := site(t, env, apitest.Input{"leadAssignedToIds": []any{member.ProfileID.String(), gone.ProfileID.String()}, "tagIds": []any{tag, archived}})
	admin.Update(t, "Tag", archived, apitest.Input{"isActive": false})
	env.Suspend(t, gone)
	admin.Create(t, "CustomFieldDefinition", apitest.Input{"key": "seats", "fieldType": "NUMBER", "target": "LEAD"})

	full := map[string]any{"key": key, "title": " Paper ", "firstName": "Ann", "lastName": "Lee", "companyName": "Dunder", "email": "Ann@dunder.example",
		"phone": "+1 570 555 0100", "message": "Please call.", "customFields": map[string]any{"seats": 5}, "submit": "Send"}
	if got := post(t, env, full); got.status != 200 || got.body != taken {
		t.Fatal(got)
	}
	const all = `{ leads { nodes { title firstName lastName companyName email phone description source status customFields createdBy { id } assignedTo { id } tags { name } activities { nodes { action actor { id } } } } } }`
	want := `{"leads":{"nodes":[{"title":"Paper","firstName":"Ann","lastName":"Lee","companyName":"Dunder","email":"Ann@dunder.example","phone":"+1 570 555 0100",` +
		`"description":"Please call.","source":"OTHER","status":"ASSIGNED","customFields":{"seats":5},"createdBy":null,"assignedTo":[{"id":"` + member.ProfileID.String() + `"}],` +
		`"tags":[{"name":"Web"}],"activities":{"nodes":[`
	if got := string(member.Do(t, all, nil).Data); !strings.HasPrefix(got, want) || !strings.Contains(got, `{"action":"CREATE","actor":null}`) {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(member.Do(t, "{ notifications { nodes { verb actor { id } entityName } } }", nil).Data); got != `{"notifications":{"nodes":[{"verb":"ASSIGNED","actor":null,"entityName":"Paper"}]}}` {
		t.Errorf("the assignee was told %s", got)
	}

	form := url.Values{"key": {key}, "email": {"bob@dunder.example"}, "customFields.seats": {"7"}, "message": {"a & b"}}
	if got := send(t, env, http.MethodPost, "application/x-www-form-urlencoded", form.Encode(), ""); got.status != 200 || got.body != taken {
		t.Fatal(got)
	}
	if got := string(member.Do(t, `{ leads(first: 1) { nodes { title email description customFields } } }`, nil).Data); got !=
		`{"leads":{"nodes":[{"title":"Home page","email":"bob@dunder.example","description":"a & b","customFields":{"seats":7}}]}}` {
		t.Errorf("of a plain form: %s", got)
	}
}

func TestAKnownPersonGetsAComment(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	_, key := site(t, env, nil)
	lead := env.Acme.Admin.Create(t, "Lead", apitest.Input{"title": "Known", "email": "ann@dunder.example"})
	first := post(t, env, map[string]any{"key": key, "email": "new@dunder.example"})
	again := post(t, env, map[string]any{"key": key, "email": "ANN@dunder.example", "firstName": "Ann", "message": "Me again."})
	if first.status != 200 || again.status != first.status || again.body != first.body {
		t.Errorf("they can be told apart: %v and %v", first, again)
	}
	if got := env.Acme.Admin.Read(t, "Lead", lead, "firstName comments { nodes { comment isInternal authorName } }"); got !=
		`{"firstName":null,"comments":{"nodes":[{"comment":"Wrote again through the form of Home page.\nFirst name: Ann\n\nMe again.","isInternal":true,"authorName":"Web form"}]}}` {
		t.Errorf("got %s", got)
	}
	t.Run("of many at once one makes the lead", func(t *testing.T) {
		_, other := site(t, env, nil)
		var wait sync.WaitGroup
		for i := range 6 {
			wait.Go(func() {
				with := []string{key, other}[i%2]
				if got := post(t, env, map[string]any{"key": with, "email": "race@dunder.example"}); got.status != 200 {
					t.Error(got)
				}
			})
		}
		wait.Wait()
		if got := env.Above(t, "SELECT count(*) || ' ' || (SELECT count(*) FROM comment WHERE entity_id IN (SELECT id FROM lead WHERE email = 'race@dunder.example')) FROM lead WHERE email = 'race@dunder.example'")[0]; got != "1 5" {
			t.Errorf("leads and comments: %s", got)
		}
	})
}

func TestWhoMayPost(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.SignedIn(t, env.Acme, env.Acme.Admin)
	id, key := site(t, env, apitest.Input{"website": "https://www.acme.example/contact"})
	by := func(key, origin string) reply {
		return send(t, env, http.MethodPost, "application/json", fmt.Sprintf(`{"key": %q, "title": "x"}`, key), origin)
	}
	for _, row := range []struct{ what, key, origin string }{
		{"an unknown key", "bcrm_site_unknown", ""},
		{"no key", "", ""},
		{"a member's token", env.Acme.Member.Token, ""},
		{"another site", key, "https://evil.example"},
		{"another scheme", key, "http://www.acme.example"},
		{"a page of no origin", key, "null"},
	} {
		if got := by(row.key, row.origin); got.status != 403 || got.body != refused || got.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", row.what, got)
		}
	}
	if got := by(key, "https://www.acme.example"); got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != "https://www.acme.example" {
		t.Errorf("the site's own page: %v", got)
	}
	if got := by(key, ""); got.status != 200 {
		t.Errorf("a program: %v", got)
	}
	if got := send(t, env, http.MethodOptions, "", "", "https://www.acme.example"); got.status != 204 || got.header.Get("Access-Control-Allow-Methods") != "POST" {
		t.Errorf("a preflight: %v", got)
	}
	r := admin.Do(t, `mutation($id: ID!) { rotateApiSettings(input: {id: $id}) { secret } }`, map[string]any{"id": id})
	if old, fresh := by(key, ""), by(r.Text(t, "rotateApiSettings.secret"), ""); old.body != refused || fresh.body != taken {
		t.Errorf("rotated: %v and %v", old, fresh)
	}
	key = r.Text(t, "rotateApiSettings.secret")
	env.Above(t, "UPDATE organization SET is_active = false WHERE name = 'Acme' RETURNING name::text")
	if got := by(key, ""); got.status != 403 || got.body != refused {
		t.Errorf("of a deactivated organization: %v", got)
	}
	env.Above(t, "UPDATE organization SET is_active = true WHERE name = 'Acme' RETURNING name::text")
	admin.Do(t, `mutation($id: ID!) { deleteApiSettings(input: {id: $id}) { deletedId } }`, map[string]any{"id": id})
	if got := by(key, ""); got.body != refused {
		t.Errorf("deleted: %v", got)
	}
	if got := env.Above(t, "SELECT string_agg(DISTINCT event_type || (org_id IS NOT NULL)::text, ' ' ORDER BY event_type || (org_id IS NOT NULL)::text) FROM security_audit_log WHERE event_type LIKE 'API_KEY%'")[0]; got != "API_KEY_INVALIDtrue API_KEY_USEDtrue" {
		t.Errorf("the ledger has %s", got)
	}
}

func TestWhatAFormMaySay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	_, key := site(t, env, nil)
	for _, row := range []struct {
		fields map[string]any
		want   string // fields
	}{
		{map[string]any{"email": "x", "phone": "1", "title": 5}, "title email phone"},
		{map[string]any{"title": strings.Repeat("x", 256)}, "title"},
		{map[string]any{"customFields": 5}, "customFields"},
		{map[string]any{"customFields": map[string]any{"nothing": 1}}, "customFields.nothing"},
		{map[string]any{"message": "a\x00b"}, "message"},
	} {
		row.fields["key"] = key
		got := post(t, env, row.fields)
		var told struct {
			Errors []struct{ Code, Field string }
		}
		if err := json.Unmarshal([]byte(got.body), &told); err != nil {
			t.Fatal(err)
		}
		var fields []string
		for _, e := range told.Errors {
			fields = append(fields, e.Field)
		}
		if got.status != 422 || strings.Join(fields, " ") != row.want {
			t.Errorf("%v: %v", row.fields, got)
		}
	}
	for what, row := range map[string]struct {
		method, media, body string
		want                int
	}{
		"too much":         {http.MethodPost, "application/json", `{"title": "` + strings.Repeat("x", 16<<10) + `"}`, 413},
		"too much a form":  {http.MethodPost, "application/x-www-form-urlencoded", "title=" + strings.Repeat("x", 16<<10), 413},
		"neither":          {http.MethodPost, "text/plain", `{}`, 415},
		"no JSON":          {http.MethodPost, "application/json", `{`, 422},
		"a list":           {http.MethodPost, "application/json", `[]`, 422},
		"a form by GET":    {http.MethodGet, "", "", 405},
		"a form by DELETE": {http.MethodDelete, "", "", 405},
	} {
		if got := send(t, env, row.method, row.media, row.body, ""); got.status != row.want {
			t.Errorf("%s: %v", what, got)
		}
	}
	if n := len(env.Acme.Admin.List(t, "leads", "id")); n != 0 {
		t.Errorf("%d leads", n)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	_, key := site(t, env, nil)
	codes := map[int]int{}
	var mu sync.Mutex
	var wait sync.WaitGroup
	for i := range 14 {
		wait.Go(func() {
			got := post(t, env, map[string]any{"key": key, "title": fmt.Sprint(i)})
			mu.Lock()
			defer mu.Unlock()
			codes[got.status]++
		})
	}
	wait.Wait()
	if codes[200] != 10 || codes[429] != 4 {
		t.Errorf("of one address: %v", codes)
	}
	env.Above(t, "UPDATE lead_capture SET ip_address = '192.0.2.1' RETURNING id::text")
	if got := post(t, env, map[string]any{"key": key, "title": "x"}); got.status != 200 {
		t.Errorf("of another address: %v", got)
	}
	env.Above(t, `INSERT INTO lead_capture (org_id, id, api_settings_id) SELECT org_id, gen_random_uuid(), id FROM "apiSettings", generate_series(1, 200) RETURNING id::text`)
	if got := post(t, env, map[string]any{"key": key, "title": "x"}); got.status != 429 {
		t.Errorf("of one site: %v", got)
	}
	env.Above(t, "UPDATE lead_capture SET created_at = created_at - interval '61 minutes' RETURNING id::text")
	if got := post(t, env, map[string]any{"key": key, "title": "x"}); got.status != 200 {
		t.Errorf("an hour later: %v", got)
	}
}
