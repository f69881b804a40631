package command

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// filesCommand keeps the store of files, which mostly keeps itself: it is for what a server left that died on the way.
func filesCommand() *cobra.Command {
	c := &cobra.Command{Use: "files", Short: "Uploaded files"}
	var org string
	var age time.Duration
	sweep := &cobra.Command{Use: "sweep", Short: "Delete files that no record names, organization by organization; once a night is often enough", Args: cobra.NoArgs,
		RunE: withDatabase(func(cmd *cobra.Command, _ []string, b *Backend) error {
			if err := b.current(cmd.Context()); err != nil {
				return err
			}
			if err := b.OpenFiles(cmd.Context()); err != nil {
				return err
			}
			if b.Files == nil {
				return errors.New("no files are kept: FILES_URL is not set")
			}
			all, err := b.organizations(cmd.Context(), org)
			if err != nil {
				return err
			}
			keys := make([]id.Org, len(all))
			for i, o := range all {
				keys[i] = o.ID
			}
			deleted, err := b.Files.Sweep(cmd.Context(), keys, age, store.NamedFiles(b.DB))
			fmt.Fprintf(cmd.OutOrStdout(), "%d deleted\n", deleted)
			return err
		})}
	sweep.Flags().StringVar(&org, "org", "", "only the organization of this name")
	sweep.Flags().DurationVar(&age, "age", 24*time.Hour, "how old a file must be: an hour at least, for an operation may be about to name it")
	c.AddCommand(sweep)
	return c
}
