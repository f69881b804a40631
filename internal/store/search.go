package store

import (
	"context"
	"reflect"
	"slices"

	"github.com/bottlecrm/bottlecrm-graphql/internal/search"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
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
	if err := e.indexCustom(ctx, v, before, after); err != nil || len(e.Search) == 0 {
		return err
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
	texts, weights := columnsOf(beyondThose(has, had))
	if len(texts) == 0 {
		return nil
	}
	add := addTokens
	if before == nil { // nothing can be there, and not to look takes a third less
		add = newTokens
	}
	return tenant.Later(ctx, add, [16]byte(v.OrgID), e.Noun, key, texts, weights)
}

// indexAll is index for new records.
func (e *Entity[T]) indexAll(ctx context.Context, v *tenant.Viewer, rows []*T) error {
	if err := e.indexAllCustom(ctx, v, rows); err != nil || len(e.Search) == 0 {
		return err
	}
	var keys [][16]byte
	var texts []string
	var weights []int16
	for _, r := range rows {
		for _, t := range e.Tokens(r) {
			keys, texts, weights = append(keys, e.key(r)), append(texts, t.Text), append(weights, t.Weight)
		}
	}
	return tenant.Later(ctx, `INSERT INTO search_token (org_id, entity, entity_id, token, weight)
		SELECT $1, $2, n.id, n.token, n.weight FROM unnest($3::uuid[], $4::text[], $5::smallint[]) AS n (id, token, weight)`,
		[16]byte(v.OrgID), e.Noun, keys, texts, weights)
}

// A token that is there, or is gone, is as it should be: what the index holds never refuses a write.
const (
	newTokens = `INSERT INTO search_token (org_id, entity, entity_id, token, weight)
		SELECT $1, $2, $3, n.token, n.weight FROM unnest($4::text[], $5::smallint[]) AS n (token, weight)`
	addTokens    = newTokens + " ON CONFLICT (org_id, entity, entity_id, token) DO UPDATE SET weight = excluded.weight"
	removeTokens = "DELETE FROM search_token WHERE org_id = $1 AND entity = $2 AND entity_id = $3 AND token = ANY($4)"
)

// beyondThose gives the tokens that the others lack.
func beyondThose(tokens, others []Token) []Token {
	there := make(map[Token]bool, len(others)) // an article has thousands
	for _, t := range others {
		there[t] = true
	}
	return slices.DeleteFunc(slices.Clone(tokens), func(t Token) bool { return there[t] })
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
	joined := min(len(words), mostJoined)
	return every(append(e.joined(words[:joined]), e.have(words[joined:])...))
}

// joined holds where each of the words begins one of the record's.
func (e *Entity[T]) joined(words []string) []Cond {
	conds := make([]Cond, len(words))
	for i, word := range words {
		conds[i] = func(s *statement, t string) string {
			return "EXISTS (SELECT FROM search_token AS k WHERE " + e.begun(s, word) + " AND k.entity_id = " + t + ".id)"
		}
	}
	return conds
}

// have is joined for a record at hand, whose own tokens are looked through. The planner has no other way: OFFSET 0 keeps it
// from collecting all that have the word, and a function from going through all of the word's tokens for each record,
// which it takes for few.
func (e *Entity[T]) have(words []string) []Cond {
	conds := make([]Cond, len(words))
	for i, word := range words {
		conds[i] = func(s *statement, t string) string {
			return "EXISTS (SELECT FROM search_token AS k WHERE " + e.tokens() + " AND k.entity_id = " + t + ".id AND starts_with(k.token, " +
				s.arg(word) + ") OFFSET 0)"
		}
	}
	return conds
}

// begun holds for the entity's tokens that a word begins.
func (e *Entity[T]) begun(s *statement, word string) string {
	low, high := search.Range(word)
	return e.tokens() + " AND k.token >= " + s.arg(low) + " AND k.token < " + s.arg(high)
}

// tokens holds for the entity's tokens, k.
func (e *Entity[T]) tokens() string { return "k.org_id = $1 AND k.entity = '" + e.Noun + "'" }
