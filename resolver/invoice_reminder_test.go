package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/pdf"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/resolver"
)

// night is who does what nobody asked for: nobody, who sees all of an organization.
type night struct{ org id.Org }

func (n night) Org(context.Context) (id.Org, error) { return n.org, nil }

func (n night) Confirm(ctx context.Context, tx bun.Tx) (*tenant.Viewer, error) {
	var zone string
	v := &tenant.Viewer{OrgID: n.org, Role: tenant.Admin}
	if err := tenant.Row(ctx, tx, "SELECT timezone, default_currency FROM organization WHERE id = $1", [16]byte(n.org)).Scan(&zone, &v.Currency); err != nil {
		return nil, err
	}
	var err error
	v.Zone, err = time.LoadLocation(zone)
	return v, err
}

func (n night) User(context.Context, bun.Tx) (id.User, error) {
	return id.User{}, errors.New("the night is nobody")
}

// atNight runs fn as a job would, in nobody's name, in an operation that is committed.
func atNight(t *testing.T, env *apitest.Env, org *apitest.Org, fn func(context.Context) error) {
	t.Helper()
	op := env.Backend.DB.Begin(night{org.ID}, true)
	ctx := tenant.NewContext(t.Context(), op)
	err := fn(ctx)
	if closing := op.Close(ctx, err == nil); err != nil || closing != nil {
		t.Error(err, closing)
	}
}

// jobs are the resolvers with the tests' mailbox.
func jobs(env *apitest.Env) *resolver.Resolver {
	return &resolver.Resolver{Mail: env.Mail, WebURL: "https://crm.example", Draw: pdf.Render, Log: slog.New(slog.NewTextHandler(env.Log, nil))}
}

// reminders are the mails that remind somebody.
func reminders(env *apitest.Env) []mail.Message {
	return slices.DeleteFunc(env.Mail.Sent(), func(m mail.Message) bool { return !strings.HasPrefix(m.Subject, "Reminder: ") })
}

// sentBefore has an invoice sent some days ago, so that its client may be reminded today.
func sentBefore(t *testing.T, env *apitest.Env, c *apitest.Client, invoice string, days int) {
	t.Helper()
	env.Above(t, "UPDATE invoice SET sent_at = sent_at - make_interval(days => $2::int) WHERE id = $1::text::uuid", invoice, days)
	c.Update(t, "Invoice", invoice, apitest.Input{"details": "Sent long ago."})
}

