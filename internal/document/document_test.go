package document_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

var schema = graph.NewExecutableSchema(graph.Config{}).Schema()

// limits are those of a server that nobody has configured.
func limits(t testing.TB) document.Limits {
	t.Helper()
	c, err := config.Load(func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return document.Limits(c.Limits)
}

func front(t testing.TB) *document.Front {
	t.Helper()
	return document.New(schema, limits(t), nil)
}

// run takes a document as far as it goes without being executed.
func run(f *document.Front, text, variables string) (cost int, err error) {
	d, err := f.Document(text)
	if err != nil {
		return 0, err
	}
	op, err := d.Operation("")
	if err != nil {
		return 0, err
	}
	var given map[string]any
	decoder := json.NewDecoder(strings.NewReader(variables))
	decoder.UseNumber()
	if variables != "" {
		if err := decoder.Decode(&given); err != nil {
			return 0, err
		}
	}
	values, err := f.Variables(op, given)
	if err != nil {
		return 0, err
	}
	return f.Cost(d, op, values)
}

// limit is the limit that an error is about; empty when it is about none.
func limit(err error) document.Name {
	if e, ok := errors.AsType[*document.Exceeded](err); ok {
		return e.Limit
	}
	return ""
}

func TestLimits(t *testing.T) {
	t.Parallel()
	nested := func(levels int) string {
		return strings.Repeat("{ account ", levels-1) + "{ id }" + strings.Repeat(" }", levels-1)
	}
	fragments := func(n int) string {
		spread, defined := "", ""
		for i := range n {
			spread += fmt.Sprintf(" ...f%d", i)
			defined += fmt.Sprintf(" fragment f%[1]d on Query { a%[1]d: __typename }", i)
		}
		return "{" + spread + " }" + defined
	}
	list := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	for name, c := range map[string]struct {
		text string
		want document.Name
	}{
		"2000 tokens":                              {"{" + strings.Repeat(" id", 1998) + "}", document.Repetitions},
		"2001 tokens":                              {"{" + strings.Repeat(" id", 1999) + "}", document.Tokens},
		"comments count":                           {"{ __typename }" + strings.Repeat("#\n", 2000), document.Tokens},
		"commas do not":                            {"{ __typename }" + strings.Repeat(",", 5000), ""},
		"12 levels":                                {"{ contact(id: 1) " + nested(11) + "}", ""},
		"13 levels":                                {"{ contact(id: 1) " + nested(12) + "}", document.Depth},
		"13 levels by a fragment":                  {"{ contact(id: 1) { ...f } } fragment f on Contact " + nested(12), document.Depth},
		"a value of 13 lists":                      {"{ nodes(ids: " + list(13) + ") { id } }", document.Depth},
		"a default value of 13":                    {"query($a: [ID!] = " + list(13) + ") { nodes(ids: $a) { id } }", document.Depth},
		"a directive's value of 13":                {"{ a @x(y: " + list(13) + ") }", document.Depth},
		"21 levels of introspection":               {"{ __type(name: 1) " + strings.Repeat("{ ofType ", 19) + "{ name }" + strings.Repeat("}", 20), document.IntrospectionDepth},
		"introspection does not deepen the others": {"{ __typename __schema { description } contact(id: 1) " + nested(12) + "}", document.Depth},
		"64 fragments":                             {fragments(64), ""},
		"65 fragments":                             {fragments(65), document.Fragments},
		"8 directives":                             {"{ id" + strings.Repeat(" @a", 8) + " }", ""},
		"9 directives":                             {"{ id" + strings.Repeat(" @a", 9) + " }", document.Directives},
		"9 directives of an operation":             {"query" + strings.Repeat(" @a", 9) + " { id }", document.Directives},
		"9 directives of a variable":               {"query($a: Int" + strings.Repeat(" @a", 9) + ") { id }", document.Directives},
		"9 directives of a fragment":               {"{ id } fragment f on Lead" + strings.Repeat(" @a", 9) + " { id }", document.Directives},
		"100 aliases":                              {"{" + repeat(100, " a#: __typename") + "}", ""},
		"101 aliases":                              {"{" + repeat(101, " a#: __typename") + "}", document.Aliases},
		"30 uses of a name":                        {"{" + strings.Repeat(" __typename", 30) + "}", ""},
		"31 uses of a name":                        {"{" + strings.Repeat(" id", 31) + "}", document.Repetitions},
		"31 uses as an alias":                      {"{ id" + strings.Repeat(" id: name", 30) + "}", document.Repetitions},
		"31 uses in fragments":                     {"{" + strings.Repeat("... { id }", 20) + "...f } fragment f on Query {" + strings.Repeat("... on Query { id }", 11) + "}", document.Repetitions},
		"31 uses below repeated fields":            {"{" + strings.Repeat(" viewer { user { id id id id } }", 8) + "}", document.Repetitions},
		"a fragment counts once in one set":        {"{" + strings.Repeat(" ...f", 40) + "} fragment f on Query { id }", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := front(t).Document(c.text)
			if got := limit(err); got != c.want {
				t.Errorf("%q, want %q: %v", got, c.want, err)
			}
			if c.want != "" && !fault.Is(err, fault.LimitExceeded) {
				t.Error(err)
			}
		})
	}
}

