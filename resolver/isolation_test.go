package resolver_test

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/apitest"
	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// What one organization stores does not exist for another. These tests are generated over the schema: a new field or
// input is covered as soon as it stands there.

func TestForeignIDsAreUnknownIDs(t *testing.T) {
	t.Parallel()
	env := apitest.New(t)
	acme, globex := env.World(t, env.Acme), env.World(t, env.Globex)
	acme.Fill(t, 1)
	globex.Fill(t, 1)
	before := env.Dump(t, env.Globex)

	tried := 0
	for root, f := range rootFields() {
		for _, p := range apitest.Positions(f) {
			if p.Type.Name() != "ID" {
				continue
			}
			for _, kind := range kindsAt(t, f, p) {
				t.Run(f.Name+" takes no foreign "+kind+" as "+p.String(), func(t *testing.T) {
					foreign := globex.IDs[kind][len(globex.IDs[kind])-1]
					if strings.HasSuffix(f.Name, "Invoice") || strings.HasSuffix(f.Name, "Estimate") {
						acme.Make(t, "Contact", "accountId") // who goes with every account
						for _, bill := range []string{"Invoice", "Estimate", "RecurringInvoice"} {
							acme.Make(t, bill)
						}
					}
					switch f.Name {
					case "updateTask":
						acme.Make(t, "Task") // one that is about nothing yet: it can be about one thing only
					case "moveCase":
						acme.Make(t, "Case") // the last one is part of a tree
					case "moveLead":
						acme.Make(t, "Lead") // the last one is converted, and that is final
					}
					if f.Name == "mergeTags" { // one of the two is archived by it
						tags := acme.IDs["Tag"]
						defer func() { acme.IDs["Tag"] = tags }()
						acme.Make(t, "Tag")
					}
					o := acme.Required(t, root, f, p.Path...)
					if p.Name() == "mentionIds" { // comments on cases mention members
						o = o.With(apitest.In("entityType"), "CASE").With(apitest.In("entityId"), acme.IDs["Case"][0])
					}
					theirs, nobodys := answer(t, acme, o, p, foreign), answer(t, acme, o, p, id.New[id.ID]().String())
					if theirs != nobodys {
						t.Errorf("it can be told apart from an id of nothing:\n%s\n%s", theirs, nobodys)
					}
					if root.Name == "Mutation" && !strings.Contains(theirs, `"code"`) {
						t.Errorf("it was accepted: %s", theirs)
					}
					if p.Name() == "stageIds" && root.Name == "Mutation" { // all stages of a pipeline, which one id is not
						return
					}
					// The refusal is about the id: with one's own the same operation works.
					ownKey := ownID(t, acme, kind)
					if strings.HasSuffix(f.Name, "BoardTask") && p.Name() == "assignedToIds" {
						ownKey = acme.Org.Admin.ProfileID.String() // who is on the board
					}
					for _, step := range earlier[f.Name] {
						taken := apitest.Input{"id": ownKey}
						if step == "merge" {
							taken["intoId"] = acme.IDs["Case"][0]
						}
						acme.Admin.Try(t, step, kind, taken)
					}
					if f.Name == "restoreTag" { // it takes what is archived
						acme.Admin.Update(t, kind, ownKey, apitest.Input{"isActive": false})
					}
					if f.Name == "markInvoiceViewed" { // it takes what was sent
						acme.Admin.Try(t, "send", kind, apitest.Input{"id": ownKey})
					}
					if slices.Contains([]string{"createInvoice", "createEstimate", "createRecurringInvoice"}, f.Name) { // in which the product has its price
						o = o.With(apitest.In("currency"), "EUR")
					}
					readyForOperation(t, env, acme, f.Name, kind, ownKey)
					own := o.With(p, value(p, ownKey))
					if stages, ok := strings.CutPrefix(f.Name, "reorder"); ok {
						own = own.With(apitest.In("stageIds"), stagesOf(t, acme, stages, ownKey))
					}
					acme.Admin.Do(t, own.Text(), own.Variables)
				})
				tried++
			}
		}
	}
	if tried < 100 {
		t.Errorf("only %d ids were tried: the walk over the schema misses most of it", tried)
	}
	t.Run("nothing of the other organization has changed", func(t *testing.T) {
		if after := env.Dump(t, env.Globex); !slices.Equal(before, after) {
			t.Errorf("before:\n%s\nafter:\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
		}
	})
}

// earlier are the steps that a record must have taken before a mutation takes it.
var earlier = map[string][]string{
	"reopenCase": {"close"}, "unmergeCase": {"merge"},
	"approveSolution": {"review"}, "publishSolution": {"review", "approve"}, "unpublishSolution": {"review", "approve", "publish"},
	"reviseSolution": {"review"},
}

// answer is the answer's body with everything in it that has to differ taken out.
func answer(t *testing.T, w *apitest.World, o apitest.Operation, p apitest.Position, key string) string {
	t.Helper()
	o = o.With(p, value(p, key))
	r := w.Admin.Send(t, o.Text(), o.Variables)
	body := strings.ReplaceAll(r.Body, key, "ID")
	for _, e := range r.Errors {
		body = strings.ReplaceAll(body, e.Extensions.RequestID, "REQUEST")
	}
	return body
}

func value(p apitest.Position, key string) any {
	if p.Type.Elem != nil {
		return []string{key}
	}
	return key
}

// ownID is a record of one's own that nothing else needs: it may be deleted or converted.
func ownID(t *testing.T, w *apitest.World, kind string) string {
	t.Helper()
	if has := w.IDs[kind]; !slices.Contains([]string{"Organization", "User", "Activity", "SecurityAuditLog", "InvoiceHistory", "InvoiceLineItem", "EstimateLineItem", "RecurringInvoiceLineItem", "CommentFile"}, kind) {
		defer func() { w.IDs[kind] = has }()
		return w.Make(t, kind)
	}
	return w.IDs[kind][0]
}

// stagesOf are the stages of a pipeline.
func stagesOf(t *testing.T, w *apitest.World, kind, key string) []string {
	t.Helper()
	r := w.Admin.Do(t, "query($id: ID!) { node(id: $id) { ... on "+kind+" { stages { id } } } }", map[string]any{"id": key})
	var ids []string
	for i := 0; r.Text(t, fmt.Sprintf("node.stages.%d.id", i)) != ""; i++ {
		ids = append(ids, r.Text(t, fmt.Sprintf("node.stages.%d.id", i)))
	}
	return ids
}

func kindsAt(t *testing.T, f *ast.FieldDefinition, p apitest.Position) []string {
	t.Helper()
	if kind := apitest.KindOf(t, f, p); kind != "" {
		return []string{kind}
	}
	var all []string
	for _, def := range server.Schema().GetPossibleTypes(server.Schema().Types["Node"]) {
		all = append(all, def.Name)
	}
	return all
}

func rootFields() func(yield func(*ast.Definition, *ast.FieldDefinition) bool) {
	return func(yield func(*ast.Definition, *ast.FieldDefinition) bool) {
		for _, root := range []*ast.Definition{server.Schema().Query, server.Schema().Mutation} {
			for _, f := range apitest.Fields(root) {
				if !yield(root, f) {
					return
				}
			}
		}
	}
}

func TestAnswersHoldNothingOfOthers(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	acme, globex := env.World(t, env.Acme), env.World(t, env.Globex)
	acme.Fill(t, 1)
	globex.Fill(t, 1)
	mirror := map[*apitest.World]*apitest.World{acme: globex, globex: acme}
	texts := map[*apitest.World]map[string]bool{acme: apitest.Texts(t, env.Dump(t, env.Acme)), globex: apitest.Texts(t, env.Dump(t, env.Globex))}

	for w, other := range mirror {
		secrets := maps.Clone(texts[other])
		maps.DeleteFunc(secrets, func(text string, _ bool) bool { return texts[w][text] })
		for name, c := range map[string]*apitest.Client{"admin": w.Admin, "member": w.Member} {
			t.Run(w.Org.Name+"'s "+name+" reads nothing of "+other.Org.Name, func(t *testing.T) {
				seen := map[string]bool{} // kinds
				for what, o := range w.Queries(t) {
					r := c.Send(t, o.Text(), o.Variables)
					for secret := range secrets {
						if strings.Contains(r.Body, secret) {
							t.Errorf("%s shows %q of the other organization:\n%s", what, secret, o.Text())
						}
					}
					for kind, keys := range w.IDs {
						seen[kind] = seen[kind] || slices.ContainsFunc(keys, func(key string) bool { return strings.Contains(r.Body, key) })
					}
				}
				for kind := range w.IDs {
					if name == "admin" && !seen[kind] {
						t.Errorf("no answer shows any %s: the queries ask for too little to prove anything", kind)
					}
				}
			})
		}
	}
}

func TestOthersRowsDoNotTouchAnswers(t *testing.T) {
	t.Parallel()
	env := apitest.New(t, apitest.Everything)
	acme, globex := env.World(t, env.Acme), env.World(t, env.Globex)
	acme.Fill(t, 2)
	globex.Fill(t, 1)
	queries := acme.Queries(t)
	before := map[string]string{}
	for what, o := range queries {
		before[what] = lasting(acme.Admin.Do(t, o.Text(), o.Variables).Body)
	}
	globex.Fill(t, 10)
	for what, o := range queries {
		if after := lasting(acme.Admin.Do(t, o.Text(), o.Variables).Body); after != before[what] {
			t.Errorf("%s:\nbefore %s\nafter  %s", what, before[what], after)
		}
	}
}

// lasting is an answer without what is another a second later: until when its links work.
func lasting(answer string) string { return fleeting.ReplaceAllString(answer, "") }

var fleeting = regexp.MustCompile(`expires=\d+&|signature=[\w-]+&`)
