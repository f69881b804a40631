package resolver_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/vektah/gqlparser/v2"
	gql "github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/graph"
	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestServedSchemaIsTheGoldenOne(t *testing.T) {
	t.Parallel()
	var sdl bytes.Buffer
	if err := server.WriteSDL(&sdl); err != nil {
		t.Fatal(err)
	}
	const file = "testdata/schema.graphql"
	if *update {
		if err := os.WriteFile(file, sdl.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(golden, sdl.Bytes()) {
		t.Errorf("the schema is not that of %s; when the change is wanted: go test ./resolver -run %s -update", file, t.Name())
	}
	again, err := gqlparser.LoadSchema(&gql.Source{Input: sdl.String()})
	if err != nil {
		t.Fatalf("the printed schema cannot be read: %v", err)
	}
	if len(again.Types) != len(server.Schema().Types) {
		t.Errorf("%d types were printed of %d", len(again.Types), len(server.Schema().Types))
	}
	for _, name := range []string{"goField", "goModel", "inlineArguments"} {
		if strings.Contains(sdl.String(), name) {
			t.Errorf("a client would see @%s, which only steers the generator", name)
		}
	}
}

func TestEverythingIsDescribed(t *testing.T) {
	t.Parallel()
	describes := func(what, text string) {
		if strings.TrimSpace(text) == "" {
			t.Errorf("%s has no description", what)
		}
	}
	for _, def := range ownTypes() {
		describes(def.Name, def.Description)
		for _, f := range apitest.Fields(def) {
			describes(def.Name+"."+f.Name, f.Description)
			for _, a := range f.Arguments {
				if !isNamedAfterItsType(a) {
					describes(def.Name+"."+f.Name+"("+a.Name+")", a.Description)
				}
			}
		}
		for _, v := range def.EnumValues {
			describes(def.Name+"."+v.Name, v.Description)
		}
	}
}

// isNamedAfterItsType holds for the one argument of a mutation: its type says what there is to say.
func isNamedAfterItsType(a *gql.ArgumentDefinition) bool { return a.Name == "input" }

func ownTypes() []*gql.Definition {
	var out []*gql.Definition
	for _, def := range server.Schema().Types {
		if !def.BuiltIn && !strings.HasPrefix(def.Name, "__") {
			out = append(out, def)
		}
	}
	return out
}

func TestIntrospectionTellsTheServedSchema(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	r := env.Acme.Admin.Do(t, `{ __schema { directives { name } types { name description fields { name description } inputFields { name } enumValues { name } } } }`, nil)
	told := map[string]bool{}
	names := func(list any, prefix string) {
		entries, _ := list.([]any)
		for _, e := range entries {
			told[prefix+e.(map[string]any)["name"].(string)] = true
		}
	}
	names(r.Get(t, "__schema.directives"), "@")
	names(r.Get(t, "__schema.types"), "")
	for _, def := range r.Get(t, "__schema.types").([]any) {
		def := def.(map[string]any)
		for _, members := range []string{"fields", "inputFields", "enumValues"} {
			names(def[members], def["name"].(string)+".")
		}
	}
	for name := range told {
		if strings.HasPrefix(name, "@go") || name == "@inlineArguments" {
			t.Errorf("introspection tells of %s, which only steers the generator", name)
		}
	}
	for _, def := range ownTypes() {
		for _, member := range append(memberNames(def), "") {
			if name := strings.TrimSuffix(def.Name+"."+member, "."); !told[name] {
				t.Errorf("introspection does not tell of %s", name)
			}
		}
	}
}

func memberNames(def *gql.Definition) []string {
	var out []string
	for _, f := range apitest.Fields(def) {
		out = append(out, f.Name)
	}
	for _, v := range def.EnumValues {
		out = append(out, v.Name)
	}
	return out
}

func TestNoTypeShowsSecrets(t *testing.T) {
	t.Parallel()
	// Shown once, to whom they are issued. The key of a custom field opens nothing.
	issued := []string{"CustomFieldDefinition.key", "CreateApiSettingsPayload.secret", "RotateApiSettingsPayload.secret", "CreatePersonalAccessTokenPayload.secret", "SessionPayload.accessToken", "SessionPayload.refreshToken",
		"SessionPayload.accessTokenExpiresAt", "SessionPayload.refreshTokenExpiresAt", "CreatePersonalAccessTokenPayload.personalAccessToken",
		"RevokePersonalAccessTokenPayload.personalAccessToken", "Query.personalAccessTokens",
		"Mutation.createPersonalAccessToken", "Mutation.revokePersonalAccessToken"}
	secret := regexp.MustCompile(`(?i)key|token|hash|secret|password|credential`)
	for _, def := range ownTypes() {
		if def.Kind != gql.Object {
			continue
		}
		for _, f := range apitest.Fields(def) {
			if name := def.Name + "." + f.Name; secret.MatchString(f.Name) && !slices.Contains(issued, name) {
				t.Errorf("%s sounds like a secret", name)
			}
		}
	}
}

func TestEveryFieldIsServed(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	w := env.World(t, env.Acme)
	w.Fill(t, 1) // asks for all that the mutations answer
	asked := map[string]bool{}
	for _, o := range w.Queries(t) {
		w.Admin.Do(t, o.Text(), o.Variables)
		ask(t, asked, o.Text())
	}
	for _, f := range apitest.Fields(server.Schema().Mutation) {
		o := w.Required(t, server.Schema().Mutation, f)
		o.Selection = apitest.Selection(f.Type.Name(), 1)
		// A refusal is an answer: what is refused and what not is others' to prove.
		if r := w.Admin.Send(t, o.Text(), o.Variables); !typed(r) {
			t.Errorf("%s: %s", f.Name, r.Body)
		}
		ask(t, asked, o.Text())
	}
	for _, def := range ownTypes() {
		if def.Kind != gql.Object {
			continue
		}
		for _, f := range apitest.Fields(def) {
			if !asked[def.Name+"."+f.Name] {
				t.Errorf("nothing leads to %s.%s", def.Name, f.Name)
			}
		}
	}
}

func TestEveryNodeIsFoundByItsID(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	w := env.World(t, env.Acme)
	w.Fill(t, 1)
	for _, def := range server.Schema().GetPossibleTypes(server.Schema().Types["Node"]) {
		key := w.IDs[def.Name][0]
		r := w.Admin.Do(t, `query($id: ID!) { node(id: $id) { __typename id } nodes(ids: [$id]) { __typename } }`, map[string]any{"id": key})
		if r.Text(t, "node.__typename") != def.Name || r.Text(t, "node.id") != key || r.Text(t, "nodes.0.__typename") != def.Name {
			t.Errorf("%s %s: %s", def.Name, key, r.Data)
		}
	}
}

// ask notes which fields of which types a document asks for.
func ask(t *testing.T, asked map[string]bool, text string) {
	t.Helper()
	document, errs := gqlparser.LoadQueryWithRules(server.Schema(), text, nil)
	if errs != nil {
		t.Fatalf("%s: %v", text, errs)
	}
	var walk func(gql.SelectionSet)
	walk = func(set gql.SelectionSet) {
		for _, s := range set {
			switch s := s.(type) {
			case *gql.Field:
				asked[s.ObjectDefinition.Name+"."+s.Name] = true
				walk(s.SelectionSet)
			case *gql.InlineFragment:
				walk(s.SelectionSet)
			}
		}
	}
	walk(document.Operations[0].SelectionSet)
}

// models are the rows that inputs are copied onto.
var models = []any{
	new(model.Account),
	new(model.ApiSettings),
	new(model.Attachment),
	new(model.Board),
	new(model.BoardColumn),
	new(model.BoardMember),
	new(model.BoardTask),
	new(model.Case),
	new(model.CasePipeline),
	new(model.CaseStage),
	new(model.Comment),
	new(model.CommentFile),
	new(model.Contact),
	new(model.CustomFieldDefinition),
	new(model.Document),
	new(model.Estimate),
	new(model.Invoice),
	new(model.InvoiceTemplate),
	new(model.Lead),
	new(model.LeadPipeline),
	new(model.LeadStage),
	new(model.Opportunity),
	new(model.OpportunityLineItem),
	new(model.Organization),
	new(model.Payment),
	new(model.Product),
	new(model.Profile),
	new(model.RecurringInvoice),
	new(model.Solution),
	new(model.Tag),
	new(model.Task),
	new(model.TaskPipeline),
	new(model.TaskStage),
	new(model.Team),
}

// rows are the models of inputs whose name does not tell.
var rows = map[string]string{"MyProfile": "Profile", "Member": "Profile", "APISettings": "ApiSettings"}

// noRows are inputs that are not copied onto a row as they are: a secret goes with it, or it is for many.
var noRows = []string{"CreatePersonalAccessTokenInput", "CreatePortalLinkInput", "UpdateCasesInput"}

func TestEveryInputFieldHasAHome(t *testing.T) {
	t.Parallel()
	tried := 0
	mutations := reflect.TypeFor[graph.MutationResolver]()
	for method := range mutations.Methods() {
		input := method.Type.In(1)
		name, isWrite := strings.CutSuffix(strings.TrimPrefix(strings.TrimPrefix(input.Name(), "Create"), "Update"), "Input")
		if !isWrite || name+"Input" == input.Name() || slices.Contains(noRows, input.Name()) {
			continue
		}
		if other, ok := rows[name]; ok {
			name = other
		}
		at := slices.IndexFunc(models, func(m any) bool { return reflect.TypeOf(m).Elem().Name() == name })
		if at < 0 {
			t.Errorf("onto which model is %s copied?", input.Name())
			continue
		}
		t.Run(input.Name()+" goes onto "+name, func(t *testing.T) {
			// An input field without a home panics.
			if _, err := patch.Apply(reflect.New(reflect.TypeOf(models[at]).Elem()).Interface(), reflect.Zero(input).Interface()); err != nil {
				t.Error(err)
			}
		})
		tried++
	}
	if tried < 19 {
		t.Errorf("only %d inputs were tried", tried)
	}
}

func TestEnumsAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)

	t.Run("in the schema and in Go", func(t *testing.T) {
		seen := map[string]bool{}
		for name, goName := range schemaEnums(t) {
			values, ok := goEnum(goName)
			if !ok {
				t.Errorf("%s is bound to %s, which is no enum of package model", name, goName)
				continue
			}
			seen[goName] = true
			var want []string
			for _, v := range values {
				want = append(want, model.GraphQLName(v))
			}
			for _, v := range server.Schema().Types[name].EnumValues {
				if !slices.Contains(want, v.Name) {
					t.Errorf("%s.%s has no value in Go", name, v.Name)
				}
			}
			// Parts of an enum have a name of their own.
			if name == goName && len(want) != len(server.Schema().Types[name].EnumValues) {
				t.Errorf("%s has %d values in the schema and %d in Go", name, len(server.Schema().Types[name].EnumValues), len(want))
			}
		}
		for typ := range model.Enums {
			if !seen[typ.Name()] {
				t.Errorf("the schema does not have %s", typ.Name())
			}
		}
	})

	t.Run("in Go and in the database", func(t *testing.T) {
		checks := map[string][]string{} // table.column → the values of its CHECK
		for _, line := range env.Above(t, `SELECT quote_ident(c.relname) || '.' || a.attname || ' ' || pg_get_constraintdef(k.oid) FROM pg_constraint k
			JOIN pg_class c ON c.oid = k.conrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1]
			WHERE k.contype = 'c' AND k.conname LIKE '%\_known'`) {
			column, text, _ := strings.Cut(strings.ReplaceAll(line, `"`, ""), " ")
			for _, literal := range regexp.MustCompile(`'((?:[^']|'')*)'`).FindAllStringSubmatch(text, -1) {
				checks[column] = append(checks[column], strings.ReplaceAll(literal[1], "''", "'"))
			}
		}
		tried := 0
		for _, m := range append(slices.Clone(models), new(model.Activity), new(model.Notification), new(model.SecurityAuditLog),
			new(model.InvoiceLineItem), new(model.InvoiceHistory), new(model.EstimateLineItem), new(model.RecurringInvoiceLineItem)) {
			table := pgdialect.New().Tables().Get(reflect.TypeOf(m).Elem())
			for _, f := range table.Fields {
				values, isEnum := model.Enums[f.IndirectType]
				if !isEnum {
					continue
				}
				column := strings.Trim(string(table.SQLName), `"`) + "." + f.Name
				got, want := slices.Sorted(slices.Values(checks[column])), slices.Sorted(slices.Values(values))
				if partial[column] != "" {
					got = slices.DeleteFunc(got, func(v string) bool { return !slices.Contains(want, v) })
					want = slices.DeleteFunc(want, func(v string) bool { return partial[column] == "narrower" && !slices.Contains(got, v) })
				}
				if len(got) == 0 || !slices.Equal(got, want) {
					t.Errorf("%s takes %q in the database and %q in Go", column, got, want)
				}
				tried++
			}
		}
		if tried < 15 {
			t.Errorf("only %d columns were compared", tried)
		}
	})

	t.Run("error codes in the schema and in package fault", func(t *testing.T) {
		if got, want := faultCodes(t), memberNames(server.Schema().Types["ErrorCode"]); !slices.Equal(got, want) {
			t.Errorf("fault has %q, the schema %q", got, want)
		}
	})
}

