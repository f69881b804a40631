// Package config reads the server's settings, once, at the start.
//
// Settings are environment variables; a file .env in the working directory supplies those that the environment
// does not have. The table in setting.go is the one place that knows a variable's name, default and meaning:
// Load reads by it and the README's table is made from it. No other package looks at the environment.
//
// Load fails with all the problems there are, a sentence each, so that one start shows everything to be put
// right. A sentence names the variable and what is expected, and never repeats the value, which may be a secret.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"time"
)

// Config is what the server was told. It may be printed: its secrets do not show.
type Config struct {
	// DatabaseURL is where the server keeps its data; empty means an own PostgreSQL, run by the server.
	DatabaseURL Secret
	// MigrateDatabaseURL is the same database, as the role that owns the tables.
	MigrateDatabaseURL Secret
	// JWTSecret signs access tokens. It is empty only with an own PostgreSQL: then the server makes one.
	JWTSecret Secret

	Addr                string
	WebBaseURL          string // without a slash at the end
	TrustProxy          bool
	SMTPURL             Secret // empty: no mail is sent
	MailFrom            string
	BlockedEmailDomains Domains
	FilesURL            string // empty: beside the embedded database; with another database, no files are taken
	FileLimit           int    // bytes
	PprofAddr           string // empty: no profiler

	PoolSize         int // 0: as many as fit the processors
	StatementTimeout time.Duration
	OperationTimeout time.Duration
	ShutdownTimeout  time.Duration

	Limits Limits

	LogLevel  slog.Level
	LogFormat string // text or json
}

// Load reads the settings through env, which gives a variable's value or an empty text: see Environment.
// A caller that has a flag for a setting answers for that variable with the flag's value, so that what is derived
// from it follows.
func Load(env func(string) string) (Config, error) {
	c := Config{BlockedEmailDomains: maps.Clone(disposable)}
	var problems []error
	for _, s := range c.settings() {
		value := env(s.name)
		if value == "" {
			value = s.fallback
		}
		if value == "" {
			continue
		}
		if err := s.read(value); err != nil {
			problems = append(problems, fmt.Errorf("%s must be %w", s.name, err))
		}
	}
	problems = append(problems, c.readParts(env)...)
	// What one setting means for another can be said only when each is understood.
	if len(problems) == 0 {
		problems = c.complete()
	}
	if len(problems) > 0 {
		return Config{}, errors.Join(problems...)
	}
	return c, nil
}

// Embedded reports whether the server runs a PostgreSQL of its own.
func (c Config) Embedded() bool { return c.DatabaseURL == "" }

// complete fills in what follows from other settings, and finds what contradicts them.
func (c *Config) complete() []error {
	var problems []error
	if c.Embedded() && c.MigrateDatabaseURL != "" {
		problems = append(problems, errors.New("MIGRATE_DATABASE_URL needs a DATABASE_URL beside it"))
	}
	if c.MigrateDatabaseURL == "" {
		c.MigrateDatabaseURL = c.DatabaseURL
	}
	if !c.Embedded() && c.JWTSecret == "" {
		problems = append(problems,
			errors.New("JWT_SECRET is required with a DATABASE_URL: a text of at least 32 random bytes"))
	}
	if c.SMTPURL != "" && c.MailFrom == "" {
		problems = append(problems, errors.New("MAIL_FROM is required with an SMTP_URL: the sender's e-mail address"))
	}
	if c.WebBaseURL == "" {
		c.WebBaseURL = baseOf(c.Addr)
	}
	return problems
}
