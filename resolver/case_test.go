package resolver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestCaseContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	tag := admin.Create(t, "Tag", apitest.Input{"name": "Key"})
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	account := admin.Create(t, "Account", apitest.Input{"name": "Dunder"})
	contact := admin.Create(t, "Contact", apitest.Input{"firstName": "Ann"})
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Case", List: "cases",
		Fields: `name status priority caseType description account { name } closedOn firstResponseHours resolutionHours isActive
			assignedTo { user { name } } teams { name } tags { slug } contacts { firstName }`,
		Full: apitest.Input{
			"name": "Printer jams", "status": "CLOSED", "priority": "HIGH", "caseType": "INCIDENT", "description": "Again.", "accountId": account,
			"closedOn": "2026-03-01", "firstResponseHours": 2, "resolutionHours": 12,
			"assignedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team}, "tagIds": []any{tag}, "contactIds": []any{contact},
		},
		Want: `{"name":"Printer jams","status":"CLOSED","priority":"HIGH","caseType":"INCIDENT","description":"Again.","account":{"name":"Dunder"},` +
			`"closedOn":"2026-03-01","firstResponseHours":2,"resolutionHours":12,"isActive":true,"assignedTo":[{"user":{"name":"member"}}],` +
			`"teams":[{"name":"North"}],"tags":[{"slug":"key"}],"contacts":[{"firstName":"Ann"}]}`,
		Clear: apitest.Input{"caseType": nil, "description": nil, "assignedToIds": nil, "teamIds": nil, "tagIds": nil, "contactIds": []any{}},
		Cleared: `{"name":"Printer jams","status":"CLOSED","priority":"HIGH","caseType":null,"description":null,"account":{"name":"Dunder"},` +
			`"closedOn":"2026-03-01","firstResponseHours":2,"resolutionHours":12,"isActive":true,"assignedTo":[],"teams":[],"tags":[],"contacts":[]}`,
		Search: []string{"jams PRINT"},
		Row: func(n int) apitest.Input {
			row := apitest.Input{"name": fmt.Sprintf("row%02d", n%9)}
			if n%3 > 0 {
				row["status"], row["closedOn"] = "CLOSED", fmt.Sprintf("2026-01-%02d", n%7+1)
			}
			return row
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"}, "NAME": {Value: "name"},
			"CLOSED_ON": {Value: "closedOn", Nullable: true}, "DUE_AT": {Value: "dueAt", Nullable: true}},
	})
}

func TestCasePromises(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	const hours = "firstResponseHours resolutionHours"
	for priority, want := range map[string]string{"LOW": "24 72", "NORMAL": "8 48", "HIGH": "4 24", "URGENT": "1 4"} {
		first, resolution, _ := strings.Cut(want, " ")
		id := admin.Create(t, "Case", apitest.Input{"priority": priority, "firstResponseHours": nil})
		promised := fmt.Sprintf(`{"firstResponseHours":%s,"resolutionHours":%s}`, first, resolution)
		if got := admin.Read(t, "Case", id, hours); got != promised {
			t.Errorf("%s: %s", priority, got)
		}
		admin.Update(t, "Case", id, apitest.Input{"priority": "LOW"})
		admin.Update(t, "Case", id, apitest.Input{"priority": "URGENT"})
		if got := admin.Read(t, "Case", id, hours); got != promised {
			t.Errorf("%s with another priority since: %s", priority, got)
		}
	}
	given := admin.Create(t, "Case", apitest.Input{"priority": "LOW", "firstResponseHours": 4, "resolutionHours": 0})
	if got := admin.Read(t, "Case", given, hours); got != `{"firstResponseHours":4,"resolutionHours":0}` {
		t.Errorf("what the writer says: %s", got)
	}
	for _, n := range []int{-1, 8761} {
		if got := admin.TryUpdate(t, "Case", given, apitest.Input{"resolutionHours": n}).Refusal(); got != "INVALID resolutionHours" {
			t.Errorf("%d hours: %q", n, got)
		}
	}
}

