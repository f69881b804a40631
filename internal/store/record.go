package store

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"github.com/uptrace/bun/schema"

	"github.com/bottlecrm/bottlecrm-graphql/internal/id"
	"github.com/bottlecrm/bottlecrm-graphql/internal/tenant"
	"github.com/bottlecrm/bottlecrm-graphql/model"
)

// record is what a write tells the timeline.
type record[T any] struct {
	verb   model.ActivityVerb
	fields []*schema.Field // the changed columns of an update
}

// mostMetadata bounds the changes that one entry keeps (domain: B.13).
const mostMetadata = 4 << 10

// tell writes the timeline's entries of a change, in its transaction. Status, priority and assignment have verbs
// of their own; the rest of an update is one entry.
func (e *Entity[T]) tell(ctx context.Context, c *Change[T], told record[T]) error {
	if e.Kind == "" {
		return nil
	}
	entries := map[model.ActivityVerb][]*model.ActivityChange{}
	if told.verb != model.VerbUpdate {
		entries[told.verb] = nil
	}
	moved := slices.ContainsFunc(told.fields, func(f *schema.Field) bool { return e.verbOf(c, f.GoName) == model.VerbStatusChanged })
	for _, f := range told.fields {
		if f.StructField.Tag.Get("told") == "never" {
			continue
		}
		verb := e.verbOf(c, f.GoName)
		if moved && !c.Set[f.GoName] { // what nobody wrote follows from the new status
			verb = model.VerbStatusChanged
		}
		entries[verb] = append(entries[verb], &model.ActivityChange{
			Field: spelling(f.GoName), From: e.value(c.Before, f), To: e.value(c.Row, f),
		})
	}
	if len(c.notes) > 0 {
		entries[told.verb] = append(entries[told.verb], c.notes...)
	}
	for _, l := range c.links {
		verb := told.verb
		if l.Assign {
			verb = model.VerbAssign
		}
		entries[verb] = append(entries[verb], l.asChange())
	}
	for _, verb := range []model.ActivityVerb{model.VerbCreate, model.VerbUpdate, model.VerbStatusChanged, model.VerbPriorityChanged, model.VerbAssign,
		model.VerbLinkedParent, model.VerbUnlinkedParent, model.VerbDelete} {
		changes, ok := entries[verb]
		if !ok {
			continue
		}
		if verb == model.VerbStatusChanged && e.Moved != nil {
			verb = e.Moved(c)
		}
		if err := Tell(ctx, c.viewer, verb, e.Kind, e.key(c.Row), any(c.Row).(labelled).Label(), changes); err != nil {
			return err
		}
	}
	return nil
}

func (e *Entity[T]) verbOf(c *Change[T], field string) model.ActivityVerb {
	if e.Told != nil {
		if verb := e.Told(c, field); verb != "" {
			return verb
		}
	}
	switch {
	case slices.Contains(e.Statuses, field):
		return model.VerbStatusChanged
	case field == "Priority":
		return model.VerbPriorityChanged
	}
	return model.VerbUpdate
}

// value is a column's value as the timeline keeps it, in the schema's spelling.
func (e *Entity[T]) value(r *T, f *schema.Field) any {
	return spoken(reflect.ValueOf(r).Elem().FieldByIndex(f.Index))
}

func spoken(v reflect.Value) any {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	if v.Type().ConvertibleTo(uuidType) {
		return id.ID(v.Convert(uuidType).Interface().([16]byte)).String()
	}
	if _, isEnum := model.Enums[v.Type()]; isEnum {
		return model.GraphQLName(v.String())
	}
	switch value := v.Interface().(type) {
	case time.Time:
		return value.UTC()
	case decimal.Decimal:
		return value.StringFixed(-value.Exponent())
	case fmt.Stringer:
		return value.String()
	}
	return v.Interface()
}

// Tell writes one entry of the timeline.
func Tell(ctx context.Context, v *tenant.Viewer, verb model.ActivityVerb, kind model.EntityType, key [16]byte, name string, changes []*model.ActivityChange) error {
	metadata, err := json.Marshal(model.ActivityMetadata{Changes: changes})
	if err != nil {
		return fmt.Errorf("describe the change: %w", err)
	}
	if len(metadata) > mostMetadata {
		metadata, _ = json.Marshal(model.ActivityMetadata{Truncated: true})
	}
	a := &model.Activity{
		ProfileID: v.Actor(), Action: verb, EntityType: kind, EntityID: key,
		EntityName: cut(name, 255), Description: sentence(verb, kind, name), Metadata: metadata,
	}
	a.Begin(v.OrgID, tenant.Now(ctx))
	text, args := Activities.insertion(a)
	return tenant.Later(ctx, text, args...)
}

var past = map[model.ActivityVerb]string{
	model.VerbCreate: "Created", model.VerbUpdate: "Changed", model.VerbDelete: "Deleted", model.VerbComment: "Commented on",
	model.VerbAssign: "Assigned", model.VerbStatusChanged: "Moved", model.VerbPriorityChanged: "Reprioritized",
	model.VerbReopened: "Reopened", model.VerbWatched: "Began to watch", model.VerbUnwatched: "Ceased to watch",
	model.VerbMentioned: "Mentioned members on",
	model.VerbMerged:    "Merged into another", model.VerbMergeTarget: "Merged another into",
	model.VerbUnmerged: "Took out of another", model.VerbUnmergeTarget: "Took another out of",
	model.VerbLinkedSolution: "Linked a solution to", model.VerbUnlinkedSolution: "Unlinked a solution from",
	model.VerbLinkedParent: "Put under another", model.VerbUnlinkedParent: "Took from under another",
	model.VerbParentClosedCascade: "Closed along with its parent",
}

func sentence(verb model.ActivityVerb, kind model.EntityType, name string) string {
	return past[verb] + " " + strings.ToLower(string(kind)) + " " + name
}

func cut(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most])
	}
	return text
}
