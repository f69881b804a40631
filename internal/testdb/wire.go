package testdb

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Wire stands between a pool and the server and keeps what asks for an answer: each is a round trip.
type Wire struct {
	mu    sync.Mutex
	trips []string
}

// Tap listens in front of the server of a URL until the end of the test, and gives the URL of the listener.
func Tap(t testing.TB, to string) (*Wire, string) {
	t.Helper()
	cfg, err := pgx.ParseConfig(to)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	w := new(Wire)
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // the test is over
			}
			network, address := pgconn.NetworkAddress(cfg.Host, cfg.Port)
			server, err := net.Dial(network, address)
			if err != nil {
				_ = client.Close()
				return
			}
			go func() { _, _ = io.Copy(client, server); _ = client.Close() }()
			go func() { w.read(io.TeeReader(client, server)); _ = server.Close() }()
		}
	}()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = listener.Addr().String()
	q := u.Query()
	q.Del("host")
	q.Set("sslmode", "disable")
	u.RawQuery = q.Encode()
	return w, u.String()
}

// read splits what the client sends into messages: a letter, a length that counts itself, and the body. The first
// message has no letter.
func (w *Wire) read(from io.Reader) {
	prepared := map[string]string{}
	var flight []string
	for kind, head := byte(0), make([]byte, 4); ; {
		if _, err := io.ReadFull(from, head); err != nil {
			return
		}
		body := make([]byte, binary.BigEndian.Uint32(head)-4)
		if _, err := io.ReadFull(from, body); err != nil {
			return
		}
		w.mu.Lock()
		switch kind {
		case 'Q':
			// A connection that has rested for a second is asked whether it lives, which no operation causes.
			if text := string(bytes.TrimRight(body, "\x00")); text != "-- ping" {
				w.trips = append(w.trips, text)
			}
		case 'P':
			parts := bytes.SplitN(body, []byte{0}, 3)
			prepared[string(parts[0])] = string(parts[1])
		case 'B':
			flight = append(flight, prepared[string(bytes.SplitN(body, []byte{0}, 3)[1])])
		case 'S':
			w.trips = append(w.trips, strings.Join(flight, "; "))
			flight = nil
		}
		w.mu.Unlock()
		letter := make([]byte, 1)
		if _, err := io.ReadFull(from, letter); err != nil {
			return
		}
		kind = letter[0]
	}
}

// Since gives the round trips since the last call.
func (w *Wire) Since() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.trips
	w.trips = nil
	return out
}

// Operation gives the round trips of an operation that has ended. The tap reads beside the connection, so the last
// of them may not have been read yet.
func (w *Wire) Operation(t testing.TB) []string {
	t.Helper()
	var out []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if out = append(out, w.Since()...); len(out) > 0 && strings.HasSuffix(out[len(out)-1], "commit") {
			return out
		}
	}
	t.Fatalf("no commit after %q", out)
	return nil
}
