package resolver_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/seed"
)

// guard judges statements by their plans. It plans each as the application's role in an organization that holds most of
// the rows, once for its arguments and, unless the server has it planned anew each time, once for any, because PostgreSQL
// may keep such a plan. What reads is run, for what a filter discards is known only then; what writes is planned.
type guard struct {
	conn    *pgx.Conn
	org     id.Org
	large   map[string]bool // tables of which reading everything is a fault
	tenants map[string]bool
	met     map[string]bool // the tenants' tables of the statements so far
}

// The limits. A member's list may begin with all that they see, which is what they pay for besides.
const (
	largeTable    = 1000 // rows
	mostDiscarded = 1000 // rows of a large table that are read and that no condition or join wants
	mostForPage   = 2000 // rows of large tables that are read for a page of at most 100
	mostExpense   = 500  // the planner's estimate for a write, in pages read
)

func newGuard(t *testing.T, env *apitest.Env, org id.Org) *guard {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), env.Database.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	g := &guard{conn: conn, org: org, large: map[string]bool{}, tenants: map[string]bool{}, met: map[string]bool{}}
	for _, table := range env.TenantTables(t) {
		g.tenants[strings.Trim(table, `"`)] = true
	}
	for _, table := range env.Above(t, fmt.Sprintf("SELECT relname::text FROM pg_class WHERE relkind = 'r' AND reltuples >= %d", largeTable)) {
		g.large[table] = true
	}
	return g
}

// fault is what is wrong with a statement.
type fault struct {
	rule string // "scan", "tenant", "filter", "page" or "cost"
	what string
	plan string
}

// judge says what is wrong with a statement.
func (g *guard) judge(ctx context.Context, s apitest.Statement) ([]fault, error) {
	faults := g.unnamed(s.Text)
	if !strings.Contains(s.Text, "$1") || strings.Contains(s.Text, "set_config") {
		return faults, nil // bun's own, with its arguments in the text: it finds one row or adds it
	}
	modes := []string{"custom", "generic"}
	if s.Anew {
		modes = modes[:1]
	}
	for _, mode := range modes {
		plan, err := g.plan(ctx, s, mode)
		var refused *pgconn.PgError
		if errors.As(err, &refused) && strings.HasPrefix(refused.Code, "22") {
			return faults, nil // it was sent to be refused: no such instant
		}
		if err != nil {
			return nil, fmt.Errorf("%s plan: %w", mode, err)
		}
		for _, f := range g.look(s.Text, plan) {
			f.plan = "as a " + mode + " plan:\n" + plan.describe("  ")
			faults = append(faults, f)
		}
	}
	return faults, nil
}

var (
	tableUse = regexp.MustCompile(`(?i)\b(FROM|JOIN|INTO|UPDATE)\s+("?[a-z_]+"?)(?:\s+AS)?(?:\s+"?([a-z_]+)"?)?`)
	paged    = regexp.MustCompile(`\bLIMIT [$\d]`)
	keywords = []string{"where", "set", "on", "values", "order", "select", "join", "cross", "limit", "group", "for", "offset", "union"}
)

// unnamed looks at the text: for each use of a tenant's table it must say org_id = $1, for that table.
func (g *guard) unnamed(text string) (faults []fault) {
	for _, use := range tableUse.FindAllStringSubmatch(text, -1) {
		verb, table, alias := strings.ToUpper(use[1]), strings.Trim(use[2], `"`), strings.ToLower(use[3])
		if !g.tenants[table] {
			continue
		}
		g.met[table] = true
		wanted := "org_id = $1"
		switch {
		case verb == "INTO":
			wanted = "org_id" // among the columns; row-level security checks the value
		case alias != "" && !slices.Contains(keywords, alias):
			wanted = alias + "." + wanted
		}
		// bun's own statements, of commands and of sign-in, have the id in their text.
		if !strings.Contains(text, wanted) && !strings.Contains(text, strings.Replace(wanted, "$1", "'", 1)) {
			faults = append(faults, fault{rule: "tenant", what: "there is no " + wanted + " for " + table})
		}
	}
	return faults
}

// node is a step of a plan. Rows are those of one of its loops.
type node struct {
	Type      string  `json:"Node Type"`
	Subplan   string  `json:"Subplan Name"`
	Relation  string  `json:"Relation Name"`
	Index     string  `json:"Index Name"`
	Condition string  `json:"Index Cond"`
	Recheck   string  `json:"Recheck Cond"`
	Filter    string  `json:"Filter"`
	Once      string  `json:"One-Time Filter"`
	Cost      float64 `json:"Total Cost"`
	Estimate  float64 `json:"Plan Rows"`
	Loops     float64 `json:"Actual Loops"`
	Rows      float64 `json:"Actual Rows"`
	Filtered  float64 `json:"Rows Removed by Filter"`
	Rechecked float64 `json:"Rows Removed by Index Recheck"`
	Unjoined  float64 `json:"Rows Removed by Join Filter"`
	Plans     []node
}

