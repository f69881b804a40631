package resolver_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// boarded are the kinds of records that boards show: the columns that a card comes into first, and into next.
var boarded = []struct{ kind, field, status, next string }{
	{"Lead", "status", "ASSIGNED", "IN_PROCESS"},
	{"Opportunity", "stage", "PROSPECTING", "QUALIFICATION"},
	{"Case", "status", "NEW", "ASSIGNED"},
	{"Task", "status", "NEW", "IN_PROGRESS"},
}

// kanban is what a board shows: its columns and their cards' names.
type kanban struct {
	Pipeline *struct{ ID string }
	Columns  []struct {
		ColumnID   string
		Name       string
		Color      string
		Position   int
		StageType  string
		TotalCount int
		Cards      []struct{ Name, KanbanOrder string }
	}
}

// shownOn asks for a board by its field with arguments, such as `leadKanban(mode: PIPELINE)`.
func shownOn(t *testing.T, c *apitest.Client, asked string) (b kanban) {
	t.Helper()
	title, pipeline := "title", "pipeline { id }"
	if strings.HasPrefix(asked, "case") || strings.HasPrefix(asked, "opportunity") {
		title = "name"
	}
	if strings.HasPrefix(asked, "opportunity") {
		pipeline = ""
	}
	r := c.Do(t, "{ board: "+asked+" { "+pipeline+" columns { columnId name color position stageType totalCount cards { name: "+title+" kanbanOrder } } } }", nil)
	var data struct{ Board kanban }
	if err := json.Unmarshal(r.Data, &data); err != nil {
		t.Fatal(err)
	}
	for i, column := range data.Board.Columns {
		if column.Position != i || len(column.Cards) != min(column.TotalCount, 100) {
			t.Errorf("%s: %+v", asked, column)
		}
	}
	return data.Board
}

// String is the columns that have cards, such as "NEW: a b | CLOSED: c", by their names in a pipeline.
func (b kanban) String() string {
	var out []string
	for _, column := range b.Columns {
		var names []string
		for _, card := range column.Cards {
			names = append(names, card.Name)
		}
		if len(names) > 0 {
			out = append(out, column.Name+": "+strings.Join(names, " "))
		}
	}
	return strings.Join(out, " | ")
}

// orders are the orders of all cards.
func (b kanban) orders() (out []string) {
	for _, column := range b.Columns {
		for _, card := range column.Cards {
			out = append(out, card.Name+" "+card.KanbanOrder)
		}
	}
	return out
}

func kanbanOf(kind string) string { return lower(kind) + "Kanban" }

// cards makes records of the kind with these names, one after the other.
func cards(t *testing.T, c *apitest.Client, kind string, said apitest.Input, names ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, name := range names {
		input := apitest.Input{nameOf(kind): name}
		maps.Copy(input, said)
		out[name] = c.Create(t, kind, input)
	}
	return out
}

