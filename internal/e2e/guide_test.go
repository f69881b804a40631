package e2e

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// named is what an answer of the guide gives a name to, for what follows.
var named = regexp.MustCompile(`\b[A-Z][A-Z_]*_(?:ID|END|KEY|CODE)\b`)

func TestGuideShowsWhatHappens(t *testing.T) {
	t.Parallel()
	dir := directory(t)
	s := demo(t, dir, "HOME="+dir)
	steps := fenced(readFile(t, "docs/guide.md"))
	known := map[string]string{}
	if len(steps) < 40 || len(steps)%2 != 0 {
		t.Fatalf("the guide has %d blocks: a step and its answer each", len(steps))
	}
	for i := 0; i < len(steps); i += 2 {
		step, want := steps[i], strings.Join(strings.Fields(steps[i+1].text), " ")
		var got string
		if strings.Contains(step.text, "MAILED_CODE") {
			known["MAILED_CODE"] = s.await(t, &s.log, `to=admin@acme.example .*?\b(\d{6})\b`)[1]
		}
		switch text := insert(step.text, known); step.language {
		case "graphql":
			got = s.answer(t, s.people[0].token, text)
		case "graphql session":
			got = s.answer(t, known["SESSION_KEY"], text)
		case "sh":
			got = sh(t, strings.ReplaceAll(text, "http://127.0.0.1:8080", s.url))
		default:
			t.Fatalf("docs/guide.md:%d: nothing runs %q", step.line, step.language)
		}
		if !learn(strings.TrimSpace(got), want, known) {
			t.Fatalf("docs/guide.md:%d: the answer is\n%s\nand not\n%s", step.line, got, want)
		}
	}
}

// answer asks with a token, and gives the data, or the errors, without extensions.
func (s *site) answer(t *testing.T, token, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	_, text, err := fetch(t, http.MethodPost, s.url+"/graphql", token, string(body))
	if err != nil {
		t.Fatal(err)
	}
	var response struct{ Data, Errors json.RawMessage }
	if err := json.Unmarshal([]byte(text), &response); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	if response.Errors != nil {
		return string(response.Errors)
	}
	return string(response.Data)
}

// insert puts in what names stand for.
func insert(text string, known map[string]string) string {
	return named.ReplaceAllStringFunc(text, func(name string) string {
		if value, is := known[name]; is {
			return value
		}
		return name
	})
}

// learn reports whether an answer is what is shown, in which names that are not known yet stand for what is there.
func learn(got, shown string, known map[string]string) bool {
	pattern := regexp.QuoteMeta(insert(shown, known))
	var names []string
	pattern = named.ReplaceAllStringFunc(pattern, func(name string) string {
		names = append(names, name)
		return `([^"#]+)`
	})
	// Blanks after a comma are for reading.
	pattern = "^" + strings.ReplaceAll(strings.ReplaceAll(pattern, ", ", ",\\s*"), "…", ".*") + "$"
	found := regexp.MustCompile(pattern).FindStringSubmatch(got)
	for i, name := range names {
		if found != nil {
			known[name] = found[i+1]
		}
	}
	return found != nil
}

func TestGuideLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	for _, m := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(readFile(t, "docs/guide.md"), -1) {
		if _, err := os.Stat(filepath.Join(root, "docs", m[1])); err != nil {
			t.Error(err)
		}
	}
}
