package migrations_test

import (
	"context"
	"crypto/md5"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"
)

// Two organizations, and a user who is a member of both.
const (
	orgA = "aaaaaaaa-0000-4000-8000-000000000000"
	orgB = "bbbbbbbb-0000-4000-8000-000000000000"
	user = "cccccccc-0000-4000-8000-000000000000"
)

// values are the columns that must have a value and are no key. A new table with such a column fails the tests until
// it stands here.
var values = map[string]string{
	"search_token.entity": "lead", "search_token.token": "ada", "search_token.weight": "1", "search_token.entity_id": orgA,
	"teams.name": "Sales", "tags.name": "Gold", "tags.slug": "gold",
	"personal_access_token.name": "laptop", "personal_access_token.token_hash": "%s", "personal_access_token.token_prefix": "bcrm_",
	"portal_access_token.token_hash": "%s", "portal_access_token.resource_type": "invoice",
	"portal_access_token.resource_id": orgA,
	"security_audit_log.event_type":   "LOGIN_SUCCESS",
	"accounts.name":                   "Acme", "contacts.first_name": "Ada", "contacts.last_name": "Byron",
	"opportunity.name": "Engine", "case.name": "Steam", "case.status": "New", "case.priority": "Low",
	"solution.title": "Valves", "solution.description": "Open them.",
	"task.title": "Call", "task.status": "New", "task.priority": "Low",
	"product.name": "Cog", "product.currency": "USD", "invoice.due_date": "2026-12-23", "invoice_line_item.name": "Cog", "invoice_line_item.currency": "USD",
	"payment.amount": "1", "payment.currency": "USD", "payment.payment_date": "2026-11-23", "payment.payment_method": "CASH",
	"invoice.invoice_title": "Cogs", "invoice.invoice_number": "INV-20261123-0001",
	"invoice.issue_date":             "2026-11-23",
	"opportunity_line_item.currency": "EUR", "estimate_line_item.currency": "EUR", "recurring_invoice_line_item.currency": "EUR",
	"opportunity_line_item.name": "Cog", "estimate_line_item.name": "Cog", "recurring_invoice_line_item.name": "Cog",
	"estimate.title": "Cogs", "estimate.estimate_number": "EST-20261123-0001", "estimate.issue_date": "2026-11-23",
	"recurring_invoice.title": "Cogs", "recurring_invoice.start_date": "2026-11-23", "recurring_invoice.next_generation_date": "2026-11-23",
	"invoice_history.invoice_title": "Cogs", "invoice_history.invoice_number": "INV-20261123-0001",
	"number_counter.series": "invoice", "number_counter.day": "2026-11-23", "number_counter.last_number": "1",
	"comment.entity_type": "Lead", "comment.entity_id": orgA, "comment.comment": "Hello",
	"attachments.entity_type": "Lead", "attachments.entity_id": orgA, "attachments.file_name": "a.txt",
	"attachments.attachment": "files/a.txt", "attachments.size_bytes": "1",
	"activity.action": "CREATE", "activity.entity_type": "Lead", "activity.entity_id": orgA,
	"commentFiles.comment_file": "files/c.txt", "commentFiles.file_name": "c.txt", "commentFiles.size_bytes": "1",
	"document.title": "Prices", "document.document_file": "files/b.txt", "document.file_name": "b.txt", "document.size_bytes": "1", "board.name": "Plan", "board_column.name": "Done", "board_task.title": "Card",
	"apiSettings.title": "Site", "apiSettings.apikey_hash": "hash", "apiSettings.apikey_prefix": "site_",
	"account_email.from_email": "ada@example.com",
	"notification.verb":        "assigned", "notification.entity_type": "Lead", "notification.entity_id": orgA,
	"custom_field_definition.target_model": "Lead", "custom_field_definition.key": "region", "custom_field_definition.field_type": "text",
	"custom_field_definition.label": "Region", "custom_field_value.target": "Lead", "custom_field_value.entity_id": orgA,
	"custom_field_value.key": "region", "custom_field_value.value": "t:north",
	// Nullable one by one; the rule is that one of the names is there.
	"lead.title": "Interested",

	"lead_pipeline.name": "Sales", "case_pipeline.name": "Support", "task_pipeline.name": "Work",
	"invoice_template.name": "Plain",
	"lead_stage.name":       "New", "case_stage.name": "New", "task_stage.name": "To Do",
}

