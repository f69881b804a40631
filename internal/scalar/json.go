package scalar

import (
	"encoding/json"
	"fmt"

	"github.com/99designs/gqlgen/graphql"
)

// maxDepth bounds how deep lists and objects may lie in each other: deeper is an attack, not a document.
const maxDepth = 32

// MarshalJSON writes any JSON value. It panics on a Go value that JSON cannot express, which is a mistake of the
// program: what a jsonb column holds is always JSON.
func MarshalJSON(v any) graphql.Marshaler {
	text, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("write a JSON scalar: %w", err))
	}
	return appender(func(b []byte) []byte { return append(b, text...) })
}

// UnmarshalJSON reads any JSON value that a jsonb column can hold.
func UnmarshalJSON(v any) (any, error) {
	if !holdable(v, maxDepth) {
		return nil, refuse("JSON without NUL characters, at most 32 levels deep")
	}
	return v, nil
}

func holdable(v any, depth int) bool {
	if depth == 0 {
		return false
	}
	switch v := v.(type) {
	case nil, bool, int64, float64:
	case string:
		return storable(v)
	case json.Number:
		// A number that overflows a float64 may overflow the database's numeric as well, and no client could
		// read it back.
		_, err := v.Float64()
		return err == nil
	case []any:
		for _, item := range v {
			if !holdable(item, depth-1) {
				return false
			}
		}
	case map[string]any:
		for key, item := range v {
			if !storable(key) || !holdable(item, depth-1) {
				return false
			}
		}
	default:
		return false // a file that was sent in the place of JSON
	}
	return true
}
