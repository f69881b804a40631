package seed

import (
	"context"
	"log/slog"

	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// Demo fills.
func Demo(ctx context.Context, db *tenant.DB, log *slog.Logger) error { return nil }
