package apitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Input is the input of a mutation, by the schema's names.
type Input map[string]any

var made atomic.Int64

// required gives what a record cannot be without, unlike that of any other record.
func required(kind string) Input {
	name := fmt.Sprintf("%s%d", strings.ToLower(kind), made.Add(1))
	switch kind {
	case "Account", "Opportunity", "Case", "Team", "Tag", "Board", "BoardColumn", "OpportunityLineItem", "Product", "InvoiceTemplate",
		"LeadPipeline", "LeadStage", "CasePipeline", "CaseStage", "TaskPipeline", "TaskStage":
		return Input{"name": name}
	case "Contact":
		return Input{"firstName": name, "lastName": "Doe"}
	case "Invoice":
		return Input{"invoiceTitle": name}
	case "PortalLink", "BoardMember":
		return Input{}
	case "Solution":
		return Input{"title": name, "description": "Turn it off and on again."}
	case "Comment":
		return Input{"comment": name}
	case "CustomFieldDefinition":
		return Input{"target": "LEAD", "key": name, "fieldType": "TEXT", "label": name}
	case "Attachment":
		return Input{"file": File{name + ".txt", name}}
	case "Document":
		return Input{"title": name, "file": File{name + ".txt", name}}
	default:
		return Input{"title": name}
	}
}

// Create makes a record, such as a "Lead", and gives its id. What the test does not say is filled in.
func (c *Client) Create(t testing.TB, kind string, said Input) string {
	t.Helper()
	input := required(kind)
	maps.Copy(input, said)
	r := c.Try(t, "create", kind, input)
	if r.Code() != "" {
		t.Fatalf("create%s %v: %s", kind, input, r.Body)
	}
	return r.Text(t, "create"+kind+"."+lower(kind)+".id")
}

// Update changes a record, which must succeed.
func (c *Client) Update(t testing.TB, kind, id string, said Input) {
	t.Helper()
	if r := c.TryUpdate(t, kind, id, said); r.Code() != "" {
		t.Fatalf("update%s %v: %s", kind, said, r.Body)
	}
}

// TryUpdate changes a record and gives whatever comes back.
func (c *Client) TryUpdate(t testing.TB, kind, id string, said Input) *Response {
	t.Helper()
	input := Input{"id": id}
	maps.Copy(input, said)
	return c.Try(t, "update", kind, input)
}

// TryDelete deletes a record and gives whatever comes back.
func (c *Client) TryDelete(t testing.TB, kind, id string) *Response {
	t.Helper()
	return c.Try(t, "delete", kind, Input{"id": id})
}

// Try sends a mutation that is named after a verb and a kind, such as "convert" and "Lead", and gives whatever comes
// back.
func (c *Client) Try(t testing.TB, verb, kind string, input Input) *Response {
	t.Helper()
	payload := lower(kind) + " { id }"
	if verb == "delete" {
		payload = "deletedId"
	}
	return c.Send(t, fmt.Sprintf("mutation($input: %s%sInput!) { %s%s(input: $input) { %s } }",
		upper(verb), kind, verb, kind, payload), map[string]any{"input": input})
}

// Read gives fields of a record as JSON; "null" when there is no such record that the client may see.
func (c *Client) Read(t testing.TB, kind, id, fields string) string {
	t.Helper()
	r := c.Do(t, fmt.Sprintf("query($id: ID!) { found: %s(id: $id) { %s } }", lower(kind), fields), map[string]any{"id": id})
	var data struct{ Found json.RawMessage }
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	return string(data.Found)
}

// List gives a field of each record of a list, such as `leads(filter: {…})`, whose count must agree with it.
func (c *Client) List(t testing.TB, list, field string) []string {
	t.Helper()
	r := c.Do(t, fmt.Sprintf("{ found: %s { totalCount nodes { value: %s } } }", list, field), nil)
	var data struct {
		Found struct {
			TotalCount int
			Nodes      []struct{ Value string }
		}
	}
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	values := make([]string, len(data.Found.Nodes))
	for i, n := range data.Found.Nodes {
		values[i] = n.Value
	}
	if data.Found.TotalCount != len(values) {
		t.Errorf("%s: totalCount is %d of %d records", list, data.Found.TotalCount, len(values))
	}
	return values
}

// Organization adds an organization with a currency and a time zone of its own. It has an admin only.
func (e *Env) Organization(t testing.TB, name, currency, zone string) *Org {
	t.Helper()
	admin := "admin@" + strings.ToLower(name) + ".example"
	org, err := e.Backend.CreateOrganization(t.Context(), name, admin, currency, zone)
	if err != nil {
		t.Fatal(err)
	}
	return &Org{ID: org, Name: name, Admin: e.Join(t, name, admin, model.RoleAdmin)}
}

// User adds a member who shares nothing yet.
func (e *Env) User(t testing.TB, org *Org, name string) *Client {
	t.Helper()
	return e.Join(t, org.Name, name+"@"+strings.ToLower(org.Name)+".example", model.RoleUser)
}

// Suspend keeps a member from the organization until further notice.
func (e *Env) Suspend(t testing.TB, member *Client) {
	t.Helper()
	e.change(t, "UPDATE profile SET is_active = false WHERE id = $1", member)
}

// Remove ends a membership.
func (e *Env) Remove(t testing.TB, member *Client) {
	t.Helper()
	e.change(t, "DELETE FROM profile WHERE id = $1", member)
}

// change goes past the API, whose administration of members no access token may use.
func (e *Env) change(t testing.TB, statement string, member *Client) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), e.Database.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(t.Context()) }()
	done, err := conn.Exec(t.Context(), statement, [16]byte(member.ProfileID))
	if err != nil || done.RowsAffected() != 1 {
		t.Fatal(done, err)
	}
}

// Limited is a client of the same member whose token has scopes.
func (e *Env) Limited(t testing.TB, org *Org, c *Client, scopes ...string) *Client {
	t.Helper()
	token, err := e.Backend.CreateToken(t.Context(), org.Name, c.Email, "limited", scopes, 0)
	if err != nil {
		t.Fatal(err)
	}
	limited := *c
	limited.Token = token
	return &limited
}

// Refusal is the code of an answer's errors with the fields they name, such as "INVALID email phone"; empty when there
// are none.
func (r *Response) Refusal() string {
	fields := r.Fields()
	slices.Sort(fields)
	return strings.TrimSpace(r.Code() + " " + strings.Join(slices.Compact(fields), " "))
}

func lower(name string) string { return strings.ToLower(name[:1]) + name[1:] }

func upper(name string) string { return strings.ToUpper(name[:1]) + name[1:] }
