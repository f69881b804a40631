package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"
)

// asker sends single requests over a connection of its own, while nothing is measured.
type asker struct {
	conn   net.Conn
	answer answer
}

func newAsker(ctx context.Context, addr string) (*asker, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	return &asker{conn, answer{r: bufio.NewReaderSize(conn, 64<<10)}}, nil
}

func (a *asker) close() { _ = a.conn.Close() }

// ask gives the answer's body, which is good until the next question.
func (a *asker) ask(r request) ([]byte, error) {
	_ = a.conn.SetDeadline(time.Now().Add(time.Minute))
	if _, err := a.conn.Write(r.fill(nil)); err != nil {
		return nil, err
	}
	err := a.answer.read()
	return a.answer.body, err
}

// mostPages bounds how far a list is walked where there are few organizations.
const mostPages = 40

// requests writes the calls of a case down for one server. Of lists it walks some pages, to know their cursors.
func (e experiment) requests(ctx context.Context, addr string, s side, w *world) ([]request, error) {
	calls := e.calls(w)
	if len(calls) == 0 {
		return nil, errors.New("there is no data for it")
	}
	if e.pages == 0 {
		out := make([]request, len(calls))
		for i, c := range calls {
			out[i] = newRequest(addr, c.header(s), e.body(c, s))
		}
		return out, nil
	}
	a, err := newAsker(ctx, addr)
	if err != nil {
		return nil, err
	}
	defer a.close()
	var out []request
	pages := min(mostPages, max(e.pages, variations/len(calls)))
	for _, c := range calls {
		for range pages {
			r := newRequest(addr, c.header(s), e.body(c, s))
			out = append(out, r)
			body, err := a.ask(r)
			if err != nil {
				return nil, err
			}
			next := endCursor.FindSubmatch(body)
			if next == nil || !bytes.Contains(body, []byte(`"hasNextPage":true`)) {
				break
			}
			c.variables[s] = maps.Clone(c.variables[s])
			c.variables[s]["after"] = string(next[1])
		}
	}
	return out, nil
}

// endCursor is the last cursor of a page. Those of nested pages are not asked for.
var endCursor = regexp.MustCompile(`"endCursor":"([^"]+)"`)

// compared is how many answers of the two sides are compared.
const compared = 40

// agree checks that both sides answer the same records and figures, and gives the mean size of an answer in bytes for each.
func (e experiment) agree(ctx context.Context, addrs [2]string, requests [2][]request) (sizes [2]int, err error) {
	var answers [2][][]string
	for s := range addrs {
		if requests[s] == nil {
			continue
		}
		a, err := newAsker(ctx, addrs[s])
		if err != nil {
			return sizes, err
		}
		defer a.close()
		n := min(compared, len(requests[s]))
		for i := range n {
			// Spread over all of them.
			body, err := a.ask(requests[s][i*len(requests[s])/n])
			if err != nil {
				return sizes, err
			}
			sizes[s] += len(body) / n
			facts, err := factsIn(body)
			if err != nil {
				return sizes, err
			}
			answers[s] = append(answers[s], facts)
		}
	}
	if requests[ours] == nil || requests[peer] == nil || e.key == "d" { // what is created has an id of its own
		return sizes, nil
	}
	for i := range answers[ours] {
		if !slices.Equal(answers[ours][i], answers[peer][i]) {
			return sizes, fmt.Errorf("the answers differ, ours has %d records and figures, the peer's %d:\n%s", len(answers[ours][i]), len(answers[peer][i]),
				requests[ours][i*len(requests[ours])/len(answers[ours])].raw)
		}
	}
	return sizes, nil
}

// factsIn are the ids, the counts and the sums in an answer, ordered.
func factsIn(body []byte) ([]string, error) {
	var tree any
	if err := json.Unmarshal(body, &tree); err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	var out []string
	var walk func(node any)
	walk = func(node any) {
		switch node := node.(type) {
		case map[string]any:
			if total, isSum := node["total"].(map[string]any); isSum { // of one currency, of which the peer tells in a list
				out = append(out, strings.Trim(fmt.Sprint(node["currency"]), "[]")+" "+fmt.Sprint(total["amount"]))
				return
			}
			for name, child := range node {
				if name == "id" || name == "totalCount" {
					out = append(out, fmt.Sprint(child))
					continue
				}
				walk(child)
			}
		case []any:
			for _, child := range node {
				walk(child)
			}
		}
	}
	walk(tree)
	slices.Sort(out)
	return out, nil
}
