package apitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/bottlecrm/bottlecrm-graphql/internal/server"
)

// Sampler makes values for the schema's inputs. Every text carries its mark, and no two are alike.
type Sampler struct {
	Mark string
	ID   func(kind string) []string // the ids of records that an input may name

	n int
}

// kinds tells which kind of record the id in an input field names. An id that is missing here fails the tests.
var kinds = map[string]string{
	"accountId":          "Account",
	"accountIds":         "Account",
	"contactIds":         "Contact",
	"opportunityId":      "Opportunity",
	"opportunityIds":     "Opportunity",
	"leadId":             "Lead",
	"leadIds":            "Lead",
	"caseId":             "Case",
	"caseIds":            "Case",
	"parentId":           "Case",
	"intoId":             "Case",
	"solutionId":         "Solution",
	"teamIds":            "Team",
	"tagIds":             "Tag",
	"assignedToIds":      "Profile",
	"memberIds":          "Profile",
	"actorIds":           "Profile",
	"organizationId":     "Organization",
	"contactId":          "Contact",
	"profileId":          "Profile",
	"sharedToIds":        "Profile",
	"mentionIds":         "Profile",
	"ownerIds":           "Profile",
	"boardId":            "Board",
	"boardIds":           "Board",
	"columnId":           "BoardColumn",
	"columnIds":          "BoardColumn",
	"productId":          "Product",
	"invoiceId":          "Invoice",
	"templateId":         "InvoiceTemplate",
	"estimateId":         "Estimate",
	"createdByIds":       "User",
	"entityId":           "Account", // the first of the kinds that can be commented on and that files can be attached to
	"sourceTagId":        "Tag",
	"targetTagId":        "Tag",
	"recurringInvoiceId": "RecurringInvoice",
	"leadAssignedToIds":  "Profile",
}

// staged are the ids of what belongs to one kind of records.
var staged = map[string]string{"pipelineId": "Pipeline", "stageId": "Stage", "stageIds": "Stage"}

// samples are values that have a form of their own: by the field's name, else by the scalar's.
var (
	samplesByName = map[string]any{"scopes": "leads:read", "color": "#336699", "primaryColor": "#336699", "secondaryColor": "#336699", "wipLimit": 1000, "quantity": "1000",
		"startDate": "2099-01-01", "endDate": "2099-12-31", "expiryDate": "2099-12-31"}
	samplesByScalar = map[string]any{"Int": 1, "Boolean": true, "Decimal": "12.50", "Date": "2026-03-01", "DateTime": "2099-01-01T00:00:00Z",
		"CurrencyCode": "EUR", "CountryCode": "DE", "TimeZone": "Europe/Berlin", "JSON": map[string]any{}}
)

// unsampled are inputs that no complete sample has: they point into a list, or would not go with the others.
var unsampled = []string{"after", "before", "first", "last", "version", "isActive"}

// needed are inputs that a rule demands though the schema does not.
var needed = []string{"CreateLeadInput.email", "CreateOpportunityLineItemInput.name", "MoveLeadInput.status", "MoveCaseInput.status", "MoveTaskInput.status"}

func isNeeded(p Position) bool {
	return p.Type.NonNull && !p.HasDefault || p.Home != nil && slices.Contains(needed, p.Home.Name+"."+p.Name())
}

// KindOf is the kind of record that an id at a position names. For plain ids the field tells: updateLead is about
// a Lead. It is empty where any kind can be meant.
func KindOf(t testing.TB, f *ast.FieldDefinition, p Position) string {
	t.Helper()
	if kind, ok := kinds[p.Name()]; ok {
		return kind
	}
	if suffix, ok := staged[p.Name()]; ok { // leads, cases and tasks have their own
		for _, of := range []string{"lead", "case", "task"} {
			if strings.Contains(strings.ToLower(f.Name), of) {
				return upper(of) + suffix
			}
		}
	}
	if !slices.Contains([]string{"id", "ids", "aboveId", "belowId"}, p.Name()) { // a card and its neighbours are of one kind
		t.Fatalf("say in kinds what the id %s of %s names", p, f.Name)
	}
	if f.Type.Name() == "Node" {
		return ""
	}
	return kindOfField(t, f)
}

