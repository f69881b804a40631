package model

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"strings"
)

// Terms are an organization's own words for kinds of records, by keys such as "lead.singular".
type Terms map[string]string

// Patch takes the keys that an input names and leaves the others; a key with null goes, and null instead of all takes all.
func (t *Terms) Patch(value any) error {
	terms := Terms{}
	maps.Copy(terms, *t)
	switch given := value.(type) {
	case nil:
		clear(terms)
	case map[string]any:
		for key, value := range given {
			switch word := value.(type) {
			case nil:
				delete(terms, key)
			case string:
				terms[key] = strings.TrimSpace(word)
			default:
				return errors.New("must be an object of texts by their keys")
			}
		}
	default:
		return errors.New("must be an object of texts by their keys")
	}
	*t = terms
	return nil
}

// MarshalGQL writes an object, its keys in order.
func (t Terms) MarshalGQL(w io.Writer) {
	text := []byte("{}")
	if t != nil {
		text, _ = json.Marshal(map[string]string(t)) // texts can be written
	}
	_, _ = w.Write(text)
}

// UnmarshalGQL is for the generator; inputs take any JSON, and Patch reads it.
func (t *Terms) UnmarshalGQL(v any) error { return t.Patch(v) }
