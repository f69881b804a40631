package resolver_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

const dashboardOfAll = `{ dashboard { accounts contacts leads opportunities overdueTasks tasksDueToday followUpsToday hotLeads conversionRate
	pipeline { stage count value { amount currency } weighted { amount } otherCurrencyCount }
	openDeals { count value { amount } weighted { amount } otherCurrencyCount } wonThisMonth { count value { amount } weighted { amount } otherCurrencyCount }
	newestHotLeads { title } nextTasks { title } latestActivities(first: 1) { action } } }`

// revenue is "count value weighted other".
type revenue struct {
	Stage, Value    any
	Count           int
	Weighted        money
	OtherCurrencies int `json:"otherCurrencyCount"`
}

func (r revenue) String() string {
	value, _ := r.Value.(map[string]any)
	return fmt.Sprint(r.Count, " ", value["amount"], " ", r.Weighted.Amount, " ", r.OtherCurrencies)
}

// glance is the dashboard on a few lines.
func glance(t *testing.T, c *apitest.Client) string {
	t.Helper()
	var data struct {
		Dashboard struct {
			Accounts, Contacts, Leads, Opportunities, OverdueTasks, TasksDueToday, FollowUpsToday, HotLeads int
			ConversionRate                                                                                  string
			Pipeline                                                                                        []revenue
			OpenDeals, WonThisMonth                                                                         revenue
			NewestHotLeads, NextTasks                                                                       []struct{ Title string }
			LatestActivities                                                                                []struct{ Action string }
		}
	}
	r := c.Do(t, dashboardOfAll, nil)
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	d := data.Dashboard
	if len(d.Pipeline) != 6 || len(d.LatestActivities) != 1 {
		t.Errorf("%s", r.Body)
	}
	lines := []string{
		fmt.Sprint(d.Accounts, d.Contacts, d.Leads, d.Opportunities, " tasks ", d.OverdueTasks, d.TasksDueToday, " leads ", d.FollowUpsToday, d.HotLeads, " converted ", d.ConversionRate),
		fmt.Sprint("open ", d.OpenDeals, "; won ", d.WonThisMonth),
	}
	for _, p := range d.Pipeline {
		if p.Count > 0 {
			lines = append(lines, fmt.Sprint(p.Stage, " ", p))
		}
	}
	return strings.Join(append(lines, fmt.Sprint(d.NewestHotLeads, d.NextTasks)), "\n")
}

