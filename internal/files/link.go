package files

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// LinkLifetime is how long a link works: long enough to follow it, too short to pass it on.
const LinkLifetime = 5 * time.Minute

// Claim is what a link says: which row has the file, and who may fetch it. It is the claim of a person and no more: the
// one who follows the link must still be a member, and must still see the row.
type Claim struct {
	Kind string // what ID names, such as "Attachment"
	ID   id.ID
	Org  id.Org
	User id.User
}

// Links signs links and checks them.
type Links struct{ key []byte }

// NewLinks derives the links' key from the server's secret, so that no link is a token and no token a link.
func NewLinks(secret string) (*Links, error) {
	key, err := hkdf.Key(sha256.New, []byte(secret), nil, "bottlecrm links to files", sha256.Size)
	if err != nil {
		return nil, fmt.Errorf("derive the key of links: %w", err)
	}
	return &Links{key}, nil
}

// Sign makes the path and query of a link that works until an instant.
func (l *Links) Sign(c Claim, expires time.Time) string {
	return "/files/" + c.ID.String() + l.Query(c, expires)
}

// Query is what makes a link of another path that has the claim's id.
func (l *Links) Query(c Claim, expires time.Time) string {
	until := expires.Unix()
	return "?" + url.Values{
		"kind": {c.Kind}, "org": {c.Org.String()}, "user": {c.User.String()},
		"expires": {strconv.FormatInt(until, 10)}, "signature": {base64.RawURLEncoding.EncodeToString(l.mac(c, until))},
	}.Encode()
}

var errLink = fault.New(fault.Forbidden, "the link is not valid, or has expired")

// Verify gives the claim of a link, from the id in its path and its query. Parameters that are not signed, such as
// inline, are not looked at.
func (l *Links) Verify(key string, query url.Values) (Claim, error) {
	c := Claim{Kind: query.Get("kind")}
	var errs [5]error
	var until int64
	var signature []byte
	c.ID, errs[0] = id.Parse[id.ID](key)
	c.Org, errs[1] = id.Parse[id.Org](query.Get("org"))
	c.User, errs[2] = id.Parse[id.User](query.Get("user"))
	until, errs[3] = strconv.ParseInt(query.Get("expires"), 10, 64)
	signature, errs[4] = base64.RawURLEncoding.DecodeString(query.Get("signature"))
	// The signature is compared first: an instant that was tampered with is not looked at.
	if errors.Join(errs[:]...) != nil || !hmac.Equal(signature, l.mac(c, until)) || !time.Now().Before(time.Unix(until, 0)) {
		return Claim{}, errLink
	}
	return c, nil
}

// mac signs a claim. All that precedes the kind has a form of its own, so that no two claims are one text.
func (l *Links) mac(c Claim, until int64) []byte {
	mac := hmac.New(sha256.New, l.key)
	mac.Write([]byte(strings.Join([]string{c.ID.String(), c.Org.String(), c.User.String(), strconv.FormatInt(until, 10), c.Kind}, "\n")))
	return mac.Sum(nil)
}
