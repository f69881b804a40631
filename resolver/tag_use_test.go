package resolver_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

const usesOfAll = "uses { accounts contacts leads opportunities cases tasks total }"

func TestTagUsesAreThoseOfWhatIsVisible(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	tag, other := admin.Create(t, "Tag", nil), admin.Create(t, "Tag", nil)
	team := admin.Create(t, "Team", apitest.Input{"memberIds": []any{member.ProfileID.String()}})
	for kind := range commentable {
		admin.Create(t, kind, apitest.Input{"tagIds": []any{tag, other}})
		member.Create(t, kind, apitest.Input{"tagIds": []any{tag}, "teamIds": []any{team},
			"assignedToIds": []any{member.ProfileID.String(), env.Acme.Second.ProfileID.String()}})
	}
	archived := admin.Create(t, "Lead", apitest.Input{"tagIds": []any{tag}, "assignedToIds": []any{member.ProfileID.String()}})
	admin.Update(t, "Lead", archived, apitest.Input{"isActive": false})
	uses := func(each, leads, total int) string {
		return fmt.Sprintf(`{"uses":{"accounts":%[1]d,"contacts":%[1]d,"leads":%[2]d,"opportunities":%[1]d,"cases":%[1]d,"tasks":%[1]d,"total":%[3]d}}`, each, leads, total)
	}
	for _, row := range []struct {
		caller     *apitest.Client
		tag, other string
	}{{admin, uses(2, 3, 13), uses(1, 1, 6)}, {member, uses(1, 2, 7), uses(0, 0, 0)}, {env.Acme.Second, uses(1, 1, 6), uses(0, 0, 0)}} {
		for key, want := range map[string]string{tag: row.tag, other: row.other} {
			if got := row.caller.Read(t, "Tag", key, usesOfAll); got != want {
				t.Errorf("%s: got %s, want %s", row.caller.Email, got, want)
			}
		}
		// A list's filter by the tag finds as many.
		if got, want := len(row.caller.List(t, fmt.Sprintf("accounts(filter: {tagIds: [%q]})", tag), "id")), strings.Contains(row.tag, `"accounts":2`); (got == 2) != want {
			t.Errorf("%s lists %d accounts", row.caller.Email, got)
		}
	}
	t.Run("a token needs the scopes of what is counted", func(t *testing.T) {
		limited := env.Limited(t, env.Acme, admin, "tags:read", "leads:read")
		if r := limited.Send(t, "{ tags { nodes { "+usesOfAll+" } } }", nil); r.Code() != "FORBIDDEN" {
			t.Errorf("got %s", r.Body)
		}
	})
}

func TestArchivingAndRestoringTags(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	tag := admin.Create(t, "Tag", nil)
	for _, row := range []struct {
		caller  *apitest.Client
		verb    string
		input   apitest.Input
		refusal string
		after   string
	}{
		{env.Acme.Member, "archive", nil, "FORBIDDEN", `{"isActive":true,"version":1}`},
		{env.Globex.Admin, "archive", nil, "NOT_FOUND", `{"isActive":true,"version":1}`},
		{admin, "restore", nil, "CONFLICT", `{"isActive":true,"version":1}`},
		{admin, "archive", apitest.Input{"version": 7}, "STALE_VERSION", `{"isActive":true,"version":1}`},
		{admin, "archive", apitest.Input{"version": 1}, "", `{"isActive":false,"version":2}`},
		{admin, "archive", nil, "CONFLICT", `{"isActive":false,"version":2}`},
		{env.Acme.Member, "restore", nil, "FORBIDDEN", `{"isActive":false,"version":2}`},
		{admin, "restore", nil, "", `{"isActive":true,"version":3}`},
	} {
		input := apitest.Input{"id": tag}
		maps.Copy(input, row.input)
		if got := row.caller.Try(t, row.verb, "Tag", input).Refusal(); got != row.refusal {
			t.Errorf("%s %s by %s: %q, want %q", row.verb, row.input, row.caller.Email, got, row.refusal)
		}
		if got := admin.Read(t, "Tag", tag, "isActive version"); got != row.after {
			t.Errorf("after %s by %s: %s", row.verb, row.caller.Email, got)
		}
	}
	t.Run("of several who archive it at once one does", func(t *testing.T) {
		if got := atOnce(4, func() string { return admin.Try(t, "archive", "Tag", apitest.Input{"id": tag}).Code() }); !slices.Equal(got, []string{"", "CONFLICT", "CONFLICT", "CONFLICT"}) {
			t.Errorf("got %v", got)
		}
	})
	t.Run("of several who make an archived one anew at once one does", func(t *testing.T) {
		name := admin.Do(t, "query($id: ID!) { tag(id: $id) { name } }", map[string]any{"id": tag}).Text(t, "tag.name")
		if got := atOnce(4, func() string { return admin.Try(t, "create", "Tag", apitest.Input{"name": name}).Refusal() }); !slices.Equal(got, []string{"", "CONFLICT name", "CONFLICT name", "CONFLICT name"}) {
			t.Errorf("got %v", got)
		}
	})
}

