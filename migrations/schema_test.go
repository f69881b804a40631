package migrations_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

// tenantTable is the condition that relation c is a tenant's.
const tenantTable = `c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND EXISTS (
	SELECT FROM pg_attribute o WHERE o.attrelid = c.oid AND o.attname = 'org_id' AND NOT o.attisdropped)`

// rules are what holds for every table, now and later. find lists the breaches; broken is a change that the rule
// must find.
var rules = []struct {
	name, find, broken, found string
}{
	{
		"a foreign key between tenants' tables begins with the organization on both sides",
		`SELECT format('%s.%s', c.relname, k.conname)
		FROM pg_constraint k
		JOIN pg_class c ON c.oid = k.confrelid AND ` + tenantTable + `
		JOIN pg_attribute here ON here.attrelid = k.conrelid AND here.attnum = k.conkey[1]
		JOIN pg_attribute there ON there.attrelid = k.confrelid AND there.attnum = k.confkey[1]
		WHERE k.contype = 'f' AND (here.attname <> 'org_id' OR there.attname <> 'org_id')`,
		`ALTER TABLE lead ADD UNIQUE (id); ALTER TABLE task ADD CONSTRAINT bad FOREIGN KEY (lead_id) REFERENCES lead (id)`,
		"lead.bad",
	},
	{
		"a unique index begins with the organization",
		`SELECT i.indexrelid::regclass::text
		FROM pg_index i
		JOIN pg_class c ON c.oid = i.indrelid AND ` + tenantTable + `
		LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
		WHERE i.indisunique AND a.attname IS DISTINCT FROM 'org_id'`,
		`CREATE UNIQUE INDEX bad ON lead (email)`,
		"bad",
	},
	{
		// The three serve the look-ups that cannot name an organization.
		"an index begins with the organization",
		`SELECT i.indexrelid::regclass::text
		FROM pg_index i
		JOIN pg_class c ON c.oid = i.indrelid AND ` + tenantTable + `
		LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
		WHERE a.attname IS DISTINCT FROM 'org_id' AND i.indexrelid::regclass::text NOT IN (
			'profile_user_id_idx', 'personal_access_token_token_hash_idx', 'portal_access_token_token_hash_idx')`,
		`CREATE INDEX bad ON lead (status)`,
		"bad",
	},
	{
		"an index is on columns, because one on an expression is not used under the policies",
		`SELECT i.indexrelid::regclass::text
		FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid AND ` + tenantTable + `
		WHERE i.indexprs IS NOT NULL`,
		`CREATE INDEX bad ON lead (org_id, lower(title))`,
		"bad",
	},
	{
		"org_id is uuid NOT NULL",
		`SELECT c.relname FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'org_id' AND NOT a.attisdropped
		WHERE ` + tenantTable + ` AND (a.atttypid <> 'uuid'::regtype OR NOT a.attnotnull)`,
		`CREATE TABLE bad (org_id uuid)`,
		"bad",
	},
	{
		"a row belongs to an organization that exists, directly or through what it refers to",
		`SELECT c.relname FROM pg_class c
		WHERE ` + tenantTable + ` AND NOT EXISTS (
			SELECT FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
			WHERE k.conrelid = c.oid AND k.contype = 'f' AND a.attname = 'org_id' AND k.confdeltype = 'c')`,
		`CREATE TABLE bad (org_id uuid NOT NULL)`,
		"bad",
	},
	{
		"the primary key begins with the organization",
		`SELECT c.relname FROM pg_class c
		WHERE ` + tenantTable + ` AND NOT EXISTS (
			SELECT FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
			WHERE i.indrelid = c.oid AND i.indisprimary AND a.attname = 'org_id')`,
		`CREATE TABLE bad (org_id uuid NOT NULL, id uuid PRIMARY KEY)`,
		"bad",
	},
	{
		"ids are made by the server, not by a default",
		`SELECT format('%s.%s', c.relname, a.attname)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname IN ('id', 'org_id') AND NOT a.attisdropped
		WHERE ` + tenantTable + ` AND (a.atthasdef OR a.attidentity <> '' OR a.atttypid <> 'uuid'::regtype)`,
		`ALTER TABLE lead ALTER id SET DEFAULT gen_random_uuid()`,
		"lead.id",
	},
	{
		"setting a composite key to null spares org_id",
		`SELECT format('%s.%s', c.relname, k.conname)
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid AND ` + tenantTable + `
		WHERE k.contype = 'f' AND k.confdeltype = 'n' AND cardinality(k.conkey) > 1
			AND (k.confdelsetcols IS NULL OR k.conkey[1] = ANY (k.confdelsetcols))`,
		`ALTER TABLE lead ADD x_id uuid, ADD CONSTRAINT bad FOREIGN KEY (org_id, x_id) REFERENCES contacts ON DELETE SET NULL`,
		"lead.bad",
	},
	{
		// Keys to users are left out: a user is hardly ever deleted, and no list goes that way.
		"a foreign key between tenants' tables has an index",
		`SELECT format('%s.%s', c.relname, k.conname)
		FROM pg_constraint k
		JOIN pg_class c ON c.oid = k.conrelid AND ` + tenantTable + `
		WHERE k.contype = 'f' AND k.confrelid <> 'users'::regclass AND NOT EXISTS (
			SELECT FROM pg_index i WHERE i.indrelid = c.oid
				AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)`,
		`DROP INDEX task_lead_id_idx`,
		"task.task_lead_id_fkey",
	},
	{
		"a check is named for its rule",
		`SELECT conrelid::regclass || '.' || conname FROM pg_constraint
		WHERE connamespace = 'public'::regnamespace AND contype = 'c' AND conname ~ '_check\d*$'`,
		`ALTER TABLE lead ADD CHECK (rating <> 'x')`,
		"lead.lead_rating_check",
	},
	{
		"there are no triggers",
		`SELECT tgname FROM pg_trigger WHERE NOT tgisinternal`,
		`CREATE FUNCTION bad() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
		CREATE TRIGGER bad BEFORE INSERT ON lead FOR EACH ROW EXECUTE FUNCTION bad()`,
		"bad",
	},
	{
		"there are no enum types",
		`SELECT typname FROM pg_type WHERE typtype = 'e' AND typnamespace = 'public'::regnamespace`,
		`CREATE TYPE bad AS ENUM ('x')`,
		"bad",
	},
	{
		"no sequence tells a tenant how much the others do",
		`SELECT relname FROM pg_class
		WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' AND relname NOT LIKE 'bun\_migration%'`,
		`CREATE SEQUENCE bad`,
		"bad",
	},
	{
		"no function runs with its owner's rights",
		`SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef`,
		`CREATE FUNCTION bad() RETURNS int SECURITY DEFINER LANGUAGE sql AS 'SELECT 1'`,
		"bad",
	},
	{
		"events outside of any organization can be written and not read",
		`SELECT policyname FROM pg_policies WHERE tablename = 'security_event' AND cmd <> 'INSERT'
		UNION ALL
		SELECT relname FROM pg_class
		WHERE relname = 'security_event' AND NOT (relrowsecurity AND relforcerowsecurity)`,
		`CREATE POLICY bad ON security_event FOR SELECT USING (true)`,
		"bad",
	},
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) {
			t.Parallel()
			db := open(t, testdb.New(t).OwnerURL)
			if found := column(t, db, rule.find); len(found) > 0 {
				t.Errorf("broken by %v", found)
			}
			exec(t, db, rule.broken)
			if found := column(t, db, rule.find); !slices.Contains(found, rule.found) {
				t.Errorf("the test finds %v where %s is wrong", found, rule.found)
			}
		})
	}
}

