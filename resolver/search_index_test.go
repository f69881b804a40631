package resolver_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/store"
)

// index is what search_token holds of an organization.
func index(t *testing.T, env *apitest.Env, org *apitest.Org) []string {
	t.Helper()
	all := env.Above(t, "SELECT entity || ' ' || entity_id || ' ' || token || ' ' || weight FROM search_token WHERE org_id = $1", [16]byte(org.ID))
	slices.Sort(all)
	return all
}

// shouldBe is what it has to hold, by the rows.
func shouldBe(t *testing.T, env *apitest.Env, org *apitest.Org) []string {
	t.Helper()
	all := slices.Concat(tokens(t, env, org, store.Accounts), tokens(t, env, org, store.Contacts), tokens(t, env, org, store.Leads),
		tokens(t, env, org, store.Opportunities), tokens(t, env, org, store.Cases), tokens(t, env, org, store.Solutions), tokens(t, env, org, store.Tasks), tokens(t, env, org, store.Documents), tokens(t, env, org, store.Teams), tokens(t, env, org, store.Tags),
		tokens(t, env, org, store.Products), tokens(t, env, org, store.Invoices),
		tokens(t, env, org, store.Estimates), tokens(t, env, org, store.RecurringInvoices))
	slices.Sort(all)
	return all
}

func tokens[T any](t *testing.T, env *apitest.Env, org *apitest.Org, e *store.Entity[T]) (all []string) {
	t.Helper()
	var rows []*T
	if err := env.Backend.DB.In(t.Context(), org.ID, func(ctx context.Context, tx bun.Tx) error {
		return tx.NewSelect().Model(&rows).Where("t.org_id = ?", org.ID).Scan(ctx)
	}); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		for _, token := range e.Tokens(r) {
			all = append(all, fmt.Sprintf("%s %s %s %d", e.Noun, id.ID(any(r).(interface{ Key() [16]byte }).Key()), token.Text, token.Weight))
		}
	}
	return all
}

// isIndexed checks that each organization's index is what its records say, and that a rebuilding thinks so too.
func isIndexed(t *testing.T, env *apitest.Env, after string) {
	t.Helper()
	for _, org := range []*apitest.Org{env.Acme, env.Globex} {
		if got, want := index(t, env, org), shouldBe(t, env, org); !slices.Equal(got, want) {
			t.Errorf("after %s %s lacks %q and has %q too much", after, org.Name, beyond(want, got), beyond(got, want))
		}
		if changed, err := store.RebuildSearch(t.Context(), env.Backend.DB, org.ID); err != nil || changed != (store.Reindexed{}) {
			t.Errorf("after %s a rebuilding changes %+v, %v", after, changed, err)
		}
	}
}

// beyond gives what the others lack.
func beyond(list, others []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool {
		_, found := slices.BinarySearch(others, s)
		return found
	})
}

// fresh is a new value for each search column.
var fresh = map[string]string{"name": "Brand new-name", "title": "Brand new title", "description": "Brand-new article", "first_name": "Jean-Luc", "last_name": "O'Neill", "company_name": "Neu & Söhne",
	"organization": "Neu & Söhne", "website": "https://neu.example/x-y", "email": "jean.luc@neu.example", "phone": "+49 (30) 901820", "city": "Bad Tölz", "sku": "NEU-77/b", "category": "Ganz neu"}

// columns are the search columns of each kind.
var columns = map[string][]string{"Account": store.Accounts.Search, "Contact": store.Contacts.Search, "Lead": store.Leads.Search,
	"Opportunity": store.Opportunities.Search, "Case": store.Cases.Search, "Solution": store.Solutions.Search, "Task": store.Tasks.Search, "Document": store.Documents.Search, "Team": store.Teams.Search, "Tag": store.Tags.Search,
	"Product": store.Products.Search}

// camel spells a column as the schema does.
func camel(column string) string {
	words := strings.Split(column, "_")
	for i := 1; i < len(words); i++ {
		words[i] = strings.ToUpper(words[i][:1]) + words[i][1:]
	}
	return strings.Join(words, "")
}

