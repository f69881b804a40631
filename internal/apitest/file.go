package apitest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// File is a file among the variables of an operation.
type File struct{ Name, Body string }

// MarshalJSON leaves null in its place.
func (File) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// filesIn finds the files in variables, by their paths.
func filesIn(variables map[string]any) map[string]File {
	found := map[string]File{}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch value := value.(type) {
		case File:
			found[path] = value
		case Input:
			walk(path, map[string]any(value))
		case map[string]any:
			for name, inner := range value {
				walk(path+"."+name, inner)
			}
		case []any:
			for i, inner := range value {
				walk(fmt.Sprint(path, ".", i), inner)
			}
		}
	}
	walk("variables", variables)
	return found
}

// form writes a request with its files as a form, and gives what it is.
func form(t testing.TB, operations []byte, sent map[string]File) (body []byte, kind string) {
	t.Helper()
	paths := make([]string, 0, len(sent))
	places := map[string][]string{}
	for path := range sent {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	for i, path := range paths {
		places[fmt.Sprint(i)] = []string{path}
	}
	text, err := json.Marshal(places)
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	err = w.WriteField("operations", string(operations))
	if err == nil {
		err = w.WriteField("map", string(text))
	}
	for i, path := range paths {
		if err != nil {
			break
		}
		var part io.Writer
		if part, err = w.CreateFormFile(fmt.Sprint(i), sent[path].Name); err == nil {
			_, err = io.WriteString(part, sent[path].Body)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return buf.Bytes(), w.FormDataContentType()
}

// Fetch follows a link to a file, as anybody who has it.
func (c *Client) Fetch(t testing.TB, link string) (*http.Response, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSuffix(c.URL, "/graphql")+link, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	return Answer(t, request)
}

// Blobs are the keys of the files that are kept.
func (e *Env) Blobs(t testing.TB) (keys []string) {
	t.Helper()
	folder, err := url.Parse(e.Backend.Config.FilesURL)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.FromSlash(folder.Path)
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		key, err := filepath.Rel(dir, path)
		keys = append(keys, filepath.ToSlash(key))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
