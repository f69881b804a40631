package page_test

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
)

var byName = page.Order{List: "account", Field: "NAME", Direction: "ASC"}

func of[T any](v T) *T { return &v }

func TestWindow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		args  page.Args
		size  int
		back  bool
		field string // that is refused
	}{
		{name: "nothing asked for is the default size", size: page.DefaultSize},
		{name: "first takes from the start", args: page.Args{First: of(3)}, size: 3},
		{name: "last takes from the end", args: page.Args{Last: of(3)}, size: 3, back: true},
		{name: "one is the least", args: page.Args{First: of(1)}, size: 1},
		{name: "a hundred is the most", args: page.Args{Last: of(page.MaxSize)}, size: page.MaxSize, back: true},
		{name: "none is refused", args: page.Args{First: of(0)}, field: "first"},
		{name: "fewer than none is refused", args: page.Args{Last: of(-1)}, field: "last"},
		{name: "more than the most is refused", args: page.Args{First: of(page.MaxSize + 1)}, field: "first"},
		{name: "both ends at once are refused", args: page.Args{First: of(1), Last: of(1)}, field: "last"},
		{name: "a cursor that is none is refused", args: page.Args{Before: of("x")}, field: "before"},
		{name: "an empty cursor is refused", args: page.Args{After: of("")}, field: "after"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w, err := c.args.Window(byName)
			if c.field != "" {
				if faults := fault.All(err); len(faults) != 1 || faults[0].Field != c.field {
					t.Fatalf("not refused by %s: %v", c.field, err)
				}
				return
			}
			if err != nil || w.Size != c.size || w.Backward != c.back {
				t.Errorf("%+v, %v", w, err)
			}
		})
	}
	t.Run("a direction that is none is refused", func(t *testing.T) {
		t.Parallel()
		_, err := page.Args{}.Window(page.Order{List: "account", Field: "NAME", Direction: "asc"})
		if faults := fault.All(err); len(faults) != 1 || faults[0].Field != "direction" || faults[0].Code != fault.Invalid {
			t.Errorf("%v", err)
		}
	})
}

func TestCursors(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]*string{"a value": of("Müller"), "an empty value": of(""), "no value": nil, "a long value": of(strings.Repeat("x", 2000))} {
		t.Run(name+" comes back", func(t *testing.T) {
			t.Parallel()
			in := page.Cursor{Value: value, ID: [16]byte{1, 2, 15: 3}}
			text := encode(byName, in)
			w, err := page.Args{After: &text, Before: &text}.Window(byName)
			if err != nil {
				t.Fatal(err)
			}
			for _, out := range []*page.Cursor{w.After, w.Before} {
				if out.ID != in.ID || (out.Value == nil) != (value == nil) || value != nil && *out.Value != *value {
					t.Errorf("%+v", out)
				}
			}
		})
	}
	t.Run("another order, direction or list refuses it", func(t *testing.T) {
		t.Parallel()
		text := encode(byName, page.Cursor{Value: of("x")})
		for _, other := range []page.Order{
			{List: "account", Field: "CREATED_AT", Direction: "ASC"}, {List: "account", Field: "NAME", Direction: "DESC"},
			{List: "contact", Field: "NAME", Direction: "ASC"},
		} {
			_, err := page.Args{After: &text}.Window(other)
			if !fault.Is(err, fault.CursorInvalid) || fault.All(err)[0].Field != "after" {
				t.Errorf("%+v: %v", other, err)
			}
		}
	})
	t.Run("nothing says more than it has to", func(t *testing.T) {
		t.Parallel()
		if text := encode(byName, page.Cursor{}); len(text) != base64.RawURLEncoding.EncodedLen(19) {
			t.Errorf("%d characters", len(text))
		}
	})
}

func FuzzDecode(f *testing.F) {
	good := encode(byName, page.Cursor{Value: of("x"), ID: [16]byte{7}})
	for _, seed := range []string{"", "x", good, good[:10], good + "=", encode(byName, page.Cursor{})} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		w, err := page.Args{After: &text}.Window(byName)
		if err != nil {
			if !fault.Is(err, fault.CursorInvalid) {
				t.Errorf("%v", err)
			}
			return
		}
		// What is taken means one place.
		again := encode(byName, *w.After)
		if w2, err := (page.Args{After: &again}).Window(byName); err != nil || !reflect.DeepEqual(w, w2) {
			t.Errorf("%q is read as %q: %v", text, again, err)
		}
	})
}

func encode(o page.Order, c page.Cursor) string {
	var value []byte
	if c.Value != nil {
		value = append([]byte{}, *c.Value...)
	}
	return page.NewEncoder(o).Encode(c.ID, value)
}
