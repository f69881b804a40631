package files

import (
	"path"
	"strings"
	"unicode"
)

// MaxName is how many characters a name may have where nothing else is said.
const MaxName = 255

// DisplayName makes a client's name for a file fit to be shown and to be saved under: its last part without any folder,
// without control characters and without those that turn the direction of writing (a name that ends in "gpj.exe" can be
// made to look like a picture), of at most so many characters, the suffix kept.
func DisplayName(name string, most int) string {
	name = strings.ToValidUTF8(name, "\uFFFD")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\uFEFF':
			return -1
		}
		return r
	}, name)
	name = shorten(trim(strings.TrimSpace(name)), most)
	if name == "" {
		return "file"
	}
	return name
}

// trim takes away what Windows drops from the end of a name.
func trim(name string) string { return strings.TrimRight(name, ". ") }

// maxSuffix is how long a suffix may be that is kept; what is longer is no suffix.
const maxSuffix = 16

func shorten(name string, most int) string {
	all := []rune(name)
	if len(all) <= most {
		return name
	}
	suffix := []rune(path.Ext(name))
	if len(suffix) > maxSuffix || len(suffix) >= most || len(suffix) == len(all) {
		suffix = nil
	}
	return trim(string(all[:most-len(suffix)])) + string(suffix)
}
