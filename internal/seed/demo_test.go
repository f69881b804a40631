package seed

import (
	"context"
	"log/slog"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func demo(t *testing.T) *tenant.DB {
	t.Helper()
	db := connect(t, testdb.New(t).AppURL)
	kept, err := files.Open(t.Context(), files.Folder(t.TempDir()), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	start := time.Now()
	if err := Demo(files.NewContext(t.Context(), kept), db, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	t.Logf("the demo took %s", time.Since(start).Round(time.Millisecond))
	return db
}

func TestDemo(t *testing.T) {
	t.Parallel()
	db := demo(t)

	for _, organization := range []string{"Acme", "Globex"} {
		t.Run(organization+" has enough of everything", func(t *testing.T) {
			t.Parallel()
			for rows, least := range map[string]int{
				"lead":        42,
				"accounts":    26,
				"contacts":    62,
				"opportunity": 32,
				"task":        42,
				"task WHERE status <> 'Completed' AND due_date = (now() AT TIME ZONE (SELECT timezone FROM organization WHERE id = org_id))::date": 1,
				"invoice WHERE status = 'Overdue' AND due_date < current_date - 32":                                                                1,
				"teams":                                  3,
				"tags":                                   8,
				"comment":                                40,
				"lead_assigned_to":                       42,
				"accounts_assigned_to":                   26,
				"teams_users":                            4,
				"custom_field_definition":                8,
				"organization WHERE address_line <> ''":  1,
				"invoice WHERE custom_fields <> '{}'":    20,
				"invoice WHERE billing_city <> ''":       20,
				"estimate WHERE custom_fields <> '{}'":   8,
				"custom_field_value":                     30,
				"lead WHERE custom_fields <> '{}'":       10,
				`"apiSettings"`:                          1,
				"account_email":                          2,
				`"emailLogs"`:                            2,
				"lead_tags":                              20,
				"notification WHERE read_at IS NULL":     2,
				"notification WHERE read_at IS NOT NULL": 10,
				"task_tags":                              20,
				"board":                                  1,
				"board_member":                           2,
				"board_column":                           3,
				"board_task":                             6,
				"board_task_assigned_to":                 6,
				"document":                               3,
				"document_shared_to":                     3,
				"document_teams":                         1,
				"attachments":                            4,
				`"commentFiles"`:                         1,
				"comment_mentions":                       1,
				"case_watcher":                           1,
				"\"case\"":                               32,
				"\"case\" WHERE resolved_at IS NOT NULL": 8,
				"\"case\" WHERE first_response_at > created_at":                                                8,
				"\"case\" WHERE status IN ('New', 'Assigned') AND first_response_at IS NULL":                   5,
				"\"case\" WHERE first_response_at > created_at + sla_first_response_hours * interval '1 hour'": 1,
				"tags WHERE NOT is_active":                  1,
				"board_task WHERE completed_at IS NOT NULL": 1,
				"product":          6,
				"invoice":          20,
				"invoice_template": 2, "invoice WHERE template_id IS NOT NULL": 20,
				"invoice_line_item": 40,
				"payment":           8,
				"invoice_history":   50,
				"(SELECT DISTINCT status FROM invoice) AS t": 7,

				"opportunity_line_item": 10, "opportunity WHERE amount_source = 'CALCULATED'": 5,
				"estimate": 12, "estimate_line_item": 14, "estimate WHERE converted_to_invoice_id IS NOT NULL": 1, "(SELECT DISTINCT status FROM estimate) AS t": 4,
				"recurring_invoice": 4, "recurring_invoice WHERE NOT is_active": 1, "invoice WHERE recurrence_date IS NOT NULL": 4,

				"accounts_contacts":            62,
				"opportunity_contacts":         30,
				"task_contacts":                8,
				"opportunity_teams":            3,
				"lead WHERE status = 'closed'": 3,
				"solution":                     7,
				"solution_cases":               8,
				"lead WHERE converted_opportunity_id IS NOT NULL": 3,
				"lead_stage": 6, "case_stage": 5, "task_stage": 4,
				"lead_pipeline WHERE is_default": 1, "case_pipeline WHERE is_default": 1, "task_pipeline WHERE is_default": 1,
				"(SELECT DISTINCT stage_id FROM lead WHERE stage_id IS NOT NULL) AS t":     6,
				"(SELECT DISTINCT stage_id FROM \"case\" WHERE stage_id IS NOT NULL) AS t": 5,
				"(SELECT DISTINCT stage_id FROM task WHERE stage_id IS NOT NULL) AS t":     4,
				"opportunity WHERE kanban_order > 0":                                       30,
				"activity":                                                                 200,
				"activity WHERE action = 'STATUS_CHANGED'":                                 3,
				"task WHERE due_date < current_date - 1 AND status <> 'Completed'":         3,
				"task WHERE due_date > current_date + 1":                                   3,
				"(SELECT DISTINCT color FROM tags) AS t":                                   8,
				"(SELECT DISTINCT entity_type FROM comment) AS t":                          5,
				"(SELECT DISTINCT stage FROM opportunity) AS t":                            6,
				"(SELECT DISTINCT status FROM lead) AS t":                                  5,
				"(SELECT DISTINCT status FROM task) AS t":                                  3,
				"(SELECT DISTINCT created_by_id FROM lead) AS t":                           2,
				"(SELECT DISTINCT created_at::date FROM lead) AS t":                        30,
				"task WHERE case_id IS NOT NULL":                                           1,
				"\"case\" WHERE parent_id IS NOT NULL":                                     2,
				"\"case\" WHERE merged_into_id IS NOT NULL":                                1,
				"\"case\" WHERE first_response_breach_at < now()":                          2,
				"\"case\" WHERE resolution_breach_at < now()":                              2,
				"\"case\" WHERE coalesce(resolution_breach_at > now(), true)":              5,
				"solution WHERE is_published":                                              4,
				"(SELECT DISTINCT status FROM \"case\") AS t":                              6,
				"(SELECT DISTINCT status FROM solution) AS t":                              3,
			} {
				if got := count(t, db, organization, rows); got < least {
					t.Errorf("%s: %d, want %d at least", rows, got, least)
				}
			}
		})
		t.Run(organization+" is found by its words", func(t *testing.T) {
			t.Parallel()
			searchable(t, db, organization)
		})
		t.Run(organization+" keeps the order of time", func(t *testing.T) {
			t.Parallel()
			for _, rows := range []string{
				"lead WHERE created_at > updated_at OR updated_at > now() OR created_at < now() - interval '91 days'",
				"lead WHERE converted_at IS NOT NULL AND converted_at <> updated_at",
				"accounts WHERE created_at > updated_at OR updated_at > now()",
				"contacts AS c JOIN accounts AS a ON a.id = c.account_id WHERE c.created_at < a.created_at",
				"opportunity WHERE stage_changed_at NOT BETWEEN created_at AND now()",
				"opportunity WHERE stage LIKE 'CLOSED%' AND (closed_by_id IS NULL OR closed_on > current_date + 1)",
				"comment WHERE commented_on <> created_at OR created_at > now()",
				"task WHERE completed_at NOT BETWEEN created_at AND now()",
				"\"case\" WHERE first_response_at NOT BETWEEN created_at AND now() OR resolved_at NOT BETWEEN created_at AND now() OR updated_at > now()",
				"\"case\" WHERE status = 'Closed' AND (resolved_at IS NULL OR closed_on > current_date + 1)",
			} {
				if got := count(t, db, organization, rows); got != 0 {
					t.Errorf("%d of %s", got, rows)
				}
			}
		})
	}
	t.Run("amounts are in the organization's currency", func(t *testing.T) {
		t.Parallel()
		for organization, currency := range map[string]string{"Acme": "USD", "Globex": "EUR"} {
			if got := values[string](t, db, organization, "SELECT DISTINCT currency FROM opportunity"); !slices.Equal(got, []string{currency}) {
				t.Errorf("%s: %v", organization, got)
			}
		}
	})
	t.Run("Sam is a member of both organizations", func(t *testing.T) {
		t.Parallel()
		for _, organization := range []string{"Acme", "Globex"} {
			got := values[string](t, db, organization, "SELECT u.name || ' ' || p.role FROM profile AS p JOIN users AS u ON u.id = p.user_id WHERE u.email = 'second@acme.example'")
			if !slices.Equal(got, []string{"Sam Second USER"}) {
				t.Errorf("%s: %v", organization, got)
			}
		}
	})
	t.Run("Globex sees nothing of Acme", func(t *testing.T) {
		t.Parallel()
		theirs := values[string](t, db, "Acme", "SELECT id::text FROM lead")
		if n := count(t, db, "Globex", "lead WHERE id::text IN (?)", bun.List(theirs)); n != 0 {
			t.Errorf("%d leads of Acme are in sight", n)
		}
		ctx := visit(t, db, "Globex", "admin@globex.example")
		for _, text := range theirs {
			key, err := id.Parse[id.ID](text)
			if err != nil {
				t.Fatal(err)
			}
			if found, err := store.Leads.Find(ctx, key); found != nil || err != nil {
				t.Errorf("a lead of Acme: %v, %v", found, err)
			}
		}
		all, err := store.Leads.List(ctx, page.Args{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if total, err := all.TotalCount(ctx); err != nil || total != demoLeads {
			t.Errorf("its own leads: %d, %v", total, err)
		}
	})
	t.Run("a member without the admin role sees a part", func(t *testing.T) {
		t.Parallel()
		ctx := visit(t, db, "Acme", "member@acme.example")
		mine, err := store.Leads.List(ctx, page.Args{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if total, err := mine.TotalCount(ctx); err != nil || total == 0 || total >= demoLeads {
			t.Errorf("%d of %d leads, %v", total, demoLeads, err)
		}
	})
}

func TestDemoAgain(t *testing.T) {
	t.Parallel()
	db := demo(t)
	names := func(db *tenant.DB, organization string) []string {
		return values[string](t, db, organization, `SELECT 'lead ' || title || ' ' || email || ' ' || opportunity_amount FROM lead
			UNION ALL SELECT 'account ' || name || ' ' || phone || ' ' || annual_revenue FROM accounts WHERE annual_revenue IS NOT NULL
			UNION ALL SELECT 'contact ' || email FROM contacts
			UNION ALL SELECT 'deal ' || name || ' ' || amount || ' ' || stage FROM opportunity
			UNION ALL SELECT 'task ' || title || ' ' || status FROM task
			UNION ALL SELECT 'comment ' || author_name || ' ' || comment FROM comment ORDER BY 1`)
	}
	t.Run("another database gets the same names and amounts", func(t *testing.T) {
		other := demo(t)
		for _, organization := range []string{"Acme", "Globex"} {
			if a, b := names(db, organization), names(other, organization); len(a) < 250 || !slices.Equal(a, b) {
				t.Errorf("%s: %d and %d lines that differ", organization, len(a), len(b))
			}
		}
	})
	t.Run("a second run adds nothing, at the cost of one statement", func(t *testing.T) {
		before, statements := names(db, "Acme"), new(counter)
		db.Bun().AddQueryHook(statements) //nolint:staticcheck // the other way makes a copy, which Demo would not use
		if err := Demo(t.Context(), db, slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
		if *statements != 1 {
			t.Errorf("%d statements", *statements)
		}
		if after := names(db, "Acme"); !slices.Equal(before, after) {
			t.Errorf("%d lines before, %d after", len(before), len(after))
		}
	})
}

// counter counts statements.
type counter int

func (c *counter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context {
	*c++
	return ctx
}

func (c *counter) AfterQuery(context.Context, *bun.QueryEvent) {}
