package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

func number(dst *int, most int) func(string) error {
	return func(value string) (err error) {
		if *dst, err = strconv.Atoi(value); err != nil || *dst < 1 || *dst > most {
			return fmt.Errorf("a whole number from 1 to %d", most)
		}
		return nil
	}
}

func duration(dst *time.Duration) func(string) error {
	return func(value string) (err error) {
		if *dst, err = time.ParseDuration(value); err != nil || *dst <= 0 {
			return errors.New("a duration above zero, such as 15s or 2m")
		}
		return nil
	}
}

func boolean(dst *bool) func(string) error {
	return func(value string) (err error) {
		if *dst, err = strconv.ParseBool(value); err != nil {
			return errors.New("true or false")
		}
		return nil
	}
}

func choice(dst *string, choices ...string) func(string) error {
	return func(value string) error {
		*dst = value
		if !slices.Contains(choices, value) {
			return fmt.Errorf("one of %s", strings.Join(choices, ", "))
		}
		return nil
	}
}

func level(dst *slog.Level) func(string) error {
	return func(value string) error {
		var name string
		if err := choice(&name, "debug", "info", "warn", "error")(value); err != nil {
			return err
		}
		return dst.UnmarshalText([]byte(name))
	}
}

func jwtSecret(dst *Secret) func(string) error {
	return func(value string) error {
		if len(value) < 32 { // the length of the digest of HS256; a shorter key can be guessed from one token
			return errors.New("a text of at least 32 random bytes")
		}
		*dst = Secret(value)
		return nil
	}
}

func address(dst *string) func(string) error {
	return func(value string) error {
		_, port, err := net.SplitHostPort(value)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err != nil {
			return errors.New("an address host:port, such as 127.0.0.1:8080")
		}
		*dst = value
		return nil
	}
}

func baseURL(dst *string) func(string) error {
	return func(value string) error {
		u, err := url.Parse(value)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Hostname() == "" ||
			u.User != nil || u.RawQuery != "" || u.Fragment != "" {
			return errors.New("an http or https address, such as https://crm.acme.example")
		}
		*dst = strings.TrimRight(value, "/")
		return nil
	}
}

// baseOf is where a server that listens on addr is reached from the same machine.
func baseOf(addr string) string {
	host, port, _ := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}

func smtpURL(dst *Secret) func(string) error {
	return func(value string) error {
		u, err := url.Parse(value)
		if err != nil || (u.Scheme != "smtp" && u.Scheme != "smtps") || u.Hostname() == "" || strings.Trim(u.Path, "/") != "" {
			return errors.New("an address smtp://user:password@host:587 or smtps://user:password@host:465")
		}
		*dst = Secret(value)
		return nil
	}
}

func filesURL(dst *string) func(string) error {
	return func(value string) error {
		u, err := url.Parse(value)
		folder := err == nil && u.Scheme == "file" && u.Host == "" && len(u.Path) > 1 && u.RawQuery == ""
		bucket := err == nil && u.Scheme == "s3" && u.Host != "" && strings.Trim(u.Path, "/") == ""
		if !folder && !bucket || u.User != nil || u.Fragment != "" {
			return errors.New("a folder file:///var/lib/bottlecrm/files or a bucket s3://bucket?region=eu-central-1")
		}
		*dst = value
		return nil
	}
}

func sender(dst *string) func(string) error {
	return func(value string) error {
		if _, err := mail.ParseAddress(value); err != nil {
			return errors.New("an e-mail address, such as BottleCRM <crm@acme.example>")
		}
		*dst = value
		return nil
	}
}