func kindOfField(t testing.TB, f *ast.FieldDefinition) string {
	t.Helper()
	if IsNode(server.Schema().Types[f.Type.Name()]) {
		return f.Type.Name()
	}
	about := strings.TrimLeft(f.Name, "abcdefghijklmnopqrstuvwxyz")
	about = strings.TrimSuffix(strings.TrimSuffix(about, "Paid"), "Viewed") // markInvoicePaid
	if about == "Member" {
		return "Profile"
	}
	kind := "" // markNotificationRead is about a Notification
	for _, def := range server.Schema().Types {
		if def.Name != "Node" && IsNode(def) && strings.HasPrefix(about, def.Name) && len(def.Name) > len(kind) {
			kind = def.Name
		}
	}
	if kind == "" {
		t.Fatalf("of which kind is the id of %s?", f.Name)
	}
	return kind
}

// Required is an operation with what it needs and nothing else, but the inputs on the way to a position are there.
// Ids are those of ID; an empty answer leaves them out.
func (s *Sampler) Required(t testing.TB, root *ast.Definition, f *ast.FieldDefinition, on ...string) Operation {
	t.Helper()
	return s.operation(t, root, f, func(p Position) bool {
		return isNeeded(p) || len(p.Path) <= len(on) && slices.Equal(p.Path, on[:len(p.Path)])
	})
}

// Complete is an operation with everything that an input can say, except for some fields.
func (s *Sampler) Complete(t testing.TB, root *ast.Definition, f *ast.FieldDefinition, except ...string) Operation {
	t.Helper()
	return s.operation(t, root, f, func(p Position) bool {
		return isNeeded(p) || !slices.Contains(unsampled, p.Name()) && !slices.Contains(except, p.Name())
	})
}

func (s *Sampler) operation(t testing.TB, root *ast.Definition, f *ast.FieldDefinition, wanted func(Position) bool) Operation {
	t.Helper()
	o := Operation{Root: root, Field: f, Variables: map[string]any{}, Selection: Selection(f.Type.Name(), 0)}
	for _, p := range Positions(f) {
		if len(p.Path) > 1 && !has(o.Variables, p.Path[:len(p.Path)-1]) || !wanted(p) {
			continue
		}
		if value := s.value(t, f, p); value != nil {
			o = o.With(p, value)
		}
	}
	return o
}

func has(in map[string]any, path []string) bool {
	for _, step := range path {
		inner, ok := in[step].(map[string]any)
		if !ok {
			return false
		}
		in = inner
	}
	return true
}

// value makes one value; nil when there is none to be had.
func (s *Sampler) value(t testing.TB, f *ast.FieldDefinition, p Position) any {
	t.Helper()
	def := server.Schema().Types[p.Type.Name()]
	var value any
	switch {
	case def.Kind == ast.InputObject:
		return map[string]any{} // its fields follow
	case def.Kind == ast.Enum:
		value = def.EnumValues[0].Name
	case def.Name == "ID":
		ids := s.ID(KindOf(t, f, p))
		if len(ids) == 0 {
			return nil
		}
		if p.Type.Elem != nil {
			return ids
		}
		return ids[len(ids)-1]
	default:
		value = s.scalar(t, p.Name(), def.Name)
	}
	if p.Type.Elem != nil {
		return []any{value}
	}
	return value
}

func (s *Sampler) scalar(t testing.TB, field, scalar string) any {
	t.Helper()
	s.n++
	if value, ok := samplesByName[field]; ok {
		return value
	}
	if value, ok := samplesByScalar[scalar]; ok {
		return value
	}
	unique := fmt.Sprintf("%s-%d", s.Mark, s.n)
	if field == "key" {
		return strings.ReplaceAll(strings.ToLower(unique), "-", "_")
	}
	switch scalar {
	case "Upload":
		return File{unique + ".txt", unique}
	case "String":
		return unique + "-" + strings.ToLower(field)
	case "EmailAddress":
		return unique + "@mail.example"
	case "URL":
		return "https://" + unique + ".example/"
	case "PhoneNumber":
		return fmt.Sprintf("+%d %06d", 100+len(s.Mark), s.n)
	}
	t.Fatalf("there is no sample of a %s (for %s); add one", scalar, field)
	return nil
}
