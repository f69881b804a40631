package resolver_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestBoardContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Board", List: "boards",
		Fields:  `name description isArchived owner { user { name } }`,
		Full:    apitest.Input{"name": "Launch", "description": "By May."},
		Want:    `{"name":"Launch","description":"By May.","isArchived":false,"owner":{"user":{"name":"admin"}}}`,
		Clear:   apitest.Input{"description": nil},
		Cleared: `{"name":"Launch","description":null,"isArchived":false,"owner":{"user":{"name":"admin"}}}`,
		Row:     func(n int) apitest.Input { return apitest.Input{"name": fmt.Sprintf("row%02d", n%9)} },
		Orders:  map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "NAME": {Value: "name"}},
	})
}

func TestBoardTaskContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	b := newBoard(t, admin)
	account, contact, deal := admin.Create(t, "Account", apitest.Input{"name": "Dunder"}), admin.Create(t, "Contact", apitest.Input{"firstName": "Ann"}),
		admin.Create(t, "Opportunity", apitest.Input{"name": "Paper"})
	apitest.Contract(t, env, apitest.Entity{
		Kind: "BoardTask", List: "boardTasks",
		Fields: `title description priority dueDate isOverdue isCompleted position column { name } board { id } account { name } contact { firstName }
			opportunity { name } assignedTo { user { name } }`,
		Full: apitest.Input{
			"columnId": b.columns[1], "title": "Call", "description": "At noon.", "priority": "URGENT", "dueDate": "2001-01-31T12:00:00Z",
			"accountId": account, "contactId": contact, "opportunityId": deal, "assignedToIds": []any{admin.ProfileID.String()},
		},
		Want: `{"title":"Call","description":"At noon.","priority":"URGENT","dueDate":"2001-01-31T12:00:00Z","isOverdue":true,"isCompleted":false,"position":0,` +
			`"column":{"name":"In Progress"},"board":{"id":"` + b.id + `"},"account":{"name":"Dunder"},"contact":{"firstName":"Ann"},` +
			`"opportunity":{"name":"Paper"},"assignedTo":[{"user":{"name":"admin"}}]}`,
		Clear: apitest.Input{"description": nil, "dueDate": nil, "accountId": nil, "contactId": nil, "opportunityId": nil, "assignedToIds": []any{}},
		Cleared: `{"title":"Call","description":null,"priority":"URGENT","dueDate":null,"isOverdue":false,"isCompleted":false,"position":0,` +
			`"column":{"name":"In Progress"},"board":{"id":"` + b.id + `"},"account":null,"contact":null,"opportunity":null,"assignedTo":[]}`,
		Row: func(n int) apitest.Input {
			row := apitest.Input{"columnId": b.columns[n%3], "title": fmt.Sprintf("row%02d", n)}
			if n%3 > 0 {
				row["dueDate"] = fmt.Sprintf("2030-01-%02dT00:00:00Z", n%7+1)
			}
			return row
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "DUE_DATE": {Value: "dueDate", Nullable: true}},
	})
}

// board is one with what a new board has.
type board struct {
	id      string
	columns []string
	owner   *apitest.Client
}

func newBoard(t *testing.T, owner *apitest.Client) board {
	t.Helper()
	b := board{id: owner.Create(t, "Board", nil), owner: owner}
	for column := range strings.FieldsSeq(b.order(t)) {
		b.columns = append(b.columns, b.column(t, column))
	}
	return b
}

// order are the names of the columns from left to right, a dash for each blank; their positions must have no gaps.
func (b board) order(t *testing.T) string {
	t.Helper()
	return inOrder(t, b.owner.Do(t, `query($id: ID!) { found: board(id: $id) { columns(first: 100) { nodes { text: name position } } } }`, map[string]any{"id": b.id}), "columns")
}

func (b board) column(t *testing.T, name string) string {
	t.Helper()
	r := b.owner.Do(t, `query($id: ID!) { board(id: $id) { columns { nodes { id name } } } }`, map[string]any{"id": b.id})
	for i := 0; ; i++ {
		at := fmt.Sprintf("board.columns.nodes.%d.", i)
		if found := r.Text(t, at+"name"); strings.ReplaceAll(found, " ", "-") == name {
			return r.Text(t, at+"id")
		} else if found == "" {
			t.Fatalf("no column %s: %s", name, r.Body)
		}
	}
}

