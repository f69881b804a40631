package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// policyForms are ways to write the policy, the one in use first. They are measured on the real table: each stands in a
// transaction that is rolled back.
var policyForms = []struct{ name, using string }{
	{"setting cast", "org_id = NULLIF(current_setting('app.current_org', true), '')::uuid"},
	{"setting in a sub-query", "org_id = (SELECT NULLIF(current_setting('app.current_org', true), '')::uuid)"},
	{"column cast", "org_id::text = NULLIF(current_setting('app.current_org', true), '')"},
}

// policyCases are reads of leads without the predicate of the store and with it. The second finds few rows in many.
var policyCases = []struct{ name, text string }{
	{"first page of 50", "SELECT id, title, created_at FROM lead WHERE %s ORDER BY created_at DESC, id DESC LIMIT 50"},
	{"count of one status", "SELECT count(*) FROM lead WHERE %s AND status = 'recycled'"},
}

// forms prints what two decisions rest on (docs/adr): how the policy is written, and how values get into statements.
func (b *bench) forms(ctx context.Context) error {
	org := b.world.small[len(b.world.small)/2].id
	if err := b.many.policies(ctx, org, b.out); err != nil {
		return err
	}
	fmt.Fprintln(b.out)
	return b.many.parameters(ctx, org, b.out)
}

// policies prints how long reads take under each form of the policy, in one organization among all.
func (d *database) policies(ctx context.Context, org string, out io.Writer) error {
	fmt.Fprintf(out, "| Policy | Read | Without `org_id = $1`, ms | With it, ms |\n| --- | --- | ---: | ---: |\n")
	for _, form := range policyForms {
		for _, c := range policyCases {
			var took [2]float64
			for i, predicate := range []string{"true", "org_id = '" + org + "'"} {
				var err error
				if took[i], err = d.under(ctx, form.using, org, fmt.Sprintf(c.text, predicate)); err != nil {
					return fmt.Errorf("%s, %s: %w", form.name, c.name, err)
				}
			}
			fmt.Fprintf(out, "| %s | %s | %s | %s |\n", form.name, c.name, short(took[0]), short(took[1]))
		}
	}
	return nil
}

// parameterForms are ways for values to get into a statement.
var parameterForms = []struct {
	name string
	text func(org string, n int) (string, []any)
}{
	{name: "in the text", text: func(org string, n int) (string, []any) {
		return fmt.Sprintf("SELECT * FROM lead WHERE org_id = '%s' AND created_at < now() - interval '%d seconds' ORDER BY created_at DESC, id DESC LIMIT 21", org, n),
			[]any{pgx.QueryExecModeExec}
	}},
	{name: "bound, not prepared", text: func(org string, n int) (string, []any) {
		return listText, []any{pgx.QueryExecModeExec, org, fmt.Sprint(n)}
	}},
	{name: "bound, prepared", text: func(org string, n int) (string, []any) {
		return listText, []any{pgx.QueryExecModeCacheStatement, org, fmt.Sprint(n)}
	}},
}

const listText = "SELECT * FROM lead WHERE org_id = $1::text::uuid AND created_at < now() - ($2::text || ' seconds')::interval ORDER BY created_at DESC, id DESC LIMIT 21"

// parameters prints how long a page of 20 takes on one connection, with each form of parameters.
func (d *database) parameters(ctx context.Context, org string, out io.Writer) error {
	conn, err := pgx.Connect(ctx, d.appURL)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if _, err := tx.Exec(ctx, "SELECT set_config('app.current_org', $1, true)", org); err != nil {
		return err
	}
	fmt.Fprintf(out, "| Values | A page of 20, ms |\n| --- | ---: |\n")
	for _, form := range parameterForms {
		took := make([]float64, 0, 1000)
		for n := range cap(took) {
			text, args := form.text(org, n)
			from := time.Now()
			rows, _ := tx.Query(ctx, text, args...) // the error is in the rows
			for rows.Next() {
				rows.RawValues()
			}
			if rows.Close(); rows.Err() != nil {
				return fmt.Errorf("%s: %w", form.name, rows.Err())
			}
			took = append(took, float64(time.Since(from).Microseconds())/1000)
		}
		slices.Sort(took)
		fmt.Fprintf(out, "| %s | %s |\n", form.name, short(took[len(took)/2]))
	}
	return nil
}

// under gives the median time of a statement as the application's role, under a policy.
func (d *database) under(ctx context.Context, using, org, text string) (float64, error) {
	conn, err := pgx.Connect(ctx, d.adminURL)
	if err != nil {
		return 0, fmt.Errorf("connect as the administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	tx, err := conn.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	for _, statement := range []string{
		"ALTER POLICY org_isolation ON lead USING (" + using + ")",
		"SET LOCAL ROLE " + appRole.Name,
		"SET LOCAL app.current_org = '" + org + "'",
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return 0, err
		}
	}
	took := make([]float64, 9)
	for i := range took {
		var plan []byte
		if err := tx.QueryRow(ctx, "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) "+text).Scan(&plan); err != nil {
			return 0, err
		}
		var read []struct {
			Execution float64 `json:"Execution Time"`
		}
		if err := json.Unmarshal(plan, &read); err != nil {
			return 0, fmt.Errorf("read the plan: %w", err)
		}
		took[i] = read[0].Execution
	}
	slices.Sort(took)
	return took[len(took)/2], nil
}
