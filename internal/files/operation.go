package files

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

type storeKey struct{}

// NewContext carries the store to whoever works in an operation.
func NewContext(ctx context.Context, s *Store) context.Context {
	return context.WithValue(ctx, storeKey{}, s)
}

// FromContext is the store on ctx, nil when there is none: then the server takes no files.
func FromContext(ctx context.Context) *Store {
	s, _ := ctx.Value(storeKey{}).(*Store)
	return s
}

// Remove deletes blobs when the operation on ctx has committed; the rows that named them must be gone by then. Keys that
// are none of the organization's are passed over: a row may name a file that is elsewhere.
func Remove(ctx context.Context, keys ...string) {
	s := FromContext(ctx)
	org, err := orgOf(ctx)
	if s == nil || err != nil {
		return // Sweep finds them
	}
	for _, key := range keys {
		if owns(org, key) {
			tenant.AfterCommit(ctx, func(ctx context.Context) { s.delete(ctx, key) })
		}
	}
}

// deleteTimeout bounds the work after an operation: its answer waits for it.
const deleteTimeout = 5 * time.Second

// delete deletes a blob after an operation has ended, when there is nobody left to tell of a failure.
func (s *Store) delete(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(ctx, deleteTimeout)
	defer cancel()
	if err := s.erase(ctx, key); err != nil {
		s.log.WarnContext(ctx, "a file is left to the sweep", "error", err)
	}
}

// Upload is a file that came with a request: the value of the scalar Upload. It is stored when a resolver sees it.
type Upload struct {
	Name string // fit to be shown, see DisplayName; the client's word
	Stored

	sent    *Upload // what the transport has made; a variable that stands in two places is one file
	claimed bool
}

// Claim gives the blob to the row that is to name it. There is one: with a second row it would go when the first does.
func (u *Upload) Claim() (Stored, error) {
	sent := u
	if u.sent != nil {
		sent = u.sent
	}
	if sent.claimed { // fields that write run one after the other
		return Stored{}, fault.New(fault.Invalid, "a file can be used once; send it again")
	}
	sent.claimed = true
	return u.Stored, nil
}

// UnmarshalGQL takes what the transport has put in the place of a file; no JSON value is one.
func (u *Upload) UnmarshalGQL(v any) error {
	upload, ok := v.(*Upload)
	if !ok {
		return fault.Field("", "must be a file, sent as a part of a multipart request")
	}
	*u = Upload{Name: upload.Name, Stored: upload.Stored, sent: upload}
	return nil
}

// MarshalGQL writes the name. No field answers with an Upload.
func (u Upload) MarshalGQL(w io.Writer) { _ = json.NewEncoder(w).Encode(u.Name) }
