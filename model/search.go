package model

// SearchHit is a record that a search across types found.
type SearchHit struct {
	Node     Node
	Type     EntityType
	Title    string
	Subtitle *string
	IsExact  bool // the longest word that was sought is a word of the record, not only the beginning of one
}
