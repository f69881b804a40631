package resolver_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
)

func TestImportOfCustomFields(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	admin := env.Acme.Admin
	for _, sheet := range []struct{ imports, kind, target, list, headers, row string }{
		{"Contacts", "Contact", "CONTACT", "contacts", "first_name,last_name", "Ada,L%d"},
		{"Cases", "Case", "CASE", "cases", "name,status,priority", "It leaks %d,New,Low"},
		{"Leads", "Lead", "LEAD", "leads", "title,email", "Paper %d,a%[1]d@mail.example"},
	} {
		for key, typ := range map[string]string{"text": "TEXT", "area": "TEXTAREA", "number": "NUMBER", "checked": "CHECKBOX", "day": "DATE", "region": "DROPDOWN"} {
			field(t, admin, key, typ, apitest.Input{"target": sheet.target, "isFilterable": typ != "TEXTAREA"})
		}
		quiet := field(t, admin, "quiet", "TEXT", apitest.Input{"target": sheet.target})
		admin.Update(t, "CustomFieldDefinition", quiet, apitest.Input{"isActive": false})
		lines := 0
		file := func(headers string, rows ...string) string {
			text := sheet.headers + "," + headers + "\n"
			for _, row := range rows {
				lines++
				text += fmt.Sprintf(sheet.row, lines) + "," + row + "\n"
			}
			return text
		}
		all := "cf.text,CF.Area,cf.number,cf.checked,cf.day,cf.region"
		for _, row := range []struct{ what, headers, row, want string }{
			{"good ones", all, "'=x,\"a\nb\",5,yes,2026-02-28,north", ""},
			{"nothing", all, ",,,,,", ""},
			{"wrong ones", all, strings.Repeat("x", 256) + ",,many,perhaps,2026-02-30,west", "2 cf.checked, cf.day, cf.number, cf.region, cf.text"},
			{"a good one and a wrong one", "cf.number,cf.day", "5,tomorrow", "2 cf.day"},
		} {
			got := importSheet(t, admin, sheet.imports, file(row.headers, row.row), true)
			wrong := got.wrong()
			if line, columns, ok := strings.Cut(wrong, " "); ok { // each key is told of, in whatever order
				names := strings.Split(columns, ", ")
				slices.Sort(names)
				wrong = line + " " + strings.Join(names, ", ")
			}
			if wrong != row.want {
				t.Errorf("%s, %s: %q, want %q", sheet.imports, row.what, wrong, row.want)
			}
		}
		for _, unknown := range []string{"cf.nothing", "cf.quiet", "cf."} {
			if got := sendSheet(t, admin, sheet.imports, file(unknown, "x"), true).Refusal(); got != "INVALID file" {
				t.Errorf("%s, %s: %q", sheet.imports, unknown, got)
			}
		}
		preview := importSheet(t, admin, sheet.imports, file("cf.number,cf.checked", "5,no"), true)
		if got := marshalled(t, preview.Rows[0].Values["customFields"]); got != `{"checked":false,"number":5}` {
			t.Errorf("%s: the preview has read %s", sheet.imports, got)
		}
		done := importSheet(t, admin, sheet.imports, file(all, "'=x,\"a\nb\",5,yes,2026-02-28,north", "y,,,,,south"), false)
		if !done.IsStored {
			t.Fatalf("%s: %+v", sheet.imports, done)
		}
		for i, want := range []string{`{"area":"a\nb","checked":true,"day":"2026-02-28","number":5,"region":"north","text":"=x"}`, `{"region":"south","text":"y"}`} {
			if got := admin.Read(t, sheet.kind, *done.Rows[i].ID, "customFields"); got != `{"customFields":`+want+`}` {
				t.Errorf("%s, row %d: %s", sheet.imports, i, got)
			}
		}
		for filter, at := range map[string]int{`{key: "region", text: "north"}, {key: "number", number: 5}`: 0, `{key: "text", text: "Y"}`: 1} {
			if got := admin.List(t, sheet.list+`(filter: {customFields: [`+filter+`]})`, "id"); !slices.Equal(got, []string{*done.Rows[at].ID}) {
				t.Errorf("%s by %s: %v", sheet.imports, filter, got)
			}
		}
		field(t, admin, "needed", "NUMBER", apitest.Input{"target": sheet.target, "isRequired": true})
		for _, row := range []struct{ what, headers, row, want string }{
			{"no header for what is required", "cf.text", "x", "2 cf.needed"},
			{"no value", "cf.needed", "", "2 cf.needed"},
			{"a wrong one", "cf.needed", "x", "2 cf.needed"},
			{"a value", "cf.needed", "0", ""},
		} {
			if got := importSheet(t, admin, sheet.imports, file(row.headers, row.row), true).wrong(); got != row.want {
				t.Errorf("%s, %s: %q, want %q", sheet.imports, row.what, got, row.want)
			}
		}
	}
	t.Run("their definitions are read once", func(t *testing.T) {
		count := func(rows int) int {
			text := "name,status,priority,cf.needed\n" + strings.Repeat("x,New,Low,1\n", rows)
			return len(env.SQL.During(func() { importSheet(t, admin, "Cases", text, true) }))
		}
		if a, b := count(1), count(50); a != b {
			t.Errorf("%d statements for one line and %d for 50", a, b)
		}
	})
}
