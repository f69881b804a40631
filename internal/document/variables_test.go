package document_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	gqlparser "github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/bottlecrm/bottlecrm-graphql/internal/document"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

var small = gqlparser.MustLoadSchema(&ast.Source{Input: `
type Query { f(a: Int, i: In, o: One, e: [E!], n: In!, l: [[Int]]): Int }
enum E { ONE TWO }
input In { req: Int! def: Int! = 5 text: String list: [Int!] inner: In e: E }
input One @oneOf { a: Int b: String }`})

func TestVariables(t *testing.T) {
	t.Parallel()
	whole := func(v any) error {
		if n, ok := v.(json.Number); ok && !strings.ContainsAny(n.String(), ".e") {
			return nil
		}
		return fault.Field("", "must be a whole number")
	}
	f := document.New(small, limits(t), map[string]document.Check{"Int": whole, "String": text})
	for name, c := range map[string]struct{ declared, given, want string }{
		"absent":                  {"$a: Int", `{}`, `{}`},
		"null":                    {"$a: Int", `{"a": null}`, `{"a":null}`},
		"a default":               {"$a: Int = 3", `{}`, `{"a":3}`},
		"null is no default":      {"$a: Int = 3", `{"a": null}`, `{"a":null}`},
		"what nobody asks for":    {"$a: Int", `{"a": 1, "z": 2}`, `{"a":1}`},
		"required":                {"$a: Int!", `{}`, `a: is required`},
		"required and null":       {"$a: Int!", `{"a": null}`, `a: must not be null`},
		"a number in quotes":      {"$a: Int", `{"a": "1"}`, `a: must be a whole number`},
		"an enum":                 {"$e: [E!]", `{"e": ["ONE", "TWO"]}`, `{"e":["ONE","TWO"]}`},
		"one item for a list":     {"$e: [E!]", `{"e": "ONE"}`, `{"e":["ONE"]}`},
		"one for a list of lists": {"$l: [[Int]]", `{"l": 1}`, `{"l":[[1]]}`},
		"some of them":            {"$l: [[Int]]", `{"l": [1, [2], null]}`, `{"l":[[1],[2],null]}`},
		"an enum in another case": {"$e: [E!]", `{"e": ["one"]}`, `e[0]: must be one of the values of E`},
		"an enum as a number":     {"$e: [E!]", `{"e": [1, null]}`, `e[0]: must be one of the values of E; e[1]: must not be null`},
		"an object":               {"$i: In", `{"i": {"req": 1, "inner": {"req": 2, "list": 3}}}`, `{"i":{"inner":{"list":[3],"req":2},"req":1}}`},
		"no object":               {"$i: In", `{"i": 5}`, `i: must be an object of type In`},
		"a list for an object":    {"$i: In", `{"i": []}`, `i: must be an object of type In`},
		"a default that is null":  {"$i: In", `{"i": {"req": 1, "def": null}}`, `i.def: must not be null`},
		"all at once": {"$i: In, $a: Int", `{"a": 1.5, "i": {"text": 5, "list": [1, "x", null], "inner": {"e": "THREE"}, "y": 1, "x": 2}}`,
			`i.req: is required; i.text: no text; i.list[1]: must be a whole number; i.list[2]: must not be null; i.inner.req: is required; ` +
				`i.inner.e: must be one of the values of E; i.x: is no field of In; i.y: is no field of In; a: must be a whole number`},
		"one of two":     {"$o: One", `{"o": {"a": 1}}`, `{"o":{"a":1}}`},
		"none of two":    {"$o: One", `{"o": {}}`, `o: must have exactly one of the fields of One, and not null`},
		"both":           {"$o: One", `{"o": {"a": 1, "b": "x"}}`, `o: must have exactly one of the fields of One, and not null`},
		"null of two":    {"$o: One", `{"o": {"a": null}}`, `o: must have exactly one of the fields of One, and not null`},
		"12 levels":      {"$i: In", `{"i": ` + strings.Repeat(`{"req":1,"inner":`, 11) + `null` + strings.Repeat("}", 11) + `}`, `…"req":1`},
		"too many":       {"$i: In", `{"i": ` + strings.Repeat(`{"req":1,"inner":`, 13) + `{"req":1}` + strings.Repeat("}", 14), `…nested deeper than 12`},
		"30 wrong items": {"$l: [[Int]]", `{"l": ["x"` + strings.Repeat(`,"x"`, 29) + `]}`, `…more than 20 errors`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var uses []string
			for part := range strings.SplitSeq(c.declared, ",") {
				variable, _, _ := strings.Cut(strings.TrimSpace(part), ":")
				uses = append(uses, variable[1:]+": "+variable)
			}
			d, err := f.Document("query(" + c.declared + ") { f(n: {req: 1}, " + strings.Join(uses, ", ") + ") }")
			if err != nil {
				t.Fatal(err)
			}
			op, _ := d.Operation("")
			var given map[string]any
			decoder := json.NewDecoder(strings.NewReader(c.given))
			decoder.UseNumber()
			if err := decoder.Decode(&given); err != nil {
				t.Fatal(err)
			}
			values, err := f.Variables(op, given)
			got, _ := json.Marshal(values)
			if err != nil {
				got = []byte(told(err))
			}
			part, isPart := strings.CutPrefix(c.want, "…")
			if string(got) != c.want && (!isPart || !strings.Contains(string(got), part)) {
				t.Errorf("%s, want %s", got, c.want)
			}
			if err != nil && fault.All(err) == nil {
				t.Errorf("%v is no fault", err)
			}
		})
	}
}

// told lists errors as "path: message".
func told(err error) string {
	var out []string
	list, _ := errors.AsType[gqlerror.List](err)
	for _, e := range list {
		out = append(out, strings.TrimPrefix(e.Path.String(), "variable.")+": "+e.Message)
	}
	return strings.Join(out, "; ")
}
