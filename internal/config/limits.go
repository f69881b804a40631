package config

// Limits are how much a client may ask for; package document tells what each counts.
type Limits struct {
	Body               int
	Tokens             int
	Depth              int
	IntrospectionDepth int
	Aliases            int
	Repetitions        int
	Selections         int
	Fragments          int
	Directives         int
	Errors             int
	Cost               int
	Cache              int
}

// settings is the part of the table that is about limits.
func (l *Limits) settings() []setting {
	const most = 1 << 30
	return []setting{
		{"LIMIT_BODY", "131072", "The bytes of a request.", number(&l.Body, most)},
		{"LIMIT_TOKENS", "2000", "The tokens of a document.", number(&l.Tokens, most)},
		{"LIMIT_DEPTH", "12", "The levels of a document's fields, and of lists and objects in a value.", number(&l.Depth, 1000)},
		{"LIMIT_INTROSPECTION_DEPTH", "20", "The levels of a question for the schema.", number(&l.IntrospectionDepth, 1000)},
		{"LIMIT_ALIASES", "100", "The aliases of a document.", number(&l.Aliases, most)},
		{"LIMIT_REPETITIONS", "30", "The uses of one response name in one selection set.", number(&l.Repetitions, most)},
		{"LIMIT_SELECTIONS", "20000", "The selections of a document when its fragments are spread.", number(&l.Selections, most)},
		{"LIMIT_FRAGMENTS", "64", "The fragments of a document.", number(&l.Fragments, most)},
		{"LIMIT_DIRECTIVES", "8", "The directives at one place of a document.", number(&l.Directives, most)},
		{"LIMIT_ERRORS", "20", "The errors of an answer.", number(&l.Errors, most)},
		{"LIMIT_COST", "50000", "The cost of an operation, see [the limits](docs/limits.md).", number(&l.Cost, most)},
		{"DOCUMENT_CACHE_SIZE", "16777216", "The bytes of valid documents that are kept.", number(&l.Cache, most)},
	}
}
