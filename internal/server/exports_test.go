package server_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func exportOf(t *testing.T, c *apitest.Client, list string, query url.Values) (*http.Response, string) {
	t.Helper()
	address := strings.TrimSuffix(c.URL, "graphql") + "export/" + list + ".csv?" + query.Encode()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Token != "" {
		request.Header.Set("Authorization", "Bearer "+c.Token)
	}
	return apitest.Answer(t, request)
}

// exportedColumn is a column of an export, without its header.
func exportedColumn(t *testing.T, body, header string) []string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	at := slices.Index(lines[0], header)
	if at < 0 {
		t.Fatalf("there is no %s in %v", header, lines[0])
	}
	out := []string{}
	for _, line := range lines[1:] {
		out = append(out, line[at])
	}
	return out
}

func TestExportsShowWhatTheListShows(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	env.World(t, env.Acme).Fill(t, 2)
	env.World(t, env.Globex).Fill(t, 1)
	mine := env.Acme.Second.Create(t, "Lead", nil)
	for _, list := range []string{"accounts", "contacts", "leads", "opportunities", "cases", "tasks", "invoices", "estimates"} {
		for who, c := range map[string]*apitest.Client{"admin": env.Acme.Admin, "member": env.Acme.Member, "stranger": env.Acme.Second} {
			answer, body := exportOf(t, c, list, nil)
			if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/csv; charset=utf-8; header=present" ||
				answer.Header.Get("Content-Disposition") != `attachment; filename="`+list+`.csv"` || answer.Header.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s for the %s: %d %v", list, who, answer.StatusCode, answer.Header)
			}
			if got, want := exportedColumn(t, body, "id"), c.List(t, list+"(first: 100)", "id"); !slices.Equal(got, want) {
				t.Errorf("%s for the %s: got %v, want %v", list, who, got, want)
			}
		}
	}
	_, body := exportOf(t, env.Acme.Second, "leads", nil)
	if got := exportedColumn(t, body, "id"); !slices.Contains(got, mine) {
		t.Errorf("one's own lead is not among %v", got)
	}
}

func TestExportedCells(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	tag, other := admin.Create(t, "Tag", apitest.Input{"name": "Fair"}), admin.Create(t, "Tag", apitest.Input{"name": "Hot"})
	admin.Create(t, "Lead", apitest.Input{"title": "=cmd|' /C calc'!A0", "firstName": "@Ada", "companyName": "Press, \"Sons\"\nand more", "phone": "+49 30 1234567",
		"opportunityAmount": "1234.5", "currency": "EUR", "status": "IN_PROCESS", "tagIds": []any{tag, other},
		"assignedToIds": []any{env.Acme.Member.ProfileID.String(), env.Acme.Second.ProfileID.String()}})
	_, body := exportOf(t, admin, "leads", nil)
	for header, want := range map[string]string{
		"title": "'=cmd|' /C calc'!A0", "first_name": "'@Ada", "phone": "'+49 30 1234567", "account_name": "Press, \"Sons\"\nand more", "last_name": "",
		"opportunity_amount": "1234.50", "currency": "EUR", "status": "IN_PROCESS", "is_active": "true", "tags": "Fair;Hot",
	} {
		if got := exportedColumn(t, body, header); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: got %q, want %q", header, got, want)
		}
	}
	who := strings.Split(exportedColumn(t, body, "assigned_emails")[0], ";")
	if slices.Sort(who); !slices.Equal(who, []string{"member@acme.example", "second@acme.example"}) {
		t.Errorf("it is assigned to %v", who)
	}
}

