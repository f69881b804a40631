package rewrite

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/codegen"
	"github.com/99designs/gqlgen/codegen/config"
)

// root gives each operation an Execution, and takes the answer's text as it is.
func root(s *source, _ *codegen.Data) error {
	if err := s.replace("type executionContext struct {\n", "type executionContext struct {\n\tfast fastgraph.Execution\n", 1); err != nil {
		return err
	}
	if err := s.replace("var buf bytes.Buffer\n\t\t\tdata.MarshalGQL(&buf)\n", "", 2); err != nil {
		return err
	}
	return s.replace("buf.Bytes()", "ec.fast.Bytes(data)", 2)
}

// objects writes the bodies of the functions that resolve an object's fields.
func objects(s *source, data *codegen.Data) error {
	writers := map[string]*config.TypeReference{}
	for _, o := range data.Objects {
		concurrent := 0
		for _, f := range o.Fields {
			if f.IsConcurrent() {
				concurrent++
			}
			if written(f) {
				writers[f.TypeReference.MarshalFunc()] = f.TypeReference
			}
		}
		f, err := s.find("_"+o.Name, map[string]int{"graphql.NewFieldSet(fields)": 1, "\n\t\tcase \"": len(o.Fields) + 1,
			"Concurrently(": concurrent, "out.Values[i] = ": len(o.Fields) + 1 - concurrent, "ec.ProcessDeferredGroup(deferred)": 1})
		if err != nil {
			return err
		}
		f.rebody(object(o, data.Objects))
	}
	for _, name := range slices.Sorted(maps.Keys(writers)) {
		if err := addWriter(s, writers[name]); err != nil {
			return err
		}
	}
	if err := s.apply(); err != nil {
		return err
	}
	return s.replace("graphql.NewFieldSet", "", 0)
}

func object(o *codegen.Object, all codegen.Objects) string {
	var b strings.Builder
	b.WriteString("{\n")
	implementors := strings.ToLower(o.Name[:1]) + o.Name[1:] + "Implementors"
	arguments, obj := "ctx, f.CollectedField, obj", "obj"
	if o.Root {
		fmt.Fprintf(&b, "ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: %q})\n", o.Name)
		arguments, obj = "ctx, f.CollectedField", "nil"
	}
	fmt.Fprintf(&b, "out := ec.fast.Object(ec.OperationContext, sel, %s)\nfor i := range out.Fields {\nf := &out.Fields[i]\n", implementors)
	if o.Root {
		b.WriteString("innerCtx := graphql.WithRootFieldContext(ctx, &graphql.RootFieldContext{Object: f.Name, Field: f.CollectedField})\n")
	}
	fmt.Fprintf(&b, "switch f.Name {\ncase \"__typename\":\nout.Key(f).WriteString(%s)\n", "`"+strconv.Quote(o.Name)+"`")
	for _, f := range o.Fields {
		fmt.Fprintf(&b, "case %q:\n", f.Name)
		resolve := fmt.Sprintf("ec._%s_%s(%s)", o.Name, f.Name, arguments)
		if o.Root {
			resolve = fmt.Sprintf("ec.OperationContext.RootResolverMiddleware(innerCtx, func(ctx context.Context) graphql.Marshaler {\nreturn %s\n})", resolve)
		}
		nonNull := f.TypeReference.GQL.NonNull
		switch {
		case f.IsConcurrent() && o.Root:
			fmt.Fprintf(&b, "out.Later(f, %t, func(context.Context) graphql.Marshaler {\nreturn %s\n})\n", nonNull, resolve)
		case f.IsConcurrent():
			fmt.Fprintf(&b, "out.Later(f, %t, func(ctx context.Context) graphql.Marshaler {\nreturn %s\n})\n", nonNull, resolve)
		case written(f):
			fmt.Fprintf(&b, "%s(out.Key(f), %s)\n", writer(f.TypeReference), held(f))
		case flat(f, all):
			fmt.Fprintf(&b, "out.Put(f, false, ec.%s(ctx, f.Selections, %s))\n", f.TypeReference.MarshalFunc(), held(f))
		default:
			fmt.Fprintf(&b, "out.Put(f, %t, %s)\n", nonNull, resolve)
		}
	}
	fmt.Fprintf(&b, "default:\npanic(\"unknown field \" + strconv.Quote(f.Name))\n}\n}\nreturn out.End(ctx, %s)\n}", obj)
	return b.String()
}

