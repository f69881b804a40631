package resolver_test

import (
	"flag"
	"os"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

func TestMain(m *testing.M) { os.Exit(testdb.Run(all{m})) }

// all is the package's tests, and after them the plans of whatever they made the server send.
type all struct{ *testing.M }

func (a all) Run() int {
	if code := a.M.Run(); code != 0 || flag.Lookup("test.run").Value.String() != "" || flag.Lookup("test.bench").Value.String() != "" {
		return code
	}
	everything := func(string, string) (bool, error) { return true, nil }
	if !testing.RunTests(everything, []testing.InternalTest{{Name: "TestPlansOfAllStatements", F: plansOfAllStatements}}) {
		return 1
	}
	return 0
}
