package resolver_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// desk is an organization with a small set of cases, whose figures are computed by hand below.
type desk struct {
	admin, agent *apitest.Client
	start        time.Time // the midnight, ten days ago, that the cases are about
	today        time.Time
}

func (d desk) day(days int) string { return d.start.AddDate(0, 0, days).Format(time.DateOnly) }

// newDesk makes these cases; hours are from the midnight on.
//
//	          created answered resolved  promised
//	early       -1       1        9       8, 48    the agent's, resolved on the first day
//	kept         0       0.5      3       1, 4     the agent's
//	late         1       3        9       1, 4     the agent's and the admin's, closed on the second day
//	forgotten    2       -        -       4, 24
//	refused      3       -        -      24, 72    rejected on the first day
//	fresh       now      -        -      24, 72
//
// A duplicate and an archived one count nowhere.
func newDesk(t *testing.T, env *apitest.Env, p place) desk {
	t.Helper()
	org := env.Organization(t, p.name, "USD", p.zone)
	d := desk{admin: org.Admin, agent: env.User(t, org, "bob"), today: p.dayOf(time.Now())}
	d.start = time.Date(d.today.Year(), d.today.Month(), d.today.Day()-10, 0, 0, 0, 0, d.today.Location())
	at := func(hours float64) time.Time { return d.start.Add(time.Duration(hours * float64(time.Hour))) }
	agent, admin := d.agent.ProfileID.String(), d.admin.ProfileID.String()
	for _, c := range []struct {
		name, priority, status, caseType string
		created, answered, resolved      float64
		closed                           int
		assignees                        []any
	}{
		{"early", "NORMAL", "CLOSED", "", -1, 1, 9, 0, []any{agent}},
		{"kept", "URGENT", "CLOSED", "QUESTION", 0, 0.5, 3, 0, []any{agent}},
		{"late", "URGENT", "CLOSED", "QUESTION", 1, 3, 9, 1, []any{agent, admin}},
		{"forgotten", "HIGH", "ASSIGNED", "", 2, 0, 0, 0, nil},
		{"refused", "LOW", "REJECTED", "", 3, 0, 0, 0, nil},
		{"twice", "URGENT", "DUPLICATE", "", 3, 0, 0, 0, nil},
		{"archived", "URGENT", "NEW", "", 3, 0, 0, 0, nil},
	} {
		input := apitest.Input{"name": c.name, "priority": c.priority, "status": c.status, "assignedToIds": c.assignees}
		if c.caseType != "" {
			input["caseType"] = c.caseType
		}
		id := d.admin.Create(t, "Case", input)
		env.Above(t, `UPDATE "case" SET created_at = $2, closed_on = CASE WHEN closed_on IS NOT NULL THEN $3::date END WHERE id = $1::text::uuid`, id, at(c.created), d.day(c.closed))
		if c.resolved > 0 {
			env.Above(t, `UPDATE "case" SET first_response_at = $2, resolved_at = $3 WHERE id = $1::text::uuid`, id, at(c.answered), at(c.resolved))
		}
		if c.name == "archived" {
			d.admin.Update(t, "Case", id, apitest.Input{"isActive": false})
		}
	}
	d.admin.Create(t, "Case", apitest.Input{"name": "fresh", "priority": "LOW"})
	return d
}

