package files_test

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/auth"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// site serves the attachments of a world.
type site struct {
	*world
	*files.Links
	url  string
	name string // of every file
	idle func() // called when the row has been found
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{world: open(t), Links: links(t, apitest.Secret), name: "a.txt", idle: func() {}}
	mux := http.NewServeMux()
	mux.Handle("GET /files/{id}", s.Handler(s.Links, s.find))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// find is what a server does: an operation of the person, under the policies of the organization.
func (s *site) find(ctx context.Context, c files.Claim) (files.File, error) {
	op := s.Backend.DB.Begin(auth.Member(c.User, c.Org), false)
	ctx = tenant.NewContext(ctx, op)
	defer func() { _ = op.Close(ctx, false) }()
	if c.Kind != "Attachment" {
		return files.File{}, fault.New(fault.NotFound, "file not found")
	}
	var rows []struct {
		Attachment, ContentType, Checksum string
		CreatedAt                         time.Time
	}
	err := tenant.Select(ctx, &rows, "SELECT attachment, content_type, checksum, created_at FROM attachments WHERE id = $1", [16]byte(c.ID))
	switch {
	case err != nil:
		return files.File{}, err
	case len(rows) == 0:
		return files.File{}, fault.New(fault.NotFound, "attachment not found")
	}
	defer s.idle()
	r := rows[0]
	return files.File{Key: r.Attachment, Name: s.name, ContentType: r.ContentType, SHA256: r.Checksum, Modified: r.CreatedAt}, nil
}

func (s *site) link(t *testing.T, client *apitest.Client, org id.Org, key id.ID) string {
	t.Helper()
	var user [16]byte
	if err := s.admin(t).QueryRow(t.Context(), "SELECT id FROM users WHERE email = $1", client.Email).Scan(&user); err != nil {
		t.Fatal(err)
	}
	return s.Sign(files.Claim{Kind: "Attachment", ID: key, Org: org, User: user}, time.Now().Add(files.LinkLifetime))
}

type answer struct {
	*http.Response
	body string
}

func (s *site) get(t *testing.T, path string, header ...string) answer {
	t.Helper()
	return s.ask(t, http.MethodGet, path, header...)
}

func (s *site) ask(t *testing.T, method, path string, header ...string) answer {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, s.url+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, body := apitest.Answer(t, request)
	return answer{response, body}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	text := strings.Repeat("0123456789", 10_000)
	key, stored := s.attached(t, s.Acme.Member, text)
	link := s.link(t, s.Acme.Member, s.Acme.ID, key)

	t.Run("the whole file", func(t *testing.T) {
		a := s.get(t, link)
		if a.StatusCode != http.StatusOK || a.body != text || a.ContentLength != int64(len(text)) {
			t.Errorf("%s, %d bytes", a.Status, len(a.body))
		}
		for name, want := range map[string]string{
			"Content-Type": "application/octet-stream", "Content-Disposition": `attachment; filename="a.txt"; filename*=UTF-8''a.txt`,
			"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
			"Cache-Control": "private, no-cache", "Etag": `"` + stored.SHA256 + `"`, "Accept-Ranges": "bytes", "Referrer-Policy": "no-referrer",
		} {
			if got := a.Header.Get(name); got != want {
				t.Errorf("%s: %s, want %s", name, got, want)
			}
		}
		if a.Header.Get("Last-Modified") == "" {
			t.Error("no Last-Modified")
		}
	})
	t.Run("its head", func(t *testing.T) {
		a := s.ask(t, http.MethodHead, link)
		if a.StatusCode != http.StatusOK || a.body != "" || a.ContentLength != int64(len(text)) {
			t.Errorf("%s, %q, %d", a.Status, a.body, a.ContentLength)
		}
	})
	etag := `"` + stored.SHA256 + `"`
	for name, c := range map[string]struct {
		header []string
		status int
		body   string
		ranged string
	}{
		"the first bytes":                {[]string{"Range", "bytes=0-4"}, 206, "01234", "bytes 0-4/100000"},
		"bytes in the middle":            {[]string{"Range", "bytes=50003-50005"}, 206, "345", "bytes 50003-50005/100000"},
		"the last bytes":                 {[]string{"Range", "bytes=-3"}, 206, "789", "bytes 99997-99999/100000"},
		"from somewhere on":              {[]string{"Range", "bytes=99998-"}, 206, "89", "bytes 99998-99999/100000"},
		"beyond the end":                 {[]string{"Range", "bytes=100000-"}, 416, "", "bytes */100000"},
		"many ranges":                    {[]string{"Range", "bytes=0-1,5-6"}, 200, text, ""},
		"a range of what one has":        {[]string{"Range", "bytes=0-4", "If-Range", etag}, 206, "01234", "bytes 0-4/100000"},
		"a range of another version":     {[]string{"Range", "bytes=0-4", "If-Range", `"other"`}, 200, text, ""},
		"what one has":                   {[]string{"If-None-Match", etag}, 304, "", ""},
		"what one has another of":        {[]string{"If-None-Match", `"other"`}, 200, text, ""},
		"a range that is none":           {[]string{"Range", "lines=1-2"}, 416, "", ""},
		"what one has is kept no longer": {[]string{"If-Match", `"other"`}, 412, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := s.get(t, link, c.header...)
			if a.StatusCode != c.status || a.Header.Get("Content-Range") != c.ranged || (c.status < 400 && a.body != c.body) {
				t.Errorf("%s, %q, %d bytes", a.Status, a.Header.Get("Content-Range"), len(a.body))
			}
		})
	}
	t.Run("no transaction is open while the bytes are sent", func(t *testing.T) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+link, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = response.Body.Close() }()
		var resting int
		if err := s.admin(t).QueryRow(t.Context(), `SELECT count(*) FROM pg_stat_activity
			WHERE datname = current_database() AND usename = 'crm_user' AND state LIKE 'idle in transaction%'`).Scan(&resting); err != nil || resting != 0 {
			t.Errorf("%d sessions rest in a transaction, %v", resting, err)
		}
	})
}