// cards are the titles of a column's cards from top to bottom; their positions must have no gaps.
func (b board) cards(t *testing.T, column string) string {
	t.Helper()
	return inOrder(t, b.owner.Do(t, `query($id: ID!) { found: boardColumn(id: $id) { tasks(first: 100) { nodes { text: title position } } } }`, map[string]any{"id": column}), "tasks")
}

func inOrder(t *testing.T, r *apitest.Response, list string) string {
	t.Helper()
	var names []string
	for i := 0; ; i++ {
		at := fmt.Sprintf("found.%s.nodes.%d.", list, i)
		text := r.Text(t, at+"text")
		if text == "" {
			return strings.Join(names, " ")
		}
		if n := r.Get(t, at+"position"); n != float64(i) {
			t.Errorf("%s has the position %v: %s", text, n, r.Body)
		}
		names = append(names, strings.ReplaceAll(text, " ", "-"))
	}
}

// member adds a client to the board.
func (b board) member(t *testing.T, c *apitest.Client, role string) string {
	t.Helper()
	return b.owner.Create(t, "BoardMember", apitest.Input{"boardId": b.id, "profileId": c.ProfileID.String(), "role": role})
}

func (b board) card(t *testing.T, column, title string) string {
	t.Helper()
	return b.owner.Create(t, "BoardTask", apitest.Input{"columnId": column, "title": title})
}

func TestANewBoardHasItsOwnerAndThreeColumns(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	member := env.Acme.Member
	id := member.Create(t, "Board", nil)
	const want = `{"members":{"totalCount":1,"nodes":[{"role":"OWNER","profile":{"user":{"name":"member"}}}]},"columns":{"totalCount":3,"nodes":[` +
		`{"name":"To Do","color":"#EF4444","position":0,"wipLimit":null},{"name":"In Progress","color":"#F59E0B","position":1,"wipLimit":null},` +
		`{"name":"Done","color":"#10B981","position":2,"wipLimit":null}]}}`
	if got := member.Read(t, "Board", id, "members { totalCount nodes { role profile { user { name } } } } columns { totalCount nodes { name color position wipLimit } }"); got != want {
		t.Errorf("got %s", got)
	}
}

