package model

import (
	"time"

	"github.com/shopspring/decimal"
	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// Account is a company.
type Account struct {
	bun.BaseModel `bun:"table:accounts,alias:t"`
	Base
	Address
	Name              string           `bun:"name" max:"255" required:"true"`
	Email             *string          `bun:"email"`
	Phone             *string          `bun:"phone"`
	Website           *string          `bun:"website" max:"200"`
	Industry          *Industry        `bun:"industry"`
	NumberOfEmployees *int             `bun:"number_of_employees" min:"0"`
	AnnualRevenue     *decimal.Decimal `bun:"annual_revenue" min:"0" digits:"13"`
	Currency          *string          `bun:"currency"` // of AnnualRevenue; the organization's unless given
	Description       *string          `bun:"description" max:"20000"`
	IsActive          bool             `bun:"is_active"` // false = archived

	Customized
	Shared
	ContactIDs []id.ID `bun:"-"` // the people of the company
}

// The GraphQL types around an account.
type (
	AccountConnection = Connection[Account]
	AccountEdge       = Edge[Account]
)

// AccountReport is what business with a company comes to.
type AccountReport struct {
	OpenOpportunities, WonOpportunities *Total
	FirstWonOn                          *scalar.Date
	OpenCases, Contacts                 int
	OpenTasks, OverdueTasks             int
	OpenInvoices, OverdueInvoices       *InvoiceTotal
	PaidInvoices                        *InvoiceTotal
	LastActivityAt                      *time.Time
}

// Label is what an activity calls the account.
func (a *Account) Label() string { return a.Name }

// AnnualRevenueMoney is the revenue with its currency.
func (a *Account) AnnualRevenueMoney() *Money { return money(a.AnnualRevenue, a.Currency) }
