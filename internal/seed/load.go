package seed

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/uptrace/bun"

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

	Progress io.Writer // a terminal; nil: no progress is shown
}

// loadSpan is how far the records reach back.
const loadSpan = 2 * 365 * 24 * time.Hour

// Load makes organizations of any size. Those that exist and have their leads are left alone, so that it can be run
// again; one that exists with fewer leads is an error, because what else it holds is not known.
func Load(ctx context.Context, o LoadOptions) (Report, error) {
	var report Report
	organizations := o.organizations()
	existing, err := known(ctx, o.DB, organizations)
	if err != nil {
		return report, err
	}
	var via way = byInsert{o.DB}
	if o.AdminURL != "" {
		if via, err = openCopy(ctx, o.AdminURL); err != nil {
			return report, err
		}
	}
	defer via.close()
	shown := newProgress(o.Progress, len(organizations)*o.records())
	for _, organization := range organizations {
		if key, ok := existing[organization.name]; ok {
			if err := o.complete(ctx, organization.name, key); err != nil {
				return report, err
			}
			report.Reused++
			shown.add(o.records())
			continue
		}
		key := id.New[id.Org]()
		if err := via.in(ctx, key, func(ctx context.Context, tx bun.Tx, insert inserter) error {
			return o.load(ctx, tx, organization, &loading{org: key, insert: insert, report: &report, shown: shown})
		}); err != nil {
			return report, fmt.Errorf("load %s: %w", organization.name, err)
		}
		report.Loaded++
	}
	shown.finish()
	return report, nil
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
