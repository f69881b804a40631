package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func leadPipelineFilter(f *graph.LeadPipelineFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Is("is_default", f.IsDefault.Value()),
		store.Is("is_active", f.IsActive.Value()),
	}
}

func casePipelineFilter(f *graph.CasePipelineFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Is("is_default", f.IsDefault.Value()),
		store.Is("is_active", f.IsActive.Value()),
	}
}

func taskPipelineFilter(f *graph.TaskPipelineFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Is("is_default", f.IsDefault.Value()),
		store.Is("is_active", f.IsActive.Value()),
	}
}
