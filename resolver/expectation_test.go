package resolver_test

import (
	"fmt"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// TestTheNextOperationSeesTheChange: the server remembers whom the database confirmed, and must not act on it when it has
// changed, even where nothing else would have been asked of the database.
func TestTheNextOperationSeesTheChange(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	client := env.SignedIn(t, env.Acme, env.Acme.Member)
	profile, org := client.ProfileID.String(), env.Acme.ID.String()
	lead := env.Acme.Admin.Do(t, `mutation { createLead(input: {title: "unseen"}) { lead { id } } }`, nil).Text(t, "createLead.lead.id")
	team := env.Acme.Admin.Do(t, `mutation($lead: ID!) { createTeam(input: {name: "north"}) { team { id } } updateLead(input: {id: $lead, assignedToIds: []}) { lead { id } } }`,
		map[string]any{"lead": lead}).Text(t, "createTeam.team.id")
	env.Acme.Admin.Do(t, `mutation($lead: ID!, $team: ID!) { updateLead(input: {id: $lead, teamIds: [$team]}) { lead { id } } }`,
		map[string]any{"lead": lead, "team": team})

	const ledger, leads = `{ securityAuditLogs(first: 1) { nodes { id } } }`, `{ leads { totalCount } }`
	set := func(columns string) string { return "UPDATE profile SET " + columns + " WHERE id = '" + profile + "'" }
	change := func(sql string) { env.Above(t, sql) }
	seen := func(want int) {
		t.Helper()
		if n := client.Do(t, leads, nil).Get(t, "leads.totalCount"); fmt.Sprint(n) != fmt.Sprint(want) {
			t.Errorf("sees %v leads, want %d", n, want)
		}
	}

	seen(0)
	client.Refused(t, "FORBIDDEN", ledger, nil)
	change(set("role = 'ADMIN'"))
	client.Do(t, ledger, nil) // it was refused without a statement of its own
	seen(1)
	change(set("role = 'USER'"))
	client.Refused(t, "FORBIDDEN", ledger, nil)
	seen(0)
	change("INSERT INTO teams_users (org_id, team_id, profile_id) VALUES ('" + org + "', '" + team + "', '" + profile + "')")
	seen(1)
	change("DELETE FROM teams_users WHERE profile_id = '" + profile + "'")
	seen(0)

	const create = `mutation { createTag(input: {name: "vip"}) { tag { id } } }`
	client.Refused(t, "FORBIDDEN", create, nil)
	change(set("role = 'ADMIN'"))
	client.Do(t, create, nil)
	if n := env.Above(t, "SELECT count(*) FROM tags WHERE name = 'vip'")[0]; n != "1" {
		t.Errorf("%s tags: the first run must leave nothing", n)
	}
	change(set("role = 'USER'"))
	client.Refused(t, "FORBIDDEN", `mutation { createTag(input: {name: "late"}) { tag { id } } }`, nil)

	change(set("is_active = false"))
	client.Refused(t, "ORGANIZATION_REQUIRED", leads, nil)
	change(set("is_active = true"))
	seen(0)
	change("UPDATE organization SET is_active = false WHERE id = '" + org + "'")
	client.Refused(t, "ORGANIZATION_REQUIRED", leads, nil)
	change("UPDATE organization SET is_active = true WHERE id = '" + org + "'")
	seen(0)

	token := env.Acme.Second // by a personal access token
	token.Do(t, leads, nil)
	change("UPDATE personal_access_token SET scopes = '[\"tags:read\"]' WHERE profile_id = '" + token.ProfileID.String() + "'")
	token.Refused(t, "FORBIDDEN", leads, nil)
	change("UPDATE personal_access_token SET revoked_at = now() WHERE profile_id = '" + token.ProfileID.String() + "'")
	token.Refused(t, "UNAUTHENTICATED", leads, nil)
}
