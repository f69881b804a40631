package seed

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

// small is a load of two organizations, in several statements a table.
var small = LoadOptions{Orgs: 2, Members: 3, Leads: insertBatch + 10, Accounts: 40, Contacts: 130, Opportunities: 70, Tasks: 90, Progress: io.Discard}

func load(t *testing.T, byAdmin bool) (*tenant.DB, *Report) {
	t.Helper()
	server := testdb.New(t)
	o := small
	o.DB = connect(t, server.AppURL)
	if byAdmin {
		o.AdminURL = server.AdminURL
	}
	report, err := Load(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return o.DB, report
}

func TestLoad(t *testing.T) {
	t.Parallel()
	byInsert, inserted := load(t, false)
	byCopy, copied := load(t, true)

	t.Run("both ways give the same rows", func(t *testing.T) {
		t.Parallel()
		for i, table := range inserted.Tables {
			if other := copied.Tables[i]; table.Name != other.Name || table.Rows != other.Rows {
				t.Errorf("%s %d by INSERT, %s %d by COPY", table.Name, table.Rows, other.Name, other.Rows)
			}
		}
		const all = `SELECT concat_ws(' ', title, email, status, opportunity_amount, rating, description) FROM lead
			UNION ALL SELECT concat_ws(' ', name, phone, annual_revenue, city) FROM accounts
			UNION ALL SELECT concat_ws(' ', c.email, a.name) FROM contacts AS c JOIN accounts AS a ON a.id = c.account_id
			UNION ALL SELECT concat_ws(' ', o.name, amount, stage, probability, count(c.contact_id)) FROM opportunity AS o
				LEFT JOIN opportunity_contacts AS c ON c.opportunity_id = o.id GROUP BY o.org_id, o.id
			UNION ALL SELECT concat_ws(' ', title, status, priority) FROM task ORDER BY 1`
		for _, organization := range []string{"Load 001", "Load 002"} {
			a, b := values[string](t, byInsert, organization, all), values[string](t, byCopy, organization, all)
			if want := small.records(); len(a) != want || !slices.Equal(a, b) {
				t.Errorf("%s: %d by INSERT, %d by COPY, want %d that are the same", organization, len(a), len(b), want)
			}
		}
	})
	for name, db := range map[string]*tenant.DB{"INSERT": byInsert, "COPY": byCopy} {
		t.Run(name+" keeps organizations apart", func(t *testing.T) {
			t.Parallel()
			for rows, want := range map[string]int{
				"lead": small.Leads, "accounts": small.Accounts, "contacts": small.Contacts, "opportunity": small.Opportunities,
				"task": small.Tasks, "accounts_contacts": small.Contacts, "profile": small.Members + 1, "teams": len(teamNames), "tags": len(tagNames),
				"(SELECT DISTINCT org_id FROM lead) AS t": 1, "(SELECT DISTINCT stage FROM opportunity) AS t": 6,
			} {
				if got := count(t, db, "Load 002", rows); got != want {
					t.Errorf("%s: %d, want %d", rows, got, want)
				}
			}
		})
		t.Run(name+" leaves nothing that the rules forbid", func(t *testing.T) {
			t.Parallel()
			for _, rows := range []string{
				"lead WHERE NOT EXISTS (SELECT FROM lead_assigned_to AS a WHERE a.lead_id = lead.id)",
				"contacts AS c WHERE NOT EXISTS (SELECT FROM accounts_contacts AS j WHERE j.contact_id = c.id AND j.account_id = c.account_id)",
				"lead WHERE created_at NOT BETWEEN now() - interval '731 days' AND now() OR updated_at < created_at",
				"lead WHERE get_byte(uuid_send(id), 6) >> 4 <> 7 OR get_byte(uuid_send(id), 8) >> 6 <> 2", // UUIDv7
				"(SELECT id, lag(id) OVER (ORDER BY created_at) AS before FROM lead) AS t WHERE before > id",
				"opportunity WHERE stage LIKE 'CLOSED%' AND closed_by_id IS NULL",
				// As a superuser it loads without the checks of foreign keys: here they are.
				"lead_assigned_to AS j WHERE NOT EXISTS (SELECT FROM lead WHERE id = j.lead_id) OR NOT EXISTS (SELECT FROM profile WHERE id = j.profile_id)",
				"lead_teams AS j WHERE NOT EXISTS (SELECT FROM lead WHERE id = j.lead_id) OR NOT EXISTS (SELECT FROM teams WHERE id = j.team_id)",
				"lead_tags AS j WHERE NOT EXISTS (SELECT FROM lead WHERE id = j.lead_id) OR NOT EXISTS (SELECT FROM tags WHERE id = j.tag_id)",
				"lead WHERE NOT EXISTS (SELECT FROM users WHERE id = created_by_id) OR NOT EXISTS (SELECT FROM organization WHERE id = org_id)",
				"opportunity AS o WHERE NOT EXISTS (SELECT FROM accounts WHERE id = o.account_id) OR closed_by_id NOT IN (SELECT id FROM profile)",
				"opportunity_contacts AS j WHERE NOT EXISTS (SELECT FROM opportunity WHERE id = j.opportunity_id) OR NOT EXISTS (SELECT FROM contacts WHERE id = j.contact_id)",
				"task WHERE account_id NOT IN (SELECT id FROM accounts) OR opportunity_id NOT IN (SELECT id FROM opportunity) OR lead_id NOT IN (SELECT id FROM lead)",
				"teams_users AS j WHERE NOT EXISTS (SELECT FROM teams WHERE id = j.team_id) OR NOT EXISTS (SELECT FROM profile WHERE id = j.profile_id)",
			} {
				if got := count(t, db, "Load 001", rows); got != 0 {
					t.Errorf("%d of %s", got, rows)
				}
			}
		})
		t.Run(name+" keeps the index of words", func(t *testing.T) {
			t.Parallel()
			searchable(t, db, "Load 002")
		})
		t.Run("after "+name+" the store serves the rows", func(t *testing.T) {
			t.Parallel()
			for email, least := range map[string]int{"admin@load-002.example": small.Leads, "user001@load-002.example": small.Leads / 6} {
				ctx := visit(t, db, "Load 002", email)
				leads, err := store.Leads.List(ctx, page.Args{}, nil)
				if err != nil {
					t.Fatal(err)
				}
				if n, err := leads.TotalCount(ctx); err != nil || n < least || n > small.Leads {
					t.Errorf("%s sees %d leads, %v", email, n, err)
				}
			}
		})
	}
	t.Run("the report reads well", func(t *testing.T) {
		t.Parallel()
		var out bytes.Buffer
		if err := copied.Write(&out); err != nil {
			t.Fatal(err)
		}
		if text := out.String(); !strings.Contains(text, "lead_assigned_to") || !strings.Contains(text, "2 organizations loaded, 0 were there") {
			t.Error(text)
		}
	})
}

func TestLoadAgain(t *testing.T) {
	t.Parallel()
	db, _ := load(t, false)
	o := small
	o.DB = db

	t.Run("what is there is left alone, what is missing is added", func(t *testing.T) {
		o := o
		o.Orgs = 3
		report, err := Load(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if report.Reused != 2 || report.Loaded != 1 {
			t.Errorf("%d reused, %d loaded", report.Reused, report.Loaded)
		}
		if got := count(t, db, "Load 001", "lead"); got != small.Leads {
			t.Errorf("%d leads", got)
		}
	})
	t.Run("an organization of another size is refused", func(t *testing.T) {
		o := o
		o.Leads++
		if _, err := Load(t.Context(), o); err == nil || !strings.Contains(err.Error(), "Load 001 exists with") {
			t.Error(err)
		}
	})
	t.Run("one organization has the name that one likes", func(t *testing.T) {
		o := LoadOptions{DB: db, Org: "Giant & Sons", Leads: 50}
		if _, err := Load(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if got := values[string](t, db, "Giant & Sons", "SELECT u.email FROM profile AS p JOIN users AS u ON u.id = p.user_id"); !slices.Equal(got, []string{"admin@giant-sons.example"}) {
			t.Error(got)
		}
		if got := count(t, db, "Giant & Sons", "lead"); got != 50 {
			t.Errorf("%d leads", got)
		}
	})
	t.Run("a role that policies apply to cannot copy", func(t *testing.T) {
		server := testdb.New(t)
		_, err := Load(t.Context(), LoadOptions{DB: connect(t, server.AppURL), AdminURL: server.OwnerURL, Orgs: 1})
		if err == nil || !strings.Contains(err.Error(), "policies apply to the role crm_owner") {
			t.Error(err)
		}
	})
	t.Run("a load that breaks off leaves nothing", func(t *testing.T) {
		server := testdb.New(t)
		copying, err := openCopy(t.Context(), server.AdminURL)
		if err != nil {
			t.Fatal(err)
		}
		defer copying.close()
		db, broken := connect(t, server.AppURL), errors.New("broken")
		for _, via := range []way{byInsert{db}, copying} {
			made := small.organization("Broken", american)
			key := id.New[id.Org]()
			err := via.in(t.Context(), key, func(ctx context.Context, tx bun.Tx, insert inserter) error {
				l := &loading{org: key, insert: insert, report: new(Report), shown: new(progress)}
				return errors.Join(small.load(ctx, tx, made, l), broken)
			})
			if !errors.Is(err, broken) {
				t.Error(err)
			}
			if found, err := known(t.Context(), db, []organization{made}); err != nil || len(found) != 0 {
				t.Errorf("%v, %v", found, err)
			}
		}
	})
	t.Run("there is no load of less than nothing", func(t *testing.T) {
		o := o
		o.Tasks = -1
		if _, err := Load(t.Context(), o); err == nil || !strings.Contains(err.Error(), "negative") {
			t.Error(err)
		}
	})
}
