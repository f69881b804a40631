package main

import (
	"bufio"
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestAnswers(t *testing.T) {
	t.Parallel()
	const good = `{"data":{"lead":null}}`
	for name, tt := range map[string]struct {
		text string
		ok   bool
	}{
		"by its length":     {"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n" + good, true},
		"in chunks":         {"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n" + good[:8] + "\r\ne\r\n" + good[8:] + "\r\n0\r\n\r\n", true},
		"with an error":     {"HTTP/1.1 200 OK\r\nContent-Length: 33\r\n\r\n" + `{"data":{"lead":null},"errors":[]}`, false},
		"of another status": {"HTTP/1.1 500 Oops\r\nContent-Length: 22\r\n\r\n" + good, false},
		"without data":      {"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n" + `{"data":null}`, false},
		"cut off":           {"HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n" + good[:9], false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := answer{r: bufio.NewReader(strings.NewReader(tt.text))}
			if err := a.read(); (err == nil) != tt.ok {
				t.Errorf("it was read with: %v", err)
			}
			if tt.ok && string(a.body) != good {
				t.Errorf("body %s", a.body)
			}
		})
	}
}

func TestAnswersFollowOneAnother(t *testing.T) {
	t.Parallel()
	const one = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n" + `{"data":{}}` + "\r\n0\r\n\r\n"
	a := answer{r: bufio.NewReader(strings.NewReader(one + one))}
	for range 2 {
		if err := a.read(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestHolesAreFilledAnew(t *testing.T) {
	t.Parallel()
	r := newRequest("127.0.0.1:1", "X: y\r\n", `{"id":"`+hole+`","email":"b`+hole+`@acme.example"}`)
	first := slices.Clone(r.fill(nil))
	second := r.fill(nil)
	if bytes.Equal(first, second) || len(first) != len(r.raw) || bytes.Contains(first, []byte(hole)) {
		t.Errorf("sent\n%s\nand\n%s", first, second)
	}
	number := first[r.holes[0] : r.holes[0]+len(hole)]
	if bytes.Count(first, number) != 2 {
		t.Errorf("the holes of one request differ:\n%s", first)
	}
}

func TestFactsInAnswers(t *testing.T) {
	t.Parallel()
	for body, want := range map[string][]string{
		`{"data":{"a":{"id":"2","tags":[{"id":"1"},{"tag":{"id":"3"}}],"other":"4"},"b":{"totalCount":5}}}`: {"1", "2", "3", "5"},
		`{"data":{"a":{"totalCount":5,"amounts":[{"currency":"USD","total":{"amount":"1.50"}}]}}}`:          {"5", "USD 1.50"}, // ours
		`{"data":{"a":{"totalCount":5,"amounts":[{"currency":["USD"],"total":{"amount":"1.50"}}]}}}`:        {"5", "USD 1.50"}, // the peer's
	} {
		if got, err := factsIn([]byte(body)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", body, got, err)
		}
	}
}
