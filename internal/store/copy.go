package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What one record takes over from another.

// asCopied is what a writer speaks of who copies a bill. The account and the contact are taken over as they are: that they
// may be named was decided when the other was written.
var asCopied = patch.Set{"LineItems": true, "AssignedToIDs": true, "TeamIDs": true}

// copied is a bill like another, with its lines.
func copied[L any](ctx context.Context, lines *Entity[L], key id.ID, of *model.Bill) (model.Bill, error) {
	b := model.Bill{Currency: of.Currency, DiscountType: of.DiscountType, DiscountValue: of.DiscountValue, TaxRate: of.TaxRate}
	has, err := linesIn(ctx, lines, key)
	if err == nil {
		b.LineItems, err = inputsOf(ctx, has)
	}
	return b, err
}

// carried is what a record is linked with, and another may be. Suspended members and archived tags stay behind.
func (e *Entity[T]) carried(ctx context.Context, r *T) (model.Shared, error) {
	var out model.Shared
	for _, l := range e.Links {
		ids, err := e.linked(ctx, l, &Change[T]{Before: r})
		if err != nil {
			return out, err
		}
		valid, err := l.To.pick(ctx, ids)
		if err != nil {
			return out, err
		}
		for _, v := range ids {
			switch {
			case !valid[v]:
			case l.Field == "AssignedToIDs":
				out.AssignedToIDs = append(out.AssignedToIDs, v)
			case l.Field == "TeamIDs":
				out.TeamIDs = append(out.TeamIDs, v)
			case l.Field == "TagIDs":
				out.TagIDs = append(out.TagIDs, v)
			}
		}
	}
	return out, nil
}
