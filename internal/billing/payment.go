package billing

import (
	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Status is where an invoice stands.
type Status string

// The values, as stored.
const (
	Draft         Status = "Draft"
	Sent          Status = "Sent"
	Viewed        Status = "Viewed"
	Paid          Status = "Paid"
	PartiallyPaid Status = "Partially_Paid"
	Overdue       Status = "Overdue"
	Pending       Status = "Pending"
	Cancelled     Status = "Cancelled"
)

// IsUnpaid holds for invoices that somebody owes.
func (s Status) IsUnpaid() bool {
	return s == Sent || s == Viewed || s == PartiallyPaid || s == Overdue
}

// IsFinal holds for invoices whose lines and amounts do not change any more.
func (s Status) IsFinal() bool { return s == Paid || s == Cancelled }

// Balance is what is owed on an invoice, and all that its status follows from. Operations give the balance after them
// and leave the one that they are called on as it is. Whoever stores it sets the time of payment when the status becomes
// Paid, and clears it when it no longer is.
type Balance struct {
	Currency  string
	Status    Status
	Total     decimal.Decimal
	Paid      decimal.Decimal // the sum of the payments
	IsSent    bool            // ever
	IsViewed  bool            // ever, by the client
	IssueDate scalar.Date
	DueDate   scalar.Date // the zero date: none
}

// Due is what is left to pay.
func (b Balance) Due() decimal.Decimal { return b.Total.Sub(b.Paid) }

// IsOverdue holds from the day after the due date for as long as something is due. The status says so only later, when
// the nightly job has passed.
func (b Balance) IsOverdue(today scalar.Date) bool {
	return b.Status.IsUnpaid() && b.isLate(today)
}

func (b Balance) isLate(today scalar.Date) bool {
	return b.Due().IsPositive() && !b.DueDate.IsZero() && b.DueDate.Before(today)
}

// Pay adds a payment. It makes the invoice Paid or Partially_Paid, the latter also when it was overdue: the nightly job
// finds it again. A cancelled invoice takes none.
func (b Balance) Pay(amount decimal.Decimal, day scalar.Date) (Balance, error) {
	if b.Status == Cancelled {
		return b, fault.New(fault.Conflict, "the invoice is cancelled and takes no payments")
	}
	c := newChecks(b.Currency)
	if c.amount("amount", amount) {
		switch {
		case amount.IsZero():
			c.add("amount", "must be more than 0")
		case amount.GreaterThan(b.Due()):
			c.add("amount", "must be at most the amount due, %s", Format(b.Due(), b.Currency))
		}
	}
	if day.Before(b.IssueDate) {
		c.add("paymentDate", "must not be before the invoice was issued, %s", b.IssueDate)
	}
	if len(c.faults) > 0 {
		return b, c.faults.Err()
	}
	b.Paid = b.Paid.Add(Round(amount, b.Currency))
	b.Status = PartiallyPaid
	if b.Due().IsZero() {
		b.Status = Paid
	}
	return b, nil
}

// PayRest pays whatever is due and tells how much that was. When nothing is due, as of an invoice over 0, the invoice is
// Paid without a payment.
func (b Balance) PayRest(day scalar.Date) (Balance, decimal.Decimal, error) {
	due := b.Due()
	switch {
	case b.Status == Paid:
		return b, zero, fault.New(fault.Conflict, "the invoice is paid already")
	case b.Status != Cancelled && due.IsZero():
		b.Status = Paid
		return b, zero, nil
	}
	after, err := b.Pay(due, day)
	return after, due, err
}

// TakeBack undoes a payment of the amount. The status steps back to what the rest of the payments, the due date and what
// the client has seen make it; a cancelled invoice stays cancelled.
func (b Balance) TakeBack(amount decimal.Decimal, today scalar.Date) Balance {
	b.Paid = b.Paid.Sub(amount)
	b.Status = b.Standing(today)
	return b
}

// Retotal gives the invoice another total, after its lines or amounts were changed. An invoice that is paid or cancelled
// keeps the one it has, and no total falls below what is paid.
func (b Balance) Retotal(total decimal.Decimal, today scalar.Date) (Balance, error) {
	switch {
	case b.Status == Paid:
		return b, fault.New(fault.Conflict, "the invoice is paid; its lines and amounts do not change any more")
	case b.Status == Cancelled:
		return b, fault.New(fault.Conflict, "the invoice is cancelled; its lines and amounts do not change any more")
	case total.LessThan(b.Paid):
		return b, fault.Field("lineItems", "must come to at least what is paid already, %s", Format(b.Paid, b.Currency))
	}
	b.Total = total
	b.Status = b.Standing(today)
	return b, nil
}

// Standing is the status that follows from everything else: after a payment was deleted, or the due date changed.
func (b Balance) Standing(today scalar.Date) Status {
	switch {
	case b.Status == Cancelled:
		return Cancelled
	case b.Due().IsZero() && (b.Paid.IsPositive() || b.Status == Paid): // the latter: an invoice over 0
		return Paid
	case b.Paid.IsZero() && b.Status == Pending:
		return Pending
	case b.Paid.IsZero() && !b.IsSent:
		return Draft
	case b.isLate(today):
		return Overdue
	case b.Paid.IsPositive():
		return PartiallyPaid
	case b.IsViewed:
		return Viewed
	}
	return Sent
}
