package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func securityAuditLogFilter(f *graph.SecurityAuditLogFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.In("event_type", f.EventTypes.Value()),
		store.Is("success", f.Success.Value()),
		store.Days("created_at", f.CreatedAt.Value()),
	}
}
