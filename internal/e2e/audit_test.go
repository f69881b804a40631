package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// audits is how many the pinned version has.
const audits = 61

// TestAudits runs the published GraphQL over HTTP audits against the built server, as they are and as GET.
func TestAudits(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("no Node.js: node is not in the PATH, so the published audits cannot be run")
	}
	home := directory(t)
	s := demo(t, home, "HOME="+home)
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("audit")); err != nil {
		t.Fatal(err)
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--prefer-offline")
	install.Dir = dir
	if out, err := install.CombinedOutput(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
	for _, way := range []string{"post", "get"} {
		t.Run(way, func(t *testing.T) {
			run := exec.CommandContext(t.Context(), node, filepath.Join(dir, "audit.mjs"), s.url+"/graphql", s.people[0].token, way)
			var complaints bytes.Buffer
			run.Stderr = &complaints
			out, err := run.Output()
			if err != nil {
				t.Fatalf("%v\n%s", err, complaints.String())
			}
			passed := 0
			for lines := bufio.NewScanner(bytes.NewReader(out)); lines.Scan(); {
				var audit struct{ ID, Name, Status, Reason string }
				if err := json.Unmarshal(lines.Bytes(), &audit); err != nil {
					t.Fatal(err)
				}
				if audit.Status != "ok" {
					t.Errorf("%s %s: %s: %s", audit.Status, audit.ID, audit.Name, audit.Reason)
					continue
				}
				passed++
			}
			t.Logf("%d of %d; %s", passed, audits, complaints.String())
			if passed != audits {
				t.Errorf("%d audits of %d pass", passed, audits)
			}
		})
	}
	t.Run("the schema can be asked for", func(t *testing.T) {
		run := exec.CommandContext(t.Context(), node, filepath.Join(dir, "introspect.mjs"), s.url+"/graphql", s.people[0].token)
		if out, err := run.Output(); err != nil || len(out) > 0 {
			t.Errorf("%v\n%s", err, out)
		}
	})
}
