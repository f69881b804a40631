package resolver_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
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
	{rule: "filter", text: `NOT coalesce\(\(\(t\.status IN`, why: "nor has what is not overdue of invoices"},
	{rule: "filter", text: `(lower|strpos|starts_with)\(`, why: "under the policies no index finds a part of a text; what begins one is found by its words first"},
	{rule: "page", text: `^WITH near AS MATERIALIZED`, why: "a search looks through all tokens of 500 records, some 8000, before it goes another way"},
	{rule: "page", text: `(lower|strpos|starts_with)\(`, why: "as above: it looks at all that begin so, or at all"},
	{rule: "page", text: `AS foremost\(id\)`, why: "the queue of today compares all that wait, which it counts besides"},
	{rule: "page", text: `EXISTS \(SELECT FROM search_token AS k`, why: "a list's search brings together all that have its words, to put them in the list's order"},
	{rule: "filter", text: `AS p\(key, value\)`, why: "no index has those cards of a column that meet a filter: a board looks through its columns for them"},
	{rule: "page", text: `AS p\(key, value\)`, why: "as above; and a board is a page for each of its columns"},
	{rule: "filter", text: `AS value, count\(\*\) AS n FROM`, why: "the counts of a board with a filter go through all that meet it, or through all in the columns"},
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
	before := len(env.SQL.Sent())
	askEverything(t, env, giant)
	statements = distinct(append(statements, env.SQL.Sent()[before:]...))
	judgments, met := judgeAll(t, env, giant, statements)
	reported := map[string]bool{}
	for i, s := range statements {
		if err := judgments[i].err; err != nil {
			t.Errorf("%v\n%s", err, s.Text)
		}
		for _, f := range judgments[i].faults {
			if !exempt(accepted, f, s.Text) && !reported[f.rule+s.Text] {
				reported[f.rule+s.Text] = true
				t.Errorf("%s: %s\n%s\n%s", f.rule, f.what, s.Text, f.plan)
			}
		}
	}
	for _, text := range unmet(accepted) {
		t.Errorf("no statement has the accepted fault any more: %s", text)
	}
	if len(statements) < 2000 || len(met) < 30 {
		t.Errorf("only %d statements on %d tables were judged", len(statements), len(met))
	}
	t.Logf("%d statements judged", len(statements))
	t.Run("members see what is theirs", func(t *testing.T) { membersSeeWhatIsTheirs(t, env, giant) })
}

// distinct gives each statement with the same arguments once.
func distinct(statements []apitest.Statement) (out []apitest.Statement) {
	seen := map[string]bool{}
	for _, s := range statements {
		if key := fmt.Sprint(s); !seen[key] {
			seen[key] = true
			out = append(out, s)
		}
	}
	return out
}

// judgment is what is wrong with a statement, or why nobody knows.
type judgment struct {
	faults []fault
	err    error
}

// judgeAll judges statements, two at a time, and tells which tables they are about.
func judgeAll(t *testing.T, env *apitest.Env, giant *apitest.Org, statements []apitest.Statement) ([]judgment, map[string]bool) {
	t.Helper()
	judgments, met := make([]judgment, len(statements)), map[string]bool{}
	guards := []*guard{newGuard(t, env, giant.ID), newGuard(t, env, giant.ID)}
	var taken atomic.Int64
	var judging sync.WaitGroup
	for _, g := range guards {
		judging.Go(func() {
			for i := taken.Add(1) - 1; i < int64(len(statements)); i = taken.Add(1) - 1 {
				judgments[i].faults, judgments[i].err = g.judge(t.Context(), statements[i])
			}
		})
	}
	judging.Wait()
	for _, g := range guards {
		maps.Copy(met, g.met)
	}
	return judgments, met
}

