package document_test

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
)

// What a refusal may take, whoever asks for it and however.
const (
	mostTime  = slower * 20 * time.Millisecond
	mostBytes = 10 << 20
)

func repeat(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, strings.ReplaceAll(format, "#", "%[1]d"), i)
	}
	return b.String()
}

func nest(n int, open, inner, closing string) string {
	return strings.Repeat(open, n) + inner + strings.Repeat(closing, n)
}

// hostile are documents that have brought servers down, and what refuses them here; empty where it is a rule.
func hostile() map[string]struct {
	text, variables string
	by              document.Name
} {
	type one = struct {
		text, variables string
		by              document.Name
	}
	out := map[string]one{}
	for _, n := range []int{1000, 3000, 20_000} {
		out[fmt.Sprintf("%d repeated fields", n)] = one{"{" + strings.Repeat(" __typename", n) + "}", "", document.Tokens}
		out[fmt.Sprintf("%d conflicting aliases", n)] = one{"{" + repeat(n, " a: f#") + "}", "", document.Tokens}
	}
	out["1000 repeated fields"] = one{"{" + strings.Repeat(" __typename", 1000) + "}", "", document.Repetitions} // within the tokens
	out["600 conflicting aliases"] = one{"{" + repeat(600, " a: f#") + "}", "", document.Aliases}
	out["90 conflicting aliases"] = one{"{" + repeat(90, " a: f#") + "}", "", document.Repetitions}
	doubling := func(n int) string {
		text := "{ ...f0 }" + fmt.Sprintf(" fragment f%d on Query { leads { totalCount } }", n)
		for i := range n {
			text += fmt.Sprintf(" fragment f%d on Query { ...f%d ...f%d }", i, i+1, i+1)
		}
		return text
	}
	out["24 fragments that double"] = one{doubling(24), "", document.Cost}
	out["60 fragments that double"] = one{doubling(60), "", document.Cost}
	out["1000 fragments that double"] = one{doubling(1000), "", document.Tokens}
	nested := func(n int) string {
		text := "{ contact(id: 1) { ...f0 } }" + fmt.Sprintf(" fragment f%d on Contact { id }", n)
		for i := range n {
			text += fmt.Sprintf(" fragment f%d on Contact { a: account { contacts { nodes { ...f%d } } } b: account { contacts { nodes { ...f%d } } } }", i, i+1, i+1)
		}
		return text
	}
	out["3 fragments that double in depth"] = one{nested(3), "", document.Cost}
	out["30 fragments that double in depth"] = one{nested(30), "", document.Depth}
	out["20000 unknown directives"] = one{"{ __typename" + strings.Repeat(" @aa", 20_000) + " }", "", document.Tokens}
	out["900 unknown directives"] = one{"{ __typename" + strings.Repeat(" @aa", 900) + " }", "", document.Directives}
	out["unknown directives everywhere"] = one{"{" + repeat(90, " a#: __typename @a @b @c") + "}", "", document.Errors}
	out["1000 aliases of a list"] = one{"{" + repeat(1000, " a#: leads { nodes { id } }") + "}", "", document.Tokens}
	out["200 aliases of a list"] = one{"{" + repeat(200, " a#: leads { nodes { id } }") + "}", "", document.Aliases}
	out["90 aliases of lists of lists"] = one{"{" + repeat(90, " a#: accounts { nodes { contacts { nodes { id } } } }") + "}", "", document.Cost}
	out["pages of pages of pages"] = one{"{ accounts(first: 100) { nodes { contacts(first: 100) { nodes { opportunities(first: 100) { nodes { id } } } } } } }", "", document.Cost}
	out["the same by a variable"] = one{"query($n: Int) { accounts(first: $n) { nodes { contacts(first: $n) { nodes { opportunities(first: $n) { nodes { id } } } } } } }", `{"n": 100}`, document.Cost}
	out["a list in 900 lists"] = one{"{ nodes(ids: " + nest(900, "[", "", "]") + ") { id } }", "", document.Depth}
	out["a list in 60000 lists"] = one{"{ nodes(ids: " + nest(60_000, "[", "", "]") + ") { id } }", "", document.Tokens}
	out["an object in 400 objects"] = one{"{ leads(filter: " + nest(400, "{a: ", "1", "}") + ") { totalCount } }", "", document.Depth}
	out["a variable of 9000 lists"] = one{"query($a: [ID!]!) { nodes(ids: $a) { id } }", `{"a": ` + nest(9000, "[", "", "]") + `}`, ""}
	out["a variable of 3000 objects"] = one{"query($a: LeadFilter) { leads(filter: $a) { totalCount } }", `{"a": ` + nest(3000, `{"a":`, "1", "}") + `}`, ""}
	out["a variable with 10000 wrong fields"] = one{"query($a: LeadFilter) { leads(filter: $a) { totalCount } }", `{"a": {` + repeat(10_000, `"a#":1,`) + `"a": 1}}`, document.Errors}
	out["a list of 20000 wrong items"] = one{"query($a: [ID!]!) { nodes(ids: $a) { id } }", `{"a": [null` + strings.Repeat(",null", 20_000) + `]}`, document.Errors}
	out["600 selections in each other"] = one{nest(600, "{ a ", "{ b }", "}"), "", document.Depth}
	out["600 inline fragments in each other"] = one{nest(600, "{ ... ", "{ b }", "}"), "", ""}
	out["circular introspection"] = one{"{ __schema { types " + nest(4, "{ fields { type ", "{ name }", " } }") + " } }", "", ""}
	out["100 introspections"] = one{"{" + repeat(100, " a#: __schema { types { fields { args { name } } } }") + "}", "", document.Cost}
	out["65536 comments"] = one{strings.Repeat("#\n", 65_536) + "{ __typename }", "", document.Tokens}
	out["128 KiB of a text"] = one{`{ lead(id: "` + strings.Repeat("ü", 60_000) + `", x: "") { id } }`, "", ""}
	out["128 KiB of a block text"] = one{`{ lead(id: """` + strings.Repeat("\n ü", 30_000) + `""", x: "") { id } }`, "", ""}
	out["60000 opened selections"] = one{strings.Repeat("{a", 60_000), "", document.Tokens}
	out["128 KiB of nothing"] = one{strings.Repeat(" ", 128<<10), "", ""}
	out["128 KiB of no GraphQL"] = one{strings.Repeat("\x00", 128<<10), "", ""}
	return out
}

