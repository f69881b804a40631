package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func tagFilter(f *graph.TagFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Tags.Text("name", f.Name.Value()),
		store.Is("is_active", f.IsActive.Value()),
	}
}