// TestEveryLimitIsOne makes sure that each limit is what is set, and says its value.
func TestEveryLimitIsOne(t *testing.T) {
	t.Parallel()
	for _, r := range document.Rules() {
		e := limits(t).Exceed(r.Name)
		if e.Limit != r.Name || e.Value != r.Value(limits(t)) || e.Value < 1 || strings.Contains(e.Error(), "%") {
			t.Errorf("%s: %d, %q", e.Limit, e.Value, e.Error())
		}
	}
}

// TestSpreadingIsBounded spreads few fragments to very many combinations of selections, none of them repeated much.
func TestSpreadingIsBounded(t *testing.T) {
	t.Parallel()
	// The fragments are states, the aliases letters: after each word another combination of states is merged.
	const states = 11
	text := "{ ...q0 } fragment q0 on A { a: x { ...q0 ...q1 } b: x { ...q0 } }"
	for i := 1; i < states; i++ {
		text += fmt.Sprintf("fragment q%d on A { a: x { ...q%[2]d } b: x { ...q%[2]d } }", i, i+1)
	}
	text += fmt.Sprintf("fragment q%d on A { c }", states)
	if _, err := front(t).Document(text); limit(err) != document.Selections {
		t.Error(err)
	}
}

func TestErrorsAreCut(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]int{19: 19, 20: 20, 21: 20, 500: 20} {
		var text strings.Builder
		for i := range n {
			text.WriteString(" a" + strings.Repeat("x", i))
		}
		_, err := front(t).Document("{" + text.String() + "}")
		list, _ := errors.AsType[gqlerror.List](err)
		if len(list) != want || (limit(list[len(list)-1]) == document.Errors) != (n > want) {
			t.Errorf("%d wrong fields: %d errors, the last %v", n, len(list), list[len(list)-1])
		}
	}
}