func TestCaseDeadlines(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, row := range []struct {
		what, state    string // as the columns have it; the case is 10 hours old, 8 and 12 hours are promised
		due            string // after its creation
		response, done bool   // breached
		next           string // due
	}{
		{"new", "", "8h0m0s 12h0m0s", true, false, "8h0m0s"},
		{"answered in time", "first_response_at = now() - interval '3 hours'", "8h0m0s 12h0m0s", false, false, "12h0m0s"},
		{"answered late", "first_response_at = now() - interval '1 hour'", "8h0m0s 12h0m0s", true, false, "12h0m0s"},
		{"paused for 3 hours", "sla_paused_seconds = 10800", "11h0m0s 15h0m0s", false, false, "11h0m0s"},
		{"pending for 5 hours", "status = 'Pending', sla_paused_at = now() - interval '5 hours'", "13h0m0s 17h0m0s", false, false, ""},
		{"long due", "sla_resolution_hours = 9", "8h0m0s 9h0m0s", true, true, "8h0m0s"},
		{"closed in time", "status = 'Closed', closed_on = current_date, resolved_at = now() - interval '3 hours', sla_resolution_hours = 9", "8h0m0s 9h0m0s", false, false, ""},
		{"closed late", "status = 'Closed', closed_on = current_date, resolved_at = now(), sla_resolution_hours = 9", "8h0m0s 9h0m0s", true, true, ""},
		{"answered late, and pending for 5 hours since", "status = 'Pending', first_response_at = now() - interval '1 hour', sla_paused_at = now() - interval '50 minutes'", "8h50m0s 12h50m0s", true, false, ""},
		{"pending since it was due", "status = 'Pending', sla_paused_at = now() - interval '30 minutes', sla_resolution_hours = 9", "8h30m0s 9h30m0s", true, true, ""},
		{"a duplicate that was paused", "status = 'Duplicate', closed_on = current_date, sla_paused_seconds = 3600", "9h0m0s 13h0m0s", false, false, ""},
		{"rejected", "status = 'Rejected', closed_on = current_date, sla_resolution_hours = 9", "8h0m0s 9h0m0s", false, false, ""},
	} {
		id := admin.Create(t, "Case", apitest.Input{"firstResponseHours": 8, "resolutionHours": 12})
		set := strings.TrimPrefix(row.state+", created_at = now() - interval '10 hours'", ", ")
		env.Above(t, `UPDATE "case" SET `+set+" WHERE id = $1::text::uuid RETURNING name::text", id)
		r := admin.Do(t, `query($id: ID!) { case(id: $id) { createdAt firstResponseDueAt resolutionDueAt isFirstResponseBreached isResolutionBreached dueAt } }`, map[string]any{"id": id})
		at := func(field string) time.Time {
			when, err := time.Parse(time.RFC3339Nano, r.Text(t, "case."+field))
			if err != nil {
				t.Fatal(err)
			}
			return when
		}
		after := func(field string) string { return at(field).Sub(at("createdAt")).Truncate(time.Minute).String() }
		if got := after("firstResponseDueAt") + " " + after("resolutionDueAt"); got != row.due {
			t.Errorf("%s: due after %s, want %s", row.what, got, row.due)
		}
		if response, done := r.Get(t, "case.isFirstResponseBreached"), r.Get(t, "case.isResolutionBreached"); response != row.response || done != row.done {
			t.Errorf("%s: breached %v %v", row.what, response, done)
		}
		for filter, want := range map[string]bool{"isFirstResponseBreached": row.response, "isResolutionBreached": row.done} {
			for _, asked := range []bool{true, false} {
				found := admin.List(t, fmt.Sprintf("cases(filter: {%s: %v, statuses: [NEW, ASSIGNED, PENDING, CLOSED, REJECTED, DUPLICATE]})", filter, asked), "id")
				if slices.Contains(found, id) != (asked == want) {
					t.Errorf("%s: the filter {%s: %v} has it: %v", row.what, filter, asked, asked != want)
				}
			}
		}
		next := ""
		if r.Text(t, "case.dueAt") != "" {
			next = after("dueAt")
		}
		if next != row.next {
			t.Errorf("%s: next due after %q, want %q", row.what, next, row.next)
		}
		if key := env.Above(t, `SELECT coalesce(date_trunc('minute', due_at - created_at)::text, '') FROM "case" WHERE id = $1::text::uuid`, id)[0]; key != clock(next) {
			t.Errorf("%s: the list has it due after %q", row.what, key)
		}
	}
}

// clock writes a duration as PostgreSQL does.
func clock(d string) string {
	if d == "" {
		return ""
	}
	parsed, err := time.ParseDuration(d)
	if err != nil {
		panic(err)
	}
	return fmt.Sprintf("%02d:%02d:00", int(parsed.Hours()), int(parsed.Minutes())%60)
}

func TestPendingStopsTheClock(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	id := admin.Create(t, "Case", apitest.Input{"status": "PENDING"})
	seconds := func() string {
		return env.Above(t, `UPDATE "case" SET sla_paused_at = sla_paused_at - interval '90 seconds' WHERE id = $1::text::uuid
			RETURNING (sla_paused_seconds / 10 * 10)::text || CASE WHEN sla_paused_at IS NULL THEN '' ELSE ' and on' END`, id)[0]
	}
	for _, step := range []struct{ status, want string }{{"PENDING", "0 and on"}, {"ASSIGNED", "90"}, {"NEW", "90"}, {"PENDING", "90 and on"}, {"CLOSED", "180"}} {
		admin.Update(t, "Case", id, apitest.Input{"status": step.status})
		if got := seconds(); got != step.want {
			t.Errorf("then %s: paused for %s, want %s", step.status, got, step.want)
		}
	}
}