func TestBoardsShowTheStatuses(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for kind, want := range map[string]string{
		"Lead":        "ASSIGNED OPEN, IN_PROCESS OPEN, CONVERTED WON, RECYCLED OPEN, CLOSED LOST",
		"Opportunity": "PROSPECTING OPEN, QUALIFICATION OPEN, PROPOSAL OPEN, NEGOTIATION OPEN, CLOSED_WON WON, CLOSED_LOST LOST",
		"Case":        "NEW OPEN, ASSIGNED OPEN, PENDING OPEN, CLOSED CLOSED, REJECTED REJECTED",
		"Task":        "NEW OPEN, IN_PROGRESS IN_PROGRESS, COMPLETED COMPLETED",
	} {
		var got []string
		for _, column := range shownOn(t, admin, kanbanOf(kind)).Columns {
			got = append(got, column.ColumnID+" "+column.StageType)
			if column.Name == "" || len(column.Color) != 7 || column.TotalCount != 0 {
				t.Errorf("%s: %+v", kind, column)
			}
		}
		if text := strings.Join(got, ", "); text != want {
			t.Errorf("%s: %s", kind, text)
		}
	}
	for _, b := range boarded {
		t.Run(b.kind+": the newest come first until somebody moves them", func(t *testing.T) {
			made := cards(t, admin, b.kind, nil, "a", "b", "c")
			column := shownOn(t, admin, kanbanOf(b.kind)).Columns[0]
			if column.ColumnID != b.status || column.Cards[0].Name != "c" || column.Cards[2].Name != "a" || column.Cards[0].KanbanOrder != "0.000000" {
				t.Errorf("got %+v", column)
			}
			admin.Update(t, b.kind, made["b"], apitest.Input{b.field: b.next})
			got := shownOn(t, admin, kanbanOf(b.kind)+`(filter: {createdAt: {from: "2001-01-01"}})`)
			if got.Columns[0].TotalCount != 2 || got.Columns[1].TotalCount != 1 {
				t.Errorf("moved by an update: %s", got)
			}
			if none := shownOn(t, admin, kanbanOf(b.kind)+`(filter: {createdAt: {to: "2001-01-01"}})`); none.String() != "" {
				t.Errorf("what the filter leaves out: %s", none)
			}
			if r := admin.Send(t, "{ "+kanbanOf(b.kind)+" { columns { cards(first: 101) { id } } } }", nil); r.Refusal() != "INVALID first" {
				t.Errorf("more than 100: %s", r.Body)
			}
			r := admin.Do(t, "{ "+kanbanOf(b.kind)+" { columns { totalCount cards(first: 1) { id } } } }", nil)
			if r.Get(t, kanbanOf(b.kind)+".columns.0.totalCount") != 2.0 || len(r.Get(t, kanbanOf(b.kind)+".columns.0.cards").([]any)) != 1 {
				t.Errorf("one card of two: %s", r.Body)
			}
		})
	}
	t.Run("duplicates are shown when they are asked for", func(t *testing.T) {
		cards(t, admin, "Case", apitest.Input{"status": "DUPLICATE"}, "twin")
		if got := shownOn(t, admin, "caseKanban").String(); strings.Contains(got, "twin") {
			t.Errorf("not asked for: %s", got)
		}
		if got := shownOn(t, admin, "caseKanban(filter: {statuses: [DUPLICATE]})").String(); got != "Duplicate: twin" {
			t.Errorf("asked for: %s", got)
		}
	})
}

func TestBoardsShowWhatIsInSight(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, b := range boarded {
		cards(t, env.Acme.Admin, b.kind, nil, "hidden")
		cards(t, env.Acme.Admin, b.kind, apitest.Input{"assignedToIds": []any{env.Acme.Member.ProfileID.String(), env.Acme.Second.ProfileID.String()}}, "assigned")
		cards(t, env.Acme.Member, b.kind, nil, "own")
		for who, want := range map[*apitest.Client]string{env.Acme.Admin: "own assigned hidden", env.Acme.Member: "own assigned", env.Acme.Second: "assigned", env.Globex.Admin: ""} {
			_, got, _ := strings.Cut(shownOn(t, who, kanbanOf(b.kind)).String(), ": ")
			if got != want {
				t.Errorf("%s sees %s on the board of %s", who.Email, got, b.kind)
			}
		}
	}
}

// moves moves a card and gives what came back.
func moves(t *testing.T, c *apitest.Client, kind, id string, said apitest.Input) *apitest.Response {
	t.Helper()
	input := apitest.Input{"id": id}
	maps.Copy(input, said)
	return c.Try(t, "move", kind, input)
}