func TestWhatABrowserMayShow(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, c := range map[string]struct {
		bytes        []byte
		kind, inline string
	}{
		"a picture": {png, "image/png", "inline"},
		"a PDF":     {[]byte("%PDF-1.7\n"), "application/pdf", "inline"},
		"a page":    {[]byte("<!DOCTYPE html><script>alert(1)</script>"), "application/octet-stream", "attachment"},
		"a drawing": {[]byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), "application/octet-stream", "attachment"},
		"a text":    {[]byte("hello"), "application/octet-stream", "attachment"},
		"a program": {[]byte("MZ\x90\x00"), "application/octet-stream", "attachment"},
		"a script":  {[]byte("#!/usr/bin/env node\nalert(1)"), "application/octet-stream", "attachment"},
	} {
		t.Run(name, func(t *testing.T) {
			key, _ := s.attached(t, s.Acme.Admin, string(c.bytes))
			link := s.link(t, s.Acme.Admin, s.Acme.ID, key)
			for query, how := range map[string]string{"": "attachment", "&inline": c.inline, "&inline=0": c.inline} {
				a := s.get(t, link+query)
				disposition, _, err := mime.ParseMediaType(a.Header.Get("Content-Disposition"))
				if err != nil || a.Header.Get("Content-Type") != c.kind || disposition != how || a.Header.Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("%s: %v", query, a.Header)
				}
				policy := a.Header.Get("Content-Security-Policy")
				if !strings.HasPrefix(policy, "default-src 'none'") || strings.Contains(policy, "sandbox") == (how == "inline" && c.kind == "application/pdf") {
					t.Errorf("%s: %s", query, policy)
				}
			}
		})
	}
}

func TestNamesOfDownloads(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	key, _ := s.attached(t, s.Acme.Admin, "x")
	link := s.link(t, s.Acme.Admin, s.Acme.ID, key)
	for name, want := range map[string]string{
		"offer.pdf":         `attachment; filename="offer.pdf"; filename*=UTF-8''offer.pdf`,
		"an offer.pdf":      `attachment; filename="an offer.pdf"; filename*=UTF-8''an%20offer.pdf`,
		"Ange€bot.pdf":      `attachment; filename="Ange_bot.pdf"; filename*=UTF-8''Ange%E2%82%ACbot.pdf`,
		`a"; filename="b.c`: `attachment; filename="a_; filename=_b.c"; filename*=UTF-8''a%22%3B%20filename%3D%22b.c`,
		"100%\\.txt":        `attachment; filename="100__.txt"; filename*=UTF-8''100%25%5C.txt`,
		"a\r\nX-Y: z":       `attachment; filename="a__X-Y: z"; filename*=UTF-8''a%0D%0AX-Y%3A%20z`,
	} {
		s.name = name
		a := s.get(t, link)
		if got := a.Header.Get("Content-Disposition"); got != want || a.Header.Get("X-Y") != "" {
			t.Errorf("%q: %s, want %s", name, got, want)
		}
		if _, params, err := mime.ParseMediaType(a.Header.Get("Content-Disposition")); err != nil || params["filename"] == "" {
			t.Errorf("%q: nobody can read %s: %v", name, a.Header.Get("Content-Disposition"), err)
		}
	}
}

