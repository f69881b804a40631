package document

import (
	"errors"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/lexer"
	"github.com/vektah/gqlparser/v2/parser"
)

// Check tells whether a scalar takes a variable's value, as encoding/json made it (numbers are json.Number).
type Check func(value any) error

// Front reads documents of one schema. It may be used concurrently.
type Front struct {
	schema  *ast.Schema
	limits  Limits
	scalars map[string]Check
	kept    *cache
}

// New makes a Front. A scalar without a check takes every value.
func New(schema *ast.Schema, limits Limits, scalars map[string]Check) *Front {
	return &Front{schema: schema, limits: limits, scalars: scalars, kept: newCache(limits.Cache)}
}

// Limits are the limits in force.
func (f *Front) Limits() Limits { return f.limits }

// Document is a valid document. It is shared between requests and never changed.
type Document struct {
	Tree *ast.QueryDocument
	// Introspects reports whether it asks for the schema. The __typename of an object is no introspection.
	Introspects bool
	operations  []*Operation
}

// Operation is one operation of a document.
type Operation struct {
	Definition *ast.OperationDefinition
	cost       int
	fixed      bool // the cost does not depend on variables
}

// Kind is query or mutation.
func (o *Operation) Kind() ast.Operation { return o.Definition.Operation }

// Operation finds the operation to execute; an empty name means the only one there is.
func (d *Document) Operation(name string) (*Operation, error) {
	if name == "" && len(d.operations) == 1 {
		return d.operations[0], nil
	}
	for _, op := range d.operations {
		if name != "" && op.Definition.Name == name {
			return op, nil
		}
	}
	if name == "" {
		return nil, gqlerror.List{gqlerror.Errorf("the document has several operations: say in operationName which one is meant")}
	}
	return nil, gqlerror.List{gqlerror.Errorf("the document has no operation of that name")}
}

// Document reads a document. Its errors are an *Exceeded or a gqlerror.List; these do not tell what else the schema
// has, see Explain.
func (f *Front) Document(text string) (*Document, error) {
	if d, ok := f.kept.get(text); ok {
		return d, nil
	}
	d, tokens, err := f.read(text, terse)
	if err != nil {
		return nil, err
	}
	f.kept.add(text, d, weight(text, tokens))
	return d, nil
}

// Explain gives the errors of a document once more, with suggestions of names: those are for who may see the schema.
func (f *Front) Explain(text string) error {
	_, _, err := f.read(text, verbose)
	return err
}

func (f *Front) read(text string, rules []rule) (*Document, int, error) {
	tokens, err := f.count(text)
	if err != nil {
		return nil, 0, err
	}
	tree, err := parser.ParseQuery(&ast.Source{Input: text})
	if err != nil {
		var syntax *gqlerror.Error
		if !errors.As(err, &syntax) {
			syntax = gqlerror.Errorf("the document cannot be parsed")
		}
		return nil, 0, f.present(gqlerror.List{syntax}, false)
	}
	if len(tree.Operations) == 0 {
		return nil, 0, gqlerror.List{gqlerror.Errorf("the document has no operation")}
	}
	d := &Document{Tree: tree}
	s := newSurvey(tree, f.limits)
	if err := s.run(); err != nil {
		return nil, 0, err
	}
	d.Introspects = s.introspects
	repeated, err := repetitions(tree, s.fragments, f.limits)
	if err != nil {
		return nil, 0, err
	}
	if errs, more := validate(f.schema, tree, rules, f.limits.Errors); len(errs) > 0 {
		return nil, 0, f.present(errs, more)
	}
	if err := f.conflicts(tree, s.fragments, repeated); err != nil {
		return nil, 0, err
	}
	for _, definition := range tree.Operations {
		op := &Operation{Definition: definition}
		op.cost, op.fixed = f.estimate(d, definition, nil)
		d.operations = append(d.operations, op)
	}
	return d, tokens, nil
}

// count counts the tokens, and stops at the limit. What cannot be a token is the parser's to tell.
func (f *Front) count(text string) (int, error) {
	scanner := lexer.New(&ast.Source{Input: text})
	for n := 0; ; n++ {
		token, err := scanner.ReadToken()
		if err != nil || token.Kind == lexer.EOF {
			return n, nil
		}
		if n == f.limits.Tokens {
			return 0, f.limits.Exceed(Tokens)
		}
	}
}

// maxMessage is how much of an error's text is shown: it may repeat a value of the document.
const maxMessage = 300

// present gives errors as they are shown; when there were more, the last one says so.
func (f *Front) present(errs gqlerror.List, more bool) gqlerror.List {
	for _, e := range errs {
		if text := []rune(e.Message); len(text) > maxMessage {
			e.Message = string(text[:maxMessage]) + "…"
		}
	}
	if more {
		errs[len(errs)-1] = gqlerror.Wrap(f.limits.Exceed(Errors))
	}
	return errs
}

// Both were measured: what a document takes besides its text, and besides that for each token.
const (
	bytesOfDocument = 512
	bytesOfToken    = 220
)

// weight estimates the bytes that a document takes in memory.
func weight(text string, tokens int) int {
	return bytesOfDocument + len(text) + tokens*bytesOfToken
}
