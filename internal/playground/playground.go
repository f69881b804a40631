// Package playground serves GraphiQL, the page on which people try the API.
//
// Everything it needs is embedded, so the page loads without the internet and tells no other host who reads it:
//
//   - assets/ holds graphiql 4.1.2, react 18.3.1 and react-dom 18.3.1, all under the MIT licence
//     (assets/LICENSES.txt), made by generate.sh with npm pack and never edited;
//   - page/ is ours: the page, its start-up script and its style.
//
// The page asks the API with the bearer token that stands in its box, which can be filled by a link that ends in
// #token=… A fragment is never sent to a server, so the token does not get into logs. The package knows nothing
// about the API but its address; it cannot fail once Handler has returned.
package playground

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"net/http"
)

//go:generate ./generate.sh

var (
	//go:embed assets/*.gz
	packed embed.FS
	//go:embed page
	own embed.FS
)

// policy lets the page use its own host only. GraphiQL sets styles from scripts and its fonts are part of its
// style sheet; hence the two exceptions.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the page at / and its assets under /playground/. The page asks the API at endpoint, a path on the
// same host. Handler panics when the embedded files are damaged.
func Handler(endpoint string) http.Handler {
	assets := load()
	page := render(endpoint, assets)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		h := w.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "no-cache")
		h.Set("Referrer-Policy", "no-referrer")
		_, _ = w.Write(page)
	})
	for _, a := range assets {
		mux.Handle("GET "+a.url, a)
	}
	return secure(mux)
}

func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func render(endpoint string, assets map[string]*asset) []byte {
	text := template.Must(template.New("index.html").Funcs(template.FuncMap{
		"asset": func(name string) (string, error) {
			a := assets[name]
			if a == nil {
				return "", fmt.Errorf("there is no asset %s", name)
			}
			return a.url, nil
		},
	}).ParseFS(own, "page/index.html"))
	var page bytes.Buffer
	if err := text.Execute(&page, endpoint); err != nil {
		panic(fmt.Errorf("render the playground: %w", err))
	}
	return page.Bytes()
}
