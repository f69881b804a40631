package resolver_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// staged are the kinds of records with pipelines. Statuses are those of a new record, of the next stage and of the last.
var staged = []struct{ kind, first, second, last, stages string }{
	{"Lead", "ASSIGNED", "IN_PROCESS", "CLOSED", "New ASSIGNED OPEN, Contacted IN_PROCESS OPEN, Qualified IN_PROCESS OPEN, Proposal IN_PROCESS OPEN, Won CONVERTED WON, Lost CLOSED LOST"},
	{"Case", "NEW", "ASSIGNED", "REJECTED", "New NEW OPEN, Assigned ASSIGNED OPEN, In Progress ASSIGNED OPEN, Resolved CLOSED CLOSED, Rejected REJECTED REJECTED"},
	{"Task", "NEW", "IN_PROGRESS", "COMPLETED", "To Do NEW OPEN, In Progress IN_PROGRESS IN_PROGRESS, Review IN_PROGRESS IN_PROGRESS, Done COMPLETED COMPLETED"},
}

// pipeline is one with its stages.
type pipeline struct {
	c         *apitest.Client
	kind, id  string
	IsDefault bool
	IsActive  bool
	Version   int
	Stages    []stage
}

type stage struct {
	ID, Name, StageType, Color string
	MapsToStatus               *string
	Position                   int
}

func newPipeline(t *testing.T, c *apitest.Client, kind string, said apitest.Input) *pipeline {
	t.Helper()
	p := &pipeline{c: c, kind: kind, id: c.Create(t, kind+"Pipeline", said)}
	p.read(t)
	return p
}

func (p *pipeline) read(t *testing.T) {
	t.Helper()
	p.Stages = nil
	text := p.c.Read(t, p.kind+"Pipeline", p.id, "isDefault isActive version stages { id name stageType color mapsToStatus position }")
	if err := json.Unmarshal([]byte(text), p); err != nil {
		t.Fatal(err)
	}
	for i, s := range p.Stages {
		if s.Position != i {
			t.Errorf("the position of %s is %d, want %d", s.Name, s.Position, i)
		}
	}
}

func (p *pipeline) names() string {
	var out []string
	for _, s := range p.Stages {
		out = append(out, s.Name)
	}
	return strings.Join(out, ", ")
}

// stage is the id of a stage by its name.
func (p *pipeline) stage(t *testing.T, name string) string {
	t.Helper()
	for _, s := range p.Stages {
		if s.Name == name {
			return s.ID
		}
	}
	t.Fatalf("there is no stage %s", name)
	return ""
}

// cards is the pipeline's board.
func (p *pipeline) cards(t *testing.T) string {
	t.Helper()
	return shownOn(t, p.c, fmt.Sprintf("%s(pipelineId: %q)", kanbanOf(p.kind), p.id)).String()
}

// at is the stage and status of a record.
func (p *pipeline) at(t *testing.T, id string) string {
	t.Helper()
	var found struct {
		Stage  *struct{ Name string }
		Status string
	}
	if err := json.Unmarshal([]byte(p.c.Read(t, p.kind, id, "status stage { name }")), &found); err != nil {
		t.Fatal(err)
	}
	if found.Stage == nil {
		return "- " + found.Status
	}
	return found.Stage.Name + " " + found.Status
}

func TestPipelinesBeginWithStages(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, k := range staged {
		p := newPipeline(t, admin, k.kind, apitest.Input{"name": "Usual", "description": "x"})
		var got []string
		for _, s := range p.Stages {
			got = append(got, s.Name+" "+*s.MapsToStatus+" "+s.StageType)
			if len(s.Color) != 7 {
				t.Errorf("the colour of %s: %s", s.Name, s.Color)
			}
		}
		if text := strings.Join(got, ", "); text != k.stages || p.IsDefault || !p.IsActive {
			t.Errorf("%s: %s", k.kind, text)
		}
		bare := newPipeline(t, admin, k.kind, apitest.Input{"name": "Bare", "withDefaultStages": false})
		if len(bare.Stages) > 0 {
			t.Errorf("%s without stages has %s", k.kind, bare.names())
		}
		list := strings.ToLower(k.kind) + "Pipelines"
		admin.Update(t, k.kind+"Pipeline", bare.id, apitest.Input{"name": "Also bare", "description": nil, "isDefault": true})
		if got := admin.List(t, list, "name"); !slices.Equal(got, []string{"Also bare", "Usual"}) {
			t.Errorf("by name: %v", got)
		}
		if got := admin.List(t, list+"(orderBy: {field: CREATED_AT, direction: ASC})", "name"); !slices.Equal(got, []string{"Usual", "Also bare"}) {
			t.Errorf("by age: %v", got)
		}
		admin.Do(t, `mutation($id: ID!) { delete`+k.kind+`Pipeline(input: {id: $id}) { __typename } }`, apitest.Input{"id": p.id})
		filters(t, admin, list, "name", map[string]string{`{isDefault: true}`: "Also bare", `{isDefault: false}`: "Usual", `{isActive: true}`: "Also bare", `{isActive: false}`: "Usual"})
		if ids := env.Globex.Admin.List(t, list, "id"); len(ids) > 0 {
			t.Errorf("another organization lists %v", ids)
		}
	}
	r := admin.Do(t, `{ leadPipelines(filter: {isActive: false}) { nodes { stages { winProbability } } } }`, nil)
	if got := fmt.Sprint(r.Get(t, "leadPipelines.nodes.0.stages.2.winProbability"), r.Get(t, "leadPipelines.nodes.0.stages.4.winProbability")); got != "25 100" {
		t.Errorf("the chances are %s", got)
	}
}

