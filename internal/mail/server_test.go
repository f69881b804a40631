package mail

import (
	"bufio"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"testing"
)

// server is a mail server that takes every mail and keeps what it was told.
type server struct {
	addr     string
	config   *tls.Config // nil: STARTTLS is not offered
	implicit bool        // TLS from the start
	silent   bool        // accepts connections and says nothing
	received chan received
}

type received struct {
	from, to, auth, data string
	secure               bool
}

func (s *server) start(t *testing.T) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = listener.Addr().String()
	s.received = make(chan received, 10)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			switch {
			case s.implicit:
				go s.talk(tls.Server(conn, s.config))
			case !s.silent:
				go s.talk(conn)
			}
		}
	}()
}

func (s *server) talk(conn net.Conn) {
	var got received
	_, got.secure = conn.(*tls.Conn)
	say := func(line string) { _, _ = conn.Write([]byte(line + "\r\n")) }
	in := bufio.NewReader(conn)
	say("220 mail.example ready")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-mail.example")
			if s.config != nil && !got.secure {
				say("250-STARTTLS")
			}
			say("250-AUTH PLAIN LOGIN")
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go ahead")
			secured := tls.Server(conn, s.config)
			conn, in = secured, bufio.NewReader(secured)
			got.secure = true
			say = func(line string) { _, _ = secured.Write([]byte(line + "\r\n")) }
		case "AUTH":
			got.auth = rest
			say("235 welcome")
		case "MAIL":
			got.from = rest
			say("250 ok")
		case "RCPT":
			got.to = rest
			if strings.Contains(rest, "nobody@") {
				say("550 no such user")
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			text, err := textproto.NewReader(in).ReadDotBytes()
			if err != nil {
				return
			}
			got.data = string(text)
			s.received <- got
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// certificate gives the TLS settings of a server called example.com and of a client that trusts it.
func certificate(t *testing.T) (server, client *tls.Config) {
	t.Helper()
	web := httptest.NewTLSServer(nil)
	t.Cleanup(web.Close)
	trust := web.Client().Transport.(*http.Transport).TLSClientConfig.Clone()
	trust.ServerName = "example.com"
	return &tls.Config{Certificates: web.TLS.Certificates}, trust
}