func TestEveryWriteKeepsTheIndex(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	for _, org := range []*apitest.Org{env.Acme, env.Globex} {
		env.World(t, org).Fill(t, 2)
	}
	isIndexed(t, env, "creations of every kind")
	if n := len(index(t, env, env.Acme)); n < 200 {
		t.Errorf("%d tokens prove little", n)
	}

	for kind, columns := range columns {
		list := lower(kind) + "s"
		if l, ok := lists[kind]; ok {
			list = l
		}
		key := admin.Create(t, kind, apitest.Input{})
		for i, column := range columns {
			field, value := camel(column), fresh[column]
			admin.Update(t, kind, key, apitest.Input{field: value})
			if got := listed(t, admin, list, value); !slices.Contains(got, key) {
				t.Errorf("%s.%s is not found by %q", kind, field, value)
			}
			r := admin.TryUpdate(t, kind, key, apitest.Input{field: nil})
			if refusal := r.Refusal(); refusal != "" && refusal != "INVALID "+field {
				t.Errorf("%s.%s: %s", kind, field, r.Body)
			} else if got := listed(t, admin, list, value); (refusal == "") == slices.Contains(got, key) {
				t.Errorf("%s.%s was cleared (%q) and is found by %q: %v", kind, field, refusal, value, got)
			}
			admin.Update(t, kind, key, apitest.Input{field: value, camel(columns[(i+1)%len(columns)]): fresh[columns[(i+1)%len(columns)]]})
		}
		isIndexed(t, env, "updates of "+kind)
		if len(columns) > 1 { // the word stays, and weighs something else
			admin.Update(t, kind, key, apitest.Input{camel(columns[0]): "Shift", camel(columns[len(columns)-1]): "Shift over"})
			admin.Update(t, kind, key, apitest.Input{camel(columns[0]): "Other"})
			admin.Update(t, kind, key, apitest.Input{camel(columns[0]): "Over shift"})
			isIndexed(t, env, "a word that moves between columns of "+kind)
		}
		if r := admin.TryDelete(t, kind, key); r.Refusal() != "" {
			t.Errorf("%s: %s", kind, r.Body)
		}
		if left := env.Above(t, "SELECT token FROM search_token WHERE entity_id = $1", key); len(left) > 0 {
			t.Errorf("a deleted %s leaves %v", kind, left)
		}
		isIndexed(t, env, "a deletion of "+kind)
	}

	t.Run("conversions", func(t *testing.T) {
		for path, convert := range conversions(admin) {
			convert(t, apitest.Input{"companyName": "New " + path, "firstName": "Ann", "lastName": "Öz", "email": path + "@new.example", "phone": "+1 212 555 0100"})
			admin.Create(t, "Account", apitest.Input{"name": "Known " + path})
			admin.Create(t, "Contact", apitest.Input{"email": path + "@known.example"})
			convert(t, apitest.Input{"companyName": "KNOWN " + path, "lastName": "Doe", "email": strings.ToUpper(path) + "@known.example"})
			isIndexed(t, env, "conversions by "+path)
		}
		if got := find(t, admin, "ann oz"); len(got) < 6 {
			t.Errorf("what they made is not found: %v", got)
		}
	})
	t.Run("a tag that is restored under another spelling", func(t *testing.T) {
		key := admin.Create(t, "Tag", apitest.Input{"name": "Très vieux"})
		admin.Update(t, "Tag", key, apitest.Input{"isActive": false})
		if again := admin.Create(t, "Tag", apitest.Input{"name": "TRÈS-Vieux!"}); again != key {
			t.Fatalf("%s is not %s", again, key)
		}
		isIndexed(t, env, "a restoration")
	})
	t.Run("a write is never refused for what the index holds, and puts that right", func(t *testing.T) {
		key := admin.Create(t, "Lead", apitest.Input{"title": "Gone astray"})
		env.Above(t, "INSERT INTO search_token (org_id, entity, entity_id, token, weight) VALUES ($1, 'lead', $2, 'driftwood', 99)", [16]byte(env.Acme.ID), key)
		env.Above(t, "DELETE FROM search_token WHERE entity_id = $1 AND token = 'astray'", key)
		admin.Update(t, "Lead", key, apitest.Input{"title": "Driftwood"})
		isIndexed(t, env, "a change of a record whose tokens were wrong")
	})
	t.Run("an organization that goes takes its tokens along", func(t *testing.T) {
		gone := env.Organization(t, "Gone", "USD", "UTC")
		gone.Admin.Create(t, "Lead", nil)
		env.Above(t, "DELETE FROM organization WHERE id = $1", [16]byte(gone.ID))
		if left := index(t, env, gone); len(left) > 0 {
			t.Errorf("%v", left)
		}
	})
}

func TestWhatIsRolledBackIsNotIndexed(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	admin := env.Acme.Admin
	lead := admin.Create(t, "Lead", apitest.Input{"title": "Solid", "companyName": "Dunder", "email": "m@dunder.example"})
	other := admin.Create(t, "Lead", apitest.Input{"title": "Other"})
	before := index(t, env, env.Acme)
	fails := `bad: updateLead(input: {id: "` + nobody + `"}) { lead { id } }`
	limited := env.Limited(t, env.Acme, admin, "leads:read", "leads:write", "accounts:read", "accounts:write", "contacts:read", "contacts:write")
	for fact, r := range map[string]*apitest.Response{
		"a creation":   admin.Send(t, `mutation { createLead(input: {title: "Ghost"}) { lead { id } } `+fails+` }`, nil),
		"a change":     admin.Send(t, `mutation { updateLead(input: {id: "`+lead+`", title: "Ghost"}) { lead { id } } `+fails+` }`, nil),
		"a deletion":   admin.Send(t, `mutation { deleteLead(input: {id: "`+other+`"}) { deletedId } `+fails+` }`, nil),
		"a conversion": limited.Try(t, "convert", "Lead", apitest.Input{"id": lead}),
		"a refusal":    admin.TryUpdate(t, "Lead", lead, apitest.Input{"title": "Ghost", "version": 7}),
	} {
		if r.Code() == "" {
			t.Errorf("%s succeeds: %s", fact, r.Body)
		}
		if after := index(t, env, env.Acme); !slices.Equal(after, before) {
			t.Errorf("%s leaves %q and takes %q", fact, beyond(after, before), beyond(before, after))
		}
	}
	for query, n := range map[string]int{"ghost": 0, "solid": 1, "other": 1} {
		if got := find(t, admin, query); len(got) != n {
			t.Errorf("%s: %v", query, got)
		}
	}
	isIndexed(t, env, "rollbacks")
}

func lower(kind string) string { return strings.ToLower(kind[:1]) + kind[1:] }