// sharedTables have what is assigned and shared.
var sharedTables = []struct{ table, column, kind string }{
	{"accounts", "account_id", "Account"},
	{"contacts", "contact_id", "Contact"},
	{"lead", "lead_id", "Lead"},
	{"opportunity", "opportunity_id", "Opportunity"},
	{"case", "case_id", "Case"},
	{"task", "task_id", "Task"},
	{"invoice", "invoice_id", "Invoice"},
	{"estimate", "estimate_id", "Estimate"},
	{"recurring_invoice", "recurring_invoice_id", "Recurring Invoice"},
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
	bills(t, env, giant)
	quotes(t, env)
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
	notifications(t, env, giant)
	customFields(t, env)
	pipelines(t, env)
	env.Above(t, "INSERT INTO security_audit_log (org_id, id, created_at, event_type) SELECT org_id, id, created_at, 'LOGIN_SUCCESS' FROM lead")
	env.Above(t, "VACUUM ANALYZE")
	return giant
}

// bills gives a giant products and invoices with lines: one for each deal.
func bills(t *testing.T, env *apitest.Env, giant *apitest.Org) {
	t.Helper()
	env.Above(t, "INSERT INTO product (org_id, id, created_at, name, sku, category, price, currency, is_active) SELECT org_id, gen_random_uuid(), created_at, name, id::text,"+
		" 'c' || abs(hashtext(id::text)) % 200, amount / 100, currency, hashtext(id::text) % 50 <> 0 FROM opportunity WHERE org_id = $1", [16]byte(giant.ID))
	env.Above(t, `INSERT INTO invoice (org_id, id, created_at, updated_at, created_by_id, invoice_title, invoice_number, status, account_id, contact_id, opportunity_id, client_name, client_email,
			currency, total_amount, amount_due, issue_date, due_date, paid_at)
		SELECT o.org_id, gen_random_uuid(), o.created_at, o.updated_at, o.created_by_id, o.name, 'INV-' || row_number() OVER (PARTITION BY o.org_id), (ARRAY['Draft', 'Sent', 'Viewed',
			'Partially_Paid', 'Overdue', 'Cancelled', 'Pending', 'Paid', 'Paid', 'Paid', 'Paid', 'Paid', 'Paid', 'Paid', 'Paid', 'Paid', 'Paid', 'Paid', 'Paid', 'Paid'])[n + 1], o.account_id,
			(SELECT c.contact_id FROM opportunity_contacts AS c WHERE c.org_id = o.org_id AND c.opportunity_id = o.id LIMIT 1), o.id, o.name, 'x@' || n || '.example',
			coalesce(o.currency, 'USD'), coalesce(o.amount, 0), CASE WHEN n < 7 THEN coalesce(o.amount, 0) ELSE 0 END, o.created_at::date, o.created_at::date + 30,
			CASE WHEN n > 6 THEN o.updated_at END
		FROM (SELECT *, abs(hashtext(id::text)) % 20 AS n FROM opportunity) AS o`)
	env.Above(t, "INSERT INTO invoice_template (org_id, id, name, is_default) SELECT id, gen_random_uuid(), n::text, n = 0 FROM organization, generate_series(0, 9) AS n")
	env.Above(t, "UPDATE invoice AS i SET template_id = t.id FROM invoice_template AS t WHERE t.org_id = i.org_id AND t.name = (abs(hashtext(i.id::text)) % 20)::text")
	env.Above(t, "INSERT INTO invoice_line_item (org_id, id, invoice_id, sort_order, name, currency) SELECT org_id, gen_random_uuid(), id, n, 'x', currency FROM invoice, generate_series(0, 1) AS n")
	env.Above(t, "INSERT INTO payment (org_id, id, invoice_id, amount, currency, payment_date, payment_method) SELECT org_id, gen_random_uuid(), id, 1, currency, issue_date, 'CASH' FROM invoice")
	env.Above(t, "INSERT INTO invoice_history (org_id, id, created_at, invoice_id, invoice_title, invoice_number) SELECT org_id, gen_random_uuid(), created_at, id, invoice_title, invoice_number FROM invoice")
}