func TestTables(t *testing.T) {
	t.Parallel()
	db := open(t, testdb.New(t).AppURL)
	tables := column(t, db, "SELECT c.relname FROM pg_class c WHERE "+tenantTable)
	for name, list := range map[string]string{
		"the seed document's": `lead accounts contacts opportunity case task invoice comment commentFiles attachments
			document teams activity tags address solution board board_column board_task board_member apiSettings
			account_email emailLogs invoice_history security_audit_log`,
		"later": `product invoice_line_item number_counter profile personal_access_token portal_access_token case_watcher`,
		"many-to-many": `lead_assigned_to lead_teams lead_tags lead_contacts accounts_assigned_to accounts_teams
			accounts_tags accounts_contacts contacts_assigned_to contacts_teams contacts_tags opportunity_assigned_to
			opportunity_teams opportunity_tags opportunity_contacts case_assigned_to case_teams case_tags case_contacts
			task_assigned_to task_teams task_tags task_contacts invoice_assigned_to invoice_teams document_shared_to
			document_teams teams_users solution_cases board_task_assigned_to apiSettings_lead_assigned_to
			apiSettings_tags account_email_recipients comment_mentions`,
	} {
		t.Run(name+" tables have org_id", func(t *testing.T) {
			t.Parallel()
			for want := range strings.FieldsSeq(list) {
				if !slices.Contains(tables, want) {
					t.Errorf("%s is missing", want)
				}
			}
		})
	}
}

func TestProtectTenantTable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, create, protect, refusal string }{
		{"fails on a table that does not exist", "SELECT 1", "no_such_table", "does not exist"},
		{"fails on a table without org_id", "CREATE TABLE bad (id uuid)", "bad", "no column org_id"},
		{"fails on an org_id that may be null", "CREATE TABLE bad (org_id uuid)", "bad", "no column org_id"},
		{"fails on an org_id that is text", "CREATE TABLE bad (org_id text NOT NULL)", "bad", "no column org_id"},
		{"quotes what has to be quoted", `CREATE TABLE "Odd ""name" (org_id uuid NOT NULL)`, `"Odd ""name"`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db := open(t, testdb.New(t).OwnerURL)
			exec(t, db, tt.create)
			_, err := db.ExecContext(t.Context(), "SELECT protect_tenant_table(?)", tt.protect)
			if tt.refusal == "" && err != nil || tt.refusal != "" && (err == nil || !strings.Contains(err.Error(), tt.refusal)) {
				t.Errorf("got %v, want %q", err, tt.refusal)
			}
		})
	}

	t.Run("is not for the application role", func(t *testing.T) {
		t.Parallel()
		db := open(t, testdb.New(t).AppURL)
		if _, err := db.ExecContext(t.Context(), "SELECT protect_tenant_table('lead')"); err == nil {
			t.Error("it ran")
		}
	})
}
