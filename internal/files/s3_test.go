package files_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// s3 speaks as much of S3 as a store of files needs, over objects in memory.
type s3 struct {
	mu      sync.Mutex
	objects map[string][]byte
	parts   map[int][]byte // of the one unfinished upload
	ranges  []string       // asked for
	broken  bool
}

func (s *s3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if object := s.answer(w, r, body, err); object != nil { // unlocked: who reads a part of it never reads the rest
		http.ServeContent(w, r, "", time.Now(), bytes.NewReader(object))
	}
}

// answer answers all but the bytes of an object.
func (s *s3) answer(w http.ResponseWriter, r *http.Request, body []byte, err error) (object []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken || err != nil {
		w.WriteHeader(http.StatusForbidden)
		return nil
	}
	key := strings.TrimPrefix(r.URL.Path, "/files/")
	query := r.URL.Query()
	w.Header().Set("Etag", `"x"`)
	switch {
	case r.Method == http.MethodGet && query.Has("list-type"):
		s.list(w, query.Get("prefix"))
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		object, ok := s.objects[key]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			_, _ = io.WriteString(w, "<Error><Code>NoSuchKey</Code></Error>")
			return nil
		}
		s.ranges = append(s.ranges, r.Header.Get("Range"))
		return object
	case r.Method == http.MethodPost && query.Has("uploads"):
		s.parts = map[int][]byte{}
		_, _ = io.WriteString(w, "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>")
	case r.Method == http.MethodPut && query.Has("partNumber"):
		n, _ := strconv.Atoi(query.Get("partNumber"))
		s.parts[n] = body
	case r.Method == http.MethodPost && query.Has("uploadId"):
		for n := range len(s.parts) {
			s.objects[key] = append(s.objects[key], s.parts[n+1]...)
		}
		s.parts = nil
		_, _ = io.WriteString(w, "<CompleteMultipartUploadResult><ETag>x</ETag></CompleteMultipartUploadResult>")
	case r.Method == http.MethodPut:
		s.objects[key] = body
	case r.Method == http.MethodDelete && query.Has("uploadId"):
		s.parts = nil
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodDelete:
		delete(s.objects, key)
		w.WriteHeader(http.StatusNoContent)
	default:
		w.WriteHeader(http.StatusNotImplemented)
	}
	return nil
}

func (s *s3) list(w io.Writer, prefix string) {
	type object struct {
		Key          string
		LastModified string
		Size         int
	}
	result := struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []object
	}{}
	for key, bytes := range s.objects {
		if strings.HasPrefix(key, prefix) {
			result.Contents = append(result.Contents, object{key, time.Now().Add(-25 * time.Hour).UTC().Format(time.RFC3339), len(bytes)})
		}
	}
	_ = xml.NewEncoder(w).Encode(result)
}

func (s *s3) keys() (keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for key := range s.objects {
		keys = append(keys, key)
	}
	return keys
}

func TestS3(t *testing.T) {
	t.Parallel()
	w := open(t)
	bucket := &s3{objects: map[string][]byte{}}
	service := httptest.NewServer(bucket)
	t.Cleanup(service.Close)
	address := fmt.Sprintf("s3://files?region=eu-central-1&endpoint=%s&use_path_style=true", service.URL)
	opened, err := files.Open(t.Context(), address, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = opened.Close() })
	w.Store = opened

	small, large := []byte("hello"), bytes.Repeat([]byte("0123456789abcdef"), 18<<20/16) // in more than one part
	for _, content := range [][]byte{small, large} {
		ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
		stored, err := w.Put(ctx, bytes.NewReader(content), files.MaxSize)
		if err != nil {
			t.Fatal(err)
		}
		if err := op.Close(ctx, true); err != nil {
			t.Fatal(err)
		}
		if got := bucket.objects[stored.Key]; !bytes.Equal(got, content) || stored.Size != int64(len(content)) {
			t.Fatalf("%d bytes are kept of %d", len(got), len(content))
		}
		r, err := opened.Open(t.Context(), w.Acme.ID, stored.Key)
		if err != nil {
			t.Fatal(err)
		}
		if at, err := r.Seek(-2, io.SeekEnd); err != nil || at != stored.Size-2 {
			t.Error(at, err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, content[len(content)-2:]) {
			t.Errorf("%q, %v", got, err)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if last := bucket.ranges[len(bucket.ranges)-1]; last != fmt.Sprintf("bytes=%d-", stored.Size-2) {
			t.Errorf("the last bytes were read by %q", last)
		}
	}
	kept := bucket.keys()

	ctx, op := w.begin(t, w.Backend.DB, w.Acme.Admin)
	w.put(t, ctx, "rolled back")
	if err := op.Close(ctx, false); err != nil {
		t.Fatal(err)
	}
	ctx, op = w.begin(t, w.Backend.DB, w.Acme.Admin)
	_, err = w.Put(ctx, bytes.NewReader(large), int64(len(large))-1)
	refused(t, "too large", err, fault.LimitExceeded)
	if err := op.Close(ctx, false); err != nil {
		t.Fatal(err)
	}
	if got := bucket.keys(); len(got) != len(kept) {
		t.Errorf("the bucket has %q", got)
	}

	ctx, op = w.begin(t, w.Backend.DB, w.Acme.Admin)
	if _, err := attach(ctx, files.Stored{Key: kept[0], Size: 1}); err != nil {
		t.Fatal(err)
	}
	if err := op.Close(ctx, true); err != nil {
		t.Fatal(err)
	}
	if n, err := opened.Sweep(t.Context(), []id.Org{w.Acme.ID}, 24*time.Hour, store.NamedFiles(w.Backend.DB)); err != nil || n != 1 {
		t.Errorf("swept %d, %v", n, err)
	}
	if got := bucket.keys(); !slices.Equal(got, kept[:1]) {
		t.Errorf("after the sweep: %q, want %q", got, kept[:1])
	}
	_, err = opened.Open(t.Context(), w.Acme.ID, kept[1])
	refused(t, "swept", err, fault.NotFound)

	bucket.broken = true
	ctx, op = w.begin(t, w.Backend.DB, w.Acme.Admin)
	_, err = w.Put(ctx, strings.NewReader("x"), 10)
	refused(t, "broken", err, fault.Unavailable)
	_, err = opened.Open(t.Context(), w.Acme.ID, kept[0])
	refused(t, "broken", err, fault.Unavailable)
	if err := op.Close(ctx, false); err != nil {
		t.Error(err)
	}
	if s, err := files.Open(t.Context(), address, quiet); err == nil {
		_ = s.Close()
		t.Error("a bucket that refuses is opened")
	}
}