func TestAdminsChangePipelinesAndMembersReadThem(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, k := range staged {
		p := newPipeline(t, env.Acme.Admin, k.kind, nil)
		for who, want := range map[*apitest.Client]string{env.Acme.Member: "FORBIDDEN", env.Globex.Admin: "NOT_FOUND"} {
			input := apitest.Input{"pipelineId": p.id, "name": "x"}
			refused := "FORBIDDEN"
			if who == env.Globex.Admin {
				refused = "INVALID pipelineId"
			}
			for what, r := range map[string]*apitest.Response{
				"update":       who.TryUpdate(t, k.kind+"Pipeline", p.id, apitest.Input{"name": "x"}),
				"delete":       who.Send(t, `mutation($id: ID!) { delete`+k.kind+`Pipeline(input: {id: $id}) { __typename } }`, apitest.Input{"id": p.id}),
				"reorder":      who.Try(t, "reorder", k.kind+"Pipeline", apitest.Input{"id": p.id, "stageIds": []string{}}),
				"update stage": who.TryUpdate(t, k.kind+"Stage", p.Stages[0].ID, apitest.Input{"name": "x"}),
				"delete stage": who.TryDelete(t, k.kind+"Stage", p.Stages[0].ID),
			} {
				if r.Refusal() != want {
					t.Errorf("%s: %s by %s: %s", k.kind, what, who.Email, r.Body)
				}
			}
			if r := who.Try(t, "create", k.kind+"Stage", input); r.Refusal() != refused {
				t.Errorf("%s: a stage by %s: %s", k.kind, who.Email, r.Body)
			}
		}
		if r := env.Acme.Member.Try(t, "create", k.kind+"Pipeline", apitest.Input{"name": "x"}); r.Refusal() != "FORBIDDEN" {
			t.Errorf("%s: a pipeline by a member: %s", k.kind, r.Body)
		}
		if got := env.Acme.Member.Read(t, k.kind+"Stage", p.Stages[0].ID, "pipeline { id }"); got != `{"pipeline":{"id":"`+p.id+`"}}` {
			t.Errorf("%s: a member reads %s", k.kind, got)
		}
		if got := env.Globex.Admin.Read(t, k.kind+"Stage", p.Stages[0].ID, "id"); got != "null" {
			t.Errorf("%s: another organization reads %s", k.kind, got)
		}
	}
	limited := env.Limited(t, env.Acme, env.Acme.Admin, "leads:read")
	for text, want := range map[string]string{`{ leadKanban { columns { totalCount } } }`: "", `{ leadKanban(mode: PIPELINE) { columns { totalCount } } }`: "FORBIDDEN",
		`{ leadPipelines { totalCount } }`: "FORBIDDEN"} {
		if r := limited.Send(t, text, nil); r.Refusal() != want {
			t.Errorf("a token for leads: %s", r.Body)
		}
	}
}

