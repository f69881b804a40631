package resolver

import (
	"context"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// mailInvoice sends an invoice to its client, if the operation is committed. A mail that cannot be sent undoes nothing.
func (r *Resolver) mailInvoice(ctx context.Context, i *model.Invoice) error {
	organization, err := store.Organization(ctx, i.OrgID)
	if err != nil {
		return err
	}
	sender := organization.CompanyName
	if sender == "" {
		sender = organization.Name
	}
	var text strings.Builder
	text.WriteString(sender + " has sent you an invoice.\n\n" + i.InvoiceTitle + "\n\nNumber:      " + i.InvoiceNumber +
		"\nAmount due:  " + i.Currency + " " + billing.Format(i.AmountDue, i.Currency) + "\nTo be paid:  by " + i.DueDate.String() + "\n")
	for _, more := range []*string{i.Notes, i.Terms} {
		if more != nil {
			text.WriteString("\n" + *more + "\n")
		}
	}
	message := mail.Message{To: *i.ClientEmail, Subject: "Invoice " + i.InvoiceNumber + " from " + sender, Text: text.String()}
	tenant.AfterCommit(ctx, func(ctx context.Context) {
		if err := r.Mail.Send(ctx, message); err != nil {
			r.Log.ErrorContext(ctx, "an invoice was not mailed", "error", err)
		}
	})
	return nil
}
