package resolver

import (
	"context"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
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
	address, err := r.address(ctx, &model.PortalLink{Target: model.ToInvoice, TargetID: i.ID})
	if err != nil {
		return err
	}
	text.WriteString("\nRead and print it here:\n\n" + address + "\n")
	r.mailLater(ctx, mail.Message{To: *i.ClientEmail, Subject: "Invoice " + i.InvoiceNumber + " from " + sender, Text: text.String()})
	return nil
}
