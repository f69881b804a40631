package files_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/files"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

func links(t *testing.T, secret string) *files.Links {
	t.Helper()
	l, err := files.NewLinks(secret)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// verify checks a link as the handler does.
func verify(t *testing.T, l *files.Links, link string) (files.Claim, error) {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	key, ok := strings.CutPrefix(u.Path, "/files/")
	if !ok {
		t.Fatalf("the link is %s", link)
	}
	return l.Verify(key, u.Query())
}

func TestLinks(t *testing.T) {
	t.Parallel()
	l := links(t, apitest.Secret)
	claim := files.Claim{Kind: "Attachment", ID: id.New[id.ID](), Org: id.New[id.Org](), User: id.New[id.User]()}
	soon := time.Now().Add(files.LinkLifetime)
	link := l.Sign(claim, soon)
	if got, err := verify(t, l, link); err != nil || got != claim {
		t.Fatalf("%+v, %v", got, err)
	}
	if got, err := verify(t, l, link+"&inline"); err != nil || got != claim {
		t.Errorf("with inline: %+v, %v", got, err)
	}
	if again := l.Sign(claim, soon); again != link {
		t.Errorf("%s and %s", link, again)
	}

	other := func(change func(*files.Claim)) string {
		c := claim
		change(&c)
		return l.Sign(c, soon)
	}
	signature := func(link string) string { _, after, _ := strings.Cut(link, "signature="); return after[:43] }
	for name, forged := range map[string]string{
		"another kind":           strings.Replace(link, "Attachment", "Document", 1),
		"another file":           strings.Replace(link, claim.ID.String(), id.New[id.ID]().String(), 1),
		"another organization":   strings.Replace(link, claim.Org.String(), id.New[id.Org]().String(), 1),
		"another person":         strings.Replace(link, claim.User.String(), id.New[id.User]().String(), 1),
		"a later end":            strings.Replace(link, "expires=", "expires=9", 1),
		"no signature":           strings.Replace(link, "signature=", "x=", 1),
		"an empty signature":     strings.Replace(link, signature(link), "", 1),
		"a shorter signature":    strings.Replace(link, signature(link), signature(link)[:20], 1),
		"another's signature":    strings.Replace(link, signature(link), signature(other(func(c *files.Claim) { c.User = id.New[id.User]() })), 1),
		"another secret":         links(t, "another secret of thirty-two bytes").Sign(claim, soon),
		"an end that has come":   l.Sign(claim, time.Now()),
		"an end long ago":        l.Sign(claim, time.Now().Add(-time.Hour)),
		"no id":                  strings.Replace(link, claim.ID.String(), "x", 1),
		"no end":                 strings.Replace(link, "expires=", "expires=x", 1),
		"a kind with a new line": strings.Replace(link, "kind=Attachment", "kind="+url.QueryEscape("0\nAttachment"), 1),
		"nothing":                "/files/" + claim.ID.String(),
	} {
		if _, err := verify(t, l, forged); !fault.Is(err, fault.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