// partial are columns whose CHECK knows more values than Go, for what is not written yet, or fewer, because the enum is
// shared with a table that takes all.
var partial = map[string]string{"custom_field_definition.target_model": "wider", "notification.verb": "wider", "notification.entity_type": "wider",
	"activity.action": "wider", "security_audit_log.event_type": "wider", "comment.entity_type": "narrower", "attachments.entity_type": "narrower",
	"case_stage.maps_to_status": "narrower"}

func goEnum(name string) ([]string, bool) {
	for typ, values := range model.Enums {
		if typ.Name() == name {
			return values, true
		}
	}
	return nil, false
}

// schemaEnums are the schema's enums and the models that the schema's files bind them to.
func schemaEnums(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("../schema/*.graphqls")
	if err != nil || len(files) == 0 {
		t.Fatalf("no schema files: %v", err)
	}
	bound := regexp.MustCompile(`(?m)^enum (\w+) @goModel\(model: "github.com/bottlecrm/bottlecrm-graphql/model\.(\w+)"\)`)
	out := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, found := range bound.FindAllStringSubmatch(string(text), -1) {
			out[found[1]] = found[2]
		}
	}
	return out
}

// faultCodes reads the constants of package fault.
func faultCodes(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../internal/fault/fault.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && typeName(spec.Type) == "Code" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, text)
		}
		return true
	})
	return out
}

func typeName(e ast.Expr) string {
	name, _ := e.(*ast.Ident)
	if name == nil {
		return ""
	}
	return name.Name
}
