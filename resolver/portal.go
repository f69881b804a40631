package resolver

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// createLink makes the link that a client asks for.
func (r *Resolver) createLink(ctx context.Context, input graph.CreatePortalLinkInput) (*model.PortalLink, string, error) {
	estimate, invoice := input.EstimateID.Value(), input.InvoiceID.Value()
	link := &model.PortalLink{ExpiresAt: input.ExpiresAt.Value()}
	switch {
	case estimate != nil && invoice == nil:
		link.Target, link.TargetID = model.ToEstimate, *estimate
	case invoice != nil && estimate == nil:
		link.Target, link.TargetID = model.ToInvoice, *invoice
	}
	address, err := r.address(ctx, link)
	return link, address, err
}

// address stores a link and gives its address. The token stands behind a #: browsers keep that to themselves.
func (r *Resolver) address(ctx context.Context, link *model.PortalLink) (string, error) {
	secret := auth.NewLink()
	link.TokenHash = secret.Hash
	return strings.TrimSuffix(r.WebURL, "/") + "/portal#token=" + url.QueryEscape(secret.Text), store.CreatePortalLink(ctx, link)
}

// mailEstimate sends an estimate to its client, if the operation is committed.
func (r *Resolver) mailEstimate(ctx context.Context, e *model.Estimate) error {
	address, err := r.address(ctx, &model.PortalLink{Target: model.ToEstimate, TargetID: e.ID})
	if err != nil {
		return err
	}
	paper, err := store.PrintedEstimate(ctx, e)
	if err != nil {
		return err
	}
	sender, until := paper.Seller.Name, ""
	if e.ExpiryDate != nil {
		until = fmt.Sprintf(" It can be accepted until %s.", e.ExpiryDate)
	}
	r.mailLater(ctx, mail.Message{To: *e.ClientEmail, Subject: "Estimate " + e.EstimateNumber + " from " + sender,
		Text: sender + " has an estimate for you: " + e.Title + "." + until + " Read and answer it here:\n\n" + address + "\n"}, paper)
	return nil
}
