package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/bottlecrm/bottlecrm-graphql/internal/config"
)

func TestSecretsDoNotShow(t *testing.T) {
	t.Parallel()
	c := load(t, vars{
		"DATABASE_URL": "postgres://app:hunter2@db.example/crm", "JWT_SECRET": "hunter2hunter2hunter2hunter2hunter2",
		"SMTP_URL": "smtps://u:hunter2@mail.example", "MAIL_FROM": "crm@acme.example",
	})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		check(t, verb, fmt.Sprintf(verb, c))
		check(t, verb, fmt.Sprintf(verb, c.JWTSecret))
		check(t, verb, fmt.Sprintf(verb, &c))
	}
	asJSON, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	check(t, "JSON", string(asJSON))
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"a text log": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"a JSON log": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var out bytes.Buffer
		slog.New(handler(&out)).Info("start", "config", c, "secret", c.JWTSecret)
		check(t, name, out.String())
	}
	if string(c.DatabaseURL) != "postgres://app:hunter2@db.example/crm" {
		t.Error("the secret itself is lost")
	}
	if fmt.Sprint(config.Secret("")) != "" {
		t.Error("no secret shows as one")
	}
}

func check(t *testing.T, where, text string) {
	t.Helper()
	if strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
		t.Errorf("%s shows %s", where, text)
	}
	if !strings.Contains(text, "redacted") {
		t.Errorf("%s does not show that there is a secret: %s", where, text)
	}
}
