package resolver_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// membersSeeWhatIsTheirs compares what members who see little and much get from lists, counts, records and the timeline
// with the rule (domain: D.2), written once more here. A list is read in one way or another, by how much there is to see
// (docs/adr/0012).
func membersSeeWhatIsTheirs(t *testing.T, env *apitest.Env, giant *apitest.Org) {
	for what, member := range map[string]*apitest.Client{"little": giant.Member, "much": giant.Second} {
		var timeline []string
		for _, s := range sharedTables {
			table := `"` + s.table + `" AS t` + " WHERE t.org_id = '" + giant.ID.String() + "' AND "
			visible := table + "(t.created_by_id = (SELECT user_id FROM profile WHERE id = '" + member.ProfileID.String() + "') OR " + held(member, s.table, s.column, "t.id")
			if s.kind == "Contact" {
				visible += " OR " + held(member, "accounts", "account_id", "t.account_id")
			}
			if s.kind == "Case" {
				visible += " OR t.id IN (SELECT case_id FROM case_watcher WHERE profile_id = '" + member.ProfileID.String() + "')"
			}
			visible += ")"
			timeline = append(timeline, "t.entity_type = '"+s.kind+"' AND t.entity_id IN (SELECT t.id FROM "+visible+")")
			field := strings.ReplaceAll(strings.ToLower(s.kind[:1])+s.kind[1:], " ", "")
			list := field + "s"
			if s.kind == "Opportunity" {
				list = "opportunities"
			}
			sameList(t, env, member, list, visible)
			for _, of := range []string{visible, table + "t.id NOT IN (SELECT t.id FROM " + visible + ")"} {
				key := env.Above(t, "SELECT t.id::text FROM "+of+" LIMIT 1")[0]
				r := member.Do(t, `query($id: ID!) { `+field+`(id: $id) { id } }`, map[string]any{"id": key})
				if seen := r.Get(t, field) != nil; seen != (of == visible) {
					t.Errorf("who sees %s sees a %s that is not theirs, or misses one that is", what, field)
				}
			}
		}
		timeline = append(timeline, "t.entity_type = 'Solution'") // which everybody sees
		sameList(t, env, member, "activities", "activity AS t WHERE t.org_id = '"+giant.ID.String()+"' AND ("+strings.Join(timeline, " OR ")+")")
	}
}

// held is the condition that an id is of what the member holds.
func held(member *apitest.Client, table, column, id string) string {
	return fmt.Sprintf(`%[3]s IN (SELECT %[2]s FROM %[1]s_assigned_to WHERE profile_id = '%[4]s')
		OR %[3]s IN (SELECT %[2]s FROM %[1]s_teams JOIN teams_users USING (org_id, team_id) WHERE profile_id = '%[4]s')`, table, column, id, member.ProfileID)
}

// sameList compares both ends of a list and its count with a select.
func sameList(t *testing.T, env *apitest.Env, member *apitest.Client, list, visible string) {
	t.Helper()
	type rows struct {
		TotalCount int
		Nodes      []struct{ ID string }
	}
	var got struct{ Data map[string]rows }
	r := member.Do(t, "{ newest: "+list+"(first: 100) { totalCount nodes { id } } oldest: "+list+"(last: 100) { nodes { id } } }", nil)
	if err := json.Unmarshal([]byte(r.Body), &got); err != nil {
		t.Fatal(err)
	}
	if want := env.Above(t, "SELECT count(*)::text FROM "+visible)[0]; fmt.Sprint(got.Data["newest"].TotalCount) != want || want == "0" {
		t.Errorf("%s: %d in all, want %s", list, got.Data["newest"].TotalCount, want)
	}
	for end, direction := range map[string]string{"newest": "DESC", "oldest": "ASC"} {
		want := env.Above(t, "SELECT t.id::text FROM "+visible+" ORDER BY t.created_at "+direction+", t.id "+direction+" LIMIT 100")
		var ids []string
		for _, n := range got.Data[end].Nodes {
			ids = append(ids, n.ID)
		}
		if end == "oldest" {
			slices.Reverse(ids)
		}
		if !slices.Equal(ids, want) {
			t.Errorf("%s: the %s are not those that are theirs: %d and %d", list, end, len(ids), len(want))
		}
	}
}
