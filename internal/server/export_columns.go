package server

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/sheet"
)

// What is exported of each list. Columns that an import takes have its headers.

// exported are the columns of a list.
type exported []exportedColumn

// exportedColumn is a header, and what is asked for: a field, and below it others. What a list leads to is put together
// with ; between.
type exportedColumn struct{ header, selection string }

// exportable are the lists that can be exported, by the names of their files.
var exportable = map[string]source{
	"accounts": listOf("accounts", "Account",
		"name", "name", "email", "email", "phone", "phone", "website", "website", "industry", "industry",
		"number_of_employees", "numberOfEmployees", "annual_revenue", "annualRevenue { amount }", "currency", "annualRevenue { currency }",
		address, "description", "description", "is_active", "isActive", handed),
	"contacts": listOf("contacts", "Contact",
		"first_name", "firstName", "last_name", "lastName", "email", "email", "phone", "phone", "organization", "organization",
		"title", "title", "department", "department", "do_not_call", "doNotCall", "linkedin_url", "linkedinUrl",
		address, "description", "description", "is_active", "isActive", "account_name", "account { name }", handed),
	"leads": listOf("leads", "Lead",
		"title", "title", "first_name", "firstName", "last_name", "lastName", "email", "email", "phone", "phone", "job_title", "jobTitle",
		"account_name", "companyName", "website", "website", "linkedin_url", "linkedinUrl", "status", "status", "source", "source",
		"industry", "industry", "rating", "rating", "opportunity_amount", "opportunityAmount { amount }",
		"currency", "opportunityAmount { currency }", "probability", "probability", "close_date", "closeDate",
		"address", "addressLine", "city", "city", "state", "state", "postcode", "postcode", "country", "country",
		"last_contacted", "lastContacted", "next_follow_up", "nextFollowUp", "description", "description", "is_active", "isActive",
		"contact_emails", "contacts { email }", handed),
	"opportunities": listOf("opportunities", "Opportunity",
		"name", "name", "account_name", "account { name }", "stage", "stage", "opportunity_type", "opportunityType",
		"amount", "amount { amount }", "currency", "amount { currency }", "probability", "probability", "closed_on", "closedOn",
		"lead_source", "leadSource", "description", "description", "is_active", "isActive", "contact_emails", "contacts { email }", handed),
	"cases":       listOf("cases", "Case", ofCases...),
	"case-report": {[]string{"reports", "cases", "cases"}, []string{"period", "metric", "priorities"}, "Case", columns(ofCases...)},
	"tasks": listOf("tasks", "Task",
		"title", "title", "status", "status", "priority", "priority", "due_date", "dueDate", "completed_at", "completedAt",
		"description", "description", "account_name", "account { name }", "opportunity_name", "opportunity { name }",
		"lead_name", "lead { name }", "contact_emails", "contacts { email }", handed),
	"invoices": listOf("invoices", "Invoice",
		"invoice_number", "invoiceNumber", "title", "invoiceTitle", bill, "shipping", "shippingAmount { amount }", "total", "totalAmount { amount }",
		"paid", "amountPaid { amount }", "due", "amountDue { amount }", "due_date", "dueDate", "sent_at", "sentAt", "paid_at", "paidAt",
		"po_number", "poNumber", shared),
	"estimates": listOf("estimates", "Estimate",
		"estimate_number", "estimateNumber", "title", "title", bill, "total", "totalAmount { amount }", "expiry_date", "expiryDate",
		"sent_at", "sentAt", "accepted_at", "acceptedAt", "declined_at", "declinedAt", "invoice_number", "convertedToInvoice { invoiceNumber }", shared),
}

// ofCases is what is exported of cases.
var ofCases = []string{
	"name", "name", "status", "status", "priority", "priority", "case_type", "caseType", "description", "description",
	"account_name", "account { name }", "closed_on", "closedOn", "resolved_at", "resolvedAt", "first_response_at", "firstResponseAt",
	"is_active", "isActive", "contact_emails", "contacts { email }", handed,
}

