package e2e

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// seen is what internal/e2e/apollo/client.mjs reports.
type seen struct {
	Organizations []string
	Pages         int
	TotalCount    int
	IDs           []string
	Converted     struct {
		Lead                          struct{ ID, Status string }
		Account, Contact, Opportunity *struct{ ID string }
	}
	StatusInList string
	Stranger     map[string]any
	Cache        json.RawMessage
}

func TestApolloClient(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node.js: node is not in the PATH, so no stock client can be run")
	}
	dir := directory(t)
	s := demo(t, dir, "HOME="+dir)
	admin, globex := s.people[0], s.people[2]

	// What the other organization has, as it sees itself.
	var theirs []string
	for _, node := range s.client(globex).Do(t, `{ leads(first: 100) { nodes { id name } } }`, nil).Get(t, "leads.nodes").([]any) {
		lead := node.(map[string]any)
		theirs = append(theirs, lead["id"].(string), lead["name"].(string))
	}
	got := s.apollo(t, node, admin.email, theirs[0])

	t.Run("a mailed code signs in", func(t *testing.T) {
		if !slices.Equal(got.Organizations, []string{"Acme"}) {
			t.Error(got.Organizations)
		}
	})
	t.Run("paging reaches every lead once", func(t *testing.T) {
		if got.Pages < 3 || got.TotalCount != len(got.IDs) || len(slices.Compact(slices.Sorted(slices.Values(got.IDs)))) != len(got.IDs) {
			t.Errorf("%d pages, %d leads of %d: %v", got.Pages, len(got.IDs), got.TotalCount, got.IDs)
		}
	})
	t.Run("a conversion shows in the list that was read before", func(t *testing.T) {
		c := got.Converted
		if c.Lead.Status != "CONVERTED" || c.Account == nil || c.Contact == nil || c.Opportunity == nil || got.StatusInList != "CONVERTED" {
			t.Errorf("%+v, in the list %s", c, got.StatusInList)
		}
	})
	t.Run("the cache knows every record by its id", func(t *testing.T) {
		var cache map[string]map[string]any
		if err := json.Unmarshal(got.Cache, &cache); err != nil {
			t.Fatal(err)
		}
		for key, record := range cache {
			if id, has := record["id"]; has && key != fmt.Sprintf("%s:%s", record["__typename"], id) {
				t.Errorf("%s is %v", key, record)
			}
		}
		for root := range cache {
			if strings.HasPrefix(root, "ROOT") || root == "__META" {
				delete(cache, root)
			}
		}
		if len(cache) <= len(got.IDs) {
			t.Errorf("the cache has %d records", len(cache))
		}
	})
	t.Run("nothing of the other organization is to be seen", func(t *testing.T) {
		if got.Stranger["node"] != nil || got.Stranger["lead"] != nil {
			t.Errorf("a record of %s: %v", globex.organization, got.Stranger)
		}
		for _, text := range theirs {
			// The id that was asked for stands in the cache as the question, not as an answer.
			if shown := strings.ReplaceAll(string(got.Cache), fmt.Sprintf(`({\"id\":\"%s\"})`, theirs[0]), ""); strings.Contains(shown, text) {
				t.Errorf("the cache has %s", text)
			}
		}
	})
}

// apollo installs the client in a directory of its own, so that nothing is left in the tree, and runs it.
func (s *site) apollo(t *testing.T, node, email, foreign string) seen {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("apollo")); err != nil {
		t.Fatal(err)
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	client := exec.CommandContext(t.Context(), node, filepath.Join(dir, "client.mjs"), s.url, email, foreign)
	client.WaitDelay = 10 * time.Second
	var complaints output
	client.Stderr = &complaints
	answer, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	var result seen
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if lines.Text() != "the code?" {
			err = errors.Join(err, json.Unmarshal(lines.Bytes(), &result))
			continue
		}
		code := s.await(t, &s.log, `to=`+regexp.QuoteMeta(email)+` .*?\b(\d{6})\b`)
		_, err = fmt.Fprintln(answer, code[1])
	}
	if err := errors.Join(err, lines.Err(), client.Wait()); err != nil {
		t.Fatalf("%v\n%s", err, complaints.String())
	}
	return result
}