func TestAnOrganizationHasOneDefaultPipeline(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	for _, k := range staged {
		kind, list := k.kind+"Pipeline", strings.ToLower(k.kind)+"Pipelines(filter: {isDefault: true})"
		admin := env.Acme.Admin
		if got := shownOn(t, admin, kanbanOf(k.kind)+"(mode: PIPELINE)"); got.Pipeline != nil || len(got.Columns) > 0 {
			t.Errorf("without a default: %+v", got)
		}
		one := newPipeline(t, admin, k.kind, apitest.Input{"isDefault": true})
		two := newPipeline(t, admin, k.kind, apitest.Input{"isDefault": true})
		if one.read(t); one.IsDefault || one.Version != 2 || !two.IsDefault {
			t.Errorf("the second: %+v, %+v", one, two)
		}
		admin.Update(t, kind, one.id, apitest.Input{"isDefault": true})
		if got := admin.List(t, list, "id"); !slices.Equal(got, []string{one.id}) {
			t.Errorf("the first again: %v", got)
		}
		if got := shownOn(t, admin, kanbanOf(k.kind)+"(mode: PIPELINE)"); got.Pipeline == nil || got.Pipeline.ID != one.id || len(got.Columns) != len(one.Stages) {
			t.Errorf("its board: %+v", got)
		}
		admin.Do(t, `mutation($id: ID!) { delete`+kind+`(input: {id: $id}) { __typename } }`, apitest.Input{"id": one.id})
		if one.read(t); one.IsDefault || one.IsActive {
			t.Errorf("a deactivated one: %+v", one)
		}
		if r := admin.TryUpdate(t, kind, one.id, apitest.Input{"isDefault": true}); r.Refusal() != "INVALID isDefault" {
			t.Errorf("deactivated and default: %s", r.Body)
		}
		admin.Update(t, kind, one.id, apitest.Input{"isActive": true, "isDefault": true})
		admin.Update(t, kind, one.id, apitest.Input{"isDefault": false})
		for range 5 {
			fresh := []*pipeline{newPipeline(t, admin, k.kind, nil), newPipeline(t, admin, k.kind, nil)}
			got := race(
				func() *apitest.Response {
					return admin.TryUpdate(t, kind, fresh[0].id, apitest.Input{"isDefault": true})
				},
				func() *apitest.Response {
					return admin.TryUpdate(t, kind, fresh[1].id, apitest.Input{"isDefault": true})
				},
				func() *apitest.Response {
					return admin.Try(t, "create", kind, apitest.Input{"name": "x", "isDefault": true})
				},
			)
			won := 0
			for _, refusal := range got {
				switch refusal {
				case "":
					won++
				case "CONFLICT isDefault":
				default:
					t.Fatalf("at once: %v", got)
				}
			}
			// Who comes after the other has been stored takes the default from it.
			if n := len(admin.List(t, list, "id")); n != 1 || won == 0 {
				t.Fatalf("%d defaults, %v", n, got)
			}
		}
	}
}

func TestStagesStandInOrder(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, k := range staged {
		p := newPipeline(t, admin, k.kind, apitest.Input{"withDefaultStages": false})
		other := newPipeline(t, admin, k.kind, nil)
		for _, name := range []string{"a", "b", "c"} {
			admin.Create(t, k.kind+"Stage", apitest.Input{"pipelineId": p.id, "name": name, "color": "#aAbBcC"})
		}
		p.read(t)
		a, b, c := p.stage(t, "a"), p.stage(t, "b"), p.stage(t, "c")
		if r := admin.Try(t, "reorder", k.kind+"Pipeline", apitest.Input{"id": p.id, "stageIds": []string{c, a, b}}); r.Code() != "" {
			t.Error(r.Body)
		}
		if p.read(t); p.names() != "c, a, b" {
			t.Errorf("got %s", p.names())
		}
		for fact, ids := range map[string][]string{
			"one is missing":         {a, b},
			"one is there twice":     {a, b, b},
			"one is another's":       {a, b, other.Stages[0].ID},
			"one is another's, also": {a, b, c, other.Stages[0].ID},
			"none":                   {},
		} {
			if r := admin.Try(t, "reorder", k.kind+"Pipeline", apitest.Input{"id": p.id, "stageIds": ids}); r.Refusal() != "INVALID stageIds" {
				t.Errorf("%s: %s", fact, r.Body)
			}
		}
		if r := admin.TryDelete(t, k.kind+"Stage", a); r.Code() != "" {
			t.Error(r.Body)
		}
		if p.read(t); p.names() != "c, b" {
			t.Errorf("after a deletion: %s", p.names())
		}
		for want, input := range map[string]apitest.Input{
			"CONFLICT name":    {"name": " C"},
			"INVALID color":    {"color": "red"},
			"INVALID wipLimit": {"wipLimit": -1},
			"INVALID name":     {"name": " "},
			"":                 {"name": "Begun", "color": "#112233", "wipLimit": 0, "mapsToStatus": k.last},
		} {
			if r := admin.TryUpdate(t, k.kind+"Stage", b, input); r.Refusal() != want {
				t.Errorf("%v: %s", input, r.Body)
			}
		}
		if r := admin.Try(t, "create", k.kind+"Stage", apitest.Input{"pipelineId": p.id, "name": "begun"}); r.Refusal() != "CONFLICT name" {
			t.Errorf("a name twice: %s", r.Body)
		}
		for i := 2; i < 30; i++ {
			admin.Create(t, k.kind+"Stage", apitest.Input{"pipelineId": p.id, "name": fmt.Sprint("n", i)})
		}
		if r := admin.Try(t, "create", k.kind+"Stage", apitest.Input{"pipelineId": p.id, "name": "one more"}); r.Refusal() != "INVALID pipelineId" {
			t.Errorf("the 31st: %s", r.Body)
		}
		p.read(t)
	}
	if r := admin.TryUpdate(t, "LeadStage", newPipeline(t, admin, "Lead", nil).Stages[0].ID, apitest.Input{"winProbability": 101}); r.Refusal() != "INVALID winProbability" {
		t.Errorf("more than certain: %s", r.Body)
	}
	if r := admin.TryUpdate(t, "CaseStage", newPipeline(t, admin, "Case", nil).Stages[0].ID, apitest.Input{"mapsToStatus": "DUPLICATE"}); r.Refusal() != "INVALID mapsToStatus" {
		t.Errorf("a stage of duplicates: %s", r.Body)
	}
}

