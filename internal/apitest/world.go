package apitest

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// World is an organization with records of every kind, linked with each other, every text of which carries the
// organization's mark.
type World struct {
	Org           *Org
	Admin, Member *Client // by sessions: a personal access token may not manage members and tokens
	IDs           map[string][]string
	Front         bool // new records come before those of IDs: the last one of each kind, which inputs name, stays

	sampler       Sampler
	byName        map[string]*ast.FieldDefinition
	hasUnattached bool
}

// makers are the mutations that make a record of each kind, in an order in which each finds what it can be linked to.
var makers = []struct{ kind, field string }{
	{"Profile", "inviteMember"},
	{"CustomFieldDefinition", "createCustomFieldDefinition"},
	{"Tag", "createTag"},
	{"Team", "createTeam"},
	{"Account", "createAccount"},
	{"Contact", "createContact"},
	{"LeadPipeline", "createLeadPipeline"},
	{"LeadStage", "createLeadStage"},
	{"CasePipeline", "createCasePipeline"},
	{"CaseStage", "createCaseStage"},
	{"TaskPipeline", "createTaskPipeline"},
	{"TaskStage", "createTaskStage"},
	{"Lead", "createLead"},
	{"Opportunity", "createOpportunity"},
	{"Case", "createCase"},
	{"Solution", "createSolution"},
	{"Task", "createTask"},
	{"Product", "createProduct"},
	{"OpportunityLineItem", "createOpportunityLineItem"},
	{"InvoiceTemplate", "createInvoiceTemplate"},
	{"Invoice", "createInvoice"},
	{"Payment", "createPayment"},
	{"Estimate", "createEstimate"},
	{"RecurringInvoice", "createRecurringInvoice"},
	{"PortalLink", "createPortalLink"},
	{"Comment", "createComment"},
	{"Attachment", "createAttachment"},
	{"Document", "createDocument"},
	{"Board", "createBoard"},
	{"BoardColumn", "createBoardColumn"},
	{"BoardMember", "createBoardMember"},
	{"BoardTask", "createBoardTask"},
	{"PersonalAccessToken", "createPersonalAccessToken"},
	{"ApiSettings", "createApiSettings"},
	{"AccountEmail", "sendAccountEmail"},
	{"Notification", ""}, // made by the way
}

// parents are fields of a task of which only one can be given.
var parents = []string{"accountId", "opportunityId", "leadId", "caseId"}

// discordant are fields that do not go with the others, of records that are made with all they can say.
var discordant = map[string][]string{"Task": parents, "Case": {"closedOn", "parentId"}, // an open case has not ended, and trees are low
	"PortalLink":            {"invoiceId"},
	"CustomFieldDefinition": {"options", "isRequired"}, // a text has none, and nothing else here gives values
	"Comment":               {"mentionIds"}}            // it is on an account

// World signs an admin and a member of the organization in and prepares the making of records; there are none yet.
func (e *Env) World(t testing.TB, org *Org) *World {
	t.Helper()
	w := &World{Org: org, Admin: e.SignedIn(t, org, org.Admin), Member: e.SignedIn(t, org, org.Member), byName: map[string]*ast.FieldDefinition{}}
	w.IDs = map[string][]string{"Organization": {org.ID.String()},
		"Profile": {org.Admin.ProfileID.String(), org.Member.ProfileID.String(), org.Second.ProfileID.String()}}
	w.sampler = Sampler{Mark: "of-" + org.Name, ID: func(kind string) []string { return w.IDs[kind] }}
	for _, f := range Fields(server.Schema().Mutation) {
		w.byName[f.Name] = f
	}
	return w
}

// Maker is the mutation that makes a record of a kind; nil when none does.
func Maker(kind string) *ast.FieldDefinition {
	for _, m := range makers {
		if m.kind == kind {
			return server.Schema().Mutation.Fields.ForName(m.field)
		}
	}
	return nil
}

