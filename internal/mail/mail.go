// Package mail sends the server's mails: sign-in links and codes, invitations, notices.
//
// Mails are plain text to one person, with the files that are attached. What they say is not known here, nor when they are sent; a mail that must
// not be lost is queued by its author. A Sender fails with an error that is for the log and for a retry: it may
// name servers and addresses, and is nothing to show to a client.
package mail

import (
	"context"
	"errors"
	"log/slog"
)

// Message is one mail to one person.
type Message struct {
	To      string // a bare address
	Subject string
	Text    string
	Files   []File // that are attached
}

// File is a file that a mail carries.
type File struct {
	Name      string
	MediaType string // such as application/pdf
	Content   []byte
}

// Sender sends mails. It may be used by many goroutines at once.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

// NewLog makes a Sender that writes each mail to the log in full, sign-in codes and all. It is for development
// only, where the log is read by the one person who would get the mails.
func NewLog(log *slog.Logger) Sender { return logged{log} }

type logged struct{ log *slog.Logger }

func (l logged) Send(ctx context.Context, m Message) error {
	names := make([]string, len(m.Files))
	for i, f := range m.Files {
		names[i] = f.Name
	}
	l.log.InfoContext(ctx, "mail, not sent because there is no mail server",
		"to", m.To, "subject", m.Subject, "text", m.Text, "files", names)
	return nil
}

// ErrDisabled is what the Disabled sender answers.
var ErrDisabled = errors.New("mail is not sent: SMTP_URL is not configured")

// Disabled refuses every mail. It stands in when a server has no mail server to hand its mails to.
var Disabled Sender = disabled{}

type disabled struct{}

func (disabled) Send(context.Context, Message) error { return ErrDisabled }