func TestWhoMayNotDownload(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	key, stored := s.attached(t, s.Acme.Member, "secret")
	link := s.link(t, s.Acme.Member, s.Acme.ID, key)
	conn := s.admin(t)
	exec := func(text string, args ...any) {
		t.Helper()
		if tag, err := conn.Exec(t.Context(), text, args...); err != nil || tag.RowsAffected() != 1 {
			t.Fatal(tag, err)
		}
	}
	is := func(t *testing.T, link string, status int) {
		t.Helper()
		a := s.get(t, link)
		if a.StatusCode != status || (status != http.StatusOK) != !strings.Contains(a.body, "secret") {
			t.Errorf("%s: %s", a.Status, a.body)
		}
		if status != http.StatusOK && (a.Header.Get("Cache-Control") != "no-store" || a.Header.Get("Content-Disposition") != "" || a.Header.Get("X-Content-Type-Options") != "nosniff") {
			t.Errorf("a refusal has %v", a.Header)
		}
	}
	is(t, link, http.StatusOK)
	is(t, link+"0", http.StatusForbidden)
	is(t, strings.Split(link, "?")[0], http.StatusForbidden)
	is(t, s.link(t, s.Acme.Member, s.Acme.ID, id.New[id.ID]()), http.StatusNotFound)
	is(t, s.link(t, s.Globex.Admin, s.Globex.ID, key), http.StatusNotFound)
	is(t, s.link(t, s.Globex.Admin, s.Acme.ID, key), http.StatusForbidden)
	if a := s.ask(t, http.MethodPost, link); a.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("a POST is %s", a.Status)
	}

	t.Run("a member who was suspended since", func(t *testing.T) {
		exec("UPDATE profile SET is_active = false WHERE id = $1", [16]byte(s.Acme.Member.ProfileID))
		is(t, link, http.StatusForbidden)
		exec("UPDATE profile SET is_active = true WHERE id = $1", [16]byte(s.Acme.Member.ProfileID))
		is(t, link, http.StatusOK)
	})
	t.Run("a row that names a blob of another organization", func(t *testing.T) {
		var forged [16]byte
		if err := conn.QueryRow(t.Context(), `INSERT INTO attachments (org_id, id, entity_type, entity_id, file_name, attachment, size_bytes)
			VALUES ($1, gen_random_uuid(), 'Lead', gen_random_uuid(), 'a', $2, 1) RETURNING id`, [16]byte(s.Globex.ID), stored.Key).Scan(&forged); err != nil {
			t.Fatal(err)
		}
		is(t, s.link(t, s.Globex.Admin, s.Globex.ID, forged), http.StatusNotFound)
	})
	t.Run("a database that fails is no refusal, and its words are for the log", func(t *testing.T) {
		server := httptest.NewServer(s.Handler(s.Links, func(context.Context, files.Claim) (files.File, error) {
			return files.File{}, errors.New("secret words")
		}))
		t.Cleanup(server.Close)
		mux := http.NewServeMux()
		mux.Handle("GET /files/{id}", server.Config.Handler)
		recorder := httptest.NewRecorder()
		mux.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, link, http.NoBody))
		if recorder.Code != http.StatusInternalServerError || strings.Contains(recorder.Body.String(), "secret") || !strings.Contains(s.log.String(), "secret words") {
			t.Errorf("%d %s", recorder.Code, recorder.Body)
		}
	})
	t.Run("a blob that is gone while it is asked for", func(t *testing.T) {
		s.idle = func() {
			if err := os.Remove(filepath.Join(s.dir, filepath.FromSlash(stored.Key))); err != nil {
				t.Error(err)
			}
		}
		is(t, link, http.StatusNotFound)
		s.idle = func() {}
		if !strings.Contains(s.log.String(), stored.Key) {
			t.Error("the log does not tell which")
		}
	})
	t.Run("a row that is deleted", func(t *testing.T) {
		exec("DELETE FROM attachments WHERE id = $1", [16]byte(key))
		is(t, link, http.StatusNotFound)
	})
}

// TestLargeDownload sends more than anybody would keep in memory, to a client that reads slowly.
func TestLargeDownload(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	large := bytes.Repeat([]byte("0123456789abcdef"), files.MaxSize/16)
	key, stored := s.attached(t, s.Acme.Admin, string(large))
	if stored.Size != files.MaxSize {
		t.Fatal(stored.Size)
	}
	if a := s.get(t, s.link(t, s.Acme.Admin, s.Acme.ID, key)); a.body != string(large) {
		t.Errorf("%s, %d bytes", a.Status, len(a.body))
	}
}
