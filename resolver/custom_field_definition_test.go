package resolver_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

// field adds a custom field, of leads unless said otherwise.
func field(t *testing.T, c *apitest.Client, key, typ string, said apitest.Input) string {
	t.Helper()
	input := apitest.Input{"key": key, "fieldType": typ, "label": strings.ToUpper(key)}
	if typ == "DROPDOWN" {
		input["options"] = []any{map[string]any{"value": "north", "label": "North"}, map[string]any{"value": "south", "label": "South"}}
	}
	maps.Copy(input, said)
	return c.Create(t, "CustomFieldDefinition", input)
}

func TestCustomFieldDefinitions(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin, member := env.Acme.Admin, env.Acme.Member
	option := func(value, label string) map[string]any { return map[string]any{"value": value, "label": label} }
	id := field(t, admin, "region", "DROPDOWN", apitest.Input{"isFilterable": true, "displayOrder": 2})
	const all = "target key fieldType label options { value label } isRequired isFilterable displayOrder isActive"
	if got := member.Read(t, "CustomFieldDefinition", id, all); got != `{"target":"LEAD","key":"region","fieldType":"DROPDOWN","label":"REGION",`+
		`"options":[{"value":"north","label":"North"},{"value":"south","label":"South"}],"isRequired":false,"isFilterable":true,"displayOrder":2,"isActive":true}` {
		t.Errorf("a member reads %s", got)
	}
	for what, row := range map[string]struct {
		input apitest.Input
		want  string
	}{
		"a key twice":                       {apitest.Input{"key": "region"}, "CONFLICT key"},
		"the key for another target":        {apitest.Input{"key": "region", "target": "CASE"}, ""},
		"a key that is none":                {apitest.Input{"key": "Region"}, "INVALID key"},
		"a blank label":                     {apitest.Input{"label": " "}, "INVALID label"},
		"a dropdown without options":        {apitest.Input{"fieldType": "DROPDOWN"}, "INVALID options"},
		"a text with options":               {apitest.Input{"options": []any{option("a", "A")}}, "INVALID options"},
		"an option twice":                   {apitest.Input{"fieldType": "DROPDOWN", "options": []any{option("a", "A"), option(" A ", "B")}}, "INVALID options"},
		"a blank option":                    {apitest.Input{"fieldType": "DROPDOWN", "options": []any{option(" ", "A")}}, "INVALID value"},
		"an option with a long label":       {apitest.Input{"fieldType": "DROPDOWN", "options": []any{option("a", strings.Repeat("x", 129))}}, "INVALID label"},
		"a long text that can be filtered":  {apitest.Input{"fieldType": "TEXTAREA", "isFilterable": true}, "INVALID isFilterable"},
		"a long text":                       {apitest.Input{"fieldType": "TEXTAREA"}, ""},
		"a place in the form below nothing": {apitest.Input{"displayOrder": -1}, "INVALID displayOrder"},
	} {
		input := apitest.Input{"target": "LEAD", "key": "k" + fmt.Sprint(len(what)), "fieldType": "TEXT", "label": "x"}
		maps.Copy(input, row.input)
		if got := admin.Try(t, "create", "CustomFieldDefinition", input).Refusal(); got != row.want {
			t.Errorf("%s: %q, want %q", what, got, row.want)
		}
	}
	for _, c := range []*apitest.Client{member, env.Acme.Second} {
		if a, b := c.Try(t, "create", "CustomFieldDefinition", apitest.Input{"target": "LEAD", "key": "x", "fieldType": "TEXT", "label": "x"}).Refusal(),
			c.TryUpdate(t, "CustomFieldDefinition", id, apitest.Input{"label": "x"}).Refusal(); a != "FORBIDDEN" || b != "FORBIDDEN" {
			t.Errorf("a member adds: %q, changes: %q", a, b)
		}
	}
	for _, fixed := range []string{"key", "target", "fieldType"} {
		if r := admin.TryUpdate(t, "CustomFieldDefinition", id, apitest.Input{fixed: "TEXT"}); r.Code() != "INVALID" {
			t.Errorf("%s can be changed: %s", fixed, r.Body)
		}
	}
	if got := admin.TryUpdate(t, "CustomFieldDefinition", id, apitest.Input{"options": []any{}}).Refusal(); got != "INVALID options" {
		t.Errorf("a dropdown that loses its options: %q", got)
	}
	if got := strings.Join(admin.List(t, `customFieldDefinitions(filter: {targets: [LEAD]})`, "fieldType"), " "); got != "TEXTAREA DROPDOWN" {
		t.Errorf("in the order of forms: %s", got)
	}
}

