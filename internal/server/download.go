package server

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
)

// asNamed looks up what a link claims as the person whom it names. A link is no more than that person's claim: the membership
// and the sight of the record are those of this moment.
func asNamed[T any](o Options, look func(context.Context, files.Claim) (T, error)) func(context.Context, files.Claim) (T, error) {
	return func(ctx context.Context, c files.Claim) (found T, err error) {
		err = o.apart(ctx, auth.Member(c.User, c.Org), func(ctx context.Context) error {
			found, err = look(ctx, c)
			return err
		})
		return found, err
	}
}
