package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// The load generator shares the machine with what it measures, so it does little: bytes made before, one connection a
// client, a reader that knows just enough of HTTP/1.1. Every answer is looked at: one that is no success fails the run.

// hole is what each sending of a request replaces by a number that was never used, in hexadecimal.
const hole = "__________0!"

// request is the bytes of a request, and where its holes are.
type request struct {
	raw   []byte
	holes []int
}

func newRequest(addr, header, body string) request {
	raw := fmt.Appendf(nil, "POST /graphql HTTP/1.1\r\nHost: %s\r\nAccept: application/json\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s",
		addr, header, len(body), body)
	r := request{raw: raw}
	for at := 0; ; {
		next := bytes.Index(raw[at:], []byte(hole))
		if next < 0 {
			return r
		}
		r.holes = append(r.holes, at+next)
		at += next + len(hole)
	}
}

// serial numbers what is created. It begins with the time, so that runs do not meet.
var serial atomic.Int64

func init() { serial.Store(time.Now().UnixMicro() & (1<<48 - 1)) }

// fill gives the bytes to send; buffer is the client's own.
func (r request) fill(buffer []byte) []byte {
	if len(r.holes) == 0 {
		return r.raw
	}
	buffer = append(buffer[:0], r.raw...)
	number := fmt.Appendf(nil, "%0*x", len(hole), serial.Add(1))
	for _, at := range r.holes {
		copy(buffer[at:], number)
	}
	return buffer
}

// stopwatch tells when a window begins and ends; the load runs a little before, so that all connections are busy.
type stopwatch struct{ from, to time.Time }

// drive sends requests over a number of connections, each as soon as the last one is answered, until the window has
// ended. It gives the latencies of those answered in the window. The first request of a window is another each time.
func drive(ctx context.Context, addr string, requests []request, clients, first int, w stopwatch) ([]time.Duration, error) {
	var group sync.WaitGroup
	took, errs := make([][]time.Duration, clients), make([]error, clients)
	for c := range clients {
		group.Go(func() {
			took[c], errs[c] = client(ctx, addr, requests, first+c, clients, w)
		})
	}
	group.Wait()
	return slices.Concat(took...), errors.Join(errs...)
}

func client(ctx context.Context, addr string, requests []request, at, stride int, w stopwatch) ([]time.Duration, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(w.to.Add(time.Minute))
	took := make([]time.Duration, 0, 4096)
	a := answer{r: bufio.NewReaderSize(conn, 64<<10)}
	var buffer []byte
	for ; ctx.Err() == nil; at += stride {
		buffer = requests[at%len(requests)].fill(buffer)
		sent := time.Now()
		if _, err := conn.Write(buffer); err != nil {
			return nil, fmt.Errorf("send a request: %w", err)
		}
		if err := a.read(); err != nil {
			return nil, err
		}
		now := time.Now()
		if now.After(w.to) {
			break
		}
		if now.After(w.from) {
			took = append(took, now.Sub(sent))
		}
	}
	return took, nil
}

// answer reads the answers of one connection, one after the other.
type answer struct {
	r    *bufio.Reader
	body []byte // of the last one
}

func (a *answer) read() error {
	line, err := a.r.ReadSlice('\n')
	if err != nil {
		return fmt.Errorf("read an answer: %w", err)
	}
	ok, length, chunked := bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")), 0, false
	for {
		if line, err = a.r.ReadSlice('\n'); err != nil {
			return fmt.Errorf("read an answer's headers: %w", err)
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch value = bytes.TrimSpace(value); {
		case bytes.EqualFold(name, []byte("content-length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return fmt.Errorf("read an answer's length: %w", err)
			}
		case bytes.EqualFold(name, []byte("transfer-encoding")):
			chunked = bytes.EqualFold(value, []byte("chunked"))
		}
	}
	a.body = a.body[:0]
	if chunked {
		err = a.chunks()
	} else {
		err = a.take(length)
	}
	if err != nil {
		return fmt.Errorf("read an answer's body: %w", err)
	}
	if !ok || bytes.Contains(a.body, []byte(`"errors"`)) || !bytes.HasPrefix(a.body, []byte(`{"data":{`)) {
		return fmt.Errorf("not the answer that was asked for: %.400s", a.body)
	}
	return nil
}

// take appends the next n bytes to the body.
func (a *answer) take(n int) error {
	from := len(a.body)
	a.body = slices.Grow(a.body, n)[:from+n]
	_, err := io.ReadFull(a.r, a.body[from:])
	return err
}

func (a *answer) chunks() error {
	for {
		line, err := a.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimRight(line, "\r\n")), 16, 32)
		if err != nil {
			return err
		}
		if err := a.take(int(n)); err != nil {
			return err
		}
		if _, err := a.r.Discard(len("\r\n")); err != nil || n == 0 {
			return err
		}
	}
}