func TestFirstResponse(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	id := admin.Create(t, "Case", nil)
	comment := func(internal bool) string {
		return admin.Create(t, "Comment", apitest.Input{"entityType": "CASE", "entityId": id, "isInternal": internal})
	}
	at := func() string { return admin.Read(t, "Case", id, "firstResponseAt version") }
	const never = `{"firstResponseAt":null,"version":1}`
	note := comment(true)
	if at() != never {
		t.Errorf("an internal note counts: %s", at())
	}
	admin.Update(t, "Comment", note, apitest.Input{"comment": "Hm."})
	if at() != never {
		t.Errorf("an internal note that is changed counts: %s", at())
	}
	admin.Update(t, "Comment", note, apitest.Input{"isInternal": false})
	first := at()
	if first == never || !strings.HasSuffix(first, `"version":1}`) {
		t.Errorf("a note that is internal no longer: %s", first)
	}
	comment(false)
	if at() != first {
		t.Errorf("the second comment: %s, was %s", at(), first)
	}
	id = admin.Create(t, "Case", nil)
	if comment(false); at() == never {
		t.Error("the first comment does not count")
	}
}

func TestCaseEnds(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	place := farZones[0]
	admin := env.Organization(t, place.name, "USD", place.zone).Admin
	today := place.day(0)
	id := admin.Create(t, "Case", nil)
	state := func() string {
		got := admin.Read(t, "Case", id, "status closedOn resolvedAt")
		return instants.ReplaceAllString(got, "TIME")
	}
	for _, step := range []struct {
		verb    string
		change  apitest.Input
		refusal string
		want    string
	}{
		{"update", apitest.Input{"closedOn": today}, "INVALID closedOn", `{"status":"NEW","closedOn":null,"resolvedAt":null}`},
		{"reopen", apitest.Input{}, "CONFLICT", `{"status":"NEW","closedOn":null,"resolvedAt":null}`},
		{"update", apitest.Input{"status": "CLOSED"}, "", `{"status":"CLOSED","closedOn":"` + today + `","resolvedAt":TIME}`},
		{"close", apitest.Input{}, "CONFLICT", `{"status":"CLOSED","closedOn":"` + today + `","resolvedAt":TIME}`},
		{"update", apitest.Input{"closedOn": "2026-03-01"}, "", `{"status":"CLOSED","closedOn":"2026-03-01","resolvedAt":TIME}`},
		{"update", apitest.Input{"closedOn": nil}, "", `{"status":"CLOSED","closedOn":"` + today + `","resolvedAt":TIME}`},
		{"reopen", apitest.Input{"status": "REJECTED"}, "INVALID status", `{"status":"CLOSED","closedOn":"` + today + `","resolvedAt":TIME}`},
		{"reopen", apitest.Input{"version": 1}, "STALE_VERSION", `{"status":"CLOSED","closedOn":"` + today + `","resolvedAt":TIME}`},
		{"reopen", apitest.Input{}, "", `{"status":"ASSIGNED","closedOn":null,"resolvedAt":null}`},
		{"close", apitest.Input{"closedOn": "2026-03-01"}, "", `{"status":"CLOSED","closedOn":"2026-03-01","resolvedAt":TIME}`},
		{"reopen", apitest.Input{"status": "PENDING"}, "", `{"status":"PENDING","closedOn":null,"resolvedAt":null}`},
		{"update", apitest.Input{"status": "DUPLICATE"}, "", `{"status":"DUPLICATE","closedOn":"` + today + `","resolvedAt":null}`},
		{"close", apitest.Input{}, "", `{"status":"CLOSED","closedOn":"` + today + `","resolvedAt":TIME}`},
		{"update", apitest.Input{"status": "NEW"}, "", `{"status":"NEW","closedOn":null,"resolvedAt":null}`},
	} {
		step.change["id"] = id
		if got := admin.Try(t, step.verb, "Case", step.change).Refusal(); got != step.refusal || state() != step.want {
			t.Errorf("%s %v: %q and %s, want %q and %s", step.verb, step.change, got, state(), step.refusal, step.want)
		}
	}
}

