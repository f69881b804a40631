package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
)

// The databases of a run: the one that everything is measured on, and one with a single organization of the same size,
// which shows what the others cost.
const (
	manyDatabase = "bottlecrm_bench"
	oneDatabase  = "bottlecrm_bench_one"
	giantName    = "Giant"
)

// The roles are those of an installation by the README. The passwords protect made-up data on a local port.
var (
	ownerRole = devdb.Role{Name: "crm_owner", Password: "crm_owner"}
	appRole   = devdb.Role{Name: "crm_user", Password: "crm_user"}
)

// settings of the PostgreSQL that the bench runs itself. What is not here is as initdb left it, durability included.
var settings = map[string]string{
	"shared_buffers":       "2GB",
	"effective_cache_size": "6GB",
	"maintenance_work_mem": "256MB",
	"max_wal_size":         "2GB",
	"random_page_cost":     "1.1", // the data is in memory
	"jit":                  "off", // as in our sessions; for statements this short it costs more than it gains
	"max_connections":      "200",
	"autovacuum_naptime":   "10min", // not in the middle of a window
}

// cluster is the PostgreSQL of a run.
type cluster struct {
	adminURL string        // of the database postgres, as a superuser
	own      *devdb.Server // nil: it was there already
}

// openCluster starts the bench's own PostgreSQL in dir, unless the URL names one.
func openCluster(ctx context.Context, adminURL, dir string, log *slog.Logger) (*cluster, error) {
	if adminURL != "" {
		return &cluster{adminURL: adminURL}, nil
	}
	if dir == "" {
		beside, err := devdb.DefaultDir()
		if err != nil {
			return nil, err
		}
		dir = beside + "-bench"
	}
	server, err := devdb.Start(ctx, devdb.Options{Dir: dir, Settings: settings, Log: log})
	if err != nil {
		return nil, err
	}
	return &cluster{adminURL: server.AdminURL("postgres"), own: server}, nil
}

func (c *cluster) close() error {
	if c.own == nil {
		return nil
	}
	return c.own.Stop()
}

// size is how many records an organization has.
type size struct{ Leads, Accounts, Contacts, Opportunities int }

func (s size) arguments() []string {
	args := []string{"--tasks", "0"}
	for name, n := range map[string]int{"leads": s.Leads, "accounts": s.Accounts, "contacts": s.Contacts, "opportunities": s.Opportunities} {
		args = append(args, "--"+name, fmt.Sprint(n))
	}
	return args
}

// volume is how much data a run works on.
type volume struct {
	Orgs  int
	Each  size
	Giant int // leads of the giant organization
}

// database is a migrated database, and the ways into it.
type database struct{ name, adminURL, ownerURL, appURL string }

// ensure makes a database with its roles, as an installation by the README would.
func (c *cluster) ensure(ctx context.Context, name string) (*database, error) {
	if err := devdb.EnsureDatabase(ctx, c.adminURL, name, ownerRole, appRole); err != nil {
		return nil, err
	}
	d := &database{name: name}
	var errs [3]error
	d.adminURL, errs[0] = devdb.In(c.adminURL, name)
	d.ownerURL, errs[1] = devdb.As(c.adminURL, ownerRole, name)
	d.appURL, errs[2] = devdb.As(c.adminURL, appRole, name)
	return d, errors.Join(errs[:]...)
}

// fill makes the tables and loads the rows, and tells what is there.
func (d *database) fill(ctx context.Context, binary string, v volume) (*world, error) {
	if err := d.run(ctx, binary, io.Discard, "migrate", "up"); err != nil {
		return nil, err
	}
	if err := d.load(ctx, binary, v); err != nil {
		return nil, err
	}
	return look(ctx, d, v)
}

// load fills a database through the product's own loader, which leaves alone what is there. It takes minutes once.
func (d *database) load(ctx context.Context, binary string, v volume) error {
	load := func(what string, args ...string) error {
		fmt.Fprintf(os.Stderr, "%s: %s (minutes the first time, nothing when it is there)\n", d.name, what)
		return d.run(ctx, binary, os.Stderr, append([]string{"seed", "load"}, args...)...)
	}
	if err := load(fmt.Sprintf("%d organizations of %d leads", v.Orgs, v.Each.Leads),
		append(v.Each.arguments(), "--orgs", fmt.Sprint(v.Orgs))...); err != nil {
		return err
	}
	if v.Giant > 0 {
		giant := v.Each
		giant.Leads = v.Giant
		if err := load(fmt.Sprintf("one of %d leads", v.Giant), append(giant.arguments(), "--org", giantName)...); err != nil {
			return err
		}
	}
	return d.settle(ctx)
}

// run runs a command of the product on the database.
func (d *database) run(ctx context.Context, binary string, out io.Writer, args ...string) error {
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append(os.Environ(), "DATABASE_URL="+d.appURL, "MIGRATE_DATABASE_URL="+d.ownerURL,
		"SEED_ADMIN_DATABASE_URL="+d.adminURL, "JWT_SECRET="+jwtSecret)
	cmd.Stdout, cmd.Stderr = out, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("bottlecrm %v on %s: %w", args, d.name, err)
	}
	return nil
}

// settle takes away what earlier runs created, and makes statistics and visibility current, so that runs are alike.
func (d *database) settle(ctx context.Context) error {
	if err := d.removeCreated(ctx); err != nil {
		return err
	}
	return d.asAdmin(ctx, "VACUUM (ANALYZE)", "CHECKPOINT")
}

func (d *database) removeCreated(ctx context.Context) error {
	return d.asAdmin(ctx,
		"DELETE FROM search_token AS k USING lead AS l WHERE k.org_id = l.org_id AND k.entity = 'lead' AND k.entity_id = l.id AND l.email LIKE '%@"+createdHost+"'",
		"DELETE FROM activity WHERE entity_type = 'Lead' AND entity_id IN (SELECT id FROM lead WHERE email LIKE '%@"+createdHost+"')",
		"DELETE FROM lead WHERE email LIKE '%@"+createdHost+"'")
}

func (d *database) asAdmin(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, d.adminURL)
	if err != nil {
		return fmt.Errorf("connect as the administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("settle %s: %w", d.name, err)
		}
	}
	return nil
}
