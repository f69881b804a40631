package resolver_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// feed walks through the organization's timeline by pages and gives its ids and instants.
func feed(t *testing.T, c *apitest.Client, size int) (ids, instants []string) {
	t.Helper()
	var after any
	for {
		r := c.Do(t, `query($first: Int, $after: String) { activities(first: $first, after: $after) { nodes { id createdAt } pageInfo { hasNextPage endCursor } } }`,
			map[string]any{"first": size, "after": after})
		for i := 0; r.Get(t, fmt.Sprintf("activities.nodes.%d", i)) != nil; i++ {
			ids = append(ids, r.Text(t, fmt.Sprintf("activities.nodes.%d.id", i)))
			instants = append(instants, r.Text(t, fmt.Sprintf("activities.nodes.%d.createdAt", i)))
		}
		if r.Get(t, "activities.pageInfo.hasNextPage") != true {
			return ids, instants
		}
		after = r.Text(t, "activities.pageInfo.endCursor")
	}
}

func compareInstants(t *testing.T, a, b string) int {
	t.Helper()
	x, err := time.Parse(time.RFC3339, a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := time.Parse(time.RFC3339, b)
	if err != nil {
		t.Fatal(err)
	}
	return x.Compare(y)
}

func TestTimelineOfTheOrganizationPagesThroughAllKinds(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	for range 2 {
		for kind, entity := range commentable {
			hidden := admin.Create(t, kind, nil)
			own := member.Create(t, kind, nil)
			for _, key := range []string{hidden, own} {
				admin.Create(t, "Comment", apitest.Input{"entityType": entity, "entityId": key})
			}
		}
		admin.Create(t, "Team", nil)
	}
	for _, row := range []struct {
		caller *apitest.Client
		want   int
	}{{admin, 50}, {member, 26}, {env.Acme.Second, 2}, {env.Globex.Admin, 0}} { // a team is everybody's to see
		ids, instants := feed(t, row.caller, 7)
		if whole := row.caller.List(t, "activities(first: 100)", "id"); !slices.Equal(ids, whole) || len(ids) != row.want {
			t.Errorf("%s: %d by pages, %d at once, want %d", row.caller.Email, len(ids), len(whole), row.want)
		}
		if newestFirst := slices.IsSortedFunc(instants, func(a, b string) int { return compareInstants(t, b, a) }); !newestFirst {
			t.Errorf("%s: %v", row.caller.Email, instants)
		}
	}
	t.Run("a team has one of its own", func(t *testing.T) {
		team := admin.Create(t, "Team", nil)
		admin.Update(t, "Team", team, apitest.Input{"description": "x"})
		if got := env.Acme.Second.Read(t, "Team", team, "activities { nodes { action } }"); got != `{"activities":{"nodes":[{"action":"UPDATE"},{"action":"CREATE"}]}}` {
			t.Errorf("got %s", got)
		}
	})
}

func TestTimelineTellsNothingOfBoards(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	board := member.Create(t, "Board", nil)
	column := member.Create(t, "BoardColumn", apitest.Input{"boardId": board})
	card := member.Create(t, "BoardTask", apitest.Input{"columnId": column})
	member.Update(t, "BoardTask", card, apitest.Input{"title": "y"})
	if got := admin.List(t, "activities", "description"); len(got) > 0 {
		t.Errorf("admins, who see no boards of others, are told %v", got)
	}
}