func TestCaseReport(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		d := newDesk(t, env, p)
		ask := func(c *apitest.Client) string {
			r := c.Do(t, `query($from: Date) { reports { cases(period: {from: $from}) { from to
				firstResponse { cases answered medianHours p90Hours breaches }
				resolution { priority cases meanHours medianHours p90Hours } resolutionByPriority { priority cases meanHours medianHours p90Hours }
				agents { agent { id } handled firstResponseHours breachRate } breaches { priority cases firstResponse resolution }
				breachesByPriority { priority cases firstResponse resolution } } } }`, map[string]any{"from": d.day(0)})
			return string(r.Data)
		}
		none := func(priority string) string {
			return `{"priority":"` + priority + `","cases":0,"meanHours":null,"medianHours":null,"p90Hours":null}`
		}
		want := func(firstResponse, breaches, low, high, agents string) string {
			return `{"reports":{"cases":{"from":"` + d.day(0) + `","to":"` + d.today.Format(time.DateOnly) + `","firstResponse":` + firstResponse +
				`,"resolution":{"priority":null,"cases":3,"meanHours":"7.00","medianHours":"8.00","p90Hours":"9.60"},"resolutionByPriority":[` +
				`{"priority":"URGENT","cases":2,"meanHours":"5.50","medianHours":"5.50","p90Hours":"7.50"},` + none("HIGH") +
				`,{"priority":"NORMAL","cases":1,"meanHours":"10.00","medianHours":"10.00","p90Hours":"10.00"},` + none("LOW") + `],` +
				`"agents":[{"agent":{"id":"` + d.agent.ProfileID.String() + `"},"handled":3,"firstResponseHours":"1.50","breachRate":"33.3"}` + agents + `],` +
				`"breaches":{"priority":null,` + breaches + `},"breachesByPriority":[{"priority":"URGENT","cases":2,"firstResponse":"50.0","resolution":"50.0"},` +
				`{"priority":"HIGH",` + high + `},{"priority":"NORMAL","cases":0,"firstResponse":"0.0","resolution":"0.0"},{"priority":"LOW",` + low + `}]}}}`
		}
		second := `,{"agent":{"id":"` + d.admin.ProfileID.String() + `"},"handled":1,"firstResponseHours":"2.00","breachRate":"100.0"}`
		nothing := `"cases":0,"firstResponse":"0.0","resolution":"0.0"`
		for caller, want := range map[*apitest.Client]string{
			d.admin: want(`{"cases":5,"answered":2,"medianHours":"1.25","p90Hours":"1.85","breaches":2}`, `"cases":5,"firstResponse":"40.0","resolution":"40.0"`,
				`"cases":2,"firstResponse":"0.0","resolution":"0.0"`, `"cases":1,"firstResponse":"100.0","resolution":"100.0"`, second),
			d.agent: want(`{"cases":2,"answered":2,"medianHours":"1.25","p90Hours":"1.85","breaches":1}`, `"cases":2,"firstResponse":"50.0","resolution":"50.0"`, nothing, nothing, second),
		} {
			if got := ask(caller); got != want {
				t.Errorf("%s, %s:\ngot  %s\nwant %s", p.name, caller.Email, got, want)
			}
		}
	}
}

func TestCaseReportDayByDay(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		d := newDesk(t, env, p)
		var data struct {
			Reports struct {
				Cases struct {
					Backlog []struct {
						Date         string
						Open, Urgent int
					}
					FirstResponse struct {
						Days []struct {
							Date, MedianHours string
							Cases, Answered   int
						}
					}
				}
			}
		}
		r := d.admin.Do(t, `query($period: DateRange) { reports { cases(period: $period) { backlog { date open urgent } firstResponse { days { date cases answered medianHours } } } } }`,
			map[string]any{"period": apitest.Input{"from": d.day(-1), "to": d.day(2)}})
		if err := json.Unmarshal(r.Data, &data); err != nil {
			t.Fatal(err)
		}
		// By the end of the day before there was the early one; then the late one and the forgotten one were left.
		if got, want := fmt.Sprint(data.Reports.Cases.Backlog), fmt.Sprintf("[{%s 1 0} {%s 2 1} {%s 1 0} {%s 1 0}]", d.day(-1), d.day(0), d.day(1), d.day(2)); got != want {
			t.Errorf("%s: the backlog is %s, want %s", p.name, got, want)
		}
		if got, want := fmt.Sprint(data.Reports.Cases.FirstResponse.Days), fmt.Sprintf("[{%s 2.00 1 1} {%s 1.25 4 2} {%s  0 0} {%s  0 0}]", d.day(-1), d.day(0), d.day(1), d.day(2)); got != want {
			t.Errorf("%s: the days are %s, want %s", p.name, got, want)
		}
		t.Run(p.name+" has so far left two", func(t *testing.T) {
			r := d.admin.Do(t, `{ reports { cases { from to backlog { open } } } }`, nil)
			if days := strings.Count(string(r.Data), "open"); days != 30 || r.Get(t, "reports.cases.backlog.29.open") != 2.0 || r.Get(t, "reports.cases.backlog.0.open") != 0.0 {
				t.Errorf("%d days: %s", days, r.Data)
			}
		})
	}
}

