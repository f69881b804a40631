package store

import (
	"context"
	"slices"

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

// carried is what a record is linked with, and another may be, by the links' fields. Suspended members and archived tags stay
// behind.
func (e *Entity[T]) carried(ctx context.Context, r *T) (map[string][][16]byte, error) {
	out := make(map[string][][16]byte, len(e.Links))
	for _, l := range e.Links {
		ids, err := e.linked(ctx, l, &Change[T]{Before: r})
		if err != nil {
			return nil, err
		}
		valid, err := l.To.pick(ctx, ids)
		if err != nil {
			return nil, err
		}
		out[l.Field] = slices.DeleteFunc(ids, func(key [16]byte) bool { return !valid[key] })
	}
	return out, nil
}

// sharing is what a record takes over of whom another is assigned to and shared with, and of its tags.
func (e *Entity[T]) sharing(ctx context.Context, r *T) (model.Shared, error) {
	links, err := e.carried(ctx, r)
	return sharedOf(links), err
}

func sharedOf(links map[string][][16]byte) model.Shared {
	return model.Shared{AssignedToIDs: idsOf[id.Profile](links["AssignedToIDs"]), TeamIDs: idsOf[id.ID](links["TeamIDs"]), TagIDs: idsOf[id.ID](links["TagIDs"])}
}

// idsOf says what ids name.
func idsOf[T id.Any](ids [][16]byte) []T {
	out := make([]T, len(ids))
	for i, key := range ids {
		out[i] = T(key)
	}
	return out
}
