package patch_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/99designs/gqlgen/graphql"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
)

type color string

type base struct{ Version int }

type row struct {
	base
	ID         id.ID
	Name       string
	Note       *string
	Count      *int
	Color      color
	AccountID  *id.ID
	AssigneeID []id.Profile
	Scopes     []string
}

type input struct {
	ID         id.ID
	Version    graphql.Omittable[*int]
	Name       graphql.Omittable[*string] `json:"name,omitempty"`
	Note       graphql.Omittable[*string]
	Count      graphql.Omittable[*int]
	Color      graphql.Omittable[*color]
	AccountId  graphql.Omittable[*id.ID] `json:"accountId,omitempty"`
	AssigneeId graphql.Omittable[[]id.ID]
	Scopes     graphql.Omittable[[]string]
}

func of[T any](v T) *T { return &v }

func given[T any](v T) graphql.Omittable[T] { return graphql.OmittableOf(v) }

func full() row {
	return row{base: base{Version: 7}, ID: id.ID{1}, Name: "Ada", Note: of("note"), Count: of(5), Color: "red",
		AccountID: &id.ID{2}, AssigneeID: []id.Profile{{3}}, Scopes: []string{"a"}}
}

func TestApply(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		in   input
		want func(*row)
		set  []string
	}{
		{"what is absent stays", input{ID: id.ID{9}}, func(*row) {}, nil},
		{"id and version are never copied", input{ID: id.ID{9}, Version: given(of(1))}, func(*row) {}, nil},
		{"a value sets", input{Name: given(of("Bob")), Count: given(of(0))}, func(r *row) { r.Name, r.Count = "Bob", of(0) }, []string{"Count", "Name"}},
		{"null clears", input{Note: given[*string](nil), Count: given[*int](nil), AccountId: given[*id.ID](nil)},
			func(r *row) { r.Note, r.Count, r.AccountID = nil, nil, nil }, []string{"AccountID", "Count", "Note"}},
		{"texts are trimmed", input{Name: given(of("  Bob\n")), Note: given(of(" x "))}, func(r *row) { r.Name, r.Note = "Bob", of("x") }, []string{"Name", "Note"}},
		{"a blank text is null where there is null", input{Note: given(of("  "))}, func(r *row) { r.Note = nil }, []string{"Note"}},
		{"a blank text stays a text where there is no null", input{Name: given(of("  "))}, func(r *row) { r.Name = "" }, []string{"Name"}},
		{"enums are set", input{Color: given(of(color("blue")))}, func(r *row) { r.Color = "blue" }, []string{"Color"}},
		{"an id takes the type of its home", input{AccountId: given(&id.ID{4}), AssigneeId: given([]id.ID{{5}})},
			func(r *row) { r.AccountID, r.AssigneeID = &id.ID{4}, []id.Profile{{5}} }, []string{"AccountID", "AssigneeID"}},
		{"what stands in a list twice counts once", input{AssigneeId: given([]id.ID{{5}, {6}, {5}}), Scopes: given([]string{"b", "b"})},
			func(r *row) { r.AssigneeID, r.Scopes = []id.Profile{{5}, {6}}, []string{"b"} }, []string{"AssigneeID", "Scopes"}},
		{"an empty list empties", input{AssigneeId: given([]id.ID{})}, func(r *row) { r.AssigneeID = []id.Profile{} }, []string{"AssigneeID"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, want := full(), full()
			c.want(&want)
			set, err := patch.Apply(&got, c.in)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
			if names := slices.Sorted(maps.Keys(set)); !slices.Equal(names, c.set) {
				t.Errorf("it says that %v were set", names)
			}
		})
	}
}

func TestApplyEmptiesAListByNull(t *testing.T) {
	t.Parallel()
	got := full()
	set, err := patch.Apply(&got, input{AssigneeId: given[[]id.ID](nil)})
	if err != nil || len(got.AssigneeID) != 0 || !set["AssigneeID"] {
		t.Errorf("%v, %v, %v", got.AssigneeID, set, err)
	}
}

func TestApplyRefusesNullByName(t *testing.T) {
	t.Parallel()
	got := full()
	_, err := patch.Apply(&got, input{Name: given[*string](nil), Color: given[*color](nil), Count: given(of(6))})
	var fields []string
	for _, f := range fault.All(err) {
		if f.Code != fault.Invalid {
			t.Errorf("%+v", f)
		}
		fields = append(fields, f.Field)
	}
	if !slices.Equal(fields, []string{"name", "color"}) {
		t.Errorf("refused are %v", fields)
	}
	if got.Name != "Ada" || got.Color != "red" {
		t.Errorf("%+v", got)
	}
}

func TestAnInputFieldWithoutAHomePanics(t *testing.T) {
	t.Parallel()
	defer func() {
		if recover() == nil {
			t.Error("it was dropped in silence")
		}
	}()
	_, _ = patch.Apply(&row{}, struct{ NoSuchField string }{"x"})
}

func TestPlainFieldsAreAlwaysGiven(t *testing.T) {
	t.Parallel()
	got := full()
	set, err := patch.Apply(&got, struct{ Name string }{""})
	if err != nil || got.Name != "" || !set["Name"] {
		t.Errorf("%+v, %v, %v", got, set, err)
	}
}