func TestHostileDocumentsAreRefusedCheaply(t *testing.T) { //nolint:paralleltest // it measures time and allocations
	for name, c := range hostile() {
		t.Run(name, func(t *testing.T) {
			took, bytes, err := spent(t, limits(t), c.text, c.variables)
			if err == nil {
				t.Fatal("it is taken")
			}
			if limit(err) != c.by {
				t.Errorf("refused by %q, not %q: %.200v", limit(err), c.by, err)
			}
			if took > mostTime || bytes > mostBytes {
				t.Errorf("%s and %d KiB", took, bytes>>10)
			}
			t.Logf("%s, %d KiB: %.100v", took, bytes>>10, err)
		})
	}
}

// text takes texts alone.
func text(v any) error {
	if _, ok := v.(string); !ok {
		return errors.New("no text")
	}
	return nil
}

// spent is the least of a few runs: other processes only ever add to it.
func spent(t *testing.T, most document.Limits, query, variables string) (took time.Duration, bytes uint64, err error) {
	t.Helper()
	took = time.Hour
	for range 5 {
		f := document.New(schema, most, map[string]document.Check{"ID": text})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		started := time.Now()
		_, err = run(f, query, variables)
		took = min(took, time.Since(started))
		runtime.ReadMemStats(&after)
		bytes = after.TotalAlloc - before.TotalAlloc
	}
	return took, bytes, err
}