func TestLongMessagesAreCut(t *testing.T) {
	t.Parallel()
	_, err := front(t).Document(`{ leads(first: "` + strings.Repeat("x", 100_000) + `") { totalCount } }`)
	if err == nil || len(err.Error()) > 400 {
		t.Errorf("%d bytes", len(err.Error()))
	}
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	f := front(t)
	for _, text := range []string{
		`{ lead }`, `{ leadz { totalCount } }`, `{ leads(frist: 1) { totalCount } }`, `{ leads(orderBy: {field: TITEL, direction: ASC}) { totalCount } }`,
		`{ leads(filter: {statuzes: []}) { totalCount } }`, `query($a: LeadFiltre) { leads(filter: $a) { totalCount } }`, `{ __schema { directive } }`,
		`{ node(id: 1) { title } }`, `{ leads @skip(fi: true) { totalCount } }`, `{ leads @skipp(if: true) { totalCount } }`,
		`{ leads(orderBy: {field: "TITLE", direction: ASC}) { totalCount } }`, `{ ...x } fragment x on Querry { leads { totalCount } }`,
	} {
		_, err := f.Document(text)
		if err == nil || strings.Contains(err.Error(), "Did you mean") {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := f.Explain(`{ leadz { totalCount } }`); err == nil || !strings.Contains(err.Error(), `Did you mean`) {
		t.Errorf("who may see the schema is not helped: %v", err)
	}
}

func TestMerging(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"the same twice":                        {`{ viewer { user { id } } viewer { user { id email } } }`, ""},
		"aliases apart":                         {`{ a: leads { totalCount } b: accounts { totalCount } }`, ""},
		"two fields of one name":                {`{ a: leads { totalCount } a: accounts { totalCount } }`, "different fields"},
		"a field and an alias":                  {`{ leads { nodes { title title: name } } }`, "different fields"},
		"other arguments":                       {`{ leads(first: 1) { totalCount } leads(first: 2) { totalCount } }`, "arguments differ"},
		"no arguments":                          {`{ leads(first: 1) { totalCount } leads { totalCount } }`, "arguments differ"},
		"arguments in another order":            {`{ leads(first: 1, search: "x") { totalCount } leads(search: "x", first: 1) { totalCount } }`, ""},
		"an object in another order":            {`{ leads(filter: {isOpen: true, isActive: false}) { totalCount } leads(filter: {isActive: false, isOpen: true}) { totalCount } }`, ""},
		"another object":                        {`{ leads(filter: {isOpen: true}) { totalCount } leads(filter: {isOpen: false}) { totalCount } }`, "arguments differ"},
		"lists in another order":                {`{ nodes(ids: [1, 2]) { id } nodes(ids: [2, 1]) { id } }`, "arguments differ"},
		"through a fragment":                    {`{ leads { nodes { ...f name } } } fragment f on Lead { name: title }`, "different fields"},
		"through two fragments":                 {`{ leads { nodes { ...f ...g } } } fragment f on Lead { x: title } fragment g on Lead { x: name }`, "types differ"},
		"below merged fields":                   {`{ leads { nodes { a: title } } leads { nodes { a: companyName } } }`, "different fields"},
		"below fields merged through fragments": {`{ ...f ...g } fragment f on Query { leads { nodes { a: title } } } fragment g on Query { leads { nodes { a: city } } }`, "different fields"},
		"objects of different types":            {`{ node(id: 1) { ... on Lead { a: title } ... on Account { a: city } } }`, ""},
		"their arguments":                       {`{ node(id: 1) { ... on Lead { tasks(first: 1) { totalCount } } ... on Account { tasks(first: 2) { totalCount } } } }`, ""},
		"their types":                           {`{ node(id: 1) { ... on Lead { a: title } ... on Account { a: isActive } } }`, "types differ"},
		"one of them must not be null":          {`{ node(id: 1) { ... on Lead { a: title } ... on Account { a: name } } }`, "types differ"},
		"below objects of different types":      {`{ node(id: 1) { ... on Lead { a: createdBy { x: id } } ... on Account { a: createdBy { x: email } } } }`, "types differ"},
		"what both have":                        {`{ node(id: 1) { id ... on Lead { id: name } } }`, "different fields"},
		"a list and none":                       {`{ node(id: 1) { ... on Lead { a: tags { id } } ... on Account { a: createdBy { id } } } }`, "types differ"},
		"with typename":                         {`{ node(id: 1) { __typename ... on Lead { __typename } ... on Account { __typename: name } } }`, "different fields"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := front(t).Document(c.text)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v, want %q", err, c.want)
			}
		})
	}
}

func TestOperations(t *testing.T) {
	t.Parallel()
	d, err := front(t).Document(`query a { __typename } query b { __typename __schema { description } }`)
	if err != nil {
		t.Fatal(err)
	}
	for name, ok := range map[string]bool{"a": true, "b": true, "": false, "c": false} {
		if op, err := d.Operation(name); (err == nil) != ok || ok && op.Definition.Name != name {
			t.Errorf("%q: %v", name, err)
		}
	}
	if !d.Introspects {
		t.Error("it introspects")
	}
	if d, err := front(t).Document(`{ __typename viewer { __typename } }`); err != nil || d.Introspects {
		t.Errorf("__typename is no introspection: %v", err)
	}
}
