package resolver_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// write sends a mail and gives its id, or the refusal.
func write(t *testing.T, c *apitest.Client, input apitest.Input) (id, refusal string) {
	t.Helper()
	r := c.Try(t, "send", "AccountEmail", input)
	if r.Code() != "" {
		return "", r.Refusal()
	}
	return r.Text(t, "sendAccountEmail.accountEmail.id"), ""
}

func TestMailsToContacts(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	account := admin.Create(t, "Account", apitest.Input{"name": "Dunder {{sender}}"})
	ann := admin.Create(t, "Contact", apitest.Input{"firstName": "Ann", "lastName": "Lee", "email": "ann@dunder.example"})
	bob := admin.Create(t, "Contact", apitest.Input{"firstName": "Bob", "lastName": "Roe", "email": "bob@dunder.example"})
	id, refusal := write(t, admin, apitest.Input{"accountId": account, "contactIds": []any{ann, bob}, "subject": "Hello {{firstName}}",
		"body": "Dear {{ fullName }} of {{company}},\n<b>{{lastName}}</b>\n{{sender}}"})
	if refusal != "" {
		t.Fatal(refusal)
	}
	sent := map[string]mail.Message{}
	for _, m := range env.Mail.Sent() {
		sent[m.To] = m
	}
	if want := (mail.Message{To: "ann@dunder.example", Subject: "Hello Ann", Text: "Dear Ann Lee of Dunder {{sender}},\n<b>Lee</b>\nadmin\n\n--\nadmin <admin@acme.example>\n"}); !reflect.DeepEqual(sent[want.To], want) || len(sent) != 2 {
		t.Errorf("sent %q", sent)
	}
	if got := admin.Read(t, "AccountEmail", id, "account { id } fromEmail subject isScheduled timezone recipients { firstName } logs { isSent attempts failedAt contact { firstName } }"); got !=
		`{"account":{"id":"`+account+`"},"fromEmail":"admin@acme.example","subject":"Hello {{firstName}}","isScheduled":false,"timezone":"UTC",`+
			`"recipients":[{"firstName":"Bob"},{"firstName":"Ann"}],"logs":[{"isSent":true,"attempts":1,"failedAt":null,"contact":{"firstName":"Bob"}},{"isSent":true,"attempts":1,"failedAt":null,"contact":{"firstName":"Ann"}}]}` {
		t.Errorf("got %s", got)
	}
	if _, err := store.SendDue(t.Context(), env.Backend.DB, env.Acme.ID, time.Now().Add(time.Hour), env.Mail); err != nil || len(env.Mail.Sent()) != 2 {
		t.Errorf("%d mails after the next run, %v", len(env.Mail.Sent()), err)
	}
	t.Run("none when it is undone", func(t *testing.T) {
		admin.Refused(t, "NOT_FOUND", `mutation($a: ID!, $c: ID!) { sendAccountEmail(input: {accountId: $a, contactIds: [$c], subject: "x", body: "x"}) { accountEmail { id } }
			deleteAccount(input: {id: "`+nobody+`"}) { deletedId } }`, map[string]any{"a": account, "c": ann})
		if n := len(env.Mail.Sent()); n != 2 {
			t.Errorf("%d mails", n)
		}
	})
}

func TestWhatAMailMaySay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	account := admin.Create(t, "Account", nil)
	ann, mute := admin.Create(t, "Contact", apitest.Input{"email": "ann@dunder.example"}), admin.Create(t, "Contact", nil)
	foreign := env.Globex.Admin.Create(t, "Contact", apitest.Input{"email": "ann@dunder.example"})
	for what, row := range map[string]struct {
		input apitest.Input
		want  string
	}{
		"a placeholder that is none":  {apitest.Input{"body": "{{password}}"}, "INVALID body"},
		"code for a template":         {apitest.Input{"body": "{{7*7}} {{.}} {% if %}"}, "INVALID body"},
		"a subject of two lines":      {apitest.Input{"subject": "x\nBcc: y@z.example"}, "INVALID subject"},
		"no subject":                  {apitest.Input{"subject": " "}, "INVALID subject"},
		"no text":                     {apitest.Input{"body": ""}, "INVALID body"},
		"no recipient":                {apitest.Input{"contactIds": []any{}}, "INVALID contactIds"},
		"one without an address":      {apitest.Input{"contactIds": []any{ann, mute}}, "INVALID contactIds"},
		"another organization's":      {apitest.Input{"contactIds": []any{ann, foreign}}, "INVALID contactIds"},
		"nobody's account":            {apitest.Input{"accountId": nobody}, "INVALID accountId"},
		"for yesterday":               {apitest.Input{"scheduledAt": "2026-01-01T00:00:00Z"}, "INVALID scheduledAt"},
		"a zone that is none":         {apitest.Input{"timezone": "Mars/Base"}, "INVALID timezone"},
		"what has no placeholder: {}": {apitest.Input{"body": "{x} { {y} }"}, ""},
	} {
		input := apitest.Input{"accountId": account, "contactIds": []any{ann}, "subject": "x", "body": "x"}
		maps.Copy(input, row.input)
		if _, got := write(t, admin, input); got != row.want {
			t.Errorf("%s: %q, want %q", what, got, row.want)
		}
	}
	if _, got := write(t, member, apitest.Input{"accountId": account, "contactIds": []any{ann}, "subject": "x", "body": "x"}); got != "INVALID accountId contactIds" {
		t.Errorf("a member who sees neither: %q", got)
	}
	if got := fmt.Sprint(len(member.List(t, "accountEmails", "id")), len(admin.List(t, `accountEmails(filter: {accountIds: ["`+account+`"]})`, "id"))); got != "0 1" {
		t.Errorf("the member and the admin see %s", got)
	}
	admin.Update(t, "Account", account, apitest.Input{"assignedToIds": []any{member.ProfileID.String()}})
	if got := len(member.List(t, "accountEmails", "id")); got != 1 {
		t.Errorf("with the account the member sees %d", got)
	}
}