const mergeTags = `mutation($source: ID!, $target: ID!) { mergeTags(input: {sourceTagId: $source, targetTagId: $target}) {
	moved tag { id isActive ` + usesOfAll + ` } archivedTag { id isActive ` + usesOfAll + ` } } }`

func tryMerge(t *testing.T, c *apitest.Client, source, target string) *apitest.Response {
	t.Helper()
	return c.Send(t, mergeTags, map[string]any{"source": source, "target": target})
}

func TestMergingTags(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	source, target, third := admin.Create(t, "Tag", nil), admin.Create(t, "Tag", nil), admin.Create(t, "Tag", nil)
	records := map[string]string{}
	for kind := range commentable {
		records[kind] = member.Create(t, kind, apitest.Input{"tagIds": []any{source}})
		admin.Create(t, kind, apitest.Input{"tagIds": []any{source, target}})
		admin.Create(t, kind, apitest.Input{"tagIds": []any{third}})
	}
	form := env.Above(t, `INSERT INTO "apiSettings" (org_id, id, title, apikey_hash, apikey_prefix) VALUES ($1, gen_random_uuid(), 'x', 'x', 'x') RETURNING id::text`, [16]byte(env.Acme.ID))[0]
	env.Above(t, `INSERT INTO "apiSettings_tags" (org_id, api_settings_id, tag_id) VALUES ($1, $2::text::uuid, $3::text::uuid)`, [16]byte(env.Acme.ID), form, source)

	archived := admin.Create(t, "Tag", nil)
	admin.Try(t, "archive", "Tag", apitest.Input{"id": archived})
	for _, row := range []struct {
		fact           string
		caller         *apitest.Client
		source, target string
		refusal        string
	}{
		{"a member may not", member, source, target, "FORBIDDEN"},
		{"not into itself", admin, source, source, "INVALID targetTagId"},
		{"not into an archived one", admin, source, archived, "CONFLICT targetTagId"},
		{"not what is archived and on nothing", admin, archived, target, "CONFLICT sourceTagId"},
		{"not from nothing", admin, nobody, target, "INVALID sourceTagId"},
		{"not into nothing", admin, source, nobody, "INVALID targetTagId"},
		{"not another organization's", env.Globex.Admin, source, target, "INVALID sourceTagId targetTagId"},
	} {
		if got := tryMerge(t, row.caller, row.source, row.target).Refusal(); got != row.refusal {
			t.Errorf("%s: %q", row.fact, got)
		}
	}

	r := tryMerge(t, admin, source, target)
	want := `{"mergeTags":{"moved":13,"tag":{"id":"` + target + `","isActive":true,"uses":{"accounts":2,"contacts":2,"leads":2,"opportunities":2,"cases":2,"tasks":2,"total":12}},` +
		`"archivedTag":{"id":"` + source + `","isActive":false,"uses":{"accounts":0,"contacts":0,"leads":0,"opportunities":0,"cases":0,"tasks":0,"total":0}}}}`
	if string(r.Data) != want {
		t.Errorf("got  %s\nwant %s", r.Body, want)
	}
	for kind, key := range records {
		if got := member.Read(t, kind, key, "version tags { id }"); got != `{"version":1,"tags":[{"id":"`+target+`"}]}` {
			t.Errorf("%s: %s", kind, got)
		}
	}
	if got := env.Above(t, `SELECT tag_id::text FROM "apiSettings_tags"`); !slices.Equal(got, []string{target}) {
		t.Errorf("the settings have %v", got)
	}
	t.Run("what is left of an archived one moves as well", func(t *testing.T) {
		admin.Try(t, "archive", "Tag", apitest.Input{"id": third})
		if r := tryMerge(t, admin, third, target); r.Refusal() != "" || r.Get(t, "mergeTags.moved") != 6.0 {
			t.Errorf("got %s", r.Body)
		}
	})
}

