package model

import (
	"context"
	"io"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/billing"
	"github.com/bottlecrm/bottlecrm-graphql/internal/scalar"
)

// DashboardReport is what a member looks at first. Numbers of one card come from one list, and each list is asked once.
type DashboardReport struct {
	Date     scalar.Date
	Currency string // the organization's

	AllAccounts, AllContacts, AllLeads, AllOpportunities, WonOpportunities Whole
}

// Accounts is how many there are.
func (d *DashboardReport) Accounts(ctx context.Context) (int, error) { return d.AllAccounts.Count(ctx) }

// Contacts is how many there are.
func (d *DashboardReport) Contacts(ctx context.Context) (int, error) { return d.AllContacts.Count(ctx) }

// Leads is how many are neither converted nor closed.
func (d *DashboardReport) Leads(ctx context.Context) (int, error) {
	tallies, err := d.AllLeads.Tally(ctx)
	return counted(tallies, LeadStatus.IsOpen), err
}

// Opportunities is how many there are, in all stages.
func (d *DashboardReport) Opportunities(ctx context.Context) (int, error) {
	tallies, err := d.AllOpportunities.Tally(ctx)
	return counted(tallies, func(OpportunityStage) bool { return true }), err
}

// ConversionRate is how many of a hundred leads are converted.
func (d *DashboardReport) ConversionRate(ctx context.Context) (decimal.Decimal, error) {
	tallies, err := d.AllLeads.Tally(ctx)
	converted := counted(tallies, func(s LeadStatus) bool { return s == LeadConverted })
	return Percent(converted, counted(tallies, func(LeadStatus) bool { return true })), err
}

// Pipeline is what the deals in each stage are worth.
func (d *DashboardReport) Pipeline(ctx context.Context) ([]*PipelineStage, error) {
	tallies, err := d.AllOpportunities.Tally(ctx)
	if err != nil {
		return nil, err
	}
	stages := OpportunityStageValues
	out := make([]*PipelineStage, len(stages))
	for i, stage := range stages {
		out[i] = &PipelineStage{Stage: stage, RevenueTotal: *Revenue(only(tallies, func(s OpportunityStage) bool { return s == stage }), d.Currency)}
	}
	return out, nil
}

// OpenDeals is what the deals that are still to be won are worth.
func (d *DashboardReport) OpenDeals(ctx context.Context) (*RevenueTotal, error) {
	tallies, err := d.AllOpportunities.Tally(ctx)
	return Revenue(only(tallies, OpportunityStage.IsOpen), d.Currency), err
}

// WonThisMonth is what the deals are worth that were won.
func (d *DashboardReport) WonThisMonth(ctx context.Context) (*RevenueTotal, error) {
	tallies, err := d.WonOpportunities.Tally(ctx)
	return Revenue(tallies, d.Currency), err
}

// RevenueTotal is what deals are worth in the organization's currency. Those in others are only counted.
type RevenueTotal struct {
	Count              int
	Value, Weighted    *Money
	OtherCurrencyCount int // of Count
}

// PipelineStage is what the deals in one stage are worth.
type PipelineStage struct {
	Stage OpportunityStage
	RevenueTotal
}

// Revenue adds tallies up. An amount without a currency is in the organization's.
func Revenue(tallies []Tally, currency string) *RevenueTotal {
	out := &RevenueTotal{Value: &Money{Currency: currency}, Weighted: &Money{Currency: currency}}
	for _, t := range tallies {
		out.Count += t.Count
		switch {
		case t.Valued == 0:
		case t.Currency == currency || t.Currency == "":
			out.Value.Amount = out.Value.Amount.Add(t.Total)
			out.Weighted.Amount = out.Weighted.Amount.Add(t.Weighted)
		default:
			out.OtherCurrencyCount += t.Valued
		}
	}
	out.Value.Amount, out.Weighted.Amount = billing.Round(out.Value.Amount, currency), billing.Round(out.Weighted.Amount, currency)
	return out
}

// Percent is how many of a hundred a part is, with one digit after the point; 0 of nothing.
func Percent(part, whole int) decimal.Decimal {
	if whole == 0 {
		return decimal.New(0, -1)
	}
	return decimal.NewFromInt(int64(part)*100).DivRound(decimal.NewFromInt(int64(whole)), 1)
}

func only[P ~string](tallies []Tally, is func(P) bool) []Tally {
	var out []Tally
	for _, t := range tallies {
		if is(P(t.Phase)) {
			out = append(out, t)
		}
	}
	return out
}

func counted[P ~string](tallies []Tally, is func(P) bool) (n int) {
	for _, t := range only(tallies, is) {
		n += t.Count
	}
	return n
}

// TodayReport is the queue of a day.
type TodayReport struct{ Date scalar.Date }

// TodayItem is a record that wants something to be done.
type TodayItem struct {
	Reason TodayReason
	Title  string
	On     scalar.Date
	Node   Node
}

// TodayReason is why a record stands in the queue.
type TodayReason string

// The values, the most pressing first; the last ones are of days to come.
const (
	TodayCaseBreached   TodayReason = "CASE_BREACHED"
	TodayInvoiceOverdue TodayReason = "INVOICE_OVERDUE"
	TodayDealRotten     TodayReason = "DEAL_ROTTEN"
	TodayCaseWaiting    TodayReason = "CASE_WAITING"
	TodayTaskOverdue    TodayReason = "TASK_OVERDUE"
	TodayTaskDue        TodayReason = "TASK_DUE"
	TodayDealAgeing     TodayReason = "DEAL_AGEING"
	TodayDealClosing    TodayReason = "DEAL_CLOSING"
	TodayFollowUp       TodayReason = "FOLLOW_UP"
)

// TodayReasonValues are all of them.
var TodayReasonValues = enum(TodayCaseBreached, TodayInvoiceOverdue, TodayDealRotten, TodayCaseWaiting, TodayTaskOverdue, TodayTaskDue, TodayDealAgeing,
	TodayDealClosing, TodayFollowUp)

// MarshalGQL writes the schema's name.
func (v TodayReason) MarshalGQL(w io.Writer) { marshalEnum(w, v) }

// UnmarshalGQL reads the schema's name.
func (v *TodayReason) UnmarshalGQL(src any) error { return unmarshalEnum(v, src) }
