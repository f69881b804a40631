package resolver

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// CustomKeys are the keys of the custom fields that an export has columns for.
func (r *Resolver) CustomKeys(ctx context.Context, typ string) ([]string, error) {
	return store.CustomKeys(ctx, typ)
}
