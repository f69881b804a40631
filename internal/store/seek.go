package store

import (
	"context"
	"slices"
	"strconv"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/search"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// A search across kinds of records, which shows a few of the best of each.

// sought is an entity that a search across all kinds looks through.
type sought interface {
	resource() string
	seek(ctx context.Context, words []string, first int) ([]*model.SearchHit, error)
	kind() model.EntityType
}

func (e *Entity[T]) kind() model.EntityType { return e.Kind }

// searchable are the kinds that a search across all looks through, in the order in which equal hits come.
func searchable() []sought {
	return []sought{
		Accounts,
		Contacts,
		Leads,
		Opportunities,
		Cases,
		Tasks,
		Solutions,
		Invoices,
		Estimates,
	}
}

// mostHitsOfEach is how many hits of a kind one can ask for.
const mostHitsOfEach = 25

// Search finds records of several kinds by the beginnings of their words, at most so many of each kind, the best ones first.
// Nil kinds mean all. It sends one statement for each kind, all in one message.
func Search(ctx context.Context, text string, kinds []model.EntityType, most int) ([]*model.SearchHit, error) {
	if most < 1 || most > mostHitsOfEach {
		return nil, fault.Field("first", "must be between 1 and %d", mostHitsOfEach)
	}
	words := search.Words(cut(text, longestTerm))
	if len(words) == 0 || len(words[0]) < 2 {
		return nil, fault.Field("query", "must have a word of at least 2 letters or digits")
	}
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	var all []sought
	for _, e := range searchable() {
		if (kinds == nil || slices.Contains(kinds, e.kind())) && allowed(s.viewer.Scopes, e.resource(), "read") {
			all = append(all, e)
		}
	}
	found, err := together(ctx, all, func(e sought) ([]*model.SearchHit, error) { return e.seek(ctx, words, most) })
	if err != nil {
		return nil, err
	}
	hits := slices.Concat(found...)
	slices.SortStableFunc(hits, func(a, b *model.SearchHit) int {
		switch {
		case a.IsExact == b.IsExact:
			return 0
		case a.IsExact:
			return -1
		}
		return 1
	})
	return hits, nil
}

// seek finds the best records of the entity: those in which the longest word stands whole before those in which it only
// begins one, then by the weight of the field, then the newest.
func (e *Entity[T]) seek(ctx context.Context, words []string, most int) ([]*model.SearchHit, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	limit := s.arg(most)
	with, ways := e.ways(s, words, limit)
	rows, err := e.run(ctx, s, most, with+"SELECT "+e.columns()+" FROM (SELECT c.id, max(c.rank) AS rank FROM ("+ways+") AS c"+
		" GROUP BY c.id ORDER BY rank DESC, c.id DESC LIMIT "+limit+") AS h JOIN "+e.name()+" AS t ON t.org_id = $1 AND t.id = h.id"+
		" ORDER BY h.rank DESC, t.id DESC")
	if err != nil {
		return nil, err
	}
	hits := make([]*model.SearchHit, len(rows))
	for i, r := range rows {
		hits[i] = &model.SearchHit{Node: any(r).(model.Node), Type: e.Kind, Title: any(r).(labelled).Label()}
		if e.Subtitle != nil {
			hits[i].Subtitle = e.Subtitle(r)
		}
		hits[i].IsExact = slices.ContainsFunc(e.Tokens(r), func(t Token) bool { return t.Text == words[0] })
	}
	return hits, nil
}

// What a search looks at, at most, before it brings all together that have its words.
const (
	mostLookedAt = 500    // tokens
	mostCompared = 200    // of those that fit, before the best are chosen: more are told apart by another word or letter
	mostAsked    = 10_000 // records of one viewer
)

// ways select what can be shown, with its rank. Tokens are looked at in the order of their index, where the whole word
// comes first, and each record is asked for the other words and whether the viewer sees it. When many have not led to
// enough, either each of the few records that the viewer sees is asked for the words, or all that have the words are
// brought together. Like places, what is not needed has a condition that is false before a row is read, so that one plan
// is good for all.
func (e *Entity[T]) ways(s *statement, words []string, limit string) (with, ways string) {
	tokens := "SELECT k.entity_id AS id, k.token, k.weight FROM search_token AS k WHERE " + e.begun(s, words[0])
	hits := "SELECT t.id, t.weight + CASE WHEN t.token = " + s.arg(words[0]) + " THEN 100 ELSE 0 END AS rank FROM "
	each := s.where("t", append(e.have(words[1:]), e.visible)...)
	far := " AND (SELECT so FROM far)"

	with = "WITH near AS MATERIALIZED (" + hits + "(" + tokens + " ORDER BY k.token, k.weight DESC, k.entity_id DESC LIMIT " +
		strconv.Itoa(mostLookedAt) + ") AS t WHERE " + each + " LIMIT " + strconv.Itoa(mostCompared) + ")" +
		", far AS MATERIALIZED (SELECT (SELECT count(DISTINCT id) FROM near) < " + limit +
		" AND EXISTS (" + tokens + " OFFSET " + strconv.Itoa(mostLookedAt) + ") AS so)"
	ways = "SELECT id, rank FROM near"
	if seen := e.inSight(s); seen != "" {
		with += ", " + some(seen, mostAsked)
		ways += " UNION ALL " + hits + "seen AS s CROSS JOIN LATERAL (" + tokens + " AND k.entity_id = s.id OFFSET 0) AS t WHERE " + each +
			far + " AND (SELECT so FROM few)"
		far += " AND NOT (SELECT so FROM few)"
	}
	// OFFSET 0 keeps what is asked of each record from being asked before the words have come together.
	ways += " UNION ALL " + hits + "(SELECT t.* FROM (" + tokens + ") AS t WHERE " + s.where("t", e.joined(words[1:])...) + " OFFSET 0) AS t WHERE " +
		s.where("t", e.visible) + far
	return with + " ", ways
}

// visible holds where the viewer sees the record with the id.
func (e *Entity[T]) visible(s *statement, t string) string {
	if s.where(t, e.Read.Row) == "true" {
		return ""
	}
	return e.shown(s, t, "id")
}