func TestCardsAreMoved(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, b := range boarded {
		t.Run(b.kind, func(t *testing.T) {
			made := cards(t, admin, b.kind, nil, "a", "b", "c", "d")
			var want []string
			for _, step := range []struct {
				card, column, above, below string
				order                      any
				want, at                   string
			}{
				{"a", b.next, "", "", nil, "d c b | a", "1000.000000"},      // an empty column
				{"b", b.next, "", "", nil, "d c | a b", "2000.000000"},      // the last
				{"c", b.next, "a", "b", nil, "d | a c b", "1500.000000"},    // the mean of two
				{"d", b.next, "", "a", nil, " | d a c b", "0.000000"},       // above the first
				{"b", b.next, "a", "", nil, " | d a b c", "1250.000000"},    // below one, with another next to it
				{"d", b.next, "c", "", nil, " | a b c d", "2500.000000"},    // below the last
				{"d", b.next, "", "b", nil, " | a d b c", "1125.000000"},    // above one, with another next to it
				{"a", b.next, "", "", 9000.5, " | d b c a", "9000.500000"},  // an order of its own
				{"c", b.next, "b", "a", nil, " | d b c a", "5125.250000"},   // where it is
				{"c", b.next, "", "", "-5", " | c d b a", "-5.000000"},      // before all
				{"b", b.next, "a", "", nil, " | c d a b", "10000.500000"},   // farther than a step
				{"d", b.status, "", "", nil, "d | c a b", "1000.000000"},    // back
				{"a", b.status, "", "d", nil, "a d | c b", "0.000000"},      // and above
				{"c", b.status, "a", "d", nil, "a c d | b", "500.000000"},   // between
				{"b", b.next, "", "", "0.000001", "a c d | b", "0.000001"},  // the least step
				{"b", b.next, "", "", "12.5e1", "a c d | b", "125.000000"},  // in another spelling
				{"b", b.status, "d", "", 7, "a b c d | ", "7.000000"},       // an order before neighbours
				{"d", b.status, "", "a", nil, "d a b c | ", "-1000.000000"}, // below nothing
				{"c", b.status, "d", "a", nil, "d c a b | ", "-500.000000"}, // below zero
				{"b", b.status, "d", "a", nil, "d b c a | ", "-750.000000"}, // another one has come between
				{"a", b.status, "", "", nil, "d b c a | ", "500.000000"},    // the last, after the last other one
			} {
				input := apitest.Input{b.field: step.column}
				if step.above != "" {
					input["aboveId"] = made[step.above]
				}
				if step.below != "" {
					input["belowId"] = made[step.below]
				}
				if step.order != nil {
					input["order"] = fmt.Sprint(step.order)
				}
				r := moves(t, admin, b.kind, made[step.card], input)
				got := shownOn(t, admin, kanbanOf(b.kind))
				_, left, _ := strings.Cut(kanban{Columns: got.Columns[:1]}.String(), ": ")
				_, right, _ := strings.Cut(kanban{Columns: got.Columns[1:2]}.String(), ": ")
				if text := left + " | " + right; r.Code() != "" || text != step.want {
					t.Fatalf("%+v: %s: %s", step, text, r.Body)
				}
				if !slices.Contains(got.orders(), step.card+" "+step.at) {
					t.Fatalf("%+v: %v", step, got.orders())
				}
				want = got.orders()
			}
			other := cards(t, admin, b.kind, apitest.Input{b.field: b.next}, "elsewhere")["elsewhere"]
			foreign := cards(t, env.Globex.Admin, b.kind, nil, "foreign")["foreign"]
			for fact, row := range map[string]struct {
				said apitest.Input
				want string
			}{
				"below a card of another column":  {apitest.Input{b.field: b.status, "aboveId": other}, "INVALID aboveId"},
				"above one of an organization":    {apitest.Input{b.field: b.status, "belowId": foreign}, "INVALID belowId"},
				"below itself":                    {apitest.Input{b.field: b.status, "aboveId": made["a"]}, "INVALID aboveId"},
				"between two in the wrong order":  {apitest.Input{b.field: b.status, "aboveId": made["c"], "belowId": made["d"]}, "INVALID belowId"},
				"between a card and itself":       {apitest.Input{b.field: b.status, "aboveId": made["c"], "belowId": made["c"]}, "INVALID belowId"},
				"to an order that is too large":   {apitest.Input{b.field: b.status, "order": "1000000000"}, "INVALID order"},
				"to one that is too exact":        {apitest.Input{b.field: b.status, "order": "0.0000001"}, "INVALID order"},
				"to an order that is no number":   {apitest.Input{b.field: b.status, "order": "NaN"}, "INVALID order"},
				"with a version that has gone by": {apitest.Input{b.field: b.status, "version": 1}, "STALE_VERSION"},
			} {
				if r := moves(t, admin, b.kind, made["a"], row.said); r.Refusal() != row.want {
					t.Errorf("%s: %s", fact, r.Body)
				}
			}
			if r := moves(t, env.Acme.Member, b.kind, made["a"], apitest.Input{b.field: b.status}); r.Refusal() != "NOT_FOUND" {
				t.Errorf("by who does not see it: %s", r.Body)
			}
			admin.TryDelete(t, b.kind, other)
			if got := shownOn(t, admin, kanbanOf(b.kind)).orders(); !slices.Equal(got, want) {
				t.Errorf("what was refused has moved %v, was %v", got, want)
			}
		})
	}
}

