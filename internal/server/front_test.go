package server_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// exchange is an HTTP request; what is not said is a POST of JSON by an admin.
type exchange struct {
	method string
	header map[string]string // "" takes a header away
	query  string            // of the URL
	body   string
}

// answered is what came back, without what differs from run to run.
type answered struct {
	status int
	header http.Header
	body   string
}

func (x exchange) send(t *testing.T, c *apitest.Client) answered {
	t.Helper()
	if x.method == "" {
		x.method = http.MethodPost
	}
	request, err := http.NewRequestWithContext(t.Context(), x.method, c.URL+"?"+x.query, strings.NewReader(x.body))
	if err != nil {
		t.Fatal(err)
	}
	if x.method == http.MethodPost {
		request.Header.Set("Content-Type", "application/json")
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	for name, value := range x.header {
		request.Header.Del(name)
		if value != "" {
			request.Header.Set(name, value)
		}
	}
	answer, body := apitest.Answer(t, request)
	return answered{answer.StatusCode, answer.Header, requestID.ReplaceAllString(body, `"requestId":"…"`)}
}

var requestID = regexp.MustCompile(`"requestId":"[0-9a-f-]{36}"`)

// operation is the body of a document without variables.
func operation(text string) string {
	body, _ := json.Marshal(map[string]string{"query": text})
	return string(body)
}

const (
	newer = "application/graphql-response+json"
	older = "application/json"
)

// refusals are requests that are refused, each for one reason.
var refusals = []struct {
	name      string
	anonymous bool
	exchange
}{
	{"a token that is none", false, exchange{header: map[string]string{"Authorization": "Bearer x"}, body: operation("{ __typename }")}},
	{"a token that is none, newer", false, exchange{header: map[string]string{"Authorization": "Basic x", "Accept": newer}, body: operation("{ __typename }")}},
	{"method", false, exchange{method: http.MethodPut, body: operation("{ __typename }")}},
	{"head", false, exchange{method: http.MethodHead, query: "query={__typename}"}},
	{"accept", false, exchange{header: map[string]string{"Accept": "text/html"}, body: operation("{ __typename }")}},
	{"content type", false, exchange{header: map[string]string{"Content-Type": "text/plain"}, body: operation("{ __typename }")}},
	{"content type of a form", false, exchange{header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}, body: "query={__typename}"}},
	{"no content type", false, exchange{header: map[string]string{"Content-Type": ""}, body: operation("{ __typename }")}},
	{"another charset", false, exchange{header: map[string]string{"Content-Type": "application/json; charset=utf-16"}, body: operation("{ __typename }")}},
	{"compressed", false, exchange{header: map[string]string{"Content-Encoding": "gzip"}, body: operation("{ __typename }")}},
	{"too large", false, exchange{body: operation(strings.Repeat(" ", 128<<10))}},
	{"no body", false, exchange{}},
	{"broken body", false, exchange{body: `{"query": "{ secret", `}},
	{"broken UTF-8", false, exchange{body: "{\"query\": \"{ __typename }\xff\"}"}},
	{"a batch", false, exchange{body: ` [{"query": "{ __typename }"}]`}},
	{"a text", false, exchange{body: `"secret"`}},
	{"bytes behind the body", false, exchange{body: operation("{ __typename }") + " {}"}},
	{"no query", false, exchange{body: `{"variables": {}}`}},
	{"a query that is no text", false, exchange{body: `{"query": {"secret": 1}}`}},
	{"variables that are no object", false, exchange{body: `{"query": "{ __typename }", "variables": [1]}`}},
	{"extensions that are no object", false, exchange{body: `{"query": "{ __typename }", "extensions": "secret"}`}},
	{"an operation name that is no text", false, exchange{body: `{"query": "{ __typename }", "operationName": 5}`}},
	{"get without a query", false, exchange{method: http.MethodGet}},
	{"get of a mutation", false, exchange{method: http.MethodGet, query: "query=" + url.QueryEscape(`mutation { createTag(input: {name: "got"}) { tag { id } } }`)}},
	{"get with broken variables", false, exchange{method: http.MethodGet, query: "query={__typename}&variables={"}},
	{"get from another site", false, exchange{method: http.MethodGet, query: "query={__typename}", header: map[string]string{"Sec-Fetch-Site": "cross-site"}}},
	{"get too long", false, exchange{method: http.MethodGet, query: "query=" + strings.Repeat("%20", 128<<10/3)}},
	{"syntax", false, exchange{body: operation("{ leads(")}},
	{"syntax, newer", false, exchange{header: map[string]string{"Accept": newer}, body: operation("{ leads(")}},
	{"nothing", false, exchange{body: operation("")}},
	{"unknown field", true, exchange{body: operation("{ leadz { totalCount } }")}},
	{"unknown field with a suggestion", false, exchange{header: map[string]string{"Accept": newer}, body: operation("{ leadz { totalCount } }")}},
	{"unknown field with a token that nobody has", false, exchange{header: map[string]string{"Authorization": "Bearer bcrm_pat_unknown"}, body: operation("{ leadz { totalCount } }")}},
	{"many unknown fields", true, exchange{body: operation("{" + aliases(100, "a%d: nothing ") + "}")}},
	{"no such operation", false, exchange{body: `{"query": "query a { __typename }", "operationName": "b"}`}},
	{"two operations", false, exchange{body: operation("query a { __typename } query b { __typename }")}},
	{"variables", false, exchange{body: `{"query": "query($a: LeadFilter, $n: Int) { leads(filter: $a, first: $n) { totalCount } }", "variables": {"n": "1", "a": {"statuses": ["assigned"], "isOpen": 1, "createdAt": {"from": "tomorrow"}}}}`}},
	{"variables, newer", false, exchange{header: map[string]string{"Accept": newer}, body: `{"query": "query($n: Int!) { leads(first: $n) { totalCount } }"}`}},
	{"introspection", true, exchange{body: operation("{ __schema { queryType { name } } }")}},
	{"introspection by type", true, exchange{body: operation(`{ __typename a: __type(name: "Lead") { name } }`)}},
	{"introspection with a token that nobody has", false, exchange{header: map[string]string{"Authorization": "Bearer bcrm_pat_unknown"}, body: operation("{ __schema { queryType { name } } }")}},
	{"tokens", false, exchange{body: operation("{" + aliases(700, "a%d: __typename ") + "}")}},
	{"depth", false, exchange{header: map[string]string{"Accept": newer}, body: operation("{ contact(id: 1) " + strings.Repeat("{ account { contacts { nodes ", 5) + "{ id }" + strings.Repeat("} } }", 5) + "}")}},
	{"introspectionDepth", false, exchange{body: operation(`{ __type(name: "Lead") ` + strings.Repeat("{ ofType ", 20) + "{ name }" + strings.Repeat("}", 20) + "}")}},
	{"fragments", false, exchange{body: operation("{ __typename }" + aliases(65, "fragment f%d on Query { __typename }"))}},
	{"directives", true, exchange{body: operation("{ __typename" + strings.Repeat("@aa", 10) + "}")}},
	{"aliases", true, exchange{body: operation("{" + aliases(101, "a%d: __typename ") + "}")}},
	{"repetitions", false, exchange{body: operation("{" + strings.Repeat(" __typename", 31) + "}")}},
	{"cost", false, exchange{body: operation("{ accounts(first: 100) { nodes { contacts(first: 100) { nodes { opportunities(first: 100) { nodes { id } } } } } } }")}},
	{"merging", false, exchange{body: operation("{ leads { nodes { a: id a: name } } }")}},
}

