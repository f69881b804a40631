package model_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

func of[T any](v T) *T { return &v }

func TestGraphQLName(t *testing.T) {
	t.Parallel()
	for stored, want := range map[string]string{
		"New": "NEW", "In Progress": "IN_PROGRESS", "in process": "IN_PROCESS", "EXISTING CUSTOMER": "EXISTING_CUSTOMER", "CLOSED_WON": "CLOSED_WON",
		"BUILDING MATERIALS & EQUIPMENT": "BUILDING_MATERIALS_EQUIPMENT", " x ": "X", "a--b": "A_B", "1st": "1ST", "": "",
	} {
		if got := model.GraphQLName(stored); got != want {
			t.Errorf("%q is %q, not %q", stored, got, want)
		}
	}
}

func TestNoTwoValuesOfAnEnumShareAName(t *testing.T) {
	t.Parallel()
	if len(model.Enums) < 14 {
		t.Errorf("there are only %d enums", len(model.Enums))
	}
	for typ, values := range model.Enums {
		seen := map[string]string{}
		for _, v := range values {
			name := model.GraphQLName(v)
			if other, ok := seen[name]; ok || name == "" {
				t.Errorf("%s: %q and %q are both %q", typ, v, other, name)
			}
			seen[name] = v
		}
	}
}

func TestAnEnumIsReadByItsName(t *testing.T) {
	t.Parallel()
	var s model.TaskStatus
	if err := s.UnmarshalGQL("IN_PROGRESS"); err != nil || s != model.TaskInProgress {
		t.Errorf("%q, %v", s, err)
	}
	var written bytes.Buffer
	s.MarshalGQL(&written)
	if written.String() != strconv.Quote("IN_PROGRESS") {
		t.Errorf("it is written %s", &written)
	}
	for _, wrong := range []any{"In Progress", "in_progress", "", 5, nil} {
		if err := s.UnmarshalGQL(wrong); !fault.Is(err, fault.Invalid) {
			t.Errorf("%v: %v", wrong, err)
		}
	}
}

func TestALeadIsNamedByTheBestThatIsKnown(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lead model.Lead
		want string
	}{
		{model.Lead{Title: of("Paper"), FirstName: of("Ada"), Email: of("a@b.example")}, "Paper"},
		{model.Lead{FirstName: of("Ada"), LastName: of("King"), CompanyName: of("Mill")}, "Ada King"},
		{model.Lead{LastName: of("King"), CompanyName: of("Mill")}, "King"},
		{model.Lead{CompanyName: of("Mill"), Email: of("a@b.example")}, "Mill"},
		{model.Lead{Email: of("a@b.example")}, "a@b.example"},
		{model.Lead{}, ""},
	} {
		if got := c.lead.Name(); got != c.want {
			t.Errorf("%q instead of %q", got, c.want)
		}
	}
}

func TestAStageHasItsProbability(t *testing.T) {
	t.Parallel()
	for stage, want := range map[model.OpportunityStage]int{
		model.StageProspecting: 10, model.StageQualification: 25, model.StageProposal: 50, model.StageNegotiation: 75,
		model.StageClosedWon: 100, model.StageClosedLost: 0,
	} {
		if got := stage.Probability(); got != want {
			t.Errorf("%s has %d", stage, got)
		}
		if isClosed := want == 100 || want == 0; stage.IsClosed() != isClosed {
			t.Errorf("%s is closed: %v", stage, stage.IsClosed())
		}
	}
}

func TestTheWeightedAmountIsRoundedToTheSmallestUnit(t *testing.T) {
	t.Parallel()
	o := model.Opportunity{Amount: of(decimal.RequireFromString("0.50")), Currency: of("EUR"), Probability: 25}
	if got := o.WeightedAmount(); fixed(got) != "0.13" || got.Currency != "EUR" {
		t.Errorf("%+v", got)
	}
	yen := model.Opportunity{Amount: of(decimal.RequireFromString("50.00")), Currency: of("JPY"), Probability: 25}
	if got := yen.WeightedAmount(); fixed(got) != "13.00" {
		t.Errorf("a yen has no cents: %s", got.Amount)
	}
	if o.AmountMoney().Amount.String() != "0.5" {
		t.Errorf("the amount itself has changed: %s", o.Amount)
	}
	o.Amount = nil
	if o.WeightedAmount() != nil {
		t.Error("no amount has a weight")
	}
}

