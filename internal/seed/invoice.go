package seed

import (
	"context"
	"fmt"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// demoInvoices is how many invoices there are: some in each status.
const demoInvoices = 24

// catalog makes products of the words for them; the last is no longer offered.
func (w *writer) catalog(ctx context.Context) error {
	for i, name := range products {
		p := &model.Product{Base: w.base(w.at(i, len(products)), w.founder.crew[0]), Name: sentence(name), Sku: new(fmt.Sprintf("P-%03d", i+1)),
			Category: new([]string{"Goods", "Services"}[i%2]), Price: *w.amount(20, 900), Currency: w.currency, IsActive: i < len(products)-1}
		stored, err := put(ctx, w, store.Products, p)
		if err != nil {
			return err
		}
		w.sold = append(w.sold, stored.id)
	}
	return nil
}

// invoices bills the accounts. They are created now, for their numbers say so, and were issued in the last weeks.
func (w *writer) invoices(ctx context.Context) error {
	for i := range demoInvoices {
		at := under(w.accounts, i, demoInvoices)
		if len(at.people) == 0 {
			continue
		}
		w.become(at.owner.user)
		in := &model.Invoice{InvoiceTitle: sentence(pick(w.fiction, products)), Status: model.InvoiceDraft, AccountID: &at.id, ContactID: &at.people[0],
			IssueDate: *w.day(-20, -3), PaymentTerms: model.TermsNet30, Shared: model.Shared{AssignedToIDs: []id.Profile{at.owner.profile}},
			Notes: new("Thank you for your order."), Customized: costCenter(i)}
		if i%8 == 4 { // due for some weeks, for many, and for months
			in.IssueDate, in.PaymentTerms = *w.day(-35-35*(i/8), -30-35*(i/8)), model.TermsNet15
		}
		in.Bill = model.Bill{TaxRate: decimal.New(20, 0), LineItems: []model.LineItemInput{
			{ProductID: &w.sold[i%(len(w.sold)-1)], Quantity: decimal.New(int64(1+i%5), 0)},
			{Name: new("Delivery and setup"), Quantity: decimal.New(15, -1), UnitPrice: new(decimal.New(80, 0))},
		}}
		stored, err := store.Invoices.Insert(ctx, in, patch.Set{"AccountID": true, "ContactID": true, "LineItems": true, "AssignedToIDs": true})
		if err != nil {
			return fmt.Errorf("store an invoice: %w", err)
		}
		if err := w.settle(ctx, stored, i%8); err != nil {
			return fmt.Errorf("move an invoice: %w", err)
		}
	}
	w.become(w.founder.crew[0].user)
	_, err := store.MarkOverdue(ctx, tenant.Now(ctx))
	return err
}

// settle takes an invoice as far as its turn says: draft, sent, viewed, a part paid, overdue, paid at once, cancelled, paid
// bit by bit.
func (w *writer) settle(ctx context.Context, i *model.Invoice, turn int) error {
	if turn == 0 {
		return nil
	}
	if _, err := store.SendInvoice(ctx, i.ID, nil); err != nil {
		return err
	}
	part := i.TotalAmount.Div(decimal.New(3, 0)).Round(2)
	switch turn {
	case 2:
		_, err := store.MarkInvoiceViewed(ctx, i.ID, nil)
		return err
	case 3:
		return w.pay(ctx, i, part)
	case 5:
		return w.pay(ctx, i, i.TotalAmount)
	case 6:
		_, err := store.CancelInvoice(ctx, i.ID, nil)
		return err
	case 7:
		if err := w.pay(ctx, i, part); err != nil {
			return err
		}
		return w.pay(ctx, i, i.TotalAmount.Sub(part))
	}
	return nil
}

func (w *writer) pay(ctx context.Context, i *model.Invoice, amount decimal.Decimal) error {
	p := &model.Payment{InvoiceID: i.ID, Amount: amount, PaymentMethod: model.PaidByTransfer, PaymentDate: *w.day(-2, 0), ReferenceNumber: new("T-" + i.InvoiceNumber[4:])}
	_, err := store.Payments.Insert(ctx, p, patch.Set{"InvoiceID": true, "Amount": true})
	return err
}
