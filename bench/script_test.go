package main

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

func text(oid uint32, value string) argument { return argument{oid, &value} }

func TestScriptKeepsTheBatches(t *testing.T) {
	t.Parallel()
	operation := func(org, note string) []statement {
		return []statement{
			{text: "begin"}, {text: "select set_config($1, $2, true)", args: []argument{text(pgtype.TextOID, "app.current_org"), text(pgtype.TextOID, org)}}, {sync: true},
			{text: "SELECT $1::text WHERE id = ANY($2)", args: []argument{text(pgtype.TextOID, note), text(pgtype.UUIDArrayOID, "{"+org+"}")}}, {sync: true},
			{text: "commit"}, {sync: true},
		}
	}
	seen := [][]statement{{{text: "seldom"}, {sync: true}}, operation("a", "it's 12:30"), operation("b", "it's 12:30")}
	for range 20 {
		seen = append(seen, []statement{{text: "often"}, {sync: true}})
	}
	all, err := scripts(seen, time.Now(), true)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 2 || all[0].weight != 2 || all[1].weight != 20 {
		t.Fatalf("scripts: %+v", all)
	}
	got := all[0].text
	want := `\set v random(1, 2)
\set fresh random(1, 281474976710655)
\startpipeline
begin;
select set_config(E'app.current_org'::text, (E'{"a","b"}'::text[])[:v]::text, true);
\endpipeline
SELECT E'it\'s 12\x3a30'::text::text WHERE id = ANY(((SELECT (E'{"{a}","{b}"}'::text[])[:v]::_uuid)::_uuid));
commit;
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestMadeUpValuesAreMadeUpAnew(t *testing.T) {
	t.Parallel()
	const old, fresh = "01900000-0000-7000-8000-000000000001", "01a20dcd-8ce8-77c0-b283-0befbd2f86ac" // of 2024 and 2026
	since := made(fresh).Add(-time.Millisecond)
	expressions := func(value string) string {
		return expression([]argument{text(pgtype.TextOID, value), text(pgtype.TextOID, "other")}, since)
	}
	if got := expressions(old); strings.Contains(got, "fresh") {
		t.Errorf("what was there before: %s", got)
	}
	if got, want := expressions(fresh), "(E'01a20dcd-8ce8-77c0-b283-' || "+freshText+" || E'')::text"; got != want {
		t.Errorf("an id: %s", got)
	}
	if got, want := expressions("b0123456789ab@acme.example"), "(E'b' || "+freshText+" || E'@acme.example')::text"; got != want {
		t.Errorf("an address: %s", got)
	}
}

func TestSimpleMessagesAreTakenApart(t *testing.T) {
	t.Parallel()
	got := simple("begin; select set_config('app.current_org', 'it''s', true)")
	want := []statement{{text: "begin"}, {text: "select set_config($1, $2, true)", args: []argument{text(pgtype.TextOID, "app.current_org"), text(pgtype.TextOID, "it's")}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
}
