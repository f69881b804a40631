// Package e2e tests the program from outside: the built binary, started as people start it, spoken to over HTTP, by a
// stock client and by a browser. It also runs what README.md tells an operator to run, so that README.md stays true.
//
// What a field does is tested in package resolver, in one process; here is what can only go wrong between processes.
//
// BOTTLECRM_BINARY names a program that is built already; otherwise the first test builds it.
package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/testdb"
)

// root is the repository, seen from this package.
const root = "../.."

func TestMain(m *testing.M) {
	code := testdb.Run(m)
	if dir := built.dir; dir != "" {
		if err := os.RemoveAll(dir); err != nil {
			fmt.Fprintln(os.Stderr, "e2e:", err)
			code = 1
		}
	}
	os.Exit(code)
}

// built is where the program was built; empty when it was not.
var built struct{ dir string }

// binary is the path of the program, built once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	if path := os.Getenv("BOTTLECRM_BINARY"); path != "" {
		return filepath.Abs(path)
	}
	dir, err := os.MkdirTemp("", "e2e-")
	if err != nil {
		return "", err
	}
	built.dir = dir
	build := exec.Command("go", "build", "-o", dir, ".")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		return "", errors.Join(err, errors.New(string(out)))
	}
	return filepath.Join(dir, "bottlecrm-graphql"), nil
})
