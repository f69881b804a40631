package document_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
)

func TestCost(t *testing.T) {
	t.Parallel()
	const statement = 200
	for name, c := range map[string]struct {
		text, variables string
		want            int
	}{
		"a leaf":                         {`{ __typename }`, "", 1},
		"an object":                      {`{ viewer { user { id email } } }`, "", 1 + statement + 1 + 2},
		"a record is read":               {`{ lead(id: 1) { id name } }`, "", statement + 1 + 2},
		"a page":                         {`{ leads(first: 3) { nodes { id name } } }`, "", statement + 1 + 3*(1+2)},
		"a page from the end":            {`{ leads(last: 3) { nodes { id name } } }`, "", statement + 1 + 3*(1+2)},
		"a page has 25":                  {`{ leads { nodes { id } } }`, "", statement + 1 + 25*2},
		"a page has 100 at most":         {`{ leads(first: 1000000) { nodes { id } } }`, "", statement + 1 + 100*2},
		"and one at least":               {`{ leads(first: -5) { nodes { id } } }`, "", statement + 1 + 2},
		"edges":                          {`{ leads(first: 3) { edges { cursor node { id name } } } }`, "", statement + 1 + 3*(1+1+1+2)},
		"what a page tells of itself":    {`{ leads(first: 100) { pageInfo { hasNextPage } } }`, "", statement + 1 + 1 + 1},
		"a count is a statement":         {`{ leads(first: 100) { totalCount } }`, "", statement + statement + 1 + 1},
		"sums are a statement":           {`{ leads(first: 100) { amounts { count total { amount } } } }`, "", statement + statement + 1 + 10*(1+1+1+1)},
		"sums by stage are one as well":  {`{ opportunities { stages { stage amounts { count } } } }`, "", statement + statement + 1 + 10*(1+1+10*(1+1))},
		"sums are for all parents":       {`{ accounts(first: 10) { nodes { opportunities(first: 5) { amounts { count } } } } }`, "", 3*statement + 1 + 10*(1+1+10*(1+1))},
		"a page by a variable":           {`query($n: Int) { leads(first: $n) { nodes { id } } }`, `{"n": 7}`, statement + 1 + 7*2},
		"one with a fraction of zero":    {`query($n: Int) { leads(first: $n) { nodes { id } } }`, `{"n": 7.0}`, statement + 1 + 7*2},
		"without the variable":           {`query($n: Int) { leads(first: $n) { nodes { id } } }`, "", statement + 1 + 25*2},
		"with null":                      {`query($n: Int) { leads(first: $n) { nodes { id } } }`, `{"n": null}`, statement + 1 + 25*2},
		"its default":                    {`query($n: Int = 9) { leads(first: $n) { nodes { id } } }`, "", statement + 1 + 9*2},
		"null and the other":             {`query($n: Int) { leads(first: $n, last: 4) { nodes { id } } }`, "", statement + 1 + 4*2},
		"a list has 10":                  {`{ lead(id: 1) { tags { id } } }`, "", statement + 1 + statement + 10*2},
		"by ids as many as there are":    {`{ nodes(ids: [1, 2, 3]) { id } }`, "", statement + 3*2},
		"by a variable as well":          {`query($i: [ID!]!) { nodes(ids: $i) { id } }`, `{"i": ["1", "2"]}`, statement + 2*2},
		"a statement is for all parents": {`{ leads(first: 10) { nodes { contacts { id } } } }`, "", 2*statement + 1 + 10*(1+10*2)},
		"pages in pages multiply":        {`{ accounts(first: 10) { nodes { contacts(first: 5) { nodes { id } } } } }`, "", 2*statement + 1 + 10*(1+1+5*2)},
		"a related record":               {`{ contacts(first: 10) { nodes { account { id } } } }`, "", 2*statement + 1 + 10*(1+1+1)},
		"a fragment of a page":           {`{ leads(first: 3) { ...f } accounts(first: 2) { nodes { id } } } fragment f on LeadConnection { nodes { id } totalCount }`, "", 3*statement + 1 + 1 + 3*2 + 1 + 2*2},
		"a fragment counts each time":    {`{ a: viewer { ...f } b: viewer { ...f } } fragment f on Viewer { user { id } }`, "", 2 * (1 + statement + 1 + 1)},
		"inline fragments":               {`{ node(id: 1) { id ... on Lead { name } } }`, "", statement + 1 + 2},
		"a report has several":           {`{ dashboard { leads openDeals { count } } }`, "", 1000 + 1 + 1 + 1 + 1},
		"and has them once":              {`{ tags(first: 10) { nodes { uses { total } } } }`, "", 1000 + statement + 1 + 10*(1+1+1)},
		"a mutation":                     {`mutation { createLead(input: {title: "x"}) { lead { id } } }`, "", 500 + 1 + 1 + 1},
		"introspection reads nothing":    {`{ __schema { types { name } } }`, "", 10_000 + 1 + 5*2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, err := run(front(t), c.text, c.variables); got != c.want || err != nil {
				t.Errorf("%d, want %d: %v", got, c.want, err)
			}
		})
	}
}

// everyday are queries that applications really send.
var everyday = map[string]string{
	"100 accounts and what belongs to them": `query Accounts($n: Int = 100) { accounts(first: $n) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node {
		id name email phone website tags { id name color } assignedTo { id user { name } }
		contacts(first: 5) { nodes { id firstName lastName email phone } } opportunities(first: 5) { nodes { id name stage amount { amount currency } } } } } } }`,
	"25 accounts and 100 contacts of each": `{ accounts { nodes { id name contacts(first: 100) { edges { node { id firstName lastName email phone } } } } } }`,
	"100 leads for a board": `{ leads(first: 100, orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount nodes { id name status rating opportunityAmount { amount currency }
		nextFollowUp isStale isFollowUpOverdue assignedTo { id user { name } } tags { id name color } version } } }`,
}

func TestEverydayQueriesPass(t *testing.T) {
	t.Parallel()
	f := front(t)
	for name, text := range everyday {
		if cost, err := run(f, text, ""); err != nil || cost < 1000 {
			t.Errorf("%s: %d, %v", name, cost, err)
		} else {
			t.Logf("%s: %d", name, cost)
		}
	}
	if cost, err := run(f, introspection, ""); err != nil {
		t.Errorf("introspection: %d, %v", cost, err)
	} else {
		t.Logf("introspection: %d", cost)
	}
}

func TestCostDoesNotOverflow(t *testing.T) {
	t.Parallel()
	l := limits(t)
	l.Depth, l.Tokens = 1000, 100_000
	deep := strings.Repeat("{ account { contacts(first: 100) { nodes ", 100) + "{ id }" + strings.Repeat(" } } }", 100)
	doubled := "{ ...f0 } fragment f60 on Query { leads { totalCount } }"
	for i := range 60 {
		doubled += fmt.Sprintf("fragment f%[1]d on Query { ...f%[2]d ...f%[2]d }", i, i+1)
	}
	for name, text := range map[string]string{"pages in pages": "{ contact(id: 1) " + deep + "}", "fragments doubled": doubled} {
		cost, err := run(document.New(schema, l, nil), text, "")
		if limit(err) != document.Cost || cost <= l.Cost {
			t.Errorf("%s: %d, %v", name, cost, err)
		}
	}
}
