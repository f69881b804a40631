package store

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// AccountEmails are mails to contacts (domain: B.22); who sees the account sees them. What is stored leaves when
// it is due, which may be now: how it does is in delivery.go.
var AccountEmails = new(Entity[model.AccountEmail])

// EmailLogs are what became of them, a row for each recipient (domain: B.23). They are read with their mail.
var EmailLogs = new(Entity[model.EmailLog])

// LogsOfEmail are those of a mail.
var LogsOfEmail = Relation{Column: "account_email_id"}

func init() {
	*AccountEmails = Entity[model.AccountEmail]{
		Noun: "email", Resource: "account_emails",
		Order: map[string]string{"CREATED_AT": "created_at"},
		Read:  within(Accounts, "account_id"),
		Links: []Link{{Field: "ContactIDs", Table: "account_email_recipients", Left: "account_email_id", Right: "contact_id", To: Contacts}},
		Refs:  []Ref{{"AccountID", Accounts}},
		Check: checkAccountEmail,
		After: logRecipients,
	}
	*EmailLogs = Entity[model.EmailLog]{
		Noun: "email log", Resource: "account_emails",
		Order: map[string]string{"CREATED_AT": "created_at"},
	}
}

// mostRecipients bounds a mail that is sent at once while somebody waits.
const mostRecipients = 50

func checkAccountEmail(ctx context.Context, c *Change[model.AccountEmail]) error {
	e, v, now := c.Row, c.viewer, tenant.Now(ctx)
	var faults fault.List
	if n := len(e.ContactIDs); n == 0 || n > mostRecipients {
		faults.Add("contactIds", "must name 1 to %d contacts", mostRecipients)
	}
	e.FromEmail = v.Email
	if e.Timezone == "" {
		e.Timezone = v.Zone.String()
	}
	if e.IsScheduled = !e.ScheduledAt.IsZero(); !e.IsScheduled {
		e.ScheduledAt = now
	} else if !e.ScheduledAt.After(now) {
		faults.Add("scheduledAt", "must lie in the future")
	}
	if strings.ContainsFunc(e.Subject, unicode.IsControl) {
		faults.Add("subject", "must be one line")
	}
	for _, of := range []struct{ field, text string }{{"subject", e.Subject}, {"body", e.Body}} {
		for _, found := range placeholder.FindAllStringSubmatch(of.text, -1) {
			if !slices.Contains(placeholders, found[1]) {
				faults.Add(of.field, "there is no placeholder {{%s}}; those are %s", cut(found[1], 50), strings.Join(placeholders, ", "))
				break
			}
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return haveAddresses(ctx, v, e)
}

// haveAddresses refuses recipients who have none, as it does those who are not there: nothing tells of which sort one is.
func haveAddresses(ctx context.Context, v *tenant.Viewer, e *model.AccountEmail) error {
	var reached int
	err := tenant.Select(ctx, &reached, "SELECT count(*) FROM unnest($2::uuid[]) AS r(id) JOIN contacts AS c ON c.org_id = $1 AND c.id = r.id WHERE c.email_key IS NOT NULL",
		[16]byte(v.OrgID), bindable(e.ContactIDs))
	if err != nil {
		return fmt.Errorf("look at the recipients: %w", err)
	}
	if reached < len(e.ContactIDs) {
		return fault.Field("contactIds", "contact not found, or one without an e-mail address")
	}
	return nil
}

// placeholder is what looks like one; placeholders are all that there are.
var (
	placeholder  = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)
	placeholders = []string{"firstName", "lastName", "fullName", "company", "sender"}
)

// fill puts what the placeholders stand for into a text. What is put in is text: placeholders in it stay as they are.
func fill(text string, values map[string]string) string {
	return placeholder.ReplaceAllStringFunc(text, func(found string) string {
		return values[placeholder.FindStringSubmatch(found)[1]]
	})
}

// logRecipients notes for each recipient that the mail is to be sent.
func logRecipients(ctx context.Context, c *Change[model.AccountEmail]) error {
	keys := make([][16]byte, len(c.Row.ContactIDs))
	for i := range keys {
		keys[i] = id.New[id.ID]()
	}
	return tenant.Later(ctx, `INSERT INTO "emailLogs" (org_id, id, created_at, account_email_id, contact_id) SELECT $1, r.id, $2, $3, r.contact_id
		FROM unnest($4::uuid[], $5::uuid[]) AS r(id, contact_id)`, [16]byte(c.viewer.OrgID), tenant.Now(ctx), [16]byte(c.Row.ID), keys, bindable(c.Row.ContactIDs))
}
