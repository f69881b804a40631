package auth

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Lifetimes (domain: A.5, A.6).
const (
	accessLifetime  = time.Hour
	refreshLifetime = 14 * 24 * time.Hour
	signInLifetime  = 10 * time.Minute
)

// The kinds of JWT.
const (
	accessKind  = "access"
	refreshKind = "refresh"
)

// patPrefix starts every personal access token, so that scanners find leaked ones.
const patPrefix = "bcrm_pat_"

// prefixShown is how much of a personal access token is stored to recognize it by.
const prefixShown = 13

// Keys sign and verify.
type Keys struct{ secret []byte }

// NewKeys makes keys from a secret of at least 32 bytes.
func NewKeys(secret string) (*Keys, error) {
	if len(secret) < 32 {
		return nil, errors.New("the signing secret must have at least 32 bytes")
	}
	return &Keys{secret: []byte(secret)}, nil
}

// claims are what a JWT says. They find the membership and are trusted for nothing else.
type claims struct {
	jwt.RegisteredClaims
	Kind   string `json:"kind"`
	Org    string `json:"org,omitempty"`
	Family string `json:"fam,omitempty"` // of a refresh token: all rotations of one sign-in
}

func (k *Keys) sign(c claims) (string, error) {
	c.Issuer = "bottlecrm"
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(k.secret)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return signed, nil
}

func (k *Keys) verify(text, kind string) (*claims, error) {
	var c claims
	_, err := jwt.ParseWithClaims(text, &c, func(*jwt.Token) (any, error) { return k.secret, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithIssuer("bottlecrm"), jwt.WithExpirationRequired())
	if err != nil {
		return nil, err
	}
	if c.Kind != kind {
		return nil, errors.New("a token of another kind")
	}
	return &c, nil
}

// codeHash binds a short code to its address with the secret: six digits alone could be tried out.
func (k *Keys) codeHash(email, code string) string {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte(email + "\n" + code))
	return hex.EncodeToString(mac.Sum(nil))
}

// Secret is a new personal access token, or that of a link: what its owner gets, and what is stored of it.
type Secret struct{ Text, Hash, Prefix string }

// NewSecret makes a personal access token.
func NewSecret() Secret {
	text := patPrefix + random()
	return Secret{Text: text, Hash: hash(text), Prefix: text[:prefixShown]}
}

// linkPrefix starts every token in a client's link.
const linkPrefix = "bcrm_link_"

// NewLink makes the token of a client's link.
func NewLink() Secret {
	text := linkPrefix + random()
	return Secret{Text: text, Hash: hash(text)}
}

// siteKeyPrefix starts every key of a web site.
const siteKeyPrefix = "bcrm_site_"

// NewSiteKey makes a key for a web site that may post leads.
func NewSiteKey() Secret {
	text := siteKeyPrefix + random()
	return Secret{Text: text, Hash: hash(text), Prefix: text[:prefixShown+2]}
}

// HashOf is what is stored of a site's key, however wrong it is.
func HashOf(key string) string { return hash(key) }

// random is 32 random bytes, url-safe.
func random() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// digits is a random code of six digits.
func digits() string {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	return fmt.Sprintf("%06d", n)
}

// hash is what is stored of a secret that has enough entropy of its own.
func hash(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func parseOrg(text string) (id.Org, error) {
	if text == "" {
		return id.Org{}, nil
	}
	return id.Parse[id.Org](text)
}
