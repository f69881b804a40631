package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/url"
	"regexp"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgtype"
)

// tap stands between a server and PostgreSQL while nothing is measured. It counts the statements and the round trips of
// an operation, the same way for every server, and keeps the statements with their arguments for pgbench to repeat.
type tap struct {
	listener net.Listener
	upstream string

	mu         sync.Mutex
	sent       []statement
	trips      int
	statements int
}

// statement is one that was executed, or the end of a batch that travelled together when sync is set.
type statement struct {
	text string
	args []argument
	sync bool
}

// argument is a parameter's value as text, and its type.
type argument struct {
	oid  uint32
	text *string // nil: NULL
}

// openTap gives the tap and the database URL that leads through it.
func openTap(ctx context.Context, to string) (*tap, string, error) {
	cfg, err := pgx.ParseConfig(to)
	if err != nil {
		return nil, "", fmt.Errorf("read the database's URL: %w", err)
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", fmt.Errorf("listen before the database: %w", err)
	}
	u, err := url.Parse(to)
	if err != nil {
		return nil, "", fmt.Errorf("read the database's URL: %w", err)
	}
	u.Host = listener.Addr().String()
	q := u.Query()
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	t := &tap{listener: listener, upstream: net.JoinHostPort(cfg.Host, fmt.Sprint(cfg.Port))}
	go t.serve(ctx)
	return t, u.String(), nil
}

func (t *tap) close() { _ = t.listener.Close() }

// take gives what was seen since the last time.
func (t *tap) take() (sent []statement, statements, trips int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	sent, statements, trips = t.sent, t.statements, t.trips
	t.sent, t.statements, t.trips = nil, 0, 0
	return sent, statements, trips
}

func (t *tap) serve(ctx context.Context) {
	for {
		client, err := t.listener.Accept()
		if err != nil {
			return // closed
		}
		var dialer net.Dialer
		server, err := dialer.DialContext(ctx, "tcp", t.upstream)
		if err != nil {
			_ = client.Close()
			continue
		}
		l := &line{tap: t, texts: map[string]string{}, types: map[string][]uint32{}}
		go func() { _ = l.answers(client, server); _ = client.Close() }()
		go func() { _ = l.requests(server, client); _ = server.Close() }()
	}
}

// line is one connection.
type line struct {
	tap       *tap
	texts     map[string]string   // prepared statements by name
	types     map[string][]uint32 // of their parameters
	described []string            // statements whose description is awaited
}

// requests passes the client's messages on, after it has read them. The first one has no letter.
func (l *line) requests(to io.Writer, from io.Reader) error {
	for first := true; ; first = false {
		kind, body, err := frame(from, first)
		if err != nil {
			return err
		}
		l.tap.mu.Lock()
		err = l.sent(kind, body)
		l.tap.mu.Unlock()
		if err != nil {
			return err
		}
		if err := forward(to, kind, body); err != nil {
			return err
		}
	}
}

func (l *line) sent(kind byte, body []byte) error {
	switch kind {
	case 'P':
		var m pgproto3.Parse
		if err := m.Decode(body); err != nil {
			return err
		}
		l.texts[m.Name], l.types[m.Name] = m.Query, m.ParameterOIDs
	case 'D':
		if body[0] == 'S' {
			l.described = append(l.described, string(body[1:len(body)-1]))
		}
	case 'B':
		var m pgproto3.Bind
		if err := m.Decode(body); err != nil {
			return err
		}
		args, err := l.arguments(&m)
		if err != nil {
			return err
		}
		l.tap.sent = append(l.tap.sent, statement{text: l.texts[m.PreparedStatement], args: args})
	case 'Q':
		l.tap.sent = append(append(l.tap.sent, simple(strings.TrimRight(string(body), "\x00"))...), statement{sync: true})
	case 'S':
		l.tap.sent = append(l.tap.sent, statement{sync: true})
	}
	return nil
}

// answers passes the database's messages on, after it has read them: the client may act on one at once.
func (l *line) answers(to io.Writer, from io.Reader) error {
	for {
		kind, body, err := frame(from, false)
		if err != nil {
			return err
		}
		l.tap.mu.Lock()
		switch kind {
		case 'C':
			l.tap.statements++
		case 'Z':
			l.tap.trips++
		case 't':
			var m pgproto3.ParameterDescription
			if err := m.Decode(body); err == nil && len(l.described) > 0 {
				l.types[l.described[0]], l.described = m.ParameterOIDs, l.described[1:]
			}
		}
		l.tap.mu.Unlock()
		if err := forward(to, kind, body); err != nil {
			return err
		}
	}
}

// arguments are a Bind's parameters as text.
func (l *line) arguments(m *pgproto3.Bind) ([]argument, error) {
	types, known := pgtype.NewMap(), l.types[m.PreparedStatement]
	out := make([]argument, len(m.Parameters))
	for i, value := range m.Parameters {
		if i < len(known) {
			out[i].oid = known[i]
		}
		if value == nil {
			continue
		}
		text := string(value)
		if format(m.ParameterFormatCodes, i) == pgtype.BinaryFormatCode {
			t, ok := types.TypeForOID(out[i].oid)
			if !ok {
				return nil, fmt.Errorf("a parameter of the unknown type %d", out[i].oid)
			}
			decoded, err := t.Codec.DecodeValue(types, t.OID, pgtype.BinaryFormatCode, value)
			if err != nil {
				return nil, fmt.Errorf("read a parameter: %w", err)
			}
			written, err := types.Encode(t.OID, pgtype.TextFormatCode, decoded, nil)
			if err != nil {
				return nil, fmt.Errorf("write a parameter: %w", err)
			}
			text = string(written)
		}
		out[i].text = &text
	}
	return out, nil
}

func format(codes []int16, i int) int16 {
	switch len(codes) {
	case 0:
		return pgtype.TextFormatCode
	case 1:
		return codes[0]
	}
	return codes[i]
}

var literal = regexp.MustCompile(`'(?:[^']|'')*'`)

// simple takes a message of several statements apart, and its literals out. The servers write nothing there that has a
// semicolon inside of a literal.
func simple(text string) (out []statement) {
	for part := range strings.SplitSeq(text, ";") {
		var s statement
		s.text = strings.TrimSpace(literal.ReplaceAllStringFunc(part, func(quoted string) string {
			value := strings.ReplaceAll(quoted[1:len(quoted)-1], "''", "'")
			s.args = append(s.args, argument{pgtype.TextOID, &value})
			return fmt.Sprintf("$%d", len(s.args))
		}))
		if s.text != "" {
			out = append(out, s)
		}
	}
	return out
}

// frame reads a message: a letter, a length that counts itself, and the body.
func frame(from io.Reader, bare bool) (byte, []byte, error) {
	var kind [1]byte
	if !bare {
		if _, err := io.ReadFull(from, kind[:]); err != nil {
			return 0, nil, err
		}
	}
	var head [4]byte
	if _, err := io.ReadFull(from, head[:]); err != nil {
		return 0, nil, err
	}
	body := make([]byte, binary.BigEndian.Uint32(head[:])-4)
	_, err := io.ReadFull(from, body)
	return kind[0], body, err
}

func forward(to io.Writer, kind byte, body []byte) error {
	var message []byte
	if kind != 0 {
		message = append(message, kind)
	}
	message = binary.BigEndian.AppendUint32(message, uint32(len(body)+4))
	_, err := to.Write(append(message, body...))
	return err
}