func TestBoardPermissions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	owner, admin, member := env.Acme.Member, env.Acme.Second, env.User(t, env.Acme, "worker")
	for _, row := range []struct {
		who                    string
		caller                 *apitest.Client
		sees                   bool
		cards, arrange, delete string
	}{
		{"anonymous", env.Anonymous(), false, "UNAUTHENTICATED", "UNAUTHENTICATED", "UNAUTHENTICATED"},
		{"the admin of another organization", env.Globex.Admin, false, "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"},
		{"an admin of the organization", env.Acme.Admin, false, "NOT_FOUND", "NOT_FOUND", "NOT_FOUND"},
		{"a member", member, true, "", "FORBIDDEN", "FORBIDDEN"},
		{"an admin of the board", admin, true, "", "", "FORBIDDEN"},
		{"the owner", owner, true, "", "", ""},
	} {
		b := newBoard(t, owner)
		membership := b.member(t, member, "MEMBER")
		b.member(t, admin, "ADMIN")
		card, c := b.card(t, b.columns[0], "x"), row.caller
		create := func(kind string, input apitest.Input) *apitest.Response { // what is not seen is an id of nothing
			r := c.Try(t, "create", kind, input)
			if strings.HasPrefix(r.Refusal(), "INVALID") && strings.Contains(r.Body, "not found") {
				r.Errors[0].Extensions.Code, r.Errors[0].Extensions.Field = "NOT_FOUND", ""
			}
			return r
		}
		newcomer := env.Acme.Admin.ProfileID.String()
		if c == env.Globex.Admin {
			newcomer = c.ProfileID.String()
		}
		for fact, answer := range map[string]struct {
			r    *apitest.Response
			want string
		}{
			"creates a card":   {create("BoardTask", apitest.Input{"columnId": b.columns[0], "title": "y"}), row.cards},
			"changes a card":   {c.TryUpdate(t, "BoardTask", card, apitest.Input{"title": "z"}), row.cards},
			"moves a card":     {c.Try(t, "move", "BoardTask", apitest.Input{"id": card, "columnId": b.columns[1]}), row.cards},
			"renames":          {c.TryUpdate(t, "Board", b.id, apitest.Input{"name": "z"}), row.arrange},
			"archives":         {c.TryUpdate(t, "Board", b.id, apitest.Input{"isArchived": true}), row.arrange},
			"adds a column":    {create("BoardColumn", apitest.Input{"boardId": b.id, "name": "More"}), row.arrange},
			"changes a column": {c.TryUpdate(t, "BoardColumn", b.columns[2], apitest.Input{"wipLimit": 5}), row.arrange},
			"moves a column":   {c.Try(t, "move", "BoardColumn", apitest.Input{"id": b.columns[2], "position": 0}), row.arrange},
			"deletes a column": {c.TryDelete(t, "BoardColumn", b.columns[2]), row.arrange},
			"adds a member":    {create("BoardMember", apitest.Input{"boardId": b.id, "profileId": newcomer}), row.arrange},
			"changes a member": {c.TryUpdate(t, "BoardMember", membership, apitest.Input{"role": "MEMBER"}), row.arrange},
		} {
			if got := answer.r.Refusal(); got != answer.want {
				t.Errorf("%s %s: %q, want %q: %s", row.who, fact, got, answer.want, answer.r.Body)
			}
		}
		if row.cards != "UNAUTHENTICATED" {
			for kind, id := range map[string]string{"Board": b.id, "BoardColumn": b.columns[0], "BoardTask": card, "BoardMember": membership} {
				r := c.Do(t, "query($id: ID!) { node(id: $id) { id } found: "+strings.ToLower(kind[:1])+kind[1:]+"(id: $id) { id } }", map[string]any{"id": id})
				if seen := strings.Count(r.Body, id) == 2; seen != row.sees || !seen && strings.Contains(r.Body, id) {
					t.Errorf("%s sees a %s: %s", row.who, kind, r.Body)
				}
			}
			if listed := slices.Contains(c.List(t, "boards(first: 100)", "id"), b.id); listed != row.sees {
				t.Errorf("%s lists the board: %v", row.who, listed)
			}
			if listed := slices.Contains(c.List(t, "boardTasks(first: 100)", "id"), card); listed != row.sees {
				t.Errorf("%s lists its card: %v", row.who, listed)
			}
		}
		for _, kind := range []struct{ kind, id, want string }{{"BoardTask", card, row.cards}, {"BoardMember", membership, row.arrange}, {"Board", b.id, row.delete}} {
			if got := c.TryDelete(t, kind.kind, kind.id).Refusal(); got != kind.want {
				t.Errorf("%s deletes a %s: %q, want %q", row.who, kind.kind, got, kind.want)
			}
		}
	}
}

func TestCardsStandInOrder(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	b := newBoard(t, env.Acme.Admin)
	cards := map[string]string{}
	for title := range strings.FieldsSeq("a b c d") {
		cards[title] = b.card(t, b.columns[0], title)
	}
	cards["e"] = b.owner.Create(t, "BoardTask", apitest.Input{"columnId": b.columns[0], "title": "e", "position": 1})
	for _, step := range []struct {
		what, card string
		to         int
		position   any
		left, next string
	}{
		{"what was created in between", "", 0, nil, "a e b c d", ""},
		{"down", "a", 0, 2, "e b a c d", ""},
		{"up", "d", 0, 1, "e d b a c", ""},
		{"to its own place", "d", 0, 1, "e d b a c", ""},
		{"to the end", "e", 0, nil, "d b a c e", ""},
		{"behind the end", "b", 0, 99, "d a c e b", ""},
		{"to the start", "b", 0, 0, "b d a c e", ""},
		{"into another column", "d", 1, nil, "b a c e", "d"},
		{"before another card", "c", 1, 0, "b a e", "c d"},
		{"between two", "b", 1, 1, "a e", "c b d"},
		{"and back", "b", 0, 1, "a b e", "c d"},
	} {
		if step.card != "" {
			input := apitest.Input{"id": cards[step.card], "columnId": b.columns[step.to]}
			if step.position != nil {
				input["position"] = step.position
			}
			if r := b.owner.Try(t, "move", "BoardTask", input); r.Code() != "" {
				t.Errorf("%s: %s", step.what, r.Body)
			}
		}
		if left, next := b.cards(t, b.columns[0]), b.cards(t, b.columns[1]); left != step.left || next != step.next {
			t.Errorf("%s: %q and %q, want %q and %q", step.what, left, next, step.left, step.next)
		}
	}
	b.owner.TryDelete(t, "BoardTask", cards["b"])
	if got := b.cards(t, b.columns[0]); got != "a e" {
		t.Errorf("after a deletion: %q", got)
	}
	other := newBoard(t, b.owner)
	if got := b.owner.Try(t, "move", "BoardTask", apitest.Input{"id": cards["a"], "columnId": other.columns[0]}).Refusal(); got != "INVALID columnId" {
		t.Errorf("to another board: %q", got)
	}
	if got := b.owner.Try(t, "move", "BoardTask", apitest.Input{"id": cards["a"], "columnId": b.columns[1], "version": 1}).Refusal(); got != "STALE_VERSION" {
		t.Errorf("with an old version: %q", got)
	}
	if got := b.owner.Try(t, "move", "BoardTask", apitest.Input{"id": cards["a"], "columnId": b.columns[1], "position": -1}).Refusal(); got != "INVALID position" {
		t.Errorf("before the start: %q", got)
	}
}