func TestMergesOfTagsMeet(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	tags := func() (a, b, c string) {
		return admin.Create(t, "Tag", nil), admin.Create(t, "Tag", nil), admin.Create(t, "Tag", nil)
	}
	merge := func(source, target string) func() *apitest.Response {
		return func() *apitest.Response { return tryMerge(t, admin, source, target) }
	}
	for round := range 5 {
		a, b, c := tags()
		lead := admin.Create(t, "Lead", apitest.Input{"tagIds": []any{a}})
		if got := race(merge(a, b), merge(a, c)); !slices.Equal(got, []string{"", "CONFLICT sourceTagId"}) {
			t.Errorf("round %d, one tag into two: %v", round, got)
		}
		if got := admin.Read(t, "Lead", lead, "tags { isActive }"); got != `{"tags":[{"isActive":true}]}` {
			t.Errorf("round %d: the lead has %s", round, got)
		}
		a, b, _ = tags()
		admin.Create(t, "Lead", apitest.Input{"tagIds": []any{a, b}})
		if got := race(merge(a, b), merge(b, a)); !slices.Equal(got, []string{"", "CONFLICT targetTagId"}) {
			t.Errorf("round %d, two tags into each other: %v", round, got)
		}
	}
	t.Run("with those who put the tags on records and take them off", func(t *testing.T) {
		for round := range 5 {
			a, b, c := tags()
			var leads []string
			for range 4 {
				leads = append(leads, admin.Create(t, "Lead", apitest.Input{"tagIds": []any{a, c}}))
			}
			var group sync.WaitGroup
			answers := make([]string, len(leads))
			for i, lead := range leads {
				group.Go(func() {
					wanted := [][]any{{a, b}, {c}, {b}, {a, b, c}}[i]
					answers[i] = admin.TryUpdate(t, "Lead", lead, apitest.Input{"tagIds": wanted}).Refusal()
				})
			}
			fresh := make(chan string, 1)
			group.Go(func() {
				fresh <- admin.Try(t, "create", "Lead", apitest.Input{"title": "x", "tagIds": []any{a}}).Refusal()
			})
			if got := tryMerge(t, admin, a, b).Refusal(); got != "" {
				t.Errorf("round %d: the merge is refused: %s", round, got)
			}
			group.Wait()
			for _, answer := range slices.Concat(answers, []string{<-fresh}) {
				if answer != "" && answer != "INVALID tagIds" { // the tag was archived before they came
					t.Errorf("round %d: %s", round, answer)
				}
			}
			if left := admin.List(t, fmt.Sprintf("leads(filter: {tagIds: [%q]})", a), "id"); len(left) > 0 {
				t.Errorf("round %d: the archived tag is on %v", round, left)
			}
		}
	})
}
