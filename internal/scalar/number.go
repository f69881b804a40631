package scalar

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
)

const wholeForm = "a whole number from -2147483648 to 2147483647"

// MarshalInt writes a whole number.
func MarshalInt(n int) graphql.Marshaler {
	return appender(func(b []byte) []byte { return strconv.AppendInt(b, int64(n), 10) })
}

// UnmarshalInt reads a whole number of 32 bits, as the GraphQL specification has it. A number in quotes is a
// text; a number with a fraction of zero, as some JSON writers make it, is whole.
func UnmarshalInt(v any) (int, error) {
	var n int64
	switch v := v.(type) {
	case int:
		n = int64(v)
	case int32:
		n = int64(v)
	case int64:
		n = v
	case float64:
		return whole(v)
	case json.Number:
		parsed, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil {
			f, err := v.Float64()
			if err != nil {
				return 0, refuse(wholeForm)
			}
			return whole(f)
		}
		n = parsed
	default:
		return 0, refuse(wholeForm)
	}
	if n < math.MinInt32 || n > math.MaxInt32 {
		return 0, refuse(wholeForm)
	}
	return int(n), nil
}

func whole(f float64) (int, error) {
	// NaN fails the first comparison.
	if f != math.Trunc(f) || f < math.MinInt32 || f > math.MaxInt32 {
		return 0, refuse(wholeForm)
	}
	return int(f), nil
}

// MarshalBoolean writes true or false.
func MarshalBoolean(v bool) graphql.Marshaler {
	if v {
		return graphql.True
	}
	return graphql.False
}

// UnmarshalBoolean reads true or false and nothing that merely looks like it.
func UnmarshalBoolean(v any) (bool, error) {
	yes, ok := v.(bool)
	if !ok {
		return false, refuse("true or false")
	}
	return yes, nil
}
