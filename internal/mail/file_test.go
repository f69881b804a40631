package mail

import (
	"bytes"
	"encoding/base64"
	"io"
	"log/slog"
	"mime"
	"mime/multipart"
	"net/mail"
	"strings"
	"testing"
)

func TestFilesAreAttached(t *testing.T) {
	t.Parallel()
	var s server
	s.start(t)
	sender, err := NewSMTP("smtp://"+s.addr, from)
	if err != nil {
		t.Fatal(err)
	}
	m := hello
	m.Files = []File{{Name: "INV-1.pdf", MediaType: "application/pdf", Content: bytes.Repeat([]byte("%PDF-\r\n.\r\n\x00\xff"), 1000)}, {Name: "Grüße.txt", MediaType: "text/plain", Content: []byte("x")}}
	if err := sender.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	msg, err := mail.ReadMessage(strings.NewReader((<-s.received).data))
	if err != nil {
		t.Fatal(err)
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatal(kind, err)
	}
	parts := multipart.NewReader(msg.Body, params["boundary"])
	text, err := parts.NextPart()
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(text); strings.TrimSpace(string(got)) != hello.Text {
		t.Errorf("the text is %q", got)
	}
	for _, want := range m.Files {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		name, err := new(mime.WordDecoder).DecodeHeader(part.FileName())
		if err != nil || name != want.Name {
			t.Errorf("it is called %q, not %q: %v", name, want.Name, err)
		}
		if kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type")); err != nil || kind != want.MediaType {
			t.Errorf("%s is %s, %v", want.Name, kind, err)
		}
		got, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		if err != nil || !bytes.Equal(got, want.Content) {
			t.Errorf("%s has %d bytes of %d, %v", want.Name, len(got), len(want.Content), err)
		}
	}
}

func TestNamesOfFilesCannotInjectHeaders(t *testing.T) {
	t.Parallel()
	sender, err := NewSMTP("smtp://localhost", from)
	if err != nil {
		t.Fatal(err)
	}
	m := hello
	m.Files = []File{{Name: "a.pdf\r\nBcc: eve@evil.example", MediaType: "application/pdf"}}
	if err := sender.Send(t.Context(), m); err == nil || !strings.Contains(err.Error(), "control characters") {
		t.Error(err)
	}
}

func TestLogNamesTheFiles(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	m := hello
	m.Files = []File{{Name: "INV-1.pdf", Content: []byte("%PDF-secret")}}
	if err := NewLog(slog.New(slog.NewTextHandler(&out, nil))).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "INV-1.pdf") || strings.Contains(out.String(), "%PDF-secret") {
		t.Error(out.String())
	}
}