func TestDashboard(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	s, now := sharing(t, env), place{zone: "UTC"}
	archive := func(kind, id string) { admin.Update(t, kind, id, apitest.Input{"isActive": false}) }
	admin.Create(t, "Account", nil)
	admin.Create(t, "Account", s.on(apitest.Input{}))
	archive("Account", admin.Create(t, "Account", nil))
	admin.Create(t, "Contact", s.on(apitest.Input{}))
	archive("Contact", admin.Create(t, "Contact", nil))
	admin.Create(t, "Lead", s.on(apitest.Input{"title": "first", "rating": "HOT", "nextFollowUp": now.day(0)}))
	admin.Create(t, "Lead", apitest.Input{"title": "second", "rating": "HOT", "status": "IN_PROCESS", "nextFollowUp": now.day(-1)})
	admin.Create(t, "Lead", apitest.Input{"rating": "HOT", "status": "RECYCLED", "nextFollowUp": now.day(0)})
	admin.Create(t, "Lead", apitest.Input{"rating": "HOT", "status": "CLOSED", "nextFollowUp": now.day(0)})
	admin.Create(t, "Lead", apitest.Input{"rating": "WARM"})
	admin.Create(t, "Lead", apitest.Input{"email": "a@b.example", "lastName": "Doe", "status": "CONVERTED"}) // makes an account and a contact
	archive("Lead", admin.Create(t, "Lead", apitest.Input{"rating": "HOT", "nextFollowUp": now.day(0)}))
	for _, deal := range []apitest.Input{
		s.on(apitest.Input{"amount": "100.10", "currency": "EUR"}),
		s.on(apitest.Input{"amount": "33.33"}), // 10 percent
		{"amount": "50", "stage": "PROPOSAL"},
		{"stage": "NEGOTIATION"},
		s.on(apitest.Input{"amount": "7", "stage": "CLOSED_WON", "closedOn": now.day(0)}),
		{"amount": "8", "stage": "CLOSED_WON", "closedOn": "2001-01-01"},
		{"amount": "9", "currency": "EUR", "stage": "CLOSED_WON", "closedOn": now.day(0)},
		{"amount": "1000", "stage": "CLOSED_LOST", "closedOn": now.day(0)},
	} {
		admin.Create(t, "Opportunity", deal)
	}
	archive("Opportunity", admin.Create(t, "Opportunity", apitest.Input{"amount": "5000"}))
	admin.Create(t, "Task", s.on(apitest.Input{"title": "late", "dueDate": now.day(-1)}))
	admin.Create(t, "Task", apitest.Input{"title": "now", "dueDate": now.day(0)})
	admin.Create(t, "Task", apitest.Input{"title": "soon", "dueDate": now.day(1)})
	admin.Create(t, "Task", nil)
	admin.Create(t, "Task", apitest.Input{"dueDate": now.day(0), "status": "COMPLETED"})

	for _, row := range []struct {
		caller *apitest.Client
		want   string
	}{
		{admin, `3 2 4 8 tasks 1 1 leads 2 2 converted 16.7
open 4 83.33 28.33 1; won 2 7.00 7.00 1
PROSPECTING 2 33.33 3.33 1
PROPOSAL 1 50.00 25.00 0
NEGOTIATION 1 0.00 0.00 0
CLOSED_WON 3 15.00 15.00 1
CLOSED_LOST 1 1000.00 0.00 0
[{second} {first}] [{late} {now} {soon}]`},
		{member, `1 1 1 3 tasks 1 0 leads 1 1 converted 0.0
open 2 33.33 3.33 1; won 1 7.00 7.00 0
PROSPECTING 2 33.33 3.33 1
CLOSED_WON 1 7.00 7.00 0
[{first}] [{late}]`},
	} {
		if got := glance(t, row.caller); got != row.want {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", row.caller.Email, got, row.want)
		}
	}
	for _, args := range []string{"newestHotLeads(first: 0) { id }", "nextTasks(first: 26) { id }", "latestActivities(first: -1) { id }"} {
		if got := admin.Send(t, "{ dashboard { "+args+" } }", nil).Refusal(); got != "INVALID first" {
			t.Errorf("%s: %q", args, got)
		}
	}
	t.Run("of nothing it is nothing", func(t *testing.T) {
		r := env.Globex.Admin.Do(t, `{ dashboard { leads conversionRate openDeals { count value { amount currency } otherCurrencyCount } newestHotLeads { id } } }`, nil)
		if want := `{"dashboard":{"leads":0,"conversionRate":"0.0","openDeals":{"count":0,"value":{"amount":"0.00","currency":"USD"},"otherCurrencyCount":0},"newestHotLeads":[]}}`; string(r.Data) != want {
			t.Errorf("got %s", r.Data)
		}
	})
}

func TestDashboardGoesByTheOrganizationsDay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		admin := env.Organization(t, p.name, "USD", p.zone).Admin
		today := p.dayOf(time.Now())
		for days := range 3 {
			due := p.day(days - 1)
			admin.Create(t, "Task", apitest.Input{"dueDate": due})
			admin.Create(t, "Lead", apitest.Input{"nextFollowUp": due})
		}
		for _, day := range []int{0, 1, 2} { // the last of the month before, the first and the second
			admin.Create(t, "Opportunity", apitest.Input{"stage": "CLOSED_WON", "amount": 1, "closedOn": time.Date(today.Year(), today.Month(), day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)})
			admin.Create(t, "Opportunity", apitest.Input{"stage": "CLOSED_WON", "amount": 10, "closedOn": time.Date(today.Year(), today.Month()+1, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)})
		}
		r := admin.Do(t, "{ dashboard { date overdueTasks tasksDueToday followUpsToday wonThisMonth { count value { amount } } } }", nil)
		want := `{"dashboard":{"date":"` + p.day(0) + `","overdueTasks":1,"tasksDueToday":1,"followUpsToday":1,"wonThisMonth":{"count":3,"value":{"amount":"12.00"}}}}`
		if string(r.Data) != want {
			t.Errorf("%s: got %s, want %s", p.name, r.Data, want)
		}
	}
}

