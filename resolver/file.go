package resolver

import (
	"context"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// link is where the viewer fetches the file of a record.
func (r *Resolver) link(ctx context.Context, typ string, key id.ID) (string, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return "", err
	}
	return r.Links.Sign(files.Claim{Kind: typ, ID: key, Org: v.OrgID, User: v.UserID}, time.Now().Add(files.LinkLifetime)), nil
}

// File finds the file that a link claims, in an operation of the person who is named there: they must still see its record.
func (r *Resolver) File(ctx context.Context, c files.Claim) (files.File, error) {
	return store.File(ctx, c.Kind, c.ID)
}
