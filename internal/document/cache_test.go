package document

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
)

var wide = Limits{Body: 1 << 17, Tokens: 2000, Depth: 12, IntrospectionDepth: 20, Aliases: 1000, Repetitions: 30, Selections: 20_000, Fragments: 64, Directives: 8,
	Errors: 20, Cost: 50_000, Cache: 1 << 20}

func testFront(limits Limits) *Front {
	return New(graph.NewExecutableSchema(graph.Config{}).Schema(), limits, nil)
}

func TestCacheKeepsWhatWasUsedLast(t *testing.T) {
	t.Parallel()
	c := newCache(100)
	docs := map[string]*Document{}
	add := func(key string, weight int) {
		docs[key] = new(Document)
		c.add(key, docs[key], weight)
	}
	has := func(want string) {
		t.Helper()
		var got strings.Builder
		for e := c.order.Front(); e != nil; e = e.Next() {
			got.WriteString(e.Value.(*entry).key)
		}
		if got.String() != want {
			t.Errorf("it keeps %s, want %s", got.String(), want)
		}
	}
	for _, key := range []string{"a", "b", "c", "d"} {
		add(key, 25)
	}
	has("dcba")
	if d, ok := c.get("a"); !ok || d != docs["a"] {
		t.Error("a is not what was added")
	}
	add("e", 20)
	has("eadc")
	add("f", 26) // more than a quarter
	has("eadc")
	c.add("a", new(Document), 1) // parsed a second time
	if d, _ := c.get("a"); d != docs["a"] {
		t.Error("a was replaced")
	}
	add("g", 25)
	add("h", 25)
	has("hgae")
	if n, bytes := c.size(); n != 4 || bytes != 95 {
		t.Errorf("%d documents, %d bytes", n, bytes)
	}
	if _, ok := c.get("b"); ok {
		t.Error("b is still there")
	}
}

func TestOnlyValidDocumentsAreKept(t *testing.T) {
	t.Parallel()
	f := testFront(wide)
	for _, text := range []string{`{`, `{ nothing }`, "{" + strings.Repeat(" __typename", 31) + "}", `fragment f on Lead { id }`, `{ leads { nodes { a: id a: name } } }`} {
		if _, err := f.Document(text); err == nil {
			t.Errorf("%s is valid", text)
		}
	}
	if n, bytes := f.kept.size(); n != 0 || bytes != 0 {
		t.Errorf("%d documents, %d bytes", n, bytes)
	}
	one, err := f.Document(`{ __typename }`)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := f.Document(`{ __typename }`); again != one {
		t.Error("it was parsed twice")
	}
}

func TestCacheIsBoundedWhoeverFillsIt(t *testing.T) {
	t.Parallel()
	f := testFront(wide)
	var wait sync.WaitGroup
	for worker := range 8 {
		wait.Go(func() {
			for i := range 300 {
				text := fmt.Sprintf("{ a%d: __typename b%d: __typename }", i%200, worker%3)
				d, err := f.Document(text)
				if err != nil || len(d.Tree.Operations) != 1 {
					t.Errorf("%s: %v", text, err)
				}
				if _, bytes := f.kept.size(); bytes > wide.Cache {
					t.Errorf("%d bytes", bytes)
				}
			}
		})
	}
	wait.Wait()
	if n, bytes := f.kept.size(); n < 50 || bytes < wide.Cache/2 {
		t.Errorf("only %d documents, %d bytes, are kept", n, bytes)
	}
}

// TestWeight compares the estimate with what the heap says.
func TestWeight(t *testing.T) { //nolint:paralleltest // it reads the heap, which is everybody's
	for name, text := range map[string]string{
		"a small one":     `{ leads(first: %d) { totalCount } }`,
		"a usual one":     `query Q%d($n: Int, $f: LeadFilter) { leads(first: $n, filter: $f) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id name ...f } } } } fragment f on Lead { id tags { id name } contacts { id fullName account { id name } } }`,
		"a dense one":     `{ a%d: __typename` + aliases(600) + ` }`,
		"one of literals": `{ a%d: nodes(ids: [` + strings.Repeat("1 ", 1900) + `]) { id } }`,
		"one of text":     `{ a%d: lead(id: "` + strings.Repeat("x", 50_000) + `") { id } }`,
	} {
		t.Run(name, func(t *testing.T) {
			limits := wide
			limits.Cache = 1 << 30
			f := testFront(limits)
			const n = 50
			before := heap()
			for i := range n {
				if _, err := f.Document(fmt.Sprintf(text, i)); err != nil {
					t.Fatal(err)
				}
			}
			held := heap() - before
			_, estimated := f.kept.size()
			t.Logf("%d bytes each, estimated %d", held/n, estimated/n)
			if held > estimated*5/4 || estimated > held*4 {
				t.Errorf("%d bytes are held, estimated %d", held, estimated)
			}
		})
	}
}

func aliases(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " x%d: __typename", i)
	}
	return b.String()
}

func heap() int {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