func TestMovesAtTheSameTimeLeaveNoGaps(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	b := newBoard(t, env.Acme.Admin)
	var cards []string
	for i := range 8 {
		cards = append(cards, b.card(t, b.columns[i%2], fmt.Sprint("c", i)))
	}
	var group sync.WaitGroup
	for i, card := range cards {
		group.Go(func() {
			for round := range 4 {
				r := b.owner.Try(t, "move", "BoardTask", apitest.Input{"id": card, "columnId": b.columns[(i+round)%3], "position": (i * round) % 4})
				if r.Code() != "" {
					t.Errorf("%s", r.Body)
				}
			}
		})
	}
	group.Wait()
	all := ""
	for _, column := range b.columns {
		all += b.cards(t, column) + " " // checks the positions
	}
	if n := len(strings.Fields(all)); n != len(cards) {
		t.Errorf("%d cards: %s", n, all)
	}
}

func TestColumnsStandInOrder(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	b := newBoard(t, env.Acme.Admin)
	b.owner.Create(t, "BoardColumn", apitest.Input{"boardId": b.id, "name": "Later"})
	for _, step := range []struct {
		column   string
		position int
		want     string
	}{
		{"Later", 0, "Later To-Do In-Progress Done"},
		{"Later", 2, "To-Do In-Progress Later Done"},
		{"Done", 1, "To-Do Done In-Progress Later"},
		{"To-Do", 9, "Done In-Progress Later To-Do"},
		{"To-Do", 3, "Done In-Progress Later To-Do"},
	} {
		r := b.owner.Try(t, "move", "BoardColumn", apitest.Input{"id": b.column(t, step.column), "position": step.position})
		if got := b.order(t); r.Code() != "" || got != step.want {
			t.Errorf("%s to %d: %q, want %q: %s", step.column, step.position, got, step.want, r.Body)
		}
	}
	if got := b.owner.Try(t, "move", "BoardColumn", apitest.Input{"id": b.columns[0], "position": -1}).Refusal(); got != "INVALID position" {
		t.Errorf("before the start: %q", got)
	}
	t.Run("one with cards is not deleted", func(t *testing.T) {
		later := b.column(t, "Later")
		card := b.card(t, later, "x")
		if r := b.owner.TryDelete(t, "BoardColumn", later); r.Code() != "CONFLICT" {
			t.Errorf("got %s", r.Body)
		}
		b.owner.Try(t, "move", "BoardTask", apitest.Input{"id": card, "columnId": b.columns[0]})
		if r := b.owner.TryDelete(t, "BoardColumn", later); r.Code() != "" || b.order(t) != "Done In-Progress To-Do" {
			t.Errorf("an empty one: %s, then %s", r.Body, b.order(t))
		}
	})
	t.Run("names and colours", func(t *testing.T) {
		for want, input := range map[string]apitest.Input{
			"CONFLICT name":    {"name": " TO do"},
			"INVALID color":    {"color": "red"},
			"INVALID wipLimit": {"wipLimit": -1},
			"INVALID name":     {"name": " "},
			"":                 {"name": "Begun", "color": "#aAbBcC", "wipLimit": 0},
		} {
			if got := b.owner.TryUpdate(t, "BoardColumn", b.columns[1], input).Refusal(); got != want {
				t.Errorf("%v: %q, want %q", input, got, want)
			}
		}
		if got := b.owner.Try(t, "create", "BoardColumn", apitest.Input{"boardId": b.id, "name": "done"}).Refusal(); got != "CONFLICT name" {
			t.Errorf("a name twice: %q", got)
		}
	})
}

