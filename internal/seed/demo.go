package seed

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// demos are the organizations of the demo. Sam is a member of both.
var demos = []organization{
	{name: "Acme", locale: american, people: []person{
		{email: "admin@acme.example", name: "Ada Acme", role: model.RoleAdmin},
		{email: "member@acme.example", name: "Max Member", role: model.RoleUser},
		{email: "second@acme.example", name: "Sam Second", role: model.RoleUser},
	}},
	{name: "Globex", locale: european, people: []person{
		{email: "admin@globex.example", name: "Greta Globex", role: model.RoleAdmin},
		{email: "second@acme.example", name: "Sam Second", role: model.RoleUser},
	}},
}

// How many records each of them gets at least, and how far they reach back.
const (
	demoAccounts, demoContacts, demoOpportunities, demoLeads, demoTasks, demoComments = 28, 64, 34, 46, 46, 60
	demoCases                                                                         = 32

	demoSpan = 90 * 24 * time.Hour
)

// Demo makes the demo's organizations that do not exist yet; when all do, it costs one statement. Each is written
// through the store, by its members, in one transaction. Its files go into the store of files on ctx, if there is one.
func Demo(ctx context.Context, db *tenant.DB, log *slog.Logger) error {
	known, err := known(ctx, db, demos)
	if err != nil {
		return err
	}
	for _, o := range demos {
		if _, ok := known[o.name]; ok {
			continue
		}
		start := time.Now()
		if err := o.demo(ctx, db); err != nil {
			return fmt.Errorf("make the demo organization %s: %w", o.name, err)
		}
		log.InfoContext(ctx, "made a demo organization", "name", o.name, "took", time.Since(start).Round(time.Millisecond))
	}
	return nil
}

// known finds those organizations that exist. They are the platform's: no context is needed to see them.
func known(ctx context.Context, db *tenant.DB, organizations []organization) (map[string]id.Org, error) {
	names := make([]string, len(organizations))
	for i, o := range organizations {
		names[i] = o.name
	}
	var found []struct {
		Name string
		ID   id.Org
	}
	if err := db.Bun().NewSelect().Table("organization").Column("name", "id").Where("name IN (?)", bun.List(names)).Scan(ctx, &found); err != nil {
		return nil, fmt.Errorf("look for the organizations: %w", err)
	}
	out := make(map[string]id.Org, len(found))
	for _, o := range found {
		out[o.Name] = o.ID
	}
	return out, nil
}

// demo makes the organization and all that is in it, or nothing.
func (o organization) demo(ctx context.Context, db *tenant.DB) error {
	now := time.Now().UTC()
	founder := &founder{organization: o, key: id.New[id.Org](), since: now.Add(-demoSpan)}
	return db.Operate(ctx, founder, func(ctx context.Context) error {
		if _, err := tenant.ViewerFrom(ctx); err != nil { // founds it
			return err
		}
		w := &writer{founder: founder, fiction: newFiction(o.name, o.locale, now, demoSpan, founder.crew)}
		return w.write(ctx)
	})
}

// write writes what is in the organization, from one thing to the next that needs it.
func (w *writer) write(ctx context.Context) error {
	for _, step := range []func(context.Context) error{
		w.settings,
		w.teamsAndTags,
		w.companies,
		w.deals,
		w.customFields,
		w.conversions,
		w.work,
		w.remarks,
		w.board,
		w.site,
		w.mails,
		w.documents,
		w.offers,
		w.complaint,
		w.cases,
		w.service,
		w.mergeTags,
		w.kanban,
		w.catalog,
		w.papers,
		w.invoices,
		w.dealLines,
		w.estimates,
		w.recurring,
		w.age,
		w.dateCases,
		w.notices,
	} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}