func marshalled(t *testing.T, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// values reads the custom fields of a lead.
func values(t *testing.T, c *apitest.Client, id string) string {
	t.Helper()
	return strings.TrimSuffix(strings.TrimPrefix(c.Read(t, "Lead", id, "customFields"), `{"customFields":`), "}")
}

func TestCustomFieldValues(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for key, typ := range map[string]string{"text": "TEXT", "area": "TEXTAREA", "number": "NUMBER", "checked": "CHECKBOX", "day": "DATE", "region": "DROPDOWN"} {
		field(t, admin, key, typ, apitest.Input{"target": "LEAD"})
	}
	for _, row := range []struct {
		key  string
		good map[string]any // what comes back, by what is sent
		bad  []any
	}{
		{"text", map[string]any{"  x ": "x", "5": "5"}, []any{5, true, strings.Repeat("x", 256), []any{"x"}}},
		{"area", map[string]any{"x\ny": "x\ny"}, []any{5, strings.Repeat("x", 20001)}},
		{"day", map[string]any{"2026-02-28": "2026-02-28"}, []any{"2026-02-30", "yesterday", 5, true}},
		{"region", map[string]any{"south": "south"}, []any{"South", "west", 5, map[string]any{"value": "south"}}},
		{"checked", map[string]any{"yes": true, "OFF": false}, []any{"maybe", 1, []any{}}},
		{"number", map[string]any{" -2.50": -2.5, "1e3": 1000}, []any{"x", "NaN", "Infinity", "1e400", "0x10", true, []any{5}, map[string]any{}}},
	} {
		id := admin.Create(t, "Lead", nil)
		set := func(value any) string {
			return admin.TryUpdate(t, "Lead", id, apitest.Input{"customFields": map[string]any{row.key: value}}).Refusal()
		}
		for sent, back := range row.good {
			if refusal, got, want := set(sent), values(t, admin, id), fmt.Sprintf(`{"%s":%s}`, row.key, marshalled(t, back)); refusal != "" || got != want {
				t.Errorf("%s %q: %q and %s", row.key, sent, refusal, got)
			}
		}
		before := values(t, admin, id)
		for _, bad := range row.bad {
			if got := set(bad); got != "INVALID customFields."+row.key {
				t.Errorf("%s takes %v: %q", row.key, bad, got)
			}
		}
		if got := values(t, admin, id); got != before {
			t.Errorf("%s is %s, was %s", row.key, got, before)
		}
	}
	id := admin.Create(t, "Lead", apitest.Input{"customFields": map[string]any{"number": 5, "checked": false, "text": "x"}})
	for _, step := range []struct {
		fields        any
		refusal, want string
	}{
		{map[string]any{"number": 2.5}, "", `{"checked":false,"number":2.5,"text":"x"}`},
		{map[string]any{}, "", `{"checked":false,"number":2.5,"text":"x"}`},
		{map[string]any{"text": nil, "checked": " "}, "", `{"number":2.5}`},
		{map[string]any{"number": "x", "nothing": 1, "day": "x"}, "INVALID customFields.day customFields.nothing customFields.number", `{"number":2.5}`},
		{map[string]any{"nothing": nil}, "INVALID customFields.nothing", `{"number":2.5}`},
		{5, "INVALID customFields", `{"number":2.5}`},
		{nil, "", `{}`},
	} {
		if got := admin.TryUpdate(t, "Lead", id, apitest.Input{"customFields": step.fields}).Refusal(); got != step.refusal || values(t, admin, id) != step.want {
			t.Errorf("%v: %q and %s, want %q and %s", step.fields, got, values(t, admin, id), step.refusal, step.want)
		}
	}
	if got := admin.Read(t, "Lead", id, "version activities(first: 1) { nodes { action changes { field from to } } }"); got !=
		`{"version":4,"activities":{"nodes":[{"action":"UPDATE","changes":[{"field":"customFields","from":{"number":2.5},"to":{}}]}]}}` {
		t.Errorf("told %s", got)
	}
}

func TestRequiredAndDeactivatedCustomFields(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	old := admin.Create(t, "Lead", nil)
	required := field(t, admin, "number", "NUMBER", apitest.Input{"isRequired": true})
	field(t, admin, "text", "TEXT", nil)
	try := func(fields any) string {
		return admin.Try(t, "create", "Lead", apitest.Input{"title": "x", "customFields": fields}).Refusal()
	}
	for _, row := range []struct {
		fields any
		want   string
	}{
		{map[string]any{"number": 0}, ""},
		{map[string]any{"text": "x"}, "INVALID customFields.number"},
		{map[string]any{"number": nil}, "INVALID customFields.number"},
		{map[string]any{"number": "x"}, "INVALID customFields.number"},
		{nil, "INVALID customFields.number"},
	} {
		if got := try(row.fields); got != row.want {
			t.Errorf("a new one with %v: %q, want %q", row.fields, got, row.want)
		}
	}
	if got := admin.Try(t, "create", "Lead", apitest.Input{"title": "x"}).Refusal(); got != "INVALID customFields.number" {
		t.Errorf("a new one that does not speak of it: %q", got)
	}
	for _, step := range []struct {
		input apitest.Input
		want  string
	}{
		{apitest.Input{"title": "y"}, ""},
		{apitest.Input{"customFields": map[string]any{"text": "x"}}, "INVALID customFields.number"},
		{apitest.Input{"customFields": map[string]any{"number": 1}}, ""},
		{apitest.Input{"customFields": map[string]any{"text": "x"}}, ""},
		{apitest.Input{"customFields": map[string]any{"number": nil}}, "INVALID customFields.number"},
	} {
		if got := admin.TryUpdate(t, "Lead", old, step.input).Refusal(); got != step.want {
			t.Errorf("an old one, %v: %q, want %q", step.input, got, step.want)
		}
	}
	admin.Update(t, "CustomFieldDefinition", required, apitest.Input{"isActive": false})
	for _, step := range []struct {
		fields  map[string]any
		refusal string
		want    string
	}{
		{map[string]any{"text": "y"}, "", `{"number":1,"text":"y"}`},
		{map[string]any{"number": 2}, "INVALID customFields.number", `{"number":1,"text":"y"}`},
		{map[string]any{"number": 1}, "", `{"number":1,"text":"y"}`},
		{map[string]any{"number": nil}, "", `{"text":"y"}`},
	} {
		if got := admin.TryUpdate(t, "Lead", old, apitest.Input{"customFields": step.fields}).Refusal(); got != step.refusal || values(t, admin, old) != step.want {
			t.Errorf("deactivated, %v: %q and %s", step.fields, got, values(t, admin, old))
		}
	}
	if got := try(nil); got != "" {
		t.Errorf("a new one without the deactivated: %q", got)
	}
	if got := env.Globex.Admin.Try(t, "create", "Lead", apitest.Input{"title": "x", "customFields": map[string]any{"text": "x"}}).Refusal(); got != "INVALID customFields.text" {
		t.Errorf("another organization's field: %q", got)
	}
}

func TestCustomFieldsAreCopiedAsFarAsTheyFit(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, key := range []string{"shared", "other", "mine"} {
		field(t, admin, key, "TEXT", nil)
	}
	field(t, admin, "shared", "TEXT", apitest.Input{"target": "ACCOUNT"})
	field(t, admin, "other", "NUMBER", apitest.Input{"target": "ACCOUNT"})
	field(t, admin, "shared", "TEXT", apitest.Input{"target": "OPPORTUNITY"})
	lead := func() string {
		return admin.Create(t, "Lead", apitest.Input{"companyName": "Dunder", "email": fmt.Sprintf("%d@mail.example", len(admin.List(t, "leads", "id"))),
			"customFields": map[string]any{"shared": "a", "other": "b", "mine": "c"}})
	}
	const convert = `mutation($id: ID!) { convertLead(input: {id: $id}) { account { customFields } contact { customFields } opportunity { customFields } } }`
	r := admin.Do(t, convert, map[string]any{"id": lead()})
	if got := string(r.Data); got != `{"convertLead":{"account":{"customFields":{"shared":"a"}},"contact":{"customFields":{}},"opportunity":{"customFields":{"shared":"a"}}}}` {
		t.Errorf("converted: %s", got)
	}
	field(t, admin, "needed", "TEXT", apitest.Input{"target": "OPPORTUNITY", "isRequired": true})
	if got := admin.Send(t, convert, map[string]any{"id": lead()}).Refusal(); got != "INVALID customFields.needed" {
		t.Errorf("without what a deal must have: %q", got)
	}
}

func TestCustomFieldFilters(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for key, typ := range map[string]string{"text": "TEXT", "number": "NUMBER", "checked": "CHECKBOX", "day": "DATE", "region": "DROPDOWN"} {
		field(t, admin, key, typ, apitest.Input{"isFilterable": true})
	}
	off := field(t, admin, "quiet", "TEXT", nil)
	ids := map[string]string{}
	for title, fields := range map[string]map[string]any{
		"One":   {"text": "Blue Sky", "number": 5, "checked": true, "region": "north", "quiet": "x"},
		"Two":   {"text": "5", "number": 5.5, "checked": false, "day": "2026-03-01"},
		"Three": {"region": "north", "number": -0.25},
		"Four":  nil,
	} {
		ids[title] = admin.Create(t, "Lead", apitest.Input{"title": title, "customFields": fields})
	}
	filters(t, admin, "leads", "title", map[string]string{
		`{customFields: [{key: "text", text: "blue SKY "}]}`:                           "One",
		`{customFields: [{key: "text", text: "blue"}]}`:                                "",
		`{customFields: [{key: "text", text: "5"}]}`:                                   "Two",
		`{customFields: [{key: "number", number: "5.00"}]}`:                            "One",
		`{customFields: [{key: "number", number: 5.5}]}`:                               "Two",
		`{customFields: [{key: "number", number: "-0.25"}]}`:                           "Three",
		`{customFields: [{key: "number", text: "5"}]}`:                                 "",
		`{customFields: [{key: "checked", isChecked: false}]}`:                         "Two",
		`{customFields: [{key: "day", text: "2026-03-01"}]}`:                           "Two",
		`{customFields: [{key: "region"}]}`:                                            "One Three",
		`{customFields: [{key: "region", text: "north"}, {key: "number", number: 5}]}`: "One",
		`{customFields: [{key: "quiet", text: "x"}]}`:                                  "",
		`{customFields: [{key: "nothing"}]}`:                                           "",
		`{customFields: []}`:                                                           "Four One Three Two",
	})
	step := func(what, filter, want string) {
		t.Helper()
		if got := strings.Join(admin.List(t, "leads(filter: {customFields: ["+filter+"]}, orderBy: {field: TITLE, direction: ASC})", "title"), " "); got != want {
			t.Errorf("%s: %q, want %q", what, got, want)
		}
	}
	admin.Update(t, "CustomFieldDefinition", off, apitest.Input{"isFilterable": true})
	step("made filterable", `{key: "quiet", text: "X"}`, "One")
	admin.Update(t, "CustomFieldDefinition", off, apitest.Input{"isActive": false})
	step("deactivated", `{key: "quiet", text: "x"}`, "")
	admin.Update(t, "Lead", ids["One"], apitest.Input{"customFields": map[string]any{"region": "south", "number": nil}})
	step("changed", `{key: "region", text: "south"}`, "One")
	step("changed from", `{key: "region", text: "north"}`, "Three")
	step("cleared", `{key: "number"}`, "Three Two")
	if got := admin.TryDelete(t, "Lead", ids["Three"]).Refusal(); got != "" {
		t.Error(got)
	}
	if got := env.Above(t, "SELECT count(*) FROM custom_field_value WHERE entity_id = $1::text::uuid", ids["Three"])[0]; got != "0" {
		t.Errorf("%s values of the deleted lead are left", got)
	}
	many := strings.Repeat(`{key: "text"},`, 11)
	if got := admin.Send(t, "{ leads(filter: {customFields: ["+many+"]}) { totalCount } }", nil).Refusal(); got != "INVALID customFields" {
		t.Errorf("11 of them: %q", got)
	}
	for list, kind := range map[string]string{"accounts": "ACCOUNT", "contacts": "CONTACT", "opportunities": "OPPORTUNITY", "cases": "CASE", "tasks": "TASK"} {
		field(t, admin, "text", "TEXT", apitest.Input{"target": kind, "isFilterable": true})
		id := admin.Create(t, kind[:1]+strings.ToLower(kind[1:]), apitest.Input{"customFields": map[string]any{"text": "x"}})
		if got := strings.Join(admin.List(t, list+`(filter: {customFields: [{key: "text", text: "X"}]})`, "id"), " "); got != id {
			t.Errorf("%s: %s", list, got)
		}
	}
}
