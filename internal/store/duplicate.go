package store

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/search"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Hints at duplicates of what is about to be written (domain: E.3). Each trait of a candidate leads to records by an index of
// its own, and what they have in common is told by comparing them once more.

// trait is something that the candidate has, and other records may have.
type trait[T any] struct {
	match model.DuplicateMatch
	has   func(*T) bool

	same func(s *statement, t string) string // holds for rows with it
	word string                              // a word that leads to them, where no index of a column does
	most int16                               // the weight of the column that the word stands in
}

// What hints are made of, at most.
const (
	mostHints     = 25 // records of one kind, and of those that one trait leads to
	fewestLetters = 3  // of a word that says anything
	telling       = 10 // digits of a phone number, the last ones
	fewestDigits  = 7  // less are no number
)

// PossibleDuplicates finds what may be the same as the candidates that are given, the likeliest first, at most so many of
// each kind. It sends one statement for each, all in one message.
func PossibleDuplicates(ctx context.Context, account *model.AccountCandidate, contact *model.ContactCandidate, lead *model.LeadCandidate, most int) ([]*model.PossibleDuplicate, error) {
	if most < 1 || most > mostHints {
		return nil, fault.Field("first", "must be between 1 and %d", mostHints)
	}
	type hinted = []*model.PossibleDuplicate
	var of []func() (hinted, error)
	if account != nil {
		of = append(of, func() (hinted, error) { return hints(ctx, Accounts, account.AccountID, traitsOfAccount(account), most) })
	}
	if contact != nil {
		of = append(of, func() (hinted, error) { return hints(ctx, Contacts, contact.ContactID, traitsOfContact(contact), most) })
	}
	if lead != nil {
		of = append(of, func() (hinted, error) { return hints(ctx, Leads, lead.LeadID, traitsOfLead(lead), most) })
	}
	found, err := together(ctx, of, func(fn func() (hinted, error)) (hinted, error) { return fn() })
	if err != nil {
		return nil, err
	}
	all := slices.Concat(found...)
	slices.SortStableFunc(all, func(a, b *model.PossibleDuplicate) int { return likelier(a.Matches, b.Matches) })
	return all, nil
}

func traitsOfAccount(c *model.AccountCandidate) (traits []trait[model.Account]) {
	add := adder(&traits)
	add(keyed(model.MatchEmail, "email_key", c.Email, func(a *model.Account) *string { return a.Email }))
	add(dialled(c.Phone, func(a *model.Account) *string { return a.Phone }))
	add(keyed(model.MatchName, "name_key", c.Name, func(a *model.Account) *string { return &a.Name }))
	if domain := domainOf(c.Website); domain != "" {
		add(&trait[model.Account]{match: model.MatchWebsite,
			same: func(s *statement, t string) string { return t + ".domain_key = " + s.arg(domain) },
			has:  func(a *model.Account) bool { return domainOf(a.Website) == domain }})
	}
	if c.Name != nil {
		begin, _, _ := strings.Cut(fold(*c.Name), " ")
		if word := search.Words(begin); len(word) == 1 && letters(begin) >= fewestLetters {
			add(&trait[model.Account]{match: model.MatchFirstWord, word: word[0], most: int16(len(Accounts.Search)),
				same: func(s *statement, t string) string {
					return "starts_with(" + t + ".name_key || ' ', " + s.arg(begin+" ") + ")"
				},
				has: func(a *model.Account) bool {
					other, _, _ := strings.Cut(fold(a.Name), " ")
					return other == begin
				}})
		}
	}
	return traits
}

func traitsOfContact(c *model.ContactCandidate) (traits []trait[model.Contact]) {
	add := adder(&traits)
	add(keyed(model.MatchEmail, "email_key", c.Email, func(r *model.Contact) *string { return r.Email }))
	add(dialled(c.Phone, func(r *model.Contact) *string { return r.Phone }))
	add(keyed(model.MatchName, "name_key", fullName(c.FirstName, c.LastName), func(r *model.Contact) *string { return fullName(&r.FirstName, &r.LastName) }))
	return traits
}

func traitsOfLead(c *model.LeadCandidate) (traits []trait[model.Lead]) {
	add := adder(&traits)
	add(keyed(model.MatchEmail, "email_key", c.Email, func(l *model.Lead) *string { return l.Email }))
	add(dialled(c.Phone, func(l *model.Lead) *string { return l.Phone }))
	add(keyed(model.MatchName, "name_key", fullName(c.FirstName, c.LastName), func(l *model.Lead) *string { return fullName(l.FirstName, l.LastName) }))
	if c.CompanyName != nil {
		company := fold(*c.CompanyName)
		if words := search.Words(company); len(words) > 0 && letters(company) >= fewestLetters {
			add(&trait[model.Lead]{match: model.MatchCompanyName, word: words[0],
				same: func(s *statement, t string) string {
					return "strpos(lower(" + t + ".company_name), " + s.arg(company) + ") > 0"
				},
				has: func(l *model.Lead) bool {
					return l.CompanyName != nil && strings.Contains(fold(*l.CompanyName), company)
				}})
		}
	}
	return traits
}

func adder[T any](traits *[]trait[T]) func(*trait[T]) {
	return func(t *trait[T]) {
		if t != nil {
			*traits = append(*traits, *t)
		}
	}
}

