package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/google/uuid"
	gomail "github.com/wneessen/go-mail"
)

const (
	stepTimeout = 10 * time.Second // for the connection, and for each answer of the mail server
	sendTimeout = 30 * time.Second // for all of it
)

// smtp hands mails to a mail server, over a connection of its own for each.
type smtp struct {
	from    *mail.Address
	host    string
	options []gomail.Option
	dial    gomail.DialContextFunc
}

// NewSMTP makes a Sender from an address smtp://user:password@host:587, which insists on STARTTLS, or smtps://,
// which is TLS from the start. Only a mail server on this very machine is spoken to without TLS.
func NewSMTP(address, from string) (Sender, error) { return newSMTP(address, from, nil) }

func newSMTP(address, from string, config *tls.Config) (*smtp, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" {
		return nil, errors.New("SMTP_URL is no address") // without the cause, which repeats the password
	}
	sender, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("read the sender of mails: %w", err)
	}
	if config == nil {
		config = &tls.Config{ServerName: u.Hostname(), MinVersion: tls.VersionTLS12}
	}
	s := &smtp{from: sender, host: u.Hostname()}
	port := 587
	switch {
	case u.Scheme == "smtps":
		port = 465
		s.options = []gomail.Option{gomail.WithSSL()}
		s.dial = (&tls.Dialer{Config: config}).DialContext
	case u.Scheme != "smtp":
		return nil, errors.New("SMTP_URL must begin with smtp:// or smtps://")
	default:
		policy := gomail.TLSMandatory
		if loopback(s.host) {
			policy = gomail.NoTLS
		}
		s.options = []gomail.Option{gomail.WithTLSPolicy(policy), gomail.WithTLSConfig(config)}
		s.dial = new(net.Dialer).DialContext
	}
	if text := u.Port(); text != "" {
		if port, err = strconv.Atoi(text); err != nil {
			return nil, fmt.Errorf("read the port of SMTP_URL: %w", err)
		}
	}
	s.options = append(s.options, gomail.WithPort(port), gomail.WithTimeout(stepTimeout))
	if u.User != nil {
		password, _ := u.User.Password()
		s.options = append(s.options, gomail.WithUsername(u.User.Username()), gomail.WithPassword(password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	// A first client, only to hear now what is wrong with the options.
	if _, err := gomail.NewClient(s.host, s.options...); err != nil {
		return nil, fmt.Errorf("prepare to send mails: %w", err)
	}
	return s, nil
}

// Send returns when the mail server has taken the mail. It stops when ctx ends.
func (s *smtp) Send(ctx context.Context, m Message) error {
	msg, err := s.compose(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	dial := func(dialing context.Context, network, address string) (net.Conn, error) {
		conn, err := s.dial(dialing, network, address)
		if err == nil {
			// The library looks at ctx only while it connects, and forgets the connection after some errors.
			// This closes it in every case: when ctx ends, and when Send returns.
			context.AfterFunc(ctx, func() { _ = conn.Close() })
		}
		return conn, err
	}
	client, err := gomail.NewClient(s.host, append(slices.Clip(s.options), gomail.WithDialContextFunc(dial))...)
	if err != nil {
		return fmt.Errorf("prepare to send a mail: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return fmt.Errorf("send a mail through %s: %w", s.host, err)
	}
	return nil
}

func (s *smtp) compose(m Message) (*gomail.Msg, error) {
	to, err := mail.ParseAddress(m.To)
	if err != nil || to.Address != m.To {
		return nil, errors.New("compose a mail: the recipient is no bare e-mail address")
	}
	if strings.ContainsFunc(m.Subject, unicode.IsControl) {
		return nil, errors.New("compose a mail: the subject has control characters")
	}
	_, domain, _ := strings.Cut(s.from.Address, "@")
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.from)
	msg.ToMailAddress(to)
	msg.Subject(m.Subject)
	msg.SetDate()
	msg.SetMessageIDWithValue(uuid.NewString() + "@" + domain)
	// Tells holiday replies and mailing lists that there is nobody to answer to (RFC 3834).
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	for _, f := range m.Files {
		if strings.ContainsFunc(f.Name, unicode.IsControl) {
			return nil, errors.New("compose a mail: the name of a file has control characters")
		}
		msg.AttachReadSeeker(f.Name, bytes.NewReader(f.Content), gomail.WithFileContentType(gomail.ContentType(f.MediaType)))
	}
	return msg, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