// call is how gqlgen calls the marshal function of a scalar.
var call = regexp.MustCompile(`\bres := ([^(]+\(\*?v\))\n`)

// addWriter writes, behind the function that marshals a scalar or enum, one that appends it.
func addWriter(s *source, t *config.TypeReference) error {
	name := t.MarshalFunc()
	f, err := s.find(name, nil)
	if err != nil {
		return err
	}
	value := "v"
	if !t.IsMarshaler {
		found := call.FindAllStringSubmatch(f.text(), -1)
		if len(found) != 1 {
			return fmt.Errorf("%s calls %d marshal functions: this is not the code that the rewriting knows", name, len(found))
		}
		value = found[0][1]
	}
	head := string(f.file.text[f.start:f.body])
	typ := strings.TrimSuffix(head[strings.LastIndex(head, ", v ")+len(", v "):], ") graphql.Marshaler ")
	null := ""
	if t.IsNilable() {
		null = "if v == nil {\nw.WriteString(`null`)\nreturn\n}\n"
	}
	f.after(fmt.Sprintf("\n\nfunc %s(w *bytes.Buffer, v %s) {\n%s%s.MarshalGQL(w)\n}", writer(t), typ, null, value))
	return nil
}

// lists writes the bodies of the functions that marshal lists of objects or enums.
func lists(s *source, data *codegen.Data) error {
	for _, key := range slices.Sorted(maps.Keys(data.ReferencedTypes)) {
		t := data.ReferencedTypes[key]
		if !isList(t) {
			continue
		}
		f, err := s.find(t.MarshalFunc(), map[string]int{"graphql.MarshalSliceConcurrently(": 1, "return graphql.Null\n": nulls(t)})
		if err != nil {
			return err
		}
		elem := t.Elem()
		head := string(f.file.text[f.start:f.body])
		typ := strings.TrimSuffix(head[strings.LastIndex(head, ", v []")+len(", v []"):], ") graphql.Marshaler ")
		null := ""
		if !t.GQL.NonNull {
			null = "if v == nil {\nreturn graphql.Null\n}\n"
		}
		f.rebody(fmt.Sprintf("{\n%sreturn fastgraph.List(ctx, &ec.fast, v, %t, func(ctx context.Context, v %s) graphql.Marshaler {\nreturn ec.%s(ctx, sel, v)\n})\n}",
			null, elem.GQL.NonNull, typ, elem.MarshalFunc()))
	}
	if err := s.apply(); err != nil {
		return err
	}
	return s.replace("graphql.MarshalSliceConcurrently", "", 0)
}

// nulls counts the ways in which gqlgen's code gives a null for a list.
func nulls(t *config.TypeReference) int {
	n := 0
	if !t.GQL.NonNull {
		n++
	}
	if t.Elem().GQL.NonNull {
		n++
	}
	return n
}

// child is the part of a FieldContext that only field middleware asks for.
var child = regexp.MustCompile(`\n\t\tChild: func\(ctx context\.Context, field graphql\.CollectedField\) \(\*graphql\.FieldContext, error\) \{\n\t\t\t[^\n]+\n\t\t\},`)

// fields lets what is not written at once be resolved without middleware.
func fields(s *source, data *codegen.Data) error {
	all, children := 0, 0
	for _, o := range data.Objects {
		all += len(o.Fields)
		for _, f := range o.Fields {
			if len(f.Args) > 0 || len(f.TypeReference.Definition.Fields) > 0 {
				children++
			}
		}
	}
	found := 0
	for _, f := range s.files {
		found += len(child.FindAll(f.text, -1))
		f.text = child.ReplaceAll(f.text, nil)
	}
	if found != children {
		return fmt.Errorf("%d field contexts have children, not %d: this is not the code that the rewriting knows", found, children)
	}
	for _, o := range data.Objects {
		for _, f := range o.Fields {
			if len(f.Args) == 0 || o.Root {
				continue
			}
			read := fmt.Sprintf("ec.%s(ctx, field.ArgumentMap(ec.Variables))", f.ArgsFunc())
			if err := s.replace(read, fmt.Sprintf("ec.fast.Args(ctx, fc, ec.Variables, ec.%s)", f.ArgsFunc()), 1); err != nil {
				return err
			}
		}
	}
	return s.replace("return graphql.ResolveField(", "return fastgraph.ResolveField(", all)
}
