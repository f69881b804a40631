package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func boardFilter(f *graph.BoardFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Boards.Text("name", f.Name.Value()),
		store.Is("is_archived", f.IsArchived.Value()),
		store.In("owner_id", f.OwnerIds.Value()),
	}
}
