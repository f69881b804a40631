package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/joho/godotenv"

	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
)

// block is a fenced block of a document.
type block struct {
	language string // what stands behind the fence
	text     string
	line     int
}

var fence = regexp.MustCompile("(?ms)^```([a-z ]*)\n(.*?)^```$")

// section gives the text of README.md between <!-- name --> and <!-- end -->.
func section(t *testing.T, name string) string {
	t.Helper()
	text := readFile(t, "README.md")
	_, rest, found := strings.Cut(text, "<!-- "+name+" -->\n")
	part, _, ended := strings.Cut(rest, "<!-- end -->")
	if !found || !ended {
		t.Fatalf("README.md has no part %q", name)
	}
	return part
}

// blocks gives the fenced blocks of a part of README.md.
func blocks(t *testing.T, name string) []block {
	t.Helper()
	out := fenced(section(t, name))
	if len(out) == 0 {
		t.Fatalf("the part %q has no blocks", name)
	}
	return out
}

// fenced gives the fenced blocks of a text.
func fenced(text string) (out []block) {
	for _, m := range fence.FindAllStringSubmatchIndex(text, -1) {
		out = append(out, block{language: text[m[2]:m[3]], text: text[m[4]:m[5]], line: 1 + strings.Count(text[:m[0]], "\n")})
	}
	return out
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// shows reports whether a text is what a block of README.md promises. An … there stands for any text, and on a line
// of its own for any lines.
func shows(got, promised string) bool {
	var pattern strings.Builder
	for line := range strings.Lines(promised) {
		if strings.TrimSpace(line) == "…" {
			pattern.WriteString(`(?:.*\n)*`)
			continue
		}
		pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), "…", ".*"))
	}
	if !strings.HasSuffix(got, "\n") {
		got += "\n" // a block of README.md has no other way to end
	}
	return regexp.MustCompile(`^` + pattern.String() + `$`).MatchString(got)
}

func TestReadmeTellsEverySetting(t *testing.T) {
	t.Parallel()
	var want strings.Builder
	want.WriteString("| Variable | Default | Meaning |\n| --- | --- | --- |\n")
	for _, d := range config.Docs() {
		name := "`" + strings.ReplaceAll(d.Name, ", ", "`, `") + "`"
		fallback := d.Default
		if fallback != "" {
			fallback = "`" + fallback + "`"
		}
		fmt.Fprintf(&want, "| %s | %s | %s |\n", name, fallback, d.Meaning)
	}
	if got := strings.TrimSpace(section(t, "settings")); got != strings.TrimSpace(want.String()) {
		t.Errorf("README.md's table must be\n%s", want.String())
	}
}

func TestExampleOfSettingsTellsEveryOne(t *testing.T) {
	t.Parallel()
	// Settings that are not made stand behind a # there; a comment is a # and a blank.
	text := regexp.MustCompile(`(?m)^#([A-Z])`).ReplaceAllString(readFile(t, ".env.example"), "$1")
	example, err := godotenv.Unmarshal(text)
	if err != nil {
		t.Fatal(err)
	}
	unread := maps.Clone(example)
	for _, d := range config.Docs() {
		for name := range strings.SplitSeq(d.Name, ", ") {
			value, stands := example[name]
			if !stands || value == "" {
				t.Errorf(".env.example does not show %s", name)
			}
			if d.Default != "" && value != d.Default {
				t.Errorf(".env.example has %s=%s, the default is %s", name, value, d.Default)
			}
			delete(unread, name)
		}
	}
	for name := range unread {
		t.Errorf(".env.example has %s, which nothing reads", name)
	}
	if _, err := config.Load(func(name string) string { return example[name] }); err != nil {
		t.Error(err)
	}
}

func TestReadmeMapsEveryPackage(t *testing.T) {
	t.Parallel()
	text := section(t, "map")
	dirs, err := filepath.Glob(filepath.Join(root, "internal", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if name := "`internal/" + filepath.Base(dir) + "`"; !strings.Contains(text, name) {
			t.Errorf("README.md does not say what %s is", name)
		}
	}
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)`").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
			t.Errorf("README.md maps %s: %v", m[1], err)
		}
	}
}

func TestReadmeLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	text := readFile(t, "README.md")
	for _, m := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join(root, m[1])); err != nil {
			t.Error(err)
		}
	}
}

func TestReadmeShowsTheFirstStart(t *testing.T) {
	t.Parallel()
	dir := directory(t)
	s := demo(t, dir, "HOME="+dir)
	promised := append(blocks(t, "first start"), blocks(t, "sheets")...)
	host := strings.TrimPrefix(s.url, "http://")
	// What stands in README.md is what happens with the default address and somebody else's tokens.
	seen := strings.NewReplacer(host, "127.0.0.1:8080").Replace(s.out.String())
	if !shows(seen, promised[0].text) {
		t.Errorf("the banner is\n%s\nREADME.md says\n%s", seen, promised[0].text)
	}
	here := strings.NewReplacer("127.0.0.1:8080", host, "bcrm_pat_…", s.people[0].token)
	for i := 1; i < len(promised); i += 2 {
		command, answer := promised[i], promised[i+1]
		typed := here.Replace(command.text)
		if n := i / 2; n < len(s.curls) { // the banner shows it as well
			typed = s.curls[n]
			if shown := strings.ReplaceAll(typed, host, "127.0.0.1:8080") + "\n"; !shows(undent(shown), undent(command.text)) {
				t.Errorf("the banner's command is\n%s\nREADME.md says\n%s", shown, command.text)
			}
		}
		if got := sh(t, typed); !shows(got, answer.text) {
			t.Errorf("the answer is\n%s\nREADME.md says\n%s", got, answer.text)
		}
	}
}

// undent takes the blanks at the beginning of lines away.
func undent(text string) string { return regexp.MustCompile(`(?m)^ +`).ReplaceAllString(text, "") }
