package tenant_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
)

// wire stands between the pool and the server and keeps what asks for an answer: each is a round trip.
type wire struct {
	mu    sync.Mutex
	trips []string
}

// tap listens in front of the server of url, and gives the url of the listener.
func tap(t *testing.T, to string) (*wire, string) {
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
	w := new(wire)
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
func (w *wire) read(from io.Reader) {
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

// since gives the round trips since the last call.
func (w *wire) since() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := w.trips
	w.trips = nil
	return out
}

// operation gives the round trips of an operation that has ended. The tap reads beside the connection, so the last
// of them may not have been read yet.
func (w *wire) operation(t *testing.T) []string {
	t.Helper()
	var out []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if out = append(out, w.since()...); len(out) > 0 && strings.HasSuffix(out[len(out)-1], "commit") {
			return out
		}
	}
	t.Fatalf("no commit after %q", out)
	return nil
}

func TestRoundTrips(t *testing.T) {
	t.Parallel()
	w := open(t, tenant.Options{})
	line, through := tap(t, w.database.AppURL)
	db := pool(t, through, tenant.Options{PoolSize: 1})
	run := func(write bool) {
		t.Helper()
		op := db.Begin(w.acme.claim(), write)
		op.Expect()
		ctx := tenant.NewContext(t.Context(), op)
		if _, err := tags(ctx); err != nil {
			t.Fatal(err)
		}
		if err := op.Close(ctx, true); err != nil {
			t.Fatal(err)
		}
	}
	const setting = "; select set_config('app.current_org', $1, true); " + ofMember
	const reads, writes = "begin isolation level repeatable read read only" + setting, "begin" + setting
	const count = "SELECT count(*) FROM tags"

	t.Run("the first operation of a viewer begins in its organization, with its member, in one round trip", func(t *testing.T) {
		run(false)
		if got := line.operation(t); !slices.Contains(got, reads) || !slices.Contains(got, count) {
			t.Errorf("got %q", got)
		}
	})
	run(true) // prepares the statements
	line.operation(t)
	for name, tt := range map[string]struct {
		write bool
		want  []string
	}{
		"a query":    {false, []string{reads + "; " + count, "commit"}},
		"a mutation": {true, []string{writes + "; " + count, "commit"}},
	} {
		t.Run(name+" of a known viewer asks in the message in which it begins", func(t *testing.T) {
			run(tt.write)
			if got := line.operation(t); !slices.Equal(got, tt.want) {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
	t.Run("a query ends in the message in which the next operation begins", func(t *testing.T) {
		run(false)
		run(true)
		want := []string{reads + "; " + count, "commit; " + writes + "; " + count, "commit"}
		if got := line.operation(t); !slices.Equal(got, want) {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
	t.Run("an operation that asks nothing sends nothing", func(t *testing.T) {
		if err := db.Begin(w.acme.claim(), true).Close(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		if got := line.since(); len(got) > 0 {
			t.Errorf("sent %q", got)
		}
	})
}