func TestWhatHasRecordsIsNotDeleted(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, k := range staged {
		p := newPipeline(t, admin, k.kind, nil)
		into := p.Stages[1].ID
		made := cards(t, admin, k.kind, apitest.Input{"stageId": into}, "a", "b")
		deactivate := func() *apitest.Response {
			return admin.Send(t, `mutation($id: ID!) { delete`+k.kind+`Pipeline(input: {id: $id}) { __typename } }`, apitest.Input{"id": p.id})
		}
		for fact, r := range map[string]*apitest.Response{
			"its stage":              admin.TryDelete(t, k.kind+"Stage", into),
			"the pipeline":           deactivate(),
			"by an update":           admin.TryUpdate(t, k.kind+"Pipeline", p.id, apitest.Input{"isActive": false}),
			"while records would go": admin.TryUpdate(t, k.kind+"Pipeline", p.id, apitest.Input{"isActive": false, "name": "x"}),
		} {
			if r.Code() != "CONFLICT" || !strings.Contains(r.Errors[0].Message, "(2)") {
				t.Errorf("%s: %s: %s", k.kind, fact, r.Body)
			}
		}
		admin.TryDelete(t, k.kind, made["a"])
		admin.Update(t, k.kind, made["b"], apitest.Input{"stageId": nil})
		if got := p.at(t, made["b"]); got != "- "+k.second {
			t.Errorf("out of the pipeline: %s", got)
		}
		if r := admin.TryDelete(t, k.kind+"Stage", into); r.Code() != "" {
			t.Errorf("an empty stage: %s", r.Body)
		}
		if r := deactivate(); r.Code() != "" {
			t.Errorf("an empty pipeline: %s", r.Body)
		}
		for fact, r := range map[string]*apitest.Response{
			"by an update":  admin.TryUpdate(t, k.kind, made["b"], apitest.Input{"stageId": p.Stages[0].ID}),
			"by a move":     moves(t, admin, k.kind, made["b"], apitest.Input{"stageId": p.Stages[0].ID}),
			"by a creation": admin.Try(t, "create", k.kind, apitest.Input{nameOf(k.kind): "x", "stageId": p.Stages[0].ID}),
		} {
			if r.Refusal() != "INVALID stageId" {
				t.Errorf("into a deactivated pipeline %s: %s", fact, r.Body)
			}
		}
	}
	t.Run("while a record comes in", func(t *testing.T) {
		for round := range 8 {
			p := newPipeline(t, admin, "Task", nil)
			task := admin.Create(t, "Task", nil)
			leave := func() *apitest.Response { return admin.TryDelete(t, "TaskStage", p.Stages[1].ID) }
			if round%2 == 0 {
				leave = func() *apitest.Response {
					return admin.TryUpdate(t, "TaskPipeline", p.id, apitest.Input{"isActive": false})
				}
			}
			come := func() *apitest.Response {
				return moves(t, admin, "Task", task, apitest.Input{"stageId": p.Stages[1].ID})
			}
			got := race(leave, come)
			if got[0] != "" || got[1] != "CONFLICT" && got[1] != "INVALID stageId" {
				t.Fatalf("round %d: %q", round, got)
			}
		}
	})
}

