package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func teamFilter(f *graph.TeamFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Teams.Text("name", f.Name.Value()),
		store.Linked(store.TeamMembers, f.MemberIds.Value()),
	}
}
