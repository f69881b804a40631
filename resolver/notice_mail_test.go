package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// mailsTo are the subjects of what somebody was mailed.
func mailsTo(env *apitest.Env, c *apitest.Client) (subjects []string) {
	for _, m := range env.Mail.Sent() {
		if m.To == c.Email {
			subjects = append(subjects, m.Subject)
		}
	}
	return subjects
}

func TestAssignmentsAreMailed(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, second := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	me, you := member.ProfileID.String(), second.ProfileID.String()
	var want []string
	for _, kind := range []string{"Lead", "Account", "Contact", "Opportunity", "Case", "Task", "Invoice"} {
		input := apitest.Input{nameOf(kind): "Paper", "assignedToIds": []any{me}}
		title := kind + ": Paper"
		switch kind {
		case "Invoice":
			input = quoted(t, admin, apitest.Input{"invoiceTitle": "Paper", "assignedToIds": []any{me}})
			delete(input, "title")
		case "Contact":
			title += " Doe"
		}
		id := admin.Create(t, kind, input)
		if kind == "Invoice" {
			title = "Invoice: " + admin.Do(t, "query($id: ID!) { invoice(id: $id) { invoiceNumber } }", map[string]any{"id": id}).Text(t, "invoice.invoiceNumber")
		}
		want = append(want, "Assigned to you: "+title)
		if got := mailsTo(env, member); !slices.Equal(got, want) {
			t.Errorf("%s: the assignee was mailed %q, want %q", kind, got, want)
		}
		if kind != "Invoice" {
			admin.Update(t, kind, id, apitest.Input{"description": "y"})
		}
		member.Update(t, kind, id, apitest.Input{"assignedToIds": []any{me, you, admin.ProfileID.String()}})
		if got := mailsTo(env, member); !slices.Equal(got, want) {
			t.Errorf("%s: who was an assignee before was mailed again: %q", kind, got)
		}
		if a, b := mailsTo(env, second), mailsTo(env, admin); !slices.Equal(a, want) || !slices.Equal(b, want) {
			t.Errorf("%s: who was added was mailed %q and %q", kind, a, b)
		}
	}
	last := env.Mail.Sent()[0]
	if last.Text != "In Acme you were assigned:\n\nLead: Paper (by admin)\n\n"+env.Backend.Config.WebBaseURL+"\n" {
		t.Errorf("the mail says %q", last.Text)
	}
	t.Run("of nothing else", func(t *testing.T) {
		before := len(env.Mail.Sent())
		board := admin.Create(t, "Board", nil)
		admin.Create(t, "BoardMember", apitest.Input{"boardId": board, "profileId": me})
		admin.Create(t, "BoardTask", apitest.Input{"columnId": admin.Create(t, "BoardColumn", apitest.Input{"boardId": board}), "assignedToIds": []any{me}})
		admin.Create(t, "Estimate", quoted(t, admin, apitest.Input{"assignedToIds": []any{me}}))
		member.Create(t, "Lead", apitest.Input{"assignedToIds": []any{me}})
		if sent := env.Mail.Sent()[before:]; len(sent) > 0 {
			t.Errorf("mailed %+v", sent)
		}
	})
	t.Run("a title of several lines", func(t *testing.T) {
		admin.Create(t, "Task", apitest.Input{"title": "Two\nlines", "assignedToIds": []any{me}})
		if got := mailsTo(env, member); got[len(got)-1] != "Assigned to you: Task: Two lines" {
			t.Errorf("mailed %q", got)
		}
	})
}