func TestStageAndStatusGoTogether(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, k := range staged {
		p := newPipeline(t, admin, k.kind, nil)
		first, second, last := p.Stages[0], p.Stages[1], p.Stages[len(p.Stages)-1]
		anything := admin.Create(t, k.kind+"Stage", apitest.Input{"pipelineId": p.id, "name": "Anything"})
		record := cards(t, admin, k.kind, apitest.Input{"stageId": second.ID}, "x")["x"]
		for _, step := range []struct {
			fact string
			said apitest.Input
			move bool
			want string
		}{
			{"a new one", nil, false, second.Name + " " + k.second},
			{"by its stage", apitest.Input{"stageId": first.ID}, false, first.Name + " " + k.first},
			{"by its status", apitest.Input{"status": k.second}, false, second.Name + " " + k.second},
			{"by a move to a status", apitest.Input{"status": k.last}, true, last.Name + " " + k.last},
			{"by a move to a stage", apitest.Input{"stageId": second.ID}, true, second.Name + " " + k.second},
			{"by both", apitest.Input{"status": k.first, "stageId": first.ID}, false, first.Name + " " + k.first},
			{"by a move to both", apitest.Input{"status": k.last, "stageId": last.ID}, true, last.Name + " " + k.last},
			{"into a stage of any status", apitest.Input{"stageId": anything}, false, "Anything " + k.last},
			{"where the status may change", apitest.Input{"status": k.second}, true, "Anything " + k.second},
			{"to both that are free", apitest.Input{"status": k.first, "stageId": anything}, true, "Anything " + k.first},
			{"with the status that it has", apitest.Input{"status": k.first, "stageId": second.ID}, false, second.Name + " " + k.second},
			{"out of it", apitest.Input{"stageId": nil}, false, "- " + k.second},
			{"outside", apitest.Input{"status": k.first}, false, "- " + k.first},
		} {
			var r *apitest.Response
			switch {
			case step.said == nil:
			case step.move:
				r = moves(t, admin, k.kind, record, step.said)
			default:
				r = admin.TryUpdate(t, k.kind, record, step.said)
			}
			if got := p.at(t, record); r != nil && r.Code() != "" || got != step.want {
				t.Fatalf("%s %s: %s, want %s: %+v", k.kind, step.fact, got, step.want, r)
			}
		}
		if r := admin.TryUpdate(t, k.kind, record, apitest.Input{"status": k.last, "stageId": second.ID}); r.Refusal() != "INVALID status" {
			t.Errorf("%s: both that do not agree: %s", k.kind, r.Body)
		}
		if r := moves(t, admin, k.kind, record, apitest.Input{"status": k.last, "stageId": second.ID}); r.Refusal() != "INVALID status" {
			t.Errorf("%s: a move to both that do not agree: %s", k.kind, r.Body)
		}
		if r := moves(t, admin, k.kind, record, nil); r.Refusal() != "INVALID status" {
			t.Errorf("%s: a move to nowhere: %s", k.kind, r.Body)
		}
		if r := admin.Try(t, "create", k.kind, apitest.Input{nameOf(k.kind): "y", "status": k.last, "stageId": second.ID}); r.Refusal() != "INVALID status" {
			t.Errorf("%s: a new one with both that do not agree: %s", k.kind, r.Body)
		}
		t.Run(k.kind+": a stage that no status leads to is left", func(t *testing.T) {
			admin.Update(t, k.kind, record, apitest.Input{"stageId": second.ID})
			admin.Update(t, k.kind+"Stage", last.ID, apitest.Input{"mapsToStatus": nil})
			admin.Update(t, k.kind, record, apitest.Input{"status": k.last})
			if got := p.at(t, record); got != "- "+k.last {
				t.Errorf("got %s", got)
			}
		})
		t.Run(k.kind+": another status of a stage changes nothing that is there", func(t *testing.T) {
			admin.Update(t, k.kind, record, apitest.Input{"stageId": second.ID})
			admin.Update(t, k.kind+"Stage", second.ID, apitest.Input{"mapsToStatus": k.first})
			admin.Update(t, k.kind, record, apitest.Input{"description": "x"})
			if got := p.at(t, record); got != second.Name+" "+k.second {
				t.Errorf("got %s", got)
			}
		})
		filters(t, admin, strings.ToLower(k.kind)+"s", nameOf(k.kind), map[string]string{
			fmt.Sprintf("{stageIds: [%q, %q]}", second.ID, last.ID): "x", fmt.Sprintf("{stageIds: [%q]}", first.ID): "", "{stageIds: []}": "",
		})
	}
}

