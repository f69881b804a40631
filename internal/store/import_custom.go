package store

import (
	"context"
	"maps"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/sheet"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// customize adds a column for each active custom field of the records. Their definitions are read once for all lines. One
// that is required need not be among the headers: the entity's rules demand it of each line.
func (m *importing[T]) customize(ctx context.Context, v *tenant.Viewer) (context.Context, error) {
	definitions, err := m.entity.definitions(ctx, v)
	if err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(definitions)) {
		m.columns = append(m.columns, column{header: sheet.OwnHeader + key, custom: key})
	}
	return context.WithValue(ctx, definedKey(m.entity.target()), definitions), nil
}