// queue is a list of the queue as "REASON title day", a line for each.
func queue(t *testing.T, c *apitest.Client, list string) string {
	t.Helper()
	r := c.Do(t, "{ today { found: "+list+" { reason title on node { id } } } }", nil)
	var lines []string
	for i := 0; r.Get(t, fmt.Sprintf("today.found.%d", i)) != nil; i++ {
		at := fmt.Sprintf("today.found.%d.", i)
		lines = append(lines, r.Text(t, at+"reason")+" "+r.Text(t, at+"title")+" "+r.Text(t, at+"on"))
	}
	return strings.Join(lines, "\n")
}

func TestQueueOfToday(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		org := env.Organization(t, p.name, "USD", p.zone)
		admin, member := org.Admin, env.User(t, org, "bob")
		mine := func(input apitest.Input) apitest.Input {
			input["assignedToIds"] = []any{member.ProfileID.String()}
			return input
		}
		today := p.dayOf(time.Now())
		start := func(days int) time.Time {
			return time.Date(today.Year(), today.Month(), today.Day()+days, 0, 0, 0, 0, today.Location())
		}
		stood := func(id string, since time.Time) {
			env.Above(t, "UPDATE opportunity SET stage_changed_at = $2 WHERE id = $1::text::uuid", id, since)
		}
		// 14 days for prospecting and 21 until it is rotten, by the organization's calendar.
		for name, since := range map[string]time.Time{"rotten": start(-20).Add(-time.Second), "ageing": start(-13).Add(-time.Second), "late ageing": start(-20), "fresh": start(-13)} {
			stood(admin.Create(t, "Opportunity", apitest.Input{"name": name + p.name, "amount": 10}), since)
		}
		stood(admin.Create(t, "Opportunity", mine(apitest.Input{"name": "proposal" + p.name, "stage": "PROPOSAL", "amount": 100, "currency": "EUR"})), start(-14).Add(-time.Second))
		stood(admin.Create(t, "Opportunity", apitest.Input{"stage": "CLOSED_LOST", "closedOn": p.day(1)}), start(-100))
		archived := admin.Create(t, "Opportunity", nil)
		stood(archived, start(-100))
		admin.Update(t, "Opportunity", archived, apitest.Input{"isActive": false})

		breached := admin.Create(t, "Case", mine(apitest.Input{"name": "breached"}))
		env.Above(t, `UPDATE "case" SET created_at = $2 WHERE id = $1::text::uuid`, breached, start(-3))
		admin.Create(t, "Case", apitest.Input{"name": "waiting"})
		answered := admin.Create(t, "Case", apitest.Input{"name": "answered"})
		admin.Create(t, "Comment", apitest.Input{"entityType": "CASE", "entityId": answered})
		admin.Create(t, "Case", apitest.Input{"name": "closed", "status": "CLOSED"})
		for days := range 5 {
			admin.Create(t, "Task", apitest.Input{"title": fmt.Sprint("task ", days-2), "dueDate": p.day(days - 2)})
		}
		admin.Create(t, "Task", apitest.Input{"title": "done", "dueDate": p.day(0), "status": "COMPLETED"})

		due := p.dayOf(time.Now().Add(8 * time.Hour)).Format(time.DateOnly) // of a case of normal priority
		day := p.day
		want := []string{
			"CASE_BREACHED breached " + day(-3),
			"DEAL_ROTTEN rotten" + p.name + " " + day(-21),
			"DEAL_ROTTEN proposal" + p.name + " " + day(-15),
			"CASE_WAITING waiting " + due,
			"TASK_OVERDUE task -2 " + day(-2),
			"TASK_OVERDUE task -1 " + day(-1),
			"TASK_DUE task 0 " + day(0),
			"DEAL_AGEING late ageing" + p.name + " " + day(-20),
			"DEAL_AGEING ageing" + p.name + " " + day(-14),
		}
		for list, lines := range map[string][]string{"items": want[:8], "items(first: 25)": want, "items(first: 2)": want[:2]} {
			if got := queue(t, admin, list); got != strings.Join(lines, "\n") {
				t.Errorf("%s %s:\ngot\n%s\nwant\n%s", p.name, list, got, strings.Join(lines, "\n"))
			}
		}
		if got := queue(t, member, "items"); got != want[0]+"\n"+want[2] {
			t.Errorf("%s: a member's is\n%s", p.name, got)
		}
		for caller, want := range map[*apitest.Client]string{
			admin:  `{"today":{"date":"` + day(0) + `","count":9,"quietDeals":{"count":4,"value":{"amount":"30.00"},"otherCurrencyCount":1}}}`,
			member: `{"today":{"date":"` + day(0) + `","count":2,"quietDeals":{"count":1,"value":{"amount":"0.00"},"otherCurrencyCount":1}}}`,
		} {
			if r := caller.Do(t, "{ today { date count quietDeals { count value { amount } otherCurrencyCount } } }", nil); string(r.Data) != want {
				t.Errorf("%s: %s: got %s, want %s", p.name, caller.Email, r.Data, want)
			}
		}
	}
	if got := env.Acme.Admin.Send(t, "{ today { items(first: 26) { title } } }", nil).Refusal(); got != "INVALID first" {
		t.Errorf("too many: %q", got)
	}
}

