package resolver_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/seed"
)

// Every statement that these tests made a server send is planned anew, as the application's role, in an organization
// that holds most of the rows among many small ones. A plan must find the organization's rows by an index, and what it
// filters afterwards must be little.

// Plans are judged by PostgreSQL's own estimates, in units of a page that is read.
const (
	large       = 1000 // rows of a table, from which on reading all of it is a fault
	mostExpense = 1500 // of one statement; a page of a list costs below 100
)

func plansOfAllStatements(t *testing.T) {
	emitted := apitest.Emitted()
	env := apitest.New(t)
	giant := skew(t, env)
	conn, err := pgx.Connect(t.Context(), env.Database.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }()
	g := &guard{conn: conn, org: giant, sizes: map[string]int{}}
	for _, row := range env.Above(t, "SELECT relname || ' ' || reltuples::bigint FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace") {
		var name string
		var rows int
		_, _ = fmt.Sscan(row, &name, &rows)
		g.sizes[name] = rows
	}
	judged := 0
	for _, s := range emitted {
		if !strings.Contains(s.Text, "$1") || strings.Contains(s.Text, "set_config") {
			continue
		}
		plan, err := g.plan(t.Context(), s)
		if err != nil {
			t.Errorf("%v\n%s", err, s.Text)
			continue
		}
		judged++
		for _, fault := range g.judge(plan) {
			t.Errorf("%s\n%s\n%s", fault, s.Text, plan.describe(""))
		}
	}
	if judged < 100 {
		t.Errorf("only %d statements were planned", judged)
	}
	t.Logf("%d statements planned", judged)
}

// skew fills one organization with most of the rows, and some with few.
func skew(t *testing.T, env *apitest.Env) id.Org {
	t.Helper()
	for _, o := range []seed.LoadOptions{
		{Org: "Giant", Members: 20, Leads: 20000, Accounts: 2000, Contacts: 8000, Opportunities: 4000, Tasks: 4000},
		{Orgs: 10, Members: 3, Leads: 100, Accounts: 20, Contacts: 80, Opportunities: 40, Tasks: 40},
	} {
		o.DB, o.AdminURL = env.Backend.DB, env.Database.AdminURL
		if _, err := seed.Load(t.Context(), o); err != nil {
			t.Fatal(err)
		}
	}
	env.Above(t, "ANALYZE")
	giant, err := id.Parse[id.Org](env.Above(t, "SELECT id FROM organization WHERE name = 'Giant'")[0])
	if err != nil {
		t.Fatal(err)
	}
	return giant
}

type guard struct {
	conn  *pgx.Conn
	org   id.Org
	sizes map[string]int
}

// node is a step of a plan.
type node struct {
	Type      string  `json:"Node Type"`
	Relation  string  `json:"Relation Name"`
	Index     string  `json:"Index Name"`
	Condition string  `json:"Index Cond"`
	Recheck   string  `json:"Recheck Cond"`
	Filter    string  `json:"Filter"`
	Once      string  `json:"One-Time Filter"`
	Rows      float64 `json:"Plan Rows"`
	Cost      float64 `json:"Total Cost"`
	Plans     []node
}

// plan asks for the plan of a statement with its arguments, in the giant organization.
func (g *guard) plan(ctx context.Context, s apitest.Statement) (*node, error) {
	tx, err := g.conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if _, err := tx.Exec(ctx, "SELECT set_config('app.current_org', $1, true)", g.org.String()); err != nil {
		return nil, err
	}
	// Reading a whole table is what the planner is right to choose for a giant, and then no index is missed.
	if _, err := tx.Exec(ctx, "SET LOCAL enable_seqscan = off"); err != nil {
		return nil, err
	}
	args := slices.Clone(s.Args)
	if len(args) > 0 {
		if _, isID := args[0].([16]byte); isID {
			args[0] = [16]byte(g.org)
		}
	}
	var text string
	if err := tx.QueryRow(ctx, "EXPLAIN (FORMAT JSON) "+s.Text, args...).Scan(&text); err != nil {
		return nil, fmt.Errorf("explain: %w", err)
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		return nil, err
	}
	return &plans[0].Plan, nil
}

// judge says what is wrong with a plan.
func (g *guard) judge(plan *node) (faults []string) {
	if plan.Cost > mostExpense {
		faults = append(faults, fmt.Sprintf("it costs %.0f", plan.Cost))
	}
	plan.walk(func(n *node) {
		if n.Relation == "" || n.Type == "ModifyTable" || g.sizes[n.Relation] < large {
			return
		}
		if n.Type == "Seq Scan" {
			faults = append(faults, fmt.Sprintf("it reads all %d rows of %s", g.sizes[n.Relation], n.Relation))
		}
		if n.Type != "Seq Scan" && !strings.Contains(n.Condition+n.Recheck, "org_id") && n.Type != "Bitmap Heap Scan" {
			faults = append(faults, "it looks into "+n.Relation+" without the organization")
		}
	})
	return faults
}

func (n *node) walk(fn func(*node)) {
	fn(n)
	for i := range n.Plans {
		n.Plans[i].walk(fn)
	}
}

// describe writes a plan with a line for each step.
func (n *node) describe(indent string) string {
	line := indent + n.Type
	for _, part := range []string{n.Relation, n.Index, n.Condition, n.Once} {
		if part != "" {
			line += " " + part
		}
	}
	if n.Filter != "" {
		line += " FILTER " + n.Filter
	}
	line += fmt.Sprintf(" (%.0f rows, cost %.0f)\n", n.Rows, n.Cost)
	for i := range n.Plans {
		line += n.Plans[i].describe(indent + "  ")
	}
	return line
}
