package resolver_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestOpportunityContract(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	tag := admin.Create(t, "Tag", apitest.Input{"name": "Key"})
	team := admin.Create(t, "Team", apitest.Input{"name": "North"})
	account := admin.Create(t, "Account", apitest.Input{"name": "Dunder"})
	contact := admin.Create(t, "Contact", apitest.Input{"firstName": "Ann"})
	apitest.Contract(t, env, apitest.Entity{
		Kind: "Opportunity", List: "opportunities",
		Fields: `name stage opportunityType amount { amount currency } amountSource probability closedOn leadSource description isActive
			account { name } assignedTo { user { name } } teams { name } tags { slug } contacts { firstName }`,
		Full: apitest.Input{
			"name": "Paper for a year", "stage": "PROPOSAL", "opportunityType": "NEW_BUSINESS", "amount": 100.5, "currency": "JPY", "probability": 60,
			"closedOn": "2030-01-31", "leadSource": "EXISTING_CUSTOMER", "description": "Much of it.", "accountId": account,
			"assignedToIds": []any{env.Acme.Member.ProfileID.String()}, "teamIds": []any{team}, "tagIds": []any{tag}, "contactIds": []any{contact},
		},
		Want: `{"name":"Paper for a year","stage":"PROPOSAL","opportunityType":"NEW_BUSINESS","amount":{"amount":"100.50","currency":"JPY"},` +
			`"amountSource":"MANUAL","probability":60,"closedOn":"2030-01-31","leadSource":"EXISTING_CUSTOMER","description":"Much of it.","isActive":true,` +
			`"account":{"name":"Dunder"},"assignedTo":[{"user":{"name":"member"}}],"teams":[{"name":"North"}],"tags":[{"slug":"key"}],"contacts":[{"firstName":"Ann"}]}`,
		Clear: apitest.Input{
			"opportunityType": nil, "amount": nil, "currency": nil, "closedOn": nil, "leadSource": nil, "description": nil, "accountId": nil,
			"assignedToIds": []any{}, "teamIds": []any{}, "tagIds": []any{}, "contactIds": nil,
		},
		Cleared: `{"name":"Paper for a year","stage":"PROPOSAL","opportunityType":null,"amount":null,"amountSource":"MANUAL","probability":60,` +
			`"closedOn":null,"leadSource":null,"description":null,"isActive":true,"account":null,"assignedTo":[],"teams":[],"tags":[],"contacts":[]}`,
		Search: []string{"YEAR paper"},
		Row: func(n int) apitest.Input {
			row := apitest.Input{"name": fmt.Sprintf("row%02d", n)}
			if n%3 > 0 {
				row["amount"], row["closedOn"] = fmt.Sprintf("%d.25", n%7*50), fmt.Sprintf("2030-01-%02d", n%7+1)
			}
			return row
		},
		Orders: map[string]apitest.Order{"CREATED_AT": {Value: "createdAt"}, "UPDATED_AT": {Value: "updatedAt"}, "NAME": {Value: "name", Unique: true},
			"AMOUNT": {Value: "amount { amount }", Nullable: true}, "CLOSED_ON": {Value: "closedOn", Nullable: true}},
	})
}

func TestOpportunityStageGates(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, row := range []struct {
		input apitest.Input
		want  string
	}{
		{apitest.Input{"stage": "CLOSED_WON"}, "INVALID amount closedOn"},
		{apitest.Input{"stage": "CLOSED_WON", "amount": 1}, "INVALID closedOn"},
		{apitest.Input{"stage": "CLOSED_WON", "closedOn": "2030-01-31"}, "INVALID amount"},
		{apitest.Input{"stage": "CLOSED_WON", "closedOn": "2030-01-31", "amount": 0}, ""},
		{apitest.Input{"stage": "CLOSED_LOST"}, "INVALID closedOn"},
		{apitest.Input{"stage": "CLOSED_LOST", "closedOn": "2030-01-31"}, ""},
		{apitest.Input{"stage": "NEGOTIATION"}, ""},
	} {
		input := apitest.Input{"name": fmt.Sprint(row.input)}
		maps.Copy(input, row.input)
		if got := admin.Try(t, "create", "Opportunity", input).Refusal(); got != row.want {
			t.Errorf("create %v: %q", row.input, got)
		}
		id := admin.Create(t, "Opportunity", nil)
		if got := admin.TryUpdate(t, "Opportunity", id, row.input).Refusal(); got != row.want {
			t.Errorf("update %v: %q", row.input, got)
		}
	}
	t.Run("what a closed deal needs cannot be taken away", func(t *testing.T) {
		id := admin.Create(t, "Opportunity", apitest.Input{"stage": "CLOSED_WON", "closedOn": "2030-01-31", "amount": 1})
		if got := admin.TryUpdate(t, "Opportunity", id, apitest.Input{"closedOn": nil, "amount": nil}).Refusal(); got != "INVALID amount closedOn" {
			t.Errorf("got %q", got)
		}
	})
}

