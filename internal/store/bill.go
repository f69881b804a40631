package store

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Invoices and estimates are bills with lines. What is said of a bill's lines and amounts is said here; the arithmetic is
// package billing's. Lines are written with their bill, all at once: no line is changed by itself.

// lineOf is a model of a line.
type lineOf interface {
	audited
	Charge() *model.Line
	In(bill id.ID)
}

// linesOf declares the lines of a kind of bill, which stand and fall with it: who sees the bill sees them.
func linesOf[L, B any](bills *Entity[B], column string) Entity[L] {
	return Entity[L]{
		Noun: bills.Noun + " line", Resource: bills.Resource, Parent: column,
		Order: map[string]string{"POSITION": "sort_order"}, Default: ByPosition,
		Read: within(bills, column),
	}
}

// moneyFields are what a bill is computed from.
var moneyFields = []string{"LineItems", "Currency", "DiscountType", "DiscountValue", "TaxRate", "ShippingAmount"}

// speaksOfMoney reports whether a change has the bill computed anew.
func (c *Change[T]) speaksOfMoney() bool {
	return c.Created() || slices.ContainsFunc(moneyFields, func(field string) bool { return c.Set[field] })
}

// charge computes a bill from the lines that its writer gave, or from those that it has, and has them stored with it.
func charge[T, L any](ctx context.Context, c *Change[T], lines *Entity[L], bill *model.Bill, shipping decimal.Decimal) error {
	if bill.Currency == "" {
		bill.Currency = c.viewer.Currency
	}
	if bill.DiscountType == nil && !c.Set["DiscountValue"] { // taken away
		bill.DiscountValue = nil
	}
	key := id.ID(any(c.Row).(audited).Key())
	var had []*L
	if !c.Created() {
		var err error
		if had, err = linesIn(ctx, lines, key); err != nil {
			return err
		}
	}
	has := had
	var faults fault.List
	if c.Set["LineItems"] {
		var err error
		if has, err = linesFrom(ctx, c.viewer, had, bill); err != nil {
			if faults = fault.All(err); has == nil || faults == nil {
				return err
			}
		}
	}
	sum := billing.Bill{Currency: bill.Currency, Discount: bill.Discount(), TaxRate: bill.TaxRate, Shipping: shipping}
	for _, l := range has {
		sum.Lines = append(sum.Lines, chargeOf(l).Computed())
	}
	totals, err := sum.Totals()
	if faults = append(faults, fault.All(err)...); len(faults) > 0 {
		return faults
	}
	bill.Subtotal, bill.DiscountAmount, bill.TaxAmount, bill.TotalAmount = totals.Subtotal, totals.DiscountAmount, totals.TaxAmount, totals.Total
	bill.TaxRate = bill.TaxRate.Round(2)
	if bill.DiscountValue != nil {
		bill.DiscountValue = new(bill.DiscountValue.Round(2))
	}
	now := make([]*L, len(has))
	for i, l := range has { // those that the bill had stay what they were, to be compared
		now[i] = new(*l)
		line := chargeOf(now[i])
		line.Currency, line.Position = bill.Currency, i
		line.Quantity, line.UnitPrice, line.TaxRate = line.Quantity.Round(2), line.UnitPrice.Round(2), line.TaxRate.Round(2)
		if line.DiscountValue != nil {
			line.DiscountValue = new(line.DiscountValue.Round(2))
		}
		line.Comes(totals.Lines[i])
	}
	if told := differing(had, now); told != nil {
		if !c.Created() {
			c.notes = append(c.notes, told)
		}
		c.then = append(c.then, func(ctx context.Context) error { return replaceLines(ctx, c.viewer, lines, key, now) })
	}
	return nil
}

func chargeOf[L any](l *L) *model.Line { return any(l).(lineOf).Charge() }

// linesIn are the lines that a bill has.
func linesIn[L any](ctx context.Context, lines *Entity[L], bill id.ID) ([]*L, error) {
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	return lines.run(ctx, s, 8, "SELECT "+lines.columns()+" FROM "+lines.name()+" AS t WHERE t.org_id = $1 AND t."+lines.Parent+" = "+s.arg(bill)+lines.sorted(ByPosition))
}

// linesFrom makes the lines that a client gives. What the client leaves out is the product's.
func linesFrom[L any](ctx context.Context, v *tenant.Viewer, had []*L, bill *model.Bill) ([]*L, error) {
	if len(bill.LineItems) > billing.MaxLines {
		return nil, fault.Field("lineItems", "must be at most %d", billing.MaxLines)
	}
	products, err := productsOf(ctx, bill.LineItems)
	if err != nil {
		return nil, err
	}
	var faults fault.List
	out := make([]*L, len(bill.LineItems))
	for i, in := range bill.LineItems {
		out[i] = new(L)
		stamp(ctx, v, any(out[i]).(audited).Audit())
		l := chargeOf(out[i])
		*l = model.Line{ProductID: in.ProductID, Name: textOf(in.Name), Quantity: in.Quantity,
			DiscountType: in.DiscountType, DiscountValue: in.DiscountValue, TaxRate: in.TaxRate}
		if text := textOf(in.Description); text != "" {
			l.Description = &text
		}
		bad := func(field, format string, args ...any) {
			faults.Add(fmt.Sprintf("lineItems[%d].%s", i, field), format, args...)
		}
		priceOf(l, in, bill.Currency, products, bad)
		if l.Name == "" {
			bad("name", "give a name or a product")
		}
		isNew := func() bool {
			return !slices.ContainsFunc(had, func(old *L) bool { p := chargeOf(old).ProductID; return p != nil && *p == *in.ProductID })
		}
		if in.ProductID != nil && products[*in.ProductID] != nil && !products[*in.ProductID].IsActive && isNew() {
			bad("productId", "the product is no longer offered")
		}
		var own fault.List
		checkTags(l, nil, true, &own)
		for _, f := range own {
			bad(f.Field, "%s", f.Message)
		}
	}
	return out, faults.Err()
}