// Fill adds n records of every kind, and has one lead more converted.
func (w *World) Fill(t testing.TB, n int) {
	t.Helper()
	w.Add(t, n)
	w.link(t)
}

// Add adds n records of every kind and no more.
func (w *World) Add(t testing.TB, n int) {
	t.Helper()
	for _, m := range makers {
		for i := range n {
			switch m.kind {
			case "Task":
				for _, parent := range parents {
					w.Make(t, m.kind, slices.DeleteFunc(slices.Clone(parents), func(p string) bool { return p == parent })...)
				}
			case "Comment", "Attachment":
				w.note(t, m.kind, i)
			default:
				w.Make(t, m.kind)
			}
		}
	}
}

func (w *World) link(t testing.TB) {
	t.Helper()
	for _, kind := range []string{"Account", "Team"} { // what they are linked to came after them
		for _, key := range w.IDs[kind] {
			w.run(t, "update"+kind, func(o Operation) Operation { return o.With(In("id"), key) })
		}
	}
	w.run(t, "convertLead", func(o Operation) Operation { return o.With(In("id"), w.Make(t, "Lead")) })
	w.bills(t)
	w.relate(t)
	w.look(t)
}

// relate merges a case, puts one under another, which stays the last, and links a solution.
func (w *World) relate(t testing.TB) {
	t.Helper()
	id, newest := In("id"), last(w.IDs["Case"]) // what the newest task is about
	w.run(t, "mergeCase", func(o Operation) Operation {
		return o.With(id, w.Make(t, "Case")).With(In("intoId"), newest)
	})
	w.run(t, "updateCase", func(o Operation) Operation {
		return o.With(id, w.Make(t, "Case")).With(In("parentId"), newest)
	}, discordant["Case"]...)
	w.run(t, "linkSolution", func(o Operation) Operation { return o })
}

// Make makes one record and gives its id. Whatever its input can say is said, except for some fields.
func (w *World) Make(t testing.TB, kind string, except ...string) string {
	t.Helper()
	i := slices.IndexFunc(makers, func(m struct{ kind, field string }) bool { return m.kind == kind })
	if i < 0 {
		t.Fatalf("nothing makes a %s", kind)
	}
	if kind == "Notification" {
		return w.notify(t)
	}
	if len(except) == 0 {
		except = discordant[kind]
	}
	f := w.byName[makers[i].field]
	r := w.run(t, f.Name, func(o Operation) Operation { return w.onBoard(t, kind, o) }, except...)
	for _, made := range Fields(server.Schema().Types[f.Type.Name()]) {
		if made.Type.Name() == kind {
			key := r.Text(t, f.Name+"."+made.Name+".id")
			w.keep(kind, key)
			return key
		}
	}
	t.Fatalf("%s does not answer with the %s", f.Name, kind)
	return ""
}

// onBoard has somebody new become a member of the last board, and cards assigned to its owner.
func (w *World) onBoard(t testing.TB, kind string, o Operation) Operation {
	t.Helper()
	switch kind {
	case "BoardMember":
		o = o.With(In("profileId"), w.Make(t, "Profile"))
		return o.With(In("role"), "MEMBER")
	case "BoardTask":
		return o.With(In("assignedToIds"), []string{w.Org.Admin.ProfileID.String()})
	case "Invoice", "Estimate", "RecurringInvoice": // to somebody who goes with every account
		w.unattached(t)
		return o.With(In("contactId"), last(w.IDs["Unattached"]))
	}
	return o
}

// unattached makes a contact of no account, once.
func (w *World) unattached(t testing.TB) {
	t.Helper()
	if w.hasUnattached {
		return
	}
	w.hasUnattached = true
	has := slices.Clone(w.IDs["Contact"])
	key := w.Make(t, "Contact", "accountId")
	w.IDs["Contact"] = has
	w.before("Contact", key)
	w.keep("Unattached", key)
}

