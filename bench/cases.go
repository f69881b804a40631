package main

import (
	"encoding/json"
	"fmt"
)

// createdHost is the domain of the addresses of leads that a run creates: by it they are found and removed.
const createdHost = "created.bench.example"

// side is one of the two servers that speak GraphQL.
type side int

const (
	ours side = iota
	peer
)

// call is a request before it is written down: in which organization, and with which variables for each side.
type call struct {
	org       *organization
	variables [2]map[string]any
}

// experiment is one case: the same operation in many variations.
type experiment struct {
	key, name string
	documents [2]string // without the peer's it is measured on our server alone
	calls     func(w *world) []call
	pages     int  // walked behind each call by its cursor, so that lists differ
	limit     bool // measured against pgbench too
	growth    bool // measured against a database with one organization too
	sums      bool // the peer needs its plugin for sums

	beside func(w *world) []call // the same operation on other data, on our server
}

func (e experiment) on(s side) bool { return e.documents[s] != "" }

// experiments in the order in which they run. What writes comes last, so that all others see the data as it was loaded.
var experiments = []experiment{
	{key: "a", name: "list of 20", documents: [2]string{oursList, peerList}, calls: firstPages, pages: 4, limit: true, growth: true},
	{key: "b", name: "nested", documents: [2]string{oursNested, peerNested}, calls: bare, pages: 4, limit: true, growth: true},
	{key: "c", name: "by id with relations", documents: [2]string{oursOne, peerOne}, calls: byID, limit: true, growth: true},
	{key: "e", name: "giant organization, first page", documents: [2]string{oursList, peerList}, calls: onGiant(filtered), beside: filtered, limit: true},
	{key: "f", name: "search in the giant organization", documents: [2]string{oursSearch, ""}, calls: onGiant(searches)},
	{key: "g", name: "counts and sums", documents: [2]string{oursCount, peerCount}, calls: counts, limit: true, sums: true},
	{key: "d", name: "create", documents: [2]string{oursCreate, peerCreate}, calls: creations, limit: true, growth: true},
}

// variations is about how many different requests a case has.
const variations = 800

// rounds is how often to go through all organizations for that many.
func (w *world) rounds(of int) int { return max(1, of/max(1, len(w.small))) }

func bare(w *world) []call {
	var out []call
	for _, o := range w.small {
		out = append(out, call{o, [2]map[string]any{{}, {}}})
	}
	return out
}

func firstPages(w *world) []call {
	out := bare(w)
	for i := range out {
		out[i].variables = [2]map[string]any{{"first": 20}, {"first": 20}}
	}
	return out
}

func byID(w *world) []call {
	var out []call
	for i := range leadsOfEach {
		for _, o := range w.small {
			if i < len(o.leads) {
				out = append(out, call{o, [2]map[string]any{{"id": o.leads[i]}, {"org": o.id, "id": o.leads[i]}}})
			}
		}
	}
	return out
}

// statuses that loaded leads have, as each side spells them.
var statuses = [][2]string{{"ASSIGNED", "assigned"}, {"IN_PROCESS", "in process"}, {"RECYCLED", "recycled"}, {"CLOSED", "closed"}}

// orders have an index each.
var orders = [][2]string{{"CREATED_AT", "DESC"}, {"CREATED_AT", "ASC"}, {"TITLE", "ASC"}, {"LAST_NAME", "ASC"}, {"COMPANY_NAME", "ASC"}}

func filtered(w *world) []call {
	var out []call
	for i := range max(len(statuses)*len(orders), len(w.small)) {
		status, order := statuses[i%len(statuses)], orders[i/len(statuses)%len(orders)]
		out = append(out, call{w.small[i%len(w.small)], [2]map[string]any{
			{"first": 20, "filter": map[string]any{"statuses": []string{status[0]}}, "orderBy": map[string]any{"field": order[0], "direction": order[1]}},
			{"first": 20, "condition": map[string]any{"status": status[1]}, "orderBy": []string{order[0] + "_" + order[1], "ROW_ID_" + order[1]}},
		}})
	}
	return out
}

func searches(w *world) []call {
	var out []call
	for _, word := range w.words {
		out = append(out, call{w.giant, [2]map[string]any{{"search": word}, nil}})
	}
	return out
}

// onGiant asks the giant organization what calls would ask a small one.
func onGiant(calls func(*world) []call) func(*world) []call {
	return func(w *world) []call {
		if w.giant == nil {
			return nil
		}
		return calls(&world{small: []*organization{w.giant}, giant: w.giant, words: w.words})
	}
}

func counts(w *world) []call {
	var out []call
	for i := range w.rounds(variations) {
		status := statuses[i%len(statuses)]
		for _, o := range w.small {
			out = append(out, call{o, [2]map[string]any{
				{"filter": map[string]any{"statuses": []string{status[0]}}}, {"condition": map[string]any{"status": status[1]}},
			}})
		}
	}
	return out
}

func creations(w *world) []call {
	var out []call
	for i := range w.rounds(variations) {
		for _, o := range w.small {
			input := map[string]any{"title": fmt.Sprintf("Order portal %d", i), "firstName": "Ada", "lastName": fmt.Sprintf("Bench %d", i),
				"companyName": "Quillmarsh Homes", "phone": "+1 212 555 0165", "jobTitle": "Buyer", "city": "Denver",
				"email": "b" + hole + "@" + createdHost}
			mine, theirs := map[string]any{"status": "ASSIGNED", "source": "CAMPAIGN"}, map[string]any{"status": "assigned", "source": "campaign"}
			for field, value := range input {
				mine[field], theirs[field] = value, value
			}
			// The peer's tables have no defaults for these: whoever writes says them.
			theirs["rowId"], theirs["orgId"] = "01900000-0000-7000-8000-"+hole, o.id
			theirs["createdById"], theirs["updatedById"] = o.admin, o.admin
			out = append(out, call{o, [2]map[string]any{{"input": mine}, {"lead": theirs}}})
		}
	}
	return out
}

// body is a call as JSON.
func (e experiment) body(c call, s side) string {
	text, err := json.Marshal(map[string]any{"query": e.documents[s], "variables": c.variables[s]})
	if err != nil {
		panic(err) // texts and numbers can be written
	}
	return string(text)
}

// header says who asks: our server is shown a token, the peer is told by a gateway that has looked at one.
func (c call) header(s side) string {
	if s == ours {
		return "Authorization: Bearer " + c.org.token + "\r\n"
	}
	return "X-Organization: " + c.org.id + "\r\n"
}
