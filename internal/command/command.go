// Package command is the program's commands besides serve: migrations, the operator's checks of row-level security,
// demo and bulk data, and the first set-up without a user interface.
//
// Every command reads the same configuration as the server. Without DATABASE_URL it works on the embedded database:
// on the running one when a server runs, otherwise it starts it for itself. Commands that change tenants' data do so
// as the application's role, under the policies.
//
// Failure: an error is one sentence on stderr and exit status 1.
package command

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// New makes the command line; what serve does is the caller's, and it is what happens without a command.
func New(serve func(ctx context.Context, cfg config.Config, log *slog.Logger) error) *cobra.Command {
	root := &cobra.Command{
		Use: "bottlecrm", Short: "A multi-tenant CRM over GraphQL, whose tenants PostgreSQL keeps apart",
		SilenceUsage: true, SilenceErrors: true, Args: cobra.NoArgs,
	}
	var addr string
	run := func(cmd *cobra.Command, _ []string) error {
		cfg, err := load(map[string]string{"ADDR": addr})
		if err != nil {
			return err
		}
		return serve(cmd.Context(), cfg, logger(cfg, os.Stderr))
	}
	serveCommand := &cobra.Command{Use: "serve", Short: "Serve the API (the default)", Args: cobra.NoArgs, RunE: run}
	for _, c := range []*cobra.Command{root, serveCommand} {
		c.Flags().StringVar(&addr, "addr", "", "where to listen (default $ADDR or 127.0.0.1:8080)")
	}
	root.RunE = run
	root.AddCommand(serveCommand, migrateCommand(), rlsCommand(), seedCommand(), searchCommand(), filesCommand(), orgCommand(), memberCommand(), tokenCommand(), schemaCommand())
	return root
}

// load reads the configuration; flags win over the environment.
func load(flags map[string]string) (config.Config, error) {
	env, err := config.Environment()
	if err != nil {
		return config.Config{}, err
	}
	return config.Load(func(name string) string {
		if v := flags[name]; v != "" {
			return v
		}
		return env(name)
	})
}

func logger(cfg config.Config, w io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: cfg.LogLevel}
	var handler slog.Handler = slog.NewTextHandler(w, options)
	if cfg.LogFormat == "json" {
		handler = slog.NewJSONHandler(w, options)
	}
	return slog.New(server.LogHandler{Handler: handler})
}

// withDatabase gives fn an open backend and closes it afterwards.
func withDatabase(fn func(cmd *cobra.Command, args []string, b *Backend) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		cfg, err := load(nil)
		if err != nil {
			return err
		}
		b, err := Open(cmd.Context(), cfg, logger(cfg, os.Stderr))
		if err != nil {
			return err
		}
		defer b.Close()
		return fn(cmd, args, b)
	}
}

// ErrFailed is a failure that has been printed already.
var ErrFailed = fmt.Errorf("failed")
