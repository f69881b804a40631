package pdf

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf16"

	reader "github.com/ledongthuc/pdf"
)

// read takes a file apart with somebody else's reader: the texts of each page, in the order in which they were drawn.
func read(t testing.TB, file []byte) [][]string {
	t.Helper()
	r, err := reader.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	pages := make([][]string, r.NumPage())
	for i := range pages {
		reader.Interpret(r.Page(i+1).V.Key("Contents"), func(stack *reader.Stack, op string) {
			if op == "Tj" { // the fonts' codes are UTF-16
				pages[i] = append(pages[i], utf16Text(stack.Pop().RawString()))
			}
			for stack.Len() > 0 {
				stack.Pop()
			}
		})
	}
	return pages
}

func utf16Text(raw string) string {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units))
}

// rendered draws a document and takes it apart again.
func rendered(t testing.TB, doc Document) [][]string {
	t.Helper()
	file, err := Render(doc)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, file)
}

// said is all that pages say, a line for each text.
func said(pages ...[]string) string {
	var out strings.Builder
	out.WriteString("\n")
	for _, page := range pages {
		for _, text := range page {
			out.WriteString(text + "\n")
		}
	}
	return out.String()
}
