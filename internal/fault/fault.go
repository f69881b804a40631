// Package fault is the vocabulary of refusals: what an error means to the client that caused it.
//
// A fault is raised where the fact is known (a scalar, a rule, a missing row) and shown in one place, the
// GraphQL error presenter. Whatever is not a fault is an internal error: its text goes to the log and never
// to a client.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Code is the machine-readable kind of a fault, the ErrorCode enum of the schema.
type Code string

// The codes, in the order in which a request can meet them.
const (
	Unauthenticated      Code = "UNAUTHENTICATED"
	OrganizationRequired Code = "ORGANIZATION_REQUIRED"
	Forbidden            Code = "FORBIDDEN"
	NotFound             Code = "NOT_FOUND"
	Invalid              Code = "INVALID"
	Conflict             Code = "CONFLICT"
	StaleVersion         Code = "STALE_VERSION"
	CursorInvalid        Code = "CURSOR_INVALID"
	LimitExceeded        Code = "LIMIT_EXCEEDED"
	RateLimited          Code = "RATE_LIMITED"
	Timeout              Code = "TIMEOUT"
	Unavailable          Code = "UNAVAILABLE"
	Internal             Code = "INTERNAL"
)

// Error is one refusal: a code, a sentence that is safe to show, and the input field it is about, if any.
type Error struct {
	Code    Code
	Field   string // the input field in GraphQL spelling, such as "email"; empty when no field is to blame
	Message string
	cause   error
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Message
	}
	return e.Field + ": " + e.Message
}

// Unwrap gives the cause, which is for the log only.
func (e *Error) Unwrap() error { return e.cause }

// New makes a fault that is about no field.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Field makes an INVALID fault about one input field.
func Field(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Because attaches the error that led here; only the log sees it.
func (e *Error) Because(cause error) *Error {
	e.cause = cause
	return e
}

// List is several faults of one input, reported together.
type List []*Error

func (l List) Error() string {
	texts := make([]string, len(l))
	for i, e := range l {
		texts[i] = e.Error()
	}
	return strings.Join(texts, "; ")
}

// Add appends an INVALID fault about a field.
func (l *List) Add(field, format string, args ...any) {
	*l = append(*l, Field(field, format, args...))
}

// Err is the list as an error: nil when it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return l
}

// All gives the faults that err consists of, or nil when err is no fault.
func All(err error) []*Error {
	if list, ok := errors.AsType[List](err); ok {
		return list
	}
	if one, ok := errors.AsType[*Error](err); ok {
		return []*Error{one}
	}
	return nil
}

// Is reports whether err is a fault with the code.
func Is(err error, code Code) bool {
	for _, e := range All(err) {
		if e.Code == code {
			return true
		}
	}
	return false
}
