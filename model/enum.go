package model

import (
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"sync"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
)

// An enum's Go constants are the stored values. Their GraphQL names are derived here and nowhere else: upper case,
// every run of other characters an underscore ("in process" is IN_PROCESS).

// GraphQLName is the name that a stored enum value has in the schema.
func GraphQLName(stored string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.ToUpper(stored) {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') {
			gap = true
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte('_')
		}
		gap = false
		b.WriteRune(r)
	}
	return b.String()
}

// Enums lists the stored values of each enum type.
var Enums = map[reflect.Type][]string{}

// enumNames caches the two directions of GraphQLName for one type.
type enumNames struct{ name, stored map[string]string }

var enums sync.Map // reflect.Type → enumNames

func enum[T ~string](values ...T) []T {
	names := enumNames{name: map[string]string{}, stored: map[string]string{}}
	for _, v := range values {
		name := GraphQLName(string(v))
		names.name[string(v)], names.stored[name] = strconv.Quote(name), string(v)
		Enums[reflect.TypeFor[T]()] = append(Enums[reflect.TypeFor[T]()], string(v))
	}
	enums.Store(reflect.TypeFor[T](), names)
	return values
}

func marshalEnum[T ~string](w io.Writer, v T) {
	found, _ := enums.Load(reflect.TypeFor[T]())
	name, ok := found.(enumNames).name[string(v)]
	if !ok {
		name = strconv.Quote(GraphQLName(string(v)))
	}
	_, _ = io.WriteString(w, name)
}

func unmarshalEnum[T ~string](dst *T, v any) error {
	found, _ := enums.Load(reflect.TypeFor[T]())
	name, _ := v.(string)
	stored, ok := found.(enumNames).stored[name]
	if !ok {
		return fault.Field("", "%s is not one of its values", fmt.Sprint(v))
	}
	*dst = T(stored)
	return nil
}
