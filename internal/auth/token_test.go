package auth

import (
	"regexp"
	"strings"
	"testing"
)

func TestKeys(t *testing.T) {
	t.Parallel()
	for secret, accepted := range map[string]bool{"": false, strings.Repeat("x", 31): false, strings.Repeat("x", 32): true} {
		if _, err := NewKeys(secret); (err == nil) != accepted {
			t.Errorf("%d bytes: %v", len(secret), err)
		}
	}
	first, second := &Keys{secret: []byte("one")}, &Keys{secret: []byte("two")}
	hash := first.codeHash("ada@acme.example", "123456")
	for fact, other := range map[string]string{
		"another address": first.codeHash("eve@acme.example", "123456"),
		"another code":    first.codeHash("ada@acme.example", "123457"),
		"another secret":  second.codeHash("ada@acme.example", "123456"),
	} {
		if other == hash {
			t.Errorf("%s has the same hash", fact)
		}
	}
}

func TestSecrets(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		s := NewSecret()
		if !regexp.MustCompile(`^bcrm_pat_[A-Za-z0-9_-]{43}$`).MatchString(s.Text) { // 32 bytes
			t.Fatal(s.Text)
		}
		if len(s.Prefix) != 13 || !strings.HasPrefix(s.Text, s.Prefix) || s.Hash != hash(s.Text) || len(s.Hash) != 64 {
			t.Errorf("%+v", s)
		}
		if seen[s.Text] {
			t.Fatal("a secret came twice")
		}
		seen[s.Text] = true
		if code := digits(); !regexp.MustCompile(`^[0-9]{6}$`).MatchString(code) {
			t.Errorf("the code %q", code)
		}
	}
}
