package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func profileFilter(f *graph.ProfileFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Is("is_active", f.IsActive.Value()),
		store.In("role", f.Roles.Value()),
	}
}