func TestReminderSettings(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, now := env.Acme.Admin, place{zone: "UTC"}
	const fields = "reminderEnabled reminderDaysBefore reminderDaysAfter reminderFrequency reminderCustomDays lastReminderSent reminderCount nextReminderOn"
	key, _ := sentInvoice(t, admin, now, "10", 0, 10, nil)
	reads := func(what, want string) {
		t.Helper()
		readsAs(t, what, admin.Read(t, "Invoice", key, fields), want)
	}
	const never = `"lastReminderSent":null,"reminderCount":0,"nextReminderOn":`
	reads("as usual", `{"reminderEnabled":true,"reminderDaysBefore":3,"reminderDaysAfter":7,"reminderFrequency":"ONCE","reminderCustomDays":null,`+never+`"`+now.day(7)+`"}`)
	admin.Update(t, "Invoice", key, apitest.Input{"reminderDaysBefore": 0, "reminderDaysAfter": 1, "reminderFrequency": "CUSTOM", "reminderCustomDays": 2})
	reads("otherwise", `{"reminderEnabled":true,"reminderDaysBefore":0,"reminderDaysAfter":1,"reminderFrequency":"CUSTOM","reminderCustomDays":2,`+never+`"`+now.day(10)+`"}`)
	for want, change := range map[string]apitest.Input{
		"INVALID reminderDaysBefore": {"reminderDaysBefore": 366},
		"INVALID reminderDaysAfter":  {"reminderDaysAfter": -1},
		"INVALID reminderCustomDays": {"reminderCustomDays": nil},
	} {
		if got := admin.TryUpdate(t, "Invoice", key, change).Refusal(); got != want {
			t.Errorf("%v: %q", change, got)
		}
	}
	copied := admin.Do(t, `mutation($id: ID!) { duplicateInvoice(input: {id: $id}) { invoice { `+fields+` } } }`, map[string]any{"id": key})
	readsAs(t, "a copy", string(copied.Data), `{"duplicateInvoice":{"invoice":{"reminderEnabled":true,"reminderDaysBefore":0,"reminderDaysAfter":1,"reminderFrequency":"CUSTOM","reminderCustomDays":2,`+never+`null}}}`)
	admin.Update(t, "Invoice", key, apitest.Input{"reminderFrequency": "WEEKLY", "reminderEnabled": nil})
	reads("weekly has no days of its own", `{"reminderEnabled":true,"reminderDaysBefore":0,"reminderDaysAfter":1,"reminderFrequency":"WEEKLY","reminderCustomDays":null,`+never+`"`+now.day(10)+`"}`)
	next := func(what, want string) {
		t.Helper()
		readsAs(t, what, admin.Read(t, "Invoice", key, "nextReminderOn"), `{"nextReminderOn":`+want+`}`)
	}
	admin.Update(t, "Invoice", key, apitest.Input{"dueDate": now.day(20)})
	next("with another due date", `"`+now.day(20)+`"`)
	admin.Update(t, "Invoice", key, apitest.Input{"reminderEnabled": false})
	next("switched off", "null")
	admin.Update(t, "Invoice", key, apitest.Input{"reminderEnabled": true, "clientEmail": nil, "accountId": admin.Create(t, "Account", nil), "contactId": admin.Create(t, "Contact", nil)})
	next("without an address", "null")
	admin.Update(t, "Invoice", key, apitest.Input{"clientEmail": "ann@client.example"})
	next("with one", `"`+now.day(20)+`"`)
	operate(t, admin, "markInvoicePaid", apitest.Input{"id": key})
	next("paid", "null")
	version := admin.Read(t, "Invoice", key, "version")
	admin.Update(t, "Invoice", key, apitest.Input{"reminderEnabled": true})
	readsAs(t, "what changes nothing", admin.Read(t, "Invoice", key, "version"), version)
}

func TestClientsAreRemindedDayByDay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, now := env.Acme.Admin, place{zone: "UTC"}
	noon := time.Now().UTC().Truncate(24 * time.Hour).Add(12 * time.Hour)
	want := map[string]string{}
	for _, c := range []struct {
		email, days string
		said        apitest.Input
	}{
		{"usual@client.example", "7 17", nil},
		{"weekly@client.example", "1 8 11 18 25", apitest.Input{"reminderDaysBefore": 9, "reminderDaysAfter": 0, "reminderFrequency": "WEEKLY"}},
		{"custom@client.example", "8 20 25 30", apitest.Input{"reminderDaysBefore": 2, "reminderDaysAfter": 10, "reminderFrequency": "CUSTOM", "reminderCustomDays": 5}},
		{"never@client.example", "", apitest.Input{"reminderEnabled": false}},
	} {
		said := apitest.Input{"clientEmail": c.email}
		maps.Copy(said, c.said)
		sentInvoice(t, admin, now, "10", 0, 10, said)
		want[c.email] = c.days
	}
	over(t, admin, "10", apitest.Input{"clientEmail": "draft@client.example", "issueDate": now.day(0), "dueDate": now.day(10)})
	root, got := jobs(env), map[string][]string{}
	for day := range 32 {
		for range 2 { // the second run finds nothing to do
			before := len(reminders(env))
			n := 0
			atNight(t, env, env.Acme, func(ctx context.Context) error {
				reminded, err := root.RemindDue(ctx, noon.AddDate(0, 0, day), 100)
				n = len(reminded)
				return err
			})
			mails := reminders(env)[before:]
			if len(mails) != n {
				t.Errorf("on day %d %d invoices and %d mails", day, n, len(mails))
			}
			for _, m := range mails {
				got[m.To] = append(got[m.To], fmt.Sprint(day))
			}
		}
	}
	for email, days := range want {
		if strings.Join(got[email], " ") != days {
			t.Errorf("%s: on the days %v, want %s", email, got[email], days)
		}
	}
	if len(got) != 3 {
		t.Errorf("%v", got)
	}
}