func aliases(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// TestRefusals compares each refusal with testdata/refusals.txt; -update writes it anew.
func TestRefusals(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	var got strings.Builder
	for _, c := range refusals {
		client := env.Acme.Admin
		if c.anonymous {
			client = env.Anonymous()
		}
		a := c.send(t, client)
		fmt.Fprintf(&got, "# %s\n%d %s", c.name, a.status, a.header.Get("Content-Type"))
		for _, name := range []string{"Allow", "Www-Authenticate"} {
			if value := a.header.Get(name); value != "" {
				fmt.Fprintf(&got, "; %s: %s", name, value)
			}
		}
		fmt.Fprintf(&got, "\n%s\n\n", a.body)
		if strings.Contains(a.body, "secret") || strings.Contains(a.body, `"data"`) {
			t.Errorf("%s: %s", c.name, a.body)
		}
		if c.method != http.MethodHead && a.header.Get("Content-Length") == "" {
			t.Errorf("%s: no length", c.name)
		}
	}
	path := filepath.Join("testdata", "refusals.txt")
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("answers differ from %s:\n%s", path, got.String())
	}
	if log := env.Log.String(); strings.Contains(log, "secret") || strings.Contains(log, "operation failed") {
		t.Errorf("the log repeats what was sent, or calls it a failure:\n%s", log)
	}
	if n := count(t, connect(t, env), "SELECT count(*) FROM tags"); n != 0 {
		t.Errorf("%d tags are stored", n)
	}
}