func TestTheLastColumnCompletes(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	b := newBoard(t, env.Acme.Admin)
	card := b.owner.Create(t, "BoardTask", apitest.Input{"columnId": b.columns[0], "dueDate": "2001-01-01T00:00:00Z"})
	at := func() (when string) {
		r := b.owner.Do(t, `query($id: ID!) { boardTask(id: $id) { completedAt isCompleted isOverdue } }`, map[string]any{"id": card})
		when = r.Text(t, "boardTask.completedAt")
		if done := when != ""; r.Get(t, "boardTask.isCompleted") != done || r.Get(t, "boardTask.isOverdue") == done {
			t.Errorf("%s", r.Body)
		}
		return when
	}
	move := func(column, position int) {
		t.Helper()
		if r := b.owner.Try(t, "move", "BoardTask", apitest.Input{"id": card, "columnId": b.columns[column], "position": position}); r.Code() != "" {
			t.Fatal(r.Body)
		}
	}
	if at() != "" {
		t.Error("new and completed")
	}
	move(1, 0)
	if at() != "" {
		t.Error("completed halfway")
	}
	b.card(t, b.columns[2], "other")
	move(2, 0)
	first := at()
	if when, err := time.Parse(time.RFC3339, first); err != nil || time.Since(when) > time.Hour {
		t.Errorf("completed at %q", first)
	}
	move(2, 1)
	b.owner.Update(t, "BoardTask", card, apitest.Input{"title": "again"})
	if at() != first {
		t.Errorf("completed already: %s, was %s", at(), first)
	}
	move(0, 0)
	if at() != "" {
		t.Error("taken up again and completed")
	}
	filters(t, b.owner, "boardTasks", "title", map[string]string{`{isCompleted: true}`: "other", `{isCompleted: false}`: "again"})
	t.Run("a board's only column does not", func(t *testing.T) {
		for _, column := range b.columns[1:] {
			b.owner.TryDelete(t, "BoardColumn", column)
		}
		only := newBoard(t, b.owner)
		for _, column := range only.columns[1:] {
			only.owner.TryDelete(t, "BoardColumn", column)
		}
		card = only.owner.Create(t, "BoardTask", apitest.Input{"columnId": only.columns[0], "dueDate": "2001-01-01T00:00:00Z"})
		if at() != "" {
			t.Error("completed by being there")
		}
	})
}

