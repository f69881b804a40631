package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func customFieldDefinitionFilter(f *graph.CustomFieldDefinitionFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.In("target_model", f.Targets.Value()),
		store.Is("is_active", f.IsActive.Value()),
	}
}
