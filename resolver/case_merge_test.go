package resolver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestMergingCases(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	id := func(kind string, said apitest.Input) string { return admin.Create(t, kind, said) }
	ann, ben := id("Contact", apitest.Input{"firstName": "Ann"}), id("Contact", apitest.Input{"firstName": "Ben"})
	red, blue := id("Tag", apitest.Input{"name": "red"}), id("Tag", apitest.Input{"name": "blue"})
	article := id("Solution", apitest.Input{"title": "Toner"})
	one := id("Case", apitest.Input{"name": "One", "status": "CLOSED", "closedOn": "2026-03-01", "contactIds": []any{ann, ben}, "tagIds": []any{red}})
	two := id("Case", apitest.Input{"name": "Two", "contactIds": []any{ben}, "tagIds": []any{blue}})
	for on, text := range map[string]string{one: "of one", two: "of two"} {
		id("Comment", apitest.Input{"entityType": "CASE", "entityId": on, "comment": text})
	}
	id("Task", apitest.Input{"title": "Call", "caseId": one})
	admin.Do(t, `mutation($case: ID!, $solution: ID!) { linkSolution(input: {caseId: $case, solutionId: $solution}) { case { id } } }`, map[string]any{"case": one, "solution": article})
	env.Above(t, "INSERT INTO attachments (org_id, id, entity_type, entity_id, file_name, attachment, size_bytes, content_type) VALUES ($1, gen_random_uuid(), 'Case', $2::text::uuid, 'x.txt', 'x', 1, 'text/plain')",
		[16]byte(env.Acme.ID), one)

	const fields = `status closedOn mergedInto { name } mergedBy { user { name } } duplicates { nodes { name } } contacts { firstName } tags { name } solutions { title }
		comments { totalCount } tasks { nodes { title case { name } } }`
	state := func(key string) string {
		attached := env.Above(t, "SELECT count(*)::text FROM attachments WHERE entity_id = $1::text::uuid", key)[0]
		return attached + admin.Read(t, "Case", key, fields)
	}
	before := map[string]string{one: state(one), two: state(two)}
	today := strings.Trim(env.Above(t, "SELECT (now() AT TIME ZONE 'UTC')::date::text")[0], " ")
	merge := func(key, into string) string {
		return admin.Try(t, "merge", "Case", apitest.Input{"id": key, "intoId": into}).Refusal()
	}
	for range 2 { // to repeat it changes nothing
		if got := merge(one, two); got != "" {
			t.Fatal(got)
		}
		if got, want := state(one), `0{"status":"DUPLICATE","closedOn":"`+today+`","mergedInto":{"name":"Two"},"mergedBy":{"user":{"name":"admin"}},"duplicates":{"nodes":[]},`+
			`"contacts":[{"firstName":"Ben"},{"firstName":"Ann"}],"tags":[{"name":"red"}],"solutions":[{"title":"Toner"}],"comments":{"totalCount":0},"tasks":{"nodes":[]}}`; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got, want := state(two), `1{"status":"NEW","closedOn":null,"mergedInto":null,"mergedBy":null,"duplicates":{"nodes":[{"name":"One"}]},`+
			`"contacts":[{"firstName":"Ben"},{"firstName":"Ann"}],"tags":[{"name":"blue"},{"name":"red"}],"solutions":[{"title":"Toner"}],"comments":{"totalCount":2},`+
			`"tasks":{"nodes":[{"title":"Call","case":{"name":"Two"}}]}}`; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	if got := admin.List(t, "cases", "name"); !slices.Equal(got, []string{"Two"}) {
		t.Errorf("listed: %v", got)
	}
	t.Run("which is undone", func(t *testing.T) {
		for _, want := range []string{"", "CONFLICT"} {
			if got := admin.Try(t, "unmerge", "Case", apitest.Input{"id": one}).Refusal(); got != want {
				t.Errorf("%q, want %q", got, want)
			}
		}
		for key, want := range before {
			if got := state(key); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		}
	})
	t.Run("and the timelines tell of it", func(t *testing.T) {
		for key, want := range map[string]string{
			one: `admin MERGED One status: "CLOSED" → "DUPLICATE" closedOn: "2026-03-01" → "` + today + `" resolvedAt: TIME → null mergedIntoId: null → "` + two + `" mergedAt: null → TIME mergedById: null → "` +
				admin.ProfileID.String() + `"` + "\n" + `admin UNMERGED One status: "DUPLICATE" → "CLOSED" closedOn: "` + today + `" → "2026-03-01" resolvedAt: null → TIME mergedIntoId: "` + two +
				`" → null mergedAt: TIME → null mergedById: "` + admin.ProfileID.String() + `" → null`,
			two: `admin MERGE_TARGET Two duplicates: [] → ["` + one + `"]` + "\n" + `admin UNMERGE_TARGET Two duplicates: ["` + one + `"] → []`,
		} {
			x := &told{c: admin, id: key}
			if got := instants.ReplaceAllString(x.since(t), "TIME"); !strings.HasSuffix(got, want) {
				t.Errorf("got  %s\nwant … %s", got, want)
			}
		}
	})
	t.Run("as far as it is still there", func(t *testing.T) {
		merge(one, two)
		admin.Update(t, "Case", two, apitest.Input{"contactIds": []any{ben}})
		task := admin.List(t, "tasks", "id")[0]
		admin.Update(t, "Task", task, apitest.Input{"caseId": nil})
		admin.Try(t, "unmerge", "Case", apitest.Input{"id": one})
		if got := admin.Read(t, "Task", task, "case { name }"); got != `{"case":null}` {
			t.Errorf("got %s", got)
		}
	})
}

func TestWhatCannotBeMerged(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, foreign := env.Acme.Admin, env.Acme.Member, env.Globex.Admin
	mine := apitest.Input{"assignedToIds": []any{member.ProfileID.String()}}
	free, other, taken := admin.Create(t, "Case", mine), admin.Create(t, "Case", nil), admin.Create(t, "Case", nil)
	own, own2 := member.Create(t, "Case", nil), member.Create(t, "Case", nil)
	parent := admin.Create(t, "Case", nil)
	admin.Create(t, "Case", apitest.Input{"parentId": parent})
	admin.Try(t, "merge", "Case", apitest.Input{"id": taken, "intoId": other})
	for _, row := range []struct {
		who         *apitest.Client
		verb        string
		input       apitest.Input
		what, wants string
	}{
		{admin, "merge", apitest.Input{"id": free, "intoId": free}, "into itself", "INVALID intoId"},
		{admin, "merge", apitest.Input{"id": free, "intoId": nobody}, "into nothing", "INVALID intoId"},
		{admin, "merge", apitest.Input{"id": free, "intoId": foreign.Create(t, "Case", nil)}, "into another organization's", "INVALID intoId"},
		{admin, "merge", apitest.Input{"id": free, "intoId": taken}, "into one that is merged", "CONFLICT intoId"},
		{admin, "merge", apitest.Input{"id": taken, "intoId": free}, "one that is merged elsewhere", "CONFLICT"},
		{admin, "merge", apitest.Input{"id": parent, "intoId": free}, "one with others under it", "CONFLICT"},
		{admin, "merge", apitest.Input{"id": free, "intoId": other, "version": 7}, "another version", "STALE_VERSION"},
		{foreign, "merge", apitest.Input{"id": free, "intoId": other}, "from elsewhere", "NOT_FOUND"},
		{member, "merge", apitest.Input{"id": own, "intoId": other}, "into one that is not seen", "INVALID intoId"},
		{member, "merge", apitest.Input{"id": own, "intoId": free}, "into one that is only assigned", "FORBIDDEN"},
		{member, "merge", apitest.Input{"id": free, "intoId": own}, "one that is only assigned", "FORBIDDEN"},
		{admin, "unmerge", apitest.Input{"id": free}, "one that is not merged", "CONFLICT"},
		{admin, "reopen", apitest.Input{"id": taken}, "and reopened", "CONFLICT"},
		{admin, "close", apitest.Input{"id": taken}, "and closed", "CONFLICT"},
		{admin, "update", apitest.Input{"id": taken, "status": "NEW"}, "and taken up", "CONFLICT"},
		{admin, "update", apitest.Input{"id": taken, "description": "x"}, "and described", ""},
		{member, "merge", apitest.Input{"id": own, "intoId": own2}, "of one's own", ""},
		{env.Acme.Second, "unmerge", apitest.Input{"id": own}, "of others", "NOT_FOUND"},
		{member, "unmerge", apitest.Input{"id": own}, "of one's own, back", ""},
		{admin, "merge", apitest.Input{"id": other, "intoId": free}, "what others were merged into", ""},
		{admin, "unmerge", apitest.Input{"id": taken}, "from what is merged itself", "CONFLICT"},
	} {
		if got := row.who.Try(t, row.verb, "Case", row.input).Refusal(); got != row.wants {
			t.Errorf("%s %s: %q, want %q", row.verb, row.what, got, row.wants)
		}
	}
}

func TestConcurrentMerges(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	merge := func(key, into string) string {
		return admin.Try(t, "merge", "Case", apitest.Input{"id": key, "intoId": into}).Refusal()
	}
	for range 5 {
		k := []string{admin.Create(t, "Case", nil), admin.Create(t, "Case", nil), admin.Create(t, "Case", nil)}
		if got := racing(2, func(i int) string { return merge(k[0], k[1+i]) }); !slices.Equal(got, []string{"", "CONFLICT"}) {
			t.Errorf("into two others: %q", got)
		}
		a, b := admin.Create(t, "Case", nil), admin.Create(t, "Case", nil)
		if got := racing(2, func(i int) string { return merge([]string{a, b}[i], []string{b, a}[i]) }); len(got) != 2 || got[0] != "" || !strings.HasPrefix(got[1], "CONFLICT") {
			t.Errorf("into each other: %q", got)
		}
		c, d := admin.Create(t, "Case", nil), admin.Create(t, "Case", nil)
		if got := racing(3, func(int) string { return merge(c, d) }); !slices.Equal(got, []string{"", "", ""}) {
			t.Errorf("the same: %q", got)
		}
		if got := admin.Read(t, "Case", d, "activities { totalCount } duplicates { totalCount }"); got != `{"activities":{"totalCount":2},"duplicates":{"totalCount":1}}` {
			t.Errorf("the same: %s", got)
		}
	}
}

func TestManyCasesAtOnce(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	assigned := apitest.Input{"assignedToIds": []any{member.ProfileID.String()}}
	own, shared, hidden := member.Create(t, "Case", nil), admin.Create(t, "Case", assigned), admin.Create(t, "Case", nil)
	ended := member.Create(t, "Case", apitest.Input{"status": "REJECTED"})
	all := []string{own, hidden, shared, nobody, ended}
	many := func(c *apitest.Client, verb string, ids []string, input apitest.Input) *apitest.Response {
		input["ids"] = ids
		return c.Send(t, "mutation($in: "+strings.ToUpper(verb[:1])+verb[1:]+"CasesInput!) { done: "+verb+"Cases(input: $in) { results { id case { id status isActive version tags { name } } errors { code field message } } } }",
			map[string]any{"in": input})
	}
	outcomes := func(r *apitest.Response) string {
		var out []string
		for i := 0; r.Get(t, fmt.Sprintf("done.results.%d", i)) != nil; i++ {
			at := fmt.Sprintf("done.results.%d.", i)
			one := r.Text(t, at+"case.status")
			if r.Get(t, at+"case.isActive") == false {
				one += " archived"
			}
			out = append(out, strings.TrimSpace(one+r.Text(t, at+"errors.0.code")+" "+r.Text(t, at+"errors.0.field")))
		}
		return strings.Join(out, ", ")
	}
	for _, row := range []struct {
		what, verb string
		who        *apitest.Client
		ids        []string
		input      apitest.Input
		refusal    string
		want       string
	}{
		{"one of several is refused", "update", member, all, apitest.Input{"status": "CLOSED"}, "NOT_FOUND", ""},
		{"a day without an end", "update", member, all, apitest.Input{"closedOn": "2026-03-01", "onError": "CONTINUE"}, "",
			"INVALID closedOn, NOT_FOUND, INVALID closedOn, NOT_FOUND, REJECTED"},
		{"others go on", "update", member, all, apitest.Input{"status": "CLOSED", "priority": "HIGH", "onError": "CONTINUE"}, "", "CLOSED, NOT_FOUND, CLOSED, NOT_FOUND, CLOSED"},
		{"none refused", "update", admin, []string{own, hidden}, apitest.Input{"status": "PENDING"}, "", "PENDING, PENDING"},
		{"an id that is unknown", "update", admin, []string{own}, apitest.Input{"tagIds": []any{nobody}, "onError": "CONTINUE"}, "", "INVALID tagIds"},
		{"no id", "update", admin, []string{}, apitest.Input{"status": "NEW"}, "INVALID ids", ""},
		{"too many", "update", admin, slices.Repeat([]string{own}, 201), apitest.Input{"status": "NEW"}, "INVALID ids", ""},
		{"the same twice", "update", admin, []string{own, own}, apitest.Input{"status": "NEW"}, "", "NEW, NEW"},
		{"to be deleted by their creator", "delete", member, all, apitest.Input{"onError": "CONTINUE"}, "", "NEW archived, NOT_FOUND, FORBIDDEN, NOT_FOUND, CLOSED archived"},
		{"to be deleted by an admin", "delete", admin, []string{hidden, shared}, apitest.Input{}, "", "PENDING archived, CLOSED archived"},
		{"from elsewhere", "delete", env.Globex.Admin, []string{own}, apitest.Input{}, "NOT_FOUND", ""},
		{"with a token that only reads", "update", env.Limited(t, env.Acme, admin, "cases:read"), []string{own}, apitest.Input{"status": "NEW", "onError": "CONTINUE"}, "", "FORBIDDEN"},
	} {
		r := many(row.who, row.verb, row.ids, row.input)
		if got := r.Refusal(); got != row.refusal {
			t.Errorf("%s: %s", row.what, r.Body)
		} else if got == "" && outcomes(r) != row.want {
			t.Errorf("%s: %s, want %s", row.what, outcomes(r), row.want)
		}
	}
	t.Run("who is refused is named", func(t *testing.T) {
		if r := many(admin, "update", []string{own, nobody}, apitest.Input{"priority": "LOW"}); r.Code() != "NOT_FOUND" || !strings.Contains(r.Body, nobody+": case not found") {
			t.Error(r.Body)
		}
	})
	t.Run("each change is told", func(t *testing.T) {
		x := &told{c: admin, id: hidden}
		if got := x.since(t); !strings.HasSuffix(got, "isActive: true → false") || strings.Count(got, "\n") != 2 {
			t.Errorf("got %s", got)
		}
	})
	t.Run("what a refused one had begun is undone", func(t *testing.T) {
		// The parent may be closed, and then its child not: it is merged by then.
		parent := admin.Create(t, "Case", nil)
		child := admin.Create(t, "Case", apitest.Input{"parentId": parent})
		env.Above(t, `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE foreign_key_violation; END $$`)
		env.Above(t, `CREATE TRIGGER refuse BEFORE UPDATE ON "case" FOR EACH ROW WHEN (OLD.id = '`+child+`' AND NEW.status = 'Closed') EXECUTE FUNCTION refuse()`)
		r := many(admin, "update", []string{parent, hidden}, apitest.Input{"status": "CLOSED", "closeChildren": true, "onError": "CONTINUE"})
		if got := outcomes(r); got != "CONFLICT, CLOSED archived" {
			t.Errorf("%s: %s", got, r.Body)
		}
		for key, want := range map[string]string{parent: `{"status":"NEW","version":1,"activities":{"totalCount":1}}`, child: `{"status":"NEW","version":1,"activities":{"totalCount":1}}`} {
			if got := admin.Read(t, "Case", key, "status version activities { totalCount }"); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	})
	t.Run("in orders that cross", func(t *testing.T) {
		var ids []string
		for range 10 {
			ids = append(ids, admin.Create(t, "Case", nil))
		}
		back := slices.Clone(ids)
		slices.Reverse(back)
		if got := racing(4, func(i int) string {
			return many(admin, "update", [][]string{ids, back}[i%2], apitest.Input{"priority": []string{"LOW", "HIGH", "URGENT", "NORMAL"}[i]}).Refusal()
		}); !slices.Equal(got, []string{"", "", "", ""}) {
			t.Errorf("answers %q", got)
		}
	})
}
