package config

import (
	"fmt"
	"log/slog"
)

const redacted = "[redacted]"

// Secret is a text that does not show when it is printed, logged or encoded. string(s) gives the text itself.
type Secret string

// Format prints the same thing for every verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.shown())) }

// LogValue is what a structured log shows.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.shown()) }

// MarshalText is what JSON shows.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.shown()), nil }

// shown tells only whether there is one.
func (s Secret) shown() string {
	if s == "" {
		return ""
	}
	return redacted
}
