package playground_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/playground"
)

var handler = playground.Handler("/graphql")

func get(t *testing.T, path, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w.Result()
}

func text(t *testing.T, r io.Reader) string {
	t.Helper()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

var reference = regexp.MustCompile(`(?:src|href)="([^"]*)"`)

// references gives the addresses of the assets that the page names.
func references(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, m := range reference.FindAllStringSubmatch(text(t, get(t, "/", "").Body), -1) {
		if m[1] != "data:," {
			all = append(all, m[1])
		}
	}
	if len(all) != 6 {
		t.Fatalf("the page refers to %q", all)
	}
	return all
}

func TestPage(t *testing.T) {
	t.Parallel()
	res := get(t, "/", "")
	page := text(t, res.Body)
	if res.StatusCode != http.StatusOK || res.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Error(res.Status, res.Header)
	}
	if !strings.HasPrefix(res.Header.Get("Content-Security-Policy"), "default-src 'self'; ") ||
		res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Cache-Control") != "no-cache" {
		t.Error(res.Header)
	}
	if !strings.Contains(page, `data-endpoint="/graphql"`) {
		t.Error("the page does not know the API's address")
	}
	if regexp.MustCompile(`<script[^>]*>[^<]`).MatchString(page) || strings.Contains(page, "//") && strings.Contains(page, "http") {
		t.Error("the page has a script in it or names another host")
	}
	t.Run("the address of the API is escaped", func(t *testing.T) {
		t.Parallel()
		w := httptest.NewRecorder()
		playground.Handler(`/"><script>`).ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
		if strings.Contains(w.Body.String(), "<script>") {
			t.Error(w.Body)
		}
	})
}

func TestAssets(t *testing.T) {
	t.Parallel()
	for _, url := range references(t) {
		t.Run(url, func(t *testing.T) {
			t.Parallel()
			res := get(t, url, "br, gzip;q=0.8")
			h := res.Header
			kind := "text/javascript; charset=utf-8"
			if strings.HasSuffix(url, ".css") {
				kind = "text/css; charset=utf-8"
			}
			if res.StatusCode != http.StatusOK || h.Get("Content-Type") != kind || h.Get("Content-Encoding") != "gzip" ||
				h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Vary") != "Accept-Encoding" ||
				h.Get("Cache-Control") != "public, max-age=31536000, immutable" {
				t.Error(res.Status, h)
			}
			packed, err := gzip.NewReader(res.Body)
			if err != nil {
				t.Fatal(err)
			}
			content := text(t, packed)
			for _, encoding := range []string{"", "br", "gzip;q=0", "identity"} {
				plain := get(t, url, encoding)
				if plain.Header.Get("Content-Encoding") != "" || text(t, plain.Body) != content {
					t.Errorf("Accept-Encoding %q is not answered with the plain asset", encoding)
				}
			}
			if strings.Contains(content, "sourceMappingURL") {
				t.Error("it points to a source map, which is not served")
			}
		})
	}
}

func TestAssetsLoadNothingElse(t *testing.T) {
	t.Parallel()
	// The ways in which scripts and style sheets load things; links for people to follow are fine.
	loads := regexp.MustCompile(`(?i)\bfetch\(["'` + "`" + `]|\bimport\(|importScripts\(|new (Shared)?Worker\(|\beval\(|new Function\(` +
		`|\.src\s*=\s*["'](?:https?:)?//|@import|url\(["']?(?:https?:)?//`)
	for _, url := range references(t) {
		if found := loads.FindString(text(t, get(t, url, "").Body)); found != "" {
			t.Errorf("%s has %s", url, found)
		}
	}
}

func TestNothingElseIsServed(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/index.html", "/playground/", "/playground/0000000000000000/graphiql.js", "/playground/graphiql.js", "/graphql"} {
		if res := get(t, path, ""); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil))
	if w.Code != http.StatusMethodNotAllowed {
		t.Error("POST /:", w.Code)
	}
}

func TestAssetsAreSmall(t *testing.T) {
	t.Parallel()
	var total int64
	for _, url := range references(t) {
		total += get(t, url, "gzip").ContentLength
	}
	if total <= 0 || total > 1<<20 {
		t.Errorf("the page takes %d bytes", total)
	}
}
