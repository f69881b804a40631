package resolver_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/bottlecrm/bottlecrm-graphql"

// What stands for a group of imports.
const (
	ours       = module + "/"
	bunPath    = "github.com/uptrace/bun"
	pgxPath    = "github.com/jackc/pgx"
	gqlgenPath = "github.com/99designs/gqlgen"
	httpPath   = "net/http"
	sqlPath    = "database/sql"
)

// forbidden says what a package must never know, and why. A prefix stands for all below it; an import that begins with
// "+" is allowed all the same.
var forbidden = map[string]struct {
	why     string
	imports []string
}{
	"internal/fault":      {"the words of refusals are the bottom of everything", []string{ours, bunPath, pgxPath, gqlgenPath, httpPath, sqlPath}},
	"internal/page":       {"paging is arithmetic, and tested without a database", []string{ours, "+internal/fault", bunPath, pgxPath, gqlgenPath, httpPath, sqlPath}},
	"internal/patch":      {"copying inputs knows neither what they are nor where they go", []string{ours, "+internal/fault", bunPath, pgxPath, gqlgenPath, httpPath, sqlPath}},
	"internal/filter":     {"operators are plain values", []string{ours, "+internal/scalar", bunPath, pgxPath, gqlgenPath, httpPath, sqlPath}},
	"internal/sibling":    {"rows know their siblings without knowing what they are", []string{ours, "+internal/id", bunPath, pgxPath, gqlgenPath, httpPath}},
	"internal/id":         {"identifiers are below all that has them", []string{ours, "+internal/fault", bunPath, pgxPath, gqlgenPath, httpPath}},
	"internal/scalar":     {"a scalar says what is well-formed, not what is true", []string{ours, "+internal/fault", bunPath, pgxPath, httpPath}},
	"internal/memo":       {"what is remembered is anybody's", []string{ours, bunPath, pgxPath, gqlgenPath, httpPath, sqlPath}},
	"internal/search":     {"words are cut whosever they are", []string{ours, bunPath, pgxPath, gqlgenPath, httpPath, sqlPath}},
	"internal/sheet":      {"a table is read whatever it is about", []string{ours, "+internal/fault", bunPath, pgxPath, gqlgenPath, httpPath, sqlPath}},
	"internal/billing":    {"bills are arithmetic", []string{ours, "+internal/fault", "+internal/scalar", bunPath, pgxPath, gqlgenPath, httpPath, sqlPath}},
	"internal/pdf":        {"paper shows what it is given", []string{ours, "+internal/billing", "+internal/scalar", bunPath, pgxPath, gqlgenPath, httpPath, sqlPath}},
	"internal/document":   {"a document is judged whoever sent it, and however", []string{ours, "+internal/fault", "+internal/page", bunPath, pgxPath, gqlgenPath, httpPath, sqlPath}},
	"model":               {"entities are structs: queries and rules stand in store", []string{"internal/tenant", "internal/store", "internal/auth", "graph", "resolver", gqlgenPath, pgxPath, httpPath, sqlPath}},
	"internal/tenant":     {"what keeps organizations apart does not know what they store", []string{ours, "+internal/fault", "+internal/id", "+internal/memo", "+internal/scan", gqlgenPath, httpPath}},
	"internal/scan":       {"values are read whoever's they are", []string{ours, gqlgenPath, httpPath}},
	"internal/rls":        {"the policies are checked from the catalogue, not from what the program believes", []string{ours, gqlgenPath, httpPath}},
	"internal/store":      {"what is true is so whoever asks, and however", []string{"graph", "resolver", "dataloader", "internal/server", "internal/auth", gqlgenPath, httpPath}},
	"internal/auth":       {"who is asking is known before what is asked", []string{"graph", "resolver", "dataloader", "internal/store", "internal/server", gqlgenPath}},
	"internal/audit":      {"the ledger is written by all and knows none of them", []string{"graph", "resolver", "dataloader", "internal/store", "internal/auth", gqlgenPath}},
	"dataloader":          {"relations are loaded for whoever asks", []string{"graph", "resolver", "internal/server", gqlgenPath, httpPath, sqlPath}},
	"graph":               {"it is output: what it names is below it", []string{"resolver", "dataloader", "internal/store", "internal/tenant", bunPath, pgxPath}},
	"resolver":            {"what is exposed has no way around the store", []string{"internal/server", "internal/command", "internal/rls", "migrations", httpPath, bunPath + "/dialect", "github.com/jackc/pgx/v5/stdlib"}},
	"internal/server":     {"it speaks HTTP and leaves the data to others", []string{"internal/store", "internal/command", "migrations", "dataloader", bunPath, pgxPath}},
	"internal/portal":     {"clients are shown what the store says is theirs", []string{"graph", "resolver", "dataloader", "internal/server", bunPath, pgxPath, sqlPath}},
	"internal/webform":    {"forms lead to what the store makes of them", []string{"graph", "resolver", "dataloader", "internal/server", pgxPath, gqlgenPath, sqlPath}},
	"internal/playground": {"pages in a browser need nothing of ours", []string{ours}},
	"internal/mail":       {"a mail is a text and an address", []string{ours, httpPath}},
	"internal/config":     {"settings are read before anything is there", []string{ours, bunPath, pgxPath, gqlgenPath, httpPath}},
	"internal/devdb":      {"a database is run whatever is in it", []string{ours, bunPath, gqlgenPath, httpPath}},
	"migrations":          {"history must not move when a struct does", []string{ours}},
}

// testsOnly are packages that only tests import.
var testsOnly = []string{"internal/apitest", "internal/testdb"}

func TestImportsPointDownwards(t *testing.T) {
	t.Parallel()
	packages := listPackages(t)
	for name, rule := range forbidden {
		t.Run(name, func(t *testing.T) {
			imports, ok := packages[name]
			if !ok {
				t.Fatal("there is no such package any more: drop its rule")
			}
			for _, imported := range imports {
				if breaks(imported, rule.imports) {
					t.Errorf("it imports %s, but %s", imported, rule.why)
				}
			}
		})
	}
	t.Run("only tests import what is made for tests", func(t *testing.T) {
		for name, imports := range packages {
			for _, imported := range imports {
				for _, helper := range testsOnly {
					if imported == ours+helper && name != "internal/apitest" {
						t.Errorf("%s imports %s outside of its tests", name, helper)
					}
				}
			}
		}
	})
	t.Run("only commands look after the policies", func(t *testing.T) {
		for name, imports := range packages {
			for _, imported := range imports {
				if imported == ours+"internal/rls" && name != "internal/command" {
					t.Errorf("%s imports internal/rls, which is for operators", name)
				}
			}
		}
	})
}

func breaks(imported string, rule []string) bool {
	broken := false
	for _, r := range rule {
		if allowed, ok := strings.CutPrefix(r, "+"); ok {
			if imported == ours+allowed {
				return false
			}
			continue
		}
		for _, path := range []string{r, ours + r} {
			broken = broken || imported == path || strings.HasPrefix(imported, strings.TrimSuffix(path, "/")+"/")
		}
	}
	return broken
}

// listPackages gives what each package of the module imports, its tests aside.
func listPackages(t *testing.T) map[string][]string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", "./...")
	command.Dir = ".."
	text, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	out := map[string][]string{}
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return out
		} else if err != nil {
			t.Fatal(err)
		}
		out[strings.TrimPrefix(p.ImportPath, ours)] = p.Imports
	}
}
