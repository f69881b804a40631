package store

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// OpportunityLineItems are what a deal is about (domain: C.1), in an order without gaps. Who reads the deal may change them.
// While there are any, the deal's amount is their sum: whoever changes one holds the deal first.
var OpportunityLineItems = new(Entity[model.OpportunityLineItem])

var linesOfOpportunity = sequence{"opportunity_line_item", "opportunity_id"}

func init() {
	*OpportunityLineItems = Entity[model.OpportunityLineItem]{
		Noun: "line", Resource: "opportunities", Parent: "opportunity_id",
		Order: map[string]string{"POSITION": "sort_order"}, Default: ByPosition,
		Read:         within(Opportunities, "opportunity_id"),
		Refs:         []Ref{{"OpportunityID", Opportunities}},
		Fresh:        func(l *model.OpportunityLineItem) { l.Quantity, l.UnitPrice = decimal.New(1, 0), decimal.New(0, -2) },
		Check:        checkOpportunityLineItem,
		After:        afterOpportunityLineItem,
		BeforeDelete: leaveDeal,
	}
}

// UpdateOpportunityLineItem changes a line of a deal.
func UpdateOpportunityLineItem(ctx context.Context, key [16]byte, version *int, input any) (*model.OpportunityLineItem, error) {
	if err := holdWhole(ctx, Opportunities, OpportunityLineItems, key); err != nil {
		return nil, err
	}
	return OpportunityLineItems.Update(ctx, key, version, input)
}

// DeleteOpportunityLineItem takes a line off a deal.
func DeleteOpportunityLineItem(ctx context.Context, key [16]byte) error {
	if err := holdWhole(ctx, Opportunities, OpportunityLineItems, key); err != nil {
		return err
	}
	return OpportunityLineItems.Delete(ctx, key)
}

func checkOpportunityLineItem(ctx context.Context, c *Change[model.OpportunityLineItem]) error {
	l := c.Row
	deal, err := Opportunities.lock(ctx, l.OpportunityID, nil)
	if fault.Is(err, fault.NotFound) {
		return nil // the id is refused already
	}
	if err != nil {
		return err
	}
	l.Currency = c.viewer.Currency
	if deal.Currency != nil {
		l.Currency = *deal.Currency
	}
	if c.Created() || c.Set["Position"] {
		others, err := linesOfOpportunity.others(ctx, l.OrgID, l.OpportunityID, l.ID)
		if err != nil {
			return err
		}
		if others >= billing.MaxLines {
			return fault.Field("opportunityId", "has %d lines already, which is the most", others)
		}
		l.Position = place(l.Position, c.Set["Position"], others)
	}
	var faults fault.List
	for _, step := range []func() error{func() error { return describe(ctx, c) }, func() error { return price(l) }} {
		if err := collect(&faults, step()); err != nil {
			return err
		}
	}
	return faults.Err()
}

// describe gives a line the name and the price of the product that it gets, unless the writer says others.
func describe(ctx context.Context, c *Change[model.OpportunityLineItem]) error {
	l := c.Row
	var faults fault.List
	if l.ProductID != nil && (c.Created() || c.differs("ProductID")) {
		wanted := model.LineItemInput{ProductID: l.ProductID}
		if c.Set["UnitPrice"] {
			wanted.UnitPrice = &l.UnitPrice
		}
		products, err := productsOf(ctx, []model.LineItemInput{wanted})
		if err != nil {
			return err
		}
		var like model.Line
		if c.Set["Name"] {
			like.Name = l.Name
		}
		priceOf(&like, wanted, l.Currency, products, faults.Add)
		if p := products[*l.ProductID]; p != nil && !p.IsActive {
			faults.Add("productId", "the product is no longer offered")
		}
		l.Name, l.UnitPrice = like.Name, like.UnitPrice
	}
	if l.Name == "" {
		faults.Add("name", "give a name or a product")
	}
	return faults.Err()
}

// price computes what a line comes to.
func price(l *model.OpportunityLineItem) error {
	if l.DiscountType == nil && l.DiscountValue != nil && l.DiscountValue.IsZero() {
		l.DiscountValue = nil
	}
	t, err := l.Computed().Totals(l.Currency)
	if err != nil {
		return err
	}
	l.Quantity, l.UnitPrice = l.Quantity.Round(2), l.UnitPrice.Round(2) // as the columns keep them
	if l.DiscountValue != nil {
		l.DiscountValue = new(l.DiscountValue.Round(2))
	}
	l.Subtotal, l.DiscountAmount, l.Total = t.Subtotal, t.DiscountAmount, t.Total
	return nil
}

// afterOpportunityLineItem makes room where a line has come, and gives the deal its amount.
func afterOpportunityLineItem(ctx context.Context, c *Change[model.OpportunityLineItem]) error {
	l := c.Row
	if c.Created() || c.differs("Position") {
		if err := linesOfOpportunity.open(ctx, l.OrgID, l.OpportunityID, l.ID, l.Position); err != nil {
			return err
		}
	}
	return sumUpDeal(ctx, l, [16]byte{})
}

// leaveDeal closes the gap that a line leaves, and gives the deal its amount without it.
func leaveDeal(ctx context.Context, l *model.OpportunityLineItem) error {
	if err := linesOfOpportunity.closeGap(ctx, l.OrgID, l.OpportunityID, l.ID); err != nil {
		return err
	}
	return sumUpDeal(ctx, l, l.ID)
}

// sumUpDeal makes the amount of a line's deal what its lines come to, besides one that leaves; without lines it is 0, and
// somebody's to say again.
func sumUpDeal(ctx context.Context, l *model.OpportunityLineItem, besides [16]byte) error {
	var lines struct {
		N     int             `bun:"n"`
		Total decimal.Decimal `bun:"total"`
	}
	err := tenant.Select(ctx, &lines, "SELECT count(*) AS n, coalesce(sum(total), 0.00) AS total FROM opportunity_line_item WHERE org_id = $1 AND opportunity_id = $2 AND id <> $3",
		[16]byte(l.OrgID), [16]byte(l.OpportunityID), besides)
	if err != nil {
		return fmt.Errorf("sum up the opportunity: %w", err)
	}
	_, err = Opportunities.Modify(ctx, l.OpportunityID, nil, func(o *model.Opportunity) (patch.Set, error) {
		o.Amount, o.AmountSource = &lines.Total, model.AmountCalculated
		if lines.N == 0 {
			o.AmountSource = model.AmountManual
		}
		return patch.Set{"Amount": true, "AmountSource": true}, nil
	})
	return err
}
