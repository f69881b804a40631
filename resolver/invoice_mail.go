package resolver

import (
	"context"
	"strings"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// mailInvoice sends an invoice to its client, if the operation is committed. A mail that cannot be sent undoes nothing.
func (r *Resolver) mailInvoice(ctx context.Context, i *model.Invoice) error {
	paper, err := store.PrintedInvoice(ctx, i)
	if err != nil {
		return err
	}
	sender := paper.Seller.Name
	var text strings.Builder
	text.WriteString(sender + " has sent you an invoice.\n\n" + owed(i))
	for _, more := range []*string{i.Notes, i.Terms} {
		if more != nil {
			text.WriteString("\n" + *more + "\n")
		}
	}
	return r.mailAboutInvoice(ctx, i, paper, "Invoice "+i.InvoiceNumber+" from "+sender, text.String())
}

// RemindDue reminds the clients of so many invoices at most whose reminders are due at an instant, if the operation is
// committed.
func (r *Resolver) RemindDue(ctx context.Context, now time.Time, most int) ([]*model.Invoice, error) {
	reminded, err := store.RemindDue(ctx, now, most)
	if err != nil {
		return nil, err
	}
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range reminded {
		if err := r.mailReminder(ctx, i, scalar.DateOf(now, v.Zone)); err != nil {
			return nil, err
		}
	}
	return reminded, nil
}

func (r *Resolver) mailReminder(ctx context.Context, i *model.Invoice, day scalar.Date) error {
	paper, err := store.PrintedInvoice(ctx, i)
	if err != nil {
		return err
	}
	sender := paper.Seller.Name
	about, text := "is due on "+i.DueDate.String(), "this invoice from "+sender+" is due soon."
	switch {
	case i.DueDate.Before(day):
		about, text = "is overdue", "this invoice from "+sender+" should have been paid by now."
	case *i.DueDate == day:
		about, text = "is due today", "this invoice from "+sender+" is due today."
	}
	return r.mailAboutInvoice(ctx, i, paper, "Reminder: invoice "+i.InvoiceNumber+" from "+sender+" "+about,
		"We would like to remind you that "+text+" If you have paid it already, please ignore this mail.\n\n"+owed(i))
}

// owed tells of an invoice what the client has to know.
func owed(i *model.Invoice) string {
	return i.InvoiceTitle + "\n\nNumber:      " + i.InvoiceNumber + "\nAmount due:  " + i.Currency + " " + billing.Format(i.AmountDue, i.Currency) +
		"\nTo be paid:  by " + i.DueDate.String() + "\n"
}

// mailAboutInvoice sends a text with a link to the invoice, and the invoice on paper.
func (r *Resolver) mailAboutInvoice(ctx context.Context, i *model.Invoice, paper pdf.Document, subject, text string) error {
	address, err := r.address(ctx, &model.PortalLink{Target: model.ToInvoice, TargetID: i.ID})
	if err != nil {
		return err
	}
	r.mailLater(ctx, mail.Message{To: *i.ClientEmail, Subject: subject, Text: text + "\nRead and print it here:\n\n" + address + "\n"}, paper)
	return nil
}

// mailLater sends a mail with a document attached, if the operation is committed. A mail that cannot be sent undoes nothing,
// and a document that cannot be drawn does not keep the mail from being sent, which has a link to it.
func (r *Resolver) mailLater(ctx context.Context, message mail.Message, paper pdf.Document) {
	tenant.AfterCommit(ctx, func(ctx context.Context) {
		if content, err := r.Draw(paper); err != nil {
			r.Log.ErrorContext(ctx, "mail sent without its document", "document", paper.Number, "error", err)
		} else {
			message.Files = []mail.File{{Name: paper.Number + ".pdf", MediaType: "application/pdf", Content: content}}
		}
		if err := r.Mail.Send(ctx, message); err != nil {
			r.Log.ErrorContext(ctx, "mail not sent", "subject", message.Subject, "error", err)
		}
	})
}
