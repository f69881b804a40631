package pdf

import (
	"bytes"
	_ "embed"
	"fmt"
	"sync"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
)

// Roboto 2.138, under the Apache License that lies beside it. Its digits have one width, which makes columns of numbers
// line up.
var (
	//go:embed font/Roboto-Regular.ttf
	regular []byte
	//go:embed font/Roboto-Medium.ttf
	medium []byte
)

const (
	family      = "text"
	replacement = '\uFFFD' // which the font draws as a question mark in a diamond
)

// addFonts makes the fonts known to a file, each with bytes of its own: the library appends to parts of them in place.
func addFonts(file *fpdf.Fpdf) {
	file.AddUTF8FontFromBytes(family, "", bytes.Clone(regular))
	file.AddUTF8FontFromBytes(family, "B", bytes.Clone(medium))
}

// planes is one bit for each character of the Basic Multilingual Plane, the only one that the library can draw.
type planes [1 << 16 / 64]uint64

func (p *planes) has(r rune) bool { return r < 1<<16 && p[r/64]&(1<<(r%64)) != 0 }

// covered tells the characters that both fonts have.
var covered = sync.OnceValue(func() *planes {
	var out planes
	for i, data := range [][]byte{regular, medium} {
		font, err := sfnt.Parse(data)
		if err != nil {
			panic(fmt.Sprintf("pdf: font %d: %v", i, err)) // it was compiled in
		}
		var buf sfnt.Buffer
		for r := range rune(1 << 16) {
			glyph, err := font.GlyphIndex(&buf, r)
			switch has := err == nil && glyph != 0; {
			case has && i == 0:
				out[r/64] |= 1 << (r % 64)
			case !has:
				out[r/64] &^= 1 << (r % 64)
			}
		}
	}
	return &out
})
