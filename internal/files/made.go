package files

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Document is a PDF that is made when it is asked for, and kept nowhere.
type Document struct {
	Name     string
	Content  []byte
	Modified time.Time
}

// Made answers links to documents: it makes one as the person whom the link names, in an operation that has ended when draw
// returns. The path's last step is the id of what is drawn, with .pdf behind it. With inline in the query a browser may show
// it.
func Made(links *Links, log *slog.Logger, draw func(ctx context.Context, c Claim) (Document, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, isPDF := strings.CutSuffix(r.PathValue("name"), ".pdf")
		if !isPDF {
			key = "" // that of nothing
		}
		claim, err := links.Verify(key, r.URL.Query())
		var d Document
		if err == nil {
			d, err = draw(r.Context(), claim)
		}
		if err != nil {
			refuse(log, w, r, err)
			return
		}
		how, policy := "attachment", sandbox
		if r.URL.Query().Has("inline") {
			how, policy = "inline", noSandbox
		}
		h := w.Header()
		h.Set("Content-Type", pdf)
		h.Set("Content-Disposition", disposition(how, d.Name))
		h.Set("Content-Security-Policy", policy)
		h.Set("Cache-Control", "private, no-cache")
		secure(h)
		http.ServeContent(w, r, "", d.Modified, bytes.NewReader(d.Content))
	})
}
