package document

import (
	"fmt"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// Limits are how much a client may ask for. Each is at least 1.
type Limits struct {
	Body               int // bytes of a request
	Tokens             int // lexical tokens of a document, comments included
	Depth              int // levels of fields, fragments followed; levels of lists and objects in a value
	IntrospectionDepth int // the same below __schema and __type
	Aliases            int // fields of a document that have an alias
	Repetitions        int // uses of one response name in one merged selection set
	Selections         int // fields to visit when fragments are spread and fields merged
	Fragments          int // named fragments of a document
	Directives         int // directives at one place
	Errors             int // errors in an answer
	Cost               int // the budget of one operation
	Cache              int // bytes of the documents that are kept
}

// Name is what a limit is called in extensions.limit of an error.
type Name string

// The limits that a request can exceed, in the order in which it meets them.
const (
	Body               Name = "body"
	Tokens             Name = "tokens"
	Depth              Name = "depth"
	IntrospectionDepth Name = "introspectionDepth"
	Fragments          Name = "fragments"
	Directives         Name = "directives"
	Aliases            Name = "aliases"
	Repetitions        Name = "repetitions"
	Selections         Name = "selections"
	Cost               Name = "cost"
	Errors             Name = "errors"
)

// Rule is a row of the table of limits.
type Rule struct {
	Name  Name
	Value func(Limits) int
	Says  string // a sentence with %d for the value
}

// Rules is the table of limits.
func Rules() []Rule { return table }

var table = []Rule{
	{Body, func(l Limits) int { return l.Body }, "the request is larger than %d bytes"},
	{Tokens, func(l Limits) int { return l.Tokens }, "the document has more than %d tokens"},
	{Depth, func(l Limits) int { return l.Depth }, "the document is nested deeper than %d levels"},
	{IntrospectionDepth, func(l Limits) int { return l.IntrospectionDepth }, "the introspection is nested deeper than %d levels"},
	{Fragments, func(l Limits) int { return l.Fragments }, "the document has more than %d fragments"},
	{Directives, func(l Limits) int { return l.Directives }, "there are more than %d directives at one place"},
	{Aliases, func(l Limits) int { return l.Aliases }, "the document has more than %d aliases"},
	{Repetitions, func(l Limits) int { return l.Repetitions }, "one response name is used more than %d times in one selection set"},
	{Selections, func(l Limits) int { return l.Selections }, "the fragments spread to more than %d selections"},
	{Cost, func(l Limits) int { return l.Cost }, "the operation costs more than its budget of %d"},
	{Errors, func(l Limits) int { return l.Errors }, "there are more than %d errors; the rest is not shown"},
}

// Exceeded is the refusal of what is beyond a limit: a LIMIT_EXCEEDED fault.
type Exceeded struct {
	Limit Name
	Value int
	fault *fault.Error
}

func (e *Exceeded) Error() string { return e.fault.Error() }

// Unwrap gives the fault.
func (e *Exceeded) Unwrap() error { return e.fault }

// Exceed makes the refusal by a limit.
func (l Limits) Exceed(name Name) *Exceeded {
	for _, r := range table {
		if r.Name == name {
			return Beyond(name, r.Value(l), r.Says)
		}
	}
	panic(fmt.Sprintf("document: no limit %q", name))
}

// Beyond makes the refusal by a limit that is none of a document, such as the bytes of a file. says is a sentence with %d
// for the value.
func Beyond(name Name, value int, says string) *Exceeded {
	return &Exceeded{Limit: name, Value: value, fault: fault.New(fault.LimitExceeded, says, value)}
}
