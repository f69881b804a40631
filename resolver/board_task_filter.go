package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func boardTaskFilter(f *graph.BoardTaskFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{
		store.In("board_id", f.BoardIds.Value()),
		store.In("column_id", f.ColumnIds.Value()),
		store.In("priority", f.Priorities.Value()),
		store.When(f.IsCompleted.Value(), store.IsCompleted),
		store.Days("due_date", f.DueDate.Value()),
		store.Linked(store.BoardTasks.Link("AssignedToIDs"), f.AssignedToIds.Value()),
	}
}