func TestReminderTellsTheClient(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, "WEB_BASE_URL=https://crm.example")
	for _, p := range farZones { // due is what is due there
		org := env.Organization(t, p.name, "USD", p.zone)
		admin := org.Admin
		due, number := sentInvoice(t, admin, p, "10", -9, 3, apitest.Input{"details": "Slow payer."})
		early, _ := sentInvoice(t, admin, p, "10", -9, 4, nil)
		for _, key := range []string{due, early} {
			sentBefore(t, env, admin, key, 2)
		}
		before := len(reminders(env))
		const send = "mutation { sendDueReminders(input: {}) { invoices { id reminderCount } } }"
		if got := env.User(t, org, "bob").Send(t, send, nil).Refusal(); got != "FORBIDDEN" {
			t.Errorf("a member reminds: %q", got)
		}
		readsAs(t, p.name+": reminded", string(admin.Do(t, send, nil).Data), `{"sendDueReminders":{"invoices":[{"id":"`+due+`","reminderCount":1}]}}`)
		readsAs(t, p.name+": again", string(admin.Do(t, send, nil).Data), `{"sendDueReminders":{"invoices":[]}}`)
		mails := reminders(env)[before:]
		if len(mails) != 1 {
			t.Fatalf("%s: %d mails", p.name, len(mails))
		}
		m := mails[0]
		if m.To != "ann@client.example" || m.Subject != "Reminder: invoice "+number+" from "+p.name+" is due on "+p.day(3) ||
			!strings.Contains(m.Text, "USD 10.00") || !strings.Contains(m.Text, "https://crm.example/portal#token=") || strings.Contains(m.Text, "Slow payer") {
			t.Errorf("%s: %+v", p.name, m)
		}
		carriesPDF(t, m, number)
		readsAs(t, p.name+": it is told", instants.ReplaceAllString(admin.Read(t, "Invoice", due, "lastReminderSent nextReminderOn history(first: 1) { nodes { details } }"), "TIME"),
			`{"lastReminderSent":TIME,"nextReminderOn":"`+p.day(10)+`","history":{"nodes":[{"details":"Changed lastReminderSent, reminderCount."}]}}`)
	}
	for first, want := range map[int]string{0: "INVALID first", 101: "INVALID first"} {
		if got := env.Acme.Admin.Send(t, fmt.Sprintf("mutation { sendDueReminders(input: {first: %d}) { invoices { id } } }", first), nil).Refusal(); got != want {
			t.Errorf("%d: %q", first, got)
		}
	}
}

// carriesPDF checks that a mail has the document with this number attached, and nothing besides.
func carriesPDF(t *testing.T, m mail.Message, number string) {
	t.Helper()
	if len(m.Files) != 1 || m.Files[0].Name != number+".pdf" || m.Files[0].MediaType != "application/pdf" || !strings.HasPrefix(string(m.Files[0].Content), "%PDF-") {
		t.Errorf("%s carries %d files, not %s.pdf", m.Subject, len(m.Files), number)
	}
}

func TestTwoAtOnceRemindOnce(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, now := env.Acme.Admin, place{zone: "UTC"}
	for round := range 5 {
		key, number := sentInvoice(t, admin, now, "10", -9, -8, nil)
		sentBefore(t, env, admin, key, 2)
		before := len(reminders(env))
		answers := atOnce(4, func() string {
			return string(admin.Do(t, "mutation { sendDueReminders(input: {}) { invoices { reminderCount } } }", nil).Data)
		})
		slices.Sort(answers)
		none, one := `{"sendDueReminders":{"invoices":[]}}`, `{"sendDueReminders":{"invoices":[{"reminderCount":1}]}}`
		if !slices.Equal(answers, []string{none, none, none, one}) {
			t.Errorf("round %d: %q", round, answers)
		}
		if mails := reminders(env)[before:]; len(mails) != 1 || !strings.HasSuffix(mails[0].Subject, number+" from Acme is overdue") {
			t.Errorf("round %d: %+v", round, mails)
		}
	}
}

