package model

import (
	"context"
	"maps"
	"reflect"
	"slices"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
)

// Whole is the list that a page is of. Each of its figures is asked of the database once, however often and by however
// many fields at the same time it is wanted.
type Whole interface {
	// Count counts its records.
	Count(ctx context.Context) (int, error)
	// Tally sums them up, by phase and currency. It is for entities that have both.
	Tally(ctx context.Context) ([]Tally, error)
}

// Tally is what the records of a list in one phase and with one currency come to.
type Tally struct {
	Phase    string          `bun:"phase"`    // a stage or a status, as stored
	Currency string          `bun:"currency"` // empty: none
	Count    int             `bun:"count"`
	Valued   int             `bun:"valued"` // of those, the ones with an amount
	Total    decimal.Decimal `bun:"total"`
	Weighted decimal.Decimal `bun:"weighted"`
	Due      decimal.Decimal `bun:"due"` // of the total, what is left to pay
}

// AmountTotal is what the amounts of one currency come to.
type AmountTotal struct {
	Currency             string
	Count                int
	Total, Weighted, Due *Money
}

// Paid is what is paid of the total.
func (t *AmountTotal) Paid() *Money {
	return &Money{Amount: t.Total.Amount.Sub(t.Due.Amount), Currency: t.Currency}
}

// Average is the total divided by the count.
func (t *AmountTotal) Average() *Money {
	mean := t.Total.Amount.DivRound(decimal.NewFromInt(int64(t.Count)), billing.Places(t.Currency))
	return &Money{Amount: billing.Round(mean, t.Currency), Currency: t.Currency}
}

// Total is how many records there are, and what they are worth.
type Total struct {
	Count   int
	Amounts []*AmountTotal
}

// TotalOf adds tallies up.
func TotalOf(tallies []Tally) *Total {
	out := &Total{Amounts: amounts(tallies)}
	for _, t := range tallies {
		out.Count += t.Count
	}
	return out
}

// PhaseTotal is what the records in one phase come to.
type PhaseTotal[P ~string] struct {
	Phase   P
	Count   int
	Amounts []*AmountTotal
}

// Phases tells of a list what its records come to in each phase, also in those that none is in.
func Phases[P ~string, T any](ctx context.Context, c *Connection[T]) ([]*PhaseTotal[P], error) {
	tallies, err := c.whole.Tally(ctx)
	if err != nil {
		return nil, err
	}
	all := Enums[reflect.TypeFor[P]()]
	out := make([]*PhaseTotal[P], len(all))
	for i, phase := range all {
		others := func(t Tally) bool { return t.Phase != phase }
		own := slices.DeleteFunc(slices.Clone(tallies), others)
		out[i] = &PhaseTotal[P]{Phase: P(phase), Amounts: amounts(own)}
		for _, t := range own {
			out[i].Count += t.Count
		}
	}
	return out, nil
}

// amounts adds tallies up by currency. What has no currency is no money.
func amounts(tallies []Tally) []*AmountTotal {
	sums := map[string]*AmountTotal{}
	for _, t := range tallies {
		if t.Valued == 0 || t.Currency == "" {
			continue
		}
		sum := sums[t.Currency]
		if sum == nil {
			sum = &AmountTotal{Currency: t.Currency, Total: &Money{Currency: t.Currency}, Weighted: &Money{Currency: t.Currency}, Due: &Money{Currency: t.Currency}}
			sums[t.Currency] = sum
		}
		sum.Count += t.Valued
		sum.Total.Amount = sum.Total.Amount.Add(t.Total)
		sum.Due.Amount = sum.Due.Amount.Add(t.Due)
		sum.Weighted.Amount = billing.Round(sum.Weighted.Amount.Add(t.Weighted), t.Currency) // it is round; this gives it its digits
	}
	out := make([]*AmountTotal, 0, len(sums))
	for _, currency := range slices.Sorted(maps.Keys(sums)) {
		out = append(out, sums[currency])
	}
	return out
}
