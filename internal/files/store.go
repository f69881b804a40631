package files

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"time"

	"github.com/gabriel-vasile/mimetype"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	"gocloud.dev/blob/s3blob"
	"gocloud.dev/gcerrors"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// MaxSize is the most that a file may have, whatever is set: 25 MiB.
const MaxSize = 25 << 20

// Store is a folder or a bucket.
type Store struct {
	bucket *blob.Bucket
	log    *slog.Logger
}

// openTimeout is how long a bucket may take to answer at the start.
const openTimeout = 10 * time.Second

// Open opens the store at an address: file:///folder, which must exist, or s3://bucket?region=…, with credentials as the
// tools of AWS find them. Other services that speak S3 are named by endpoint=… and use_path_style=true.
func Open(ctx context.Context, address string, log *slog.Logger) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("open the store of files: it has no address")
	}
	s := &Store{log: log}
	switch u.Scheme {
	case fileblob.Scheme:
		// What a blob is stands in the database; and a file that is still being written lies where it will be, so that
		// it becomes a blob by its name alone.
		opener := fileblob.URLOpener{Options: fileblob.Options{Metadata: fileblob.MetadataDontWrite, NoTempDir: true, DirFileMode: 0o700}}
		s.bucket, err = opener.OpenBucketURL(ctx, u)
	case s3blob.Scheme:
		s.bucket, err = openS3(ctx, u)
	default:
		return nil, errors.New("open the store of files: its address is neither file:///folder nor s3://bucket")
	}
	if err != nil {
		return nil, fmt.Errorf("open the store of files: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	ok, err := s.bucket.IsAccessible(ctx)
	if err == nil && !ok {
		err = errors.New("there is none")
	}
	if err != nil {
		_ = s.bucket.Close()
		return nil, fmt.Errorf("reach the store of files %s://%s%s: %w", u.Scheme, u.Host, u.Path, err)
	}
	return s, nil
}

func openS3(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	const check = "response_checksum_validation"
	if query := u.Query(); !query.Has(check) {
		query.Set(check, "when_required") // else the SDK complains of each part of a file that a part has no checksum
		u.RawQuery = query.Encode()
	}
	return new(s3blob.URLOpener).OpenBucketURL(ctx, u)
}

// Close gives the store back.
func (s *Store) Close() error { return s.bucket.Close() }

// Stored is what is known of a blob, for the row that names it.
type Stored struct {
	Key         string
	Size        int64  // counted
	SHA256      string // hexadecimal
	ContentType string // told by the first bytes, never by the client
}

var errEmpty = fault.New(fault.Invalid, "the file is empty")

// Put stores what r gives, of at most limit bytes, for the organization of the operation on ctx. The blob stays when that
// operation commits, and is deleted when it is rolled back.
func (s *Store) Put(ctx context.Context, r io.Reader, limit int64) (Stored, error) {
	org, err := orgOf(ctx)
	if err != nil {
		return Stored{}, err
	}
	key := newKey(org)
	tenant.AfterRollback(ctx, func(ctx context.Context) { s.delete(ctx, key) })
	return s.write(ctx, key, r, limit)
}

// sniffed is how many of the first bytes tell what a file is.
const sniffed = 3072

func (s *Store) write(ctx context.Context, key string, r io.Reader, limit int64) (Stored, error) {
	source := &source{Reader: r}
	in := bufio.NewReaderSize(source, 32<<10)
	head, err := in.Peek(sniffed)
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return Stored{}, fmt.Errorf("read the file: %w", err)
	case len(head) == 0:
		return Stored{}, errEmpty
	}
	out := Stored{Key: key, ContentType: mimetype.Detect(head).String()}

	ctx, cancel := context.WithCancel(ctx)
	defer cancel() // before Close, it takes back what was written
	var disk disk
	w, err := s.bucket.NewWriter(ctx, key, &blob.WriterOptions{ContentType: out.ContentType, BeforeWrite: disk.take})
	if err != nil {
		return Stored{}, s.broken(ctx, "write", err)
	}
	sum := sha256.New()
	out.Size, err = io.Copy(io.MultiWriter(w, sum), io.LimitReader(in, limit+1))
	switch {
	case source.err != nil:
		err = fmt.Errorf("read the file: %w", source.err)
	case err == nil && out.Size > limit:
		err = fault.New(fault.LimitExceeded, "the file is larger than %d bytes", limit)
	case err == nil:
		err = disk.sync()
	}
	if err != nil {
		cancel()
		_ = w.Close()
	} else if err = w.Close(); err == nil {
		err = disk.settle()
	}
	switch {
	case err == nil:
		out.SHA256 = hex.EncodeToString(sum.Sum(nil))
		return out, nil
	case source.err != nil, fault.Is(err, fault.LimitExceeded):
		return Stored{}, err
	}
	return Stored{}, s.broken(ctx, "write", err)
}

// source remembers what went wrong on the side that is read from.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

// Open reads a blob of the organization. The reader seeks: a part of a blob is read without what is before it.
func (s *Store) Open(ctx context.Context, org id.Org, key string) (io.ReadSeekCloser, error) {
	if !owns(org, key) {
		return nil, errMissing
	}
	r, err := s.bucket.NewReader(ctx, key, nil)
	switch {
	case gcerrors.Code(err) == gcerrors.NotFound:
		return nil, errMissing
	case err != nil:
		return nil, s.broken(ctx, "read", err)
	}
	return r, nil
}

var errMissing = fault.New(fault.NotFound, "file not found")

// erase deletes a blob; one that is not there is as good as deleted.
func (s *Store) erase(ctx context.Context, key string) error {
	if err := s.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return fmt.Errorf("delete the file %s: %w", key, err)
	}
	return nil
}

// broken is the refusal when the folder or bucket fails; why is for the log. A request that went away stays what it is.
func (s *Store) broken(ctx context.Context, verb string, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return fmt.Errorf("%s the file: %w", verb, err)
	}
	s.log.ErrorContext(ctx, "the store of files fails", "verb", verb, "error", err)
	return fault.New(fault.Unavailable, "the store of files does not answer; try again in a moment").Because(err)
}
