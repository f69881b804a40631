package seed

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"golang.org/x/sync/errgroup"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// LoadOptions say how much to load, and how.
type LoadOptions struct {
	DB       *tenant.DB // as the application's role
	AdminURL string     // of a superuser or a role with BYPASSRLS, for COPY; empty: the application's role inserts

	Orgs int    // how many organizations: Load 001, Load 002, …
	Org  string // or the name of a single one

	Members, Leads, Accounts, Contacts, Opportunities, Tasks int // in each organization; members besides its admin

	Progress io.Writer                       // a terminal; nil: no progress is shown
	Analyze  func(ctx context.Context) error // refreshes the planner's statistics, as the tables' owner; nil: nobody may
}

const (
	loadSpan = 2 * 365 * 24 * time.Hour // how far the records reach back
	atATime  = 2                        // organizations; most of the time goes into indexes, on one core each
)

// Load makes organizations of any size. Those that exist and have their leads are left alone, so that it can be run
// again; one that exists with fewer leads is an error, because what else it holds is not known.
func Load(ctx context.Context, o LoadOptions) (*Report, error) {
	start := time.Now()
	l := &loader{LoadOptions: o, via: byInsert{o.DB}}
	if min(o.Orgs, o.Members, o.Leads, o.Accounts, o.Contacts, o.Opportunities, o.Tasks) < 0 {
		return &l.report, errors.New("a number of records must not be negative")
	}
	organizations := o.organizations()
	var err error
	if l.existing, err = known(ctx, o.DB, organizations); err != nil {
		return &l.report, err
	}
	if o.AdminURL != "" {
		copying, err := openCopy(ctx, o.AdminURL)
		if err != nil {
			return &l.report, err
		}
		defer copying.close()
		l.via = copying
	}
	l.shown = newProgress(o.Progress, len(organizations)*o.records())
	defer l.shown.finish()

	// The first one goes alone: with statistics of its rows the checks of foreign keys find their indexes.
	first := min(1, len(organizations))
	for _, several := range [][]organization{organizations[:first], organizations[first:]} {
		if len(several) == 0 {
			continue
		}
		group, groupCtx := errgroup.WithContext(ctx)
		group.SetLimit(atATime)
		for _, made := range several {
			group.Go(func() error { return l.ensure(groupCtx, made) })
		}
		if err := group.Wait(); err != nil {
			return &l.report, err
		}
		if err := l.analyze(ctx); err != nil {
			return &l.report, err
		}
	}
	l.report.Took = time.Since(start)
	return &l.report, nil
}

// loader is a load that is under way.
type loader struct {
	LoadOptions
	via      way
	existing map[string]id.Org
	report   Report
	shown    *progress
}

// ensure loads an organization that is not there.
func (l *loader) ensure(ctx context.Context, made organization) error {
	if key, ok := l.existing[made.name]; ok {
		l.shown.add(l.records())
		l.report.organization(false)
		return l.complete(ctx, made.name, key)
	}
	key := id.New[id.Org]()
	if err := l.via.in(ctx, key, func(ctx context.Context, tx bun.Tx, insert inserter) error {
		return l.load(ctx, tx, made, &loading{org: key, insert: insert, report: &l.report, shown: l.shown})
	}); err != nil {
		return fmt.Errorf("load %s: %w", made.name, err)
	}
	l.report.organization(true)
	return nil
}

func (l *loader) analyze(ctx context.Context) error {
	if l.Analyze == nil || l.report.Loaded == 0 {
		return nil
	}
	if err := l.Analyze(ctx); err != nil {
		return fmt.Errorf("refresh the statistics: %w", err)
	}
	return nil
}

func (o LoadOptions) records() int {
	return o.Leads + o.Accounts + o.Contacts + o.Opportunities + o.Tasks
}

// complete refuses an organization that has fewer leads than wanted.
func (o LoadOptions) complete(ctx context.Context, name string, key id.Org) error {
	var leads int
	if err := o.DB.In(ctx, key, func(ctx context.Context, tx bun.Tx) error {
		return tenant.Row(ctx, tx, "SELECT count(*) FROM lead WHERE org_id = $1", [16]byte(key)).Scan(&leads)
	}); err != nil {
		return fmt.Errorf("count the leads of %s: %w", name, err)
	}
	if leads < o.Leads {
		return fmt.Errorf("%s exists with %d leads, not %d: choose another name with --org, or start from an empty database", name, leads, o.Leads)
	}
	return nil
}

// organizations are those to load, alternately American and European.
func (o LoadOptions) organizations() []organization {
	if o.Org != "" {
		return []organization{o.organization(o.Org, american)}
	}
	out := make([]organization, o.Orgs)
	for i := range out {
		out[i] = o.organization(fmt.Sprintf("Load %03d", i+1), []locale{american, european}[i%2])
	}
	return out
}

func (o LoadOptions) organization(name string, l locale) organization {
	host := strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return label(string(r)) == "" }), "-") + ".example"
	people := []person{{email: "admin@" + host, name: "Admin of " + name, role: model.RoleAdmin}}
	for i := range o.Members {
		people = append(people, person{email: fmt.Sprintf("user%03d@%s", i+1, host), role: model.RoleUser,
			name: firstNames[i%len(firstNames)] + " " + lastNames[i*7%len(lastNames)]})
	}
	return organization{locale: l, name: name, people: people}
}
