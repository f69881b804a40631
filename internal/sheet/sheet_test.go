package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, text, want string }{
		{"a table", "name,e mail\nAda,a@b.example\n", `2:Ada|a@b.example`},
		{"a byte order mark, capitals, carriage returns", "\uFEFFNAME,E_Mail\r\n Ada , \r\n", `2:Ada|`},
		{"blank lines", "name,e_mail\n\n,\n  , \nAda,x\n", `5:Ada|x`},
		{"a cell of two lines", "name,e_mail\n\"A\nda\",x\nBob,y\n", "2:A\nda|x 4:Bob|y"},
		{"a text that was kept from being a formula", "name,e_mail\n'=1+1,'tis\n", `2:=1+1|'tis`},
		{"a line that is too short", "name,e_mail\nAda\n", `2!`},
		{"no rows", "name,e_mail", ``},
		{"no headers", "", "INVALID file"},
		{"unknown headers", "name,e_mail,age\n", "INVALID file"},
		{"missing headers", "e_mail\n", "INVALID file"},
		{"a header twice", "name,name\n", "INVALID file"},
		{"a stray quote", "name,e_mail\nA\"da,x\n", "INVALID file"},
		{"another encoding", "name,e_mail\nJ\xfcrgen,x\n", "INVALID file"},
		{"NUL", "name,e_mail\na\x00,x\n", "INVALID file"},
		{"too many rows", "name,e_mail\n" + strings.Repeat("a,b\n", MaxRows+1), "LIMIT_EXCEEDED file"},
		{"too many bytes", "name,e_mail\n" + strings.Repeat("x", MaxBytes), "LIMIT_EXCEEDED file"},
	} {
		rows, err := Read(strings.NewReader(c.text), []string{"name", "e_mail"}, []string{"name"})
		var got []string
		for _, r := range rows {
			if r.Wrong != "" {
				got = append(got, fmt.Sprint(r.Line, "!"))
				continue
			}
			got = append(got, fmt.Sprintf("%d:%s|%s", r.Line, r.Cell("name"), r.Cell("e_mail")))
		}
		if all := fault.All(err); all != nil {
			got = []string{string(all[0].Code) + " " + all[0].Field}
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: got %q, want %q", c.what, text, c.want)
		}
	}
	full := "name\n" + strings.Repeat("a\n", MaxRows)
	if rows, err := Read(strings.NewReader(full), []string{"name"}, nil); err != nil || len(rows) != MaxRows {
		t.Errorf("%d rows of the most there can be: %v", len(rows), err)
	}
}

func TestReadGivesOnWhatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	if _, err := Read(failing{broken}, nil, nil); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestNoCellBecomesAFormula(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := NewWriter(&out)
	cells := []string{"=1+1", "+1", "-1", "@a", "\tx", "\rx", "'=1", "plain", "a=b", ""}
	for _, err := range []error{w.Write([]string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}), w.Write(cells), w.Flush()} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"'=1+1,", ",'+1,", ",'-1,", ",'@a,", "'\tx", "'\rx", ",plain,", ",a=b,"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q does not stand in %q", want, out.String())
		}
	}
	rows, err := Read(&out, []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}, nil)
	if err != nil || len(rows) != 1 {
		t.Fatal(rows, err)
	}
	for i, cell := range cells[:4] {
		if got := rows[0].Cell(string(rune('a' + i))); got != cell {
			t.Errorf("%q is read back as %q", cell, got)
		}
	}
}