func TestAColumnTakesSoManyCards(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	b := newBoard(t, env.Acme.Admin)
	full, waiting := b.columns[1], b.card(t, b.columns[0], "waiting")
	first := b.card(t, full, "first")
	b.card(t, full, "second")
	b.owner.Update(t, "BoardColumn", full, apitest.Input{"wipLimit": 2})
	for fact, r := range map[string]*apitest.Response{
		"a new one": b.owner.Try(t, "create", "BoardTask", apitest.Input{"columnId": full, "title": "third"}),
		"a moved":   b.owner.Try(t, "move", "BoardTask", apitest.Input{"id": waiting, "columnId": full}),
	} {
		if r.Refusal() != "CONFLICT columnId" || !strings.Contains(r.Errors[0].Message, "at most 2 cards") {
			t.Errorf("%s: %s", fact, r.Body)
		}
	}
	t.Run("those that are there may move within", func(t *testing.T) {
		if r := b.owner.Try(t, "move", "BoardTask", apitest.Input{"id": first, "columnId": full, "position": 1}); r.Code() != "" || b.cards(t, full) != "second first" {
			t.Errorf("%s: %s", b.cards(t, full), r.Body)
		}
	})
	t.Run("those that are there may stay", func(t *testing.T) {
		b.owner.Update(t, "BoardColumn", full, apitest.Input{"wipLimit": 0})
		b.owner.Update(t, "BoardTask", first, apitest.Input{"title": "still"})
		if got := b.cards(t, full); got != "second still" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("two that come for the last place at once", func(t *testing.T) {
		for range 10 {
			race := newBoard(t, b.owner)
			race.card(t, race.columns[1], "there")
			race.owner.Update(t, "BoardColumn", race.columns[1], apitest.Input{"wipLimit": 2})
			cards := []string{race.card(t, race.columns[0], "a"), race.card(t, race.columns[2], "b")}
			answers := make([]*apitest.Response, len(cards))
			var group sync.WaitGroup
			for i, card := range cards {
				group.Go(func() {
					answers[i] = race.owner.Try(t, "move", "BoardTask", apitest.Input{"id": card, "columnId": race.columns[1]})
				})
			}
			group.Wait()
			got := []string{answers[0].Refusal(), answers[1].Refusal()}
			slices.Sort(got)
			if !slices.Equal(got, []string{"", "CONFLICT columnId"}) || !strings.Contains(answers[0].Body+answers[1].Body, "at most 2 cards") {
				t.Fatalf("%q: %s, %s", got, answers[0].Body, answers[1].Body)
			}
			if n := len(strings.Fields(race.cards(t, race.columns[1]))); n != 2 {
				t.Fatalf("%d cards", n)
			}
		}
	})
}

func TestCardsAreAssignedToMembersOfTheBoard(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	b := newBoard(t, env.Acme.Admin)
	worker := env.Acme.Member
	membership := b.member(t, worker, "MEMBER")
	card := b.card(t, b.columns[0], "x")
	for fact, row := range map[string]struct {
		profile *apitest.Client
		want    string
	}{
		"a member of the board":         {worker, ""},
		"one of the organization":       {env.Acme.Second, "INVALID assignedToIds"},
		"one of another's organization": {env.Globex.Member, "INVALID assignedToIds"},
	} {
		ids := []any{row.profile.ProfileID.String()}
		if got := b.owner.TryUpdate(t, "BoardTask", card, apitest.Input{"assignedToIds": ids}).Refusal(); got != row.want {
			t.Errorf("%s: %q", fact, got)
		}
		if got := b.owner.Try(t, "create", "BoardTask", apitest.Input{"columnId": b.columns[0], "title": "y", "assignedToIds": ids}).Refusal(); got != row.want {
			t.Errorf("%s on a new card: %q", fact, got)
		}
	}
	filters(t, b.owner, "boardTasks", "title", map[string]string{fmt.Sprintf("{assignedToIds: [%q]}", worker.ProfileID.String()): "x y", "{assignedToIds: []}": ""})
	if r := b.owner.TryDelete(t, "BoardMember", membership); r.Code() != "" {
		t.Fatal(r.Body)
	}
	if got := b.owner.Read(t, "BoardTask", card, "assignedTo { id }"); got != `{"assignedTo":[]}` {
		t.Errorf("who left the board: %s", got)
	}
	if got := worker.Read(t, "Board", b.id, "id"); got != "null" {
		t.Errorf("who left sees %s", got)
	}
}

func TestABoardHasOneOwner(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	b := newBoard(t, env.Acme.Admin)
	admin, leaver := env.Acme.Member, env.User(t, env.Acme, "leaver")
	second, suspended := b.member(t, admin, "ADMIN"), b.member(t, leaver, "MEMBER")
	env.Suspend(t, leaver)
	owner := b.owner.Do(t, `query($id: ID!) { board(id: $id) { members(last: 1) { nodes { id role } } } }`, map[string]any{"id": b.id}).Text(t, "board.members.nodes.0.id")
	for fact, row := range map[string]struct {
		r    *apitest.Response
		want string
	}{
		"the owner is not removed":          {admin.TryDelete(t, "BoardMember", owner), "CONFLICT"},
		"nor demoted":                       {admin.TryUpdate(t, "BoardMember", owner, apitest.Input{"role": "MEMBER"}), "CONFLICT"},
		"nor by themselves":                 {b.owner.TryUpdate(t, "BoardMember", owner, apitest.Input{"role": "ADMIN"}), "CONFLICT"},
		"an admin does not take over":       {admin.TryUpdate(t, "BoardMember", second, apitest.Input{"role": "OWNER"}), "FORBIDDEN"},
		"nobody comes as an owner":          {b.owner.Try(t, "create", "BoardMember", apitest.Input{"boardId": b.id, "profileId": env.Acme.Second.ProfileID.String(), "role": "OWNER"}), "INVALID role"},
		"nobody comes twice":                {b.owner.Try(t, "create", "BoardMember", apitest.Input{"boardId": b.id, "profileId": admin.ProfileID.String()}), "CONFLICT profileId"},
		"nobody comes from elsewhere":       {b.owner.Try(t, "create", "BoardMember", apitest.Input{"boardId": b.id, "profileId": env.Globex.Member.ProfileID.String()}), "INVALID profileId"},
		"a suspended one becomes no owner":  {b.owner.TryUpdate(t, "BoardMember", suspended, apitest.Input{"role": "OWNER"}), "INVALID role"},
		"nor is one added who is suspended": {newBoard(t, b.owner).owner.Try(t, "create", "BoardMember", apitest.Input{"boardId": newBoard(t, b.owner).id, "profileId": leaver.ProfileID.String()}), "INVALID profileId"},
	} {
		if got := row.r.Refusal(); got != row.want {
			t.Errorf("%s: %q, want %q: %s", fact, got, row.want, row.r.Body)
		}
	}
	b.owner.Update(t, "BoardMember", second, apitest.Input{"role": "OWNER"})
	const want = `{"owner":{"user":{"name":"member"}},"members":{"nodes":[{"role":"MEMBER"},{"role":"OWNER"},{"role":"ADMIN"}]}}`
	if got := admin.Read(t, "Board", b.id, "owner { user { name } } members { nodes { role } }"); got != want {
		t.Errorf("handed over: %s", got)
	}
	if got := b.owner.TryDelete(t, "Board", b.id).Refusal(); got != "FORBIDDEN" {
		t.Errorf("the owner before: %q", got)
	}
	if r := admin.TryDelete(t, "Board", b.id); r.Code() != "" {
		t.Errorf("the owner: %s", r.Body)
	}
}

func TestBoardFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	one, two := newBoard(t, admin), newBoard(t, env.Acme.Member)
	two.member(t, admin, "ADMIN")
	admin.Update(t, "Board", one.id, apitest.Input{"name": "One", "isArchived": true})
	admin.Update(t, "Board", two.id, apitest.Input{"name": "Two"})
	filters(t, admin, "boards", "name", map[string]string{
		`{isArchived: true}`: "One", `{isArchived: false}`: "Two", `{name: {startsWith: "o"}}`: "One",
		fmt.Sprintf(`{ownerIds: [%q]}`, env.Acme.Member.ProfileID.String()): "Two",
	})
	admin.Create(t, "BoardTask", apitest.Input{"columnId": one.columns[0], "title": "a", "priority": "HIGH", "dueDate": "2030-01-31T12:00:00Z"})
	admin.Create(t, "BoardTask", apitest.Input{"columnId": two.columns[1], "title": "b"})
	filters(t, admin, "boardTasks", "title", map[string]string{
		fmt.Sprintf(`{boardIds: [%q]}`, one.id):             "a",
		fmt.Sprintf(`{columnIds: [%q]}`, two.columns[1]):    "b",
		`{priorities: [HIGH]}`:                              "a",
		`{dueDate: {from: "2030-01-31", to: "2030-01-31"}}`: "a",
		`{boardIds: []}`:                                    "",
		fmt.Sprintf(`{boardIds: [%q, %q]}`, one.id, two.id): "a b",
	})
}

func TestBoardScopes(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	b := newBoard(t, env.Acme.Admin)
	card := b.card(t, b.columns[0], "x")
	for scope, want := range map[string]struct{ read, write string }{"boards:read": {"", "FORBIDDEN"}, "boards:write": {"FORBIDDEN", ""}, "tasks:read": {"FORBIDDEN", "FORBIDDEN"}} {
		c := env.Limited(t, env.Acme, b.owner, scope)
		for _, list := range []string{"boards", "boardTasks"} {
			if got := c.Send(t, "{ "+list+" { totalCount } }", nil).Refusal(); got != want.read {
				t.Errorf("%s of %s: %q", list, scope, got)
			}
		}
		r := c.Send(t, `mutation($card: ID!, $column: ID!) { moveBoardTask(input: {id: $card, columnId: $column}) { __typename } }`, map[string]any{"card": card, "column": b.columns[1]})
		if got := r.Refusal(); got != want.write {
			t.Errorf("a move with %s: %q", scope, got)
		}
	}
}
