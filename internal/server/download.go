package server

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
)

// find looks the file of a link up as the person whom the link names. A link is no more than that person's claim: the
// membership and the sight of the record are those of this moment.
func (o Options) find(ctx context.Context, c files.Claim) (found files.File, err error) {
	err = o.apart(ctx, auth.Member(c.User, c.Org), func(ctx context.Context) (err error) {
		found, err = o.Resolver.File(ctx, c)
		return err
	})
	return found, err
}
