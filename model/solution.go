package model

import (
	"io"
	"strings"

	"github.com/uptrace/bun"
)

// Solution is an article of the knowledge base. Operations of its own take it from a draft to what cases are offered.
type Solution struct {
	bun.BaseModel `bun:"table:solution,alias:t"`
	Base
	Title       string         `bun:"title" max:"255" required:"true"`
	Description string         `bun:"description" max:"20000" required:"true"`
	Status      SolutionStatus `bun:"status"`
	IsPublished bool           `bun:"is_published"` // only while it is approved
}

// The GraphQL types around a solution.
type (
	SolutionConnection = Connection[Solution]
	SolutionEdge       = Edge[Solution]
)

// Label is what an activity calls the article.
func (s *Solution) Label() string { return s.Title }

// longestSnippet is how many characters of an article a snippet has.
const longestSnippet = 200

// Snippet is how the article begins, on one line.
func (s *Solution) Snippet() string {
	text := strings.Join(strings.Fields(s.Description), " ")
	if r := []rune(text); len(r) > longestSnippet {
		return string(r[:longestSnippet-1]) + "…"
	}
	return text
}

// SolutionStatus is how far an article has come.
type SolutionStatus string

// The values, as stored.
const (
	SolutionDraft    SolutionStatus = "draft"
	SolutionReviewed SolutionStatus = "reviewed"
	SolutionApproved SolutionStatus = "approved"
)

var _ = enum(SolutionDraft, SolutionReviewed, SolutionApproved)

// MarshalGQL writes the schema's name.
func (v SolutionStatus) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *SolutionStatus) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