func TestExportsTakeTheArgumentsOfTheList(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	c := env.Acme.Admin
	for i := range 230 { // more than two pages
		c.Create(t, "Task", apitest.Input{"title": fmt.Sprintf("Task %03d", i), "status": []string{"NEW", "COMPLETED"}[i%2]})
	}
	given := func(v any) []string {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return []string{string(text)}
	}
	for _, row := range []struct {
		query url.Values
		n     int
		first string
	}{
		{nil, 230, "Task 229"},
		{url.Values{"orderBy": given(map[string]any{"field": "CREATED_AT", "direction": "ASC"})}, 230, "Task 000"},
		{url.Values{"filter": given(map[string]any{"statuses": []string{"COMPLETED"}})}, 115, "Task 229"},
		{url.Values{"search": {"017"}}, 1, "Task 017"},
		{url.Values{"search": {"nothing like it"}}, 0, ""},
	} {
		_, body := exportOf(t, c, "tasks", row.query)
		got := exportedColumn(t, body, "title")
		if slices.Sort(got); len(got) != row.n || len(slices.Compact(slices.Clone(got))) != row.n {
			t.Errorf("%v: %d tasks", row.query, len(got))
		}
		if got := exportedColumn(t, body, "title"); row.n > 0 && got[0] != row.first {
			t.Errorf("%v begins with %s", row.query, got[0])
		}
	}
}

func TestExportsAreRefusedByCode(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	stranger := &apitest.Client{URL: env.URL, Token: "bcrm_pat_nonsense"}
	for _, row := range []struct {
		what   string
		c      *apitest.Client
		list   string
		query  url.Values
		status int
		want   string
	}{
		{"nobody", env.Anonymous(), "leads", nil, 401, "UNAUTHENTICATED "},
		{"a wrong token", stranger, "leads", nil, 401, "UNAUTHENTICATED "},
		{"a token without the scope", env.Limited(t, env.Acme, env.Acme.Admin, "cases:read"), "leads", nil, 403, "FORBIDDEN "},
		{"no list", env.Acme.Admin, "users", nil, 404, "NOT_FOUND "},
		{"a filter that is none", env.Acme.Admin, "leads", url.Values{"filter": {"x"}}, 400, "INVALID filter"},
		{"a filter of another list", env.Acme.Admin, "leads", url.Values{"filter": {`{"stages": []}`}}, 400, "INVALID stages"},
		{"a value that is none", env.Acme.Admin, "leads", url.Values{"filter": {`{"statuses": ["NO"]}`}}, 400, "INVALID statuses"},
		{"another parameter", env.Acme.Admin, "leads", url.Values{"first": {"5"}}, 400, "INVALID first"},
		{"twice the same", env.Acme.Admin, "leads", url.Values{"search": {"a", "b"}}, 400, "INVALID search"},
	} {
		answer, body := exportOf(t, row.c, row.list, row.query)
		var r apitest.Response
		if err := json.Unmarshal([]byte(body), &r); err != nil || len(r.Errors) == 0 {
			t.Errorf("%s: %s", row.what, body)
			continue
		}
		if got := r.Code() + " " + r.Errors[0].Extensions.Field; answer.StatusCode != row.status || got != row.want {
			t.Errorf("%s: %d %q, want %d %q", row.what, answer.StatusCode, got, row.status, row.want)
		}
	}
}

// suspending is a client whose member is suspended while the first page arrives.
type suspending struct {
	*httptest.ResponseRecorder
	suspend func()
}

func (s *suspending) Flush() {
	if s.suspend != nil {
		s.suspend()
		s.suspend = nil
	}
}

func TestAnExportThatFailsBreaksOff(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for i := range 150 {
		env.Acme.Member.Create(t, "Task", apitest.Input{"title": fmt.Sprint("Task ", i)})
	}
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/export/tasks.csv", nil)
	request.Header.Set("Authorization", "Bearer "+env.Acme.Member.Token)
	w := &suspending{httptest.NewRecorder(), func() { env.Suspend(t, env.Acme.Member) }}
	defer func() {
		if p := recover(); p != http.ErrAbortHandler { //nolint:errorlint // it is thrown as it is
			t.Errorf("the answer ends as if it were whole: %v", p)
		}
		if got := exportedColumn(t, w.Body.String(), "title"); len(got) != 100 {
			t.Errorf("%d tasks were sent", len(got))
		}
	}()
	env.Backend.Handler(env.Mail).ServeHTTP(w, request)
}
