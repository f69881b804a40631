package billing_test

import (
	"slices"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

func day(s string) scalar.Date { return must(scalar.ParseDate(s)) }

// sent is an invoice over 100 that a client has got and that is due at the end of January.
func sent(change ...func(*billing.Balance)) billing.Balance {
	b := billing.Balance{Currency: "EUR", Status: billing.Sent, IsSent: true, Total: d("100"), IssueDate: day("2026-01-01"), DueDate: day("2026-01-31")}
	for _, c := range change {
		c(&b)
	}
	return b
}

func status(s billing.Status) func(*billing.Balance) {
	return func(b *billing.Balance) { b.Status = s }
}

func paid(amount string) func(*billing.Balance) {
	return func(b *billing.Balance) { b.Paid = d(amount) }
}

func draft(b *billing.Balance) { b.Status, b.IsSent = billing.Draft, false }

func TestPaymentsMakeAnInvoicePaid(t *testing.T) {
	t.Parallel()
	for _, from := range []billing.Status{billing.Draft, billing.Sent, billing.Viewed, billing.PartiallyPaid, billing.Overdue, billing.Pending} {
		b := must(sent(status(from)).Pay(d("99.99"), day("2026-01-01")))
		if b.Status != billing.PartiallyPaid || b.Due().String() != "0.01" || b.Paid.String() != "99.99" {
			t.Errorf("from %s: %+v", from, b)
		}
		b = must(b.Pay(d("0.01"), day("2026-03-01")))
		if b.Status != billing.Paid || !b.Due().IsZero() {
			t.Errorf("from %s: %+v", from, b)
		}
		rest, amount, err := sent(status(from), paid("30")).PayRest(day("2026-01-01"))
		if err != nil || rest.Status != billing.Paid || amount.String() != "70" || !rest.Paid.Equal(d("100")) {
			t.Errorf("the rest, from %s: %+v %s %v", from, rest, amount, err)
		}
	}
}

func TestPaymentsThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		balance billing.Balance
		amount  string
		day     string
		want    []string
	}{
		{"nothing", sent(), "0", "2026-01-01", []string{"amount"}},
		{"less than nothing", sent(), "-1", "2026-01-01", []string{"amount"}},
		{"more than is due", sent(paid("40")), "60.01", "2026-01-01", []string{"amount"}},
		{"a fraction of a cent", sent(), "0.001", "2026-01-01", []string{"amount"}},
		{"a fraction of a yen", sent(func(b *billing.Balance) { b.Currency = "JPY" }), "0.5", "2026-01-01", []string{"amount"}},
		{"before it was issued", sent(), "1", "2025-12-31", []string{"paymentDate"}},
		{"both", sent(), "101", "2025-12-31", []string{"amount", "paymentDate"}},
		{"when all is paid", sent(status(billing.Paid), paid("100")), "1", "2026-01-01", []string{"amount"}},
	} {
		after, err := c.balance.Pay(d(c.amount), day(c.day))
		if got := fields(err); !slices.Equal(got, c.want) || after != c.balance {
			t.Errorf("%s: %v, %+v", c.name, err, after)
		}
	}
	if _, _, err := sent(status(billing.Paid), paid("100")).PayRest(day("2026-01-01")); !fault.Is(err, fault.Conflict) {
		t.Errorf("the rest, when all is paid: %v", err)
	}
	if _, _, err := sent().PayRest(day("2025-12-31")); !slices.Equal(fields(err), []string{"paymentDate"}) {
		t.Errorf("the rest, before it was issued: %v", err)
	}
}

func TestNothingRevivesACancelledInvoice(t *testing.T) {
	t.Parallel()
	b := sent(status(billing.Cancelled), paid("40"))
	if after, err := b.Pay(d("60"), day("2026-01-02")); !fault.Is(err, fault.Conflict) || after != b {
		t.Errorf("%+v %v", after, err)
	}
	if after, _, err := b.PayRest(day("2026-01-02")); !fault.Is(err, fault.Conflict) || after != b {
		t.Errorf("%+v %v", after, err)
	}
	if after, err := b.Retotal(d("40"), day("2026-01-02")); !fault.Is(err, fault.Conflict) || after != b {
		t.Errorf("%+v %v", after, err)
	}
	nothing := sent(status(billing.Cancelled), func(b *billing.Balance) { b.Total = d("0") })
	if after, _, err := nothing.PayRest(day("2026-01-02")); !fault.Is(err, fault.Conflict) || after != nothing {
		t.Errorf("%+v %v", after, err)
	}
	after := b.TakeBack(d("40"), day("2026-03-01"))
	if after.Status != billing.Cancelled || !after.Paid.IsZero() {
		t.Errorf("%+v", after)
	}
	for _, b := range []billing.Balance{b, after, sent(status(billing.Cancelled), paid("100"))} {
		if got := b.Standing(day("2026-03-01")); got != billing.Cancelled {
			t.Errorf("%+v is %s", b, got)
		}
		if b.IsOverdue(day("2026-03-01")) {
			t.Errorf("%+v is overdue", b)
		}
	}
}