func (n *node) discarded() float64 { return (n.Filtered + n.Rechecked + n.Unjoined) * n.Loops }

// look says what is wrong with a plan.
func (g *guard) look(text string, plan *node) (faults []fault) {
	add := func(rule, format string, args ...any) {
		faults = append(faults, fault{rule: rule, what: fmt.Sprintf(format, args...)})
	}
	read, seen := 0.0, 0.0
	plan.walk(func(n *node) bool {
		if n.Subplan == "CTE seen" {
			seen = n.Rows
		}
		return true
	})
	plan.walk(func(n *node) bool {
		if n.Once == "false" {
			return false
		}
		if in := n.discarded(); in > mostDiscarded+seen && (g.large[n.Relation] || n.Unjoined > 0) {
			add("filter", "it reads %.0f rows of %s in vain", in, cmp.Or(n.Relation, "a join"))
		}
		if n.Relation == "" || n.Type == "ModifyTable" {
			return true
		}
		if g.tenants[n.Relation] && !g.constant(n.Condition+n.Recheck+n.Filter) {
			add("tenant", "it looks into %s without the organization", n.Relation)
		}
		if g.large[n.Relation] {
			read += n.Rows*n.Loops + n.discarded()
			if n.Type == "Seq Scan" {
				add("scan", "it reads all of %s", n.Relation)
			}
		}
		return true
	})
	if paged.MatchString(text) && read > mostForPage+3*seen {
		add("page", "it reads %.0f rows for a page", read)
	}
	if plan.Loops == 0 && plan.Cost > mostExpense && !strings.Contains(text, "unnest(") { // such a write costs as much as it was given
		add("cost", "it costs %.0f", plan.Cost)
	}
	return faults
}

// constant reports whether a condition compares org_id with the statement's own argument and not just with the setting that
// the policy reads: only then an index has a constant to begin with.
func (g *guard) constant(condition string) bool {
	return strings.Contains(condition, "org_id = $1") || strings.Contains(condition, "org_id = '"+g.org.String()+"'")
}

// plan asks for the plan of a statement, and runs it when it reads.
func (g *guard) plan(ctx context.Context, s apitest.Statement, mode string) (*node, error) {
	tx, err := g.conn.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		_ = tx.Rollback(ctx)
		_ = g.conn.Deallocate(ctx, "judged")
	}()
	// Reading a whole table is what the planner is right to choose for a giant, and then no index is missed.
	if _, err := tx.Exec(ctx, "SELECT set_config('app.current_org', $1, true), set_config('enable_seqscan', 'off', true),"+
		" set_config('jit', 'off', true), set_config('plan_cache_mode', 'force_' || $2 || '_plan', true)", g.org.String(), mode); err != nil {
		return nil, err
	}
	prepared, err := tx.Prepare(ctx, "judged", s.Text)
	if err != nil {
		return nil, err
	}
	values, err := literals(g.conn.TypeMap(), prepared.ParamOIDs, g.moved(s.Args))
	if err != nil {
		return nil, err
	}
	options := "FORMAT JSON"
	if !dml.MatchString(s.Text) {
		options += ", ANALYZE, TIMING OFF"
	}
	var text string
	if err := tx.QueryRow(ctx, "EXPLAIN ("+options+") EXECUTE judged"+values).Scan(&text); err != nil {
		return nil, err
	}
	var plans []struct{ Plan node }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		return nil, err
	}
	return &plans[0].Plan, nil
}

var dml = regexp.MustCompile(`\b(INSERT|UPDATE|DELETE) (INTO|FROM|"?[a-z_]+"? SET)`)

// moved puts a statement into the guard's organization.
func (g *guard) moved(args []any) []any {
	args = slices.Clone(args)
	if len(args) > 0 {
		if _, isID := args[0].([16]byte); isID {
			args[0] = [16]byte(g.org)
		}
	}
	return args
}

// literals writes the arguments of EXECUTE, which takes none bound.
func literals(types *pgtype.Map, oids []uint32, args []any) (string, error) {
	if len(oids) == 0 {
		return "", nil
	}
	values := make([]string, len(oids))
	for i, oid := range oids {
		text, err := types.Encode(oid, pgtype.TextFormatCode, args[i], nil)
		if err != nil {
			return "", err
		}
		values[i] = "NULL"
		if text != nil {
			values[i] = "'" + strings.ReplaceAll(string(text), "'", "''") + "'"
		}
	}
	return " (" + strings.Join(values, ", ") + ")", nil
}