func TestCasesInTheOrderInWhichTheyAreDue(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for name, said := range map[string]apitest.Input{
		"low": {"priority": "LOW"}, "urgent": {"priority": "URGENT"}, "high": {"priority": "HIGH"}, "normal": {},
		"pending": {"status": "PENDING", "priority": "URGENT"}, "closed": {"status": "CLOSED", "priority": "URGENT"},
	} {
		said["name"] = name
		admin.Create(t, "Case", said)
	}
	answered := admin.Create(t, "Case", apitest.Input{"name": "answered", "firstResponseHours": 0, "resolutionHours": 5})
	admin.Create(t, "Comment", apitest.Input{"entityType": "CASE", "entityId": answered})
	for direction, want := range map[string]string{"ASC": "urgent high answered normal low", "DESC": "low normal answered high urgent"} {
		got := strings.Join(admin.List(t, "cases(orderBy: {field: DUE_AT, direction: "+direction+"})", "name"), " ")
		if rest, ok := strings.CutPrefix(got, want+" "); !ok || !slices.Contains([]string{"pending closed", "closed pending"}, rest) {
			t.Errorf("%s: %s", direction, got)
		}
	}
	// What a write answers is not read back.
	r := admin.Do(t, `mutation($id: ID!) { updateCase(input: {id: $id, status: PENDING}) { case { dueAt } } again: updateCase(input: {id: $id, status: NEW}) { case { dueAt resolutionDueAt } } }`,
		map[string]any{"id": answered})
	if r.Get(t, "updateCase.case.dueAt") != nil || r.Text(t, "again.case.dueAt") == "" || r.Text(t, "again.case.dueAt") != r.Text(t, "again.case.resolutionDueAt") {
		t.Errorf("got %s", r.Body)
	}
}

func TestConcurrentClosing(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for range 5 {
		id := admin.Create(t, "Case", nil)
		answers := atOnce(4, func() string { return admin.Try(t, "close", "Case", apitest.Input{"id": id}).Refusal() })
		if !slices.Equal(answers, []string{"", "CONFLICT", "CONFLICT", "CONFLICT"}) {
			t.Errorf("answers %q", answers)
		}
		if got := admin.Read(t, "Case", id, "version activities { nodes { action } }"); got != `{"version":2,"activities":{"nodes":[{"action":"STATUS_CHANGED"},{"action":"CREATE"}]}}` {
			t.Errorf("got %s", got)
		}
	}
}

func TestCaseFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	a := sharing(t, env)
	account, contact := admin.Create(t, "Account", nil), admin.Create(t, "Contact", nil)
	admin.Create(t, "Case", a.on(apitest.Input{"name": "One", "status": "PENDING", "priority": "LOW", "caseType": "QUESTION", "accountId": account, "contactIds": []any{contact}}))
	admin.Create(t, "Case", apitest.Input{"name": "Two", "status": "CLOSED", "priority": "URGENT", "closedOn": "2026-03-01"})
	three := admin.Create(t, "Case", apitest.Input{"name": "Three", "caseType": "PROBLEM", "isProblem": true})
	admin.Create(t, "Case", apitest.Input{"name": "Twice", "status": "DUPLICATE", "accountId": account, "contactIds": []any{contact}})
	admin.Update(t, "Case", three, apitest.Input{"isActive": false})
	filters(t, admin, "cases", "name", map[string]string{
		`{}`:                         "One Three Two",
		`{name: {startsWith: "t"}}`:  "Three Two",
		`{statuses: [DUPLICATE]}`:    "Twice",
		`{statuses: [PENDING, NEW]}`: "One Three",
		`{statuses: []}`:             "",
		`{isOpen: true}`:             "One Three",
		`{isOpen: false}`:            "Two",
		`{isOpen: false, statuses: [DUPLICATE, CLOSED]}`:     "Twice Two",
		`{priorities: [LOW, NORMAL]}`:                        "One Three",
		`{caseTypes: [PROBLEM]}`:                             "Three",
		`{accountIds: ["` + account + `"]}`:                  "One",
		`{contactIds: ["` + contact + `"]}`:                  "One",
		`{isProblem: true}`:                                  "Three",
		`{isProblem: false}`:                                 "One Two",
		`{isActive: false}`:                                  "Three",
		`{closedOn: {from: "2026-03-01", to: "2026-03-01"}}`: "Two",
		`{closedOn: {from: "2026-03-02"}}`:                   "",
	})
	a.filters(t, admin, "cases", "name", "One")
	if got := strings.Join(admin.List(t, "cases", "name"), " "); got != "Three Two One" {
		t.Errorf("without a filter: %s", got)
	}
	for kind, id := range map[string]string{"Account": account, "Contact": contact} {
		if got := admin.Read(t, kind, id, `cases { totalCount nodes { name } } all: cases(filter: {statuses: [PENDING, DUPLICATE]}) { totalCount }`); got !=
			`{"cases":{"totalCount":1,"nodes":[{"name":"One"}]},"all":{"totalCount":2}}` {
			t.Errorf("of the %s: %s", kind, got)
		}
	}
}