// TestAnswers are requests that are answered.
func TestAnswers(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	const typename = `{"data":{"__typename":"Query"},"extensions":{"cost":{"estimated":1,"budget":50000}}}`
	for name, c := range map[string]struct {
		exchange
		status int
		media  string
		want   string
	}{
		"a post":                   {exchange{body: operation("{ __typename }")}, 200, older, typename},
		"in UTF-8":                 {exchange{header: map[string]string{"Content-Type": "application/json; charset=UTF-8"}, body: operation("{ __typename }")}, 200, older, typename},
		"white space around":       {exchange{body: "\r\n\t " + operation("{ __typename }") + " \n"}, 200, older, typename},
		"nulls":                    {exchange{body: `{"query": "{ __typename }", "operationName": null, "variables": null, "extensions": null}`}, 200, older, typename},
		"what nobody knows":        {exchange{body: `{"query": "{ __typename }", "extensions": {"x": 1}, "id": 5}`}, 200, older, typename},
		"a get":                    {exchange{method: http.MethodGet, query: "query={__typename}"}, 200, older, typename},
		"a get with all":           {exchange{method: http.MethodGet, query: "query=" + url.QueryEscape("query a { x: __typename } query b($s: Boolean!) { __typename @skip(if: $s) }") + "&operationName=b&extensions={}&variables=" + url.QueryEscape(`{"s": false}`)}, 200, older, typename},
		"a get of the same site":   {exchange{method: http.MethodGet, query: "query={__typename}", header: map[string]string{"Sec-Fetch-Site": "same-origin"}}, 200, older, typename},
		"a post of another site":   {exchange{body: operation("{ __typename }"), header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 200, older, typename},
		"the newer type":           {exchange{body: operation("{ __typename }"), header: map[string]string{"Accept": newer}}, 200, newer, typename},
		"both types":               {exchange{body: operation("{ __typename }"), header: map[string]string{"Accept": "application/json;q=0.9, application/graphql-response+json"}}, 200, newer, typename},
		"an error of a field":      {exchange{body: operation("{ lead(id: 1) { id } }")}, 200, older, `{"errors":[{"message":"must be an id","path":["lead","id"],"extensions":{"code":"INVALID","field":"id","requestId":"…"}}],"data":{"lead":null},"extensions":{"cost":{"estimated":202,"budget":50000}}}`},
		"options":                  {exchange{method: http.MethodOptions}, 204, "", ""},
		"as large as it may be":    {exchange{body: operation("{ __typename }" + strings.Repeat(" ", 128<<10-len(operation("{ __typename }"))))}, 200, older, typename},
		"the schema, with a token": {exchange{body: operation("{ __schema { queryType { name } } }")}, 200, older, `{"data":{"__schema":{"queryType":{"name":"Query"}}},"extensions":{"cost":{"estimated":10003,"budget":50000}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := c.send(t, env.Acme.Admin)
			if a.status != c.status || a.body != c.want {
				t.Errorf("%d %s\nwant %d %s", a.status, a.body, c.status, c.want)
			}
			if media := a.header.Get("Content-Type"); c.media != "" && media != c.media+"; charset=utf-8" {
				t.Error(media)
			}
			if a.header.Get("X-Request-Id") == "" || c.media != "" && a.header.Get("Cache-Control") != "no-store" {
				t.Error(a.header)
			}
		})
	}
	t.Run("who is nobody may ask for __typename", func(t *testing.T) {
		if a := (exchange{body: operation("{ __typename }")}).send(t, env.Anonymous()); a.body != typename {
			t.Error(a.body)
		}
	})
	t.Run("a person without an organization sees the schema", func(t *testing.T) {
		client := person(t, env, env.Acme.Member)
		exec(t, connect(t, env), "UPDATE profile SET is_active = false WHERE user_id = (SELECT id FROM users WHERE email = $1)", env.Acme.Member.Email)
		client.Do(t, "{ __schema { queryType { name } } }", nil)
	})
}

// TestErrorsOfFieldsAreCut makes more errors than an answer shows, each of a field of its own.
func TestErrorsOfFieldsAreCut(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	r := env.Acme.Admin.Send(t, "{"+aliases(25, "a%d: lead(id: 1) { id } ")+"}", nil)
	last := r.Errors[len(r.Errors)-1]
	if len(r.Errors) != 20 || last.Extensions.Code != "LIMIT_EXCEEDED" || !strings.Contains(r.Body, `"limit":"errors"`) || len(last.Path) != 0 {
		t.Errorf("%d errors: %s", len(r.Errors), r.Body)
	}
	if r = env.Acme.Admin.Send(t, "{"+aliases(20, "a%d: lead(id: 1) { id } ")+"}", nil); len(r.Errors) != 20 || strings.Contains(r.Body, "LIMIT_EXCEEDED") {
		t.Errorf("%d errors: %s", len(r.Errors), r.Body)
	}
}

// TestLimitsAreSettings lowers each limit until an ordinary request exceeds it.
func TestLimitsAreSettings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ setting, text string }{
		"body":               {"LIMIT_BODY=20", "{ __typename }"},
		"tokens":             {"LIMIT_TOKENS=2", "{ __typename }"},
		"depth":              {"LIMIT_DEPTH=1", "{ viewer { user { id } } }"},
		"introspectionDepth": {"LIMIT_INTROSPECTION_DEPTH=1", "{ __schema { queryType { name } } }"},
		"fragments":          {"LIMIT_FRAGMENTS=1", "{ ...a ...b } fragment a on Query { __typename } fragment b on Query { __typename }"},
		"directives":         {"LIMIT_DIRECTIVES=1", "{ __typename @skip(if: false) @include(if: true) }"},
		"aliases":            {"LIMIT_ALIASES=1", "{ a: __typename b: __typename }"},
		"repetitions":        {"LIMIT_REPETITIONS=1", "{ __typename __typename }"},
		"selections":         {"LIMIT_SELECTIONS=1", "{ viewer { user { id } } }"},
		"cost":               {"LIMIT_COST=1", "{ viewer { user { id } } }"},
		"errors":             {"LIMIT_ERRORS=1", "{ a b }"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := apitest.New(t, c.setting).Acme.Admin.Refused(t, "LIMIT_EXCEEDED", c.text, nil)
			if !strings.Contains(r.Body, `"limit":"`+name+`"`) || len(r.Errors) != 1 {
				t.Error(r.Body)
			}
		})
	}
}
