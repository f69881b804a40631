package mail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

const from = "CRM <crm@acme.example>"

func TestMailIsTaken(t *testing.T) {
	t.Parallel()
	var s server
	s.start(t)
	sender, err := NewSMTP("smtp://user:p%40ss@"+s.addr, from)
	if err != nil {
		t.Fatal(err)
	}
	if err := sender.Send(t.Context(), hello); err != nil {
		t.Fatal(err)
	}
	got := <-s.received
	if got.from != "FROM:<crm@acme.example> BODY=8BITMIME" || got.to != "TO:<ada@acme.example>" {
		t.Errorf("%+v", got)
	}
	if got.auth != "PLAIN AHVzZXIAcEBzcw==" {
		t.Error(got.auth)
	}
	msg, err := mail.ReadMessage(strings.NewReader(got.data))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil || subject != hello.Subject {
		t.Error(subject, err)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(msg.Body))
	if err != nil || string(bytes.TrimSpace(text)) != hello.Text {
		t.Errorf("%q, %v", text, err)
	}
	for name, want := range map[string]string{
		"From": `"CRM" <crm@acme.example>`, "To": "<ada@acme.example>", "Auto-Submitted": "auto-generated",
		"Content-Type": "text/plain; charset=UTF-8", "User-Agent": "", "X-Mailer": "",
	} {
		if got := msg.Header.Get(name); got != want {
			t.Errorf("%s is %q, not %q", name, got, want)
		}
	}
	if _, err := msg.Header.Date(); err != nil || !strings.HasSuffix(msg.Header.Get("Message-Id"), "@acme.example>") {
		t.Error(msg.Header, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	var s server
	s.start(t)
	sender, err := NewSMTP("smtp://user:pass@"+s.addr, from)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() {
			if err := sender.Send(t.Context(), hello); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(s.received) != 5 {
		t.Errorf("%d mails arrived", len(s.received))
	}
}

func TestEncryption(t *testing.T) {
	t.Parallel()
	secured, client := certificate(t)
	for _, c := range []struct {
		name    string
		url     string
		server  server
		trusted bool
		secure  bool
		refused string
	}{
		{name: "STARTTLS is used", url: "smtp://u:p@example.com", server: server{config: secured}, trusted: true, secure: true},
		{name: "a server elsewhere without STARTTLS is refused", url: "smtp://u:p@example.com", refused: "STARTTLS"},
		{name: "an unknown certificate is refused", url: "smtp://u:p@example.com", server: server{config: secured},
			refused: "certificate"},
		{name: "a server on this machine may speak plainly", url: "smtp://u:p@localhost"},
		{name: "smtps is TLS from the start", url: "smtps://u:p@example.com", server: server{config: secured, implicit: true},
			trusted: true, secure: true},
		{name: "smtps to a plain server is refused", url: "smtps://u:p@example.com", trusted: true, refused: "tls"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.server.start(t)
			config := client
			if !c.trusted {
				config = nil
			}
			sender, err := newSMTP(c.url, from, config)
			if err != nil {
				t.Fatal(err)
			}
			dial := sender.dial
			sender.dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
				return dial(ctx, network, c.server.addr)
			}
			err = sender.Send(t.Context(), hello)
			if c.refused != "" {
				if err == nil || !strings.Contains(err.Error(), c.refused) {
					t.Error(err)
				}
				if len(c.server.received) > 0 {
					t.Error("the mail arrived")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := <-c.server.received; got.secure != c.secure || got.auth != "PLAIN AHUAcA==" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestHeadersCannotBeInjected(t *testing.T) {
	t.Parallel()
	var s server
	s.start(t)
	sender, err := NewSMTP("smtp://"+s.addr, from)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range []Message{
		{To: "ada@acme.example", Subject: "Hello\r\nBcc: eve@evil.example"},
		{To: "ada@acme.example", Subject: "Hello\nBcc: eve@evil.example"},
		{To: "ada@acme.example\r\nBcc: eve@evil.example", Subject: "Hello"},
		{To: "ada@acme.example, eve@evil.example", Subject: "Hello"},
		{To: "Ada <ada@acme.example>", Subject: "Hello"},
		{To: "", Subject: "Hello"},
	} {
		if err := sender.Send(t.Context(), m); err == nil {
			t.Errorf("%q is sent", m)
		}
	}
	if len(s.received) > 0 {
		t.Error("a mail arrived")
	}
}

func TestRefusalOfTheServerIsAnError(t *testing.T) {
	t.Parallel()
	var s server
	s.start(t)
	sender, err := NewSMTP("smtp://"+s.addr, from)
	if err != nil {
		t.Fatal(err)
	}
	err = sender.Send(t.Context(), Message{To: "nobody@acme.example", Subject: "Hello"})
	if err == nil || !strings.Contains(err.Error(), "no such user") {
		t.Error(err)
	}
}

func TestSilentServerIsLeftWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	s := server{silent: true}
	s.start(t)
	sender, err := NewSMTP("smtp://"+s.addr, from)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if err := sender.Send(ctx, hello); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if waited := time.Since(start); waited > stepTimeout/2 {
		t.Errorf("it took %s", waited)
	}
}

func TestAddressesOfServersAreChecked(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "mail.example:25", "http://mail.example", "smtp://", "smtp://u:hunter2@%zz", "smtp://mail.example:99999"} {
		if _, err := NewSMTP(address, from); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", address, err)
		}
	}
	if _, err := NewSMTP("smtp://mail.example", "nobody"); err == nil {
		t.Error("a sender without a domain is taken")
	}
}
