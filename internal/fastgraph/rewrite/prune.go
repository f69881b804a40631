package rewrite

import (
	"fmt"
	"go/ast"
	"regexp"
	"strings"
)

// disused are functions that the rewritten code may not call any more: fields, and their contexts.
var disused = regexp.MustCompile(`^(_|fieldContext_|childFields_)`)

// prune takes out what nothing calls any more, and then what only that has called.
func (s *source) prune() error {
	for {
		uses := map[string]int{}
		for _, f := range s.files {
			ast.Inspect(f.tree, func(n ast.Node) bool {
				if name, ok := n.(*ast.Ident); ok {
					uses[name.Name]++
				}
				return true
			})
		}
		gone := 0
		for name, f := range s.functions {
			if disused.MatchString(name) && uses[name] == 1 { // where it is declared
				end := f.end + len(f.file.text[f.end:]) - len(strings.TrimLeft(string(f.file.text[f.end:]), "\n"))
				f.file.edits = append(f.file.edits, edit{f.start, end, ""})
				gone++
			}
		}
		if gone == 0 {
			break
		}
		if err := s.apply(); err != nil {
			return err
		}
	}
	if len(s.functions) == 0 {
		return fmt.Errorf("nothing is left")
	}
	return nil
}
