package mail

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

var hello = Message{To: "ada@acme.example", Subject: "Grüße, Ada", Text: "Your code is 123456.\n.\nBye — CRM"}

func TestLogHasTheWholeMail(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := NewLog(slog.New(slog.NewTextHandler(&out, nil))).Send(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"ada@acme.example", "Grüße, Ada", "Your code is 123456."} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is not in %s", part, &out)
		}
	}
}

func TestDisabledSaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	err := Disabled.Send(t.Context(), hello)
	if !errors.Is(err, ErrDisabled) || !strings.Contains(err.Error(), "SMTP_URL") {
		t.Error(err)
	}
}
