package store

import (
	"context"
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/sibling"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// Writes of many records: each goes through all that a write of one goes through, in the one transaction of the operation.

// mostAtOnce bounds the records of such a write (domain: E.12).
const mostAtOnce = 200

// Outcome is what came of one of many records: the record after the write, or why it was refused.
type Outcome[T any] struct {
	ID      id.ID
	Row     *T
	Refusal []*fault.Error
}

// ForEach writes each of the records by fn. A refusal is the error of all unless others go on: then it is that record's
// outcome, and what its write had done so far is undone. Other errors are the error of all.
func ForEach[T any](ctx context.Context, ids []id.ID, others bool, fn func(ctx context.Context, key id.ID) (*T, error)) ([]Outcome[T], error) {
	if len(ids) == 0 || len(ids) > mostAtOnce {
		return nil, fault.Field("ids", "give 1 to %d ids", mostAtOnce)
	}
	out := make([]Outcome[T], len(ids))
	var written []*T
	for i, key := range ids {
		row, err := undoing(ctx, others, func() (*T, error) { return fn(ctx, key) })
		refusal := fault.All(err)
		switch {
		case err != nil && refusal == nil:
			return nil, fmt.Errorf("write %s: %w", key, err)
		case err != nil && !others:
			return nil, refusalOf(key, refusal)
		}
		if out[i] = (Outcome[T]{key, row, refusal}); err != nil {
			out[i].Row = nil
		} else {
			written = append(written, row)
		}
	}
	sibling.Join(written)
	return out, nil
}

// refusalOf says of which record a refusal is.
func refusalOf(key id.ID, refusal []*fault.Error) error {
	out := make(fault.List, len(refusal))
	for i, f := range refusal {
		told := *f
		told.Message = key.String() + ": " + f.Message
		out[i] = &told
	}
	return out
}

// undoing runs fn and undoes what it has written when it fails, if that is wanted.
func undoing[T any](ctx context.Context, wanted bool, fn func() (T, error)) (T, error) {
	if !wanted {
		return fn()
	}
	if _, err := tenant.Exec(ctx, "SAVEPOINT one"); err != nil {
		var none T
		return none, fmt.Errorf("begin with a record: %w", err)
	}
	result, err := fn()
	end := "RELEASE SAVEPOINT one"
	if err != nil {
		end = "ROLLBACK TO SAVEPOINT one"
	}
	if _, failed := tenant.Exec(ctx, end); failed != nil && err == nil {
		err = fmt.Errorf("end with a record: %w", failed)
	}
	return result, err
}