func TestAStageLeadsThroughTheRulesOfItsStatus(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	leads, cases, tasks := newPipeline(t, admin, "Lead", nil), newPipeline(t, admin, "Case", nil), newPipeline(t, admin, "Task", nil)
	into := func(p *pipeline, id, name string) *apitest.Response {
		t.Helper()
		return moves(t, admin, p.kind, id, apitest.Input{"stageId": p.stage(t, name)})
	}
	t.Run("a lead is converted", func(t *testing.T) {
		nobody := admin.Create(t, "Lead", apitest.Input{"stageId": leads.stage(t, "Proposal")})
		if r := into(leads, nobody, "Won"); r.Refusal() != "INVALID email" || leads.at(t, nobody) != "Proposal IN_PROCESS" {
			t.Errorf("without an address: %s", r.Body)
		}
		lead := admin.Create(t, "Lead", apitest.Input{"email": "ada@mail.example", "companyName": "Analytical Engines"})
		if r := into(leads, lead, "Won"); r.Code() != "" || leads.at(t, lead) != "Won CONVERTED" {
			t.Fatalf("%s: %s", leads.at(t, lead), r.Body)
		}
		if got := admin.List(t, "accounts", "name"); !slices.Equal(got, []string{"Analytical Engines"}) {
			t.Errorf("made %v", got)
		}
		for what, r := range map[string]*apitest.Response{
			"by a stage":       into(leads, lead, "New"),
			"by a status":      moves(t, admin, "Lead", lead, apitest.Input{"status": "ASSIGNED"}),
			"by an update":     admin.TryUpdate(t, "Lead", lead, apitest.Input{"stageId": leads.stage(t, "Lost")}),
			"and converted so": admin.TryUpdate(t, "Lead", lead, apitest.Input{"status": "CONVERTED"}),
		} {
			if r.Refusal() != "CONFLICT status" {
				t.Errorf("left %s: %s", what, r.Body)
			}
		}
		for what, r := range map[string]*apitest.Response{
			"to its stage":  into(leads, lead, "Won"),
			"to its status": moves(t, admin, "Lead", lead, apitest.Input{"status": "CONVERTED"}),
		} {
			if r.Code() != "" {
				t.Errorf("moved %s: %s", what, r.Body)
			}
		}
		if got := leads.cards(t); !strings.HasPrefix(got, "Proposal: ") {
			t.Errorf("the board: %s", got)
		}
	})
	t.Run("one that is converted goes to the stage of that", func(t *testing.T) {
		lead := admin.Create(t, "Lead", apitest.Input{"email": "bob@mail.example", "stageId": leads.stage(t, "New")})
		if r := admin.Try(t, "convert", "Lead", apitest.Input{"id": lead}); r.Code() != "" || leads.at(t, lead) != "Won CONVERTED" {
			t.Errorf("%s: %s", leads.at(t, lead), r.Body)
		}
	})
	t.Run("two that convert at once", func(t *testing.T) {
		lead := admin.Create(t, "Lead", apitest.Input{"email": "eve@mail.example", "companyName": "Once"})
		convert := func() *apitest.Response { return into(leads, lead, "Won") }
		if got := race(convert, convert, func() *apitest.Response { return admin.Try(t, "convert", "Lead", apitest.Input{"id": lead}) }); got[0] != "" {
			t.Errorf("got %q", got)
		}
		if got := admin.List(t, `opportunities(filter: {name: {startsWith: "Once"}})`, "name"); len(got) != 1 {
			t.Errorf("made %v", got)
		}
	})
	t.Run("a case is closed and reopened", func(t *testing.T) {
		record := admin.Create(t, "Case", apitest.Input{"stageId": cases.stage(t, "In Progress")})
		into(cases, record, "Resolved")
		if got := admin.Read(t, "Case", record, "closedOn resolvedAt"); strings.Contains(got, "null") || cases.at(t, record) != "Resolved CLOSED" {
			t.Errorf("closed: %s", got)
		}
		admin.Try(t, "reopen", "Case", apitest.Input{"id": record})
		if got := admin.Read(t, "Case", record, "closedOn resolvedAt"); got != `{"closedOn":null,"resolvedAt":null}` || cases.at(t, record) != "Assigned ASSIGNED" {
			t.Errorf("reopened: %s, %s", got, cases.at(t, record))
		}
		into(cases, record, "Rejected")
		into(cases, record, "New")
		if got := admin.Read(t, "Case", record, "activities(first: 1) { nodes { action } }"); !strings.Contains(got, "REOPENED") {
			t.Errorf("told as %s", got)
		}
	})
	t.Run("a task is completed", func(t *testing.T) {
		task := admin.Create(t, "Task", nil)
		into(tasks, task, "Done")
		if got := admin.Read(t, "Task", task, "completedAt"); strings.Contains(got, "null") {
			t.Errorf("done: %s", got)
		}
		into(tasks, task, "Review")
		if got := admin.Read(t, "Task", task, "completedAt"); got != `{"completedAt":null}` {
			t.Errorf("not done: %s", got)
		}
	})
	t.Run("a deal needs a date and an amount", func(t *testing.T) {
		deal := admin.Create(t, "Opportunity", nil)
		if r := moves(t, admin, "Opportunity", deal, apitest.Input{"stage": "CLOSED_WON"}); r.Refusal() != "INVALID amount closedOn" {
			t.Errorf("won: %s", r.Body)
		}
		admin.Update(t, "Opportunity", deal, apitest.Input{"amount": "5", "closedOn": "2030-01-01"})
		if r := moves(t, admin, "Opportunity", deal, apitest.Input{"stage": "CLOSED_WON"}); r.Code() != "" {
			t.Errorf("won: %s", r.Body)
		}
		if got := admin.Read(t, "Opportunity", deal, "probability closedBy { user { name } }"); got != `{"probability":100,"closedBy":{"user":{"name":"admin"}}}` {
			t.Errorf("got %s", got)
		}
	})
}

