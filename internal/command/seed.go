package command

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/uptrace/bun"
	"golang.org/x/term"

	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/seed"
)

// seedAdmin names the variable with an administrator's database URL, which only a bulk load has a use for.
const seedAdmin = "SEED_ADMIN_DATABASE_URL"

// seedCommand makes data: a little that is good to look at, or a lot.
func seedCommand() *cobra.Command {
	c := &cobra.Command{Use: "seed", Short: "Make demo data, or a lot of it"}
	c.AddCommand(
		&cobra.Command{Use: "demo", Short: "Make the organizations Acme and Globex, unless they exist", Args: cobra.NoArgs, RunE: withDatabase(
			func(cmd *cobra.Command, _ []string, b *Backend) error {
				if err := b.current(cmd.Context()); err != nil {
					return err
				}
				if err := b.OpenFiles(cmd.Context()); err != nil {
					return err
				}
				if err := seed.Demo(files.NewContext(cmd.Context(), b.Files), b.DB, b.Log); err != nil {
					return err
				}
				fmt.Fprintln(cmd.OutOrStdout(), "Acme and Globex are there")
				return nil
			})},
		loadCommand(),
	)
	return c
}

func loadCommand() *cobra.Command {
	var o seed.LoadOptions
	c := &cobra.Command{Use: "load", Short: "Make organizations with many records: Load 001, Load 002, …", Args: cobra.NoArgs,
		Long: "Make organizations with many records. Those that exist already are left alone.\n\n" +
			"Rows go by COPY when " + seedAdmin + " names a superuser or a role with BYPASSRLS, and into the embedded\n" +
			"database; otherwise the application's role inserts them, which is several times slower.",
		RunE: withDatabase(func(cmd *cobra.Command, _ []string, b *Backend) error { return b.load(cmd, o) }),
	}
	for _, f := range []struct {
		value    *int
		name     string
		fallback int
		usage    string
	}{
		{&o.Orgs, "orgs", 10, "how many organizations"},
		{&o.Members, "members", 5, "members of each, besides its admin"},
		{&o.Leads, "leads", 5_000, "leads of each"},
		{&o.Accounts, "accounts", 500, "accounts of each"},
		{&o.Contacts, "contacts", 2_000, "contacts of each"},
		{&o.Opportunities, "opportunities", 1_000, "opportunities of each"},
		{&o.Tasks, "tasks", 500, "tasks of each"},
	} {
		c.Flags().IntVar(f.value, f.name, f.fallback, f.usage)
	}
	c.Flags().StringVar(&o.Org, "org", "", "one organization of this name, instead of several")
	c.MarkFlagsMutuallyExclusive("org", "orgs")
	return c
}

func (b *Backend) load(cmd *cobra.Command, o seed.LoadOptions) error {
	if err := b.current(cmd.Context()); err != nil {
		return err
	}
	env, err := config.Environment()
	if err != nil {
		return err
	}
	o.DB, o.AdminURL, o.Analyze = b.DB, env(seedAdmin), b.analyze
	if b.Embedded != nil {
		o.AdminURL = b.Embedded.AdminURL
	}
	if term.IsTerminal(int(os.Stderr.Fd())) {
		o.Progress = os.Stderr
	}
	report, err := seed.Load(cmd.Context(), o)
	return errors.Join(err, report.Write(cmd.OutOrStdout()))
}

// analyze is for the owner of the tables; to another role PostgreSQL says no in a warning, which is no error.
func (b *Backend) analyze(ctx context.Context) error {
	return b.asOwner(func(owner *bun.DB) error {
		_, err := owner.ExecContext(ctx, "ANALYZE")
		return err
	})
}

// current brings the schema of an embedded database up to date, and refuses any other that is not.
func (b *Backend) current(ctx context.Context) error {
	if b.Embedded != nil && !b.Running() {
		if _, err := b.Migrate(ctx); err != nil {
			return err
		}
	}
	return b.Safe(ctx)
}
