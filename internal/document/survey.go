package document

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// survey walks a document once, each fragment once, and measures it.
type survey struct {
	limits      Limits
	tree        *ast.QueryDocument
	fragments   map[string]*ast.FragmentDefinition
	heights     map[string]height // of fragments; one that is being walked counts nothing, so that a cycle ends
	aliases     int
	introspects bool
	err         error // the first limit that is exceeded
}

// height is how many levels of fields a selection set has; those of introspection are told apart.
type height struct{ plain, introspection int }

func (h *height) include(other height) {
	h.plain, h.introspection = max(h.plain, other.plain), max(h.introspection, other.introspection)
}

func newSurvey(tree *ast.QueryDocument, limits Limits) *survey {
	s := &survey{limits: limits, tree: tree, fragments: make(map[string]*ast.FragmentDefinition, len(tree.Fragments))}
	for _, f := range tree.Fragments {
		if s.fragments[f.Name] == nil { // of two with one name, which validation refuses, the first counts
			s.fragments[f.Name] = f
		}
	}
	return s
}

func (s *survey) run() error {
	if len(s.tree.Fragments) > s.limits.Fragments {
		return s.limits.Exceed(Fragments)
	}
	s.heights = make(map[string]height, len(s.fragments))
	for _, op := range s.tree.Operations {
		for _, v := range op.VariableDefinitions {
			s.value(v.DefaultValue, 0)
			s.directives(v.Directives)
		}
		s.directives(op.Directives)
		s.levels(s.set(op.SelectionSet))
	}
	for _, f := range s.tree.Fragments {
		s.fragment(f) // its levels count where it is spread
	}
	return s.err
}

func (s *survey) exceed(name Name) {
	if s.err == nil {
		s.err = s.limits.Exceed(name)
	}
}

func (s *survey) levels(h height) {
	if h.plain > s.limits.Depth {
		s.exceed(Depth)
	}
	if h.introspection > s.limits.IntrospectionDepth {
		s.exceed(IntrospectionDepth)
	}
}

func (s *survey) fragment(f *ast.FragmentDefinition) height {
	if h, ok := s.heights[f.Name]; ok {
		return h
	}
	s.heights[f.Name] = height{}
	s.directives(f.Directives)
	h := s.set(f.SelectionSet)
	s.heights[f.Name] = h
	return h
}

func (s *survey) set(set ast.SelectionSet) height {
	var h height
	for _, selection := range set {
		if s.err != nil {
			break
		}
		switch selection := selection.(type) {
		case *ast.Field:
			h.include(s.field(selection))
		case *ast.InlineFragment:
			s.directives(selection.Directives)
			h.include(s.set(selection.SelectionSet))
		case *ast.FragmentSpread:
			s.directives(selection.Directives)
			if f := s.fragments[selection.Name]; f != nil {
				h.include(s.fragment(f))
			}
		}
	}
	return h
}

func (s *survey) field(f *ast.Field) height {
	for _, a := range f.Arguments {
		s.value(a.Value, 0)
	}
	s.directives(f.Directives)
	if f.Alias != f.Name {
		if s.aliases++; s.aliases > s.limits.Aliases {
			s.exceed(Aliases)
		}
	}
	below := s.set(f.SelectionSet)
	if f.Name == "__schema" || f.Name == "__type" {
		s.introspects = true
		return height{introspection: 1 + max(below.plain, below.introspection)}
	}
	h := height{plain: 1 + below.plain}
	if below.introspection > 0 {
		h.introspection = 1 + below.introspection
	}
	return h
}

func (s *survey) directives(list ast.DirectiveList) {
	if len(list) > s.limits.Directives {
		s.exceed(Directives)
	}
	for _, d := range list {
		for _, a := range d.Arguments {
			s.value(a.Value, 0)
		}
	}
}

// value measures how deep lists and objects lie in each other.
func (s *survey) value(v *ast.Value, depth int) {
	if v == nil || s.err != nil {
		return
	}
	if v.Kind == ast.ListValue || v.Kind == ast.ObjectValue {
		if depth++; depth > s.limits.Depth {
			s.exceed(Depth)
			return
		}
	}
	for _, child := range v.Children {
		s.value(child.Value, depth)
	}
}
