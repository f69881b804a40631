package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestTaskContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	tag := admin.Create(t, "Tag", apitest.Input{"name": "Key"})
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	lead := admin.Create(t, "Lead", apitest.Input{"title": "Paper"})
	contact := admin.Create(t, "Contact", apitest.Input{"firstName": "Ann"})
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Task", List: "tasks",
		Fields: `title status priority dueDate description account { id } opportunity { id } case { id } lead { name }
			assignedTo { user { name } } teams { name } tags { slug } contacts { firstName }`,
		Full: apitest.Input{
			"title": "Call back", "status": "IN_PROGRESS", "priority": "HIGH", "dueDate": "2030-01-31", "description": "At noon.", "leadId": lead,
			"assignedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team}, "tagIds": []any{tag}, "contactIds": []any{contact},
		},
		Want: `{"title":"Call back","status":"IN_PROGRESS","priority":"HIGH","dueDate":"2030-01-31","description":"At noon.","account":null,` +
			`"opportunity":null,"case":null,"lead":{"name":"Paper"},"assignedTo":[{"user":{"name":"member"}}],"teams":[{"name":"North"}],"tags":[{"slug":"key"}],` +
			`"contacts":[{"firstName":"Ann"}]}`,
		Clear: apitest.Input{"dueDate": nil, "description": nil, "leadId": nil, "assignedToIds": nil, "teamIds": nil, "tagIds": nil, "contactIds": []any{}},
		Cleared: `{"title":"Call back","status":"IN_PROGRESS","priority":"HIGH","dueDate":null,"description":null,"account":null,` +
			`"opportunity":null,"case":null,"lead":null,"assignedTo":[],"teams":[],"tags":[],"contacts":[]}`,
		Search: []string{"back CALL"},
		Row: func(n int) apitest.Input {
			row := apitest.Input{"title": fmt.Sprintf("row%02d", n%9)}
			if n%3 > 0 {
				row["dueDate"] = fmt.Sprintf("2030-01-%02d", n%7+1)
			}
			return row
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"}, "TITLE": {Value: "title"},
			"DUE_DATE": {Value: "dueDate", Nullable: true}},
	})
}

func TestTaskIsAboutOneThing(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	parents := apitest.Input{"accountId": admin.Create(t, "Account", nil), "opportunityId": admin.Create(t, "Opportunity", nil), "leadId": admin.Create(t, "Lead", nil),
		"caseId": admin.Create(t, "Case", nil)}
	for first, a := range parents {
		task := admin.Create(t, "Task", apitest.Input{first: a})
		for second, b := range parents {
			if first == second {
				continue
			}
			if r := admin.Try(t, "create", "Task", apitest.Input{"title": "x", first: a, second: b}); r.Code() != "INVALID" {
				t.Errorf("%s and %s: %s", first, second, r.Body)
			}
			if r := admin.TryUpdate(t, "Task", task, apitest.Input{second: b}); r.Refusal() != "INVALID "+second {
				t.Errorf("%s besides %s: %s", second, first, r.Body)
			}
			admin.Update(t, "Task", task, apitest.Input{first: nil, second: b})
			admin.Update(t, "Task", task, apitest.Input{first: a, second: nil})
		}
		if got := member.Try(t, "create", "Task", apitest.Input{"title": "x", first: a}).Refusal(); got != "INVALID "+first {
			t.Errorf("%s that the writer does not see: %q", first, got)
		}
	}
}

func TestTaskCompletion(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	id := admin.Create(t, "Task", nil)
	at := func() string { return admin.Read(t, "Task", id, "completedAt") }
	const never = `{"completedAt":null}`
	if at() != never {
		t.Errorf("new: %s", at())
	}
	admin.Update(t, "Task", id, apitest.Input{"status": "COMPLETED"})
	first := at()
	if first == never {
		t.Error("when it was completed is not known")
	}
	admin.Update(t, "Task", id, apitest.Input{"status": "COMPLETED", "title": "again"})
	if at() != first {
		t.Errorf("completed already: %s, was %s", at(), first)
	}
	admin.Update(t, "Task", id, apitest.Input{"status": "IN_PROGRESS"})
	if at() != never {
		t.Errorf("taken up again: %s", at())
	}
	if id = admin.Create(t, "Task", apitest.Input{"status": "COMPLETED"}); at() == never {
		t.Error("created as completed: when is not known")
	}
}

