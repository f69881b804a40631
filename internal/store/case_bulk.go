package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// UpdateCases changes many cases by an input, each as an update of it alone would.
func UpdateCases(ctx context.Context, ids []id.ID, others bool, input any) ([]Outcome[model.Case], error) {
	if err := holdCases(ctx); err != nil {
		return nil, err
	}
	return ForEach(ctx, ids, others, func(ctx context.Context, key id.ID) (*model.Case, error) {
		return Cases.Update(ctx, key, nil, input)
	})
}

// ArchiveCases archives many cases of the viewer's own to delete.
func ArchiveCases(ctx context.Context, ids []id.ID, others bool) ([]Outcome[model.Case], error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	if err := holdCases(ctx); err != nil {
		return nil, err
	}
	return ForEach(ctx, ids, others, func(ctx context.Context, key id.ID) (*model.Case, error) {
		return Cases.Modify(ctx, key, nil, func(k *model.Case) (patch.Set, error) {
			k.IsActive = false
			return patch.Set{"IsActive": true}, Cases.MayDelete(v, k)
		})
	})
}
