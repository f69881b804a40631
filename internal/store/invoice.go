package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Invoices are bills that are sent and paid (domain: B.7). None is deleted, so that their numbers have no gaps.
var Invoices = new(Entity[model.Invoice])

// InvoiceLines are the lines of invoices.
var InvoiceLines = new(Entity[model.InvoiceLineItem])

func init() {
	*Invoices = Entity[model.Invoice]{
		Noun: "invoice", Kind: model.OfInvoice, Resource: "invoices",
		Order: map[string]string{"CREATED_AT": "created_at", "UPDATED_AT": "updated_at", "ISSUE_DATE": "issue_date", "DUE_DATE": "due_date",
			"INVOICE_NUMBER": "invoice_number", "TOTAL_AMOUNT": "total_amount", "STATUS": "status"},
		Search:   []string{"invoice_number", "invoice_title", "client_name", "client_email"},
		Subtitle: func(i *model.Invoice) *string { return &i.InvoiceTitle },
		Totals:   Totals{Phase: "status", Amount: "total_amount", Due: "amount_due"},
		Read:     shared("invoice_assigned_to", "invoice_teams", "invoice_id"),
		Links:    []Link{assigneesOf("invoice", "invoice_id"), teamsOf("invoice", "invoice_id")},
		Refs:     []Ref{{"AccountID", Accounts}, {"ContactID", Contacts}, {"OpportunityID", Opportunities}, {"TemplateID", InvoiceTemplates}},
		Statuses: []string{"Status"},
		Fresh:    func(i *model.Invoice) { i.Status, i.PaymentTerms = model.InvoiceDraft, model.TermsNet30 },
		Check:    checkInvoice,
		After:    noteHistory,
	}
	*InvoiceLines = linesOf[model.InvoiceLineItem](Invoices, "invoice_id")
}

// isIssued holds for invoices that went out and stand.
func isIssued(s *statement, t string) string {
	return s.where(t, Phase("status", new(true), model.InvoiceStatus.IsIssued))
}

// IsPastDue holds for invoices of which something is due that was to be paid before the organization's today.
func IsPastDue(s *statement, t string) string {
	return isOwed(s, t) + " AND " + t + ".due_date < " + s.arg(today(s.viewer, s.now))
}

// isOwed holds for invoices of which something is due, by whichever day.
func isOwed(s *statement, t string) string {
	return s.where(t, Phase("status", new(true), model.InvoiceStatus.IsUnpaid)) + " AND " + t + "." + amountKey("amount_due") + " > 0"
}

func checkInvoice(ctx context.Context, c *Change[model.Invoice]) error {
	i := c.Row
	var faults fault.List
	if err := collect(&faults, checkParties(ctx, c, i.AccountID, i.ContactID, &i.Client)); err != nil {
		return err
	}
	if c.Created() {
		for _, complete := range []func(context.Context, *Change[model.Invoice]) error{addressSender, useTemplate} {
			if err := complete(ctx, c); err != nil {
				return err
			}
		}
	}
	collectDates(ctx, c, &faults)
	if err := collect(&faults, checkReminders(c)); err != nil {
		return err
	}
	if c.speaksOfMoney() {
		if err := collect(&faults, chargeInvoice(ctx, c)); err != nil {
			return err
		}
	} else if !c.Created() && c.differs("DueDate") && i.Status.IsUnpaid() {
		i.Status = model.InvoiceStatus(i.Balance().Standing(today(c.viewer, tenant.Now(ctx))))
	}
	scheduleReminder(c)
	if len(faults) > 0 || !c.Created() {
		return faults.Err()
	}
	var err error
	i.InvoiceNumber, err = invoiceNumbers.next(ctx, c.viewer)
	return err
}

// collect adds the faults of err to others. What is no fault comes back.
func collect(faults *fault.List, err error) error {
	more := fault.All(err)
	if more == nil {
		return err
	}
	*faults = append(*faults, more...)
	return nil
}

// chargeInvoice computes what the invoice comes to.
func chargeInvoice(ctx context.Context, c *Change[model.Invoice]) error {
	i, now := c.Row, tenant.Now(ctx)
	if !c.Created() && c.Before.AmountPaid.IsPositive() && i.Currency != c.Before.Currency {
		return fault.Field("currency", "something is paid in %s already", c.Before.Currency)
	}
	if err := charge(ctx, c, InvoiceLines, &i.Bill, i.ShippingAmount); err != nil {
		return err
	}
	i.ShippingAmount = i.ShippingAmount.Round(2)
	balance, total := i.Balance(), i.TotalAmount
	if c.Created() {
		i.Settle(balance, now)
		return nil
	}
	if len(c.then) == 0 && i.ShippingAmount.Equal(c.Before.ShippingAmount) && samePrice(&i.Bill, &c.Before.Bill) {
		return nil // spoken of, and not changed
	}
	balance, err := balance.Retotal(total, today(c.viewer, now))
	if err == nil {
		i.Settle(balance, now)
	}
	return err
}