func TestMailsCarryTheDocument(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, now := env.Acme.Admin, place{zone: "UTC"}
	_, number := sentInvoice(t, admin, now, "10", 0, 10, nil)
	estimate := sentEstimate(t, admin, nil)
	quote := admin.Do(t, `query($id: ID!) { estimate(id: $id) { estimateNumber } }`, map[string]any{"id": estimate}).Text(t, "estimate.estimateNumber")
	sent := env.Mail.Sent()
	if len(sent) != 2 {
		t.Fatalf("%d mails", len(sent))
	}
	carriesPDF(t, sent[0], number)
	carriesPDF(t, sent[1], quote)

	t.Run("what cannot be drawn undoes nothing", func(t *testing.T) {
		key := over(t, admin, "10", nil)
		root := jobs(env)
		root.Draw = func(pdf.Document) ([]byte, error) { return nil, errors.New("out of paper") }
		invoice, err := id.Parse[id.ID](key)
		if err != nil {
			t.Fatal(err)
		}
		inOperation(t, env, env.Acme, func(ctx context.Context) error {
			_, err := root.Mutation().SendInvoice(ctx, graph.SendInvoiceInput{ID: invoice})
			return err
		})
		readsAs(t, "the invoice", admin.Read(t, "Invoice", key, "status"), `{"status":"SENT"}`)
		last := env.Mail.Sent()[2:]
		if len(last) != 1 || len(last[0].Files) != 0 || !strings.Contains(last[0].Text, "portal#token=") {
			t.Errorf("%+v", last)
		}
		if log := env.Log.String(); !strings.Contains(log, "mail sent without its document") || !strings.Contains(log, "out of paper") {
			t.Error("the log does not tell of it")
		}
	})
}

func TestTheNightWritesInNobodysName(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, now := env.Acme.Admin, place{zone: "UTC"}
	late, _ := sentInvoice(t, admin, now, "10", -9, -8, nil)
	sentBefore(t, env, admin, late, 2)
	open := sentEstimate(t, admin, nil)
	env.Above(t, "UPDATE estimate SET issue_date = $2::text::date, expiry_date = $2::text::date WHERE id = $1::text::uuid", open, now.day(-1))
	plan := schedule(t, admin, 0, apitest.Input{"autoSend": true, "assignedToIds": []any{env.Acme.Member.ProfileID.String()}})
	for _, job := range []func(ctx context.Context) error{
		func(ctx context.Context) error { _, err := store.MarkOverdue(ctx, time.Now()); return err },
		func(ctx context.Context) error { _, err := store.ExpireEstimates(ctx, time.Now()); return err },
		func(ctx context.Context) error { _, err := jobs(env).RemindDue(ctx, time.Now(), 100); return err },
		func(ctx context.Context) error {
			made, err := store.GenerateDue(ctx, time.Now())
			if len(made.Failed) > 0 || len(made.Invoices) != 1 {
				t.Error(made)
			}
			return err
		},
	} {
		atNight(t, env, env.Acme, job)
	}
	const nobody = `"updatedBy":null,"activities":{"nodes":[{"actor":null},{"actor":null}]}`
	const told = " updatedBy { id } activities(first: 2) { nodes { actor { id } } }"
	readsAs(t, "the invoice", admin.Read(t, "Invoice", late, "status reminderCount"+told+" history(first: 2) { nodes { changedBy { id } } }"),
		`{"status":"OVERDUE","reminderCount":1,`+nobody+`,"history":{"nodes":[{"changedBy":null},{"changedBy":null}]}}`)
	readsAs(t, "the estimate", admin.Read(t, "Estimate", open, "status updatedBy { id } activities(first: 1) { nodes { actor { id } } }"),
		`{"status":"EXPIRED","updatedBy":null,"activities":{"nodes":[{"actor":null}]}}`)
	made := admin.Read(t, "RecurringInvoice", plan, "updatedBy { id } invoices { nodes { status updatedBy { id } createdBy { email } history { nodes { changedBy { id } } } activities(first: 2) { nodes { actor { id } } } } }")
	readsAs(t, "the schedule", made, `{"updatedBy":null,"invoices":{"nodes":[{"status":"SENT","updatedBy":null,"createdBy":{"email":"`+admin.Email+`"},`+
		`"history":{"nodes":[{"changedBy":null},{"changedBy":null}]},"activities":{"nodes":[{"actor":null},{"actor":null}]}}]}}`)
}