func TestADeletedPaymentStepsBack(t *testing.T) {
	t.Parallel()
	viewed := func(b *billing.Balance) { b.IsViewed = true }
	open := func(b *billing.Balance) { b.DueDate = scalar.Date{} }
	for _, c := range []struct {
		name    string
		balance billing.Balance
		amount  string
		today   string
		want    billing.Status
	}{
		{"the rest stands", sent(status(billing.Paid), paid("100")), "40", "2026-01-31", billing.PartiallyPaid},
		{"the rest stands, late", sent(status(billing.Paid), paid("100")), "40", "2026-02-01", billing.Overdue},
		{"nothing stands", sent(status(billing.Paid), paid("100")), "100", "2026-01-31", billing.Sent},
		{"nothing stands, late", sent(status(billing.Paid), paid("100")), "100", "2026-02-01", billing.Overdue},
		{"nothing stands, without a due date", sent(status(billing.Paid), paid("100"), open), "100", "2027-01-01", billing.Sent},
		{"nothing stands, the client has seen it", sent(status(billing.Paid), paid("100"), viewed), "100", "2026-01-31", billing.Viewed},
		{"nothing stands, it was never sent", sent(draft, status(billing.Paid), paid("100")), "100", "2026-02-01", billing.Draft},
		{"a part of what was partly paid", sent(status(billing.PartiallyPaid), paid("50")), "20", "2026-01-31", billing.PartiallyPaid},
		{"all of what was partly paid", sent(status(billing.PartiallyPaid), paid("50")), "50", "2026-01-31", billing.Sent},
		{"of what was overdue", sent(status(billing.Overdue), paid("50")), "50", "2026-02-01", billing.Overdue},
		{"of what is pending", sent(status(billing.PartiallyPaid), paid("50"), draft), "50", "2026-01-31", billing.Draft},
	} {
		after := c.balance.TakeBack(d(c.amount), day(c.today))
		if after.Status != c.want || !after.Paid.Equal(c.balance.Paid.Sub(d(c.amount))) {
			t.Errorf("%s: %s with %s paid, not %s", c.name, after.Status, after.Paid, c.want)
		}
	}
}

func TestAnotherTotal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name    string
		balance billing.Balance
		total   string
		want    billing.Status
	}{
		{"of a draft", sent(draft), "0", billing.Draft},
		{"of a sent one", sent(), "120", billing.Sent},
		{"of a pending one", sent(status(billing.Pending)), "120", billing.Pending},
		{"of a partly paid one", sent(status(billing.PartiallyPaid), paid("50")), "120", billing.PartiallyPaid},
		{"down to what is paid", sent(status(billing.PartiallyPaid), paid("50")), "50", billing.Paid},
		{"of a sent one, down to nothing", sent(), "0", billing.Sent},
	} {
		after, err := c.balance.Retotal(d(c.total), day("2026-01-31"))
		if err != nil || after.Status != c.want || !after.Total.Equal(d(c.total)) {
			t.Errorf("%s: %+v %v", c.name, after, err)
		}
	}
	if after := must(sent(status(billing.Overdue), paid("1")).Retotal(d("120"), day("2026-02-01"))); after.Status != billing.Overdue {
		t.Errorf("of an overdue one: %s", after.Status)
	}
	b := sent(status(billing.PartiallyPaid), paid("50"))
	if after, err := b.Retotal(d("49.99"), day("2026-01-31")); !slices.Equal(fields(err), []string{"lineItems"}) || after != b {
		t.Errorf("less than is paid: %+v %v", after, err)
	}
	b = sent(status(billing.Paid), paid("100"))
	if after, err := b.Retotal(d("101"), day("2026-01-31")); !fault.Is(err, fault.Conflict) || after != b {
		t.Errorf("of a paid one: %+v %v", after, err)
	}
}

func TestAnInvoiceOverNothing(t *testing.T) {
	t.Parallel()
	b := sent(func(b *billing.Balance) { b.Total = d("0") })
	if got := b.Standing(day("2026-02-01")); got != billing.Sent || b.IsOverdue(day("2026-02-01")) {
		t.Errorf("it is %s, though nothing is due", got)
	}
	after, amount, err := b.PayRest(day("2026-01-01"))
	if err != nil || after.Status != billing.Paid || !amount.IsZero() {
		t.Errorf("%+v %s %v", after, amount, err)
	}
	if got := after.Standing(day("2026-02-01")); got != billing.Paid {
		t.Errorf("it does not stay paid: %s", got)
	}
}

func TestOverdueFollowsFromDateAndAmount(t *testing.T) {
	t.Parallel()
	late := day("2026-02-01")
	for _, s := range []billing.Status{billing.Sent, billing.Viewed, billing.PartiallyPaid, billing.Overdue} {
		if b := sent(status(s)); !b.IsOverdue(late) || b.IsOverdue(b.DueDate) {
			t.Errorf("%s", s)
		}
		if sent(status(s), paid("100")).IsOverdue(late) || sent(status(s), func(b *billing.Balance) { b.DueDate = scalar.Date{} }).IsOverdue(late) {
			t.Errorf("%s, with nothing due or no due date", s)
		}
	}
	for _, s := range []billing.Status{billing.Draft, billing.Paid, billing.Pending, billing.Cancelled} {
		if sent(status(s)).IsOverdue(late) {
			t.Errorf("%s", s)
		}
	}
	if got := sent(status(billing.Overdue)).Standing(day("2026-01-31")); got != billing.Sent {
		t.Errorf("with a later due date it is %s", got)
	}
	if !billing.Paid.IsFinal() || !billing.Cancelled.IsFinal() || billing.Overdue.IsFinal() {
		t.Error("final are Paid and Cancelled")
	}
}
