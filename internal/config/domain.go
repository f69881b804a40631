package config

import (
	"errors"
	"regexp"
	"strings"
)

// Domains is a set of mail domains, in lower case.
type Domains map[string]bool

// Has reports whether the e-mail address lies in one of the domains or in a part of one.
func (d Domains) Has(address string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(address), "@")
	for domain != "" {
		if d[domain] {
			return true
		}
		_, domain, _ = strings.Cut(domain, ".")
	}
	return false
}

// disposable are the widest known services that hand out mail addresses for ten minutes. The list stops casual
// abuse, no more: there are thousands of them, and new ones each day.
var disposable = Domains{
	"10minutemail.com": true, "discard.email": true, "dispostable.com": true, "emailondeck.com": true,
	"fakeinbox.com": true, "getnada.com": true, "guerrillamail.com": true, "guerrillamail.net": true,
	"guerrillamail.org": true, "maildrop.cc": true, "mailinator.com": true, "mailnesia.com": true,
	"mintemail.com": true, "mohmal.com": true, "sharklasers.com": true, "spamgourmet.com": true,
	"temp-mail.org": true, "tempmail.com": true, "throwawaymail.com": true, "trashmail.com": true,
	"yopmail.com": true, "yopmail.fr": true,
}

var domainText = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$`)

func domains(dst *Domains) func(string) error {
	return func(value string) error {
		for item := range strings.SplitSeq(value, ",") {
			item = strings.ToLower(strings.TrimSpace(item))
			if !domainText.MatchString(item) {
				return errors.New("mail domains separated by commas, such as mail.example,post.example")
			}
			(*dst)[item] = true
		}
		return nil
	}
}
