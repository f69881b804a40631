package store

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/bottlecrm/bottlecrm-graphql/internal/fault"
	"github.com/bottlecrm/bottlecrm-graphql/internal/search"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// Free text is sought in the table search_token. Every write of a record keeps its tokens, in the same transaction; what
// was there before the table, and what other rules for tokens left, is put right by RebuildSearch (reindex.go).

// Token is where a word of a record begins, and how much the field weighs that the word stands in.
type Token struct {
	Text   string
	Weight int16
}

// Tokens are what a record is found by: the words of the entity's search columns, the first of which weighs most. A word
// that stands in two of them has the weight of the first.
func (e *Entity[T]) Tokens(r *T) []Token {
	var out []Token
	seen := map[string]bool{}
	v := reflect.ValueOf(r).Elem()
	for i, column := range e.Search {
		field := v.FieldByIndex(e.field(column).Index)
		if field.Kind() == reflect.Pointer {
			if field.IsNil() {
				continue
			}
			field = field.Elem()
		}
		for _, text := range search.Tokens(field.String()) {
			if !seen[text] {
				seen[text] = true
				out = append(out, Token{text, int16(len(e.Search) - i)})
			}
		}
	}
	return out
}

// index keeps the tokens of a record that was written: before is nil for a new one, after for one that is gone.
func (e *Entity[T]) index(ctx context.Context, v *tenant.Viewer, before, after *T) error {
	if len(e.Search) == 0 {
		return nil
	}
	var had, has []Token
	var key [16]byte
	for _, state := range []struct {
		row    *T
		tokens *[]Token
	}{{before, &had}, {after, &has}} {
		if state.row != nil {
			*state.tokens, key = e.Tokens(state.row), e.key(state.row)
		}
	}
	if texts, _ := columnsOf(beyondThose(had, has)); len(texts) > 0 {
		if err := tenant.Later(ctx, removeTokens, [16]byte(v.OrgID), e.Noun, key, texts); err != nil {
			return err
		}
	}
	if texts, weights := columnsOf(beyondThose(has, had)); len(texts) > 0 {
		return tenant.Later(ctx, addTokens, [16]byte(v.OrgID), e.Noun, key, texts, weights)
	}
	return nil
}

// A token that is there, or is gone, is as it should be: what the index holds never refuses a write.
const (
	addTokens = `INSERT INTO search_token (org_id, entity, entity_id, token, weight)
		SELECT $1, $2, $3, n.token, n.weight FROM unnest($4::text[], $5::smallint[]) AS n (token, weight)
		ON CONFLICT (org_id, entity, entity_id, token) DO UPDATE SET weight = excluded.weight`
	removeTokens = "DELETE FROM search_token WHERE org_id = $1 AND entity = $2 AND entity_id = $3 AND token = ANY($4)"
)

// beyondThose gives the tokens that the others lack.
func beyondThose(tokens, others []Token) []Token {
	return slices.DeleteFunc(slices.Clone(tokens), func(t Token) bool { return slices.Contains(others, t) })
}

func columnsOf(tokens []Token) (texts []string, weights []int16) {
	for _, t := range tokens {
		texts, weights = append(texts, t.Text), append(weights, t.Weight)
	}
	return texts, weights
}

// first is the first value that is there.
func first[V any](values ...*V) *V {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

// Matches holds where each word of the search begins one of the record's. A text without words is no search.
func (e *Entity[T]) Matches(text *string) Cond {
	if text == nil {
		return nil
	}
	return e.foundBy(search.Words(cut(*text, longestTerm)))
}

// mostJoined is how many words are joined to a list. Each join more takes longer to plan than all the others together.
const mostJoined = 2

// foundBy holds where each of the words begins one of the record's. The first, which are the longest, are joined, for the
// planner to begin with the records that have them or to go through the list until enough of them have come: such a
// list is planned for its values. The others are looked up of what it has found.
func (e *Entity[T]) foundBy(words []string) Cond {
	if len(words) == 0 {
		return nil
	}
	return func(s *statement, t string) string {
		parts := make([]string, len(words))
		for i, word := range words {
			if i < mostJoined {
				parts[i] = "EXISTS (" + e.begun(s, t, word) + ")"
			} else {
				parts[i] = e.has(s, t, word)
			}
		}
		return strings.Join(parts, " AND ")
	}
}

// has holds where a word begins one of the record's, and has each record look for itself: OFFSET 0 keeps the planner from
// collecting all that have the word.
func (e *Entity[T]) has(s *statement, t, word string) string {
	return "EXISTS (" + e.begun(s, t, word) + " OFFSET 0)"
}

func (e *Entity[T]) begun(s *statement, t, word string) string {
	low, high := search.Range(word)
	return "SELECT FROM search_token AS k WHERE " + e.indexed("k") + " AND k.entity_id = " + t + ".id AND k.token >= " + s.arg(low) +
		" AND k.token < " + s.arg(high)
}

// indexed holds for the entity's tokens.
func (e *Entity[T]) indexed(k string) string {
	return k + ".org_id = $1 AND " + k + ".entity = '" + e.Noun + "'"
}

// sought is an entity that a search across all kinds looks through.
type sought interface {
	resource() string
	seek(ctx context.Context, words []string, first int) ([]*model.SearchHit, error)
	kind() model.EntityType
}

func (e *Entity[T]) kind() model.EntityType { return e.Kind }

// searchable are the kinds that a search across all looks through, in the order in which equal hits come.
func searchable() []sought { return []sought{Accounts, Contacts, Leads, Opportunities, Cases, Tasks} }

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
	found, errs := make([][]*model.SearchHit, len(all)), make([]error, len(all))
	fns := make([]func(), len(all))
	for i, e := range all {
		fns[i] = func() { found[i], errs[i] = e.seek(ctx, words, most) }
	}
	tenant.Together(ctx, fns)
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
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

// mostCandidates bounds how many beginnings of words are compared before the best are chosen. More than that are told
// apart by another word or another letter.
const mostCandidates = 200

// seek finds the best records of the entity: those in which the longest word stands whole before those in which it only
// begins one, then by the weight of the field, then the newest. Tokens are read in the order of their index, where the
// whole word comes first, until enough of their records fit: so no more is read than looked at.
func (e *Entity[T]) seek(ctx context.Context, words []string, most int) ([]*model.SearchHit, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	low, high := search.Range(words[0])
	word, end := s.arg(low), s.arg(high)
	others := func(s *statement, t string) (text string) {
		for i, word := range words[1:] {
			if i > 0 {
				text += " AND "
			}
			text += e.has(s, t, word)
		}
		return text
	}
	rows, err := e.run(ctx, s, most, "SELECT "+e.columns()+" FROM (SELECT c.id, max(c.rank) AS rank FROM ("+
		"SELECT k.entity_id AS id, k.weight + CASE WHEN k.token = "+word+" THEN 100 ELSE 0 END AS rank FROM search_token AS k WHERE "+e.indexed("k")+
		" AND k.token >= "+word+" AND k.token < "+end+" AND EXISTS (SELECT FROM "+e.name()+" AS t WHERE t.id = k.entity_id AND "+
		s.where("t", e.ofTenant, e.Read.Row, others)+" OFFSET 0) ORDER BY k.token, k.weight DESC, k.entity_id DESC LIMIT "+strconv.Itoa(mostCandidates)+
		") AS c GROUP BY c.id ORDER BY rank DESC, c.id DESC LIMIT "+s.arg(most)+") AS h JOIN "+e.name()+
		" AS t ON t.org_id = $1 AND t.id = h.id ORDER BY h.rank DESC, t.id DESC")
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
