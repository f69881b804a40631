package seed

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
	"unicode"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// fiction makes up the records of one organization. Its draws depend on nothing but the seed and the order in which
// they are asked for: an instant only scales a draw, it never decides how many there are.
type fiction struct {
	locale
	rng   *rand.Rand
	zone  *time.Location // decides which day today is
	now   time.Time      // everything was made before
	span  time.Duration  // how long before at most
	crew  []*person      // who work with the records
	teams []id.ID
	tags  []id.ID
	taken map[string]int // texts that must be unique, and how often they came up
}

func newFiction(seed string, l locale, now time.Time, span time.Duration, crew []*person) *fiction {
	var key [32]byte
	copy(key[:], seed)
	return &fiction{locale: l, rng: rand.New(rand.NewChaCha8(key)), zone: scalar.Zone(l.timezone), now: now, span: span,
		crew: crew, taken: map[string]int{}}
}

// parent is what later records need to know of an earlier one.
type parent struct {
	id     id.ID
	at     time.Time // when it was made
	owner  *person
	name   string
	people []id.ID // the contacts of an account
}

func (f *fiction) parent(r any) *parent {
	base := r.(interface{ Audit() *model.Base }).Audit()
	p := &parent{id: base.ID, at: base.CreatedAt}
	for _, who := range f.crew {
		if who.user == *base.CreatedByID {
			p.owner = who
		}
	}
	if named, ok := r.(interface{ Label() string }); ok {
		p.name = named.Label()
	}
	return p
}

func ids(parents []*parent) []id.ID {
	out := make([]id.ID, len(parents))
	for i, p := range parents {
		out[i] = p.id
	}
	return out
}

// under shares n children out evenly among parents; there may be no parents.
func under(parents []*parent, i, n int) *parent {
	if len(parents) == 0 {
		return nil
	}
	return parents[i*len(parents)/n]
}

func pick[T any](f *fiction, from []T) T { return from[f.rng.IntN(len(from))] }

func (f *fiction) chance(percent int) bool { return f.rng.IntN(100) < percent }

// at is when the i-th of n records was made: they are spread over the span, the oldest first.
func (f *fiction) at(i, n int) time.Time {
	share := (float64(i) + f.rng.Float64()) / float64(n)
	return f.now.Add(-f.span).Add(time.Duration(share * float64(f.span))).Truncate(time.Second)
}

// after is an instant at most a while after another one, and not in the future.
func (f *fiction) after(t time.Time, most time.Duration) time.Time {
	most = min(most, f.now.Sub(t))
	return t.Add(time.Duration(f.rng.Float64() * float64(most))).Truncate(time.Second)
}

// day is a day between two distances from today.
func (f *fiction) day(from, to int) *scalar.Date {
	d := scalar.DateOf(f.now, f.zone).AddDays(from + f.rng.IntN(to-from+1))
	return &d
}

func (f *fiction) dayOf(t time.Time) *scalar.Date {
	d := scalar.DateOf(t, f.zone)
	return &d
}

// amount is more often small than large, and round as people round.
func (f *fiction) amount(least, most float64) *decimal.Decimal {
	value := least * math.Pow(most/least, f.rng.Float64())
	d := decimal.NewFromInt(int64(math.Round(value/50)) * 50)
	return &d
}

// base is who made a record and when, and when it was last touched.
func (f *fiction) base(at time.Time, owner *person) model.Base {
	b := model.Base{UpdatedAt: f.after(at, f.span), CreatedByID: &owner.user, UpdatedByID: &owner.user, Version: 1}
	b.CreatedAt = at
	return b
}

// shared assigns a record to its owner and sometimes to a second member, a team, tags.
func (f *fiction) shared(owner *person) model.Shared {
	s := model.Shared{AssignedToIDs: []id.Profile{owner.profile}}
	if second := pick(f, f.crew); f.chance(20) && second != owner {
		s.AssignedToIDs = append(s.AssignedToIDs, second.profile)
	}
	if len(f.teams) > 0 && f.chance(25) {
		s.TeamIDs = []id.ID{pick(f, f.teams)}
	}
	if len(f.tags) > 1 {
		first := f.rng.IntN(len(f.tags))
		s.TagIDs = []id.ID{f.tags[first], f.tags[(first+1)%len(f.tags)]}[:f.rng.IntN(3)]
	}
	return s
}

// unique gives a text back, with a number when it was given before.
func (f *fiction) unique(text string) string {
	f.taken[text]++
	if n := f.taken[text]; n > 1 {
		return f.unique(fmt.Sprintf("%s %d", text, n))
	}
	return text
}

func (f *fiction) address() (model.Address, string) {
	p := pick(f, f.places)
	street := fmt.Sprintf(pick(f, f.streets), 1+f.rng.IntN(120))
	return model.Address{AddressLine: &street, City: &p.city, State: &p.state, Postcode: &p.postcode, Country: &p.country},
		fmt.Sprintf(p.phone, f.rng.IntN(100))
}

// mailbox is a person's address that nobody else has.
func (f *fiction) mailbox(first, last, domain string) *string {
	name := label(first) + "." + label(last)
	numbered := strings.Fields(f.unique(name + "@" + domain))
	if len(numbered) > 1 {
		name += numbered[1]
	}
	return new(name + "@" + domain)
}

// label is a text as a part of a domain name.
func label(text string) string {
	return strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return unicode.ToLower(r)
		}
		return -1
	}, text)
}
