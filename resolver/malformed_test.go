package resolver_test

import (
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// Whatever stands in an input, the answer is a typed refusal that names the input, and nothing is stored. The walk is
// over all arguments and input fields of the schema; a scalar without bad values here fails the test.

// raw is JSON that Go would not write.
func raw(text string) json.RawMessage { return json.RawMessage(text) }

var (
	noText  = []any{5, true, map[string]any{}, []any{}, raw(`"a\u0000b"`)}
	noWord  = append(slices.Clone(noText), "", "x", strings.Repeat("x", 600))
	noDay   = append(slices.Clone(noWord), "2026-13-45", "2026-02-30", "0000-01-01", "10000-01-01", "2026-3-1", "-infinity", "now")
	noWhole = []any{"7", 1.5, raw("2147483648"), raw("-2147483649"), raw("99999999999999999999999"), raw("1e400"), true, map[string]any{}, []any{}}
)

var malformed = map[string][]any{
	"ID":           append(slices.Clone(noWord), "00000000-0000-0000-0000-00000000000g", "{00000000-0000-0000-0000-000000000000}", "' OR 1=1 --"),
	"String":       noText,
	"Int":          noWhole,
	"Boolean":      {"true", 1, 0, []any{}, map[string]any{}},
	"Decimal":      append(slices.Clone(noWord)[1:], "NaN", "Infinity", "-Infinity", "1e400", strings.Repeat("9", 30), "0x10", "1,5", raw("1e400"), raw(strings.Repeat("9", 30)), "0.0000001"),
	"Date":         noDay,
	"DateTime":     append(slices.Clone(noDay), "2026-13-45T00:00:00Z", "2026-03-01T25:00:00Z", "2026-03-01T09:30:00", "2026-03-01 09:30:00Z"),
	"EmailAddress": append(slices.Clone(noWord), "a@", "@b.example", "Ada <a@b.example>", "a@b"),
	"PhoneNumber":  append(slices.Clone(noWord), "12345678x", "٠١٢٣٤٥٦٧"),
	"URL":          append(slices.Clone(noWord), "javascript:alert(1)", "ftp://a.example", "//a.example", "https://a:b@c.example"),
	"CurrencyCode": append(slices.Clone(noWord), "usd", "XXX"),
	"CountryCode":  append(slices.Clone(noWord), "de", "XX"),
	"Upload":       {"x", "", 5, true, map[string]any{}, []any{}, map[string]any{"name": "a.txt", "key": "a"}},
	"TimeZone":     append(slices.Clone(noWord), "Etc/GMT+5", "../../etc/passwd", "Europe/Nowhere"),
}

// outOfRange are well-formed values that a rule refuses.
var outOfRange = map[string][]any{
	"first": {-1, 0, 101, 2147483647}, "last": {-1, 0, 101, -2147483648}, "probability": {-1, 101, 2147483647}, "numberOfEmployees": {-1, -2147483648},
	"annualRevenue": {"-1", "0.001", "99999999999999"}, "amount": {"-1", "0.001", "99999999999"}, "opportunityAmount": {"-1", "0.001", "99999999999"},
	"after": {"", "x", "====", "AAAA", strings.Repeat("A", 5000)}, "before": {"", "x", "====", "AAAA", strings.Repeat("A", 5000)},
	"position": {-1, -2147483648}, "wipLimit": {-1, -2147483648}, "color": {"", "red", "#12345", "#1234567", "#12345g", "#123456; x"},
	"expiresAt": {"2001-01-01T00:00:00Z"}, "scopes": {[]any{"leads:destroy"}},
}

// badValues are what must not stand at a position.
func badValues(t *testing.T, p apitest.Position) []any {
	t.Helper()
	def := server.Schema().Types[p.Type.Name()]
	var bad []any
	switch def.Kind {
	case ast.InputObject:
		bad = []any{"x", 5, true, []any{"x"}, map[string]any{"no such field": 1}}
	case ast.Enum:
		bad = []any{"NO_SUCH_VALUE", "", strings.ToLower(def.EnumValues[0].Name), 5, true, map[string]any{}, raw(`"A\u0000"`)}
	default:
		if bad = malformed[def.Name]; bad == nil {
			t.Fatalf("say in malformed what is no %s", def.Name)
		}
	}
	if p.Type.Elem != nil {
		var lists []any
		for _, v := range bad {
			if l, isList := v.([]any); isList && len(l) == 0 {
				continue // an empty list is a good one
			}
			lists = append(lists, v, []any{v})
		}
		bad = append(lists, []any{nil}, []any{[]any{}})
	}
	if p.Type.NonNull {
		bad = append(slices.Clone(bad), nil)
	}
	if p.Home == nil || strings.HasPrefix(p.Home.Name, "Create") || strings.HasPrefix(p.Home.Name, "Update") {
		bad = append(slices.Clone(bad), outOfRange[p.Name()]...)
	}
	return bad
}

func TestMalformedInputIsRefusedByName(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	w := env.World(t, env.Acme)
	w.Fill(t, 1)
	before := env.Rows(t)

	tried := 0
	for root, f := range rootFields() {
		t.Run(f.Name, func(t *testing.T) {
			for _, p := range apitest.Positions(f) {
				o := w.Required(t, root, f, p.Path...)
				for _, bad := range badValues(t, p) {
					tried++
					bad := o.With(p, bad)
					refusedByName(t, p, bad, w.Admin.Send(t, bad.Text(), bad.Variables))
				}
			}
		})
	}
	if tried < 2000 {
		t.Errorf("only %d values were tried: the walk over the schema misses most of it", tried)
	}
	t.Run("nothing is stored", func(t *testing.T) {
		if after := env.Rows(t); after != before {
			t.Errorf("rows before:\n%s\nafter:\n%s", before, after)
		}
	})
	if log := env.Log.String(); strings.Contains(log, "operation failed") || strings.Contains(log, "panic") {
		t.Errorf("the log speaks of failures:\n%s", log)
	}
}

func refusedByName(t *testing.T, p apitest.Position, o apitest.Operation, r *apitest.Response) {
	t.Helper()
	variables, _ := json.Marshal(o.Variables)
	if len(variables) > 300 {
		variables = variables[:300]
	}
	if !typed(r) || len(r.Errors) == 0 || r.Code() != "INVALID" && r.Code() != "CURSOR_INVALID" {
		t.Errorf("%s with %s:\n%s", p, variables, r.Body)
		return
	}
	// A wrong object is known by its own name or by the field that it should not have or lacks.
	if def := server.Schema().Types[p.Type.Name()]; def.Kind != ast.InputObject && !slices.Contains(r.Fields(), p.Name()) {
		t.Errorf("%s with %s is refused without its name:\n%s", p, variables, r.Body)
	}
}

// typed reports whether an answer is one of the API's own: no failure of the server, no words of Go or PostgreSQL.
func typed(r *apitest.Response) bool {
	if r.Status >= 500 {
		return false
	}
	for _, e := range r.Errors {
		if e.Extensions.Code == "" || e.Extensions.Code == "INTERNAL" || e.Extensions.Code == "UNAVAILABLE" || e.Extensions.Code == "TIMEOUT" {
			return false
		}
		if slices.ContainsFunc([]string{"pq:", "SQLSTATE", "strconv", "runtime error", "json:", "goroutine", "pgx", "reflect", "interface {}", "map[string]"},
			func(words string) bool { return strings.Contains(e.Message, words) }) {
			return false
		}
	}
	return true
}

func TestLongAndBrokenTextsDoNoHarm(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	w := env.World(t, env.Acme)
	w.Fill(t, 1)
	for root, f := range rootFields() {
		t.Run(f.Name, func(t *testing.T) {
			texts := []json.RawMessage{raw(`"\ud800 \udfff"`), raw(`"\u202e\u200b"`), raw(`"` + strings.Repeat("ü", 20_001) + `"`), raw(`"` + strings.Repeat("x", 1<<20) + `"`)}
			for _, p := range apitest.Positions(f) {
				if p.Type.Name() != "String" {
					continue
				}
				o := w.Required(t, root, f, p.Path...)
				sent := texts
				texts = texts[:min(len(texts), 3)] // a megabyte once for each field is enough
				for _, text := range sent {
					o := o.With(p, text)
					r := w.Admin.Send(t, o.Text(), o.Variables)
					if !typed(r) {
						t.Errorf("%s:\n%.500s", p, r.Body)
					}
					isStored := root.Name == "Mutation" && p.Home != nil && (strings.HasPrefix(p.Home.Name, "Create") || strings.HasPrefix(p.Home.Name, "Update"))
					if len(text) > 20_000 && isStored && (len(r.Errors) == 0 || r.Code() == "INVALID" && !slices.Contains(r.Fields(), p.Name())) {
						t.Errorf("%s is taken with %d bytes: %.500s", p, len(text), r.Body)
					}
				}
			}
		})
	}
}

func TestMalformedLiteralsAreRefused(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	w := env.World(t, env.Acme)
	for _, text := range []string{
		`{ lead(id: "x") { id } }`, `{ lead(id: 5) { id } }`, `{ lead(id: null) { id } }`, `{ lead { id } }`, `{ nodes(ids: ["x"]) { id } }`,
		`{ leads(first: 99999999999999999999) { totalCount } }`, `{ leads(first: 2147483648) { totalCount } }`, `{ leads(first: "5") { totalCount } }`,
		`{ leads(first: 1.5) { totalCount } }`, `{ leads(first: -1) { totalCount } }`, `{ leads(filter: {amount: {min: 1e400}}) { totalCount } }`,
		`{ leads(filter: {statuses: [NO_SUCH_VALUE]}) { totalCount } }`, `{ leads(filter: {statuses: ["ASSIGNED"]}) { totalCount } }`,
		`{ leads(filter: {createdAt: {from: "2026-13-45"}}) { totalCount } }`, `{ leads(filter: {noSuchField: 1}) { totalCount } }`,
		`{ leads(search: "a\u0000b") { totalCount } }`, `{ leads(filter: 5) { totalCount } }`, `{ leads(orderBy: {field: NO, direction: ASC}) { totalCount } }`,
		`{ leads(orderBy: {field: TITLE}) { totalCount } }`, `mutation { createLead(input: {title: 5}) { lead { id } } }`, `mutation { createLead { lead { id } } }`,
		`mutation { createLead(input: null) { lead { id } } }`, `mutation { createLead(input: {title: "x", status: null}) { lead { id } } }`,
		`mutation { createTask(input: {title: "x", dueDate: "tomorrow"}) { task { id } } }`, `query($n: Int = "x") { leads(first: $n) { totalCount } }`,
		`{ leads(first: $n) { totalCount } }`, `query($n: NoSuchType) { leads(first: $n) { totalCount } }`, `{ noSuchField }`, `{`, ``, `{ leads(first: 1, first: 2) { totalCount } }`,
		`query a { viewer { user { id } } } query b { viewer { user { id } } }`, `fragment f on Lead { id }`, `{ viewer { ...f } } fragment f on Viewer { ...f }`,
	} {
		r := w.Admin.Send(t, text, nil)
		if !typed(r) || len(r.Errors) == 0 || r.Code() != "INVALID" {
			t.Errorf("%s:\n%s", text, r.Body)
		}
	}
}

func TestTheWidestSpanOfDaysHoldsEverything(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	env.Acme.Admin.Do(t, `mutation { createTask(input: {title: "x", dueDate: "2026-03-01"}) { task { id } } }`, nil)
	for _, filter := range []string{"createdAt", "dueDate"} {
		r := env.Acme.Admin.Do(t, "{ tasks(filter: {"+filter+`: {from: "0001-01-01", to: "9999-12-31"}}) { totalCount } }`, nil)
		if n := r.Get(t, "tasks.totalCount"); n != 1.0 {
			t.Errorf("%s: %v tasks", filter, n)
		}
	}
}

func TestHostileCursorsAreRefused(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	w := env.World(t, env.Acme)
	w.Fill(t, 1)
	for _, f := range apitest.Fields(server.Schema().Query) {
		orders := f.Arguments.ForName("orderBy")
		if orders == nil {
			continue
		}
		for _, field := range server.Schema().Types[server.Schema().Types[orders.Type.Name()].Fields.ForName("field").Type.Name()].EnumValues {
			t.Run(f.Name+" by "+field.Name, func(t *testing.T) {
				order := map[string]any{"field": field.Name, "direction": "ASC"}
				ask := func(variables map[string]any) *apitest.Response {
					variables["o"] = order
					return w.Admin.Send(t, "query($o: "+orders.Type.String()+", $after: String, $before: String) { list: "+f.Name+
						"(orderBy: $o, after: $after, before: $before) { pageInfo { endCursor } nodes { id } } }", variables)
				}
				own := ask(map[string]any{}).Text(t, "list.pageInfo.endCursor")
				if own == "" {
					t.Fatal("the list is empty")
				}
				for name, cursor := range hostile(t, own, foreignCursor(t, w, f.Name)) {
					for _, argument := range []string{"after", "before"} {
						r := ask(map[string]any{argument: cursor})
						if !typed(r) {
							t.Errorf("%s %s: %s", argument, name, r.Body)
						}
						// A text can be any text, so another one is a place in the list as well.
						if strings.HasPrefix(name, "with the value") {
							continue
						}
						if r.Code() != "CURSOR_INVALID" || !slices.Equal(r.Fields(), []string{argument}) {
							t.Errorf("%s %s: %s", argument, name, r.Body)
						}
					}
				}
			})
		}
	}
}

// foreignCursor is the cursor of another list in an order of the same name.
func foreignCursor(t *testing.T, w *apitest.World, list string) string {
	t.Helper()
	other := "accounts"
	if list == other {
		other = "contacts"
	}
	r := w.Admin.Do(t, "{ "+other+"(orderBy: {field: CREATED_AT, direction: ASC}) { pageInfo { endCursor } } }", nil)
	return r.Text(t, other+".pageInfo.endCursor")
}

// hostile changes a good cursor into bad ones.
func hostile(t *testing.T, own, foreign string) map[string]string {
	t.Helper()
	good, err := base64.RawURLEncoding.DecodeString(own)
	if err != nil {
		t.Fatal(err)
	}
	const head = 2 + 1 + 16 // the order, whether a value follows, the id
	with := func(change func(raw []byte) []byte) string {
		return base64.RawURLEncoding.EncodeToString(change(slices.Clone(good)))
	}
	out := map[string]string{
		"of random bytes":          base64.RawURLEncoding.EncodeToString([]byte("this is not a cursor at all, is it?")),
		"of nothing":               "",
		"that is no base64":        "!" + own,
		"of another list":          foreign,
		"that is too short":        with(func(raw []byte) []byte { return raw[:head-1] }),
		"of another order":         with(func(raw []byte) []byte { raw[0] ^= 1; return raw }),
		"with an impossible flag":  with(func(raw []byte) []byte { raw[2] = 7; return raw }),
		"with NUL in it":           with(func(raw []byte) []byte { raw[2] = 1; return append(raw[:head:head], "a\x00b"...) }),
		"with broken UTF-8 in it":  with(func(raw []byte) []byte { raw[2] = 1; return append(raw[:head:head], 0xff, 0xfe) }),
		"without its id":           with(func(raw []byte) []byte { return raw[:3] }),
		"as long as it gets":       own + strings.Repeat("A", 5000),
		"null with a value behind": with(func(raw []byte) []byte { raw[2] = 0; return append(raw[:head:head], 'x') }),
	}
	for _, value := range []string{"", "x", "zzzzzzzzzzzz", "zzzzzzzzzzzzz", "-1y2p0ij32e8e8", "1y2p0ij32e8e7", "NaN", "1e400", "9999-12-31", "2026-13-45", "-1", "true"} {
		out["with the value "+value] = with(func(raw []byte) []byte { raw[2] = 1; return append(raw[:head:head], value...) })
	}
	return out
}
