package server_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestExportsHaveAColumnForEachCustomField(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	billed := apitest.Input{"accountId": admin.Create(t, "Account", nil), "contactId": admin.Create(t, "Contact", nil)}
	for list, kind := range map[string]string{"accounts": "Account", "contacts": "Contact", "leads": "Lead", "opportunities": "Opportunity", "cases": "Case", "tasks": "Task",
		"invoices": "Invoice", "estimates": "Estimate"} {
		add := func(key, typ string, order int) string {
			return admin.Create(t, "CustomFieldDefinition", apitest.Input{"target": strings.ToUpper(kind), "key": key, "fieldType": typ, "label": key, "displayOrder": order})
		}
		add("late", "TEXT", 3)
		add("number", "NUMBER", 1)
		add("checked", "CHECKBOX", 2)
		gone := add("gone", "TEXT", 0)
		input := apitest.Input{"customFields": map[string]any{"late": "=1+1", "number": 2.5, "checked": false, "gone": "x"}}
		if kind == "Invoice" || kind == "Estimate" {
			maps.Copy(input, billed)
		}
		id := admin.Create(t, kind, input)
		admin.Update(t, "CustomFieldDefinition", gone, apitest.Input{"isActive": false})
		_, body := exportOf(t, env.Limited(t, env.Acme, admin, list+":read", "profiles:read", "teams:read", "tags:read", "accounts:read", "contacts:read",
			"leads:read", "opportunities:read"), list, nil)
		headers := strings.Split(strings.SplitN(body, "\n", 2)[0], ",")
		if got := headers[max(0, len(headers)-4):]; !slices.Equal(got, []string{"updated_at", "cf.number", "cf.checked", "cf.late"}) {
			t.Errorf("%s: the last headers are %v", list, got)
			continue
		}
		at := slices.Index(exportedColumn(t, body, "id"), id)
		for header, want := range map[string]string{"cf.number": "2.5", "cf.checked": "false", "cf.late": "'=1+1"} {
			if got := exportedColumn(t, body, header)[at]; got != want {
				t.Errorf("%s, %s: %q", list, header, got)
			}
		}
	}
	if _, body := exportOf(t, env.Globex.Admin, "leads", nil); strings.Contains(body, "cf.") {
		t.Errorf("another organization has the columns: %s", body)
	}
}

func TestExportOfTheCasesBehindAReport(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	today := time.Now().UTC().Format(time.DateOnly)
	admin.Create(t, "CustomFieldDefinition", apitest.Input{"target": "CASE", "key": "serial", "fieldType": "TEXT", "label": "Serial"})
	admin.Create(t, "Case", apitest.Input{"name": "open", "priority": "LOW", "customFields": map[string]any{"serial": "A1"}})
	admin.Create(t, "Case", apitest.Input{"name": "closed", "priority": "HIGH", "status": "CLOSED"})
	admin.Create(t, "Case", apitest.Input{"name": "mine", "priority": "HIGH", "status": "CLOSED", "assignedToIds": []any{member.ProfileID.String()}})
	late := admin.Create(t, "Case", apitest.Input{"name": "late", "priority": "URGENT"})
	env.Above(t, `UPDATE "case" SET created_at = created_at - interval '20 days' WHERE id = $1::text::uuid RETURNING id::text`, late)
	for _, row := range []struct {
		c     *apitest.Client
		query url.Values
		want  string
	}{
		{admin, nil, "late"},
		{admin, url.Values{"metric": {"CREATED"}}, "mine closed open late"},
		{admin, url.Values{"metric": {"RESOLVED"}}, "mine closed"},
		{admin, url.Values{"metric": {"CREATED"}, "priorities": {`["LOW", "URGENT"]`}}, "open late"},
		{admin, url.Values{"metric": {"CREATED"}, "period": {`{"from": "` + today + `"}`}}, "mine closed open"},
		{admin, url.Values{"metric": {"OPEN"}}, "open late"},
		{member, url.Values{"metric": {"RESOLVED"}}, "mine"},
		{env.Globex.Admin, url.Values{"metric": {"CREATED"}}, ""},
	} {
		answer, body := exportOf(t, row.c, "case-report", row.query)
		if answer.StatusCode != http.StatusOK {
			t.Errorf("%v: %s %s", row.query, answer.Status, body)
			continue
		}
		if got := strings.Join(exportedColumn(t, body, "name"), " "); got != row.want {
			t.Errorf("%s, %v: %q, want %q", row.c.Email, row.query, got, row.want)
		}
	}
	_, report := exportOf(t, admin, "case-report", url.Values{"metric": {"CREATED"}})
	if got := exportedColumn(t, report, "cf.serial"); !slices.Equal(got, []string{"", "", "A1", ""}) {
		t.Errorf("the custom fields are %q", got)
	}
	for _, query := range []url.Values{{"metric": {"NOTHING"}}, {"filter": {"{}"}}, {"priorities": {"LOW"}}, {"priorities": {`["NONE"]`}},
		{"period": {`{"from": "2026-13-45"}`}}, {"period": {`{"from": "2020-01-01"}`}}} {
		if answer, body := exportOf(t, admin, "case-report", query); answer.StatusCode != http.StatusBadRequest && answer.StatusCode != http.StatusUnprocessableEntity {
			t.Errorf("%v: %s %s", query, answer.Status, body)
		}
	}
	if sent := env.SQL.During(func() { exportOf(t, admin, "case-report", nil) }); slices.ContainsFunc(sent, func(text string) bool { return strings.Contains(text, "percentile_cont") }) {
		t.Error("the report is computed, of which nothing is shown")
	}
}
