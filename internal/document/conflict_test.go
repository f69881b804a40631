package document

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
)

// writer writes random documents that are valid but for the merging of fields.
type writer struct {
	*rand.Rand
	fragments int
}

func (w writer) set(parent string, depth int) string {
	var b strings.Builder
	b.WriteString("{")
	for range 1 + w.IntN(4) {
		b.WriteString(" " + w.selection(parent, depth))
	}
	return b.String() + " }"
}

func (w writer) selection(parent string, depth int) string {
	alias := []string{"", "a: ", "b: "}[w.IntN(3)]
	switch n := w.IntN(10); {
	case n == 0 && depth > 0:
		return "... " + w.set(parent, depth-1)
	case n == 1 && w.fragments > 0 && parent != "User":
		return fmt.Sprintf("...%s%d", map[string]string{"Node": "n", "Lead": "l", "Account": "c"}[parent], w.IntN(w.fragments))
	case n <= 4 && parent == "Node" && depth > 0:
		kind := []string{"Lead", "Account"}[w.IntN(2)]
		return "... on " + kind + " " + w.set(kind, depth-1)
	case n <= 6 && (parent == "Lead" || parent == "Account") && depth > 0:
		return alias + []string{"createdBy ", "updatedBy "}[w.IntN(2)] + w.set("User", depth-1)
	case n == 7 && (parent == "Lead" || parent == "Account"):
		return alias + fmt.Sprintf("tasks(first: %d) { totalCount }", 1+w.IntN(2))
	case parent == "User":
		return alias + []string{"id", "email", "__typename"}[w.IntN(3)]
	case parent == "Node":
		return alias + []string{"id", "__typename"}[w.IntN(2)]
	}
	return alias + []string{"id", "name", "city", "state", "version", "__typename"}[w.IntN(6)]
}

func (w writer) document() string {
	text := ""
	n := w.IntN(3)
	for i := range n { // a fragment spreads those before it alone
		w.fragments = i
		text += fmt.Sprintf(" fragment n%[1]d on Node %[2]s fragment l%[1]d on Lead %[3]s fragment c%[1]d on Account %[4]s", i, w.set("Node", 2), w.set("Lead", 2), w.set("Account", 2))
	}
	w.fragments = n
	return "{ node(id: 1) " + w.set("Node", 3) + " node(id: 1) " + w.set("Node", 3) + " }" + text
}

// TestMergingAgreesWithTheValidator compares our rule with the one that it replaces, on random documents.
func TestMergingAgreesWithTheValidator(t *testing.T) {
	t.Parallel()
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	f := testFront(wide)
	w := writer{Rand: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // the same documents each time
	verdicts := map[bool]int{}
	for range 10_000 {
		text := w.document()
		read := func() (*ast.QueryDocument, map[string]*ast.FragmentDefinition) {
			tree, err := parser.ParseQuery(&ast.Source{Input: text})
			if err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			return tree, newSurvey(tree, wide).fragments
		}
		tree, _ := read()
		if unused, _ := validate(schema, tree, []rule{rules.NoUnusedFragmentsRule}, 1); len(unused) > 0 {
			continue // the rule looks at operations; what none of them uses is refused anyway
		}
		theirs, _ := validate(schema, tree, []rule{rules.OverlappingFieldsCanBeMergedRule}, 1)
		tree, fragments := read()
		repeated, err := repetitions(tree, fragments, wide)
		if _, ok := errors.AsType[*Exceeded](err); ok {
			continue
		}
		_, _ = validate(schema, tree, nil, 1) // binds the fields
		ours := f.conflicts(tree, fragments, repeated)
		if (ours == nil) != (len(theirs) == 0) {
			t.Fatalf("%s\nours: %v\ntheirs: %v", text, ours, theirs)
		}
		verdicts[ours == nil]++
	}
	if verdicts[true] < 100 || verdicts[false] < 1000 {
		t.Errorf("the documents prove little: %v", verdicts)
	}
	t.Log(verdicts)
}