// worst are documents that stay within all limits that come before validation, made to keep it busy.
func worst() map[string]string {
	names := func(n int, format string) string { return repeat(n, format) }
	out := map[string]string{
		"1990 different fields":            "{" + names(1990, " a#") + "}",
		"660 aliases":                      "{" + names(660, " a#: __typename") + "}",
		"30 uses of 60 names":              "{" + strings.Repeat(names(60, " a#"), 30) + "}",
		"30 uses of 22 aliases that clash": "{" + strings.Repeat(names(22, " a#: __typename"), 30) + "}",
		"30 pages, each with 30 fields":    "{" + strings.Repeat("leads { nodes { id name title city } }", 30) + names(100, " b#: __typename") + "}",
		"180 variables":                    "query(" + names(180, " $a#: Int") + ") {" + names(90, " a#: tags(first: $a#) { x }") + "}",
		"unused variables":                 "query(" + names(490, " $a#: Int") + ") { __typename }",
		"one argument 600 times":           "{ leads(" + strings.Repeat(" first: 1", 600) + ") { totalCount } }",
		"600 arguments":                    "{ leads(" + names(600, " a#: 1") + ") { totalCount } }",
		"1900 ids":                         "{ nodes(ids: [" + names(1900, " #") + "]) { id } }",
		"1900 wrong values":                "{ leads(filter: {statuses: [" + names(1900, " A#") + "]}) { totalCount } }",
		"600 wrong fields of an input":     "{ leads(filter: {" + names(600, " a#: 1") + "}) { totalCount } }",
		"900 inline fragments":             nest(600, "{ ... ", "{ __typename }", "}"),
		"inline fragments side by side":    "{ node(id: 1) {" + strings.Repeat(" ... on Lead { id }", 30) + strings.Repeat(" ... on Account { name }", 30) + names(200, " ... on Contact { a#: id }") + "} }",
		"operations":                       names(300, " query q# { __typename }"),
	}
	// Each fragment spreads all that come after it, and repeats names of the others.
	for _, n := range []int{16, 32, 40} {
		text := "{ leads { nodes { ...f0 } } }"
		for i := range n {
			text += fmt.Sprintf(" fragment f%d on Lead {", i)
			for j := i + 1; j < n; j++ {
				text += fmt.Sprintf(" ...f%d", j)
			}
			text += fmt.Sprintf(" a%d: title }", i)
		}
		out[fmt.Sprintf("%d fragments that spread each other", n)] = text
	}
	text := "{ leads { nodes { ...f0 } } }"
	for i := range 63 {
		text += fmt.Sprintf(" fragment f%d on Lead { ...f%d %s }", i, i+1, names(6, fmt.Sprintf(" a#_%d: title", i)))
	}
	out["a chain of 64 fragments"] = text + " fragment f63 on Lead { id }"
	text = ""
	for i := range 64 {
		text += fmt.Sprintf(" fragment f%d on Lead { tasks { nodes { a: title b: dueDate } } contacts { a: title b: city } }", i)
	}
	out["64 fragments of the same"] = "{ leads { nodes { " + names(30, " ...f#") + "} } more: leads { nodes { " + names(34, " ...f#") + "} } }" + text
	return out
}

func TestValidationIsBounded(t *testing.T) { //nolint:paralleltest // it measures time and allocations
	for name, text := range worst() {
		t.Run(name, func(t *testing.T) {
			most := limits(t)
			most.Aliases = most.Tokens // whoever needs them may allow them
			took, bytes, err := spent(t, most, text, "")
			if took > mostTime || bytes > mostBytes {
				t.Errorf("%s and %d KiB", took, bytes>>10)
			}
			if limit(err) == document.Tokens {
				t.Error("it does not come as far as validation")
			}
			started := time.Now()
			_ = document.New(schema, most, nil).Explain(text)
			if took := time.Since(started); took > 5*mostTime { // a single run
				t.Errorf("%s with suggestions", took)
			}
			t.Logf("%s, %d KiB: %.160v", took, bytes>>10, err)
		})
	}
}