func TestWhoMayChangeACardMayMoveIt(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, b := range boarded {
		hidden := cards(t, env.Acme.Admin, b.kind, nil, "hidden")["hidden"]
		assigned := cards(t, env.Acme.Admin, b.kind, apitest.Input{"assignedToIds": []any{env.Acme.Member.ProfileID.String()}}, "assigned")["assigned"]
		if r := moves(t, env.Acme.Member, b.kind, assigned, apitest.Input{b.field: b.status, "aboveId": hidden}); r.Refusal() != "INVALID aboveId" {
			t.Errorf("%s: below one that is not in sight: %s", b.kind, r.Body)
		}
		if r := moves(t, env.Acme.Member, b.kind, assigned, apitest.Input{b.field: b.status}); r.Code() != "" {
			t.Errorf("%s: an assignee: %s", b.kind, r.Body)
		}
		resource := map[string]string{"Lead": "leads", "Opportunity": "opportunities", "Case": "cases", "Task": "tasks"}[b.kind]
		reader := env.Limited(t, env.Acme, env.Acme.Admin, resource+":read")
		if r := moves(t, reader, b.kind, assigned, apitest.Input{b.field: b.status}); r.Refusal() != "FORBIDDEN" {
			t.Errorf("%s: a token that may only read: %s", b.kind, r.Body)
		}
		writer := env.Limited(t, env.Acme, env.Acme.Admin, resource+":write")
		if r := writer.Send(t, "{ "+kanbanOf(b.kind)+" { columns { totalCount } } }", nil); r.Refusal() != "FORBIDDEN" {
			t.Errorf("%s: a token that may only write: %s", b.kind, r.Body)
		}
	}
}

func TestAMoveIsToldAsAChange(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, b := range boarded {
		made := cards(t, admin, b.kind, nil, "a", "b")
		moves(t, admin, b.kind, made["a"], apitest.Input{b.field: b.next})
		moves(t, admin, b.kind, made["a"], apitest.Input{b.field: b.next, "order": "5"})
		moves(t, admin, b.kind, made["a"], apitest.Input{b.field: b.next, "order": "5"})
		got := admin.Read(t, b.kind, made["a"], "version activities { nodes { action changes { field } } }")
		var found struct {
			Version    int
			Activities struct {
				Nodes []struct {
					Action  string
					Changes []struct{ Field string }
				}
			}
		}
		if err := json.Unmarshal([]byte(got), &found); err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, a := range found.Activities.Nodes {
			text += a.Action
			for _, change := range a.Changes {
				if change.Field == b.field || change.Field == "kanbanOrder" {
					text += " " + change.Field
				}
			}
			text += ", "
		}
		if found.Version != 3 || !strings.HasPrefix(text, "UPDATE kanbanOrder, STATUS_CHANGED") || !strings.Contains(text, " "+b.field) {
			t.Errorf("%s: %s: %s", b.kind, text, got)
		}
	}
}

