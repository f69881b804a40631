package document

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
)

// What things cost. One is about the work for one field of one object.
const (
	costOfStatement = 200    // a page, a list or a record that is read; once for all parents
	costOfMutation  = 500    // a mutation's own statements
	costOfReport    = 1_000  // numbers made of many records, by several statements; once for all parents
	costOfSchema    = 10_000 // __schema, whose lists are long and read nothing
	sizeOfList      = 10     // items that a list without paging is assumed to have
	sizeOfMeta      = 5      // the same inside of introspection
)

// maxCost is what a cost is cut to, far beyond each budget, so that sums and products do not overflow.
const maxCost = 1 << 30

// estimate is the cost of a selection set for one object.
type estimate struct {
	statements int // however many objects there are
	fields     int
	items      int // fields of one item of the page, in the selection set of a connection
}

func (e *estimate) add(other estimate) {
	e.statements = min(e.statements+other.statements, maxCost)
	e.fields = min(e.fields+other.fields, maxCost)
	e.items = min(e.items+other.items, maxCost)
}

// Cost estimates what an operation costs with these variables, which must be coerced. An operation beyond the budget
// is an *Exceeded, and the estimate is told all the same.
func (f *Front) Cost(d *Document, op *Operation, variables map[string]any) (int, error) {
	cost := op.cost
	if !op.fixed {
		cost, _ = f.estimate(d, op.Definition, variables)
	}
	if cost > f.limits.Cost {
		return cost, f.limits.Exceed(Cost)
	}
	return cost, nil
}

// estimate is linear in the document: a fragment is estimated once, and its estimate counts wherever it is spread.
func (f *Front) estimate(d *Document, op *ast.OperationDefinition, variables map[string]any) (cost int, fixed bool) {
	c := &coster{schema: f.schema, variables: variables, fixed: true}
	if len(d.Tree.Fragments) > 0 {
		c.fragments = make(map[*ast.FragmentDefinition]estimate, len(d.Tree.Fragments))
	}
	e := c.set(op.SelectionSet)
	return min(e.statements+e.fields, maxCost), c.fixed
}

type coster struct {
	schema    *ast.Schema
	variables map[string]any
	fragments map[*ast.FragmentDefinition]estimate
	fixed     bool // no size came from a variable
}

func (c *coster) set(set ast.SelectionSet) (sum estimate) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			sum.add(c.field(selection))
		case *ast.InlineFragment:
			sum.add(c.set(selection.SelectionSet))
		case *ast.FragmentSpread:
			e, known := c.fragments[selection.Definition]
			if !known {
				e = c.set(selection.Definition.SelectionSet)
				c.fragments[selection.Definition] = e
			}
			sum.add(e)
		}
	}
	return sum
}

func (c *coster) field(f *ast.Field) estimate {
	isList := f.Definition.Type.Elem != nil
	parent, result := f.ObjectDefinition, c.schema.Types[f.Definition.Type.Name()]
	if !result.IsCompositeType() {
		e := estimate{fields: 1}
		if f.Name == "totalCount" && isConnection(parent) {
			e.statements = costOfStatement
		}
		return e
	}
	e := c.set(f.SelectionSet)
	if f.Name == "__schema" {
		e.fields = min(e.fields+costOfSchema, maxCost)
	}
	if parent == c.schema.Mutation {
		e.statements = min(e.statements+costOfMutation, maxCost)
	}
	switch {
	case isConnection(parent) && (f.Name == "edges" || f.Name == "nodes"): // as many as the page has
		return estimate{statements: e.statements, items: 1 + e.fields}
	case isConnection(result):
		return c.read(estimate{e.statements, 1 + times(c.size(f, page.DefaultSize), e.items) + e.fields, 0})
	case isList && strings.HasPrefix(result.Name, "__"):
		return estimate{e.statements, times(sizeOfMeta, 1+e.fields), 0}
	case isList && isSum(parent): // it came with what it is in
		return estimate{e.statements, times(sizeOfList, 1+e.fields), 0}
	case isList:
		return c.read(estimate{e.statements, times(c.length(f), 1+e.fields), 0})
	case isReport(result):
		e.statements = min(e.statements+costOfReport, maxCost)
		return estimate{e.statements, 1 + e.fields, 0}
	case isRecord(result) && !strings.HasSuffix(parent.Name, "Edge") && !strings.HasSuffix(parent.Name, "Payload"):
		return c.read(estimate{e.statements, 1 + e.fields, 0})
	}
	return estimate{e.statements, 1 + e.fields, 0}
}

func (c *coster) read(e estimate) estimate {
	e.statements = min(e.statements+costOfStatement, maxCost)
	return e
}

// times multiplies without overflow: both factors are at most maxCost, and the product of two such fits 64 bits.
func times(n, cost int) int { return int(min(int64(n)*int64(cost), maxCost)) }

func isConnection(d *ast.Definition) bool { return strings.HasSuffix(d.Name, "Connection") }

// isSum reports whether a type tells what the records of a list come to.
func isSum(d *ast.Definition) bool { return strings.HasSuffix(d.Name, "Total") }

// isReport reports whether a type is made of numbers that have statements of their own.
func isReport(d *ast.Definition) bool { return strings.HasSuffix(d.Name, "Report") }

// isRecord reports whether a type has rows of its own.
func isRecord(d *ast.Definition) bool {
	return d.Name == "Node" || slices.Contains(d.Interfaces, "Node")
}

// size is how many items a page has: what is asked for, as far as it is allowed.
func (c *coster) size(f *ast.Field, fallback int) int {
	for _, a := range f.Arguments {
		if a.Name != "first" && a.Name != "last" {
			continue
		}
		n, given := c.number(a.Value)
		if given {
			return max(1, min(n, page.MaxSize))
		}
	}
	return fallback
}

func (c *coster) number(v *ast.Value) (n int, given bool) {
	switch v.Kind {
	case ast.IntValue:
		return whole(v.Raw)
	case ast.Variable:
		c.fixed = false
		switch value := c.variables[v.Raw].(type) {
		case json.Number:
			return whole(value.String())
		case int64: // a default value
			return int(min(value, maxCost)), true
		}
	}
	return 0, false
}

func whole(text string) (int, bool) {
	n, err := strconv.ParseFloat(text, 64) // 1e2 is a whole number in JSON
	return int(max(-1, min(n, maxCost))), err == nil
}

// length is how many items a list without paging has: as many as it is asked for by id, else an assumed number.
func (c *coster) length(f *ast.Field) int {
	ids := f.Arguments.ForName("ids")
	if ids == nil {
		return sizeOfList
	}
	if ids.Value.Kind != ast.Variable {
		return max(1, min(len(ids.Value.Children), page.MaxSize))
	}
	c.fixed = false
	list, _ := c.variables[ids.Value.Raw].([]any)
	return max(1, min(len(list), page.MaxSize))
}