// priceOf gives a line its price and its name, those of the product unless the client said others.
func priceOf(l *model.Line, in model.LineItemInput, currency string, products map[[16]byte]*model.Product, bad func(field, format string, args ...any)) {
	l.UnitPrice = decimal.New(0, -2)
	if in.UnitPrice != nil {
		l.UnitPrice = *in.UnitPrice
	}
	if in.ProductID == nil {
		return
	}
	p := products[*in.ProductID]
	switch {
	case p == nil:
		bad("productId", "product not found")
		l.Name = "?" // nothing is missing besides
		return
	case in.UnitPrice != nil:
	case p.Currency != currency:
		bad("unitPrice", "give one: the product's price is in %s", p.Currency)
	default:
		l.UnitPrice = p.Price
	}
	if l.Name == "" {
		l.Name = p.Name
	}
}

func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return strings.TrimSpace(*text)
}

// productsOf finds the products that lines name.
func productsOf(ctx context.Context, in []model.LineItemInput) (map[[16]byte]*model.Product, error) {
	var ids [][16]byte
	for _, l := range in {
		if l.ProductID != nil {
			ids = append(ids, *l.ProductID)
		}
	}
	return Products.look(ctx, ids)
}

// look finds those rows among ids that the viewer may see, whatever the scopes of their token are: a writer may name what
// they may see, and what they name may be copied.
func (e *Entity[T]) look(ctx context.Context, ids [][16]byte) (map[[16]byte]*T, error) {
	out := make(map[[16]byte]*T, len(ids))
	if len(ids) == 0 {
		return out, nil
	}
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	rows, err := e.run(ctx, s, len(ids), "SELECT "+e.columns()+" FROM "+e.named(s, s.ids(ids)))
	for _, r := range rows {
		out[e.key(r)] = r
	}
	return out, err
}

// differing tells the timeline how lines differ; it is nil when they do not.
func differing[L any](before, after []*L) *model.ActivityChange {
	same := slices.EqualFunc(before, after, func(a, b *L) bool {
		x, y := *chargeOf(a), *chargeOf(b)
		return reflect.DeepEqual(plain(x), plain(y))
	})
	if same {
		return nil
	}
	texts := func(lines []*L) []string {
		out := make([]string, len(lines))
		for i, l := range lines {
			line := chargeOf(l)
			out[i] = fmt.Sprintf("%s × %s: %s", line.Quantity, line.Name, line.Total.StringFixed(2))
		}
		return out
	}
	return &model.ActivityChange{Field: "lineItems", From: texts(before), To: texts(after)}
}

// plain is a line as it can be compared: decimals have several spellings of one value.
func plain(l model.Line) string {
	text, _ := json.Marshal(l)
	return string(text)
}

// replaceLines gives a bill its lines in the place of those that it had.
func replaceLines[L any](ctx context.Context, v *tenant.Viewer, lines *Entity[L], bill id.ID, has []*L) error {
	if _, err := tenant.Exec(ctx, "DELETE FROM "+lines.name()+" WHERE org_id = $1 AND "+lines.Parent+" = $2", [16]byte(v.OrgID), [16]byte(bill)); err != nil {
		return fmt.Errorf("delete lines: %w", err)
	}
	for _, l := range has {
		any(l).(lineOf).In(bill)
	}
	return lines.insertRows(ctx, v, has)
}

// inputsOf are lines as a client would give them for another bill: without the products that are no longer offered.
func inputsOf[L any](ctx context.Context, lines []*L) ([]model.LineItemInput, error) {
	out := make([]model.LineItemInput, len(lines))
	for i, l := range lines {
		line := chargeOf(l)
		out[i] = model.LineItemInput{ProductID: line.ProductID, Name: &line.Name, Description: line.Description, Quantity: line.Quantity, UnitPrice: &line.UnitPrice,
			DiscountType: line.DiscountType, DiscountValue: line.DiscountValue, TaxRate: line.TaxRate}
	}
	return offered(ctx, out)
}

// offered takes away the products that are no longer offered.
func offered(ctx context.Context, out []model.LineItemInput) ([]model.LineItemInput, error) {
	products, err := productsOf(ctx, out)
	for i := range out {
		if key := out[i].ProductID; key != nil && (products[*key] == nil || !products[*key].IsActive) {
			out[i].ProductID = nil
		}
	}
	return out, err
}
