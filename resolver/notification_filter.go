package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func notificationFilter(f *graph.NotificationFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.Since("created_at", f.Since.Value()),
		store.IsRead(f.IsRead.Value()),
	}
}
