package main

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/audit"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// jwtSecret signs the access tokens of servers that only the bench can reach.
const jwtSecret = "the bench's own secret, of a server that nobody else can reach"

// organization is one of those that requests are about, and an admin's way into it.
type organization struct {
	id, admin string
	token     string   // an access token, as a sign-in gives it
	leads     []string // some of its leads' ids
}

// world is what requests can be about.
type world struct {
	small []*organization
	giant *organization
	words []string // that occur in leads of the giant organization
}

// leadsOfEach is how many leads of an organization are asked for by id.
const leadsOfEach = 20

// look finds out what is in a database, and signs an admin of each organization in.
func look(ctx context.Context, d *database, v volume) (*world, error) {
	conn, err := pgx.Connect(ctx, d.adminURL)
	if err != nil {
		return nil, fmt.Errorf("connect as the administrator: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	w := new(world)
	rows, err := conn.Query(ctx, `SELECT DISTINCT ON (o.name) o.name, o.id::text, p.user_id::text
		FROM organization o JOIN profile p ON p.org_id = o.id AND p.role = 'ADMIN'
		WHERE o.name LIKE 'Load ___' OR o.name = $1 ORDER BY o.name, p.created_at, p.id`, giantName)
	if err != nil {
		return nil, fmt.Errorf("list the organizations: %w", err)
	}
	for rows.Next() {
		var name string
		o := new(organization)
		if err := rows.Scan(&name, &o.id, &o.admin); err != nil {
			return nil, fmt.Errorf("list the organizations: %w", err)
		}
		switch {
		case name == giantName:
			w.giant = o
		case len(w.small) < v.Orgs:
			w.small = append(w.small, o)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list the organizations: %w", err)
	}
	for _, o := range w.small {
		// Any order that has nothing to do with the tables' own.
		if o.leads, err = texts(ctx, conn, "SELECT id::text FROM lead WHERE org_id = $1 ORDER BY md5(id::text) LIMIT $2", o.id, leadsOfEach); err != nil {
			return nil, err
		}
	}
	all := w.small
	if w.giant != nil {
		all = append(slices.Clip(all), w.giant)
		if w.words, err = words(ctx, conn, w.giant.id); err != nil {
			return nil, err
		}
	}
	return w, signIn(ctx, d, all)
}

func texts(ctx context.Context, conn *pgx.Conn, sql string, args ...any) ([]string, error) {
	rows, _ := conn.Query(ctx, sql, args...) // the error is in the rows
	out, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("look at the data: %w", err)
	}
	return out, nil
}

// words are searches that find something: a whole name, the beginning of a company's, both names of a person, and
// the beginning of an address, by turns.
func words(ctx context.Context, conn *pgx.Conn, org string) ([]string, error) {
	found, err := texts(ctx, conn, `SELECT last_name || '|' || company_name || '|' || first_name || '|' || split_part(email, '@', 1)
		FROM lead WHERE org_id = $1 ORDER BY md5(id::text) LIMIT 400`, org)
	if err != nil {
		return nil, err
	}
	out := make([]string, len(found))
	for i, line := range found {
		part := strings.Split(line, "|")
		company, _, _ := strings.Cut(part[1], " ")
		out[i] = []string{part[0], company[:min(5, len(company))], part[2] + " " + part[0], part[3]}[i%4]
	}
	return out, nil
}

// signIn makes sessions as a sign-in by mail ends with.
func signIn(ctx context.Context, d *database, all []*organization) error {
	db, err := tenant.Open(d.appURL, tenant.Options{PoolSize: 1})
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	keys, err := auth.NewKeys(jwtSecret)
	if err != nil {
		return err
	}
	sessions := auth.NewSessions(keys, db, audit.New(db, slog.New(slog.DiscardHandler)))
	return db.Platform(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, o := range all {
			org, err := id.Parse[id.Org](o.id)
			if err != nil {
				return err
			}
			user, err := id.Parse[id.User](o.admin)
			if err != nil {
				return err
			}
			session, err := sessions.Issue(ctx, tx, user, &org, id.ID{})
			if err != nil {
				return fmt.Errorf("sign in: %w", err)
			}
			o.token = session.AccessToken
		}
		return nil
	})
}
