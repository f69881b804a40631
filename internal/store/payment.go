package store

import (
	"context"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Payments are what clients have paid of invoices (domain: C.6): recorded and deleted by those who may change the invoice,
// never changed. Each is a change of its invoice, which is locked by it, so that of two payments of the last amount one is
// refused.
var Payments = new(Entity[model.Payment])

func init() {
	*Payments = Entity[model.Payment]{
		Noun: "payment", Resource: "invoices", Parent: "invoice_id",
		Order: map[string]string{"PAYMENT_DATE": "payment_date"}, Default: page.Order{Field: "PAYMENT_DATE", Direction: "DESC"},
		Read:         within(Invoices, "invoice_id"),
		Refs:         []Ref{{"InvoiceID", Invoices}},
		Fresh:        func(p *model.Payment) { p.PaymentMethod = model.PaidOtherwise },
		Check:        checkPayment,
		BeforeDelete: takePaymentBack,
	}
}

// checkPayment has the invoice take the payment.
func checkPayment(ctx context.Context, c *Change[model.Payment]) error {
	p, now := c.Row, tenant.Now(ctx)
	if p.PaymentDate.IsZero() {
		p.PaymentDate = today(c.viewer, now)
	}
	if !c.Set["Amount"] { // the invoice has said how much
		return nil
	}
	_, err := Invoices.Modify(ctx, p.InvoiceID, nil, func(i *model.Invoice) (patch.Set, error) {
		after, err := i.Balance().Pay(p.Amount, p.PaymentDate)
		p.Amount, p.Currency = p.Amount.Round(2), i.Currency
		i.Settle(after, now)
		return patch.Set{"Status": true}, err
	})
	if fault.Is(err, fault.NotFound) { // it is refused as an id of nothing
		return nil
	}
	return err
}

func takePaymentBack(ctx context.Context, p *model.Payment) error {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return err
	}
	now := tenant.Now(ctx)
	_, err = Invoices.Modify(ctx, p.InvoiceID, nil, func(i *model.Invoice) (patch.Set, error) {
		i.Settle(i.Balance().TakeBack(p.Amount, today(v, now)), now)
		return patch.Set{"Status": true}, nil
	})
	return err
}

// MarkInvoicePaid records one payment of all that is due, of which the input says the rest; of an invoice on which nothing is
// due it needs none.
func MarkInvoicePaid(ctx context.Context, key [16]byte, version *int, input any) (*model.Invoice, *model.Payment, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, nil, err
	}
	p, now := new(model.Payment), tenant.Now(ctx)
	if _, err := patch.Apply(p, input); err != nil {
		return nil, nil, err
	}
	if p.PaymentDate.IsZero() {
		p.PaymentDate = today(v, now)
	}
	var due decimal.Decimal
	i, err := Invoices.Modify(ctx, key, version, func(i *model.Invoice) (patch.Set, error) {
		after, rest, err := i.Balance().PayRest(p.PaymentDate)
		due = rest
		i.Settle(after, now)
		return patch.Set{"Status": true}, err
	})
	if err != nil || due.IsZero() {
		return i, nil, err
	}
	p.InvoiceID, p.Amount, p.Currency = i.ID, due, i.Currency
	p, err = Payments.Insert(ctx, p, nil)
	return i, p, err
}
