package e2e

import (
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/devdb"
)

const countLeads = `{"query":"{ leads { totalCount } }"}`

func TestFirstStart(t *testing.T) {
	t.Parallel()
	dir := directory(t)
	s := demo(t, dir, "HOME="+dir)

	t.Run("each token is its person's", func(t *testing.T) {
		for _, p := range s.people {
			r := s.client(p).Do(t, `{ viewer { user { email } organization { name } profile { role } } leads { totalCount } }`, nil)
			if r.Text(t, "viewer.user.email") != p.email || r.Text(t, "viewer.organization.name") != p.organization ||
				r.Text(t, "viewer.profile.role") != p.role {
				t.Errorf("%+v is %s", p, r.Body)
			}
		}
	})
	t.Run("the banner's query shows leads", func(t *testing.T) {
		var answer struct {
			Data struct {
				Leads struct {
					TotalCount int
					Nodes      []struct{ ID, Name, Status string }
				}
			}
		}
		body := sh(t, s.curls[0])
		if err := json.Unmarshal([]byte(body), &answer); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if leads := answer.Data.Leads; leads.TotalCount < 3 || len(leads.Nodes) != 3 || leads.Nodes[0].Name == "" {
			t.Error(body)
		}
	})
	var created struct {
		Data struct {
			CreateLead struct{ Lead struct{ ID, Name string } }
		}
	}
	t.Run("the banner's mutation creates a lead", func(t *testing.T) {
		body := sh(t, s.curls[1])
		if err := json.Unmarshal([]byte(body), &created); err != nil {
			t.Fatalf("%v: %s", err, body)
		}
		if lead := created.Data.CreateLead.Lead; lead.ID == "" || lead.Name != "Paper for Springfield" {
			t.Error(body)
		}
	})
	t.Run("it says that it is well", func(t *testing.T) {
		for path, want := range map[string]string{"/healthz": `{"status":"ok"}`, "/readyz": `{"status":"ready"}`} {
			if status, body := get(t, s.url+path); status != http.StatusOK || strings.TrimSpace(body) != want {
				t.Errorf("%s: %d %s", path, status, body)
			}
		}
	})
	t.Run("the playground loads with all its parts", func(t *testing.T) {
		status, page := get(t, s.url+"/")
		parts := regexp.MustCompile(`(?:src|href)="(/[^"]+)"`).FindAllStringSubmatch(page, -1)
		if status != http.StatusOK || len(parts) < 3 {
			t.Fatalf("%d, %d parts: %s", status, len(parts), page)
		}
		for _, part := range parts {
			if status, body := get(t, s.url+part[1]); status != http.StatusOK || body == "" {
				t.Errorf("%s: %d", part[1], status)
			}
		}
	})
	t.Run("a second server on the same data is refused", func(t *testing.T) {
		second := start(t, dir, []string{"HOME=" + dir}, "--addr", address(t))
		if status := second.status(t); status != 1 || !strings.Contains(second.log.String(), "another server runs the embedded database") {
			t.Errorf("%d: %s", status, second.log.String())
		}
	})
	t.Run("an interrupt ends it with status 0", func(t *testing.T) {
		s.signal(t, syscall.SIGINT)
		if status := s.status(t); status != 0 {
			t.Errorf("status %d", status)
		}
	})

	again := func(t *testing.T) *site {
		t.Helper()
		next := demo(t, dir, "HOME="+dir)
		if !slices.Equal(next.people, s.people) {
			t.Errorf("the tokens are %v, they were %v", next.people, s.people)
		}
		found := next.client(next.people[0]).Do(t, `query($id: ID!) { lead(id: $id) { name } }`, map[string]any{"id": created.Data.CreateLead.Lead.ID})
		if found.Text(t, "lead.name") != "Paper for Springfield" {
			t.Errorf("the lead is gone: %s", found.Body)
		}
		return next
	}
	t.Run("the next start has the same tokens and data", func(t *testing.T) {
		next := again(t)
		next.signal(t, syscall.SIGKILL)
		next.status(t)
		// The database outlives its program now; if the next test cannot take it over, nothing else would end it.
	})
	t.Run("so has the start after a kill", func(t *testing.T) {
		again(t)
	})
	if t.Failed() {
		endLeftover(t, dir)
	}
}

// endLeftover ends a database whose program was killed.
func endLeftover(t *testing.T, dir string) {
	t.Helper()
	s, err := devdb.Start(t.Context(), devdb.Options{Dir: filepath.Dir(accessFile(t, dir))})
	if err == nil {
		err = s.Stop()
	}
	t.Log("the database that the test left behind:", err)
}

func TestStartWithoutHome(t *testing.T) {
	t.Parallel()
	dir := directory(t)
	s := demo(t, dir)

	// A table under lock makes a request that takes as long as this test wants.
	var access struct{ OwnerURL string }
	text, err := os.ReadFile(accessFile(t, dir))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &access); err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), access.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "BEGIN; LOCK TABLE lead"); err != nil {
		t.Fatal(err)
	}
	answered := make(chan string, 1)
	go func() {
		status, body, err := fetch(t, http.MethodPost, s.url+"/graphql", s.people[0].token, countLeads)
		if err != nil || status != http.StatusOK {
			body = "no answer"
		}
		answered <- body
	}()
	eventually(t, "waiting for the request to wait", func() bool {
		var waits bool
		if err := conn.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)").Scan(&waits); err != nil {
			t.Fatal(err)
		}
		return waits
	})
	s.signal(t, syscall.SIGTERM)
	s.await(t, &s.log, "draining")

	t.Run("a stopping server takes no new requests", func(t *testing.T) {
		eventually(t, "closing the door", func() bool {
			c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
			if err == nil {
				_ = c.Close()
			}
			return err != nil
		})
		if !s.running() {
			t.Error("it ended before the request in flight")
		}
	})
	t.Run("the request in flight is answered", func(t *testing.T) {
		if err := conn.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if body := <-answered; !strings.HasPrefix(body, `{"data":{"leads":{"totalCount":`) {
			t.Error(body)
		}
	})
	t.Run("it ends with status 0", func(t *testing.T) {
		if status := s.status(t); status != 0 {
			t.Errorf("status %d", status)
		}
	})
}

// accessFile finds what the program keeps beside the embedded database.
func accessFile(t *testing.T, dir string) string {
	t.Helper()
	var found string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "access.json" {
			found = path
			return filepath.SkipAll
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatalf("no access.json below %s: %v", dir, err)
	}
	return found
}