// failing refuses mails to some.
type failing struct {
	mail.Sender
	mu    sync.Mutex
	to    string
	tries int
}

func (f *failing) Send(ctx context.Context, m mail.Message) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if m.To == f.to {
		f.tries++
		return errors.New("no such mailbox")
	}
	return f.Sender.Send(ctx, m)
}

func TestScheduledMails(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	account := admin.Create(t, "Account", nil)
	var contacts []any
	for i := range 12 {
		contacts = append(contacts, admin.Create(t, "Contact", apitest.Input{"email": fmt.Sprintf("c%02d@dunder.example", i)}))
	}
	id, refusal := write(t, admin, apitest.Input{"accountId": account, "contactIds": contacts, "subject": "x", "body": "x", "scheduledAt": "2099-01-01T12:00:00Z", "timezone": "Europe/Berlin"})
	if refusal != "" {
		t.Fatal(refusal)
	}
	sender := &failing{Sender: env.Mail, to: "c05@dunder.example"}
	at := func(text string) time.Time {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	run := func(now string) (sent, failed int) {
		done, err := store.SendDue(t.Context(), env.Backend.DB, env.Acme.ID, at(now), sender)
		if err != nil {
			t.Error(err)
		}
		return done.Sent, done.Failed
	}
	if sent, _ := run("2099-01-01T11:59:59Z"); sent != 0 || len(env.Mail.Sent()) != 0 {
		t.Errorf("%d left too early", sent)
	}
	t.Run("several senders at once send each once", func(t *testing.T) {
		var wait sync.WaitGroup
		for range 4 {
			wait.Go(func() { run("2099-01-01T12:00:00Z") })
		}
		wait.Wait()
		seen := map[string]int{}
		for _, m := range env.Mail.Sent() {
			seen[m.To]++
		}
		for to, n := range seen {
			if n != 1 {
				t.Errorf("%s got %d", to, n)
			}
		}
		if len(seen) != 11 || sender.tries != 1 {
			t.Errorf("%d got one, the other was tried %d times", len(seen), sender.tries)
		}
	})
	for _, step := range []struct {
		now          string
		sent, failed int
		tries        int
	}{{"2099-01-01T12:04:00Z", 0, 0, 1}, {"2099-01-01T12:05:00Z", 0, 1, 2}, {"2099-01-01T12:10:00Z", 0, 1, 3}, {"2099-01-02T12:00:00Z", 0, 0, 3}} {
		if sent, failed := run(step.now); sent != step.sent || failed != step.failed || sender.tries != step.tries {
			t.Errorf("at %s: %d sent, %d failed, %d tries", step.now, sent, failed, sender.tries)
		}
	}
	if got := admin.Read(t, "AccountEmail", id, "isScheduled scheduledAt timezone"); got != `{"isScheduled":true,"scheduledAt":"2099-01-01T12:00:00Z","timezone":"Europe/Berlin"}` {
		t.Errorf("got %s", got)
	}
	if got := strings.Join(env.Above(t, `SELECT is_sent || ' ' || attempts || ' ' || count(*) FROM "emailLogs" GROUP BY is_sent, attempts ORDER BY is_sent`), ", "); !strings.Contains(got, "false 3 1") || !strings.Contains(got, "true 1 11") {
		t.Errorf("logs: %s", got)
	}
}
