package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func activityFilter(f *graph.ActivityFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.About(f.EntityTypes.Value()),
		store.Is("entity_id", f.EntityID.Value()),
		store.In("action", f.Actions.Value()),
		store.In("profile_id", f.ActorIds.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
	}
}
