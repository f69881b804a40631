package command

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/migrations"
)

func migrateCommand() *cobra.Command {
	c := &cobra.Command{Use: "migrate", Short: "Apply, revert and list migrations"}
	var all bool
	down := &cobra.Command{Use: "down", Short: "Revert the last migration", Args: cobra.NoArgs, RunE: withDatabase(
		func(cmd *cobra.Command, _ []string, b *Backend) error {
			revert := migrations.Down
			if all {
				revert = migrations.DownAll
			}
			return b.asOwner(func(owner *bun.DB) error {
				reverted, err := revert(cmd.Context(), owner)
				for _, name := range reverted {
					fmt.Fprintln(cmd.OutOrStdout(), "reverted", name)
				}
				return err
			})
		})}
	down.Flags().BoolVar(&all, "all", false, "revert every migration: all data is lost")
	c.AddCommand(
		&cobra.Command{Use: "up", Short: "Apply what is pending", Args: cobra.NoArgs, RunE: withDatabase(
			func(cmd *cobra.Command, _ []string, b *Backend) error {
				applied, err := b.Migrate(cmd.Context())
				for _, name := range applied {
					fmt.Fprintln(cmd.OutOrStdout(), "applied", name)
				}
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "%d applied, the schema is current\n", len(applied))
				}
				return err
			})},
		down,
		&cobra.Command{Use: "status", Short: "List migrations", Args: cobra.NoArgs, RunE: withDatabase(
			func(cmd *cobra.Command, _ []string, b *Backend) error {
				states, err := migrations.Status(cmd.Context(), b.DB.Bun())
				for _, s := range states {
					at := "pending"
					if !s.AppliedAt.IsZero() {
						at = s.AppliedAt.UTC().Format(time.RFC3339)
					}
					fmt.Fprintf(cmd.OutOrStdout(), "%-20s %s\n", at, s.Name)
				}
				return err
			})},
	)
	return c
}
