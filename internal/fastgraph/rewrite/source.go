package rewrite

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/ast/astutil"
)

// runtime is the package that the rewritten code calls.
const runtime = "github.com/bottlecrm/bottlecrm-graphql/internal/fastgraph"

// source is the generated package while it is rewritten.
type source struct {
	files     map[string]*file // by path
	functions map[string]function
}

type file struct {
	path  string
	text  []byte
	tree  *ast.File
	edits []edit
}

// function is a function or method of the package. No name occurs twice.
type function struct {
	file       *file
	start, end int // of the declaration, in the file's text
	body       int // where its opening brace is
}

// edit replaces a part of a file.
type edit struct {
	start, end int
	text       string
}

func read(dir string) (*source, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.generated.go"))
	if err != nil {
		return nil, err
	}
	s := &source{files: map[string]*file{}}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		s.files[path] = &file{path: path, text: text}
	}
	return s, s.parse()
}

// parse reads the files' text anew.
func (s *source) parse() error {
	s.functions = map[string]function{}
	for _, f := range s.files {
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, f.path, f.text, parser.SkipObjectResolution)
		if err != nil {
			return fmt.Errorf("what was written is no Go: %w", err)
		}
		f.tree, f.edits = tree, nil
		for _, d := range tree.Decls {
			d, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if _, twice := s.functions[d.Name.Name]; twice && strings.ContainsAny(d.Name.Name[:1], "_cfmuw") {
				return fmt.Errorf("there are two functions %s", d.Name.Name)
			}
			at := func(p token.Pos) int { return set.Position(p).Offset }
			s.functions[d.Name.Name] = function{f, at(d.Pos()), at(d.End()), at(d.Body.Pos())}
		}
	}
	return nil
}

// apply makes the edits.
func (s *source) apply() error {
	for _, f := range s.files {
		slices.SortFunc(f.edits, func(a, b edit) int { return cmp.Compare(a.start, b.start) })
		var out bytes.Buffer
		from := 0
		for _, e := range f.edits {
			out.Write(f.text[from:e.start])
			out.WriteString(e.text)
			from = e.end
		}
		out.Write(f.text[from:])
		f.text = out.Bytes()
	}
	return s.parse()
}

// find gives a function with its text, which must hold each of the strings as often as it is said to.
func (s *source) find(name string, holds map[string]int) (function, error) {
	f, ok := s.functions[name]
	if !ok {
		return f, fmt.Errorf("gqlgen has not written %s", name)
	}
	for what, n := range holds {
		if found := strings.Count(f.text(), what); found != n {
			return f, fmt.Errorf("%s has %q %d times, not %d: this is not the code that the rewriting knows", name, what, found, n)
		}
	}
	return f, nil
}

func (f function) text() string { return string(f.file.text[f.start:f.end]) }

// rebody gives a function another body, in braces.
func (f function) rebody(body string) {
	f.file.edits = append(f.file.edits, edit{f.body, f.end, body})
}

// after writes something behind a function.
func (f function) after(text string) {
	f.file.edits = append(f.file.edits, edit{f.end, f.end, text})
}

// replace replaces text wherever it stands in the package, which must be n times.
func (s *source) replace(old, text string, n int) error {
	found := 0
	for _, f := range s.files {
		found += bytes.Count(f.text, []byte(old))
		f.text = bytes.ReplaceAll(f.text, []byte(old), []byte(text))
	}
	if found != n {
		return fmt.Errorf("%q is there %d times, not %d: this is not the code that the rewriting knows", old, found, n)
	}
	return s.parse()
}

// write sets the imports right and writes the files.
func (s *source) write() error {
	for _, f := range s.files {
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, f.path, f.text, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, path := range []string{"bytes", runtime} { // what the rewritten code may have come to need
			astutil.AddImport(set, tree, path)
		}
		for _, group := range astutil.Imports(set, tree) {
			for _, spec := range group {
				path := strings.Trim(spec.Path.Value, `"`)
				if !astutil.UsesImport(tree, path) && (spec.Name == nil || spec.Name.Name != "_") {
					name := ""
					if spec.Name != nil {
						name = spec.Name.Name
					}
					astutil.DeleteNamedImport(set, tree, name, path)
				}
			}
		}
		var out bytes.Buffer
		if err := format.Node(&out, set, tree); err != nil {
			return err
		}
		if err := os.WriteFile(f.path, out.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}