func TestCardsMoveApartWhenThereIsNoRoom(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	name := func(b kanban) string { return b.String() }
	t.Run("between equals", func(t *testing.T) {
		made := cards(t, admin, "Lead", nil, "a", "b", "c", "d", "e")
		before := admin.Read(t, "Lead", made["c"], "version updatedAt")
		if r := moves(t, admin, "Lead", made["a"], apitest.Input{"status": "ASSIGNED", "aboveId": made["d"], "belowId": made["c"]}); r.Code() != "" {
			t.Fatal(r.Body)
		}
		if got := name(shownOn(t, admin, "leadKanban")); got != "Assigned: e d a c b" {
			t.Errorf("got %s", got)
		}
		if after := admin.Read(t, "Lead", made["c"], "version updatedAt"); after != before {
			t.Errorf("that others moved is no change: %s, was %s", after, before)
		}
	})
	t.Run("after so many halvings", func(t *testing.T) {
		made := cards(t, admin, "Task", nil, "low", "high", "x", "y")
		for _, card := range []string{"high", "low"} {
			moves(t, admin, "Task", made[card], apitest.Input{"status": "IN_PROGRESS"})
		}
		for i := range 70 {
			card, other := "x", "y"
			if i%2 == 1 {
				card, other = other, card
			}
			input := apitest.Input{"status": "IN_PROGRESS", "aboveId": made["high"]}
			if i > 0 {
				input["belowId"] = made[other]
			}
			if r := moves(t, admin, "Task", made[card], input); r.Code() != "" {
				t.Fatal(i, r.Body)
			}
			want := "high " + card + " " + other + " low"
			if i == 0 {
				want = "high x low"
			}
			column := shownOn(t, admin, "taskKanban").Columns[1]
			var names, orders []string
			for _, c := range column.Cards {
				names, orders = append(names, c.Name), append(orders, c.KanbanOrder)
			}
			distinct := slices.Compact(slices.Clone(orders))
			if strings.Join(names, " ") != want || len(distinct) != len(orders) {
				t.Fatalf("after %d moves: %v %v", i+1, names, orders)
			}
		}
	})
	t.Run("at either end of the numbers", func(t *testing.T) {
		made := cards(t, admin, "Case", nil, "a", "b", "c")
		for _, step := range []struct {
			card, order, want string
		}{
			{"a", "999999999.999999", "New: c b a"},
			{"b", "", "New: c a b"}, // behind the last number
			{"a", "-999999999.999999", "New: a c b"},
		} {
			input := apitest.Input{"status": "NEW"}
			if step.order != "" {
				input["order"] = step.order
			}
			r := moves(t, admin, "Case", made[step.card], input)
			if got := name(shownOn(t, admin, "caseKanban")); r.Code() != "" || got != step.want {
				t.Errorf("%+v: %s: %s", step, got, r.Body)
			}
		}
		if r := moves(t, admin, "Case", made["c"], apitest.Input{"status": "NEW", "belowId": made["a"]}); r.Code() != "" || name(shownOn(t, admin, "caseKanban")) != "New: c a b" {
			t.Errorf("before the first number: %s: %s", shownOn(t, admin, "caseKanban"), r.Body)
		}
		for card, order := range map[string]string{"a": "-999999999.999998", "c": "-999999999.999999"} {
			moves(t, admin, "Case", made[card], apitest.Input{"status": "NEW", "order": order})
		}
		if r := moves(t, admin, "Case", made["b"], apitest.Input{"status": "NEW", "aboveId": made["c"]}); r.Code() != "" || name(shownOn(t, admin, "caseKanban")) != "New: c b a" {
			t.Errorf("where there is no room above: %s: %s", shownOn(t, admin, "caseKanban"), r.Body)
		}
	})
}

func TestTwoComeBetweenTheSameCardsAtOnce(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, b := range boarded {
		made := cards(t, admin, b.kind, apitest.Input{b.field: b.next}, "last", "first")
		moves(t, admin, b.kind, made["first"], apitest.Input{b.field: b.next})
		moves(t, admin, b.kind, made["last"], apitest.Input{b.field: b.next})
		for round := range 5 {
			var all []func() *apitest.Response
			for _, id := range cards(t, admin, b.kind, nil, fmt.Sprint("x", round), fmt.Sprint("y", round), fmt.Sprint("z", round)) {
				all = append(all, func() *apitest.Response {
					return moves(t, admin, b.kind, id, apitest.Input{b.field: b.next, "aboveId": made["first"], "belowId": made["last"]})
				})
			}
			if got := race(all...); strings.Join(got, "") != "" {
				t.Fatalf("%s: %v", b.kind, got)
			}
		}
		column := shownOn(t, admin, kanbanOf(b.kind)).Columns[1]
		orders := map[string]bool{}
		for _, card := range column.Cards {
			orders[card.KanbanOrder] = true
		}
		if n := len(column.Cards); n != 17 || len(orders) != n || column.Cards[0].Name != "first" || column.Cards[n-1].Name != "last" {
			t.Errorf("%s: %+v", b.kind, column.Cards)
		}
	}
}
