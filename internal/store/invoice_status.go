package store

import (
	"context"
	"fmt"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// The operations that change where an invoice stands, besides payments (payment.go). Each locks the invoice before it looks
// at it.

// SendInvoice notes that an invoice goes to its client, again or for the first time. The mail is the caller's, after the
// commit.
func SendInvoice(ctx context.Context, key [16]byte, version *int) (*model.Invoice, error) {
	return Invoices.Modify(ctx, key, version, func(i *model.Invoice) (patch.Set, error) {
		if err := notFinal(i, "sent"); err != nil {
			return nil, err
		}
		if i.ClientEmail == nil {
			return nil, conflictOn("clientEmail", "the invoice needs an e-mail address to be sent to")
		}
		i.SentAt, i.IsEmailSent = new(tenant.Now(ctx)), true
		if i.Status == model.InvoiceDraft || i.Status == model.InvoicePending {
			i.Status = model.InvoiceSent
		}
		return patch.Set{"Status": true}, nil
	})
}

// MarkInvoiceViewed notes that the client has seen an invoice. Only the first time counts.
func MarkInvoiceViewed(ctx context.Context, key [16]byte, version *int) (*model.Invoice, error) {
	return Invoices.Modify(ctx, key, version, func(i *model.Invoice) (patch.Set, error) {
		if i.SentAt == nil {
			return nil, fault.New(fault.Conflict, "the invoice was not sent yet")
		}
		viewed(ctx, i)
		return patch.Set{"Status": true}, nil
	})
}

// viewed notes that the client sees an invoice, if it was sent.
func viewed(ctx context.Context, i *model.Invoice) {
	if i.ViewedAt == nil && i.SentAt != nil {
		i.ViewedAt = new(tenant.Now(ctx))
	}
	if i.Status == model.InvoiceSent {
		i.Status = model.InvoiceViewed
	}
}

// CancelInvoice ends an invoice that is not paid. The payments so far stay recorded.
func CancelInvoice(ctx context.Context, key [16]byte, version *int) (*model.Invoice, error) {
	return Invoices.Modify(ctx, key, version, func(i *model.Invoice) (patch.Set, error) {
		if err := notFinal(i, "cancelled"); err != nil {
			return nil, err
		}
		i.Status, i.CancelledAt = model.InvoiceCancelled, new(tenant.Now(ctx))
		return patch.Set{"Status": true}, nil
	})
}

func notFinal(i *model.Invoice, what string) error {
	switch i.Status {
	case model.InvoicePaid:
		return fault.New(fault.Conflict, "the invoice is paid and cannot be %s", what)
	case model.InvoiceCancelled:
		return fault.New(fault.Conflict, "the invoice is cancelled and cannot be %s", what)
	}
	return nil
}

// MarkOverdue gives the status OVERDUE to every invoice of the organization of which something is due that was to be paid
// before the day that it is there at an instant, and tells how many those were. What another transaction holds is left to the
// next time.
func MarkOverdue(ctx context.Context, at time.Time) (int, error) {
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return 0, err
	}
	day := today(v, at)
	var late []id.ID
	err = tenant.Select(ctx, &late, "SELECT t.id FROM invoice AS t WHERE t.org_id = $1 AND t.status IN ('Sent', 'Viewed', 'Partially_Paid')"+
		" AND t.due_date < $2 AND t."+amountKey("amount_due")+" > 0 ORDER BY t.due_date, t.id FOR UPDATE OF t SKIP LOCKED", [16]byte(v.OrgID), day)
	if err != nil {
		return 0, fmt.Errorf("look for overdue invoices: %w", err)
	}
	for _, key := range late {
		if _, err := Invoices.amend(ctx, key, func(i *model.Invoice) (patch.Set, error) {
			i.Status = model.InvoiceOverdue
			return patch.Set{"Status": true}, nil
		}); err != nil {
			return 0, err
		}
	}
	return len(late), nil
}

// DuplicateInvoice makes a draft with the lines of an invoice, issued today. Whom the invoice is assigned to is not taken
// over, nor products that are no longer offered: their lines keep the name.
func DuplicateInvoice(ctx context.Context, key [16]byte) (*model.Invoice, error) {
	from, err := Invoices.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	lines, err := linesIn(ctx, InvoiceLines, from.ID)
	if err != nil {
		return nil, err
	}
	again := &model.Invoice{Bill: from.Bill, Client: from.Client, InvoiceTitle: cut("Copy of "+from.InvoiceTitle, 100), Status: model.InvoiceDraft,
		AccountID: from.AccountID, ContactID: from.ContactID, OpportunityID: from.OpportunityID,
		BillingAddressLine: from.BillingAddressLine, BillingCity: from.BillingCity, BillingState: from.BillingState, BillingPostcode: from.BillingPostcode,
		BillingCountry: from.BillingCountry, ShippingAmount: from.ShippingAmount, PaymentTerms: from.PaymentTerms, BillingPeriod: from.BillingPeriod,
		PoNumber: from.PoNumber, TemplateID: from.TemplateID, ReminderEnabled: from.ReminderEnabled, ReminderDaysBefore: from.ReminderDaysBefore, ReminderDaysAfter: from.ReminderDaysAfter,
		ReminderFrequency: from.ReminderFrequency, ReminderCustomDays: from.ReminderCustomDays, Notes: from.Notes, Terms: from.Terms, Details: from.Details,
		Customized: from.Customized}
	if again.LineItems, err = inputsOf(ctx, lines); err != nil {
		return nil, err
	}
	return Invoices.Insert(ctx, again, patch.Set{"LineItems": true})
}
