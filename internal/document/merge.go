package document

import (
	"encoding/binary"

	"github.com/vektah/gqlparser/v2/ast"
)

// merger visits the selection sets of an operation as its execution sees them: with fragments spread, and the fields of
// one response name merged into one whose selections are those of all. Each combination of selection sets is visited
// once. A hostile document can make many combinations of few fields, so that what is visited is counted.
type merger struct {
	fragments map[string]*ast.FragmentDefinition
	limits    Limits
	visited   int
	max       int                                      // fields of one response name; 0 when they were counted before
	merged    func(fields []*ast.Field)                // told of fields of one response name, two or more
	parts     func(fields []*ast.Field) [][]*ast.Field // which of them are merged; nil: all
	alone     map[*ast.Field]bool                      // visited: the selections of one field
	together  map[string]bool                          // visited: those of several, by their numbers
	numbers   map[*ast.Field]uint64
}

func (m *merger) operations(tree *ast.QueryDocument) error {
	m.alone, m.together, m.numbers = map[*ast.Field]bool{}, map[string]bool{}, map[*ast.Field]uint64{}
	for _, op := range tree.Operations {
		if err := m.visit([]ast.SelectionSet{op.SelectionSet}); err != nil {
			return err
		}
	}
	return nil
}

// fields are those of one merged selection set, in the order in which their names come.
type fields struct {
	names  []string
	byName map[string][]*ast.Field
	spread map[string]bool
}

func (m *merger) visit(sets []ast.SelectionSet) error {
	all := fields{byName: map[string][]*ast.Field{}}
	for _, set := range sets {
		if err := m.collect(&all, set); err != nil {
			return err
		}
	}
	for _, name := range all.names {
		same := all.byName[name]
		if len(same) == 1 || m.parts == nil {
			if err := m.below(same); err != nil {
				return err
			}
			continue
		}
		for _, part := range m.parts(same) {
			if err := m.below(part); err != nil {
				return err
			}
		}
	}
	return nil
}

func (m *merger) collect(all *fields, set ast.SelectionSet) error {
	for _, selection := range set {
		if m.visited++; m.visited > m.limits.Selections {
			return m.limits.Exceed(Selections)
		}
		switch selection := selection.(type) {
		case *ast.Field:
			same, known := all.byName[selection.Alias]
			if !known {
				all.names = append(all.names, selection.Alias)
			}
			if m.max > 0 && len(same) == m.max {
				return m.limits.Exceed(Repetitions)
			}
			all.byName[selection.Alias] = append(same, selection)
		case *ast.InlineFragment:
			if err := m.collect(all, selection.SelectionSet); err != nil {
				return err
			}
		case *ast.FragmentSpread:
			f := m.fragments[selection.Name]
			if f == nil || all.spread[f.Name] {
				continue
			}
			if all.spread == nil {
				all.spread = map[string]bool{}
			}
			all.spread[f.Name] = true
			if err := m.collect(all, f.SelectionSet); err != nil {
				return err
			}
		}
	}
	return nil
}

// below visits what merged fields select, unless it was visited before.
func (m *merger) below(same []*ast.Field) error {
	if len(same) > 1 {
		m.merged(same)
	}
	var sets []ast.SelectionSet
	for _, f := range same {
		if len(f.SelectionSet) > 0 {
			sets = append(sets, f.SelectionSet)
		}
	}
	if len(sets) == 0 || m.seen(same) {
		return nil
	}
	return m.visit(sets)
}

func (m *merger) seen(same []*ast.Field) bool {
	if len(same) == 1 {
		seen := m.alone[same[0]]
		m.alone[same[0]] = true
		return seen
	}
	key := make([]byte, 0, 2*len(same))
	for _, f := range same {
		n, ok := m.numbers[f]
		if !ok {
			n = uint64(len(m.numbers))
			m.numbers[f] = n
		}
		key = binary.AppendUvarint(key, n)
	}
	seen := m.together[string(key)]
	m.together[string(key)] = true
	return seen
}

// repetitions counts the uses of each response name, and gives the fields that are merged.
func repetitions(tree *ast.QueryDocument, fragments map[string]*ast.FragmentDefinition, limits Limits) ([][]*ast.Field, error) {
	var repeated [][]*ast.Field
	m := &merger{fragments: fragments, limits: limits, max: limits.Repetitions, merged: func(same []*ast.Field) {
		repeated = append(repeated, same)
	}}
	return repeated, m.operations(tree)
}