func TestAssignmentMailsFollowTheCommit(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member, second := env.Acme.Admin, env.Acme.Member, env.Acme.Second
	who := []any{member.ProfileID.String(), second.ProfileID.String()}
	admin.Refused(t, "NOT_FOUND", `mutation($who: [ID!], $none: ID!) { createLead(input: {title: "x", assignedToIds: $who}) { lead { id } } deleteLead(input: {id: $none}) { deletedId } }`,
		map[string]any{"who": who, "none": nobody})
	if sent := env.Mail.Sent(); len(sent) > 0 {
		t.Errorf("what was undone is mailed: %+v", sent)
	}
	t.Run("one for each member and operation", func(t *testing.T) {
		admin.Do(t, `mutation($who: [ID!]) { a: createLead(input: {title: "a", assignedToIds: $who}) { lead { id } } b: createCase(input: {name: "b", assignedToIds: $who}) { case { id } } }`,
			map[string]any{"who": who})
		if a, b := mailsTo(env, member), mailsTo(env, second); len(a) != 1 || len(b) != 1 || a[0] != "Assigned to you: 2 records" {
			t.Errorf("mailed %q and %q", a, b)
		}
		if text := env.Mail.Sent()[0].Text; !strings.Contains(text, "Lead: a (by admin)\nCase: b (by admin)\n") {
			t.Errorf("the mail says %q", text)
		}
	})
	t.Run("an import is one operation", func(t *testing.T) {
		before := len(env.Mail.Sent())
		text := "first_name,last_name,assigned_emails\n"
		for i := range 20 {
			text += fmt.Sprintf("Ada,L%d,member@acme.example\n", i)
		}
		if done := importSheet(t, admin, "Contacts", text, false); !done.IsStored {
			t.Fatalf("%+v", done)
		}
		if sent := env.Mail.Sent()[before:]; len(sent) != 1 || sent[0].Subject != "Assigned to you: 20 records" {
			t.Errorf("mailed %+v", sent)
		}
		if got := strings.Count(notices(t, member), "ASSIGNED CONTACT"); got != 20 {
			t.Errorf("told of %d contacts of 20", got)
		}
	})
	t.Run("not to who is suspended", func(t *testing.T) {
		before := len(mailsTo(env, member))
		env.Above(t, "UPDATE notification SET mail_due_at = now() WHERE recipient_id = $1 RETURNING id::text", [16]byte(member.ProfileID))
		env.Suspend(t, member)
		admin.Create(t, "Lead", apitest.Input{"assignedToIds": []any{second.ProfileID.String()}})
		if got := mailsTo(env, member); len(got) != before {
			t.Errorf("mailed %q", got[before:])
		}
		if got := mailsTo(env, second); len(got) != 2 {
			t.Errorf("the other was mailed %q", got)
		}
	})
}

// unwilling is a mail server that takes nothing for some time.
type unwilling struct {
	mail.Sender
	refuses int
}

func (u *unwilling) Send(ctx context.Context, m mail.Message) error {
	if u.refuses--; u.refuses >= 0 {
		return errors.New("not now")
	}
	return u.Sender.Send(ctx, m)
}

func TestAssignmentMailsAreTriedAgain(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ refuses, sent int }{{0, 1}, {2, 1}, {3, 0}} {
		env := apitest.New(t)
		member := env.Acme.Member
		env.Acme.Admin.Create(t, "Lead", apitest.Input{"title": "x", "assignedToIds": []any{member.ProfileID.String()}})
		env.Above(t, "UPDATE notification SET mail_due_at = created_at, mail_attempts = 0 RETURNING id::text")
		before, now := len(env.Mail.Sent()), time.Now().UTC()
		post := &unwilling{env.Mail, row.refuses}
		for try := range 8 { // every two minutes
			if _, err := store.MailNotices(t.Context(), env.Backend.DB, env.Acme.ID, now.Add(time.Duration(2*try)*time.Minute), post, "https://crm.example"); err != nil {
				t.Fatal(err)
			}
			if sent := len(env.Mail.Sent()) - before; try < 3 && row.refuses > 0 && sent > 0 {
				t.Errorf("refused %d times: it was sent after %d minutes", row.refuses, 2*try)
			}
		}
		if sent := len(env.Mail.Sent()) - before; sent != row.sent {
			t.Errorf("refused %d times: %d are sent", row.refuses, sent)
		}
	}
}

func TestAssignmentsAreMailedOnce(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for i := range 6 {
		who := env.User(t, env.Acme, fmt.Sprintf("agent%d", i))
		env.Acme.Admin.Create(t, "Lead", apitest.Input{"assignedToIds": []any{who.ProfileID.String()}})
	}
	env.Above(t, "UPDATE notification SET mail_due_at = created_at, mail_attempts = 0 RETURNING id::text")
	before := len(env.Mail.Sent())
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			if _, err := store.MailNotices(t.Context(), env.Backend.DB, env.Acme.ID, time.Now().UTC(), env.Mail, ""); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if sent := len(env.Mail.Sent()) - before; sent != 6 {
		t.Errorf("%d mails for 6 members", sent)
	}
	if got, err := store.MailNotices(t.Context(), env.Backend.DB, env.Globex.ID, time.Now().UTC(), env.Mail, ""); err != nil || got.Sent != 0 {
		t.Errorf("another organization: %+v, %v", got, err)
	}
}

func TestWithoutAMailServerNothingIsQueued(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	quiet := env.Serve(t, mail.Disabled)
	admin := *env.Acme.Admin
	admin.URL = quiet
	admin.Create(t, "Lead", apitest.Input{"assignedToIds": []any{env.Acme.Member.ProfileID.String()}})
	if got := env.Above(t, "SELECT count(*) FROM notification WHERE mail_due_at IS NULL AND mail_attempts = 0")[0]; got != "1" {
		t.Errorf("%s of 1 have no mail", got)
	}
	if log := env.Log.String(); strings.Contains(log, "mails not sent") {
		t.Errorf("it is told as a failure: %s", log)
	}
}