func TestClearedYesterdayAndUpcoming(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		admin := env.Organization(t, p.name, "USD", p.zone).Admin
		today := p.dayOf(time.Now())
		start := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, today.Location())
		for _, at := range []time.Time{start, start.Add(-time.Second), start.AddDate(0, 0, -1), start.AddDate(0, 0, -1).Add(-time.Second)} { // the two in the middle
			task := admin.Create(t, "Task", apitest.Input{"status": "COMPLETED"})
			env.Above(t, "UPDATE task SET completed_at = $2 WHERE id = $1::text::uuid", task, at)
		}
		for days := range 3 {
			admin.Create(t, "Case", apitest.Input{"status": "CLOSED", "closedOn": p.day(-days)})
			admin.Create(t, "Case", apitest.Input{"status": "REJECTED", "closedOn": p.day(-days)})
		}
		if r := admin.Do(t, "{ today { clearedYesterday } }", nil); string(r.Data) != `{"today":{"clearedYesterday":3}}` {
			t.Errorf("%s: %s", p.name, r.Data)
		}
		for _, days := range []int{0, 1, 4, 7, 8} {
			title := fmt.Sprint(p.name, days)
			admin.Create(t, "Task", apitest.Input{"title": title, "dueDate": p.day(days)})
			admin.Create(t, "Opportunity", apitest.Input{"name": title, "closedOn": p.day(days)})
			admin.Create(t, "Lead", apitest.Input{"title": title, "nextFollowUp": p.day(days)})
		}
		admin.Create(t, "Opportunity", apitest.Input{"stage": "CLOSED_LOST", "closedOn": p.day(1)})
		admin.Create(t, "Lead", apitest.Input{"status": "CLOSED", "nextFollowUp": p.day(1)})
		var want []string
		for _, days := range []int{1, 4, 7} {
			for _, reason := range []string{"TASK_DUE", "DEAL_CLOSING", "FOLLOW_UP"} {
				want = append(want, fmt.Sprint(reason, " ", p.name, days, " ", p.day(days)))
			}
		}
		if got := queue(t, admin, "upcoming(first: 25)"); got != strings.Join(want, "\n") {
			t.Errorf("%s:\ngot\n%s\nwant\n%s", p.name, got, strings.Join(want, "\n"))
		}
		if got := queue(t, admin, "upcoming"); got != strings.Join(want[:6], "\n") {
			t.Errorf("%s: the first are\n%s", p.name, got)
		}
	}
}
