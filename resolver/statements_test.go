package resolver_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/mail"
)

// How many statements an operation sends depends on its shape alone.

func TestStatementsDoNotDependOnRows(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	w := env.World(t, env.Acme)
	counts := map[int]map[string]int{}
	filled := 0
	for _, rows := range []int{1, 5} {
		w.Fill(t, rows-filled)
		filled = rows
		counts[rows] = map[string]int{}
		for what, o := range w.Queries(t) {
			counts[rows][what] = len(env.SQL.During(func() { w.Admin.Do(t, o.Text(), o.Variables) }))
		}
	}
	for what, n := range counts[1] {
		if counts[5][what] != n {
			t.Errorf("%s sends %d statements for 1 row of each kind and %d for 5", what, n, counts[5][what])
		}
	}
	if len(counts[1]) < 50 {
		t.Errorf("only %d queries: the walk over the schema misses most of it", len(counts[1]))
	}
}

// nested is what a page of a client asks of each account.
const nested = `name contacts(first: 5) { nodes { fullName } } opportunities(first: 5) { nodes { name assignedTo { user { name } } tags { name } } }
	tags { name } assignedTo { user { name } }`

// golden are operations and how many statements they send. One of each confirms who is asking.
type golden struct {
	what, text string
	statements int
}

var reads = []golden{
	{"a list of 20", `{ leads(first: 20) { nodes { id name status } } }`, 2},
	{"a list with its count", `{ leads(first: 20) { nodes { id } totalCount } }`, 3},
	{"a list with its sums", `{ opportunities { nodes { id } amounts { total { amount } } stages { stage count amounts { count } } } leads { nodes { id } amounts { count } statuses { count } } }`, 5},
	{"a list with count and sums", `{ opportunities(first: 1) { totalCount amounts { count } } }`, 4},
	{"the sums of relations", `{ accounts(first: 25) { nodes { opportunities(first: 1) { totalCount amounts { count total { amount } } stages { count } } } } }`, 5},
	{"the sums of two pages", `{ accounts(first: 25) { nodes { a: opportunities(first: 1) { amounts { count } nodes { id } } b: opportunities(first: 2) { totalCount stages { count } nodes { id } } } } }`, 6},
	{"counts that are asked for twice", `{ leads { a: totalCount b: totalCount } accounts { nodes { contacts { a: totalCount b: totalCount } } } }`, 6},
	{"the counts of two pages", `{ accounts { nodes { a: contacts(first: 1) { totalCount } b: contacts(first: 2) { totalCount } } } }`, 5},
	{"sums that are asked for twice", `{ leads { a: amounts { count } b: amounts { count } c: statuses { count } } accounts { nodes { opportunities { a: amounts { count } b: stages { count } c: stages { count } } } } }`, 6},
	{"one by id with three relations", `query($lead: ID!) { lead(id: $lead) { name tags { name } assignedTo { id } tasks { nodes { title } } } }`, 5},
	{"three levels", `{ accounts(first: 25) { nodes { ` + nested + ` } } }`, 8},
	{"three levels through edges", `{ accounts(first: 25) { edges { node { ` + nested + ` } } } }`, 8},
	{"the same in both ways", `{ accounts(first: 25) { nodes { ` + nested + ` } edges { node { ` + nested + ` } } } }`, 8},
	{"two pages of one relation", `{ accounts { nodes { a: contacts(first: 1) { nodes { id } } b: contacts(first: 2) { nodes { id } } c: contacts(first: 1) { nodes { id } } } } }`, 4},
	{"the uses of a list of tags", `{ tags { nodes { uses { total } } } }`, 8},
	{"the summaries of a list of accounts", `{ accounts(first: 25) { nodes { summary { openCases lastActivityAt wonOpportunities { count } } } } }`, 3},
	{"hints at duplicates", `{ possibleDuplicates(account: {name: "x"}, contact: {phone: "030 1234567"}, lead: {email: "a@b.example", companyName: "initech"}) { title } }`, 4},
	{"a dashboard", dashboardOfAll, 13},
	{"a queue of today", `{ today { count items { title } quietDeals { count } overdueInvoices { count } clearedYesterday upcoming { title } } }`, 16},
	{"a report on cases", `{ reports { cases { firstResponse { cases } backlog { open } agents { handled } resolution { cases } } } }`, 5},
	{"a report on service", `{ reports { service { opened openNow agents { open } } } }`, 5},
	{"a report on invoices", `{ reports { invoices { issued { count } averageDaysToPayment } } }`, 7},
	{"a report on revenue", `{ reports { revenue { periods { invoiced { amount } } } } }`, 3},
	{"a report on receivables", `{ reports { receivables { ages { due { amount } invoices { id } } } } }`, 7},
	{"a report on what is overdue", `{ reports { overdue { accounts { account { name } } } } }`, 3},
	{"a board", `{ leadKanban { columns { totalCount cards { name tags { name } assignedTo { id } } } } }`, 5},
	{"a board of a pipeline", `{ leadKanban(mode: PIPELINE) { pipeline { name } columns { name totalCount a: cards { name stage { name } } b: cards(first: 1) { id } } } }`, 7},
	{"a node", `query($lead: ID!) { node(id: $lead) { id } }`, 3},
	{"nodes of two kinds", `query($lead: ID!, $task: ID!) { nodes(ids: [$lead, $task, $lead]) { id } }`, 4},
}

var writes = []golden{
	{"a creation", `mutation { createLead(input: {title: "x"}) { lead { id } } }`, 5},
	{"an update that changes nothing", `mutation($lead: ID!) { updateLead(input: {id: $lead}) { lead { id } } }`, 2},
	{"an update", `mutation($lead: ID!) { updateLead(input: {id: $lead, title: "y"}) { lead { id } } }`, 6},
	{"a move", `mutation($lead: ID!) { moveLead(input: {id: $lead, status: IN_PROCESS}) { lead { id } } }`, 8},
	{"a deletion", `mutation($lead: ID!) { deleteLead(input: {id: $lead}) { deletedId } }`, 7},
	{"a conversion of a lead linked in every way", `mutation($lead: ID!) { convertLead(input: {id: $lead}) { lead { id } account { id } contact { id } opportunity { id } } }`, 66},
}

func TestStatementsAreFew(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	w := env.World(t, env.Acme)
	w.Admin.URL = env.Serve(t, mail.Disabled) // what is mailed afterwards is no part of an operation
	send := func(of []golden, how string) {
		for _, g := range of {
			t.Run(fmt.Sprintf("%s takes %d %s", g.what, g.statements, how), func(t *testing.T) {
				lead := w.Make(t, "Lead")
				sent := env.SQL.During(func() { w.Admin.Do(t, g.text, map[string]any{"lead": lead, "task": w.IDs["Task"][0]}) })
				if len(sent) != g.statements {
					t.Errorf("%d statements:\n%s", len(sent), strings.Join(sent, "\n"))
				}
			})
		}
	}
	w.Fill(t, 1)
	send(reads, "for one row of each kind")
	w.Fill(t, 4)
	send(reads, "for 5 rows of each kind")
	for range 20 {
		for _, kind := range []string{"Account", "Contact", "Opportunity", "Lead"} {
			w.Make(t, kind)
		}
	}
	send(reads, "for 25 rows")
	send(writes, "")
}
