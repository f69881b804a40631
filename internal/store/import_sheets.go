package store

import (
	"context"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// The sheets that can be imported (domain: E.10).

// ImportContacts imports contacts.
func ImportContacts(ctx context.Context, file files.Upload, dryRun bool) (*model.ImportPayload, error) {
	m := &importing[model.Contact]{entity: Contacts, columns: []column{
		{header: "first_name", field: "FirstName", required: true}, {header: "last_name", field: "LastName", required: true},
		{header: "email", field: "Email", read: anEmail}, {header: "phone", field: "Phone", read: aPhone},
		{header: "organization", field: "Organization"}, {header: "title", field: "Title"}, {header: "department", field: "Department"},
		{header: "do_not_call", field: "DoNotCall", read: aBoolean}, {header: "linkedin_url", field: "LinkedinURL", read: aURL},
		{header: "description", field: "Description"}, {header: "account_name", field: "AccountID", names: accountNamed()},
	}, once: []unique[model.Contact]{
		{header: "email", column: "email_key", hidden: true, message: "a contact has one e-mail address",
			key: func(c *model.Contact) string { return emailKey(c.Email) }},
		{header: "phone", column: "phone_key", message: "a contact has one phone number",
			key: func(c *model.Contact) string { return digits(c.Phone) }},
		{header: "last_name", column: "name_key", message: "without an e-mail address and a phone number the name tells a contact",
			key: func(c *model.Contact) string {
				if c.Email != nil || c.Phone != nil {
					return ""
				}
				return folded(c.FullName())
			}},
	}}
	m.columns = append(append(m.columns, addressColumns("address_line")...), handing()...)
	return m.run(ctx, file, dryRun)
}

// ImportCases imports cases.
func ImportCases(ctx context.Context, file files.Upload, dryRun bool) (*model.ImportPayload, error) {
	m := &importing[model.Case]{entity: Cases, columns: []column{
		{header: "name", field: "Name", required: true}, {header: "status", field: "Status", required: true, read: aChoice},
		{header: "priority", field: "Priority", required: true, read: aChoice}, {header: "case_type", field: "CaseType", read: aChoice},
		{header: "description", field: "Description"}, {header: "closed_on", field: "ClosedOn", read: aDate},
		{header: "account_name", field: "AccountID", names: accountNamed()},
		{header: "contact_emails", field: "ContactIDs", names: &naming{key: folded, many: true, absent: missing("contact"),
			lookup: func(ctx context.Context, keys []string) (map[string][16]byte, error) {
				return Contacts.keyed(ctx, "email_key", keys)
			}}},
	}}
	m.columns = append(m.columns, handing()...)
	return m.run(ctx, file, dryRun)
}

// ImportLeads imports leads. One that is imported as converted is converted at once, as if it had been created so.
func ImportLeads(ctx context.Context, file files.Upload, dryRun bool) (*model.ImportPayload, error) {
	m := &importing[model.Lead]{entity: Leads, columns: []column{
		{header: "title", field: "Title", required: true}, {header: "first_name", field: "FirstName"}, {header: "last_name", field: "LastName"},
		{header: "email", field: "Email", required: true, read: anEmail}, {header: "phone", field: "Phone", read: aPhone},
		{header: "website", field: "Website", read: aURL}, {header: "description", field: "Description"},
		{header: "status", field: "Status", read: aChoice}, {header: "account_name", field: "CompanyName"},
	}, once: []unique[model.Lead]{
		{header: "title", column: "title", message: "a title tells a lead",
			key: func(l *model.Lead) string {
				if l.Title == nil {
					return ""
				}
				return *l.Title
			}},
		{header: "email", column: "email_key", hidden: true, message: "a lead has one e-mail address",
			key: func(l *model.Lead) string { return emailKey(l.Email) }},
	}}
	m.columns = append(m.columns, addressColumns("address")...)
	return m.run(ctx, file, dryRun)
}
