package resolver_test

import (
	"fmt"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestTeamContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Team", List: "teams",
		Fields:  `name description members { user { name } }`,
		Full:    apitest.Input{"name": "North", "description": "Sells there.", "memberIds": []any{env.Acme.Member.ProfileID.String()}},
		Want:    `{"name":"North","description":"Sells there.","members":[{"user":{"name":"member"}}]}`,
		Clear:   apitest.Input{"description": "", "memberIds": []any{}},
		Cleared: `{"name":"North","description":"","members":[]}`,
		Search:  []string{"NORTH"},
		Row:     func(n int) apitest.Input { return apitest.Input{"name": fmt.Sprintf("row%02d", n)} },
		Orders:  map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "NAME": {Value: "name", Unique: true}},
	})
}

func TestTeamsAreWrittenByAdmins(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	team := admin.Create(t, "Team", apitest.Input{"name": "North", "memberIds": []any{member.ProfileID.String()}})
	for fact, r := range map[string]*apitest.Response{
		"create": member.Try(t, "create", "Team", apitest.Input{"name": "x"}),
		"update": member.TryUpdate(t, "Team", team, apitest.Input{"name": "x"}),
		"delete": member.TryDelete(t, "Team", team),
	} {
		if r.Refusal() != "FORBIDDEN" {
			t.Errorf("%s: %s", fact, r.Body)
		}
	}
	if got := env.Acme.Second.Read(t, "Team", team, "name members { user { name } }"); got != `{"name":"North","members":[{"user":{"name":"member"}}]}` {
		t.Errorf("every member reads: %s", got)
	}
	if got := admin.Try(t, "create", "Team", apitest.Input{"name": " NORTH"}).Refusal(); got != "CONFLICT name" {
		t.Errorf("the same name: %q", got)
	}
	if got := env.Globex.Admin.Try(t, "create", "Team", apitest.Input{"name": "North"}).Refusal(); got != "" {
		t.Errorf("the same name elsewhere: %q", got)
	}
}

func TestTeamMembersAreActiveProfilesOfTheOrganization(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	leaver := env.User(t, env.Acme, "leaver")
	old := admin.Create(t, "Team", apitest.Input{"memberIds": []any{leaver.ProfileID.String()}})
	env.Suspend(t, leaver)
	for fact, row := range map[string]struct{ id, want string }{
		"a member":                    {env.Acme.Member.ProfileID.String(), ""},
		"one twice":                   {env.Acme.Member.ProfileID.String(), ""},
		"a suspended one":             {leaver.ProfileID.String(), "INVALID memberIds"},
		"another organization's":      {env.Globex.Member.ProfileID.String(), "INVALID memberIds"},
		"a person's other membership": {env.Globex.Second.ProfileID.String(), "INVALID memberIds"},
		"the id of something else":    {old, "INVALID memberIds"},
	} {
		if got := admin.TryUpdate(t, "Team", admin.Create(t, "Team", nil), apitest.Input{"memberIds": []any{row.id, row.id}}).Refusal(); got != row.want {
			t.Errorf("%s: %q", fact, got)
		}
	}
	t.Run("a suspended one may stay, and can be taken out", func(t *testing.T) {
		admin.Update(t, "Team", old, apitest.Input{"memberIds": []any{leaver.ProfileID.String(), admin.ProfileID.String()}})
		admin.Update(t, "Team", old, apitest.Input{"memberIds": []any{admin.ProfileID.String()}})
		if got := admin.Read(t, "Team", old, "members { user { name } }"); got != `{"members":[{"user":{"name":"admin"}}]}` {
			t.Errorf("got %s", got)
		}
	})
	filters(t, admin, "teams", "id", map[string]string{
		`{memberIds: ["` + admin.ProfileID.String() + `"]}`: old,
		`{memberIds: []}`: "",
	})
}

func TestTeamFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	two := fmt.Sprintf("%q", []string{env.Acme.Member.ProfileID.String(), admin.ProfileID.String()})
	admin.Create(t, "Team", apitest.Input{"name": "North", "memberIds": []any{env.Acme.Member.ProfileID.String(), admin.ProfileID.String()}})
	admin.Create(t, "Team", apitest.Input{"name": "South"})
	filters(t, admin, "teams", "name", map[string]string{
		`{name: {contains: "TH"}}`: "North South",
		`{memberIds: ` + two + `}`: "North",
		`{memberIds: []}`:          "",
	})
}

func TestLeavingATeamEndsTheAccessAtOnce(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	team := admin.Create(t, "Team", apitest.Input{"memberIds": []any{member.ProfileID.String()}})
	for _, kind := range []string{"Account", "Contact", "Lead", "Opportunity", "Task"} {
		id := admin.Create(t, kind, apitest.Input{"teamIds": []any{team}})
		for _, leave := range []struct {
			fact  string
			leave func()
		}{
			{"out of the team", func() { admin.Update(t, "Team", team, apitest.Input{"memberIds": []any{}}) }},
			{"the record is no longer shared", func() { admin.Update(t, kind, id, apitest.Input{"teamIds": []any{}}) }},
		} {
			member.Update(t, kind, id, apitest.Input{"description": leave.fact})
			leave.leave()
			if got := member.Read(t, kind, id, "id"); got != "null" {
				t.Errorf("%s, %s: %s", kind, leave.fact, got)
			}
			if got := member.TryUpdate(t, kind, id, apitest.Input{"description": "x"}).Refusal(); got != "NOT_FOUND" {
				t.Errorf("%s, %s: %q", kind, leave.fact, got)
			}
			admin.Update(t, "Team", team, apitest.Input{"memberIds": []any{member.ProfileID.String()}})
		}
		if got := admin.Read(t, kind, id, "assignedTo { id }"); got != `{"assignedTo":[]}` {
			t.Errorf("%s: members were copied: %s", kind, got)
		}
	}
	t.Run("deleting a team leaves its records", func(t *testing.T) {
		id := admin.Create(t, "Lead", apitest.Input{"teamIds": []any{team}})
		admin.TryDelete(t, "Team", team)
		if got := admin.Read(t, "Lead", id, "teams { id }") + member.Read(t, "Lead", id, "id"); got != `{"teams":[]}null` {
			t.Errorf("got %s", got)
		}
	})
}