// walk visits a step and, as long as fn says so, what is below it.
func (n *node) walk(fn func(*node) bool) {
	if !fn(n) {
		return
	}
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
	line += fmt.Sprintf(" (%.0f rows expected for %.0f; %.0f loops of %.0f rows, %.0f in vain)\n", n.Estimate, n.Cost, n.Loops, n.Rows, n.discarded())
	for i := range n.Plans {
		line += n.Plans[i].describe(indent + "  ")
	}
	return line
}

func TestGuardFindsBadStatements(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	giant := skew(t, env, seed.LoadOptions{Members: 5, Leads: 5000, Accounts: 10, Contacts: 10, Opportunities: 10, Tasks: 10})
	env.Above(t, "CREATE TABLE unindexed AS SELECT n FROM generate_series(1, 5000) AS n")
	env.Above(t, "GRANT SELECT ON unindexed TO PUBLIC")
	env.Above(t, "ANALYZE unindexed")
	g := newGuard(t, env, giant.ID)
	org, lead := [16]byte(giant.ID), [16]byte(id.New[id.ID]())
	const archived = "SELECT t.id FROM lead AS t WHERE t.org_id = $1 AND t.is_active = $2 ORDER BY t.created_at DESC, t.id DESC LIMIT $3"
	for _, c := range []struct {
		what, text string
		args       []any
		anew       bool
		rules      string
	}{
		{what: "nothing", text: "SELECT t.id FROM lead AS t WHERE t.org_id = $1 AND t.id = $2", args: []any{org, lead}},
		{what: "nothing in a write", text: "UPDATE lead SET title = 'x' WHERE org_id = $1 AND id = $2", args: []any{org, lead}},
		{what: "a table that is read whole", text: "SELECT count(*) FROM unindexed WHERE n = $1", args: []any{1}, rules: "filter scan"},
		{what: "no organization in a read", text: "SELECT t.id FROM lead AS t WHERE t.id = $1", args: []any{lead}, rules: "tenant"},
		{what: "none in one of two uses", text: "SELECT t.id FROM lead AS t WHERE t.org_id = $1 AND EXISTS (SELECT FROM lead AS t WHERE t.id = $2)", args: []any{org, lead}, rules: "tenant"},
		{what: "none in an update", text: "UPDATE lead SET title = 'x' WHERE id = $1", args: []any{lead}, rules: "tenant"},
		{what: "none in a deletion", text: "DELETE FROM lead AS t WHERE t.id = $1", args: []any{lead}, rules: "tenant"},
		{what: "none in an insertion", text: "INSERT INTO tags (id, name, slug) VALUES ($1, 'x', 'x')", args: []any{lead}, rules: "tenant"},
		{what: "a filter without an index", text: "SELECT count(*) FROM lead AS t WHERE t.org_id = $1 AND t.website = $2", args: []any{org, "x"}, rules: "filter"},
		{what: "one in a write", text: "DELETE FROM lead AS t WHERE t.org_id = $1 AND t.website = $2", args: []any{org, "x"}, rules: "cost"},
		{what: "an order without an index", text: "SELECT t.id FROM lead AS t WHERE t.org_id = $1 ORDER BY t.website LIMIT $2", args: []any{org, 25}, rules: "page"},
		{what: "a plan that is bad when it is kept", text: archived, args: []any{org, false, 25}, rules: "filter page"},
		{what: "and good when it is not", text: archived, args: []any{org, false, 25}, anew: true},
	} {
		faults, err := g.judge(t.Context(), apitest.Statement{Text: c.text, Args: c.args, Anew: c.anew})
		if err != nil {
			t.Fatal(err)
		}
		var rules []string
		for _, f := range faults {
			if !slices.Contains(rules, f.rule) {
				rules = append(rules, f.rule)
			}
		}
		if got := strings.Join(rules, " "); got != c.rules {
			t.Errorf("%s: found %q, want %q in\n%s\n%v", c.what, got, c.rules, c.text, faults)
		}
	}
}

func TestGuardExcusesWhatIsAccepted(t *testing.T) {
	t.Parallel()
	accepted := []*exception{{rule: "filter", text: `website`}, {rule: "page", text: `website`}}
	for f, want := range map[fault]bool{{rule: "filter"}: true, {rule: "tenant"}: false} {
		if got := exempt(accepted, f, "WHERE t.website = $2"); got != want {
			t.Errorf("%s: %v", f.rule, got)
		}
	}
	if exempt(accepted, fault{rule: "page"}, "ORDER BY t.title") {
		t.Error("another statement is excused")
	}
	if got := unmet(accepted); !slices.Equal(got, []string{"page website"}) {
		t.Errorf("exceptions that nothing needs: %v", got)
	}
}
