// Package rewrite is the gqlgen plugin that lets the generated code run on package fastgraph.
//
// gqlgen writes package graph as ever. Then some of its functions get other bodies, which are made of the same data that
// gqlgen's own templates are: those of objects and of lists of objects. Fields and the operation as a whole only call
// package fastgraph instead of gqlgen's. Nothing else is touched.
//
// It knows the text of one version of gqlgen. Another version, a function that is missing, a body that is not what it
// should be, a feature that nobody uses yet (subscriptions, directives that run, batch resolvers): each is an error that
// says which, and then a person has to look.
package rewrite

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/plugin"
	"github.com/vektah/gqlparser/v2/ast"
)

// version is the gqlgen whose text this package knows.
const version = "v0.17.98"

// Plugin is given to gqlgen; when that is done, Rewrite has to be called.
type Plugin struct{ data *codegen.Data }

var _ plugin.CodeGenerator = (*Plugin)(nil)

// Name implements plugin.Plugin.
func (*Plugin) Name() string { return "fastgraph" }

// GenerateCode implements plugin.CodeGenerator. gqlgen calls it before it writes anything.
func (p *Plugin) GenerateCode(data *codegen.Data) error {
	p.data = data
	return errors.Join(known(graphql.Version), supported(data))
}

// Rewrite rewrites what gqlgen has written.
func (p *Plugin) Rewrite() error {
	if p.data == nil {
		return errors.New("gqlgen has not run with this plugin")
	}
	src, err := read(p.data.Config.Exec.Dir())
	if err != nil {
		return err
	}
	for _, step := range []func(*source, *codegen.Data) error{root, objects, lists, fields} {
		if err := step(src, p.data); err != nil {
			return err
		}
	}
	if err := src.prune(); err != nil {
		return err
	}
	return src.write()
}

func known(found string) error {
	if found != version {
		return fmt.Errorf("this is gqlgen %s, and the rewriting knows the code of %s: compare what they generate, adapt package rewrite, and set its version",
			found, version)
	}
	return nil
}

// supported refuses what the rewritten code could not do.
func supported(data *codegen.Data) error {
	var errs []error
	refuse := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format+" cannot be served", args...)) }
	if data.Config.Exec.Layout != config.ExecLayoutFollowSchema || data.Config.UseFunctionSyntaxForExecutionContext || data.Config.OmitPanicHandler {
		refuse("another layout or form of the generated code")
	}
	if len(data.AllDirectives.LocationDirectives("FIELD")) > 0 {
		refuse("a directive that runs on fields of documents")
	}
	for _, o := range data.Objects {
		if o.Stream {
			refuse("a subscription (%s)", o.Name)
		}
		for _, f := range o.Fields {
			if f.IsBatch() || f.HasDirectives() || f.TypeReference.IsRoot {
				refuse("a batch resolver, a directive that runs, or a root inside of the graph (%s.%s)", o.Name, f.Name)
			}
		}
	}
	return errors.Join(errs...)
}

// plain reports whether a field only passes on what the record holds.
func plain(f *codegen.Field) bool {
	own := f.IsVariable() || f.IsMethod() && f.NoErr && !f.MethodHasContext && !f.VOkFunc && !f.HasHaser && f.GoReceiverName == "obj"
	return own && !f.IsResolver && len(f.Args) == 0
}

// held is the expression of a plain field's value.
func held(f *codegen.Field) string {
	if f.IsMethod() {
		return "obj." + f.GoFieldName + "()"
	}
	return "obj." + f.GoFieldName
}

// written reports whether a plain field is a scalar or enum that is never refused, and so can be appended to the
// answer's text at once. gqlgen's own marshal functions may give a null for a value; those of package scalar do not.
func written(f *codegen.Field) bool {
	t := f.TypeReference
	if !plain(f) || !t.Definition.IsLeafType() || t.GQL.Elem != nil || t.IsContext || t.IsPtrToPtr() || t.HasEnumValues() || t.CastType != nil ||
		t.GQL.NonNull && t.IsNilable() {
		return false
	}
	return t.IsMarshaler || t.Marshaler != nil && strings.HasSuffix(t.Marshaler.Pkg().Path(), "/internal/scalar")
}

// flat reports whether a plain field is an object of such values, or null. Nothing about it can fail either, so that
// nobody will ask for its FieldContext.
func flat(f *codegen.Field, all codegen.Objects) bool {
	if !plain(f) || !f.TypeReference.IsPtr() || f.TypeReference.GQL.NonNull {
		return false
	}
	for _, o := range all {
		if o.Definition == f.TypeReference.Definition {
			return !slices.ContainsFunc(o.Fields, func(inner *codegen.Field) bool { return !written(inner) })
		}
	}
	return false
}

// writer is the name of the function that appends such a value.
func writer(t *config.TypeReference) string {
	return "write" + strings.TrimPrefix(t.MarshalFunc(), "marshal")
}

// isList reports whether gqlgen marshals a type's items concurrently.
func isList(t *config.TypeReference) bool {
	return t.IsSlice() && !t.IsScalar() && t.Definition.Kind != ast.InputObject
}