func TestAStageTakesSoManyRecords(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, k := range staged {
		p := newPipeline(t, admin, k.kind, nil)
		full := p.Stages[1].ID
		made := cards(t, admin, k.kind, apitest.Input{"stageId": full}, "a", "b")
		waiting := cards(t, admin, k.kind, apitest.Input{"stageId": p.Stages[0].ID}, "waiting")["waiting"]
		admin.Update(t, k.kind+"Stage", full, apitest.Input{"wipLimit": 2})
		for fact, row := range map[string]struct {
			r     *apitest.Response
			field string
		}{
			"a new one":     {admin.Try(t, "create", k.kind, apitest.Input{nameOf(k.kind): "c", "stageId": full}), "stageId"},
			"a move":        {moves(t, admin, k.kind, waiting, apitest.Input{"stageId": full}), "stageId"},
			"an update":     {admin.TryUpdate(t, k.kind, waiting, apitest.Input{"stageId": full}), "stageId"},
			"by its status": {admin.TryUpdate(t, k.kind, waiting, apitest.Input{"status": k.second}), "status"},
			"a move to it":  {moves(t, admin, k.kind, waiting, apitest.Input{"status": k.second}), "status"},
		} {
			if row.r.Refusal() != "CONFLICT "+row.field || !strings.Contains(row.r.Errors[0].Message, "at most 2") {
				t.Errorf("%s: %s: %s", k.kind, fact, row.r.Body)
			}
		}
		for fact, r := range map[string]*apitest.Response{
			"a move within":       moves(t, admin, k.kind, made["a"], apitest.Input{"stageId": full, "belowId": made["b"]}),
			"a change of another": admin.TryUpdate(t, k.kind, made["a"], apitest.Input{"description": "x", "stageId": full}),
		} {
			if r.Code() != "" {
				t.Errorf("%s: %s: %s", k.kind, fact, r.Body)
			}
		}
		admin.Update(t, k.kind+"Stage", full, apitest.Input{"wipLimit": 0})
		admin.Update(t, k.kind, made["b"], apitest.Input{"description": "stays"})
		if got := shownOn(t, admin, fmt.Sprintf("%s(pipelineId: %q)", kanbanOf(k.kind), p.id)).Columns[1].TotalCount; got != 2 {
			t.Errorf("%d stayed", got)
		}
	}
	t.Run("two that come for the last place at once", func(t *testing.T) {
		for round := range 10 {
			k := staged[round%len(staged)]
			p := newPipeline(t, admin, k.kind, nil)
			full := p.Stages[1].ID
			cards(t, admin, k.kind, apitest.Input{"stageId": full}, "there")
			admin.Update(t, k.kind+"Stage", full, apitest.Input{"wipLimit": 2})
			made := cards(t, admin, k.kind, apitest.Input{"stageId": p.Stages[0].ID}, "x", "y")
			move := func() *apitest.Response { return moves(t, admin, k.kind, made["x"], apitest.Input{"stageId": full}) }
			other := []func() *apitest.Response{
				func() *apitest.Response { return moves(t, admin, k.kind, made["y"], apitest.Input{"stageId": full}) },
				func() *apitest.Response { return admin.TryUpdate(t, k.kind, made["y"], apitest.Input{"stageId": full}) },
				func() *apitest.Response {
					return admin.TryUpdate(t, k.kind, made["y"], apitest.Input{"status": k.second})
				},
				func() *apitest.Response {
					return admin.Try(t, "create", k.kind, apitest.Input{nameOf(k.kind): "z", "stageId": full})
				},
			}[round%4]
			got := race(move, other)
			if got[0] != "" || got[1] != "CONFLICT stageId" && got[1] != "CONFLICT status" {
				t.Fatalf("round %d: %q", round, got)
			}
			if n := shownOn(t, admin, fmt.Sprintf("%s(pipelineId: %q)", kanbanOf(k.kind), p.id)).Columns[1].TotalCount; n != 2 {
				t.Fatalf("%d records", n)
			}
		}
	})
}

