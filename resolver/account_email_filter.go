package resolver

import (
	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

func accountEmailFilter(f *graph.AccountEmailFilter) []store.Cond {
	if f == nil {
		return nil
	}
	return []store.Cond{store.In("account_id", f.AccountIds.Value())}
}
