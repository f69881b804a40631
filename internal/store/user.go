package store

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Users are people across organizations: a table of the platform. Only those are shown to whom a visible record or
// membership leads.
var Users = new(Entity[model.User])

func init() {
	*Users = Entity[model.User]{Noun: "user", Platform: true}
}

// UserByID finds a user for themselves, in a transaction that need not be in an organization.
func UserByID(ctx context.Context, tx bun.Tx, key id.User) (*model.User, error) {
	u := new(model.User)
	err := tenant.Row(ctx, tx, "SELECT id, email, name, is_active, created_at FROM users WHERE id = $1", [16]byte(key)).
		Scan(&u.ID, &u.Email, &u.Name, &u.IsActive, &u.CreatedAt)
	if err != nil {
		return nil, fmt.Errorf("select the user: %w", err)
	}
	return u, nil
}