// before has a record come before the others, the last of which is what inputs name.
func (w *World) before(kind, key string) { w.IDs[kind] = append([]string{key}, w.IDs[kind]...) }

// bills makes what comes of bills: an invoice of an estimate, one of a schedule, and a link to one.
func (w *World) bills(t testing.TB) {
	t.Helper()
	r := w.run(t, "convertEstimateToInvoice", func(o Operation) Operation {
		return o.With(In("estimateId"), w.Make(t, "Estimate"))
	})
	w.before("Invoice", r.Text(t, "convertEstimateToInvoice.invoice.id"))
	r = w.run(t, "createRecurringInvoice", func(o Operation) Operation {
		return w.onBoard(t, "RecurringInvoice", o).With(In("startDate"), time.Now().UTC().AddDate(0, 0, -1).Format(time.DateOnly))
	})
	schedule := r.Text(t, "createRecurringInvoice.recurringInvoice.id")
	w.before("RecurringInvoice", schedule)
	r = w.run(t, "generateInvoice", func(o Operation) Operation {
		return o.With(In("recurringInvoiceId"), schedule)
	})
	w.before("Invoice", r.Text(t, "generateInvoice.invoice.id"))
	w.Make(t, "PortalLink", "estimateId")
}

// notify has the member assign something to the admin, who is told of it.
func (w *World) notify(t testing.TB) string {
	t.Helper()
	w.Member.Create(t, "Task", Input{"title": fmt.Sprintf("%s-told-%d", w.sampler.Mark, len(w.IDs["Notification"])), "assignedToIds": []any{w.Org.Admin.ProfileID.String()}})
	key := w.Admin.Do(t, "{ notifications(first: 1) { nodes { id } } }", nil).Text(t, "notifications.nodes.0.id")
	w.keep("Notification", key)
	return key
}

// note comments on a record of each kind that can be, or attaches a file to it, the newest first.
func (w *World) note(t testing.TB, what string, i int) {
	t.Helper()
	for _, v := range server.Schema().Types[what+"Parent"].EnumValues {
		var except []string
		if v.Name != "CASE" {
			except = []string{"mentionIds"}
		}
		kind := map[string]string{"ACCOUNT": "Account", "LEAD": "Lead", "CONTACT": "Contact", "OPPORTUNITY": "Opportunity", "CASE": "Case", "TASK": "Task",
			"INVOICE": "Invoice"}[v.Name]
		keys := w.IDs[kind]
		if len(keys) == 0 {
			t.Fatalf("there is nothing of the kind %s", v.Name)
		}
		on := keys[len(keys)-1-i%len(keys)]
		r := w.run(t, "create"+what, func(o Operation) Operation {
			return o.With(In("entityType"), v.Name).With(In("entityId"), on)
		}, except...)
		key := r.Text(t, "create"+what+"."+lower(what)+".id")
		w.keep(what, key)
		if what == "Comment" {
			r := w.Admin.Do(t, "query($id: ID!) { comment(id: $id) { files { id } } }", map[string]any{"id": key})
			w.keep("CommentFile", r.Text(t, "comment.files.0.id"))
		}
	}
}

func (w *World) keep(kind, key string) {
	if w.Front {
		w.before(kind, key)
		return
	}
	w.IDs[kind] = append(w.IDs[kind], key)
}

