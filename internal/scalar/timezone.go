package scalar

import (
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a server without a zone database must know the same zones

	"github.com/99designs/gqlgen/graphql"
)

// regions are those whose zones are named after a city. The others (Etc, US, SystemV) are older names and
// offsets, which do not say where people are.
var regions = setOf("Africa America Antarctica Arctic Asia Atlantic Australia Europe Indian Pacific")

// MarshalTimeZone writes a time zone.
func MarshalTimeZone(s string) graphql.Marshaler { return MarshalString(s) }

// UnmarshalTimeZone reads a time zone by its region and city, or UTC.
func UnmarshalTimeZone(v any) (string, error) {
	const form = "an IANA time zone, such as Europe/Berlin or UTC"
	s, ok := v.(string)
	if !ok || len(s) > 64 {
		return "", refuse(form)
	}
	if s == "UTC" {
		return s, nil
	}
	region, _, _ := strings.Cut(s, "/")
	if !regions[region] {
		return "", refuse(form)
	}
	if _, err := time.LoadLocation(s); err != nil {
		return "", refuse(form)
	}
	return s, nil
}

// zones remembers time zones: the standard library reads their files anew each time.
var zones sync.Map

// Zone is a time zone by its name; an unknown one falls back to UTC (domain: E.13).
func Zone(name string) *time.Location {
	if known, ok := zones.Load(name); ok {
		return known.(*time.Location)
	}
	found, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	zones.Store(name, found)
	return found
}
