package server

import (
	"encoding/json"
	"fmt"
	"strings"
)

// What is exported of each list. Columns that an import takes have its headers.

// exported are the columns of a list.
type exported []exportedColumn

// exportedColumn is a header, and what is asked for: a field, and below it others. What a list leads to is put together
// with ; between.
type exportedColumn struct{ header, selection string }

var exportable = map[string]exported{
	"accounts": columns(
		"name", "name", "email", "email", "phone", "phone", "website", "website", "industry", "industry",
		"number_of_employees", "numberOfEmployees", "annual_revenue", "annualRevenue { amount }", "currency", "annualRevenue { currency }",
		address, "description", "description", "is_active", "isActive", handed),
	"contacts": columns(
		"first_name", "firstName", "last_name", "lastName", "email", "email", "phone", "phone", "organization", "organization",
		"title", "title", "department", "department", "do_not_call", "doNotCall", "linkedin_url", "linkedinUrl",
		address, "description", "description", "is_active", "isActive", "account_name", "account { name }", handed),
	"leads": columns(
		"title", "title", "first_name", "firstName", "last_name", "lastName", "email", "email", "phone", "phone", "job_title", "jobTitle",
		"account_name", "companyName", "website", "website", "linkedin_url", "linkedinUrl", "status", "status", "source", "source",
		"industry", "industry", "rating", "rating", "opportunity_amount", "opportunityAmount { amount }",
		"currency", "opportunityAmount { currency }", "probability", "probability", "close_date", "closeDate",
		"address", "addressLine", "city", "city", "state", "state", "postcode", "postcode", "country", "country",
		"last_contacted", "lastContacted", "next_follow_up", "nextFollowUp", "description", "description", "is_active", "isActive",
		"contact_emails", "contacts { email }", handed),
	"opportunities": columns(
		"name", "name", "account_name", "account { name }", "stage", "stage", "opportunity_type", "opportunityType",
		"amount", "amount { amount }", "currency", "amount { currency }", "probability", "probability", "closed_on", "closedOn",
		"lead_source", "leadSource", "description", "description", "is_active", "isActive", "contact_emails", "contacts { email }", handed),
	"cases": columns(
		"name", "name", "status", "status", "priority", "priority", "case_type", "caseType", "description", "description",
		"account_name", "account { name }", "closed_on", "closedOn", "resolved_at", "resolvedAt", "first_response_at", "firstResponseAt",
		"is_active", "isActive", "contact_emails", "contacts { email }", handed),
	"tasks": columns(
		"title", "title", "status", "status", "priority", "priority", "due_date", "dueDate", "completed_at", "completedAt",
		"description", "description", "account_name", "account { name }", "opportunity_name", "opportunity { name }",
		"lead_name", "lead { name }", "contact_emails", "contacts { email }", handed),
}

// What several lists have.
const (
	address = "address_line|addressLine|city|city|state|state|postcode|postcode|country|country"
	handed  = "assigned_emails|assignedTo { user { email } }|team_names|teams { name }|tags|tags { name }"
	audited = "created_at|createdAt|updated_at|updatedAt"
)

// columns takes headers and selections in turn; what has bars in it is several of them.
func columns(pairs ...string) exported {
	flat := strings.Split("id|id|"+strings.Join(append(pairs, audited), "|"), "|")
	out := make(exported, 0, len(flat)/2)
	for i := 0; i < len(flat); i += 2 {
		out = append(out, exportedColumn{flat[i], flat[i+1]})
	}
	return out
}

func (x exported) headers() []string {
	out := make([]string, len(x))
	for i, c := range x {
		out[i] = c.header
	}
	return out
}

// cells are the texts of a record.
func (x exported) cells(node map[string]any) []string {
	out := make([]string, len(x))
	for i, c := range x {
		var texts []string
		for _, text := range reach(node, strings.Fields(strings.Trim(c.selection, " }"))) {
			if text != "" {
				texts = append(texts, text)
			}
		}
		out[i] = strings.Join(texts, ";")
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