func TestAPageTellsWhatLiesAroundIt(t *testing.T) {
	t.Parallel()
	cursor := func(tag *model.Tag) string { return "at " + tag.Name }
	for _, c := range []struct {
		name       string
		items      int
		window     page.Window
		shown      string
		next, prev bool
	}{
		{"the whole list", 2, page.Window{Size: 2}, "[0 1]", false, false},
		{"one more than asked for tells of a next page", 3, page.Window{Size: 2}, "[0 1]", true, false},
		{"what follows a cursor has a previous page", 1, page.Window{Size: 2, After: &page.Cursor{}}, "[0]", false, true},
		{"backwards they come in reverse", 3, page.Window{Size: 2, Backward: true}, "[1 0]", false, true},
		{"what precedes a cursor has a next page", 1, page.Window{Size: 2, Backward: true, Before: &page.Cursor{}}, "[0]", true, false},
		{"nothing at all", 0, page.Window{Size: 2}, "[]", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var items []*model.Tag
			for i := range c.items {
				items = append(items, &model.Tag{Name: strconv.Itoa(i)})
			}
			p := model.NewConnection(items, c.window, cursor, nil)
			names := []string{}
			for i, edge := range p.Edges() {
				if edge.Node != p.Nodes()[i] || edge.Cursor != cursor(edge.Node) {
					t.Errorf("edge %d is %+v", i, edge)
				}
				names = append(names, edge.Node.Name)
			}
			info := p.PageInfo()
			if fmt.Sprint(names) != c.shown || info.HasNextPage != c.next || info.HasPreviousPage != c.prev {
				t.Errorf("%v, %+v", names, info)
			}
			if (info.StartCursor == nil) != (len(names) == 0) || len(names) > 0 && (*info.StartCursor != "at "+names[0] || *info.EndCursor != "at "+names[len(names)-1]) {
				t.Errorf("%+v", info)
			}
		})
	}
}

// list is a whole list.
type list struct{}

func (list) Count(context.Context) (int, error) { return 11, nil }

func (list) Tally(context.Context) ([]model.Tally, error) {
	return []model.Tally{
		{Phase: "PROPOSAL", Currency: "USD", Count: 3, Valued: 2, Total: dec("100.01"), Weighted: dec("50.01")},
		{Phase: "PROSPECTING", Currency: "JPY", Count: 2, Valued: 2, Total: dec("101.00"), Weighted: dec("10")},
		{Phase: "PROSPECTING", Currency: "USD", Count: 1, Valued: 1, Total: dec("0.00"), Weighted: dec("0.00")},
		{Phase: "CLOSED_LOST", Currency: "EUR", Count: 4},
		{Phase: "CLOSED_LOST", Count: 1, Valued: 1, Total: dec("5.00"), Weighted: dec("5.00")},
	}, nil
}

func TestAListIsSummedUpByCurrency(t *testing.T) {
	t.Parallel()
	p := model.NewConnection([]*model.Opportunity{}, page.Window{Size: 1}, nil, list{})
	shown := func(all []*model.AmountTotal) string {
		var parts []string
		for _, a := range all {
			for _, m := range []*model.Money{a.Total, a.Weighted, a.Average()} {
				if m.Currency != a.Currency {
					t.Errorf("%s among %s", m.Currency, a.Currency)
				}
			}
			parts = append(parts, fmt.Sprintf("%s %d %s %s %s", a.Currency, a.Count, fixed(a.Total), fixed(a.Weighted), fixed(a.Average())))
		}
		return strings.Join(parts, ", ")
	}
	all, err := p.Amounts(t.Context())
	if got, want := shown(all), "JPY 2 101.00 10.00 51.00, USD 3 100.01 50.01 33.34"; got != want || err != nil {
		t.Errorf("got %s, want %s: %v", got, want, err)
	}
	phases, err := model.Phases[model.OpportunityStage](t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range phases {
		got = append(got, fmt.Sprintf("%s %d (%s)", s.Phase, s.Count, shown(s.Amounts)))
	}
	want := []string{"PROSPECTING 3 (JPY 2 101.00 10.00 51.00, USD 1 0.00 0.00 0.00)", "QUALIFICATION 0 ()", "PROPOSAL 3 (USD 2 100.01 50.01 50.01)",
		"NEGOTIATION 0 ()", "CLOSED_WON 0 ()", "CLOSED_LOST 5 ()"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if n, err := p.TotalCount(t.Context()); n != 11 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
}

func dec(text string) decimal.Decimal { return decimal.RequireFromString(text) }

// fixed is an amount with the digits that it has, as a client sees it.
func fixed(m *model.Money) string { return m.Amount.StringFixed(-m.Amount.Exponent()) }
