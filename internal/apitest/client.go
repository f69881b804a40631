package apitest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Client speaks GraphQL over HTTP with a bearer token.
type Client struct {
	URL       string
	Token     string
	Email     string
	ProfileID id.Profile
}

// Error is an error as the API shows it.
type Error struct {
	Message    string
	Path       []any
	Extensions struct{ Code, Field, RequestID string }
}

// Response is an answer as it came.
type Response struct {
	Status int
	Data   json.RawMessage
	Errors []Error
	Body   string
}

// Code is that of the first error, empty when there is none.
func (r *Response) Code() string {
	if len(r.Errors) == 0 {
		return ""
	}
	return r.Errors[0].Extensions.Code
}

// Fields are the input fields that the errors name.
func (r *Response) Fields() []string {
	var out []string
	for _, e := range r.Errors {
		out = append(out, e.Extensions.Field)
	}
	return out
}

// Get reads a value of the data by a path such as "leads.nodes.0.id"; nil when there is none.
func (r *Response) Get(t testing.TB, path string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(r.Data, &value); err != nil {
		t.Fatalf("no data in %s", r.Body)
	}
	for step := range strings.SplitSeq(path, ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			var i int
			if err := json.Unmarshal([]byte(step), &i); err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}

// Text is Get for a text.
func (r *Response) Text(t testing.TB, path string) string {
	t.Helper()
	text, _ := r.Get(t, path).(string)
	return text
}

// Send sends an operation and gives whatever comes back. With a File among the variables it is sent as a form.
func (c *Client) Send(t testing.TB, query string, variables map[string]any) *Response {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	kind := "application/json"
	if sent := filesIn(variables); len(sent) > 0 {
		body, kind = form(t, body, sent)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, c.URL, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("GraphQL-Require-Preflight", "1")
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	answer, text := Answer(t, request)
	r := &Response{Status: answer.StatusCode, Body: text}
	if err := json.Unmarshal([]byte(text), r); err != nil {
		t.Fatalf("the answer is no JSON: %s", text)
	}
	return r
}

// Answer sends any request and gives what comes back, read to its end.
func Answer(t testing.TB, request *http.Request) (*http.Response, string) {
	t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(text)
}

// Do sends an operation that must succeed.
func (c *Client) Do(t testing.TB, query string, variables map[string]any) *Response {
	t.Helper()
	r := c.Send(t, query, variables)
	if len(r.Errors) > 0 {
		t.Fatalf("%s\n%s", query, r.Body)
	}
	return r
}

// Refused sends an operation that must be refused with the code.
func (c *Client) Refused(t testing.TB, code, query string, variables map[string]any) *Response {
	t.Helper()
	r := c.Send(t, query, variables)
	if r.Code() != code {
		t.Fatalf("want %s:\n%s\n%s", code, query, r.Body)
	}
	return r
}
