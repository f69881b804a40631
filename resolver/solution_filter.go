package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func solutionFilter(f *graph.SolutionFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Solutions.Text("title", f.Title.Value()),
		store.In("status", f.Statuses.Value()),
		store.Is("is_published", f.IsPublished.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
	}
}