// quotes gives a giant estimates, schedules, lines of deals and links of clients.
func quotes(t *testing.T, env *apitest.Env) {
	t.Helper()
	env.Above(t, `INSERT INTO estimate (org_id, id, created_at, updated_at, created_by_id, title, estimate_number, status, account_id, contact_id, opportunity_id, client_name, client_email,
			currency, total_amount, issue_date, expiry_date, accepted_at, declined_at)
		SELECT o.org_id, gen_random_uuid(), o.created_at, o.updated_at, o.created_by_id, left(o.name, 100), 'EST-' || row_number() OVER (PARTITION BY o.org_id), (ARRAY['Draft', 'Sent', 'Viewed',
			'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Accepted', 'Declined',
			'Declined', 'Expired'])[n + 1], o.account_id, (SELECT c.contact_id FROM opportunity_contacts AS c WHERE c.org_id = o.org_id AND c.opportunity_id = o.id LIMIT 1), o.id, o.name,
			'x@' || n || '.example', coalesce(o.currency, 'USD'), coalesce(o.amount, 0), o.created_at::date, o.created_at::date + CASE WHEN n < 3 THEN 4000 + n WHEN n = 19 THEN 0 ELSE n END, o.updated_at, o.updated_at
		FROM (SELECT *, abs(hashtext(id::text)) % 20 AS n FROM opportunity) AS o`)
	env.Above(t, "INSERT INTO estimate_line_item (org_id, id, estimate_id, sort_order, name, currency) SELECT org_id, gen_random_uuid(), id, n, 'x', currency FROM estimate, generate_series(0, 1) AS n")
	env.Above(t, `INSERT INTO recurring_invoice (org_id, id, created_at, updated_at, created_by_id, title, is_active, frequency, account_id, contact_id, opportunity_id, client_name, start_date, next_generation_date)
		SELECT org_id, gen_random_uuid(), created_at, updated_at, created_by_id, left(title, 100), hashtext(id::text) % 50 <> 0, (ARRAY['WEEKLY', 'BIWEEKLY', 'MONTHLY', 'QUARTERLY', 'SEMI_ANNUALLY',
			'YEARLY'])[1 + abs(hashtext(id::text)) % 6], account_id, contact_id, opportunity_id, client_name, issue_date, issue_date + 30 + abs(hashtext(id::text)) % 400 FROM estimate`)
	env.Above(t, "INSERT INTO recurring_invoice_line_item (org_id, id, recurring_invoice_id, sort_order, name, currency) SELECT org_id, gen_random_uuid(), id, 0, 'x', currency FROM recurring_invoice")
	env.Above(t, "INSERT INTO opportunity_line_item (org_id, id, opportunity_id, sort_order, name, currency) SELECT org_id, gen_random_uuid(), id, n, 'x', 'USD' FROM opportunity, generate_series(0, 1) AS n")
	env.Above(t, "INSERT INTO portal_access_token (org_id, id, created_at, token_hash, resource_type, resource_id) SELECT org_id, gen_random_uuid(), created_at, md5(id::text), 'estimate', id FROM estimate"+
		" UNION ALL SELECT org_id, gen_random_uuid(), created_at, md5(id::text), 'invoice', id FROM invoice")
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
		if s.kind == "Estimate" || s.kind == "Recurring Invoice" { // nothing is attached to those
			continue
		}
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

// notifications tells each of a giant's three of leads, and some of it is read.
func notifications(t *testing.T, env *apitest.Env, giant *apitest.Org) {
	t.Helper()
	env.Above(t, `INSERT INTO notification (org_id, id, created_at, recipient_id, verb, entity_type, entity_id, read_at)
		SELECT org_id, gen_random_uuid(), created_at, (ARRAY[$2, $3, $4]::uuid[])[1 + abs(hashtext(id::text)) % 3], 'assigned', 'Lead', id, CASE WHEN id::text < '8' THEN updated_at END
		FROM lead WHERE org_id = $1`, [16]byte(giant.ID), [16]byte(giant.Admin.ProfileID), [16]byte(giant.Member.ProfileID), [16]byte(giant.Second.ProfileID))
}

// customFields gives every record a region, of which there are few, and one of many scores.
func customFields(t *testing.T, env *apitest.Env) {
	t.Helper()
	for _, s := range sharedTables {
		target := strings.Replace(s.kind, " I", " i", 1)
		env.Above(t, fmt.Sprintf(`INSERT INTO custom_field_definition (org_id, id, target_model, key, field_type, label, is_filterable)
			SELECT o.id, gen_random_uuid(), '%[2]s', d.key, d.type, d.key, true FROM organization AS o, (VALUES ('region', 'text'), ('score', 'number')) AS d(key, type)`, s.table, target))
		env.Above(t, fmt.Sprintf(`INSERT INTO custom_field_value (org_id, target, entity_id, key, value) SELECT org_id, '%[2]s', id, d.key, d.value FROM "%[1]s",
			LATERAL (VALUES ('region', 'region=t:' || (ARRAY['north', 'east', 'south'])[1 + abs(hashtext(id::text)) %% 3]), ('score', 'score=n:' || abs(hashtext(id::text)) %% 1000)) AS d(key, value)`, s.table, target))
	}
}

// pipelines give each organization some, in whose stages most records stand.
func pipelines(t *testing.T, env *apitest.Env) {
	t.Helper()
	for _, table := range []string{"lead", "case", "task"} {
		for _, text := range []string{
			"INSERT INTO %[1]s_pipeline (org_id, id, name, is_default) SELECT id, gen_random_uuid(), n::text, n = 0 FROM organization, generate_series(0, 2) AS n",
			"INSERT INTO %[1]s_stage (org_id, id, pipeline_id, name, sort_order) SELECT org_id, gen_random_uuid(), id, n::text, n FROM %[1]s_pipeline, generate_series(0, 5) AS n",
			"UPDATE \"%[1]s\" AS t SET stage_id = s.id FROM %[1]s_stage AS s JOIN %[1]s_pipeline AS p ON p.id = s.pipeline_id AND p.is_default" +
				" WHERE s.org_id = t.org_id AND s.sort_order = abs(hashtext(t.id::text)) %% 8",
		} {
			env.Above(t, fmt.Sprintf(text, table))
		}
	}
	for _, table := range []string{"lead", "opportunity", "case", "task"} { // half of them were moved
		env.Above(t, fmt.Sprintf("UPDATE %q SET kanban_order = abs(hashtext(id::text)) %% 1000000 WHERE md5(id::text) < '8'", table))
	}
}

// askEverything sends what lists and relations can be asked for, as an admin and as members who see little and much.
func askEverything(t *testing.T, env *apitest.Env, giant *apitest.Org) {
	t.Helper()
	w := env.World(t, giant)
	for kind, table := range map[string]string{
		"Account":                  "accounts",
		"Contact":                  "contacts",
		"Lead":                     "lead",
		"Opportunity":              "opportunity",
		"Case":                     `"case"`,
		"Task":                     "task",
		"Product":                  "product",
		"Invoice":                  "invoice",
		"Payment":                  "payment",
		"InvoiceLineItem":          "invoice_line_item",
		"InvoiceHistory":           "invoice_history",
		"InvoiceTemplate":          "invoice_template",
		"Team":                     "teams",
		"Tag":                      "tags",
		"Profile":                  "profile",
		"Activity":                 "activity",
		"Comment":                  "comment",
		"CommentFile":              `"commentFiles"`,
		"Attachment":               "attachments",
		"Document":                 "document",
		"Board":                    "board",
		"BoardColumn":              "board_column",
		"BoardTask":                "board_task",
		"BoardMember":              "board_member",
		"OpportunityLineItem":      "opportunity_line_item",
		"Estimate":                 "estimate",
		"EstimateLineItem":         "estimate_line_item",
		"RecurringInvoice":         "recurring_invoice",
		"RecurringInvoiceLineItem": "recurring_invoice_line_item",
		"PortalLink":               "portal_access_token",
		"LeadPipeline":             "lead_pipeline",
		"LeadStage":                "lead_stage",
		"CasePipeline":             "case_pipeline",
		"CaseStage":                "case_stage",
		"TaskPipeline":             "task_pipeline",
		"TaskStage":                "task_stage",
		"Notification":             "notification",
		"CustomFieldDefinition":    "custom_field_definition",
		"AccountEmail":             "account_email",
		"ApiSettings":              `"apiSettings"`,
		"Solution":                 "solution",
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
