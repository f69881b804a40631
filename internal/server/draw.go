package server

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
)

// draw makes the document of a link as the person whom the link names, as they see its record at this moment.
func (o Options) draw(ctx context.Context, c files.Claim) (drawn files.Document, err error) {
	err = o.apart(ctx, auth.Member(c.User, c.Org), func(ctx context.Context) (err error) {
		drawn, err = o.Resolver.Draw(ctx, c)
		return err
	})
	return drawn, err
}