// samePrice reports whether two states of a bill were computed from the same, besides the lines.
func samePrice(a, b *model.Bill) bool {
	x, y := a.Discount(), b.Discount()
	return a.Currency == b.Currency && x.Type == y.Type && x.Value.Equal(y.Value) && a.TaxRate.Equal(b.TaxRate)
}

// collectDates gives an invoice its days, and refuses one that is due before it is issued.
func collectDates(ctx context.Context, c *Change[model.Invoice], faults *fault.List) {
	i := c.Row
	if i.IssueDate.IsZero() {
		i.IssueDate = today(c.viewer, tenant.Now(ctx))
	}
	// A due date that followed from the terms goes on doing so.
	followed := c.Created() || *c.Before.DueDate == dueDate(c.Before)
	if i.DueDate == nil || !c.Set["DueDate"] && followed {
		i.DueDate = new(dueDate(i))
	}
	if i.DueDate.Before(i.IssueDate) {
		faults.Add("dueDate", "must not be before the day of issue, %s", i.IssueDate)
	}
}

func dueDate(i *model.Invoice) scalar.Date { return billing.Terms(i.PaymentTerms).DueDate(i.IssueDate) }

// checkParties refuses a contact of somebody else's account, and fills in what a bill does not say of its receiver. Who they
// are is asked of a writer who names them.
func checkParties[T any](ctx context.Context, c *Change[T], accountID, contactID *id.ID, to *model.Client) error {
	var faults fault.List
	for _, party := range []struct {
		field string
		id    *id.ID
	}{{"AccountID", accountID}, {"ContactID", contactID}} {
		if party.id == nil && c.Set[party.field] {
			faults.Add(spelling(party.field), "must not be null")
		}
	}
	if len(faults) > 0 || !c.Set["AccountID"] && !c.Set["ContactID"] {
		return faults.Err()
	}
	account, err := named(ctx, Accounts, accountID)
	if err != nil {
		return err
	}
	contact, err := named(ctx, Contacts, contactID)
	if err != nil {
		return err
	}
	if account != nil && contact != nil && contact.AccountID != nil && *contact.AccountID != account.ID {
		works, err := isAmong(ctx, account, contact)
		if err != nil {
			return err
		}
		if !works {
			faults.Add("contactId", "is a contact of another account")
		}
	}
	addressee(to, account, contact)
	return faults.Err()
}

// named finds a record that a writer names; it is nil when there is none that they may see.
func named[T any](ctx context.Context, e *Entity[T], key *id.ID) (*T, error) {
	if key == nil {
		return nil, nil //nolint:nilnil // none is named
	}
	found, err := e.look(ctx, [][16]byte{*key})
	return found[*key], err
}

// isAmong reports whether a contact is one of the people of an account.
func isAmong(ctx context.Context, a *model.Account, k *model.Contact) (is bool, err error) {
	l := AccountContacts
	err = tenant.Select(ctx, &is, "SELECT EXISTS (SELECT FROM "+l.Table+" WHERE org_id = $1 AND "+l.Left+" = $2 AND "+l.Right+" = $3)",
		[16]byte(a.OrgID), [16]byte(a.ID), [16]byte(k.ID))
	if err != nil {
		return false, fmt.Errorf("look for the contact among the account's: %w", err)
	}
	return is, nil
}

// addressee fills in what is not said of a receiver: the account is billed, and the contact reads the mail.
func addressee(to *model.Client, account *model.Account, contact *model.Contact) {
	var a model.Account
	var k model.Contact
	var name *string
	if contact != nil {
		k, name = *contact, new(contact.FullName())
	}
	if account != nil {
		a, name = *account, &account.Name
	}
	to.ClientName = first(to.ClientName, name)
	to.ClientEmail = first(to.ClientEmail, k.Email, a.Email)
	to.ClientPhone = first(to.ClientPhone, k.Phone, a.Phone)
	if first(to.ClientAddressLine, to.ClientCity, to.ClientState, to.ClientPostcode, to.ClientCountry) == nil {
		at := a.Address
		if at == (model.Address{}) {
			at = k.Address
		}
		to.ClientAddressLine, to.ClientCity, to.ClientState, to.ClientPostcode, to.ClientCountry = at.AddressLine, at.City, at.State, at.Postcode, at.Country
	}
}

// addressSender takes the organization's address over where the writer gives none.
func addressSender(ctx context.Context, c *Change[model.Invoice]) error {
	i := c.Row
	if first(i.BillingAddressLine, i.BillingCity, i.BillingState, i.BillingPostcode, i.BillingCountry) != nil {
		return nil
	}
	from, err := Organization(ctx, c.viewer.OrgID)
	if err == nil {
		i.BillingAddressLine, i.BillingCity, i.BillingState, i.BillingPostcode, i.BillingCountry = from.AddressLine, from.City, from.State, from.Postcode, from.Country
	}
	return err
}