func TestOverdueFollowsTheOrganizationsCalendar(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	east, west := farZones[0], farZones[1]
	due := west.day(0) // today there, and past in the east, at the same instant
	for _, row := range []struct {
		place   place
		overdue string
		fine    string
	}{{east, "new started", "done none"}, {west, "", "done new none started"}} {
		admin := env.Organization(t, row.place.name, "USD", row.place.zone).Admin
		admin.Create(t, "Task", apitest.Input{"title": "new", "dueDate": due})
		admin.Create(t, "Task", apitest.Input{"title": "started", "dueDate": due, "status": "IN_PROGRESS"})
		admin.Create(t, "Task", apitest.Input{"title": "done", "dueDate": due, "status": "COMPLETED"})
		admin.Create(t, "Task", apitest.Input{"title": "none"})
		filters(t, admin, "tasks", "title", map[string]string{`{isOverdue: true}`: row.overdue, `{isOverdue: false}`: row.fine})
		for title := range strings.FieldsSeq("new started done none") {
			want := fmt.Sprintf(`{"tasks":{"nodes":[{"isOverdue":%v}]}}`, strings.Contains(row.overdue, title))
			if r := admin.Do(t, `{ tasks(filter: {title: {equals: "`+title+`"}}) { nodes { isOverdue } } }`, nil); string(r.Data) != want {
				t.Errorf("%s in %s: %s", title, row.place.name, r.Data)
			}
		}
	}
}

func TestTaskFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	a := sharing(t, env)
	account, deal, lead, ticket := admin.Create(t, "Account", nil), admin.Create(t, "Opportunity", nil), admin.Create(t, "Lead", nil), admin.Create(t, "Case", nil)
	admin.Create(t, "Task", a.on(apitest.Input{"title": "One", "status": "IN_PROGRESS", "priority": "LOW", "dueDate": "2030-01-31", "accountId": account}))
	admin.Create(t, "Task", apitest.Input{"title": "Two", "status": "COMPLETED", "priority": "HIGH", "opportunityId": deal})
	admin.Create(t, "Task", apitest.Input{"title": "Three", "leadId": lead})
	admin.Create(t, "Task", apitest.Input{"title": "Four", "caseId": ticket, "priority": "HIGH", "status": "IN_PROGRESS"})
	filters(t, admin, "tasks", "title", map[string]string{
		`{title: {startsWith: "t"}}`:                        "Three Two",
		`{statuses: [NEW, COMPLETED]}`:                      "Three Two",
		`{statuses: []}`:                                    "",
		`{priorities: [LOW, MEDIUM]}`:                       "One Three",
		`{dueDate: {from: "2030-01-31", to: "2030-01-31"}}`: "One",
		`{dueDate: {from: "2030-02-01"}}`:                   "",
		`{dueDate: {to: "2030-01-30"}}`:                     "",
		`{accountIds: ["` + account + `"]}`:                 "One",
		`{opportunityIds: ["` + deal + `"]}`:                "Two",
		`{leadIds: ["` + lead + `"]}`:                       "Three",
		`{caseIds: ["` + ticket + `"]}`:                     "Four",
		`{leadIds: []}`:                                     "",
	})
	a.filters(t, admin, "tasks", "title", "One")
	if got := admin.Read(t, "Case", ticket, `tasks { totalCount nodes { title } } done: tasks(filter: {statuses: [COMPLETED]}) { totalCount }`); got !=
		`{"tasks":{"totalCount":1,"nodes":[{"title":"Four"}]},"done":{"totalCount":0}}` {
		t.Errorf("of the case: %s", got)
	}
}
