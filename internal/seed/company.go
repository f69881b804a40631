package seed

import (
	"strings"
	"time"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// company is a name, the domain that goes with it, and what the name says of the business.
type company struct {
	name, domain string
	industry     model.Industry
}

func (f *fiction) company() company {
	first, trade := pick(f, companyNames), pick(f, trades)
	return company{name: first + " " + trade.name, domain: domain(first + trade.name), industry: trade.industry}
}

func domain(name string) string { return label(name) + ".example" }

// account is the i-th of n companies.
func (f *fiction) account(i, n int) *model.Account {
	c, owner := f.company(), pick(f, f.crew)
	c.name = f.unique(c.name)
	c.domain = domain(c.name)
	address, phone := f.address()
	a := &model.Account{
		Base: f.base(f.at(i, n), owner), Address: address, Name: c.name, Phone: &phone, Industry: &c.industry,
		Email: new("office@" + c.domain), Website: new("https://www." + c.domain), NumberOfEmployees: new(5 + f.rng.IntN(400)),
		AnnualRevenue: f.amount(200_000, 90_000_000), Currency: &f.currency, IsActive: !f.chance(5), Shared: f.shared(owner),
	}
	if f.chance(40) {
		a.Description = new("Customer in " + *address.City + ". " + pick(f, remarks))
	}
	return a
}

// contact is the i-th of n people, who works for one of the accounts, if there are any.
func (f *fiction) contact(i, n int, accounts []*parent) *model.Contact {
	c := &model.Contact{
		FirstName: pick(f, firstNames), LastName: pick(f, lastNames), Title: new(pick(f, jobTitles)),
		Department: new(pick(f, departments)), DoNotCall: f.chance(5), IsActive: true,
	}
	at, owner, host := f.at(i, n), pick(f, f.crew), "mail.example"
	if a := under(accounts, i, n); a != nil {
		at, owner, host = f.after(a.at, month), a.owner, domain(a.name)
		c.AccountID, c.Organization = &a.id, &a.name
	}
	address, phone := f.address()
	c.Base, c.Address, c.Phone, c.Shared = f.base(at, owner), address, &phone, f.shared(owner)
	c.Email = f.mailbox(c.FirstName, c.LastName, host)
	if f.chance(30) {
		c.LinkedinURL = new("https://people.example/" + strings.ToLower(label(c.FirstName)+"-"+label(c.LastName)))
	}
	return c
}

// month is how soon after a record most of what hangs on it is made.
const month = 30 * 24 * time.Hour

// team is the i-th team: everybody is in the first one, the others are smaller.
func (f *fiction) team(i int) *model.Team {
	members := make([]id.Profile, 0, len(f.crew))
	for k, p := range f.crew {
		if i == 0 || (k+i)%2 == 0 || k == i {
			members = append(members, p.profile)
		}
	}
	return &model.Team{Base: f.base(f.now.Add(-f.span), f.crew[0]), Name: teamNames[i], MemberIDs: members,
		Description: "Looks after " + strings.ToLower(teamNames[i]) + "."}
}

func (f *fiction) tag(i int) *model.Tag {
	return &model.Tag{Base: f.base(f.now.Add(-f.span), f.crew[0]), Name: tagNames[i], Color: tagColors[i], IsActive: true,
		Slug: strings.ReplaceAll(strings.ToLower(tagNames[i]), " ", "-")}
}
