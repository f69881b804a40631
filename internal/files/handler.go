package files

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// File is what a row says of its blob.
type File struct {
	Key         string
	Name        string
	ContentType string
	SHA256      string
	Modified    time.Time
}

// Find looks the row of a claim up as the person whom the claim names, in an operation that has ended when Find returns:
// a download may take longer than any transaction.
type Find func(ctx context.Context, c Claim) (File, error)

// shown are the types that a browser may show in its window. None of them can run a script of the one who uploaded it.
var shown = map[string]bool{"image/png": true, "image/jpeg": true, "image/gif": true, "image/webp": true, pdf: true}

const pdf = "application/pdf"

// What the bytes may do if a browser takes them for a page. The viewers of PDF in browsers are pages of their own around
// the bytes; in a sandbox some of them show nothing.
const (
	noSandbox = "default-src 'none'; style-src 'unsafe-inline'"
	sandbox   = noSandbox + "; sandbox"
)

// Handler answers GET /files/{id} to links: the bytes of the file, or of a range of it. It is a download under the name
// that the row has, except that with inline in the query a picture or a PDF may be shown.
func (s *Store) Handler(links *Links, find Find) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.serve(w, r, links, find); err != nil {
			refuse(s.log, w, r, err)
		}
	})
}

func (s *Store) serve(w http.ResponseWriter, r *http.Request, links *Links, find Find) error {
	query := r.URL.Query()
	claim, err := links.Verify(r.PathValue("id"), query)
	if err != nil {
		return err
	}
	file, err := find(r.Context(), claim)
	if err != nil {
		return err
	}
	content, err := s.Open(r.Context(), claim.Org, file.Key)
	if err != nil {
		s.log.LogAttrs(r.Context(), slog.LevelError, "a row names a file that cannot be read", slog.String("key", file.Key), slog.Any("error", err))
		return err
	}
	defer func() { _ = content.Close() }()

	// A browser must take the bytes for nothing but what is said, and must run nothing of them, whoever made it open them.
	kind, how, policy := "application/octet-stream", "attachment", sandbox
	if media, _, _ := strings.Cut(file.ContentType, ";"); shown[media] {
		kind = media
		if query.Has("inline") {
			how = "inline"
			if media == pdf {
				policy = noSandbox
			}
		}
	}
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", disposition(how, file.Name))
	h.Set("Content-Security-Policy", policy)
	h.Set("Cache-Control", "private, no-cache") // kept, and asked for again: by then the person may not see it any more
	if file.SHA256 != "" {
		h.Set("ETag", `"`+file.SHA256+`"`)
	}
	secure(h)
	if strings.Contains(r.Header.Get("Range"), ",") {
		// Each of many ranges would be a request of its own to S3. The whole is an answer to them, too.
		r = r.Clone(r.Context())
		r.Header.Del("Range")
	}
	http.ServeContent(w, r, "", file.Modified, content)
	return nil
}

func secure(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer") // the address is a secret for as long as it works
}

// refuse answers with the sentence of a fault. What is none has been found wrong by the database: the log tells it.
func refuse(log *slog.Logger, w http.ResponseWriter, r *http.Request, err error) {
	status := http.StatusInternalServerError
	text := "something went wrong"
	if all := fault.All(err); len(all) > 0 {
		text = all[0].Message
		switch all[0].Code {
		case fault.NotFound:
			status = http.StatusNotFound
		case fault.Forbidden, fault.Unauthenticated, fault.OrganizationRequired:
			status = http.StatusForbidden
		case fault.Unavailable:
			status = http.StatusServiceUnavailable
		}
	}
	if status == http.StatusInternalServerError && !errors.Is(err, context.Canceled) {
		log.ErrorContext(r.Context(), "a file cannot be served", "error", err)
	}
	secure(w.Header())
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, text, status)
}

// disposition names a download as RFC 6266 has it: in ASCII for who knows no better, and in full.
func disposition(how, name string) string {
	var plain, full strings.Builder
	for _, r := range name {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '%' {
			r = '_'
		}
		plain.WriteRune(r)
	}
	const hex = "0123456789ABCDEF"
	for _, b := range []byte(name) {
		if b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || strings.IndexByte("!#$&+-.^_`|~", b) >= 0 {
			full.WriteByte(b)
		} else {
			full.Write([]byte{'%', hex[b>>4], hex[b&15]})
		}
	}
	return how + `; filename="` + plain.String() + `"; filename*=UTF-8''` + full.String()
}
