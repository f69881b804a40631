package store

import (
	"context"
	"fmt"
	"reflect"
	"slices"
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
	for _, step := range []struct {
		text   string
		tokens []Token
	}{{removeTokens, beyondThose(had, has)}, {addTokens, beyondThose(has, had)}} {
		if len(step.tokens) == 0 {
			continue
		}
		texts, weights := columnsOf(step.tokens)
		if err := tenant.Later(ctx, step.text, [16]byte(v.OrgID), e.Noun, key, texts, weights); err != nil {
			return err
		}
	}
	return nil
}

// A token that is there, or is gone, is as it should be: what the index holds never refuses a write.
const (
	addTokens = `INSERT INTO search_token (org_id, entity, entity_id, token, weight)
		SELECT $1, $2, $3, n.token, n.weight FROM unnest($4::text[], $5::smallint[]) AS n (token, weight) ON CONFLICT DO NOTHING`
	removeTokens = `DELETE FROM search_token AS k USING unnest($4::text[], $5::smallint[]) AS n (token, weight)
		WHERE k.org_id = $1 AND k.entity = $2 AND k.entity_id = $3 AND k.token = n.token AND k.weight = n.weight`
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

// Matches holds where each word of the search begins one of the record's.
func (e *Entity[T]) Matches(text *string) Cond {
	if text == nil {
		return nil
	}
	return e.foundBy(search.Words(cut(*text, longestTerm)))
}

func (e *Entity[T]) foundBy(words []string) Cond {
	return func(s *statement, t string) string {
		parts := make([]string, len(words))
		for i, word := range words {
			low, high := search.Range(word)
			parts[i] = t + ".id IN (SELECT k.entity_id FROM search_token AS k WHERE k.org_id = $1 AND k.entity = '" + e.Noun +
				"' AND k.token >= " + s.arg(low) + " AND k.token < " + s.arg(high) + ")"
		}
		return strings.Join(parts, " AND ")
	}
}

// sought is an entity that a search across all kinds looks through.
type sought interface {
	resource() string
	seek(ctx context.Context, words []string, first int) ([]*model.SearchHit, error)
	kind() model.EntityType
}

func (e *Entity[T]) kind() model.EntityType { return e.Kind }

// searchable are the kinds that a search across all looks through, in the order in which equal hits come.
func searchable() []sought { return []sought{Accounts, Contacts, Leads, Opportunities, Tasks} }

// mostHitsOfEach is how many hits of a kind one can ask for.
const mostHitsOfEach = 25

// Search finds records of several kinds by the beginnings of their words, at most so many of each kind, the best ones first.
// No kinds mean all. It sends one statement for each kind, all in one message.
func Search(ctx context.Context, text string, kinds []model.EntityType, most int) ([]*model.SearchHit, error) {
	if most < 1 || most > mostHitsOfEach {
		return nil, fault.Field("first", "must be between 1 and %d", mostHitsOfEach)
	}
	words := search.Words(cut(text, longestTerm))
	if len(words) == 0 {
		return nil, fault.Field("query", "must have a word of at least 2 letters or digits")
	}
	s, err := begin(ctx, "", "")
	if err != nil {
		return nil, err
	}
	var all []sought
	for _, e := range searchable() {
		if (len(kinds) == 0 || slices.Contains(kinds, e.kind())) && allowed(s.viewer.Scopes, e.resource(), "read") {
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

// mostCandidates bounds how many beginnings of words are looked at before the best are chosen. More than that are told
// apart by another word or another letter.
const mostCandidates = 200

// seek finds the best records of the entity: those in which the longest word stands whole before those in which it only
// begins one, then by the weight of the field, then the newest. Both kinds are read from the end of a range of the index,
// so that no more is read than looked at.
func (e *Entity[T]) seek(ctx context.Context, words []string, most int) ([]*model.SearchHit, error) {
	s, err := begin(ctx, e.Resource, "read")
	if err != nil {
		return nil, err
	}
	longest := slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) })
	_, high := search.Range(longest)
	word, end, limit := s.arg(longest), s.arg(high), s.arg(most)
	others := slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == longest })
	where := s.where("t", e.ofTenant, e.Read.Row, e.foundBy(others))
	candidates := func(exact, tokens, most string) string {
		return "(SELECT t.id, k.weight, " + exact + " AS exact FROM search_token AS k JOIN " + e.name() + " AS t ON t.org_id = $1 AND t.id = k.entity_id" +
			" WHERE k.org_id = $1 AND k.entity = '" + e.Noun + "' AND " + tokens + " AND " + where +
			" ORDER BY k.token DESC, k.weight DESC, k.entity_id DESC LIMIT " + most + ")"
	}
	rows, err := e.run(ctx, s, most, "SELECT "+e.columns()+" FROM (SELECT c.id, bool_or(c.exact) AS exact, max(c.weight) AS weight FROM ("+
		candidates("true", "k.token = "+word, limit)+" UNION ALL "+
		candidates("false", "k.token > "+word+" AND k.token < "+end, fmt.Sprint(mostCandidates))+
		") AS c GROUP BY c.id ORDER BY exact DESC, weight DESC, c.id DESC LIMIT "+limit+") AS h JOIN "+e.name()+
		" AS t ON t.org_id = $1 AND t.id = h.id ORDER BY h.exact DESC, h.weight DESC, t.id DESC")
	if err != nil {
		return nil, err
	}
	hits := make([]*model.SearchHit, len(rows))
	for i, r := range rows {
		hits[i] = &model.SearchHit{Node: any(r).(model.Node), Type: e.Kind, Title: any(r).(labelled).Label()}
		if e.Subtitle != nil {
			hits[i].Subtitle = e.Subtitle(r)
		}
		hits[i].IsExact = slices.ContainsFunc(e.Tokens(r), func(t Token) bool { return t.Text == longest })
	}
	return hits, nil
}
