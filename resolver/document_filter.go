package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func documentFilter(f *graph.DocumentFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Documents.Text("title", f.Title.Value()),
		store.In("status", f.Statuses.Value()),
		store.Linked(store.DocumentShares, f.SharedToIds.Value()),
		store.Linked(store.Documents.Link("TeamIDs"), f.TeamIds.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
	}
}