// tenantColumn is a column of a tenant's table that a row has to fill.
type tenantColumn struct {
	Relation string
	Name     string
	Parent   string // the table that it refers to, if it does
	Required bool
}

// tenantColumns reads the catalogue. Of a foreign key the last column is the reference; those before it are org_id
// and, for a card's column, the board.
func tenantColumns(t *testing.T, db bun.IDB) map[string][]tenantColumn {
	t.Helper()
	var columns []tenantColumn
	err := db.NewRaw(`
		SELECT c.relname AS relation, a.attname AS name, coalesce(f.relname, '') AS parent,
			a.attnotnull AND NOT a.atthasdef AS required
		FROM pg_class c
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
		LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'f' AND k.conkey[cardinality(k.conkey)] = a.attnum
		LEFT JOIN pg_class f ON f.oid = k.confrelid
		WHERE `+tenantTable+`
		ORDER BY c.relname, a.attnum`).Scan(t.Context(), &columns)
	if err != nil {
		t.Fatal(err)
	}
	tables := map[string][]tenantColumn{}
	for _, c := range columns {
		tables[c.Relation] = append(tables[c.Relation], c)
	}
	return tables
}

// rowID is the id of the one row that an organization has in a table.
func rowID(org, table string) string {
	sum := md5.Sum([]byte(org + table))
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:])
}

// fill gives both organizations one row in every table, as the application role in the context of each: the matrix'
// case of the insert that must succeed.
func fill(t *testing.T, db *bun.DB) map[string][]tenantColumn {
	t.Helper()
	tables := tenantColumns(t, db)
	exec(t, db, "INSERT INTO users (id, email) VALUES (?, 'ada@example.com')", user)
	for _, org := range []string{orgA, orgB} {
		exec(t, db, "INSERT INTO organization (id, name) VALUES (?, ?)", org, org)
		err := within(t, db, org, true, func(ctx context.Context, tx bun.Tx) error {
			for _, table := range parentsFirst(t, tables) {
				names, row := sample(t, org, table, tables[table])
				if _, err := tx.ExecContext(ctx, "INSERT INTO ? (?) VALUES (?)",
					bun.Ident(table), names, bun.List(row)); err != nil {
					return fmt.Errorf("insert into %s: %w", table, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return tables
}

// sample makes the smallest row of a table.
func sample(t *testing.T, org, table string, columns []tenantColumn) (names bun.Safe, row []string) {
	t.Helper()
	var quoted []string
	for _, c := range columns {
		literal, given := values[table+"."+c.Name]
		var value string
		switch {
		case c.Name == "org_id":
			value = org
		case c.Name == "id":
			value = rowID(org, table)
		case given:
			value = strings.Replace(literal, "%s", org, 1)
		case !c.Required:
			continue
		case c.Parent == "users":
			value = user
		case c.Parent != "":
			value = rowID(org, c.Parent)
		default:
			t.Fatalf("no sample value for %s.%s", table, c.Name)
		}
		quoted = append(quoted, `"`+c.Name+`"`)
		row = append(row, value)
	}
	return bun.Safe(strings.Join(quoted, ", ")), row
}

// parentsFirst orders the tables by their required references.
func parentsFirst(t *testing.T, tables map[string][]tenantColumn) []string {
	t.Helper()
	var order []string
	for len(order) < len(tables) {
		before := len(order)
		for table, columns := range tables {
			ready := !slices.Contains(order, table) && !slices.ContainsFunc(columns, func(c tenantColumn) bool {
				_, tenant := tables[c.Parent]
				return c.Required && tenant && !slices.Contains(order, c.Parent)
			})
			if ready {
				order = append(order, table)
			}
		}
		if len(order) == before {
			t.Fatalf("the required references form a circle; in order so far: %v", order)
		}
	}
	return order
}

// within runs fn in a transaction in the context of an organization ("" = none), and commits only if told to.
func within(t *testing.T, db *bun.DB, org string, commit bool, fn func(context.Context, bun.Tx) error) error {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	exec(t, tx, "SELECT set_config('app.current_org', ?, true)", org)
	if err := fn(t.Context(), tx); err != nil {
		return err
	}
	if commit {
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	return nil
}