// keyed is a text that a column has in lower case; nil when there is none.
func keyed[T any](match model.DuplicateMatch, column string, text *string, of func(*T) *string) *trait[T] {
	if text == nil || strings.TrimSpace(*text) == "" {
		return nil
	}
	wanted := strings.TrimSpace(*text)
	return &trait[T]{match: match,
		same: func(s *statement, t string) string { return t + "." + column + " = lower(" + s.arg(wanted) + "::text)" },
		has: func(r *T) bool {
			other := of(r)
			return other != nil && strings.EqualFold(strings.TrimSpace(*other), wanted)
		}}
}

// dialled is a phone number.
func dialled[T any](phone *string, of func(*T) *string) *trait[T] {
	wanted := digits(phone)
	if wanted == "" {
		return nil
	}
	return &trait[T]{match: model.MatchPhone,
		same: func(s *statement, t string) string { return t + ".phone_key = " + s.arg(wanted) },
		has:  func(r *T) bool { return digits(of(r)) == wanted }}
}

// digits are those of a phone number that tell it from others, as the column phone_key has them.
func digits(phone *string) string {
	if phone == nil {
		return ""
	}
	all := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, *phone)
	if len(all) < fewestDigits {
		return ""
	}
	return all[max(0, len(all)-telling):]
}

// domainOf is what tells a web site from others, as the column domain_key has it.
func domainOf(website *string) string {
	if website == nil {
		return ""
	}
	_, rest, _ := strings.Cut(strings.ToLower(*website), "://")
	rest = strings.TrimPrefix(rest, "www.")
	if end := strings.IndexAny(rest, "[]/:?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

// fullName is nil unless both are there.
func fullName(first, last *string) *string {
	if first == nil || last == nil || strings.TrimSpace(*first) == "" || strings.TrimSpace(*last) == "" {
		return nil
	}
	return new(strings.TrimSpace(*first) + " " + strings.TrimSpace(*last))
}

func letters(text string) int {
	n := 0
	for _, r := range text {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}

// hints finds the records that have one of the traits, the likeliest first.
func hints[T any](ctx context.Context, e *Entity[T], except *id.ID, traits []trait[T], most int) ([]*model.PossibleDuplicate, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil || len(traits) == 0 {
		return nil, err
	}
	others := Cond(func(s *statement, t string) string {
		if except == nil {
			return t + ".is_active"
		}
		return t + ".is_active AND " + t + ".id <> " + s.arg(*except)
	})
	ways := make([]string, len(traits))
	for i, tr := range traits {
		ways[i] = "(" + e.way(s, tr.word, tr.most, others, tr.same) + ")"
	}
	rows, err := e.run(ctx, s, mostHints, "SELECT "+e.columns()+" FROM "+e.name()+" AS t WHERE t.org_id = $1 AND t.id = ANY(ARRAY("+
		strings.Join(ways, " UNION ALL ")+")) ORDER BY t.created_at DESC, t.id DESC")
	if err != nil {
		return nil, err
	}
	var out []*model.PossibleDuplicate
	for _, r := range rows {
		d := &model.PossibleDuplicate{Node: any(r).(model.Node), Type: e.Kind, Title: any(r).(labelled).Label()}
		for _, tr := range traits {
			if tr.has(r) {
				d.Matches = append(d.Matches, tr.match)
			}
		}
		if e.Subtitle != nil {
			d.Subtitle = e.Subtitle(r)
		}
		if len(d.Matches) > 0 {
			slices.SortFunc(d.Matches, func(a, b model.DuplicateMatch) int { return cmp.Compare(strength(a), strength(b)) })
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b *model.PossibleDuplicate) int { return likelier(a.Matches, b.Matches) })
	return out[:min(len(out), most)], nil
}

// way selects the ids of some rows that meet the conditions: those that a word leads to, if there is one. Of many that it
// leads to, those are looked at in which it stands whole.
func (e *Entity[T]) way(s *statement, word string, weight int16, conds ...Cond) string {
	const some = " LIMIT 25"
	if word == "" {
		return "SELECT t.id FROM " + e.from(s, conds...) + some
	}
	var tokens string
	if weight > 0 { // it is the whole word that counts
		tokens = e.tokens() + " AND k.token = " + s.arg(word) + " AND k.weight = " + s.arg(weight)
	} else {
		tokens = e.begun(s, word)
	}
	return "SELECT t.id FROM (SELECT k.entity_id AS id FROM search_token AS k WHERE " + tokens +
		" ORDER BY k.token, k.weight DESC, k.entity_id DESC LIMIT 500) AS p CROSS JOIN LATERAL (SELECT * FROM " +
		e.from(s, append(conds, func(_ *statement, t string) string { return t + ".id = p.id" })...) + " OFFSET 0) AS t" + some
}

func strength(m model.DuplicateMatch) int { return slices.Index(model.DuplicateMatchValues, m) }

// likelier compares what two records have in common with a candidate: the most telling first, then how much it is.
func likelier(a, b []model.DuplicateMatch) int {
	return cmp.Or(cmp.Compare(strength(a[0]), strength(b[0])), cmp.Compare(len(b), len(a)))
}
