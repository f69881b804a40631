package seed

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// dealLines say of every fourth deal what it is about. They come to what the deal is worth anyway.
func (w *writer) dealLines(ctx context.Context) error {
	for i, p := range w.opportunities {
		if i%4 != 0 {
			continue
		}
		w.become(p.owner.user)
		deal, err := store.Opportunities.Get(ctx, p.id)
		if err != nil {
			return err
		}
		service := decimal.New(100, 0)
		for _, l := range []*model.OpportunityLineItem{
			{Name: sentence(pick(w.fiction, products)), UnitPrice: deal.Amount.Sub(service)},
			{Name: "Delivery", UnitPrice: service},
		} {
			l.OpportunityID, l.Quantity = deal.ID, decimal.New(1, 0)
			if _, err := store.OpportunityLineItems.Insert(ctx, l, patch.Set{"OpportunityID": true}); err != nil {
				return fmt.Errorf("store a line of a deal: %w", err)
			}
		}
	}
	return nil
}
