package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// databaseParts are the variables with which other BottleCRM servers name their database.
var databaseParts = []string{"DBNAME", "DBUSER", "DBPASSWORD", "DBHOST", "DBPORT"}

func databaseURL(dst *Secret) func(string) error {
	return func(value string) error {
		u, err := url.Parse(value)
		// The error of Parse is not passed on: it repeats the address, password included.
		if err != nil || (u.Scheme != "postgres" && u.Scheme != "postgresql") || strings.Trim(u.Path, "/") == "" {
			return errors.New("an address postgres://user:password@host:5432/name")
		}
		*dst = Secret(value)
		return nil
	}
}

// readParts makes the database's address of its parts, unless it is given whole.
func (c *Config) readParts(env func(string) string) []error {
	if env("DATABASE_URL") != "" {
		return nil
	}
	part := make(map[string]string)
	var missing []string
	for _, name := range databaseParts {
		if part[name] = env(name); part[name] == "" {
			missing = append(missing, name)
		}
	}
	if len(missing) == len(databaseParts) {
		return nil
	}
	if len(missing) > 0 {
		return []error{fmt.Errorf("the database is named in parts, but %s is not set: set all of %s, or DATABASE_URL",
			strings.Join(missing, " and "), strings.Join(databaseParts, " "))}
	}
	whole := url.URL{
		Scheme: "postgres",
		User:   url.UserPassword(part["DBUSER"], part["DBPASSWORD"]),
		Host:   net.JoinHostPort(part["DBHOST"], part["DBPORT"]),
		Path:   "/" + part["DBNAME"],
	}
	if err := databaseURL(&c.DatabaseURL)(whole.String()); err != nil {
		return []error{fmt.Errorf("%s must together make %w", strings.Join(databaseParts, " "), err)}
	}
	return nil
}
