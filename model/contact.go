package model

import (
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
)

// Contact is a person. It is connected with accounts in two ways: the primary account, and the people of accounts;
// setting the first adds to the second.
type Contact struct {
	bun.BaseModel `bun:"table:contacts,alias:t"`
	Base
	Address
	FirstName    string  `bun:"first_name" max:"255" required:"true"`
	LastName     string  `bun:"last_name" max:"255" required:"true"`
	Email        *string `bun:"email"`
	Phone        *string `bun:"phone"`
	Organization *string `bun:"organization" max:"255"` // free text, apart from the account
	Title        *string `bun:"title" max:"255"`
	Department   *string `bun:"department" max:"255"`
	DoNotCall    bool    `bun:"do_not_call"`
	LinkedinURL  *string `bun:"linkedin_url" max:"200"`
	Description  *string `bun:"description" max:"20000"`
	IsActive     bool    `bun:"is_active"`
	AccountID    *id.ID  `bun:"account_id"`

	Customized
	Shared
}

// The GraphQL types around a contact.
type (
	ContactConnection = Connection[Contact]
	ContactEdge       = Edge[Contact]
)

// FullName is first and last name.
func (c *Contact) FullName() string { return c.FirstName + " " + c.LastName }

// Label is what an activity calls the contact.
func (c *Contact) Label() string { return c.FullName() }
