package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// searchCommand keeps the index of free text, which every write keeps by itself: it is for rows that did not come through
// the program, and for a program with other rules for what is a word.
func searchCommand() *cobra.Command {
	c := &cobra.Command{Use: "search", Short: "The index of free text"}
	var org string
	rebuild := &cobra.Command{Use: "rebuild", Short: "Make the index what the records say, organization by organization; nobody has to stop working", Args: cobra.NoArgs,
		RunE: withDatabase(func(cmd *cobra.Command, _ []string, b *Backend) error {
			if err := b.current(cmd.Context()); err != nil {
				return err
			}
			all, err := b.organizations(cmd.Context(), org)
			if err != nil {
				return err
			}
			for _, o := range all {
				changed, err := store.RebuildSearch(cmd.Context(), b.DB, o.ID)
				if err != nil {
					return fmt.Errorf("rebuild the index of %s: %w", o.Name, err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d added, %d removed\n", o.Name, changed.Added, changed.Removed)
			}
			return nil
		})}
	rebuild.Flags().StringVar(&org, "org", "", "only the organization of this name")
	c.AddCommand(rebuild)
	return c
}

type organization struct {
	ID   id.Org `bun:"id"`
	Name string `bun:"name"`
}

// organizations are those of a name, or all.
func (b *Backend) organizations(ctx context.Context, name string) (all []organization, err error) {
	err = b.DB.Platform(ctx, func(ctx context.Context, tx bun.Tx) error {
		return tx.NewRaw("SELECT id, name FROM organization WHERE ? IN (name, '') ORDER BY name, id", name).Scan(ctx, &all)
	})
	if err == nil && name != "" && len(all) == 0 {
		err = fmt.Errorf("there is no organization %q", name)
	}
	return all, err
}