func TestCasesBehindAReport(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	d := newDesk(t, env, farZones[0])
	behind := func(c *apitest.Client, args string) string {
		r := c.Do(t, `query($from: Date) { reports { cases(period: {from: $from}) { found: cases(`+args+`) { totalCount nodes { name isFirstResponseBreached isResolutionBreached } } } } }`,
			map[string]any{"from": d.day(0)})
		var names []string
		for i := 0; r.Get(t, fmt.Sprintf("reports.cases.found.nodes.%d", i)) != nil; i++ {
			at := fmt.Sprintf("reports.cases.found.nodes.%d.", i)
			names = append(names, r.Text(t, at+"name"))
			// What a case says of itself is what it is counted for.
			for metric, field := range map[string]string{"FIRST_RESPONSE_BREACHED": "isFirstResponseBreached", "RESOLUTION_BREACHED": "isResolutionBreached"} {
				if strings.Contains(args, metric) && r.Get(t, at+field) != true {
					t.Errorf("%s shows %s", metric, r.Data)
				}
			}
		}
		if r.Get(t, "reports.cases.found.totalCount") != float64(len(names)) {
			t.Errorf("%s: %s", args, r.Data)
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	for args, want := range map[string]string{
		"metric: CREATED":                             "forgotten fresh kept late refused",
		"metric: ANSWERED":                            "kept late",
		"metric: FIRST_RESPONSE_BREACHED":             "forgotten late",
		"metric: RESOLUTION_BREACHED":                 "forgotten late",
		"metric: RESOLVED":                            "early kept late",
		"metric: OPEN":                                "forgotten fresh",
		"metric: CREATED, priorities: [URGENT, HIGH]": "forgotten kept late",
	} {
		if got := behind(d.admin, args); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
	if got := behind(d.agent, "metric: CREATED"); got != "kept late" {
		t.Errorf("a member sees %s", got)
	}
	for period, refusal := range map[string]string{
		`{from: "2026-03-02", to: "2026-03-01"}`: "INVALID period",
		`{from: "2024-01-01", to: "2026-03-01"}`: "INVALID period",
		`{from: "2025-03-01", to: "2026-03-01"}`: "",
		`{to: "2026-03-01"}`:                     "",
	} {
		if got := d.admin.Send(t, "{ reports { cases(period: "+period+") { from } } }", nil).Refusal(); got != refusal {
			t.Errorf("%s: %q", period, got)
		}
	}
}

// TestPausesMoveWhatIsPromised compares what cases say of themselves, in Go, with what reports count, in SQL.
func TestPausesMoveWhatIsPromised(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for i, c := range []struct{ set, names string }{
		{`created_at = now() - interval '9 hours'`, "first"},
		{`created_at = now() - interval '9 hours', sla_paused_seconds = 7200`, ""},
		{`created_at = now() - interval '9 hours', sla_paused_at = now() - interval '2 hours', status = 'Pending'`, ""},
		{`created_at = now() - interval '9 hours', sla_paused_at = now() - interval '30 minutes', status = 'Pending'`, "first"},
		{`created_at = now() - interval '49 hours', first_response_at = now() - interval '48 hours'`, "resolution"},
		{`created_at = now() - interval '49 hours', first_response_at = now() - interval '30 hours', sla_paused_seconds = 7200`, "first"},
		{`created_at = now() - interval '12 hours', first_response_at = now() - interval '3 hours', sla_paused_at = now() - interval '2 hours', status = 'Pending'`, "first"},
		{`created_at = now() - interval '60 hours', status = 'Rejected', closed_on = now()`, ""},
		{`created_at = now() - interval '60 hours', status = 'Closed', closed_on = now(), resolved_at = now() - interval '59 hours'`, ""},
		{`created_at = now() - interval '60 hours', status = 'Closed', closed_on = now(), resolved_at = now()`, "first resolution"},
	} {
		id := admin.Create(t, "Case", apitest.Input{"name": fmt.Sprint(i, " ", c.names)})
		env.Above(t, `UPDATE "case" SET `+c.set+` WHERE id = $1::text::uuid`, id)
		want := fmt.Sprintf(`{"isFirstResponseBreached":%t,"isResolutionBreached":%t}`, strings.Contains(c.names, "first"), strings.Contains(c.names, "resolution"))
		if got := admin.Read(t, "Case", id, "isFirstResponseBreached isResolutionBreached"); got != want {
			t.Errorf("%s says of itself %s", c.set, got)
		}
	}
	for metric, word := range map[string]string{"FIRST_RESPONSE_BREACHED": "first", "RESOLUTION_BREACHED": "resolution"} {
		r := admin.Do(t, "{ reports { cases { cases(metric: "+metric+") { nodes { name } } } } }", nil)
		n := 0
		for i := 0; r.Get(t, fmt.Sprintf("reports.cases.cases.nodes.%d", i)) != nil; i++ {
			if n++; !strings.Contains(r.Text(t, fmt.Sprintf("reports.cases.cases.nodes.%d.name", i)), word) {
				t.Errorf("%s: %s", metric, r.Data)
			}
		}
		if want := map[string]int{"first": 5, "resolution": 2}[word]; n != want {
			t.Errorf("%s: %d, want %d: %s", metric, n, want, r.Data)
		}
	}
}

func TestServiceReport(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, p := range farZones {
		d := newDesk(t, env, p)
		r := d.admin.Do(t, `{ reports { service { from to opened closed openNow medianResolutionHours days { date opened closed }
			firstResponses { priority met missed } types { caseType count } agents { agent { id } open closed missed } } } }`, nil)
		var days []string
		for i := range 14 {
			day, opened, closed := d.day(i-3), 0, 0
			switch i {
			case 2:
				opened = 1
			case 3:
				opened, closed = 4, 3
			case 13:
				opened = 1
			}
			days = append(days, fmt.Sprintf(`{"date":%q,"opened":%d,"closed":%d}`, day, opened, closed))
		}
		want := `{"reports":{"service":{"from":"` + d.day(-3) + `","to":"` + d.day(10) + `","opened":6,"closed":3,"openNow":2,"medianResolutionHours":"8.00","days":[` +
			strings.Join(days, ",") + `],"firstResponses":[{"priority":"URGENT","met":1,"missed":1},{"priority":"HIGH","met":0,"missed":1},` +
			`{"priority":"NORMAL","met":1,"missed":0},{"priority":"LOW","met":0,"missed":0}],"types":[{"caseType":null,"count":4},{"caseType":"QUESTION","count":2}],` +
			`"agents":[{"agent":null,"open":2,"closed":0,"missed":1},{"agent":{"id":"` + d.agent.ProfileID.String() + `"},"open":0,"closed":3,"missed":1},` +
			`{"agent":{"id":"` + d.admin.ProfileID.String() + `"},"open":0,"closed":1,"missed":1}]}}}`
		if string(r.Data) != want {
			t.Errorf("%s:\ngot  %s\nwant %s", p.name, r.Data, want)
		}
		if got := d.agent.Send(t, "{ reports { service { opened } } }", nil).Refusal(); got != "FORBIDDEN" {
			t.Errorf("a member: %q", got)
		}
	}
	for _, days := range []int{0, 91, -1} {
		if got := env.Acme.Admin.Send(t, fmt.Sprintf("{ reports { service(days: %d) { opened } } }", days), nil).Refusal(); got != "INVALID days" {
			t.Errorf("%d days: %q", days, got)
		}
	}
	t.Run("of nothing it is nothing", func(t *testing.T) {
		r := env.Globex.Admin.Do(t, `{ reports { service(days: 1) { opened closed openNow medianResolutionHours types { count } agents { open } } cases { firstResponse { cases medianHours } agents { handled } resolution { cases meanHours } } } }`, nil)
		want := `{"reports":{"service":{"opened":0,"closed":0,"openNow":0,"medianResolutionHours":null,"types":[],"agents":[]},"cases":{"firstResponse":{"cases":0,"medianHours":null},"agents":[],"resolution":{"cases":0,"meanHours":null}}}}`
		if string(r.Data) != want {
			t.Errorf("got %s", r.Data)
		}
	})
}
