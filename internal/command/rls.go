package command

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/rls"
)

// rlsCommand proves that isolation is on. Its exit status is 1 when anything falls short, so that it can stand in a
// pipeline.
func rlsCommand() *cobra.Command {
	c := &cobra.Command{Use: "rls", Short: "Prove that row-level security is on"}
	var asJSON bool
	c.PersistentFlags().BoolVar(&asJSON, "json", false, "print JSON")
	check := func(use, short string, run func(ctx context.Context, db *bun.DB) (any, bool, func(io.Writer) error, error)) *cobra.Command {
		return &cobra.Command{Use: use, Short: short, Args: cobra.NoArgs, RunE: withDatabase(
			func(cmd *cobra.Command, _ []string, b *Backend) error {
				report, ok, write, err := run(cmd.Context(), b.DB.Bun())
				if err != nil {
					return err
				}
				if asJSON {
					encoder := json.NewEncoder(cmd.OutOrStdout())
					encoder.SetIndent("", "  ")
					err = encoder.Encode(report)
				} else {
					err = write(cmd.OutOrStdout())
				}
				if err != nil {
					return fmt.Errorf("print the report: %w", err)
				}
				if !ok {
					return ErrFailed
				}
				return nil
			})}
	}
	status := check("status", "Every protected table, and what is wrong with it", func(ctx context.Context, db *bun.DB) (any, bool, func(io.Writer) error, error) {
		r, err := rls.Inspect(ctx, db)
		return r, r.OK(), func(w io.Writer) error { return rls.WriteStatus(w, r) }, err
	})
	c.AddCommand(status,
		check("verify-user", "What the database user may do", func(ctx context.Context, db *bun.DB) (any, bool, func(io.Writer) error, error) {
			r, err := rls.Inspect(ctx, db)
			return r.Role, r.Role.OK(), func(w io.Writer) error { return rls.WriteVerifyUser(w, r) }, err
		}),
		check("test", "Try to reach one organization's rows from another", func(ctx context.Context, db *bun.DB) (any, bool, func(io.Writer) error, error) {
			r, err := rls.Test(ctx, db)
			return r, r.OK(), func(w io.Writer) error { return rls.WriteTest(w, r) }, err
		}))
	c.Args, c.RunE = cobra.NoArgs, status.RunE
	return c
}