func TestOpportunityProbability(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, row := range []struct {
		create apitest.Input
		update apitest.Input
		want   int
	}{
		{apitest.Input{"stage": "PROSPECTING"}, nil, 10},
		{apitest.Input{"stage": "QUALIFICATION"}, nil, 25},
		{apitest.Input{"stage": "PROPOSAL"}, nil, 50},
		{apitest.Input{"stage": "NEGOTIATION"}, nil, 75},
		{apitest.Input{"stage": "CLOSED_WON", "probability": 7}, nil, 100},
		{apitest.Input{"stage": "CLOSED_LOST", "probability": 7}, nil, 0},
		{apitest.Input{"probability": 0}, nil, 0},
		{apitest.Input{"probability": 0}, apitest.Input{"description": "x"}, 0},
		{apitest.Input{"probability": 0}, apitest.Input{"stage": "PROSPECTING"}, 0}, // no change of stage
		{apitest.Input{"probability": 33}, apitest.Input{"stage": "PROPOSAL"}, 50},
		{apitest.Input{"probability": 33}, apitest.Input{"stage": "PROPOSAL", "probability": 0}, 0},
		{apitest.Input{"probability": 33}, apitest.Input{"stage": "CLOSED_WON"}, 100},
		{apitest.Input{"probability": 33}, apitest.Input{"stage": "CLOSED_LOST", "probability": 33}, 0},
		{apitest.Input{"stage": "CLOSED_WON"}, apitest.Input{"probability": 33}, 100},
		{apitest.Input{"stage": "CLOSED_LOST"}, apitest.Input{"stage": "NEGOTIATION"}, 75},
	} {
		input := apitest.Input{"closedOn": "2030-01-31", "amount": 1}
		maps.Copy(input, row.create)
		id := admin.Create(t, "Opportunity", input)
		if row.update != nil {
			if r := admin.TryUpdate(t, "Opportunity", id, row.update); r.Refusal() != "" {
				t.Errorf("%v, then %v: %s", row.create, row.update, r.Body)
				continue
			}
		}
		if got := admin.Read(t, "Opportunity", id, "probability"); got != fmt.Sprintf(`{"probability":%d}`, row.want) {
			t.Errorf("%v, then %v: %s, want %d", row.create, row.update, got, row.want)
		}
	}
}

func TestOpportunityRemembersItsStage(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	id := admin.Create(t, "Opportunity", apitest.Input{"amount": "0.10", "probability": 45, "closedOn": "2030-01-31", "assignedToIds": []any{member.ProfileID.String()}})
	since := func() string { return admin.Read(t, "Opportunity", id, "stageChangedAt") }
	first := since()
	if first == `{"stageChangedAt":null}` || first != strings.Replace(admin.Read(t, "Opportunity", id, "createdAt"), "createdAt", "stageChangedAt", 1) {
		t.Errorf("created: %s", first)
	}
	member.Update(t, "Opportunity", id, apitest.Input{"description": "x", "stage": "PROSPECTING"})
	if since() != first {
		t.Error("it changes without a change of stage")
	}
	for _, row := range []struct {
		caller *apitest.Client
		stage  string
		want   string
	}{
		{member, "CLOSED_LOST", `{"closedBy":{"user":{"name":"member"}},"weightedAmount":{"amount":"0.00","currency":"USD"},"daysInStage":0}`},
		{admin, "CLOSED_WON", `{"closedBy":{"user":{"name":"admin"}},"weightedAmount":{"amount":"0.10","currency":"USD"},"daysInStage":0}`},
		{member, "PROPOSAL", `{"closedBy":null,"weightedAmount":{"amount":"0.05","currency":"USD"},"daysInStage":0}`},
		{member, "QUALIFICATION", `{"closedBy":null,"weightedAmount":{"amount":"0.03","currency":"USD"},"daysInStage":0}`}, // half away from zero
	} {
		before := since()
		row.caller.Update(t, "Opportunity", id, apitest.Input{"stage": row.stage})
		if since() == before {
			t.Errorf("%s: when it changed is not known", row.stage)
		}
		if got := admin.Read(t, "Opportunity", id, "closedBy { user { name } } weightedAmount { amount currency } daysInStage"); got != row.want {
			t.Errorf("%s: got %s", row.stage, got)
		}
	}
}

func TestOpportunityNameIsUniqueInItsOrganization(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	env.Acme.Admin.Create(t, "Opportunity", apitest.Input{"name": "Paper"})
	for _, row := range []struct {
		caller *apitest.Client
		want   string
	}{{env.Acme.Admin, "CONFLICT name"}, {env.Acme.Member, "CONFLICT name"}, {env.Globex.Admin, ""}} {
		if got := row.caller.TryUpdate(t, "Opportunity", row.caller.Create(t, "Opportunity", nil), apitest.Input{"name": " PAPER"}).Refusal(); got != row.want {
			t.Errorf("%s: %q", row.caller.Email, got)
		}
	}
}

func TestOpportunityFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	a := sharing(t, env)
	account := admin.Create(t, "Account", nil)
	admin.Create(t, "Opportunity", a.on(apitest.Input{"name": "One", "stage": "CLOSED_WON", "opportunityType": "RENEWAL", "leadSource": "WEBSITE", "accountId": account,
		"amount": 10, "closedOn": "2030-01-31"}))
	admin.Create(t, "Opportunity", apitest.Input{"name": "Two", "stage": "PROPOSAL", "opportunityType": "UPSELL", "leadSource": "EXISTING_CUSTOMER", "amount": "20.5"})
	filters(t, admin, "opportunities", "name", map[string]string{
		`{name: {startsWith: "tw"}}`:                         "Two",
		`{stages: [CLOSED_WON, PROPOSAL]}`:                   "One Two",
		`{stages: []}`:                                       "",
		`{isOpen: true}`:                                     "Two",
		`{isOpen: false}`:                                    "One",
		`{types: [RENEWAL, CROSS_SELL]}`:                     "One",
		`{leadSources: [EXISTING_CUSTOMER]}`:                 "Two",
		`{accountIds: ["` + account + `"]}`:                  "One",
		`{amount: {min: 10, max: 20.5}}`:                     "One Two",
		`{amount: {min: "10.01"}}`:                           "Two",
		`{closedOn: {from: "2030-01-31", to: "2030-01-31"}}`: "One",
		`{closedOn: {from: "2030-02-01"}}`:                   "",
		`{closedOn: {to: "2030-01-30"}}`:                     "",
	})
	a.filters(t, admin, "opportunities", "name", "One")
}
