package rewrite

import (
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestVersion(t *testing.T) {
	t.Parallel()
	if err := known(graphql.Version); err != nil {
		t.Error(err)
	}
	refused(t, known("v0.17.99"), "gqlgen v0.17.99", version)
	refused(t, new(Plugin).Rewrite(), "has not run")
}

func TestUnsupported(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*codegen.Data){
		"subscription":   func(d *codegen.Data) { d.Objects[0].Stream = true },
		"batch resolver": func(d *codegen.Data) { d.Objects[0].Fields[0].Batch = true },
		"directive that runs": func(d *codegen.Data) {
			d.Objects[0].Fields[0].Directives = []*codegen.Directive{running(ast.LocationFieldDefinition)}
		},
		"fields of documents":   func(d *codegen.Data) { d.AllDirectives = codegen.DirectiveList{"x": running(ast.LocationField)} },
		"layout or form":        func(d *codegen.Data) { d.Config.Exec.Layout = config.ExecLayoutSingleFile },
		"form of the generated": func(d *codegen.Data) { d.Config.OmitPanicHandler = true },
	} {
		data := sample()
		if err := supported(data); err != nil {
			t.Fatal(err)
		}
		change(data)
		refused(t, supported(data), name, "cannot be served")
	}
}

// TestOtherCode rewrites code that is not what gqlgen writes.
func TestOtherCode(t *testing.T) {
	t.Parallel()
	object := `func (ec *executionContext) _Tag(ctx context.Context, sel ast.SelectionSet, obj *Tag) graphql.Marshaler {
	out := graphql.NewFieldSet(fields)
	for i, field := range fields {
		switch field.Name {
		case "__typename":
			out.Values[i] = graphql.MarshalString("Tag")
		case "name":
			out.Values[i] = ec._Tag_name(ctx, field, obj)
		}
	}
	ec.ProcessDeferredGroup(deferred)
	return out
}
`
	scalar := `
func (ec *executionContext) marshalNString2string(ctx context.Context, sel ast.SelectionSet, v string) graphql.Marshaler {
	_ = sel
	res := scalar.MarshalString(v)
	return res
}
`
	t.Run("what is known is rewritten", func(t *testing.T) {
		t.Parallel()
		s := parsed(t, object+scalar)
		if err := objects(s, sample()); err != nil {
			t.Fatal(err)
		}
		text := string(s.files["x.go"].text)
		for _, part := range []string{"writeNString2string(out.Key(f), obj.Name)", "func writeNString2string(w *bytes.Buffer, v string) {", "scalar.MarshalString(v).MarshalGQL(w)"} {
			if !strings.Contains(text, part) {
				t.Errorf("%s is not in\n%s", part, text)
			}
		}
	})
	for name, c := range map[string]struct{ text, says string }{
		"an object is missing":          {scalar, "not written _Tag"},
		"a field is missing":            {strings.Replace(object, `case "name":`, "", 1) + scalar, "case"},
		"a field is concurrent":         {strings.Replace(object, "out.Values[i] = ec._Tag_name(", "out.ResolveConcurrently(", 1) + scalar, "times"},
		"an object is made otherwise":   {strings.Replace(object, "NewFieldSet(fields)", "NewFieldSet(fields, 1)", 1) + scalar, "NewFieldSet"},
		"an object is made elsewhere":   {object + scalar + "func other() { graphql.NewFieldSet(nil) }", "NewFieldSet"},
		"a scalar is missing":           {object, "not written marshalNString2string"},
		"a scalar is marshalled twice":  {object + strings.Replace(scalar, "return res", "res := graphql.MarshalString(v)\n\treturn res", 1), "2 marshal functions"},
		"a scalar is marshalled anyhow": {object + strings.Replace(scalar, "res := scalar.MarshalString(v)", "res := v", 1), "0 marshal functions"},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			t.Parallel()
			refused(t, objects(parsed(t, c.text), sample()), c.says)
		})
	}
	t.Run("lists that are not concurrent are refused", func(t *testing.T) {
		t.Parallel()
		data := sample()
		tag := &ast.Definition{Kind: ast.Object, Name: "Tag"}
		list := &config.TypeReference{Definition: tag, GQL: ast.NonNullListType(ast.NonNullNamedType("Tag", nil), nil), GO: types.NewSlice(named("Tag"))}
		data.ReferencedTypes = map[string]*config.TypeReference{"x": list}
		refused(t, lists(parsed(t, "func (ec *executionContext) "+list.MarshalFunc()+"(ctx int, v []Tag) graphql.Marshaler {\n\treturn graphql.Null\n}\n"), data), "MarshalSliceConcurrently", "0 times")
		refused(t, lists(parsed(t, "func f() { graphql.MarshalSliceConcurrently() }"), sample()), "MarshalSliceConcurrently", "1 times")
	})
	t.Run("code that is rewritten already is refused", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		own, err := filepath.Glob("../../../graph/*.generated.go")
		if err != nil || len(own) == 0 {
			t.Fatal(err)
		}
		for _, path := range own {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(path)), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := read(dir)
		if err != nil {
			t.Fatal(err)
		}
		refused(t, fields(s, sample()), "not the code")
		refused(t, root(s, sample()), "not the code")
	})
}

func refused(t *testing.T, err error, says ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("it is taken; want an error about %q", says)
	}
	for _, part := range says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is not in %v", part, err)
		}
	}
}

// parsed is a package of one file.
func parsed(t *testing.T, text string) *source {
	t.Helper()
	s := &source{files: map[string]*file{"x.go": {path: "x.go", text: []byte("package graph\n\n" + text)}}}
	if err := s.parse(); err != nil {
		t.Fatal(err)
	}
	return s
}

// sample is a schema with one type, which has a name.
func sample() *codegen.Data {
	text := &config.TypeReference{
		Definition: &ast.Definition{Kind: ast.Scalar, Name: "String"}, GQL: ast.NonNullNamedType("String", nil), GO: types.Typ[types.String],
		Marshaler: types.NewFunc(token.NoPos, types.NewPackage("example.com/internal/scalar", "scalar"), "MarshalString", nil),
	}
	tag := &codegen.Object{Definition: &ast.Definition{Kind: ast.Object, Name: "Tag"}, Type: named("Tag")}
	tag.Fields = []*codegen.Field{{
		FieldDefinition: &ast.FieldDefinition{Name: "name", Type: text.GQL}, TypeReference: text, Object: tag,
		GoFieldType: codegen.GoFieldVariable, GoReceiverName: "obj", GoFieldName: "Name",
	}}
	return &codegen.Data{Config: &config.Config{Exec: config.ExecConfig{Layout: config.ExecLayoutFollowSchema}}, Objects: codegen.Objects{tag}}
}

func named(name string) types.Type {
	return types.NewNamed(types.NewTypeName(token.NoPos, types.NewPackage("example.com/model", "model"), name, nil), types.NewStruct(nil, nil), nil)
}

func running(at ast.DirectiveLocation) *codegen.Directive {
	return &codegen.Directive{DirectiveDefinition: &ast.DirectiveDefinition{Name: "x", Locations: []ast.DirectiveLocation{at}}, Name: "x"}
}