// look finds the ids of what is made by the way.
func (w *World) look(t testing.TB) {
	t.Helper()
	w.Member.Refused(t, "FORBIDDEN", `mutation { createTag(input: {name: "x"}) { tag { id } } }`, nil) // the ledger notes it
	const lines, line = "lineItems { id }", "lineItems.0.id"
	for kind, of := range map[string]struct{ list, selection, path string }{
		"Activity":                 {"activities", "", "id"},
		"SecurityAuditLog":         {"securityAuditLogs", "", "id"},
		"InvoiceHistory":           {"invoices", "history(first: 1) { nodes { id } }", "history.nodes.0.id"},
		"InvoiceLineItem":          {"invoices", lines, line},
		"EstimateLineItem":         {"estimates", lines, line},
		"RecurringInvoiceLineItem": {"recurringInvoices", lines, line},
	} {
		w.IDs[kind] = nil
		r := w.Admin.Do(t, "{ "+of.list+"(first: 100) { nodes { id "+of.selection+" } } }", nil)
		for i := 0; r.Text(t, fmt.Sprintf("%s.nodes.%d.id", of.list, i)) != ""; i++ {
			if key := r.Text(t, fmt.Sprintf("%s.nodes.%d.%s", of.list, i, of.path)); key != "" {
				w.IDs[kind] = append(w.IDs[kind], key)
			}
		}
	}
	w.IDs["User"] = []string{w.Admin.Do(t, "{ viewer { user { id } } }", nil).Text(t, "viewer.user.id")}
}

// run runs a mutation with a complete input, as change has it.
func (w *World) run(t testing.TB, field string, change func(Operation) Operation, except ...string) *Response {
	t.Helper()
	o := change(w.sampler.Complete(t, server.Schema().Mutation, w.byName[field], except...))
	o.Selection = Selection(o.Field.Type.Name(), 1)
	return w.Admin.Do(t, o.Text(), o.Variables)
}

// Required is an operation with what it needs and nothing else; ids are the world's own.
func (w *World) Required(t testing.TB, root *ast.Definition, f *ast.FieldDefinition, on ...string) Operation {
	t.Helper()
	return w.sampler.Required(t, root, f, on...)
}

// SignedIn is a member with a session instead of a token.
func (e *Env) SignedIn(t testing.TB, org *Org, member *Client) *Client {
	t.Helper()
	signedIn := *member
	signedIn.Token = e.session(t, org.ID, member.ProfileID)
	return &signedIn
}

// Queries ask for everything that can be read: each root field, and of what it answers with each relation on its own,
// because all at once would be more than one operation may ask for.
func (w *World) Queries(t testing.TB) map[string]Operation {
	t.Helper()
	out := map[string]Operation{}
	for _, f := range Fields(server.Schema().Query) {
		o := w.sampler.Required(t, server.Schema().Query, f)
		if f.Arguments.ForName("all") != nil {
			o.Variables["all"] = true
		}
		if Item(f).Kind == ast.Interface {
			maps.Copy(out, w.nodes(o))
			continue
		}
		o.Selection = Selection(f.Type.Name(), 0)
		out[f.Name] = o
		item := Item(f)
		for _, inner := range Fields(item) {
			of := server.Schema().Types[inner.Type.Name()]
			if of.IsLeafType() {
				continue
			}
			o.Selection = " { id " + inner.Name + Selection(of.Name, 1) + " }"
			if item.Fields.ForName("id") == nil {
				o.Selection = " { " + inner.Name + Selection(of.Name, 1) + " }"
			}
			if isConnection(server.Schema().Types[f.Type.Name()]) {
				o.Selection = " { nodes" + o.Selection + " }"
			}
			out[f.Name+"."+inner.Name] = o
		}
	}
	return out
}

// nodes asks for a record of each kind by its id alone.
func (w *World) nodes(o Operation) map[string]Operation {
	out := map[string]Operation{}
	for _, def := range server.Schema().GetPossibleTypes(server.Schema().Types["Node"]) {
		own := o
		var value any = last(w.IDs[def.Name])
		if o.Field.Arguments[0].Type.Elem != nil {
			value = w.IDs[def.Name][:min(len(w.IDs[def.Name]), 100)]
		}
		own = own.With(Position{Path: []string{o.Field.Arguments[0].Name}}, value)
		own.Selection = " { id ... on " + def.Name + Selection(def.Name, 1) + " }"
		out[o.Field.Name+"."+def.Name] = own
	}
	return out
}

func last(list []string) string {
	if len(list) == 0 {
		return id.ID{}.String()
	}
	return list[len(list)-1]
}
