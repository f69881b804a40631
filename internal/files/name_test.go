package files_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
)

func TestDisplayName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"offer.pdf":                           "offer.pdf",
		"Angebot für Zoë – 価格表.pdf":           "Angebot für Zoë – 価格表.pdf",
		"👩\u200d💻.png":                        "👩\u200d💻.png", // joined as its writer joined it
		"../../etc/passwd":                    "passwd",
		`C:\Users\ada\offer.pdf`:              "offer.pdf",
		"folder/":                             "file",
		"":                                    "file",
		".":                                   "file",
		"..":                                  "file",
		" \t ":                                "file",
		".htaccess":                           ".htaccess",
		"invoice.exe. . ":                     "invoice.exe",
		"a\x00b\r\nSet-Cookie: x\x7f\u0085.c": "ab  Set-Cookie: x .c",
		"photo_\u202Egpj.exe":                 "photo_gpj.exe",
		"\u2066a\u2069\u200f\ufeff.txt":       "a.txt",
		"line\u2028end.txt":                   "line end.txt",
		"broken\xff.txt":                      "broken\uFFFD.txt",
		`quote".txt`:                          `quote".txt`,
	} {
		if got := files.DisplayName(name, files.MaxName); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func TestDisplayNameIsCutBeforeItsSuffix(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", 300)
	for _, c := range []struct {
		name string
		most int
		want string
	}{
		{long + ".pdf", 255, strings.Repeat("ü", 251) + ".pdf"},
		{long + ".tar.gz", 60, strings.Repeat("ü", 57) + ".gz"},
		{long, 255, strings.Repeat("ü", 255)},
		{"a." + long, 60, "a." + strings.Repeat("ü", 58)},
		{"abc.pdf", 4, "abc"},
		{"abcdefgh. .pdf", 13, "abcdefgh.pdf"},
		{strings.Repeat("x", 251) + ".pdf", 255, strings.Repeat("x", 251) + ".pdf"},
	} {
		got := files.DisplayName(c.name, c.most)
		if got != c.want || utf8.RuneCountInString(got) > c.most {
			t.Errorf("%q cut to %d becomes %q, want %q", c.name, c.most, got, c.want)
		}
	}
}

func FuzzDisplayName(f *testing.F) {
	f.Add("a/b\\c.pdf", 60)
	f.Add(". . .\u202e", 1)
	f.Fuzz(func(t *testing.T, name string, most int) {
		most = 1 + max(most, -most)%300
		got := files.DisplayName(name, max(most, 4))
		if got == "" || !utf8.ValidString(got) || strings.ContainsAny(got, "/\\\x00\r\n\u202e") || utf8.RuneCountInString(got) > max(most, 4) {
			t.Errorf("%q becomes %q", name, got)
		}
		if again := files.DisplayName(got, max(most, 4)); again != got {
			t.Errorf("%q becomes %q, and that %q", name, got, again)
		}
	})
}
