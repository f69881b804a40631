package store

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/page"
	"github.com/bottlecrm/bottlecrm-graphql/internal/patch"
	"github.com/bottlecrm/bottlecrm-graphql/internal/search"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// What an article and a case have to do with each other.

// LinkSolution links an article to a case that the viewer may change, or takes the link away. The case's timeline tells
// of it, once; to link what is linked changes nothing.
func LinkSolution(ctx context.Context, key, solution [16]byte, linked bool) (*model.Case, *model.Solution, error) {
	// A change of nothing has passed all gates of a change, and holds the case.
	k, err := Cases.Modify(ctx, key, nil, func(*model.Case) (patch.Set, error) { return nil, nil })
	if err != nil {
		return nil, nil, err
	}
	found, err := Solutions.ByIDs(ctx, [][16]byte{solution}, "")
	if err != nil {
		return nil, nil, err
	}
	if found[solution] == nil {
		return nil, nil, fault.Field("solutionId", "solution not found")
	}
	change := &model.ActivityChange{Field: "solutionIds", From: []string{}, To: []string{id.ID(solution).String()}}
	verb, text := model.VerbLinkedSolution, "INSERT INTO solution_cases (org_id, case_id, solution_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
	if !linked {
		change.From, change.To = change.To, change.From
		verb, text = model.VerbUnlinkedSolution, "DELETE FROM solution_cases WHERE org_id = $1 AND case_id = $2 AND solution_id = $3"
	}
	v, err := tenant.ViewerFrom(ctx)
	if err != nil {
		return nil, nil, err
	}
	touched, err := tenant.Exec(ctx, text, [16]byte(v.OrgID), key, solution)
	if err != nil {
		return nil, nil, Refused("link", err)
	}
	if touched > 0 {
		err = Tell(ctx, v, verb, Cases.Kind, key, k.Label(), []*model.ActivityChange{change})
	}
	return k, found[solution], err
}

// Suggestions are few, and what is looked for are words that mean something.
const (
	mostSuggestions    = 20
	significant        = 4 // characters
	mostWordsSuggested = 10
)

// SuggestSolutions finds published articles for a case by what is sought, or else by the words of its name. Nothing found is
// no answer: then it gives the last changed ones.
func SuggestSolutions(ctx context.Context, key [16]byte, sought *string, most int) ([]*model.Solution, error) {
	if most < 1 || most > mostSuggestions {
		return nil, fault.Field("first", "must be between 1 and %d", mostSuggestions)
	}
	k, err := Cases.Get(ctx, key)
	if err != nil {
		return nil, err
	}
	about := Solutions.Matches(sought)
	if about == nil {
		about = Solutions.hasAny(search.Words(k.Name))
	}
	published := true
	for _, conds := range [][]Cond{{Is("is_published", &published), about}, {Is("is_published", &published)}} {
		found, err := Solutions.List(ctx, page.Args{First: &most}, &page.Order{Field: "UPDATED_AT", Direction: "DESC"}, conds...)
		if err != nil {
			return nil, fmt.Errorf("suggest solutions: %w", err)
		}
		if nodes := found.Nodes(); len(nodes) > 0 {
			return nodes, nil
		}
	}
	return []*model.Solution{}, nil
}

// hasAny holds where one of the words that mean something begins one of the record's. There may be none of those.
func (e *Entity[T]) hasAny(words []string) Cond {
	return func(s *statement, t string) string {
		var parts []string
		for _, word := range words[:min(len(words), mostWordsSuggested)] {
			if utf8.RuneCountInString(word) >= significant {
				low, high := search.Range(word)
				parts = append(parts, "k.token >= "+s.arg(low)+" AND k.token < "+s.arg(high))
			}
		}
		if len(parts) == 0 {
			return "false"
		}
		return t + ".id IN (SELECT k.entity_id FROM search_token AS k WHERE " + e.tokens() + " AND (" + strings.Join(parts, " OR ") + "))"
	}
}
