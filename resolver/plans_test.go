package resolver_test

import (
	"fmt"
	"maps"
	"regexp"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/seed"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Every statement that these tests made a server send is judged by its plan (guard_test.go), and so is every list, filter
// and order of the schema, in an organization that holds most of the rows among many small ones.

// accepted are the faults that stay, and why. One that is found no more must go from here.
var accepted = []*exception{
	{rule: "tenant", text: `^SELECT o\.id, o\.name, p\.role FROM profile p`, why: "a person's memberships in all organizations, under a policy of their own"},
	{rule: "tenant", text: `^SELECT org_id, id FROM personal_access_token WHERE token_hash = \$1`, why: "which organization a token is in is what it asks, under a policy of its own"},
	{rule: "filter", text: `NOT coalesce\(\(t\.status <> 'Completed' AND t\.due_date`, why: "what is not overdue is nearly everything, and has no range"},
	{rule: "filter", text: `(lower|strpos|starts_with)\(`, why: "under the policies no index finds a part of a text; what begins one is found by its words first"},
	{rule: "page", text: `^WITH near AS MATERIALIZED`, why: "a search looks through all tokens of 500 records, some 8000, before it goes another way"},
	{rule: "page", text: `(lower|strpos|starts_with)\(`, why: "as above: it looks at all that begin so, or at all"},
	{rule: "page", text: `AS foremost\(id\)`, why: "the queue of today compares all that wait, which it counts besides"},
	{rule: "page", text: `EXISTS \(SELECT FROM search_token AS k`, why: "a list's search brings together all that have its words, to put them in the list's order"},
}

// exception is a fault that is accepted in the statements whose text matches.
type exception struct {
	rule, text, why string
	met             bool
}

func exempt(accepted []*exception, f fault, text string) bool {
	for _, e := range accepted {
		if e.rule == f.rule && regexp.MustCompile(e.text).MatchString(text) {
			e.met = true
			return true
		}
	}
	return false
}

// unmet are the exceptions that no statement has needed.
func unmet(accepted []*exception) (texts []string) {
	for _, e := range accepted {
		if !e.met {
			texts = append(texts, e.rule+" "+e.text)
		}
	}
	return texts
}

func plansOfAllStatements(t *testing.T) {
	statements := apitest.Emitted()
	env := apitest.New(t, apitest.Everything)
	giant := skew(t, env, seed.LoadOptions{Members: 200, Leads: 20000, Accounts: 10000, Contacts: 10000, Opportunities: 10000, Tasks: 10000})
	g := newGuard(t, env, giant.ID)
	before := len(env.SQL.Sent())
	askEverything(t, env, giant)
	statements = append(statements, env.SQL.Sent()[before:]...)
	judged, reported := map[string]bool{}, map[string]bool{}
	for _, s := range statements {
		key := fmt.Sprint(s)
		if judged[key] {
			continue
		}
		judged[key] = true
		faults, err := g.judge(t.Context(), s)
		if err != nil {
			t.Errorf("%v\n%s", err, s.Text)
		}
		for _, f := range faults {
			if !exempt(accepted, f, s.Text) && !reported[f.rule+s.Text] {
				reported[f.rule+s.Text] = true
				t.Errorf("%s: %s\n%s\n%s", f.rule, f.what, s.Text, f.plan)
			}
		}
	}
	for _, text := range unmet(accepted) {
		t.Errorf("no statement has the accepted fault any more: %s", text)
	}
	if len(judged) < 2000 || len(g.met) < 30 {
		t.Errorf("only %d statements on %d tables were judged", len(judged), len(g.met))
	}
	t.Logf("%d statements judged", len(judged))
	t.Run("members see what is theirs", func(t *testing.T) { membersSeeWhatIsTheirs(t, env, giant) })
}

// sharedTables have what is assigned and shared.
var sharedTables = []struct{ table, column, kind string }{
	{"accounts", "account_id", "Account"},
	{"contacts", "contact_id", "Contact"},
	{"lead", "lead_id", "Lead"},
	{"opportunity", "opportunity_id", "Opportunity"},
	{"case", "case_id", "Case"},
	{"task", "task_id", "Task"},
}

// skew makes a giant of an organization among some small ones. Five records of each kind are assigned to its Member, half
// of them are shared with the team of its Second.
func skew(t *testing.T, env *apitest.Env, size seed.LoadOptions) *apitest.Org {
	t.Helper()
	size.Org = "Giant"
	for _, o := range []seed.LoadOptions{size, {Orgs: 10, Members: 3, Leads: 100, Accounts: 20, Contacts: 80, Opportunities: 40, Tasks: 40}} {
		o.DB, o.AdminURL = env.Backend.DB, env.Database.AdminURL
		if _, err := seed.Load(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	giant := &apitest.Org{Name: "Giant",
		Admin:  env.Join(t, "Giant", "boss@giant.example", model.RoleAdmin),
		Member: env.Join(t, "Giant", "member@giant.example", model.RoleUser),
		Second: env.Join(t, "Giant", "second@giant.example", model.RoleUser)}
	var err error
	if giant.ID, err = id.Parse[id.Org](env.Above(t, "SELECT id::text FROM organization WHERE name = 'Giant'")[0]); err != nil {
		t.Fatal(err)
	}
	team := env.Above(t, "INSERT INTO teams (org_id, id, name) VALUES ($1, gen_random_uuid(), 'Half of it') RETURNING id::text", [16]byte(giant.ID))[0]
	env.Above(t, "INSERT INTO teams_users (org_id, team_id, profile_id) VALUES ($1, $2::text::uuid, $3)", [16]byte(giant.ID), team, [16]byte(giant.Second.ProfileID))
	// No load makes cases: there is one for each task.
	env.Above(t, `INSERT INTO "case" (org_id, id, created_at, updated_at, created_by_id, name, status, priority, case_type, account_id, closed_on, resolved_at)
		SELECT org_id, gen_random_uuid(), created_at, updated_at, created_by_id, title, (ARRAY['New', 'Assigned', 'Pending', 'Closed', 'Rejected'])[n],
			(ARRAY['Low', 'Normal', 'Normal', 'High', 'Urgent'])[n], (ARRAY['Question', 'Incident', 'Problem'])[n], account_id,
			CASE WHEN n > 3 THEN updated_at::date END, CASE WHEN n = 4 THEN updated_at END FROM (SELECT *, 1 + abs(hashtext(id::text)) % 5 AS n FROM task) AS t`)
	knowledge(t, env)
	for _, s := range sharedTables {
		for _, text := range []string{
			"INSERT INTO %[1]s_assigned_to (org_id, %[2]s, profile_id) SELECT org_id, id, '%[4]s' FROM \"%[1]s\" WHERE org_id = '%[3]s' ORDER BY md5(id::text) LIMIT 5",
			"INSERT INTO %[1]s_teams (org_id, %[2]s, team_id) SELECT org_id, id, '%[5]s' FROM \"%[1]s\" WHERE org_id = '%[3]s' AND md5(id::text) < '8'",
			"INSERT INTO activity (org_id, id, created_at, action, entity_type, entity_id) SELECT org_id, gen_random_uuid(), created_at, 'CREATE', '%[6]s', id FROM \"%[1]s\"",
		} {
			env.Above(t, fmt.Sprintf(text, s.table, s.column, giant.ID, giant.Member.ProfileID, team, s.kind))
		}
	}
	env.Above(t, "INSERT INTO comment (org_id, id, created_at, comment, entity_type, entity_id) SELECT org_id, id, created_at, 'x', 'Lead', id FROM lead")
	filesOf(t, env, giant, team)
	boards(t, env, giant)
	env.Above(t, "INSERT INTO security_audit_log (org_id, id, created_at, event_type) SELECT org_id, id, created_at, 'LOGIN_SUCCESS' FROM lead")
	env.Above(t, "VACUUM ANALYZE")
	return giant
}

// knowledge makes an article of some of the tasks, some published, and hangs cases under each other.
func knowledge(t *testing.T, env *apitest.Env) {
	t.Helper()
	env.Above(t, `INSERT INTO solution (org_id, id, created_at, updated_at, created_by_id, title, description, status, is_published)
		SELECT org_id, gen_random_uuid(), created_at, updated_at, created_by_id, title, title, (ARRAY['draft', 'reviewed', 'approved', 'approved'])[n], n = 4
			FROM (SELECT *, 1 + abs(hashtext(id::text)) % 4 AS n FROM task WHERE md5(id::text) < '4') AS t`)
	env.Above(t, `INSERT INTO search_token (org_id, entity, entity_id, token, weight)
		SELECT DISTINCT ON (org_id, id, word) org_id, 'solution', id, word, 1 FROM solution, regexp_split_to_table(lower(title), '[^a-z]+') AS word WHERE word <> ''`)
	env.Above(t, `INSERT INTO solution_cases (org_id, solution_id, case_id) SELECT s.org_id, s.id, c.id FROM solution AS s
		JOIN "case" AS c ON c.org_id = s.org_id AND c.created_at = s.created_at`)
	env.Above(t, `UPDATE "case" SET first_response_at = created_at, sla_resolution_hours = 1000000 WHERE md5(id::text) < 'f'`) // what is promised is mostly kept
	env.Above(t, `INSERT INTO activity (org_id, id, created_at, action, entity_type, entity_id) SELECT org_id, gen_random_uuid(), created_at, 'CREATE', 'Solution', id FROM solution`)
	env.Above(t, `UPDATE "case" AS c SET parent_id = p.id, is_problem = md5(c.id::text) < '01' FROM "case" AS p
		WHERE p.org_id = c.org_id AND p.created_at = (SELECT max(created_at) FROM "case" WHERE org_id = c.org_id) AND p.id <> c.id AND md5(c.id::text) < '08'`)
}

// filesOf gives all that files can be on a file, and documents to the giant. Its Member and its Second watch cases, too.
func filesOf(t *testing.T, env *apitest.Env, giant *apitest.Org, team string) {
	t.Helper()
	const columns, values = "file_name, content_type, size_bytes, checksum", "'a.txt', 'text/plain', 1, ''"
	for _, s := range sharedTables {
		env.Above(t, fmt.Sprintf("INSERT INTO attachments (org_id, id, created_at, entity_type, entity_id, attachment, "+columns+") SELECT org_id, gen_random_uuid(), created_at, '%s', id, id::text, "+values+" FROM %q", s.kind, s.table))
	}
	env.Above(t, `INSERT INTO "commentFiles" (org_id, id, created_at, comment_id, comment_file, `+columns+`) SELECT org_id, id, created_at, id, id::text, `+values+" FROM comment")
	env.Above(t, "INSERT INTO document (org_id, id, created_at, updated_at, created_by_id, title, status, document_file, "+columns+
		") SELECT org_id, id, created_at, updated_at, created_by_id, title, CASE WHEN abs(hashtext(id::text)) % 4 = 0 THEN 'inactive' ELSE 'active' END, id::text, "+values+
		" FROM (SELECT *, row_number() OVER (PARTITION BY org_id, lower(btrim(title)) ORDER BY id) AS n FROM task) AS t WHERE n = 1")
	org := [16]byte(giant.ID)
	env.Above(t, "INSERT INTO document_shared_to (org_id, document_id, profile_id) SELECT org_id, id, $2 FROM document WHERE org_id = $1 ORDER BY md5(id::text) LIMIT 5", org, [16]byte(giant.Member.ProfileID))
	env.Above(t, "INSERT INTO document_teams (org_id, document_id, team_id) SELECT org_id, id, $2::text::uuid FROM document WHERE org_id = $1 AND md5(id::text) < '8'", org, team)
	for member, n := range map[*apitest.Client]int{giant.Second: 200, giant.Member: 3} {
		env.Above(t, `INSERT INTO case_watcher (org_id, case_id, profile_id) SELECT org_id, id, $2 FROM "case" WHERE org_id = $1 ORDER BY md5(id::text) DESC LIMIT $3`,
			org, [16]byte(member.ProfileID), n)
	}
}

// boards gives a giant many of them, of which each of its three is a member of some.
func boards(t *testing.T, env *apitest.Env, giant *apitest.Org) {
	t.Helper()
	org := [16]byte(giant.ID)
	env.Above(t, "INSERT INTO board (org_id, id, created_at, name, owner_id) SELECT org_id, gen_random_uuid(), created_at, name, $2 FROM accounts WHERE org_id = $1 LIMIT 2000",
		org, [16]byte(giant.Admin.ProfileID))
	env.Above(t, "INSERT INTO board_column (org_id, id, board_id, name, sort_order) SELECT org_id, gen_random_uuid(), id, n::text, n FROM board, generate_series(0, 2) AS n")
	env.Above(t, "INSERT INTO board_task (org_id, id, created_at, board_id, column_id, sort_order, title) SELECT org_id, gen_random_uuid(), now() - n * interval '1 day', board_id, id, n, 'x'"+
		" FROM board_column, generate_series(0, 2) AS n")
	for member, n := range map[*apitest.Client]int{giant.Admin: 40, giant.Second: 20, giant.Member: 3} {
		env.Above(t, "INSERT INTO board_member (org_id, id, board_id, profile_id) SELECT org_id, gen_random_uuid(), id, $2 FROM board WHERE org_id = $1 ORDER BY id LIMIT $3",
			org, [16]byte(member.ProfileID), n)
	}
}

// askEverything sends what lists and relations can be asked for, as an admin and as members who see little and much.
func askEverything(t *testing.T, env *apitest.Env, giant *apitest.Org) {
	t.Helper()
	w := env.World(t, giant)
	for kind, table := range map[string]string{
		"Account":     "accounts",
		"Contact":     "contacts",
		"Lead":        "lead",
		"Opportunity": "opportunity",
		"Case":        `"case"`,
		"Solution":    "solution",
		"Task":        "task",
		"Team":        "teams",
		"Tag":         "tags",
		"Profile":     "profile",
		"Activity":    "activity",
		"Comment":     "comment",
		"CommentFile": `"commentFiles"`,
		"Attachment":  "attachments",
		"Document":    "document",
		"Board":       "board",
		"BoardColumn": "board_column",
		"BoardTask":   "board_task",
		"BoardMember": "board_member",
	} {
		w.IDs[kind] = env.Above(t, "SELECT id::text FROM "+table+" WHERE org_id = $1 ORDER BY id LIMIT 3", [16]byte(giant.ID))
	}
	w.IDs["User"] = env.Above(t, "SELECT user_id::text FROM profile WHERE org_id = $1 LIMIT 3", [16]byte(giant.ID))
	askInsights(t, env, giant, w.Admin, w.Member, env.SignedIn(t, giant, giant.Second))
	for client, values := range map[*apitest.Client]int{w.Admin: 6, w.Member: 2, env.SignedIn(t, giant, giant.Second): 2} {
		for _, o := range w.Lists(t, values) {
			page(t, client, o, map[string]any{"first": 25})
			if o.Variables["orderBy"] != nil {
				// From near the end, where a cursor that no index serves has the whole list before it.
				last := page(t, client, o, map[string]any{"last": 30})
				page(t, client, o, map[string]any{"first": 25, "after": last.Text(t, o.Field.Name+".pageInfo.startCursor")})
			}
		}
		for _, o := range w.Queries(t) {
			client.Send(t, o.Text(), o.Variables)
		}
	}
}

func page(t *testing.T, client *apitest.Client, o apitest.Operation, paging map[string]any) *apitest.Response {
	t.Helper()
	o.Variables = maps.Clone(o.Variables)
	maps.Copy(o.Variables, paging)
	return client.Send(t, o.Text(), o.Variables) // some of it is refused to members
}
