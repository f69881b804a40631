package model

import "github.com/bottlecrm/bottlecrm-graphql/internal/id"

// ImportPayload is what came of a file of records, or would come of it.
type ImportPayload struct {
	IsStored              bool
	Total, Valid, Invalid int
	NewTags               []string
	Rows                  []*ImportRow
}

// ImportRow is a line of the file.
type ImportRow struct {
	Line   int
	ID     *id.ID // of the record that was stored
	Values any    // as an input would have them
	Errors []*ImportError
}

// ImportError is something wrong with a line.
type ImportError struct {
	Column  *string // nil when the line is wrong as a whole
	Message string
}
