package playground

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// asset is one file of the page. Its address changes with its content, so that a browser may keep it for ever.
type asset struct {
	url  string
	kind string
	gzip []byte
}

var kinds = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
}

// load gives the assets by name. It panics on damage to what is embedded, which a test would have found.
func load() map[string]*asset {
	assets := make(map[string]*asset)
	add := func(name string, compressed []byte) {
		sum := sha256.Sum256(compressed)
		assets[name] = &asset{
			url:  "/playground/" + hex.EncodeToString(sum[:8]) + "/" + name,
			kind: kinds[path.Ext(name)],
			gzip: compressed,
		}
	}
	for name, content := range files(packed, "assets") {
		add(strings.TrimSuffix(name, ".gz"), content)
	}
	for name, content := range files(own, "page") {
		if path.Ext(name) != ".html" {
			add(name, compress(content))
		}
	}
	return assets
}

func files(from fs.FS, dir string) map[string][]byte {
	entries, err := fs.ReadDir(from, dir)
	if err != nil {
		panic(fmt.Errorf("list the playground's files: %w", err))
	}
	all := make(map[string][]byte)
	for _, entry := range entries {
		content, err := fs.ReadFile(from, path.Join(dir, entry.Name()))
		if err != nil {
			panic(fmt.Errorf("read the playground's files: %w", err))
		}
		all[entry.Name()] = content
	}
	return all
}

func compress(content []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(content)
	_ = w.Close() // a buffer takes everything
	return out.Bytes()
}

func (a *asset) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	if accepts(r.Header.Get("Accept-Encoding")) {
		h.Set("Content-Encoding", "gzip")
		h.Set("Content-Length", strconv.Itoa(len(a.gzip)))
		_, _ = w.Write(a.gzip)
		return
	}
	plain, err := gzip.NewReader(bytes.NewReader(a.gzip))
	if err != nil {
		http.Error(w, "the asset is damaged", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, plain)
}

// accepts reports whether an Accept-Encoding header allows gzip.
func accepts(header string) bool {
	for item := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(item, ";")
		if strings.TrimSpace(name) != "gzip" {
			continue
		}
		q, found := strings.CutPrefix(strings.TrimSpace(weight), "q=")
		value, err := strconv.ParseFloat(q, 64)
		return !found || err != nil || value > 0
	}
	return false
}