// What several lists have.
const (
	address = "address_line|addressLine|city|city|state|state|postcode|postcode|country|country"
	shared  = "assigned_emails|assignedTo { user { email } }|team_names|teams { name }"
	handed  = shared + "|tags|tags { name }"
	bill    = "status|status|account_name|account { name }|opportunity_name|opportunity { name }|client_name|clientName|client_email|clientEmail|" +
		"issue_date|issueDate|currency|currency|subtotal|subtotal { amount }|discount|discountAmount { amount }|tax|taxAmount { amount }"
	audited = "created_at|createdAt|updated_at|updatedAt"
)

// source is a list of the schema: the fields that lead to it, which of their arguments a URL can give, the type of its
// records, and what is exported of them besides custom fields.
type source struct {
	fields    []string
	arguments []string
	typ       string
	columns   exported
}

// listOf is a list of its own.
func listOf(list, typ string, pairs ...string) source {
	return source{[]string{list}, []string{"filter", "orderBy", "search"}, typ, columns(pairs...)}
}

// operation asks for a page of the list.
func (from source) operation(schema *ast.Schema) *exporting {
	x := &exporting{source: from, parameters: map[string]bool{}}
	declared, text, last := "$after: String", "", len(from.fields)-1
	of := schema.Query
	for i, name := range from.fields {
		f := of.Fields.ForName(name)
		var given []string
		if i == last {
			given = []string{"first: " + pageOfExport, "after: $after"}
		}
		for _, a := range f.Arguments {
			if !slices.Contains(from.arguments, a.Name) {
				continue
			}
			declared += ", $" + a.Name + ": " + a.Type.String()
			if a.DefaultValue != nil {
				declared += " = " + a.DefaultValue.String()
			}
			given = append(given, a.Name+": $"+a.Name)
			x.parameters[a.Name] = a.Type.Elem != nil || schema.Types[a.Type.Name()].Kind == ast.InputObject
		}
		text += " " + name
		if len(given) > 0 {
			text += "(" + strings.Join(given, ", ") + ")"
		}
		text += " {"
		of = schema.Types[f.Type.Name()]
	}
	text += " pageInfo { hasNextPage endCursor } nodes { customFields"
	for _, c := range from.columns {
		text += " " + c.selection
	}
	x.text = "query(" + declared + ") {" + text + strings.Repeat(" }", len(from.fields)+2)
	return x
}

// columns takes headers and selections in turn; what has bars in it is several of them.
func columns(pairs ...string) exported {
	flat := strings.Split("id|id|"+strings.Join(append(pairs, audited), "|"), "|")
	out := make(exported, 0, len(flat)/2)
	for i := 0; i < len(flat); i += 2 {
		out = append(out, exportedColumn{flat[i], flat[i+1]})
	}
	return out
}

// headers are those of the columns, and of custom fields.
func (x exported) headers(own []string) []string {
	out := make([]string, 0, len(x)+len(own))
	for _, c := range x {
		out = append(out, c.header)
	}
	for _, key := range own {
		out = append(out, sheet.OwnHeader+key)
	}
	return out
}

// cells are the texts of a record.
func (x exported) cells(node map[string]any, own []string) []string {
	out := make([]string, 0, len(x)+len(own))
	for _, c := range x {
		var texts []string
		for _, text := range reach(node, strings.Fields(strings.Trim(c.selection, " }"))) {
			if text != "" {
				texts = append(texts, text)
			}
		}
		out = append(out, strings.Join(texts, ";"))
	}
	for _, key := range own {
		out = append(out, strings.Join(reach(node, []string{"customFields", key}), ";"))
	}
	return out
}

// reach follows a selection through a value, of which braces are no step.
func reach(value any, steps []string) []string {
	for len(steps) > 0 && (steps[0] == "{" || steps[0] == "}") {
		steps = steps[1:]
	}
	switch value := value.(type) {
	case nil:
		return nil
	case []any:
		var out []string
		for _, item := range value {
			out = append(out, reach(item, steps)...)
		}
		return out
	case map[string]any:
		return reach(value[steps[0]], steps[1:])
	case string:
		return []string{value}
	case json.Number:
		return []string{value.String()}
	}
	return []string{fmt.Sprint(value)}
}