func TestBoardsShowTheStagesOfAPipeline(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, k := range staged {
		p, other := newPipeline(t, admin, k.kind, apitest.Input{"isDefault": true}), newPipeline(t, admin, k.kind, nil)
		cards(t, admin, k.kind, nil, "outside")
		cards(t, admin, k.kind, apitest.Input{"stageId": other.Stages[0].ID}, "elsewhere")
		made := cards(t, admin, k.kind, apitest.Input{"stageId": p.Stages[0].ID}, "a", "b")
		cards(t, admin, k.kind, apitest.Input{"stageId": p.Stages[2].ID, "assignedToIds": []any{env.Acme.Member.ProfileID.String()}}, "c")
		moves(t, admin, k.kind, made["b"], apitest.Input{"stageId": p.Stages[0].ID, "aboveId": made["a"]})
		first, third := p.Stages[0].Name, p.Stages[2].Name
		for asked, want := range map[string]string{
			"(mode: PIPELINE)":                                    first + ": a b | " + third + ": c",
			fmt.Sprintf("(pipelineId: %q)", other.id):             other.Stages[0].Name + ": elsewhere",
			fmt.Sprintf("(mode: PIPELINE, pipelineId: %q)", p.id): first + ": a b | " + third + ": c",
			fmt.Sprintf("(mode: PIPELINE, filter: {assignedToIds: [%q]})", env.Acme.Member.ProfileID): third + ": c",
			fmt.Sprintf("(mode: PIPELINE, filter: {stageIds: [%q]})", p.Stages[0].ID):                 first + ": a b",
		} {
			if got := shownOn(t, admin, kanbanOf(k.kind)+asked).String(); got != want {
				t.Errorf("%s%s: %s, want %s", k.kind, asked, got, want)
			}
		}
		if got := shownOn(t, env.Acme.Member, kanbanOf(k.kind)+"(mode: PIPELINE)").String(); got != third+": c" {
			t.Errorf("a member sees %s", got)
		}
		for asked, want := range map[string]string{
			fmt.Sprintf("(pipelineId: %q, mode: STATUS)", p.id):                               "INVALID pipelineId",
			fmt.Sprintf("(pipelineId: %q)", newPipeline(t, env.Globex.Admin, k.kind, nil).id): "INVALID pipelineId",
			fmt.Sprintf("(pipelineId: %q)", p.Stages[0].ID):                                   "INVALID pipelineId",
		} {
			if r := admin.Send(t, "{ "+kanbanOf(k.kind)+asked+" { columns { totalCount } } }", nil); r.Refusal() != want {
				t.Errorf("%s: %s", asked, r.Body)
			}
		}
		r := admin.Do(t, "{ b: "+kanbanOf(k.kind)+"(mode: PIPELINE) { pipeline { name } columns { columnId stage { id } status wipLimit } } }", nil)
		if r.Text(t, "b.columns.0.columnId") != p.Stages[0].ID || r.Text(t, "b.columns.0.stage.id") != p.Stages[0].ID || r.Text(t, "b.columns.0.status") != k.first {
			t.Errorf("a column: %s", r.Body)
		}
	}
}

func TestAForeignStageIsNoStage(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for i, k := range staged {
		foreign := newPipeline(t, env.Globex.Admin, k.kind, nil).Stages[0].ID
		wrong := newPipeline(t, admin, staged[(i+1)%len(staged)].kind, nil).Stages[0].ID // of another kind of records
		record := admin.Create(t, k.kind, nil)
		for _, id := range []string{foreign, wrong} {
			for what, r := range map[string]*apitest.Response{
				"create": admin.Try(t, "create", k.kind, apitest.Input{nameOf(k.kind): "x", "stageId": id}),
				"update": admin.TryUpdate(t, k.kind, record, apitest.Input{"stageId": id}),
				"move":   moves(t, admin, k.kind, record, apitest.Input{"stageId": id}),
			} {
				if r.Refusal() != "INVALID stageId" {
					t.Errorf("%s %s: %s", what, k.kind, r.Body)
				}
			}
		}
	}
}
