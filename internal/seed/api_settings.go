package seed

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// site lets the organization's web site post leads. Nobody has its key: an admin gives it another.
func (w *writer) site(ctx context.Context) error {
	w.become(w.founder.crew[0].user)
	key := auth.NewSiteKey()
	_, err := store.CreateApiSettings(ctx, store.SiteKey{Hash: key.Hash, Prefix: key.Prefix}, struct {
		Title             string
		Website           *string
		LeadAssignedToIDs []id.Profile
		TagIDs            []id.ID
	}{"Contact form", new("https://www." + domain(w.name)), []id.Profile{w.founder.crew[1].profile}, w.tags[:1]})
	if err != nil {
		return fmt.Errorf("store a site: %w", err)
	}
	return nil
}
